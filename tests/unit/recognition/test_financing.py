"""The significant financing component: the standards' examples to the cent, and schedules worked by hand.

Numbers: IFRS 15 Examples 26, 28, 29 (ASC 606-10-55-227 to 55-243); CIMA F2 workbook 2019, Example 7.3; the
open test suites of kifrs-rag (scenario 03) and erev-cloud (CHK-136); else exact fractions in the test.
"""

from __future__ import annotations

import calendar
import csv
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import ibis
import pytest

import earned
from earned.books import Books
from earned.books.manifest import load
from earned.recognition import financing
from earned.recognition.discounting import instalment
from earned.recognition.interest import interest
from earned.recognition.price import net_prices
from tests.engines.compiling import Compiling
from tests.engines.compiling import books as compiled_books

Row = Mapping[str, Any]
WINDOW = "window: {from: 2020-01-01, to: 2025-12-31}\n"


def written(folder: Path, settings: str, tables: Mapping[str, Sequence[Row]]) -> Path:
    """Books of the tables given; one entry and one paper, which they cannot be without."""
    (folder / "books.yaml").write_text(f"company: {{currency: USD}}\n{settings}", encoding="utf-8")
    one = tables["contracts"][0]["contract_id"]
    beside = {
        "entries": [{"contract_id": one, "effective_date": "2020-01-01", "amount": 0}],
        "evidence": [{"contract_id": one, "kind": "start", "event_date": "2020-01-01"}],
    }
    for name, rows in {**beside, **tables}.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(c for row in rows for c in row)))
            writer.writeheader()
            writer.writerows(rows)
    return folder


@contextmanager
def opened(folder: Path, settings: str = WINDOW, **tables: Sequence[Row]) -> Iterator[Books]:
    books = earned.open_books(written(folder, settings, tables))
    try:
        assert books.engine.rows(books.tables["rejected"]) == []
        yield books
    finally:
        books.engine.close()


@dataclass(frozen=True)
class Found:
    """The books, `financing` by contract, and `interest` by contract and period: so far, and balance."""

    books: Books
    table: Any
    rows: Mapping[str, Mapping[str, Any]]
    at: Mapping[tuple[str, str], tuple[int, int]]


def measured(books: Books) -> Found:
    table = books.engine.keep("financing", financing.financing(books, books.engine.keep))
    rows = {row["contract_id"]: row for row in books.engine.rows(table)}
    ends = books.engine.rows(interest(books, table))
    at = {(r["contract_id"], r["period_id"]): (r["interest_minor"], r["balance_minor"]) for r in ends}
    assert len(at) == len(ends)
    return Found(books, table, rows, at)


def due(of: str, *payments: tuple[str, str]) -> list[Row]:
    return [{"contract_id": of, "due_date": day, "amount": amount} for day, amount in payments]


def months(first: date, count: int) -> list[date]:
    """The same day of the following months, or the last of a shorter one."""
    days = []
    for n in range(1, count + 1):
        year, month = divmod(first.month - 1 + n, 12)
        last = calendar.monthrange(first.year + year, month + 1)[1]
        days.append(date(first.year + year, month + 1, min(first.day, last)))
    return days


def half_up(value: Fraction) -> int:
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


# --- one set of books for the examples ------------------------------------------------------------------

FIRST = {
    "on the first": date(2020, 1, 1),
    "on the 30th": date(2020, 1, 30),
    "at month end": date(2020, 1, 31),
}
TEN = {"price": "121", "transfer_date": "2020-01-01", "cash_price": "100", "compounding": "annual"}
TAX = {"price": "1243", "transfer_date": "2021-01-01", "cash_price": "1130", "price_includes_tax": "true"}
ADVANCE = {"price": "4000", "transfer_date": "2022-01-01", "financing_rate": "60000"}
BY_HAND = {"transfer_date": "2021-01-01", "financing_rate": "100000", "compounding": "annual"}

