"""Texts and what they are read as, by hand (R3, R4, P3, E2)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import duckdb
import pytest

from earned.books import cells, moments, numbers, sql
from earned.books.cells import Steps, Writing
from earned.books.moments import Clock
from earned.books.schema import Column

UTC = Clock((), "UTC")
SHANGHAI = Clock((), "Asia/Shanghai")


def evaluate(expression: str, cell: str) -> Any:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    found = connection.execute(f"SELECT {expression} FROM (SELECT $1::VARCHAR AS cell)", [cell]).fetchone()
    assert found
    return found[0]


def number(cell: str, decimal: str | None = None, thousands: str | None = None) -> str | None:
    return evaluate(numbers.digits(f"({numbers.normal('cell')})", decimal, thousands), cell)


@pytest.mark.parametrize(
    ("cell", "digits"),
    [
        ("1234.56", "1234.56"),
        ("-7", "-7"),
        ("1,234,567.80", "1234567.80"),
        ("1 234 567", "1234567"),
        ("1\u00a0234.5", "1234.5"),
        ("(1,234.56)", "-1234.56"),
        ("( 12 )", "-12"),
        ("12.50-", "-12.50"),
        ("\u221212", "-12"),
        ("¥ 1,000", "1000"),
        ("1000 CNY", "1000"),
        ("-US$5.00", "-5.00"),
        ("(€5)", "-5"),
        ("1000元", "1000"),
        (".5", ".5"),
    ],
)
def test_numbers_that_are_always_read(cell: str, digits: str) -> None:
    assert number(cell) == digits


@pytest.mark.parametrize(
    "cell",
    ["1.234,56", "1234,56", "12,34", "1e5", "1.0E+11", "--5", "(-5)", "abc", "1.2.3", "1,23,4", "+-1", "5%"],
)
def test_everything_else_is_no_number(cell: str) -> None:
    assert number(cell) is None


@pytest.mark.parametrize(
    ("cell", "digits"),
    [("1.234,56", "1234.56"), ("1.234,56-", "-1234.56"), ("1234,5", "1234.5"), ("1 234,5", "1234.5")],
)
def test_a_declared_decimal_comma(cell: str, digits: str) -> None:
    assert number(cell, decimal=",") == digits


@pytest.mark.parametrize(
    ("cell", "nano"),
    [
        ("0.1", 10**8),
        ("-1234.50", -1_234_500_000_000),
        ("1.000000000000", 10**9),
        ("0.0000000001", None),
        ("123456789012345678901234", 123456789012345678901234 * 10**9),
        ("1234567890123456789012345", None),
    ],
)
def test_billionths_are_exact(cell: str, nano: int | None) -> None:
    assert evaluate(numbers.nano("cell"), cell) == nano


def test_a_factor_is_exact_or_nothing() -> None:
    assert evaluate(numbers.nano("cell", Fraction(10_000)), "1.2345") == 12_345 * 10**9
    assert evaluate(numbers.nano("cell", Fraction("0.01")), "150") == 1_500_000_000
    assert evaluate(numbers.nano("cell", Fraction("0.01")), "0.00000001") is None
    assert evaluate(numbers.nano("cell", Fraction(-1)), "2") == -2 * 10**9


@pytest.mark.parametrize(("cell", "floating", "minor"), [
    ("1.23", "false", 123), ("1.234", "false", None), ("1.230000009", "true", 123),
    ("1.230000011", "true", None),    ("92233720368547758.08", "false", 2**63),
])  # fmt: skip
def test_minor_units(cell: str, floating: str, minor: int | None) -> None:
    assert evaluate(numbers.minor(f"({numbers.nano('cell')})", "10000000", floating), cell) == minor


def day(cell: str, clock: Clock = UTC) -> str | None:
    return evaluate(f"CAST({moments.day('cell', clock)} AS VARCHAR)", cell)


def instant(cell: str, clock: Clock = SHANGHAI) -> str | None:
    return evaluate(f"CAST({moments.instant('cell', clock)} AS VARCHAR)", cell)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2021-06-30", "2021-06-30"),
        ("2021-6-3", "2021-06-03"),
        ("2021-06-30 00:00:00", "2021-06-30"),
        ("2021-06-30T00:00:00", "2021-06-30"),
        ("2021-02-30", None),
        ("30.06.2021", None),
        ("44377", None),
        ("20210630", None),
        ("1900-12-31", None),
        ("2200-01-01", None),
        ("2199-12-31", "2199-12-31"),
    ],
)
def test_days_in_a_text_file(cell: str, read: str | None) -> None:
    assert day(cell) == read


def test_an_instant_standing_for_a_day_is_taken_in_the_zone() -> None:
    assert day("2021-06-30T20:00:00Z", SHANGHAI) == "2021-07-01"


@pytest.mark.parametrize(
    ("form", "cell", "read"),
    [
        ("%d.%m.%Y", "3.6.2021", "2021-06-03"),
        ("%d.%m.%Y", "03.06.2021", "2021-06-03"),
        ("%d.%m.%Y", "3.6.21", None),
        ("%Y%m%d", "20210630", "2021-06-30"),
        ("%Y%m%d", "2021063", None),
        ("%Y%m%d", "19000101", None),
        ("%Y年%m月%d日", "2021年6月30日", "2021-06-30"),
    ],
)
def test_declared_forms(form: str, cell: str, read: str | None) -> None:
    assert day(cell, Clock((form,), "UTC")) == read


def test_serial_days() -> None:
    assert day("44377", Clock((), "UTC", workbook=True)) == "2021-06-30"
    assert day("42915", Clock((), "UTC", workbook=True, date1904=True)) == "2021-06-30"
    assert day("44377", Clock(("excel",), "UTC")) == "2021-06-30"
    assert instant("44377.5", Clock((), "UTC", workbook=True)) == "2021-06-30 12:00:00+00"


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2021-06-30", "2021-06-30 15:59:59.999999+00"),
        ("2021-06-30 10:00", "2021-06-30 02:00:00+00"),
        ("2021-06-30T10:00:00.5", "2021-06-30 02:00:00.5+00"),
        ("2021-06-30T10:00:00Z", "2021-06-30 10:00:00+00"),
        ("2021-06-30 10:00+02:00", "2021-06-30 08:00:00+00"),
        ("2021-06-30 10:00:00 -0130", "2021-06-30 11:30:00+00"),
        ("10:00", None),
    ],
)
def test_instants(cell: str, read: str | None) -> None:
    assert instant(cell) == read


def typed(kind: str, cell: str, writing: Writing | None = None, values: tuple[str, ...] = ()) -> Any:
    column = Column("x", kind, "optional", "", values)
    how = writing or Writing(UTC)
    digits = f"({numbers.digits('(' + cells.normal(column, 'cell') + ')', how.decimal, how.thousands)})"
    nano = f"({cells.nano(column, 'cell', digits, how)})"
    return evaluate(cells.read(column, Steps("cell", digits, nano), how).value, cell)


def test_flags_and_words() -> None:
    assert [typed("bool", c) for c in ("true", "Yes", "1", "是")] == [True] * 4
    assert [typed("bool", c) for c in ("FALSE", "no", "0", "否")] == [False] * 4
    assert typed("bool", "maybe") is None
    assert typed("enum", "Acceptance", values=("acceptance", "other")) == "acceptance"
    assert typed("enum", "accepted", values=("acceptance", "other")) is None


def test_counts_rates_and_quantities() -> None:
    assert typed("int", "1,200") == 1200
    assert typed("int", "12.00") == 12
    assert typed("int", "12.5") is None
    assert typed("ppm", "60000") == 60_000
    assert typed("ppm", "6", Writing(UTC, rate="percent")) == 60_000
    assert typed("ppm", "0.06", Writing(UTC, rate="fraction")) == 60_000
    assert typed("ppm", "6%") == 60_000
    assert typed("ppm", "0.06") is None
    assert str(typed("quantity", "1.5")) == "1.500000000"
    assert str(typed("quantity", "-0.000000001")) == "-1E-9"
    assert typed("quantity", "0.0000000001") is None


def test_ids_are_text_and_never_what_a_spreadsheet_made_of_them() -> None:
    assert typed("id", "007") == "007"
    assert typed("id", "1.0E+11") is None
    assert typed("id", "１-a", Writing(UTC, ids={"fold": ["width", "case"], "drop": "-"})) == "1A"
    assert typed("id", "000", Writing(UTC, ids={"strip_zeros": True})) == "000"
    assert typed("id", "0012", Writing(UTC, ids={"strip_zeros": True})) == "12"


def filled(cell: str, kind: str = "id", nulls: tuple[str, ...] = (), **values: str | None) -> Any:
    bare = f"({sql.trimmed('cell')})"
    return evaluate(cells.filled("cell", bare, Column("x", kind, "optional", ""), nulls, values), cell)


def test_blanks_around_a_cell_and_sentinels() -> None:
    assert filled("\u00a0 C1\u3000") == "C1"
    assert filled("\u3000") is None
    assert filled("合同 1") == "合同 1"
    assert filled(" a ", "text") == " a "
    assert filled("19000101", nulls=("19000101",)) is None


def test_values_map_without_case_and_by_prefix() -> None:
    mapping: dict[str, str | None] = {"OK": "accepted", "ok-2*": "partial", "OK*": "conditional"}
    assert filled("ok", **mapping) == "accepted"
    assert filled("OK-29", **mapping) == "partial"
    assert filled("ok!", **mapping) == "conditional"
    assert filled("no", **mapping) == "no"


def test_names_in_files_are_never_executed() -> None:
    assert sql.name('a"; DROP TABLE x; --') == '"a""; DROP TABLE x; --"'
    assert sql.text("it's") == "'it''s'"
