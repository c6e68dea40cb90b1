"""Balances from what was earned, billed and paid: the figures of the standard, and what always holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from earned.books import reconciliation, schema
from earned.engine import Engine
from earned.recognition.balances import contract_balances, incentive_assets, position
from tests.oracle.model import rounded

Row = dict[str, Any]
SIDES = (
    "revenue", "interest", "incentive", "conceded", "refundable", "invoiced", "received", "written_off",
    "billed", "settled", "unearned",
)  # fmt: skip
SHOWN = ("receivable", "contract_asset", "contract_liability", "refund_liability", "deposit")
_ARROW = {"string": pa.string(), "int64": pa.int64(), "boolean": pa.bool_(), "date": pa.date32()}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine(threads=1)
    yield made
    made.close()


def balances(engine: Engine, rows: list[Row]) -> list[Row]:
    """Balances without the ending _minor, in the order of the rows; a side not given is 0."""
    given = [
        {"n": n, "is_bound": row.get("is_bound", True)} | {f"{s}_minor": row.get(s, 0) for s in SIDES}
        for n, row in enumerate(rows)
    ]
    types = {"n": pa.int64(), "is_bound": pa.bool_()} | {f"{s}_minor": pa.int64() for s in SIDES}
    table = pa.Table.from_pylist(given, pa.schema(list(types.items())))
    found = engine.rows(position(engine.small("sides", table)).order_by("n"))
    return [{name: row[f"{name}_minor"] for name in SHOWN} for row in found]


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        # IFRS 15 IE111 (Example 22): 100 sold and paid at 100, three expected back
        ({"revenue": 9_700, "received": 10_000, "refundable": 300}, {"refund_liability": 300}),
        # after two came back and were refunded, one is still expected
        ({"revenue": 9_700, "received": 9_800, "refundable": 300}, {"refund_liability": 100}),
        # CIMA F2 Example 7.3: 4,000,000 in three years at 5 %, after one: 172,767.52 interest
        (
            {
                "revenue": 345_535_039,
                "interest": 17_276_752,
                "invoiced": 400_000_000,
                "unearned": 400_000_000 - 345_535_039 - 17_276_752,
            },
            {"receivable": 362_811_791},
        ),
        # Example 24: 575 units billed at 100, 90 expected to stay
        (
            {"revenue": 51_750, "invoiced": 57_500, "refundable": 5_750},
            {"receivable": 57_500, "refund_liability": 5_750},
        ),
        # Example 40 (IE205-IE208): 100 units due at 150, revenue at 125
        (
            {"revenue": 12_500, "invoiced": 15_000, "refundable": 2_500},
            {"receivable": 15_000, "refund_liability": 2_500},
        ),
        # Example 2 (IE7-IE9): 1,000,000 billed, 600,000 of it an implicit concession
        ({"revenue": 400_000, "invoiced": 1_000_000, "conceded": 600_000}, {"receivable": 400_000}),
        # Example 32: goods of 2,000,000, of which a slotting payment took a tenth: no liability
        ({"revenue": 1_800_000, "invoiced": 2_000_000, "incentive": 200_000}, {"receivable": 2_000_000}),
        # Example 61: 2,000,000 due, 500,000 and 50,000 of royalties earned; one net position (45-1)
        (
            {"revenue": 550_000, "invoiced": 2_000_000},
            {"receivable": 2_000_000, "contract_liability": 1_450_000},
        ),
        # Example 19: nothing billed
        ({"revenue": 2_200_000}, {"contract_asset": 2_200_000}),
        # Example 29: 4,000 in advance for 5,000 in two years at 11.8 %: after a year it owes 4,472
        ({"interest": -472, "received": 4_000}, {"contract_liability": 4_472}),
        # deferred payment: 100 sold, 21 of interest, 121 due at the end
        ({"revenue": 100, "interest": 21, "invoiced": 121}, {"receivable": 121}),
        # Example 7 at the end of the third year: 270,000 earned of 280,000 paid
        ({"revenue": 270_000, "invoiced": 280_000, "received": 280_000}, {"contract_liability": 10_000}),
        # receipts of five months before the criteria are met, and after (606-10-25-7)
        ({"received": 100, "invoiced": 100, "is_bound": False}, {"deposit": 100}),
        ({"revenue": 120, "received": 120}, {}),
        # what is written off is no longer receivable, and stays revenue
        ({"revenue": 100, "invoiced": 100, "received": 60, "written_off": 15}, {"receivable": 25}),
        # goods that may come back, not billed: nothing to give back yet
        ({"revenue": 9_700, "refundable": 300}, {"contract_asset": 9_700}),
    ],
)
def test_the_examples_of_the_standard(engine: Engine, sides: Row, expected: Row) -> None:
    assert balances(engine, [sides]) == [dict.fromkeys(SHOWN, 0) | expected]


def test_what_cannot_be_measured_has_no_position_and_keeps_its_receivable(engine: Engine) -> None:
    (found,) = balances(engine, [{"revenue": None, "invoiced": 50, "received": 20}])
    unknown = dict.fromkeys(("contract_asset", "contract_liability", "refund_liability"))
    assert found == {"receivable": 30, "deposit": 0} | unknown


def test_one_net_position_that_follows_from_its_sides(engine: Engine) -> None:
    rng = Random(606)
    may_be_0 = [0, 0, 1, 5, 300, 10_000, 10**12]
    rows = [{s: rng.choice(may_be_0) for s in SIDES} | {"is_bound": rng.random() < 0.9} for _ in range(3_000)]
    for row in rows:
        row["interest"] *= rng.choice((1, -1))
        row["invoiced"] *= rng.choice((1, 1, -1))
    for row, found in zip(rows, balances(engine, rows), strict=True):
        assert min(found.values()) >= 0, (row, found)
        if not row["is_bound"]:
            assert found == dict.fromkeys(SHOWN, 0) | {"deposit": row["received"]}, row
            continue
        net = found["contract_asset"] - found["contract_liability"] - found["refund_liability"]
        due = max(row["invoiced"] - row["conceded"] - row["unearned"], row["received"])
        assert net == row["revenue"] + row["interest"] + row["incentive"] - due, (row, found)
        assert 0 in (found["contract_asset"], found["contract_liability"] + found["refund_liability"]), row
        assert found["refund_liability"] <= row["refundable"] and found["deposit"] == 0, row
        if found["refund_liability"] < row["refundable"]:
            assert found["contract_liability"] == 0, (row, found)


DAY = date(2027, 1, 1)
CALENDAR = [(n, f"2027M{n + 1:02d}", date(2027, n + 1, 1)) for n in range(6)]


def table(engine: Engine, name: str, types: dict[str, str], rows: list[Row]) -> Any:
    kinds = {c: _ARROW.get(t, pa.int64()) for c, t in types.items()}
    full = [{c: row.get(c) for c in kinds} for row in rows]
    return engine.small(name, pa.Table.from_pylist(full, pa.schema(list(kinds.items()))))


def of_books(engine: Engine, name: str, rows: list[Row]) -> Any:
    wanted = {c: t for c, t in schema.tables()[name].stored.items() if t in _ARROW}
    return table(engine, f"books_{name}", wanted, rows)


def world(
    engine: Engine, *, invoices: list[Row], receipts: list[Row], earned: list[Row], **more: list[Row]
) -> Any:
    """Books and a recognition of the contracts K1 (tax of 6 % in its price) and K2, over six months."""
    days = {"period_index": "int64", "period_id": "string", "first_date": "date", "last_date": "date"}
    ends = [first.replace(month=first.month + 1) - timedelta(days=1) for _, _, first in CALENDAR]
    calendar = [dict(zip(days, (*c, end), strict=True)) for c, end in zip(CALENDAR, ends, strict=True)]
    marks = [{"period_index": -1, "last_date": date(2026, 12, 31)}]
    before = date(2026, 12, 31)
    for row in calendar:
        marks.append(
            {"period_index": row["period_index"], "last_date": row["last_date"], "after_date": before}
        )
        before = row["last_date"]
    term_types = dict.fromkeys(("obligation_id", "contract_id", "currency", "untestable"), "string")
    term_types |= {
        "includes_tax": "boolean",
        "never_bound": "boolean",
        "contract_rate": "int64",
        "bound_from": "date",
    }
    terms = [
        {"obligation_id": f"{k}-1", "contract_id": k, "currency": "USD", "includes_tax": k == "K1",
         "contract_rate": 60_000, "never_bound": False}
        for k in ("K1", "K2")
    ]  # fmt: skip
    amounts = ("earned_minor", "refundable_minor", "conceded_minor", "incentive_minor")
    earned_types = {"obligation_id": "string", "period_index": "int64"} | dict.fromkeys(amounts, "int64")
    stored = {name: of_books(engine, name, rows) for name, rows in more.items()}
    stored |= {
        "contracts": of_books(
            engine, "contracts", [{"contract_id": k, "currency": "USD"} for k in ("K1", "K2")]
        ),
        "invoices": of_books(engine, "invoices", invoices),
        "receipts": of_books(engine, "receipts", receipts),
    }
    books = SimpleNamespace(
        tables=stored,
        calendar=table(engine, "calendar", days, calendar),
        manifest=SimpleNamespace(company=SimpleNamespace(currency="USD")),
        filled={"invoices": frozenset({"amount"})},
    )
    mark_types = {"period_index": "int64", "after_date": "date", "last_date": "date"}
    rec = SimpleNamespace(
        financed=None,
        terms=table(engine, "terms", term_types, terms),
        marks=table(engine, "marks", mark_types, marks),
        earned=table(engine, "earned", earned_types, [dict.fromkeys(amounts, 0) | row for row in earned]),
    )
    return books, rec


def billing(rng: Random, n: int) -> tuple[Row, list[Row]]:
    """An invoice, its tax stated or left to the contract's rate, and up to three receipts of it."""
    contract, net = rng.choice(("K1", "K2")), rng.randrange(-200, 5_000)
    tax = rounded(Fraction(net * 60_000, 1_000_000)) if contract == "K1" else 0
    day = DAY + timedelta(days=rng.randrange(-20, 150))
    invoice = {"invoice_id": f"I{n}", "contract_id": contract, "invoice_date": day, "amount_minor": net,
               "tax_minor": rng.choice((tax, None)), "gross": net + tax}  # fmt: skip
    left, receipts = net + tax, []
    for part in range(rng.randrange(4)):
        paid = left if part == 2 else left * rng.randrange(11) // 10
        left -= paid
        day += timedelta(days=10)
        named = {"receipt_id": f"R{n}-{part}", "invoice_id": f"I{n}", "customer_id": "X"}
        receipts.append(named | {"receipt_date": day, "amount_minor": paid})
    return invoice, receipts


