"""Amounts with a decimal comma, in two columns, with an indicator, in brackets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mistakes.small import ENTRIES, EVIDENCE, USD, Ended, Rows, examine, folder, reading

HEADERS, FIRST, SECOND = ENTRIES
COLUMNS = "contract_id: contract_id, effective_date: effective_date"
GERMAN = "contract_id;effective_date;amount\n100000000001;2021-06-30;1.234,56\nC2;2021-06-30;200.00\n"
TWO_COLUMNS: Rows = [
    ("contract_id", "effective_date", "Soll", "Haben"),
    ("100000000001", "2021-06-30", "", "1000.00"),
    ("C2", "2021-06-30", "50.00", ""),
]
INDICATED: Rows = [
    (*HEADERS, "SHKZG"),
    ("100000000001", "2021-06-30", "1000.00", "H"),
    ("C2", "2021-06-30", "50.00", "S"),
]


def mapped(columns: str, more: str = "") -> str:
    """A books.yaml that maps the entries."""
    return f"{USD}tables:\n  entries:\n    source: entries\n    columns: {{{columns}}}\n{more}"


def test_a_decimal_comma_is_refused_with_the_remedy(tmp_path: Path) -> None:
    read = reading(folder(tmp_path / "books", entries=GERMAN))
    refused = read.refused()
    assert (refused["source_file"], refused["source_row"]) == ("entries.csv", 2)
    assert (refused["column_name"], refused["value"], refused["reason"]) == ("amount", "1.234,56", "number")
    assert 'decimal: ","' in refused["expected"]
    assert read.booked == {"C2": 20_000}


def test_the_declared_decimal_comma_is_read(tmp_path: Path) -> None:
    manifest = mapped(f"{COLUMNS}, amount: amount", '    decimal: ","\n')
    read = reading(folder(tmp_path / "books", manifest, entries=GERMAN.replace("200.00", "200,00")))
    assert read.booked == {"100000000001": 123_456, "C2": 20_000}


def test_a_point_for_thousands_is_never_read_as_a_small_amount(tmp_path: Path) -> None:
    read = reading(folder(tmp_path / "books", entries=GERMAN.replace("1.234,56", "1.234")))
    refused = read.refused()
    assert (refused["value"], refused["reason"]) == ("1.234", "decimals")
    assert 'decimal: ","' in refused["expected"]


def test_debit_and_credit_without_a_mapping_are_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended: Ended = examine(capsys, folder(tmp_path / "books", entries=TWO_COLUMNS), "--out", tmp_path / "run")
    ended.says("entries.csv", '"amount"', "books.yaml", "contract_id, effective_date, Soll, Haben")
    assert not (tmp_path / "run").exists()


def test_debit_and_credit_in_two_columns(tmp_path: Path) -> None:
    manifest = mapped(f"{COLUMNS}, amount: {{debit: Soll, credit: Haben}}")
    read = reading(folder(tmp_path / "books", manifest, entries=TWO_COLUMNS))
    assert read.booked == {"100000000001": 100_000, "C2": -5_000}


def test_debit_and_credit_by_an_indicator(tmp_path: Path) -> None:
    signs = "    sign: indicator\n    indicator: {column: SHKZG, C: [H], D: [S]}\n"
    unknown = [*INDICATED, ("C2", "2021-06-30", "70.00", "X")]
    read = reading(folder(tmp_path / "books", mapped(f"{COLUMNS}, amount: amount", signs), entries=unknown))
    assert read.booked == {"100000000001": 100_000, "C2": -5_000}
    refused = read.refused()
    assert (refused["source_row"], refused["column_name"], refused["value"]) == (4, "amount", "X")
    assert refused["expected"] == "one of H (credit), S (debit)"


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("(50.00)", -5_000),
        ('"(1,250.00)"', -125_000),
        ("(USD 1 250.00)", -125_000),
        ("50.00-", -5_000),
        ("\u221250.00", -5_000),
        ("$50.00", 5_000),
    ],
    ids=ascii,
)
def test_negatives_as_accountants_write_them(written: str, minor: int, tmp_path: Path) -> None:
    text = f"contract_id,effective_date,amount\nC2,2021-06-30,{written}\n"
    read = reading(folder(tmp_path / "books", entries=text))
    assert read.booked == {"C2": minor}
    assert not read.rejected


def test_evidence_is_untouched_by_how_entries_are_written(tmp_path: Path) -> None:
    manifest = mapped(f"{COLUMNS}, amount: {{debit: Soll, credit: Haben}}")
    read = reading(folder(tmp_path / "books", manifest, entries=TWO_COLUMNS))
    assert len(read.evidence) == len(EVIDENCE) - 1