CONTRACTS: dict[str, dict[str, Any]] = {
    "ten": TEN,
    "lapse": TEN,
    "never": TEN,
    "advance": ADVANCE | {"cash_price": "5000", "compounding": "annual"},
    "monthly": ADVANCE | {"compounding": "monthly"},
    "car": {
        "price": "4000000", "transfer_date": "2021-12-31", "financing_rate": "50000", "compounding": "annual",
    },
    "simple": BY_HAND | {"price": "441650"},
    "part": BY_HAND | {"price": "2100"},
    "mixed": BY_HAND | {"price": "2210"},
    "net": TAX | {"tax_rate": "130000", "compounding": "annual"},
    "gross": TAX | {"compounding": "annual"},
    "plain": {"price": "50"},
}  # fmt: skip
PAYMENTS: dict[str, list[tuple[str, str]]] = {
    "ten": [("2022-01-01", "121")],
    "lapse": [("2022-01-01", "121")],
    "never": [("2022-01-01", "121")],
    "advance": [("2020-01-01", "4000")],
    "monthly": [("2020-01-01", "4000")],
    "car": [("2024-12-31", "4000000")],
    "simple": [("2023-01-01", "441650")],
    "part": [("2022-01-01", "1100")],
    "mixed": [("2020-01-01", "1000"), ("2022-01-01", "1210")],
    "net": [("2021-01-01", "414.33"), ("2022-01-01", "414.33"), ("2022-07-01", "414.34")],
    "gross": [("2022-01-01", "1243")],
    "plain": [("2023-01-01", "50")],
}
for when, first_day in FIRST.items():
    sold = {"transfer_date": str(first_day), "price": "1132273.80", "compounding": "monthly"}
    CONTRACTS |= {
        f"A {when}": sold | {"cash_price": "1000000"},
        f"B {when}": sold | {"financing_rate": "120000"},
    }
    for case in "AB":
        PAYMENTS[f"{case} {when}"] = [(str(day), "18871.23") for day in months(first_day, 60)]
