"""A wrong sign and a table without rows are said before any figure: on the screen, the page and in check."""

from __future__ import annotations

from pathlib import Path

import pytest

from earned import cli, examine, open_books
from earned.report.of_run import view_of
from earned.report.page import render
from earned.report.warned import warned
from earned.runfolder import summary

HEADER = "entry_id,contract_id,effective_date,amount\n"
TABLES = {
    "contracts.csv": "contract_id,price\nC1,1000.00\nC2,500.00\n",
    "entries.csv": f"{HEADER}e1,C1,2021-06-28,1000.00\ne2,C2,2021-06-29,500.00\n",
    "evidence.csv": "contract_id,kind,event_date\nC1,acceptance,2021-06-20\nC2,acceptance,2021-06-21\n",
}
CASES = {
    "sign": (
        TABLES["entries.csv"].replace(",1000", ",-1000").replace(",500", ",-500"),
        "sign: debit_positive",
    ),
    "empty": (HEADER, "entries has no rows: entries.csv"),
}


def _books(folder: Path, entries: str) -> Path:
    for name, text in (TABLES | {"entries.csv": entries}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("entries", "said"), CASES.values(), ids=CASES)
def test_it_is_said_first_and_in_full(entries: str, said: str, tmp_path: Path) -> None:
    books = open_books(_books(tmp_path, entries))
    try:
        run = examine(books)
        screen = " ".join(summary(run, []).split())
        assert "Look first" in screen and said in screen
        assert screen.index(said) < screen.index("supported")
        page = render(view_of(run))
        assert said in page and page.index(said) < page.index('id="range"')
    finally:
        books.engine.close()


def test_a_file_that_is_not_what_its_name_says_is_read_and_named(tmp_path: Path) -> None:
    folder = _books(tmp_path, TABLES["entries.csv"])
    (folder / "contracts.csv").rename(folder / "contracts.xlsx")
    books = open_books(folder)
    try:
        (said,) = warned(books.engine.rows(books.tables["quality"]))
        assert said.startswith("contracts.xlsx holds text, whatever its name says")
        assert books.counts["used"] == 6
    finally:
        books.engine.close()


def test_ordinary_books_say_nothing_of_it(tmp_path: Path) -> None:
    books = open_books(_books(tmp_path, TABLES["entries.csv"]))
    try:
        assert warned(books.engine.rows(books.tables["quality"])) == []
    finally:
        books.engine.close()


def test_check_names_the_table_without_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["check", str(_books(tmp_path, HEADER))])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "Tested: nothing that was booked" in said
    assert "names no contract of the books" not in said
    assert any(line.split()[:2] == ["entries", "0"] and "entries.csv" in line for line in said.splitlines())
