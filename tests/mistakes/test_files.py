"""Files as they lie about: protected, locked, twice there, in GB18030."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mistakes.small import BOOKS, ENTRIES, as_csv, examine, folder, reading, workbook

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096)
LOCK = b"\x05SIM Zhao".ljust(165, b" ")
CHINESE = """company: {currency: CNY}
policy: {price_includes_tax: false}
sources: {分录: {path: 分录.csv}}
tables:
  entries:
    source: 分录
    columns: {contract_id: 合同编号, effective_date: 日期, amount: 金额, description: 摘要}
"""
ROWS = """合同编号,日期,金额,摘要
100000000001,2021-06-30,1000.00,确认六月份服务收入
C2,2021-06-30,200.00,项目验收
"""


@pytest.mark.parametrize("inside", [True, False], ids=["in a folder", "as the books"])
def test_a_protected_workbook_says_to_remove_the_password(
    inside: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    books = folder(tmp_path / "books")
    protected = books / "contracts.xlsx" if inside else tmp_path / "contracts.xlsx"
    protected.write_bytes(OLE)
    (books / "contracts.csv").unlink()
    ended = examine(capsys, books if inside else protected, "--out", tmp_path / "run")
    ended.says("contracts.xlsx", "password", "save it as .xlsx")
    assert not (tmp_path / "run").exists()


def test_the_lock_file_of_an_open_workbook_is_no_book(tmp_path: Path) -> None:
    books = folder(tmp_path / "books")
    (books / "~$contracts.xlsx").write_bytes(LOCK)
    read = reading(books)
    assert read.booked == {"100000000001": 100_000, "C2": 20_000}
    assert len(read.contracts) == 2


def test_a_lock_file_given_as_the_books_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = tmp_path / "~$contracts.xlsx"
    lock.write_bytes(LOCK)
    examine(capsys, lock, "--out", tmp_path / "run").says("~$contracts.xlsx", "one .xlsx workbook")


def test_two_sheets_of_one_name_are_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    books = workbook(tmp_path / "books.xlsx", {**BOOKS, "Entries ": ENTRIES})
    ended = examine(capsys, books, "--out", tmp_path / "run")
    ended.says("books.xlsx (entries)", "books.xlsx (Entries )", "rename it")


def test_two_files_for_one_table_are_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    books = folder(tmp_path / "books")
    (books / "entries.tsv").write_text(as_csv(ENTRIES, "\t"), encoding="utf-8")
    ended = examine(capsys, books, "--out", tmp_path / "run")
    ended.says("entries.csv and entries.tsv", "Take one of them out of the books")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_chinese_headers_and_values_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    books = folder(tmp_path / "books", CHINESE)
    (books / "entries.csv").unlink()
    (books / "分录.csv").write_bytes(ROWS.encode(encoding))
    read = reading(books)
    assert read.booked == {"100000000001": 100_000, "C2": 20_000}
    assert [e["description"] for e in read.entries] == ["确认六月份服务收入", "项目验收"]
    assert read.entries[0]["source_file"] == "分录.csv"