LATER = {"gate": "other", "criterion": "return lapsed", "met_date": "2020-03-31"}
CRITERIA = [
    LATER | {"contract_id": "lapse"},
    {"contract_id": "never", "gate": "contract", "criterion": "collectability", "met_date": ""},
    LATER | {"contract_id": "never"},
    # One of several obligations: it holds nothing up for the others.
    LATER | {"contract_id": "car", "obligation_id": "wheels", "met_date": "2024-01-01"},
]
OBLIGATIONS = [
    {"contract_id": "gross", "obligation_id": "taxed", "tax_rate": "130000", "ssp": "1"},
    {"contract_id": "car", "obligation_id": "wheels", "ssp": "1"},
    {"contract_id": "car", "obligation_id": "body", "ssp": "1"},
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    tables: dict[str, Sequence[Row]] = {
        "contracts": [{"contract_id": name} | row for name, row in CONTRACTS.items()],
        "instalments": [row for name, parts in PAYMENTS.items() for row in due(name, *parts)],
        "criteria": CRITERIA,
        "obligations": [{"pattern": "point_in_time"} | row for row in OBLIGATIONS],
    }
    with opened(
        tmp_path_factory.mktemp("financed"), WINDOW + "calendar: {kind: months}\n", **tables
    ) as books:
        yield measured(books)


# --- the standards' examples ----------------------------------------------------------------------------


def test_a_price_paid_two_years_later_holds_ten_per_cent_interest(found: Found) -> None:
    """Example 26, the price alone: 121 in 24 months for what costs 100 in cash: 10 %, interest 21."""
    row = found.rows["ten"]
    assert (row["adjustment_minor"], row["price_minor"]) == (-21_00, 100_00)
    assert row["rate"] == row["implicit_rate"] == Decimal("0.1")
    assert (row["kind"], row["begins_date"]) == ("deferred", date(2020, 1, 1))
    assert found.at["ten", "2020M12"] == (10_00, 110_00)
    assert found.at["ten", "2021M12"] == (21_00, 121_00)
    assert found.at["ten", "2022M01"] == (21_00, 0)


def test_interest_waits_for_the_right_of_return_to_lapse(found: Found) -> None:
    """Example 26: no receivable before day 90; the 21 are then spread as the schedule runs from there."""
    row = found.rows["lapse"]
    assert (row["rate"], row["begins_date"]) == (Decimal("0.1"), date(2020, 3, 31))
    before = half_up(Fraction(10_00 * 90, 366))
    expected = half_up(Fraction(21_00 * (10_00 - before), 21_00 - before))
    assert found.at["lapse", "2020M02"] == (0, 0)
    assert found.at["lapse", "2020M03"][0] in (2, 3, 4)  # one day of 21 scaled up from 18.54
    assert found.at["lapse", "2020M12"] == (expected, 100_00 + expected)
    assert found.at["lapse", "2021M12"] == (21_00, 121_00)
    assert found.at["lapse", "2025M12"] == (21_00, 0)


def test_nothing_begins_before_every_criterion_is_met(found: Found) -> None:
    assert found.rows["never"]["begins_date"] is None
    assert found.rows["never"]["adjustment_minor"] == -21_00
    assert {found.at[key] for key in found.at if key[0] == "never"} == {(0, 0)}


def test_the_instalment_of_a_sale_at_the_market_rate() -> None:
    """Example 28 Case A: 1,000,000 over 60 months at 5 %: 18,871 as printed, 18,871.23 exactly."""
    assert instalment(1_000_000_00, 50_000, "monthly", 60) == 18_871_23
    assert instalment(1_000_00, 0, "annual", 3) == 333_33
    assert instalment(1_000_00, 100_000, "annual", 1) == 1_100_00
    with pytest.raises(ValueError, match="period"):
        instalment(1, 0, "annual", 0)
    with pytest.raises(KeyError):
        instalment(1, 0, "daily", 1)


@pytest.mark.parametrize("when", FIRST)
def test_an_instalment_sale(when: str, found: Found) -> None:
    """Example 28 Case A; and Case B, where a separate loan would cost 12 %: worth 848,357 as printed."""
    worth = sum((Fraction(18_871_23) / Fraction("1.01") ** k for k in range(1, 61)), Fraction(0))
    assert abs(worth - 848_357_00) < 50
    cash, rated = found.rows[f"A {when}"], found.rows[f"B {when}"]
    assert rated["price_minor"] == half_up(worth)
    assert (rated["rate"], rated["implicit_rate"]) == (Decimal("0.12"), None)
    assert cash["adjustment_minor"] == -132_273_80
    assert abs(cash["implicit_rate"] - Decimal("0.05")) < Decimal("0.0000002")
    assert found.at[f"A {when}", "2025M02"] == (132_273_80, 0)
    assert found.at[f"B {when}", "2025M02"] == (1_132_273_80 - half_up(worth), 0)
    # A sum of money lent for a month at a twelfth of 5 %, before and after the first instalment.
    interest_so_far, balance = found.at["A on the first", "2020M01"]
    assert abs(interest_so_far - 4_166_67) <= 1
    assert balance == 1_000_000_00 + interest_so_far
    assert found.at["A at month end", "2020M01"] == (0, 1_000_000_00)
    assert found.at["A at month end", "2020M02"] == (interest_so_far, balance - 18_871_23)


def test_an_advance_at_the_borrowing_rate(found: Found) -> None:
    """Example 29: 4,000 paid two years before at 6 %; 5,000 at the transfer would be 11.8 %, which is not
    used; monthly compounding gives 4,508.64 (CHK-136). Year 1 240.00 and 246.71, year 2 254.40 and 261.93."""
    row = found.rows["advance"]
    assert (row["adjustment_minor"], row["price_minor"]) == (494_40, 4_494_40)
    assert row["rate"] == Decimal("0.06")
    assert row["implicit_rate"] == Decimal("0.118033989")  # the root of 1.25, less 1
    assert (row["kind"], row["begins_date"]) == ("advance", date(2020, 1, 1))
    assert found.rows["monthly"]["price_minor"] == 4_508_64
    assert found.at["advance", "2020M12"] == (-240_00, 4_240_00)
    assert found.at["advance", "2021M12"] == (-494_40, 4_494_40)
    assert found.at["advance", "2022M01"] == (-494_40, 0)
    assert found.at["monthly", "2020M12"] == (-246_71, 4_246_71)
    assert found.at["monthly", "2021M12"] == (-(246_71 + 261_93), 4_508_64)


def test_an_interest_free_sale_on_the_last_day_of_a_year(found: Found) -> None:
    """CIMA F2 Example 7.3: 4,000,000 after three years at 5 %; the book rounds the factor to 0.864."""
    assert found.rows["car"]["price_minor"] == 3_455_350_39
    assert found.at["car", "2021M12"] == (0, 3_455_350_39)
    assert found.at["car", "2022M12"] == (172_767_52, 3_628_117_91)
    assert found.at["car", "2024M12"] == (544_649_61, 0)


# --- by hand --------------------------------------------------------------------------------------------


def test_inside_a_period_interest_is_simple_by_days(found: Found) -> None:
    """365,000.00 sold on 2021-01-01 at 10 % a year: 100.00 a day in 2021, and 110.00 in 2022."""
    assert found.rows["simple"]["price_minor"] == 365_000_00
    assert found.at["simple", "2021M03"][0] == 90 * 100_00
    assert found.at["simple", "2021M12"][0] == 365 * 100_00
    assert found.at["simple", "2022M03"][0] == 365 * 100_00 + 90 * 110_00


def test_what_instalments_leave_is_paid_at_the_transfer(found: Found) -> None:
    """1,000 of 2,100 at once, 1,100 after a year at 10 %: the price is 2,000; 1,000 bear interest."""
    assert found.rows["part"]["adjustment_minor"] == -100_00
    assert found.at["part", "2021M03"] == (24_66, 1_024_66)  # 100 x 90/365
    assert found.at["part", "2021M12"] == (100_00, 1_100_00)


def test_a_deposit_and_a_payment_later(found: Found) -> None:
    """1,000 a year before and 1,210 a year after at 10 %: worth 1,100 + 1,100; first a liability of 1,100."""
    assert found.rows["mixed"]["price_minor"] == 2_200_00
    assert found.at["mixed", "2020M12"] == (-100_00, -1_100_00)
    assert found.at["mixed", "2021M12"] == (10_00, 1_210_00)
    assert found.at["mixed", "2022M01"] == (10_00, 0)


def test_tax_is_no_part_of_what_is_financed(found: Found) -> None:
    """With 13 % inside, 1,243 and 1,130 are 1,100 and 1,000; running totals net are 366.66, 733.33, 1,100."""
    row = found.rows["net"]
    assert (row["promised_minor"], row["adjustment_minor"]) == (1_100_00, -100_00)
    table = financing.payments(found.books, found.table).filter(ibis._.contract_id == "net")
    paid = [r["amount_minor"] for r in found.books.engine.rows(table.order_by("day"))]
    assert paid == [366_66, 366_67, 366_67]
    assert found.at["net", "2022M07"] == (100_00, 0)


def test_an_obligation_with_a_rate_of_its_own_leaves_everything_gross(found: Found) -> None:
    assert found.rows["gross"]["adjustment_minor"] == -113_00


def test_the_price_is_shared_without_its_financing(found: Found) -> None:
    """net_prices: 121 promised, 100 to share; a contract without financing keeps its price."""
    books = found.books
    terms = books.tables["contracts"].select(
        "contract_id", "price_minor", "price_includes_tax", "bound_date", contract_tax_rate="tax_rate",
        tax_rate=ibis.null("int64"), variable_minor=ibis.literal(0, "int64"),
    )  # fmt: skip
    with_it = books.engine.rows(net_prices(books, terms, found.table))
    shared = {r["contract_id"]: r["to_allocate_minor"] for r in with_it}
    assert len(with_it) == len(CONTRACTS)
    assert (shared["ten"], shared["plain"], shared["net"]) == (100_00, 50_00, 1_000_00)
    without = {r["contract_id"]: r["to_allocate_minor"] for r in books.engine.rows(net_prices(books, terms))}
    assert (without["ten"], without["plain"], without["net"]) == (121_00, 50_00, 1_100_00)


def test_a_contract_without_rate_or_cash_price_has_none(found: Found) -> None:
    assert set(found.rows) == set(CONTRACTS) - {"plain"}
    assert financing.applies(found.books)


# --- what is missing, and policies ----------------------------------------------------------------------


def missing(books: Books) -> dict[tuple[str, str], Row]:
    rows = books.engine.rows(financing.missing_judgements(books))
    assert len({(r["contract_id"], r["field"]) for r in rows}) == len(rows)
    return {(r["contract_id"], r["field"]): r for r in rows}


def test_every_missing_judgement_is_named(tmp_path: Path) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "compounding": {"compounding": ""},
        "transfer_date": {"transfer_date": ""},
        "price": {"price": "120.99"},
        "cash_price": {"cash_price": "121.01"},
        "financing_rate": {"financing_rate": "99000000"},
        "instalments": {},
    }
    right = {"whole": {}, "free": {"cash_price": "", "financing_rate": "0", "compounding": ""}}
    contracts = [TEN | row | {"contract_id": name} for name, row in {**wrong, **right}.items()]
    dues = [r for name in (*wrong, *right) if name != "instalments" for r in due(name, ("2022-01-01", "121"))]
    with opened(tmp_path, contracts=contracts, instalments=dues) as books:
        asked = missing(books)
        assert set(asked) == {(field, field) for field in wrong}
        row = asked["compounding", "compounding"]
        assert (row["choices"], row["paragraph"]) == ("annual | monthly", "606-10-32-19")
        assert {r["obligation_id"] for r in asked.values()} == {None}
        rows = measured(books).rows
        assert set(rows) == set(right)
        assert rows["free"]["adjustment_minor"] == 0


