"""How each figure was reached: its arithmetic with the numbers in it, and the paragraphs it rests on.

A step is {"figure": its path in `figures`, "value", "formula", "paragraphs"}. No formula is printed that was
not computed again with the printed numbers: where none gives the figure, the figure stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from earned.contract.arithmetic import Term, inside, minus, number, plus, rounded, times
from earned.contract.facts import Facts
from earned.contract.figures import balance, day_of
from earned.contract.paragraphs import paragraphs
from earned.contract.related import Related

MILLION = 1_000_000
#: measure -> the subjects of the paragraphs that its revenue rests on
_MEASURED = {
    "point": ("point",),
    "days": ("progress", "input"),
    "months": ("progress", "input"),
    "hours": ("progress", "input"),
    "cost": ("progress", "input"),
    "units": ("progress", "output"),
    "milestones": ("progress", "output"),
    "given": ("progress",),
    "as_used": ("invoice",),
}
_CHANGED = {
    "separate": "separate",
    "prospective": "prospective",
    "catch_up": "catch_up",
    "mixed": "mixed",
    "price_estimate": "change",
}
#: balance -> the subject of its paragraph
_BALANCED = {
    "receivable": "receivable", "contract_asset": "balances", "contract_liability": "balances",
    "refund_liability": "refund", "return_asset": "returns", "deposit": "no_contract",
    "incentive_asset": "payable", "financial_liability": "repurchase",
}  # fmt: skip


def steps(facts: Facts, related: Related) -> list[dict[str, Any]]:
    """Every figure with its arithmetic, in the order of the five steps; what did not move is left out."""
    return [
        *_prices(facts),
        *_allocations(facts),
        *_revenues(facts),
        *_beside(facts, related),
        *_balances(facts, related),
    ]


def _step(facts: Facts, figure: str, minor: int, formula: str, *subjects: str) -> dict[str, Any]:
    return {
        "figure": figure,
        "value": facts.money.plain(minor),
        "formula": formula,
        "paragraphs": paragraphs(facts.framework, *subjects),
    }


# --- the price ------------------------------------------------------------------------------------------


def _prices(facts: Facts) -> Iterator[dict[str, Any]]:
    """One step for the price at inception and one for each day on which it changed."""
    before: int | None = None
    for day, of_day in _by_day(facts).items():
        prices = list({v["step"]: v["price_minor"] for v in of_day}.values())
        kinds = dict.fromkeys(_CHANGED.get(v["kind"], "change") for v in of_day)
        if before is None:
            formula = _at_inception(facts, prices[-1])
            if prices[-1] != prices[0]:
                formula = facts.money.formula(prices[-1], facts.money.sum(_moves(prices[0], prices[1:])))
            yield _step(facts, f"transaction_price.{day}", prices[-1], formula, "price")
        elif prices[-1] != before:
            formula = facts.money.formula(prices[-1], facts.money.sum(_moves(before, prices)))
            yield _step(facts, f"transaction_price.{day}", prices[-1], formula, "price", *kinds)
        before = prices[-1]


def _by_day(facts: Facts) -> dict[str, list[Mapping[str, Any]]]:
    days: dict[str, list[Mapping[str, Any]]] = {}
    for version in facts.versions:
        days.setdefault(day_of(facts, version), []).append(version)
    return days


def _moves(before: int, amounts: Sequence[int]) -> list[int]:
    """What stood before, and each move from there through the amounts."""
    return [before, *(b - a for a, b in pairwise((before, *amounts)) if b != a)]


def _at_inception(facts: Facts, price: int) -> str:
    """The fixed price, the variable amounts that may be included, and the tax inside, if any."""
    money, term = facts.money, next(iter(facts.terms.values()))
    variable = [term.get("variable_minor"), *(t.get("targeted_minor") for t in facts.terms.values())]
    amounts = [term["price_minor"], *(amount for amount in variable if amount)]
    gross = money.sum(amounts)
    part = number(MILLION + (term["contract_rate"] or 0))
    net = times(inside(gross) if len(amounts) > 1 else gross, number(MILLION), part)
    return money.formula(price, net if term["includes_tax"] else gross, gross, nearly=False)


def _allocations(facts: Facts) -> Iterator[dict[str, Any]]:
    """Every obligation's share at inception, and what the changes of each later day made of it."""
    latest: dict[str, int] = {}
    for day, of_day in _by_day(facts).items():
        for name in dict.fromkeys(v["obligation_id"] for v in of_day if v["allocated_minor"] is not None):
            own = [v for v in of_day if v["obligation_id"] == name]
            shares = [v["allocated_minor"] for v in own]
            before, share = latest.get(name), shares[-1]
            latest[name] = share
            if own[0]["step"] == 0:
                formula, subjects = _share(facts, own[0]), ["allocation", _method(facts, name)]
                if len(own) > 1 and share != shares[0]:
                    formula = facts.money.formula(share, facts.money.sum(_moves(shares[0], shares[1:])))
            elif share == before:
                continue
            else:
                formula = facts.money.formula(share, facts.money.sum(_moves(before or 0, shares)))
                subjects = ["change", *(_CHANGED.get(v["kind"], "change") for v in own)]
            yield _step(facts, f"allocation.{day}.{name}", share, formula, *subjects)


