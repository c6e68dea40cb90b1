"""No output uses a verdict word: page, workpaper, screen, findings, derivations and printed documentation."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import earned
from earned import runfolder
from earned.report.explain import derive
from tests.gates.sources import ROOT
from tests.gates.verdict_words import verdicts


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of examples/pencil with everything that is written of it."""
    books = earned.open_books(ROOT / "examples" / "pencil")
    return runfolder.write_run(earned.examine(books), tmp_path_factory.mktemp("said") / "run")


def texts(run: Path) -> Iterator[tuple[str, str]]:
    """Every text that a reader of a run is shown, with where it stands."""
    page = (run / "report.html").read_text(encoding="utf-8")
    yield "report.html", re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    with zipfile.ZipFile(run / "workpaper.xlsx") as book:
        for name in book.namelist():
            yield f"workpaper.xlsx {name}", re.sub(r"<[^>]+>", " ", book.read(name).decode("utf-8"))
    yield "summary.txt", (run / "summary.txt").read_text(encoding="utf-8")
    yield "findings", "\n".join(pq.read_table(run / "tables" / "findings.parquet")["text"].to_pylist())
    with derive.open_run(run) as opened:
        for node in derive.nodes(opened, "positions", ["gap_minor", "earned_minor"], None, 5):
            shown = [node.label, node.formula or "", node.standard or "", *(c.label for c in node.children)]
            yield node.address, " ".join(shown)
    for document in sorted((ROOT / "docs").glob("*.md")):
        yield document.name, document.read_text(encoding="utf-8")


def said(run: Path) -> list[str]:
    return [f"{place}: {word}" for place, text in texts(run) for word in verdicts(text)]


def test_no_output_is_a_verdict(run: Path) -> None:
    assert len(list(texts(run))) > 100
    assert said(run) == []


def test_a_verdict_in_an_output_is_found(run: Path) -> None:
    for name in ("report.html", "summary.txt"):
        kept = (run / name).read_text(encoding="utf-8")
        (run / name).write_text(kept + "<p>a forged acceptance</p>", encoding="utf-8")
        assert said(run) == [f"{name}: forged"]
        (run / name).write_text(kept, encoding="utf-8")