def test_the_difference_to_the_cash_price_is_interest(tmp_path: Path) -> None:
    """kifrs-rag scenario 03: 1,100,000 after 24 months for 1,000,000 in cash; due by its terms of payment,
    compounding by policy."""
    one = {
        "contract_id": "A", "price": "1100000", "transfer_date": "2020-01-01", "cash_price": "1000000",
        "payment_terms_days": "731",
    }  # fmt: skip
    with opened(tmp_path, WINDOW + "policy: {compounding: annual}\n", contracts=[one]) as books:
        assert missing(books) == {}
        found = measured(books)
        assert (found.rows["A"]["price_minor"], found.rows["A"]["compounding"]) == (1_000_000_00, "annual")
        assert found.rows["A"]["rate"] == Decimal("0.048808848")  # the root of 1.1, less 1
        assert found.at["A", "2022Q1"] == (100_000_00, 0)


def test_books_without_financing_pay_nothing_for_it(tmp_path: Path) -> None:
    with opened(tmp_path, contracts=[{"contract_id": "P", "price": "50"}]) as books:
        assert not financing.applies(books)


# --- against exact fractions ----------------------------------------------------------------------------


def growth(one: Row, anchor: date, day: date) -> Fraction:
    """One unit from the anchor to a day: whole periods compound, the days of the last are simple."""
    step = 12 if one["compounding"] == "annual" else 1
    ends = [anchor, *months(anchor, 200)][::step]
    whole = sum(end <= day for end in ends) - 1
    part = Fraction((day - ends[whole]).days, (ends[whole + 1] - ends[whole]).days)
    rate = Fraction(one["financing_rate"], 10**6) * step / 12
    return (1 + rate) ** whole * (1 + rate * part)


