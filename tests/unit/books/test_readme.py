"""The books.yaml of the page about spreadsheets is read as it says."""

from __future__ import annotations

import re
from pathlib import Path

from tests.gates.sources import ROOT
from tests.unit.books.reading import read


def test_the_example_is_read(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "spreadsheet.md").read_text(encoding="utf-8")
    (yaml,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    kinds = ("Sign-off", "终验报告", "Timesheet June", "hours", "handshake")
    evidence = "contract_id,kind,event_date\n" + "".join(f"C1,{kind},2021-06-30\n" for kind in kinds)
    books = read(tmp_path, yaml, evidence=evidence)
    assert books.column("evidence", "kind") == ["acceptance", "acceptance", "hours", "hours"]
    assert books.rejected("evidence") == [(6, "kind", "handshake", "value")]
