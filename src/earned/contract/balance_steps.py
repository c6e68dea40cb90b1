"""Balances at each period's end, and what is still to be earned: from what they are the sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from earned.contract.facts import Facts
from earned.contract.figures import ALWAYS, BALANCES, balance
from earned.contract.related import Related
from earned.contract.step import bare, step

#: balance -> the subject of its paragraph
_BALANCED = {
    "receivable": "receivable", "contract_asset": "balances", "contract_liability": "balances",
    "refund_liability": "refund", "return_asset": "return_asset", "deposit": "no_contract",
    "incentive_asset": "payable", "financial_liability": "repurchase",
}  # fmt: skip
Row = Mapping[str, Any]


def balance_steps(facts: Facts, related: Related) -> Iterator[dict[str, Any]]:
    """Every balance in each period in which it moved, and all of them in the last; what remains."""
    if related.balances:
        yield from _balances(facts, related)
    yield from _remaining(facts, related)


def _balances(facts: Facts, related: Related) -> Iterator[dict[str, Any]]:
    rows = {row["period_id"]: row for row in related.balances}
    shown = [n for n in BALANCES if n in ALWAYS or any(balance(row, n) for row in related.balances)]
    last = facts.calendar[-1]["period_id"]
    before: Row = {}
    for period in facts.calendar:
        name = period["period_id"]
        row = rows.get(name, {})
        for one in shown:
            amount = balance(row, one)
            if amount == balance(before, one) and name != last:
                continue
            formula = facts.money.formula(amount, *(facts.money.sum(t) for t in _made_of(one, row, before)))
            yield step(facts, f"balances.{name}.{one}", amount, formula, _BALANCED[one])
        before = row


def _made_of(name: str, row: Row, before: Row) -> Iterator[list[int]]:
    """What a balance may be the sum of; the formula that gives it is the one that is printed."""

    def given(*columns: str) -> list[int]:
        signed = [(c.removeprefix("-"), -1 if c.startswith("-") else 1) for c in columns]
        found = [(row.get(f"{c}_minor") or 0) * sign for c, sign in signed]
        return [amount for amount in found if amount] or [0]

    if not balance(row, name):
        return
    if name == "receivable":
        yield given("invoiced", "-conceded", "-received", "-written_off")
    if name == "contract_asset":
        yield given("revenue", "interest", "incentive", "-invoiced", "conceded")
        yield given("revenue", "interest", "incentive", "-received")
    if name == "contract_liability":
        yield given("invoiced", "-conceded", "-revenue", "-interest", "-incentive", "-refund_liability")
        yield given("received", "-revenue", "-interest", "-incentive", "-refund_liability")
    if name == "deposit":
        yield given("received")
    if name == "financial_liability":
        moved = balance(row, name) - balance(before, name)
        if balance(before, name) and moved > 0:
            yield [balance(before, name), moved]


def _remaining(facts: Facts, related: Related) -> Iterator[dict[str, Any]]:
    """What is left of the price at each period's end, and when the last of it is expected (606-10-50-13)."""
    left: dict[str, dict[str, int]] = {period["period_id"]: {} for period in facts.calendar}
    for row in related.remaining:
        left[row["period_id"]][str(row["year"])] = row["amount_minor"]
    before, last = 0, facts.calendar[-1]["period_id"] if facts.calendar else None
    for period in facts.calendar if related.remaining else ():
        years = left[period["period_id"]]
        total = sum(years.values())
        figure = f"remaining_obligations.{period['period_id']}"
        if total != before or (period["period_id"] == last and total):
            formula = facts.money.formula(total, facts.money.sum(_price_less_earned(facts, period)))
            yield step(facts, f"{figure}.total", total, formula, "remaining")
        if period["period_id"] == last:
            yield from (bare(facts, f"{figure}.{y}", minor, "remaining") for y, minor in years.items())
        before = total


def _price_less_earned(facts: Facts, period: Row) -> list[int]:
    """The price in force at a period's end less what is earned of it by then."""
    price = 0
    for name in facts.terms:
        own = [v for v in facts.versions if v["obligation_id"] == name]
        until = [v for v in own if v["step"] == 0 or v["from_day"] <= period["last_date"]]
        price += (until[-1]["allocated_minor"] or 0) if until else 0
    earned = sum(cell["earned_minor"] for cell in facts.of_period(period["period_id"]))
    return [price, -earned] if earned else [price]