def made_up(rng: random.Random, name: str, *, later: bool) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """A contract at a stated rate and up to eight payments, before and after its transfer or only after."""
    transfer = date(2020, 1, 1).toordinal() + rng.randrange(400)
    days = rng.sample(range(900) if later else range(-300, 900), rng.randrange(1, 9))
    parts = [(str(date.fromordinal(transfer + d)), f"{rng.randrange(1, 10**9) / 100:.2f}") for d in days]
    return {
        "contract_id": name,
        "price": sum(Decimal(amount) for _, amount in parts),
        "transfer_date": date.fromordinal(transfer),
        "financing_rate": rng.randrange(1, 300_000),
        "compounding": rng.choice(["annual", "monthly"]),
    }, parts


def test_schedules_agree_with_exact_fractions(tmp_path: Path) -> None:
    rng = random.Random(606)
    cases = [made_up(rng, f"C{n:03}", later=n % 3 == 0) for n in range(80)]
    dues = [row for one, parts in cases for row in due(one["contract_id"], *parts)]
    with opened(tmp_path, contracts=[one for one, _ in cases], instalments=dues) as books:
        found = measured(books)
        ends = [(r["period_id"], r["last_date"]) for r in books.engine.rows(books.calendar)]
    assert len(found.rows) == len(cases)
    for one, parts in cases:
        _agrees(found, one, [(date.fromisoformat(d), int(Decimal(a) * 100)) for d, a in parts], ends)


