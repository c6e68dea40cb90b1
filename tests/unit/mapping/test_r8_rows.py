"""R8: which rows of a source are read, lists of mappings, and tables that are a SELECT."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from earned.faults import InputError
from tests.unit.books.reading import COMPANY, Read, read
from tests.unit.mapping.files import COLUMNS, cents, days, entries, workbook

TEXT = (
    "K,D,A,STATUS,VOID,摘要\n"
    "C1,2021-06-30,1,PROCESSED,,sale\n"
    "C1,2021-06-30,2,processed,,sale\n"
    "C1,2021-06-30,4,FAILED,X,sale\n"
    "C1,2021-06-30,8,PROCESSED,00000000,Total Q2\n"
    "C1,2021-06-30,16, PROCESSED , ,本期合计\n"
    "C1,2021-06-30,32,,,sale\n"
)


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        ("only: {STATUS: [PROCESSED]}", [1, 8, 16]),
        ("only: {STATUS: PROCESSED}", [1, 8, 16]),
        ("without: {STATUS: [PROCESSED]}", [2, 4, 32]),
        ("only: {STATUS: ['P*', FAILED]}", [1, 4, 8, 16]),
        ("without: {摘要: [本期合计, 'Total*']}", [1, 2, 4, 32]),
        ("without: {VOID: filled}", [1, 2, 16, 32]),
        ("only: {VOID: empty}", [1, 2, 16, 32]),
        ("only: {STATUS: empty}", [32]),
        ("only: {STATUS: [FAILED, empty]}", [4, 32]),
        ("only: {STATUS: ['*']}", [1, 2, 4, 8, 16]),
        ("only: {STATUS: [PROCESSED]}, without: {VOID: filled, 摘要: [本期合计]}", [1]),
    ],
)
def test_r8_filters(tmp_path: Path, filters: str, kept: list[int]) -> None:
    books = entries(tmp_path, TEXT, f"columns: {COLUMNS}, {filters}")
    assert cents(books) == [100 * k for k in kept]
    count = books.tables.counts["entries"]
    assert (count.rows_in, count.used, count.rejected) == (6, len(kept), 0)
    assert count.left_out == 6 - len(kept)


def test_r8_a_sentinel_is_an_empty_cell_for_a_filter(tmp_path: Path) -> None:
    # SAP writes an empty date as 00000000; the row of 8 is no void one then.
    source = "path: gl.csv, null_values: ['00000000']"
    assert cents(entries(tmp_path, TEXT, f"columns: {COLUMNS}, only: {{VOID: empty}}", source)) == [
        100, 200, 800, 1600, 3200,
    ]  # fmt: skip


def test_r8_what_a_filter_leaves_out_is_counted_listed_and_not_rejected(tmp_path: Path) -> None:
    filters = "only: {STATUS: [PROCESSED, 'p*']}, without: {VOID: filled}"
    books = entries(tmp_path, TEXT, f"columns: {COLUMNS}, {filters}")
    said = "only STATUS: PROCESSED, p*; without VOID: filled"
    assert ("", "left_out", 3, said, "warning") in books.quality("entries")
    assert books.rejected("entries") == []


def test_r8_a_row_that_is_left_out_is_no_fault(tmp_path: Path) -> None:
    text = "K,D,A\nC1,2021-06-30,5\nTotal,,five\n"
    books = entries(tmp_path, text, f"columns: {COLUMNS}, without: {{K: ['Total*']}}")
    assert cents(books) == [500] and books.rejected("entries") == []


def test_r8_a_filter_without_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="`empty` or `filled`"):
        entries(tmp_path, TEXT, f"columns: {COLUMNS}, only: {{STATUS: }}")


def test_r8_a_list_of_mappings_is_appended(tmp_path: Path) -> None:
    yaml = (
        f"{COMPANY}sources: {{domestic: {{path: d.csv}}, export: {{path: e.csv}}}}\n"
        "tables:\n"
        "  entries:\n"
        "    - {source: domestic, columns: {contract_id: 合同, effective_date: 日期, amount: 金额},"
        " date: '%Y/%m/%d', unit: ten_thousand}\n"
        "    - {source: export, columns: {contract_id: Contract, effective_date: Date, amount: Amt,"
        " currency: Cur}, date: '%d.%m.%Y', decimal: ',', sign: debit_positive}\n"
    )
    books = read(
        tmp_path,
        yaml,
        entries="",
        d="合同,日期,金额\nC1,2021/06/30,1.5\n",
        e="Contract;Date;Amt;Cur\nC1;1.7.2021;-2,50;USD\n",
    )
    assert books.column("entries", "(amount_minor, currency)") == [(1_500_000, "CNY"), (250, "USD")]
    assert days(books) == ["2021-06-30", "2021-07-01"]


def test_r8_a_source_may_feed_one_table_twice(tmp_path: Path) -> None:
    yaml = (
        f"{COMPANY}sources: {{gl: {{path: gl.csv}}}}\ntables:\n  entries:\n"
        "    - {source: gl, columns: {entry_id: '{N}-H', contract_id: K, effective_date: D, amount: H},"
        " only: {H: filled}}\n"
        "    - {source: gl, columns: {entry_id: '{N}-S', contract_id: K, effective_date: D, amount: S},"
        " only: {S: filled}, sign: debit_positive}\n"
    )
    books = read(tmp_path, yaml, entries="", gl="N,K,D,H,S\n1,C1,2021-06-30,5,\n2,C1,2021-06-30,,3\n")
    assert sorted(books.column("entries", "(entry_id, amount_minor)")) == [("1-H", 500), ("2-S", -300)]


# --- SELECT -----------------------------------------------------------------------------------------


def selected(folder: Path, select: str, keys: str = "", source: str = "path: gl.csv", **files: Any) -> Read:
    yaml = f'{COMPANY}sources: {{gl: {{{source}}}}}\ntables:\n  entries: {{select: "{select}"{keys}}}\n'
    return read(folder, yaml, entries="", **files)


def test_r8_keys_beside_a_select_type_its_text_columns(tmp_path: Path) -> None:
    text = "K;D;A;F\nC1;30.06.2021;-1,5;12\n"
    columns = "K AS contract_id, D AS effective_date, A AS amount, F AS functional_amount, 'Old' AS kind"
    keys = (
        ", date: '%d.%m.%Y', decimal: ',', sign: debit_positive"
        ", unit: {amount: ten_thousand, functional_amount: minor}, values: {kind: {old: recognition}}"
    )
    books = selected(tmp_path, f"SELECT {columns} FROM gl", keys, gl=text)
    row = "(amount_minor, functional_amount_minor, kind)"
    assert books.column("entries", row) == [(1_500_000, -12, "recognition")]
    assert days(books) == ["2021-06-30"]


def test_r8_a_select_types_rates(tmp_path: Path) -> None:
    select = "SELECT K AS contract_id, P AS price, R AS tax_rate FROM t"
    yaml = (
        f"{COMPANY}sources: {{t: {{path: t.csv}}}}\n"
        f'tables: {{contracts: {{select: "{select}", rate: percent}}}}\n'
    )
    books = read(tmp_path, yaml, contracts="", t="K,P,R\nC1,1000,6\n")
    assert books.column("contracts", "tax_rate") == [60_000]


def test_r8_lineage_is_kept_through_a_select_that_carries_it(tmp_path: Path) -> None:
    select = (
        "SELECT g.K AS contract_id, g.D AS effective_date, g.A AS amount, g.SOURCE_FILE, g.source_row "
        "FROM gl g JOIN contracts c ON c.contract_id = g.K ORDER BY g.A DESC"
    )
    books = selected(tmp_path, select, gl="K,D,A\nC9,2021-06-30,7\nC1,2021-06-30,x\nC1,2021-06-30,5\n")
    assert books.column("entries", "(source_file, source_row, amount_minor)") == [("gl.csv", 4, 500)]
    assert books.rejected("entries") == [(3, "amount", "x", "number")]
    assert [q for q in books.quality("entries") if q[1] == "lineage_ends"] == []


@pytest.mark.parametrize("carried", ["", ", source_row", ", source_file"])
def test_r8_lineage_ends_at_a_select_that_does_not_carry_it_and_it_is_said(
    tmp_path: Path, carried: str
) -> None:
    select = f"SELECT K AS contract_id, D AS effective_date, A AS amount{carried} FROM gl"
    books = selected(tmp_path, select, gl="K,D,A\nC1,2021-06-30,5\n")
    assert books.column("entries", "(source_file, source_row)") == [("books.yaml: tables.entries", 1)]
    assert ("", "lineage_ends", 1, "source_file and source_row", "warning") in books.quality("entries")


def test_r8_a_cell_of_a_workbook_is_an_iso_date_or_the_shortest_decimal_in_a_select(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["K", "D", "A"], [4711, datetime(2021, 6, 30), 49000.25], ["C1", 44377, 0.1]]
    workbook(tmp_path / "gl.xlsx", *rows)
    columns = "K AS contract_id, D AS effective_date, A AS amount, K || '/' || D || '/' || A AS entry_id"
    books = selected(tmp_path, f"SELECT {columns} FROM gl", source="path: gl.xlsx")
    assert books.column("entries", "entry_id") == ["4711/2021-06-30/49000.25", "C1/44377/0.1"]
    assert days(books) == ["2021-06-30", "2021-06-30"]
    assert cents(books) == [4_900_025, 10]