def _share(facts: Facts, version: Mapping[str, Any]) -> str:
    """price x own ssp / all ssp, with what belongs to the obligation alone beside it."""
    money, term = facts.money, facts.terms[version["obligation_id"]]
    weights = {o: t.get("weight") for o, t in facts.terms.items()}
    all_weights = sum(w or 0 for w in weights.values())
    own = term.get("targeted_minor") or 0
    others = sum(t.get("targeted_minor") or 0 for t in facts.terms.values())
    shared = money.term(version["price_minor"] - others)
    by_weight = times(shared, money.term(weights[term["obligation_id"]] or 0), money.term(all_weights))
    only = shared if sum(1 for w in weights.values() if w) == 1 else None
    with_own = plus(by_weight, money.term(own)) if by_weight and own else None
    return money.formula(version["allocated_minor"], only, by_weight, with_own, nearly=True)


def _method(facts: Facts, obligation: str) -> str:
    method = facts.terms[obligation]["method"]
    return {"residual": "residual", "bundle": "discount", "ssp": "relative"}.get(method, "allocation")


# --- revenue --------------------------------------------------------------------------------------------


def _revenues(facts: Facts) -> Iterator[dict[str, Any]]:
    """Of every period with revenue: each obligation's, and the contract's where several make it up."""
    for period in facts.calendar:
        name = period["period_id"]
        moved = [c for c in facts.of_period(name) if c["revenue_minor"]]
        for cell in moved:
            figure = f"revenue_by_obligation.{name}.{cell['obligation_id']}"
            subjects = _subjects(facts, cell["obligation_id"])
            yield _step(facts, figure, cell["revenue_minor"], revenue_formula(facts, cell), *subjects)
        if moved:
            total = sum(c["revenue_minor"] for c in moved)
            formula = facts.money.formula(total, facts.money.sum(c["revenue_minor"] for c in moved))
            if len(moved) == 1:
                formula = revenue_formula(facts, moved[0])
            yield _step(
                facts, f"revenue.{name}", total, formula, *_subjects(facts, moved[0]["obligation_id"])
            )


def _subjects(facts: Facts, obligation: str) -> tuple[str, ...]:
    return _MEASURED.get(facts.terms[obligation]["measure"], ("progress",))


def revenue_formula(facts: Facts, cell: Mapping[str, Any]) -> str:
    """What was earned to date by its progress, less what was earned by the end of the period before."""
    money = facts.money
    earned, before = cell["earned_minor"], money.term(cell["before_minor"])
    to_date = earned_term(facts, cell)
    plain = money.term(earned)
    if not before.value:
        return money.formula(cell["revenue_minor"], to_date, plain)
    less = [minus(_signless(term), before) for term in (to_date, plain) if term]
    return money.formula(cell["revenue_minor"], *less)


