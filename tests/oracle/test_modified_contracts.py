"""The oracle against the standards' examples of modified contracts, by hand (IFRS 15 IE19 to IE41)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from .model import Row, Tables
from .progress import Earnings
from .reading import read

SETTINGS: Row = {
    "company": {"currency": "USD", "timezone": "UTC", "fiscal_year_end": "12-31", "entity_id": "E1"},
    "calendar": {"kind": "months"},
    "window": {"from": date(2020, 1, 1), "to": date(2025, 12, 31)},
    "policy": {"close_days": 0},
}


def contract(price: object, obligations: list[Row], evidence: list[Row], **more: list[Row]) -> Tables:
    """The tables of a contract K that binds on 1 January 2020; evidence is numbered."""
    mine: Row = {"contract_id": "K"}
    return {
        "contracts": [mine | {"price": Decimal(str(price)), "bound_date": date(2020, 1, 1)}],
        "obligations": [mine | o for o in obligations],
        "evidence": [mine | {"evidence_id": f"V{n}"} | e for n, e in enumerate(evidence)],
        "entries": [],
    } | {name: [mine | r if name != "estimates" else r for r in rows] for name, rows in more.items()}


def point(name: str, ssp: object = None, **more: object) -> Row:
    money = None if ssp is None else Decimal(str(ssp))
    return {"obligation_id": name, "pattern": "point_in_time", "ssp": money} | more


def passed(name: str, day: date, quantity: int | None = None) -> Row:
    row: Row = {"obligation_id": name, "kind": "delivery", "event_date": day}
    return row if quantity is None else row | {"quantity": Decimal(quantity), "basis": "increment"}


def spent(name: str, day: date, amount: int) -> Row:
    row: Row = {"obligation_id": name, "kind": "cost", "event_date": day, "amount": Decimal(amount)}
    return row | {"basis": "cumulative"}


def changed(version: int, day: date, treatment: str, price: object, **more: object) -> Row:
    when: Row = {"version": version, "effective_date": day, "approved_date": day}
    return when | {"treatment": treatment, "price_change": Decimal(str(price))} | more


def earned(tables: Tables, *days: date) -> list[dict[str, int]]:
    """What each unit has earned by each day, in minor units."""
    book = read(tables, SETTINGS)
    earnings = Earnings(book)
    return [{u.unit_id: earnings.earned(u, day) for u in book.units} for day in days]


def allocated(tables: Tables, *days: date) -> list[dict[str, int | None]]:
    book = read(tables, SETTINGS)
    earnings = Earnings(book)
    return [{u.unit_id: earnings.allocated(u, day) for u in book.units} for day in days]


PRODUCTS = [
    passed("P", date(2020, 4, 1), 60),
    passed("P", date(2020, 7, 1), 60),
    passed("Q", date(2020, 7, 2), 30),
]
TWO = [
    point("P", 12000, total_quantity=Decimal(120)),
    point("Q", 2850, total_quantity=Decimal(30), added_in_version=1),
]


def test_added_units_at_their_own_price() -> None:
    """Example 5 case A (IE19 to IE21): 120 at 100, then 30 at 95 as a contract of their own."""
    more = changed(1, date(2020, 5, 1), "separate", 2850, obligation_id="Q")
    tables = contract(12000, TWO, PRODUCTS, modifications=[more])
    assert earned(tables, date(2020, 4, 30), date(2020, 7, 1), date(2020, 7, 31)) == [
        {"P": 600000, "Q": 0},
        {"P": 1200000, "Q": 0},
        {"P": 1200000, "Q": 285000},
    ]
    assert allocated(tables, date(2020, 4, 30), date(2020, 5, 1)) == [
        {"P": 1200000, "Q": 0},
        {"P": 1200000, "Q": 285000},
    ]


def test_credit_for_work_done_comes_out_first() -> None:
    """Example 5 case B (IE22 to IE24): 900 off at once, then (60 x 100 + 30 x 80) / 90 = 93.33 a unit."""
    one = [point("P", 12000, total_quantity=Decimal(120))]
    papers = [passed("P", date(2020, month, 1), n) for month, n in ((4, 60), (6, 1), (7, 89))]
    tables = contract(
        12000,
        one,
        papers,
        modifications=[changed(1, date(2020, 5, 1), "prospective", 1500, past_credit=Decimal(-900))],
        modified_obligations=[{"version": 1, "obligation_id": "P", "total_quantity": Decimal(150)}],
    )
    days = date(2020, 4, 30), date(2020, 5, 1), date(2020, 6, 1), date(2020, 7, 1)
    assert [e["P"] for e in earned(tables, *days)] == [600000, 510000, 519333, 1350000]


def test_variable_amount_promised_before_the_modification() -> None:
    """Example 6 (IE25 to IE32): 1,200, then 1,500, then 1,540; of 40 more 20 at once and 10 each later."""
    three = [point("X", 600), point("Y", 600), point("Z", 600, added_in_version=1)]
    papers = [passed("X", date(2020, 7, 1)), passed("Y", date(2021, 3, 31)), passed("Z", date(2021, 6, 30))]
    amount: Row = {"contract_id": "K", "kind": "variable_price", "item": "v", "nature": "bonus"}
    amount |= {"method": "given"}
    tables = contract(
        1000,
        three,
        papers,
        modifications=[changed(1, date(2020, 11, 30), "prospective", 300)],
        estimates=[
            amount | {"known_at": date(2020, 1, 1), "amount": Decimal(200)},
            amount | {"known_at": date(2020, 12, 31), "amount": Decimal(240)},
        ],
    )
    assert allocated(tables, date(2020, 7, 1), date(2020, 11, 30), date(2020, 12, 31)) == [
        {"X": 60000, "Y": 60000, "Z": 0},
        {"X": 60000, "Y": 45000, "Z": 45000},
        {"X": 62000, "Y": 46000, "Z": 46000},
    ]
    days = date(2020, 7, 1), date(2020, 11, 30), date(2020, 12, 31), date(2021, 3, 31), date(2021, 6, 30)
    assert [sum(e.values()) for e in earned(tables, *days)] == [60000, 60000, 62000, 108000, 154000]


def test_cheaper_and_longer() -> None:
    """Example 7 (IE33 to IE36): 100,000 a year twice, then (80,000 + 200,000) / 4 = 70,000 a year."""
    term = {"start_date": date(2020, 1, 1), "end_date": date(2022, 12, 31), "measure": "months"}
    one = [{"obligation_id": "S", "pattern": "over_time", "ssp": Decimal(300000)} | term]
    longer = {"version": 1, "obligation_id": "S", "end_date": date(2025, 12, 31)}
    tables = contract(
        300000,
        one,
        [],
        modifications=[changed(1, date(2022, 1, 1), "prospective", 180000)],
        modified_obligations=[longer],
    )
    ends = [date(year, 12, 31) for year in range(2020, 2026)]
    assert [e["S"] for e in earned(tables, *ends)] == [
        10000000, 20000000, 27000000, 34000000, 41000000, 48000000
    ]  # fmt: skip


def test_building_with_a_bonus() -> None:
    """Example 8 (IE37 to IE41): 600,000; then 420/820 of 1,350,000 = 691,463.41 (printed: 691,200)."""
    one = [{"obligation_id": "B", "pattern": "over_time", "measure": "cost", "ssp": Decimal(1000000)}]
    bonus: Row = {"contract_id": "K", "kind": "variable_price", "item": "b", "nature": "bonus"}
    bonus |= {"amount": Decimal(200000), "method": "most_likely"}
    cost: Row = {"obligation_id": "B", "kind": "total_cost", "method": "given"}
    tables = contract(
        1000000,
        one,
        [spent("B", date(2020, 12, 31), 420000)],
        modifications=[changed(1, date(2021, 3, 31), "catch_up", 150000)],
        estimates=[
            cost | {"known_at": date(2020, 1, 1), "amount": Decimal(700000)},
            cost | {"known_at": date(2021, 3, 31), "amount": Decimal(820000)},
            bonus | {"known_at": date(2020, 1, 1), "constrained_amount": Decimal(0)},
            bonus | {"known_at": date(2021, 3, 31), "constrained_amount": Decimal(200000)},
        ],
    )
    assert [e["B"] for e in earned(tables, date(2020, 12, 31), date(2021, 3, 31))] == [60000000, 69146341]


@pytest.mark.parametrize(("weight", "after", "now"), [(30000, 7729730, 3091892), (25000, 8000000, 3200000)])
def test_partly_anew_and_partly_caught_up(weight: int, after: int, now: int) -> None:
    """606-10-25-13(c), policy CHK-042 of erev-cloud: A passed, B half done and enlarged, C still to pass.

    70,000 is left: over B 62,500 (half of 75,000, and 25,000 more) and C 30,000, or 25,000 as at inception.
    """
    building: Row = {"obligation_id": "B", "pattern": "over_time", "measure": "cost", "ssp": Decimal(75000)}
    three = [point("A", 50000), building | {"total_quantity": Decimal(60000)}, point("C", 25000)]
    tables = contract(
        120000,
        three,
        [passed("A", date(2020, 2, 1)), spent("B", date(2020, 2, 28), 30000)],
        modifications=[changed(1, date(2020, 3, 1), "mixed", 20000)],
        modified_obligations=[
            {"version": 1, "obligation_id": "B", "treatment": "catch_up", "ssp": Decimal(62500)}
            | {"total_quantity": Decimal(75000)},
            {"version": 1, "obligation_id": "C", "treatment": "prospective", "ssp": Decimal(weight)},
        ],
    )
    assert earned(tables, date(2020, 2, 29)) == [{"A": 4000000, "B": 3000000, "C": 0}]
    assert allocated(tables, date(2020, 3, 1)) == [{"A": 4000000, "B": after, "C": 10000000 - after}]
    assert earned(tables, date(2020, 3, 1)) == [{"A": 4000000, "B": now, "C": 0}]


def test_outcomes_give_the_amount() -> None:
    """606-10-32-8: 60 % of 500 and 40 % of 100 are 340 expected, 500 most likely; known before the start."""
    amount: Row = {"contract_id": "K", "kind": "variable_price", "item": "v", "known_at": date(2019, 12, 1)}
    outcomes = [
        {"item": "v", "known_at": date(2019, 12, 1), "amount": Decimal(worth), "probability": likely}
        for worth, likely in ((500, 600000), (100, 400000))
    ]
    for method, price in (("expected_value", 134000), ("most_likely", 150000)):
        tables = contract(1000, [point("X")], [], estimates=[amount | {"method": method}], outcomes=outcomes)
        assert allocated(tables, date(2020, 1, 1)) == [{"X": price}]


def test_made_by_the_close_counts_for_the_period() -> None:
    """An estimate of 10 January counts from 31 December where books close 15 days after the month's end."""
    amount: Row = {"contract_id": "K", "kind": "variable_price", "item": "v", "method": "given"}
    rows = [amount | {"known_at": date(2021, 1, 10), "amount": Decimal(50)}]
    tables = contract(1000, [point("X")], [passed("X", date(2020, 12, 5))], estimates=rows)
    book = read(tables, SETTINGS | {"policy": {"close_days": 15}})
    earnings = Earnings(book)
    days = date(2020, 12, 30), date(2020, 12, 31)
    assert [earnings.earned(book.units[0], day) for day in days] == [100000, 105000]