def sides(contract: str, end: date, invoices: list[Row], receipts: list[Row]) -> tuple[int, int]:
    """Invoiced and received by a day, net of tax: of each invoice its share of what was paid, rounded."""
    mine = [i for i in invoices if i["contract_id"] == contract]
    received = 0
    for i in mine:
        of = [r for r in receipts if r["invoice_id"] == i["invoice_id"] and r["receipt_date"] <= end]
        paid = sum(r["amount_minor"] for r in of)
        received += rounded(Fraction(paid * i["amount_minor"], i["gross"])) if i["gross"] else paid
    return sum(i["amount_minor"] for i in mine if i["invoice_date"] <= end), received


def test_the_roll_forward_of_random_contracts(engine: Engine) -> None:
    """Opening and movements make the closing balance; what moved is counted here from the rows."""
    rng = Random(45)
    made = [billing(rng, n) for n in range(60)]
    invoices, receipts = [i for i, _ in made], [r for _, of in made for r in of]
    earned = [
        {
            "obligation_id": f"{contract}-1",
            "period_index": i,
            "earned_minor": i * rng.randrange(8_000, 30_000),
        }
        for contract in ("K1", "K2")
        for i in range(1, 6)
    ]
    books, rec = world(engine, invoices=invoices, receipts=receipts, earned=earned)
    rows = engine.rows(contract_balances(books, rec).order_by("contract_id", "period_index"))
    assert [(r["contract_id"], r["period_index"]) for r in rows] == [
        (k, i) for k in ("K1", "K2") for i in range(6)
    ]
    opening: dict[str, tuple[int, int, int]] = {}
    for row in rows:
        was_net, was_revenue, was_due = opening.get(row["contract_id"], (0, 0, 0))
        both = sides(row["contract_id"], row["last_date"], invoices, receipts)
        assert (row["invoiced_minor"], row["received_minor"]) == both, row
        net = row["contract_asset_minor"] - row["contract_liability_minor"]
        assert net == was_net + (row["revenue_minor"] - was_revenue) - (max(both) - was_due), row
        opening[row["contract_id"]] = net, row["revenue_minor"], max(both)
    assert {r["contract_liability_minor"] > 0 for r in rows} == {True, False}