def earned_term(facts: Facts, cell: Mapping[str, Any]) -> Term | None:
    """Earned to date as arithmetic: a share of the price in force, or quantity x price as used."""
    if cell["done"] is None:
        return None
    term, version = facts.terms[cell["obligation_id"]], in_force(facts, cell)
    if term["measure"] == "as_used":
        price = number(term["unit_price"])
        scale = 10 ** term["exponent"]
        done = number(cell["done"])
        return Term(f"{done.text} x {price.text}", done.value * price.value * scale)
    quantity = facts.money.term if term["measure"] == "cost" else number
    if not cell["whole"] or version["allocated_minor"] is None:
        return None
    done, whole = (quantity(_exact(cell[c], term["measure"])) for c in ("done", "whole"))
    allocated = facts.money.term(version["allocated_minor"])
    if version.get("base_minor") is None:
        return times(allocated, done, whole)
    base = facts.money.term(version["base_minor"])
    start = quantity(_exact(version["base_part"], term["measure"]))
    rest = times(inside(minus(allocated, base)), inside(minus(done, start)), inside(minus(whole, start)))
    return plus(base, rest) if rest else None


def _exact(value: Any, measure: str) -> Any:
    """Costs are counted in whole minor units, everything else as it stands."""
    return int(value or 0) if measure == "cost" else value or 0


def in_force(facts: Facts, cell: Mapping[str, Any]) -> Mapping[str, Any]:
    """The version of an obligation's price that is in force at a period's end."""
    own = [v for v in facts.versions if v["obligation_id"] == cell["obligation_id"]]
    until = [v for v in own if v["step"] == 0 or v["from_day"] <= cell["last_date"]]
    return until[-1]


def _signless(term: Term) -> Term:
    """A term to which the rounding to a minor unit has been applied, so that a difference stays exact."""
    return Term(term.text, Fraction(rounded(term.value)))


# --- beside revenue -------------------------------------------------------------------------------------


def _beside(facts: Facts, related: Related) -> Iterator[dict[str, Any]]:
    """Interest, cost of revenue and gross profit of the periods in which there is any."""
    for row in related.interest:
        if row["interest_minor"]:
            amount = row["interest_minor"]
            yield _step(facts, f"interest.{row['period_id']}", amount, facts.money.text(amount), "financing")
    for row in related.cost_of_revenue:
        revenue = sum(c["revenue_minor"] for c in facts.of_period(row["period_id"]))
        if cost := row["cost_minor"]:
            yield _step(facts, f"cost_of_revenue.{row['period_id']}", cost, facts.money.text(cost), "input")
            formula = facts.money.formula(revenue - cost, facts.money.sum((revenue, -cost)))
            yield _step(facts, f"gross_profit.{row['period_id']}", revenue - cost, formula, "input")


# --- balances -------------------------------------------------------------------------------------------


def _balances(facts: Facts, related: Related) -> Iterator[dict[str, Any]]:
    """Every balance in each period in which it moved, from what was earned, billed and paid to date."""
    before: Mapping[str, Any] = {}
    for row in related.balances:
        for name, subject in _BALANCED.items():
            amount = balance(row, name)
            if amount == balance(before, name):
                continue
            formula = facts.money.formula(amount, *(facts.money.sum(t) for t in _made_of(name, row)))
            yield _step(facts, f"balances.{row['period_id']}.{name}", amount, formula, subject)
        before = row


def _made_of(name: str, row: Mapping[str, Any]) -> Iterator[list[int]]:
    """What a balance may be the sum of; the formula that gives it is the one that is printed."""

    def given(*columns: str) -> list[int]:
        signed = [(c.removeprefix("-"), -1 if c.startswith("-") else 1) for c in columns]
        found = [(row.get(f"{c}_minor") or 0) * sign for c, sign in signed]
        return [found[0], *(amount for amount in found[1:] if amount)]

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
