"""What the reading left out or emptied is said where its result is: check, screen, summary and page."""

from __future__ import annotations

from pathlib import Path

import pytest

from earned import cli, examine, open_books
from earned.report.of_run import view_of
from earned.report.page import render
from earned.runfolder import summary
from tests.unit.books.reading import COMPANY, read

TABLES = {
    "contracts.csv": "contract_id,price,bound_date,status\nC1,1000,soon,signed\nC2,500,2021-06-01,active\n",
    "entries.csv": "contract_id,effective_date,amount\nC1,2021-06-28,1000\nC2,2021-06-29,500\n",
    "evidence.csv": "contract_id,kind,event_date\nC1,acceptance,2021-06-20\nC2,acceptance,2021-06-21\n",
}


def _said(folder: Path) -> tuple[str, str]:
    """The screen on one line, and the page."""
    books = open_books(folder)
    try:
        run = examine(books)
        return " ".join(summary(run, []).split()), render(view_of(run))
    finally:
        books.engine.close()


def _written(folder: Path, **others: str) -> Path:
    for name, text in (TABLES | {f"{k}.csv": v for k, v in others.items()}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def _checked(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit):
        cli.main(["check", str(folder)])
    return capsys.readouterr().out


def test_emptied_cells_are_counted_on_screen_page_and_in_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Two cells of C1: the day "soon" and the status "signed".
    screen, page = _said(_written(tmp_path))
    said = "2 cells could not be read, left empty: see table quality"
    assert said in screen and said in page
    shown = _checked(tmp_path, capsys)
    assert ' 2 cells could not be read, left empty: contracts.bound_date "soon" and 1 more; see' in shown


def test_where_every_cell_is_read_nothing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    screen, page = _said(_written(tmp_path, contracts="contract_id,price\nC1,1000.00\nC2,500.00\n"))
    assert "left empty" not in screen + page + _checked(tmp_path, capsys)


def test_a_misspelt_file_is_on_the_screen_and_the_page(tmp_path: Path) -> None:
    screen, page = _said(_written(tmp_path, obligatons="obligation_id,contract_id\nO1,C1\n"))
    said = "obligatons.csv is not read: its name is not one of the tables; the nearest is obligations"
    assert said in screen and said in page


def test_a_misspelt_file_is_said_and_other_files_are_not(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    for name in ("obligatons.csv", "leases.csv", "README.md", "notes/scan.csv"):
        (tmp_path / name).write_text("a\n1\n", encoding="utf-8")
    books = read(tmp_path)
    found = books.engine.sql(
        "SELECT table_name, example, action FROM quality WHERE \"check\" = 'file_not_read' ORDER BY 1"
    )
    why = "its name is not one of the tables"
    assert found == [("obligatons.csv", f"{why}; the nearest is obligations", "warning")]


def test_with_a_mapping_files_that_it_does_not_name_are_not_said(tmp_path: Path) -> None:
    (tmp_path / "obligatons.csv").write_text("a\n1\n", encoding="utf-8")
    books = read(tmp_path, COMPANY + "sources: {entries: {path: entries.csv}}\n")
    assert books.engine.sql("SELECT * FROM quality WHERE \"check\" = 'file_not_read'") == []
