"""Books that cannot be used, or hardly: what is said, with the row, the value and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter

import earned
from earned.faults import InputError
from tests.unit.books.reading import COMPANY, ENTRIES, read

HEADERS = "contract_id,effective_date,amount\n"


def told(place: Path) -> str:
    with pytest.raises(InputError) as caught:
        earned.open_books(place).engine.close()
    return str(caught.value)


@pytest.mark.parametrize(
    ("entries", "yaml", "said"),
    [
        ("C1,30.06.2021,1\nC1,1.7.2021,2\n", COMPANY, ["row 2", "'30.06.2021'", 'date: "%d.%m.%Y"', "All 2"]),
        ('C1,2021-06-30,"1.234,56"\n', COMPANY, ["'1.234,56'", 'decimal: ","']),
        (
            "C1,2021-06-30,1\n",
            COMPANY + "window: {from: 2022-01-01}\n",
            ["a day from 2022-01-01", "2021-06-30"],
        ),
        ("", COMPANY, ["entries.csv: no row stands below its headers"]),
    ],
    ids=["days", "amounts", "window", "nothing"],
)
def test_when_no_entry_can_be_used_the_first_row_of_each_cause_is_named(
    tmp_path: Path, entries: str, yaml: str, said: list[str]
) -> None:
    with pytest.raises(InputError) as caught:
        _ = read(tmp_path, yaml, entries=HEADERS + entries).as_of
    assert [word for word in said if word not in str(caught.value)] == []
    assert "as_of" not in str(caught.value)


def test_bytes_that_are_no_text_name_an_encoding(tmp_path: Path) -> None:
    (tmp_path / "contracts.csv").write_text("contract_id,price\nC1,1\n", encoding="utf-8")
    (tmp_path / "entries.csv").write_bytes((HEADERS + "Müller \x81,2021-06-30,1\n").encode("latin-1"))
    assert "encoding: windows-1252" in told(tmp_path)


def test_evidence_alone_gives_the_day_of_the_books(tmp_path: Path) -> None:
    evidence = "contract_id,kind,event_date\nC1,acceptance,2021-03-03\n"
    books = read(tmp_path, COMPANY, entries=HEADERS, evidence=evidence)
    assert books.as_of == "2021-03-03 15:59:59.999999+00:00"
    assert ("", "no_rows", 0, "entries.csv", "warning") in books.quality("entries")


def test_the_company_currency_has_its_own_decimals(tmp_path: Path) -> None:
    read(tmp_path, "company: {currency: JPY}\n")
    books = earned.open_books(tmp_path)
    books.engine.close()
    assert books.company_exponent == 0


def test_a_folder_or_a_lock_file_does_not_pass_for_a_table(tmp_path: Path) -> None:
    (tmp_path / "entries.csv").write_text(ENTRIES, encoding="utf-8")
    (tmp_path / "contracts.csv").mkdir()
    assert "contracts.csv: expected a file; this is a folder" in told(tmp_path)
    (tmp_path / "contracts.csv").rmdir()
    (tmp_path / "~$contracts.xlsx").write_text("x", encoding="utf-8")
    assert "copy contracts.xlsx into the books" in told(tmp_path)


def workbook(place: Path, **sheets: list[tuple[object, ...]]) -> Path:
    book = xlsxwriter.Workbook(place)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if str(cell).startswith("="):
                    sheet.write_formula(row, column, str(cell), None, "")
                else:
                    sheet.write(row, column, cell)
    book.close()
    return place


CONTRACTS: list[tuple[object, ...]] = [("contract_id", "price"), ("C1", 10)]


def test_a_workbook_says_its_sheets_and_that_books_yaml_needs_a_folder(tmp_path: Path) -> None:
    said = told(workbook(tmp_path / "a.xlsx", Sheet1=CONTRACTS, Other=CONTRACTS))
    assert "a sheet named entries" in said and "Sheet1, Other" in said and "into a folder" in said
    said = told(workbook(tmp_path / "b.xlsx", entries=[], contracts=CONTRACTS))
    assert "sheet entries, which is empty" in said
    wide = [("contract_id", "effective_date", "Soll", "Haben"), ("C1", "2021-01-01", 1, 2)]
    said = told(workbook(tmp_path / "c.xlsx", entries=wide, contracts=CONTRACTS))
    assert "c.xlsx (entries)" in said and "amount: {debit: Soll, credit: Haben}" in said
    twice = [("contract_id", "effective_date", "amount", "amount"), ("C1", "2021-01-01", 1, 2)]
    assert '"amount": expected one column amount' in told(workbook(tmp_path / "d.xlsx", entries=twice))


def test_formulas_without_a_value_and_errors_ask_to_recalculate(tmp_path: Path) -> None:
    rows = [
        ("contract_id", "effective_date", "amount"),
        ("C1", "2021-06-30", "=A1"),
        ("C1", "2021-06-30", "#REF!"),
    ]
    said = told(workbook(tmp_path / "a.xlsx", entries=rows, contracts=CONTRACTS))
    assert "'=A1'" in said and "recalculate the workbook" in said and "All 2 rows" in said


def test_the_year_first_is_read_whatever_mark_stands_between(tmp_path: Path) -> None:
    days = ("2021/6/30", "2021.06.30", "2021/06/30 10:20:30", "2021/06.30")
    books = read(tmp_path, entries=HEADERS + "".join(f"C1,{day},1\n" for day in days))
    assert [str(d) for d in books.column("entries", "effective_date")] == ["2021-06-30"] * 3
    assert [row[2] for row in books.rejected("entries")] == ["2021/06.30"]


def test_a_row_longer_than_a_block_is_named_by_its_own_line(tmp_path: Path) -> None:
    long = f'C1,2021-06-30,"{"1" * 20_000_000}"\n'
    with pytest.raises(InputError, match=r"row 3\b.*at most 8 MiB"):
        read(tmp_path, entries=f"{ENTRIES}{long}")


def test_a_pattern_that_is_none_is_refused_with_books_yaml(tmp_path: Path) -> None:
    columns = (
        "{contract_id: {from: contract_id, match: '([a'}, effective_date: effective_date, amount: amount}"
    )
    with pytest.raises(InputError, match=r"match.*found '\(\[a'; expected an RE2 pattern"):
        read(tmp_path, f"{COMPANY}tables: {{entries: {{columns: {columns}}}}}\n")
