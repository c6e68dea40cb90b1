"""How figures are written."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from earned.report import numbers


def test_money_has_its_currency_s_decimals_and_brackets_when_negative() -> None:
    assert numbers.money(123456789, 2) == "1,234,567.89"
    assert numbers.money(-5, 2) == "(0.05)"
    assert numbers.money(1234, 0) == "1,234"
    assert numbers.money(1234567, 3) == "1,234.567"
    assert numbers.money(0, 2) == numbers.money(None, 2) == "–"
    assert numbers.money(2**63 - 1, 2) == "92,233,720,368,547,758.07"


def test_percentages_round_halves_away_from_zero() -> None:
    assert numbers.percent(42351) == "4.24 %"
    assert numbers.percent(64469) == "6.45 %"
    assert numbers.percent(-42350) == "(4.24 %)"
    assert numbers.percent(49) == "0.00 %"
    assert numbers.percent(-49) == "0.00 %"
    assert numbers.percent(None) == "–"


def test_major_units_are_exact() -> None:
    assert numbers.major(2**53, 2) == Decimal("90071992547409.92")


def test_the_day_of_an_instant_is_the_company_s() -> None:
    late = datetime(2021, 6, 30, 17, 0, tzinfo=UTC)
    assert numbers.day(late, "Asia/Shanghai") == "2021-07-01"
    assert numbers.day(late) == "2021-06-30"
    assert numbers.day(None) == "–"


def test_what_could_disguise_a_cell_is_shown_escaped() -> None:
    assert numbers.plain("abc\u202egpj.exe") == "abc\\u202egpj.exe"
    assert numbers.plain("a\x00b\n") == "a\\x00b\\n"
    assert numbers.plain("王工 项目\u3000验收") == "王工 项目\u3000验收"
    assert len(numbers.plain("x" * 1000)) == 300