def _agrees(found: Found, one: Row, paid: list[tuple[date, int]], ends: list[tuple[str, date]]) -> None:
    name, transfer = one["contract_id"], one["transfer_date"]
    first, last = min(transfer, *(d for d, _ in paid)), max(transfer, *(d for d, _ in paid))
    at: Callable[[date], Fraction] = lambda day: growth(one, first, day)  # noqa: E731
    price = half_up(sum((a / at(d) for d, a in paid), Fraction(0)) * at(transfer))
    assert found.rows[name]["price_minor"] == price
    flows = [(transfer, price), *((d, -a) for d, a in paid)]
    sign = -1 if found.rows[name]["kind"] == "advance" else 1
    over = first.day == calendar.monthrange(first.year, first.month)[1]
    for period, end in ends:
        to = min(max(end if over else date.fromordinal(end.toordinal() + 1), first), last)
        worth = half_up(sum((a / at(d) for d, a in flows if d <= end), Fraction(0)) * at(to))
        balance = 0 if end >= last else worth
        nominal = sum(a for d, a in flows if d <= end)
        assert found.at[name, period] == (balance - nominal, sign * balance)


def test_every_expression_compiles_for_spark(tmp_path: Path) -> None:
    (tmp_path / "books.yaml").write_text("company: {currency: USD}", encoding="utf-8")
    engine = Compiling()
    books = compiled_books(engine, load(tmp_path))
    table = engine.keep("financing", financing.financing(books, engine.keep))
    found = engine.keep("run_financing", interest(books, table))
    assert found.columns == ("contract_id", "period_id", "interest_minor", "balance_minor")
    engine.keep("missing", financing.missing_judgements(books))


def test_without_a_judgement_the_contract_is_not_tested_and_says_so(tmp_path: Path) -> None:
    """32-15 to 32-20: with a rate and no payment terms nobody can say what the price is."""
    stated = {"price": "1000", "transfer_date": "2021-01-01", "financing_rate": "100000"}
    whole = {"compounding": "annual", "payment_terms_days": "365"}
    contracts = [{"contract_id": "LACKS", **stated}, {"contract_id": "WHOLE", **stated, **whole}]
    of = [{"contract_id": c["contract_id"]} for c in contracts]
    sold = [one | {"kind": "delivery", "event_date": "2021-01-01"} for one in of]
    booked = [one | {"effective_date": "2021-01-01", "amount": "1000"} for one in of]
    with opened(tmp_path, contracts=contracts, evidence=sold, entries=booked) as books:
        run = earned.examine(books)
        units = {r["unit_id"]: r["not_tested"] for r in books.engine.rows(run.tables["units"].expression)}
    assert "financing component" in units["LACKS"] and units["WHOLE"] is None
