"""Amounts and days as audit formats write them, by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from earned.imports import cells, roles


@pytest.mark.parametrize(
    ("text", "decimal", "group", "amount"),
    [
        ("1234.56", ".", "", "1234.56"),
        ("100.00-", ".", "", "-100.00"),
        ("1.234.567,89", ",", ".", "1234567.89"),
        ("-0,5", ",", ".", "-0.5"),
        ("1.23,45", ",", ".", None),
        ("12,34", ".", "", None),
        ("1e5", ".", "", None),
        ("NaN", ".", "", None),
        ("", ".", "", None),
        ("٣", ".", "", None),
        ("0.1234567891", ".", "", None),
        ("123456789012345678901", ".", "", None),
    ],
)
def test_amounts(text: str, decimal: str, group: str, amount: str | None) -> None:
    assert cells.amount(text, decimal, group) == (Decimal(amount) if amount else None)


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("20210228", "", "2021-02-28"),
        ("2021-02-28T10:00:00", "", "2021-02-28"),
        ("20210229", "", None),
        ("28/02/2021", "", None),
        ("28.2.2021", "DD.MM.YYYY", "2021-02-28"),
        ("280221", "DDMMYY", "2021-02-28"),
        ("28231", "DDMMYY", None),
        ("28.02.99", "DD.MM.YY", "1999-02-28"),
    ],
)
def test_days(text: str, form: str, day: str | None) -> None:
    assert cells.day(text, form) == day


def test_moments() -> None:
    assert cells.moment("20210131", "91205") == "2021-01-31 09:12:05"
    assert cells.moment("19000101", "91205") == ""
    assert cells.moment("31.01.2021") == "31.01.2021"


@pytest.mark.parametrize(
    ("account", "chart", "role"),
    [
        ("706000", roles.PCG, "revenue"), ("758000", roles.PCG, "other_income"),
        ("411000", roles.PCG, "receivable"), ("419100", roles.PCG, "contract_liability"),
        ("721", roles.SNC, "revenue"), ("781", roles.SNC, "other_income"),
        ("2181", roles.SNC, "contract_liability"), ("3000", roles.NS4102, "revenue"),
        ("30", roles.NS4102, "revenue"), ("3400", roles.NS4102, "other_income"),
        ("9999", roles.NS4102, "other"),
    ],
)  # fmt: skip
def test_roles_by_number(account: str, chart: dict[str, str], role: str) -> None:
    assert roles.by_number(account, chart) == role


@pytest.mark.parametrize(
    ("kind", "subtype", "role"),
    [
        ("Revenue", "Product sales", "revenue"), ("Revenue", "Interest income", "other_income"),
        ("Liabilities", "Deferred revenue", "contract_liability"),
        ("Assets", "Accounts Receivable", "receivable"),
        ("Expenses", "", "cost"), ("Erlöse", "", "revenue"), ("", "", "other"),
    ],
)  # fmt: skip
def test_roles_by_type(kind: str, subtype: str, role: str) -> None:
    assert roles.by_type(kind, subtype) == role
