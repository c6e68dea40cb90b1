"""R10 and R12: what stands in for an empty cell, whose names are whose, and which files are one source."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import earned
from earned.faults import InputError
from tests.unit.books.reading import COMPANY, read
from tests.unit.mapping.files import COLUMNS, cents, days, entries

OBLIGATIONS = "obligation_id,contract_id,pattern,ssp\nO1,C1,over_time,5\nO2,C1,over_time,5\n"


def test_r10_the_contract_of_the_obligation(tmp_path: Path) -> None:
    text = "K,O,D,A\n,O2,2021-06-30,5\n"
    mapping = "columns: {contract_id: K, obligation_id: O, effective_date: D, amount: A}"
    books = entries(tmp_path, text, mapping, obligations=OBLIGATIONS)
    assert books.column("entries", "(contract_id, obligation_id)") == [("C1", "O2")]


def test_r10_a_table_without_contracts_has_them_from_its_obligations(tmp_path: Path) -> None:
    mapping = "columns: {obligation_id: O, effective_date: D, amount: A}"
    books = entries(tmp_path, "O,D,A\nO2,2021-06-30,5\nO9,2021-06-30,6\n", mapping, obligations=OBLIGATIONS)
    assert books.column("entries", "contract_id") == ["C1", None]


def test_r10_the_last_day_of_the_period_after_the_columns_of_else(tmp_path: Path) -> None:
    text = "K,D,V,P,A\nC1,,,2021Q2,5\nC1,,2021-05-05,2021Q2,5\nC1,,,,5\n"
    columns = "{contract_id: K, effective_date: D, document_date: V, period_id: P, amount: A}"
    yaml = (
        f"{COMPANY}calendar: {{kind: quarters}}\nsources: {{gl: {{path: gl.csv}}}}\n"
        f"policy: {{price_includes_tax: false}}\ntables: {{entries: {{source: gl, columns: {columns}}}}}\n"
    )
    (tmp_path / "books.yaml").write_text(yaml, encoding="utf-8")
    (tmp_path / "gl.csv").write_text(text)
    (tmp_path / "contracts.csv").write_text("contract_id,price\nC1,1000\n")
    books = earned.open_books(tmp_path)
    found = "SELECT source_row, CAST(effective_date AS VARCHAR) FROM books_entries ORDER BY 1"
    assert books.engine.sql(found) == [(2, "2021-06-30"), (3, "2021-05-05")]
    assert books.engine.sql("SELECT source_row, column_name FROM rejected") == [(4, "effective_date")]


def test_r12_our_names_match_exactly(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a column amount for the table entries"):
        read(
            tmp_path,
            entries="contract_id,effective_date,Amount \nC1,2021-06-30,5\n".replace("Amount", "AMOUNT"),
        )


def test_r12_two_names_that_differ_only_in_case_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="differs only in case"):
        read(tmp_path, entries="contract_id,effective_date,amount,Amount\nC1,2021-06-30,5,6\n")


def test_r12_two_sources_may_name_one_database_with_different_tables(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "x.duckdb")) as file:
        file.execute("CREATE TABLE gl AS SELECT 'C1' AS K, DATE '2021-06-30' AS D, 1.50::DECIMAL(9,2) AS A")
        file.execute("CREATE TABLE deals AS SELECT 'C1' AS K, 10 AS P")
    yaml = (
        f"{COMPANY}sources: {{gl: {{path: x.duckdb, table: gl}}, deals: {{path: x.duckdb, table: deals}}}}\n"
        f"tables: {{entries: {{source: gl, columns: {COLUMNS}}},"
        " contracts: {source: deals, columns: {contract_id: K, price: P}}}\n"
    )
    books = read(tmp_path, yaml, entries="", contracts="")
    assert (cents(books), books.column("contracts", "price_minor")) == ([150], [1000])


def test_r12_identical_repeats_over_the_files_of_a_pattern_are_repeats(tmp_path: Path) -> None:
    for month, amount in (("05", 5), ("06", 6)):
        text = f"E,K,D,A\nE1,C1,2021-05-31,5\nE{month},C1,2021-06-30,{amount}\n"
        (tmp_path / f"gl-{month}.csv").write_text(text)
    mapping = "columns: {entry_id: E, contract_id: K, effective_date: D, amount: A}"
    books = entries(tmp_path, None, mapping, "path: 'gl-*.csv'")
    assert sorted(books.column("entries", "entry_id")) == ["E05", "E06", "E1"]
    found = "SELECT source_file, source_row, reason FROM rejected"
    assert books.engine.sql(found) == [("gl-06.csv", 2, "repeat")]


def test_r12_source_row_counts_rows_of_parquet_and_databases_from_1(tmp_path: Path) -> None:
    table = pa.table({"K": ["C1", "C1"], "D": ["2021-06-30", "soon"], "A": ["5", "6"]})
    pq.write_table(table, tmp_path / "gl.parquet")
    books = entries(tmp_path, None, f"columns: {COLUMNS}", "path: gl.parquet")
    assert books.column("entries", "source_row") == [1]
    assert books.rejected("entries") == [(2, "effective_date", "soon", "date")]


def test_r12_an_entry_of_an_unknown_obligation_counts_at_contract_level(tmp_path: Path) -> None:
    mapping = "columns: {contract_id: K, obligation_id: O, effective_date: D, amount: A}"
    books = entries(tmp_path, "K,O,D,A\nC1,O9,2021-06-30,5\n", mapping, obligations=OBLIGATIONS)
    assert books.column("entries", "(contract_id, obligation_id)") == [("C1", None)]
    assert days(books) == ["2021-06-30"]


def test_r12_an_empty_books_yaml_is_an_error_and_none_is_not(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the key company"):
        read(tmp_path, "")
    (tmp_path / "books.yaml").unlink()
    assert read(tmp_path, None).column("entries", "amount_minor") == [100_000]
