"""What stands beside revenue: interest and its rates, cost of revenue, costs of the contract, losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from earned.contract.arithmetic import Term, minus, number
from earned.contract.facts import Facts
from earned.contract.figures import COST_MOVES
from earned.contract.paragraphs import paragraphs
from earned.contract.related import Related
from earned.contract.step import bare, step
from earned.contract.words import percent

Row = Mapping[str, Any]
#: what becomes of a cost -> the subject of its paragraph; what is capitalised or not goes by its kind
_OF_COSTS = {"amortised": "amortisation", "impaired": "impairment"}


def rate_steps(facts: Facts, related: Related) -> Iterator[dict[str, Any]]:
    """The rates of a financing component (606-10-32-19)."""
    for name, rate in related.rates.items():
        yield {
            "figure": f"rates.{name}",
            "value": rate,
            "formula": f"{percent(Fraction(rate))} a year",
            "paragraphs": paragraphs(facts.framework, "rate"),
        }


def beside_steps(facts: Facts, related: Related) -> Iterator[dict[str, Any]]:
    """Of the periods in which there is any."""
    for row in related.interest:
        if row["interest_minor"]:
            subject = "repurchase" if "repurchases" in facts.document.tables else "financing"
            yield bare(facts, f"interest.{row['period_id']}", row["interest_minor"], subject)
    yield from _margins(facts, related)
    yield from _costs(facts, related.contract_costs)
    yield from _losses(facts, related.losses)


# --- cost of revenue ------------------------------------------------------------------------------------


def _margins(facts: Facts, related: Related) -> Iterator[dict[str, Any]]:
    returned = ["return_asset"] if any(row["return_asset_minor"] for row in related.cost_of_revenue) else []
    provided = {row["period_id"]: row["provision_minor"] for row in related.losses}
    before, done = 0, 0
    for row in related.cost_of_revenue:
        name, cost = row["period_id"], row["cost_minor"]
        provision, to_date = provided.get(name, 0), _spent(facts, name)
        if cost:
            made = [facts.money.sum(_parts(to_date, -done, provision - before))]
            made += _goods(facts, name)
            subjects = ["spent", *returned, *(["loss"] if provision != before else [])]
            yield step(facts, f"cost_of_revenue.{name}", cost, facts.money.formula(cost, *made), *subjects)
            revenue = sum(c["revenue_minor"] for c in facts.of_period(name))
            formula = facts.money.formula(revenue - cost, facts.money.sum((revenue, -cost)))
            yield step(facts, f"gross_profit.{name}", revenue - cost, formula, "spent")
        before, done = provision, to_date


def _parts(*amounts: int) -> list[int]:
    return [amount for amount in amounts if amount]


def _spent(facts: Facts, period: str) -> int:
    """Cost to date of obligations that are measured by it."""
    cells = [c for c in facts.of_period(period) if facts.terms[c["obligation_id"]]["measure"] == "cost"]
    return sum(int(cell["done"] or 0) for cell in cells)


def _goods(facts: Facts, period: str) -> Iterator[Term]:
    """Units passed x what one costs, less those of the periods before; of one obligation alone."""
    costing = [o for o, t in facts.terms.items() if t["unit_cost_minor"]]
    if len(costing) != 1:
        return
    unit = facts.money.term(facts.terms[costing[0]]["unit_cost_minor"])
    units = {c["period_id"]: c["done"] or 0 for c in facts.cells if c["obligation_id"] == costing[0]}
    names = list(units)
    at = names.index(period)
    now, then = number(units[period]), number(units[names[at - 1]] if at else 0)
    done = minus(now, then) if then.value else now
    text = f"({done.text})" if then.value else done.text
    yield Term(f"{text} x {unit.text}", done.value * unit.value)


# --- costs of obtaining and fulfilling --------------------------------------------------------------------


def _costs(facts: Facts, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """What became of each cost in each period, and what is carried at its end (340-40-25-1 to 35-6)."""
    last = facts.calendar[-1]["period_id"] if facts.calendar else None
    for cost in dict.fromkeys(row["cost_id"] for row in rows):
        before: Row = {}
        for row in (row for row in rows if row["cost_id"] == cost):
            moved = {n: row[f"{n}_minor"] - before.get(f"{n}_minor", 0) for n in COST_MOVES}
            figure = f"contract_costs.{cost}.{row['period_id']}"
            held = before.get("carrying_minor", 0)
            parts = _parts(held, moved["capitalised"], -moved["amortised"])
            for name, minor in moved.items():
                if minor:
                    formula = facts.money.formula(minor, *_impaired(facts, name, row, parts))
                    subject = _OF_COSTS.get(name, "obtain" if row["kind"] == "obtain" else "fulfil")
                    yield step(facts, f"{figure}.{name}", minor, formula, subject)
            if any(moved.values()) or row["period_id"] == last:
                carried = row["carrying_minor"]
                made = facts.money.sum([*parts, *_parts(-moved["impaired"])])
                formula = facts.money.formula(carried, made)
                yield step(facts, f"{figure}.carrying", carried, formula, "amortisation")
            before = row


def _impaired(facts: Facts, name: str, row: Row, parts: Sequence[int]) -> Iterator[Term]:
    """What was carried less what was recoverable, of a test in the period (340-40-35-3)."""
    if name != "impaired":
        return
    tests = facts.books.tables["impairments"].select("tested_date", "recoverable_minor")
    [period] = [p for p in facts.calendar if p["period_id"] == row["period_id"]]
    for test in facts.rows(tests, "tested_date"):
        if period["first_date"] <= test["tested_date"] <= period["last_date"]:
            yield facts.money.sum([*parts, -test["recoverable_minor"]])


def _losses(facts: Facts, rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """The loss that is expected of the contract, and the part of it that is provided for."""
    before: Row = {}
    for row in rows:
        for name in ("loss", "provision"):
            minor = row[f"{name}_minor"]
            if minor != before.get(f"{name}_minor", 0):
                figure = f"losses.{row['period_id']}.{name}"
                made = facts.money.sum((row["expected_cost_minor"], minor - row["expected_cost_minor"]))
                formula = facts.money.formula(minor, made if name == "loss" and minor else None)
                yield step(facts, figure, minor, formula, "loss")
        before = row


def losses(facts: Facts, related: Related) -> dict[str, dict[str, str]]:
    """period_id -> expected_cost, loss and provision to date, of the periods in which a loss is expected or
    one is taken back."""
    plain, found = facts.money.plain, dict[str, dict[str, str]]()
    for row in related.losses:
        if row["loss_minor"] or found:
            found[row["period_id"]] = {
                name: plain(row[f"{name}_minor"]) for name in ("expected_cost", "loss", "provision")
            }
    return found