def test_a_payment_to_the_customer_is_an_asset_until_it_has_lowered_revenue(engine: Engine) -> None:
    """IFRS 15 IE160-IE162 (Example 32): 1,500,000 paid, a tenth of 2,000,000 taken from revenue."""
    paid = [
        {"contract_id": "K2", "kind": "variable_price", "nature": "payable_to_customer", "known_at": DAY,
         "amount_minor": -1_500_000},
        {"contract_id": "K2", "kind": "variable_price", "nature": "bonus", "known_at": DAY,
         "amount_minor": -7},
    ]  # fmt: skip
    earned = [
        {"obligation_id": "K2-1", "period_index": i, "earned_minor": 1_800_000, "incentive_minor": 200_000}
        for i in range(6)
    ]
    books, rec = world(engine, invoices=[], receipts=[], earned=earned, estimates=paid)
    found = {r["period_id"]: r for r in engine.rows(incentive_assets(books, rec))}
    assert {r["contract_id"] for r in found.values()} == {"K2"} and len(found) == 6
    assert found["2027M01"]["incentive_asset_minor"] == 1_300_000


def test_of_two_balances_of_an_account_at_one_day_the_last_counts(engine: Engine) -> None:
    """December and the adjustment period after it end on one day; both are balances, not movements."""
    company = [
        {"account": "2100", "role": "contract_liability"},
        {"account": "2101", "role": "contract_liability"},
    ]
    closing = [
        {"account": "2100", "period_id": "2027M02", "closing_minor": -500},
        {"account": "2100", "period_id": "2027M02A", "closing_minor": -900},
        {"account": "2101", "period_id": "2027M02", "closing_minor": -50},
        {"account": "2101", "period_id": "2027M02", "entity_id": "E2", "closing_minor": -50},
        {
            "account": "2101",
            "period_id": "2027M02",
            "entity_id": "E3",
            "closing_minor": -7,
            "currency": "EUR",
        },
    ]
    invoices = [
        {"invoice_id": "I", "contract_id": "K2", "invoice_date": DAY, "amount_minor": 1_000, "tax_minor": 200}
    ]
    books, rec = world(
        engine, invoices=invoices, receipts=[], earned=[], accounts=company, trial_balance=closing
    )
    named = [{"name": n, "last_date": date(2027, 2, 28)} for n in ("2027M02", "2027M02A")]
    books.period_names = table(engine, "names", {"name": "string", "last_date": "date"}, named)
    rows = engine.rows(reconciliation.own_balances(books, contract_balances(books, rec)))
    assert [(r["total"], r["period_id"], r["left_minor"], r["right_minor"], r["ties"]) for r in rows] == [
        ("contract_liability", "2027M02", 1_000, 1_000, True)
    ]
    books.filled = {}
    assert engine.rows(reconciliation.own_balances(books, contract_balances(books, rec))) == []
