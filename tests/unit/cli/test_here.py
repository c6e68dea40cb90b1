"""`earned` alone says which books and which run stand here, and the one command that comes next."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

from earned.cli.here import here
from tests.gates.sources import ROOT


def a_run(place: Path, age: int = 0, findings: int = 157) -> Path:
    place.mkdir(parents=True)
    said = {"format": "earned.run/1", "as_of": "2022-12-31T15:59:59.999999+00:00"}
    said |= {"tables": {"findings": {"rows": findings}}}
    (place / "run.json").write_text(json.dumps(said))
    (place / "books.yaml").write_text("as used")
    os.utime(place / "run.json", (1_000_000 - age, 1_000_000 - age))
    return place


def line(text: str, start: str) -> str:
    return next(t for t in text.splitlines() if t.strip().startswith(start)).strip()


def test_nothing_here_begins_with_a_made_up_company(tmp_path: Path) -> None:
    text = here(tmp_path)
    assert line(text, "Books here") == "Books here   none"
    assert line(text, "Last run") == "Last run     none"
    assert line(text, "Next") == "Next: earned simulate cloopen case"


@pytest.mark.parametrize("name", ["my books/entries.csv", "my books/books.yaml", "my books/Entries.csv.gz"])
def test_books_without_a_run_are_examined(name: str, tmp_path: Path) -> None:
    (tmp_path / "my books").mkdir()
    (tmp_path / name).write_text("")
    assert line(here(tmp_path), "Books here") == "Books here   my books"
    assert line(here(tmp_path), "Next") == "Next: earned examine 'my books'"


def test_a_workbook_may_be_the_books(tmp_path: Path) -> None:
    (tmp_path / "ledger.xlsx").write_text("")
    (tmp_path / "~$ledger.xlsx").write_text("")
    assert line(here(tmp_path), "Books here") == "Books here   ledger.xlsx"


def test_files_of_other_names_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "VBRP export.CSV").write_text("")
    assert line(here(tmp_path), "Next") == "Next: earned init ."


def test_open_questions_come_before_everything(tmp_path: Path) -> None:
    a_run(tmp_path / "run")
    (tmp_path / "mine").mkdir()
    text = (
        "tables:\n  entries:\n    date: '?'   # one of: %d\n    # a '?' in words: '?'\n    only: {x: '?'}\n"
    )
    (tmp_path / "mine" / "books.yaml").write_text(text)
    said = here(tmp_path)
    assert line(said, "To answer") == "To answer    2 questions, marked '?', in mine/books.yaml"
    assert line(said, "Next") == "Next: earned check mine"


def test_a_workbook_with_sheets_of_other_names_is_an_export(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "合同台账"
    book.save(tmp_path / "a.xlsx")
    assert line(here(tmp_path), "Next") == "Next: earned init ."
    book.create_sheet("Entries")
    book.save(tmp_path / "a.xlsx")
    assert line(here(tmp_path), "Next") == "Next: earned examine a.xlsx"


def test_the_last_run_is_the_one_to_explain(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "books.yaml").write_text("")
    a_run(tmp_path / "runs" / "aaa", age=5)
    a_run(tmp_path / "runs" / "bbb", findings=1)
    a_run(tmp_path / "old", age=9)
    text = here(tmp_path)
    assert line(text, "Books here") == "Books here   books", "a run's books.yaml is none"
    assert line(text, "Last run") == "Last run     runs/bbb   1 finding, as of 2022-12-31"
    assert line(text, "Next") == "Next: earned explain runs/bbb"
    assert line(here(tmp_path / "old"), "Last run").startswith("Last run     .   157 findings")


@pytest.mark.parametrize("content", ["", "[]", '{"format": 1}', '{"format": "earned.run/1"}'])
def test_a_damaged_run_stops_nothing(content: str, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text(content)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    assert "Last run" in here(tmp_path)


def test_the_command_loads_no_engine(tmp_path: Path) -> None:
    shutil.copytree(a_run(tmp_path / "kept"), tmp_path / "runs" / "x")
    ends = "try: main([])\nfinally: print(*sys.modules, file=sys.stderr)"
    code = f"import sys; from earned.cli import main\n{ends}"
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert "Next: earned explain" in done.stdout
    assert not {"duckdb", "ibis", "pyarrow", "yaml", "rich"} & set(done.stderr.split())
