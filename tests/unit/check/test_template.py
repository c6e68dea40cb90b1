"""`earned template`: a workbook that runs as it is, always the same, without a formula."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from earned.books import schema
from earned.books.template import columns, workbook
from tests.unit.guess.run import as_json, earned


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("template") / "books.xlsx"
    code, out, _ = earned("template", place)
    assert code == 0 and f"Next: earned check {place}" in out
    return place


def test_it_runs_as_it_is(made: Path, tmp_path: Path) -> None:
    """The example: 1,000.00 booked on 30 June, accepted on 18 June: nothing to report."""
    code, said = as_json("examine", made, "--out", tmp_path / "run", "--no-report")
    (period,) = said["periods"]
    assert code == 0 and period["period_id"] == "2021Q2"
    assert (period["booked_minor"], period["earned_minor"], period["gap_minor"]) == (100_000, 100_000, 0)


def test_three_sheets_with_the_eight_columns_first(made: Path) -> None:
    book = load_workbook(made)
    least = schema.document()["minimum"]
    assert book.sheetnames == ["contracts", "entries", "evidence"]
    for sheet in book:
        headers = [c.value for c in sheet[1]]
        assert headers[: len(least[sheet.title])] == least[sheet.title]
        core = {c.name for c in schema.tables()[sheet.title].columns if c.need == "core"}
        assert core <= set(headers) <= set(schema.tables()[sheet.title].names)
        assert all(c.comment and c.comment.text for c in sheet[1])
        assert sheet.max_row == 2 and "delete this row" in sheet["A2"].comment.text


def test_closed_values_are_lists(made: Path) -> None:
    for sheet in load_workbook(made):
        lists = {str(v.sqref).split(":")[0]: v.formula1 for v in sheet.data_validations.dataValidation}
        for place, column in enumerate(columns(sheet.title), 1):
            cell = sheet.cell(2, place).coordinate
            wanted = ",".join(column.values) or ("true,false" if column.type == "bool" else None)
            assert lists.get(cell) == (f'"{wanted}"' if wanted else None)


def test_the_same_bytes_and_no_formula(made: Path) -> None:
    assert made.read_bytes() == workbook()
    with zipfile.ZipFile(made) as parts:
        sheets = [parts.read(n) for n in parts.namelist() if re.match(r"xl/worksheets/sheet\d", n)]
        assert len(sheets) == 3 and not any(b"<f>" in s or b"<f " in s for s in sheets)
        assert not any("externalLink" in n or "vbaProject" in n for n in parts.namelist())


def test_it_writes_over_nothing(made: Path, tmp_path: Path) -> None:
    before = made.read_bytes()
    assert earned("template", made)[0] == 2 and made.read_bytes() == before
    assert earned("template", tmp_path / "books.csv")[0] == 2
    assert earned("template", tmp_path / "no" / "books.xlsx")[0] == 2
    assert not (tmp_path / "no").exists()


def test_prices_in_yuan_ask_about_tax_only_where_the_column_is_empty(made: Path, tmp_path: Path) -> None:
    book = load_workbook(made)
    sheet = book["contracts"]
    headers = [c.value for c in sheet[1]]
    for name in ("contracts", "entries"):
        at = [c.value for c in book[name][1]].index("currency") + 1
        book[name].cell(2, at).value = "CNY"
    book.save(tmp_path / "yuan.xlsx")
    assert as_json("check", tmp_path / "yuan.xlsx")[1]["stops"]
    sheet.cell(2, headers.index("price_includes_tax") + 1).value = "false"
    book.save(tmp_path / "net.xlsx")
    assert not as_json("check", tmp_path / "net.xlsx")[1]["stops"]
