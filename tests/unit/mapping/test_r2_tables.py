"""R2: `tables` says how the tables that it names are read; the others are found by name."""

from __future__ import annotations

from pathlib import Path

from tests.unit.books.reading import COMPANY, read
from tests.unit.mapping.files import COLUMNS, cents, entries


def test_r2_the_tables_it_does_not_name_are_found_by_name(tmp_path: Path) -> None:
    books = entries(tmp_path, "K,D,A\nC1,2021-06-30,5\n", f"columns: {COLUMNS}")
    assert cents(books) == [500]
    assert books.column("contracts", "contract_id") == ["C1"]  # contracts.csv, of which nothing is said


def test_r2_only_mapped_columns_are_read_in_a_mapped_table(tmp_path: Path) -> None:
    # `currency` is a name of ours, but the mapping does not name it: a wrong code in it does no harm.
    books = entries(tmp_path, "K,D,A,currency\nC1,2021-06-30,5,XX\n", f"columns: {COLUMNS}")
    assert books.column("entries", "(amount_minor, currency)") == [(500, "CNY")]
    assert ("currency", "unknown_column", 1, None, "warning") in books.quality("entries")


def test_r2_a_mapping_without_columns_takes_our_names(tmp_path: Path) -> None:
    yaml = COMPANY + "tables: {entries: {date: '%d.%m.%Y'}}\n"
    books = read(tmp_path, yaml, entries="contract_id,effective_date,amount\nC1,30.06.2021,5\n")
    assert cents(books) == [500]


def test_r2_every_column_of_a_csv_is_text_in_a_select(tmp_path: Path) -> None:
    # 007 + 1 is no sum but a text, and its zeros stay.
    select = (
        "SELECT K || '1' AS contract_id, D AS effective_date, typeof(A) AS reference, A AS amount FROM gl"
    )
    yaml = f'{COMPANY}sources: {{gl: {{path: gl.csv}}}}\ntables: {{entries: {{select: "{select}"}}}}\n'
    books = read(tmp_path, yaml, gl="K,D,A\n007,2021-06-30,5\n", entries="")
    assert books.column("entries", "(contract_id, amount_minor)") == [("0071", 500)]
