"""The printed pages of docs/ say what the code says (`make docs` prints them)."""

from __future__ import annotations

from pathlib import Path

from tests.gates.sources import ROOT
from tools.print_docs import pages, stale


def test_docs_are_what_the_code_prints() -> None:
    assert {name for name in pages() if not name.startswith("rules/")} == {
        "tables.md", "limits.md", "errors.md", "figures.md", "commands.md", "contract.schema.json",
    }  # fmt: skip
    assert stale(ROOT / "docs") == []


def test_a_stale_and_a_missing_page_are_found(tmp_path: Path) -> None:
    (tmp_path / "tables.md").write_text(pages()["tables.md"].replace("contract_id", "contract", 1))
    assert stale(tmp_path) == list(pages())
