"""How each figure was reached: its arithmetic with the numbers in it, and the paragraphs it rests on.

A step is {"figure": its path in `figures`, "value", "formula", "paragraphs"}. No formula is printed that was
not computed again with the printed numbers: where none gives the figure, the figure stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from earned.contract.arithmetic import inside, number, plus, times
from earned.contract.balance_steps import balance_steps
from earned.contract.beside_steps import beside_steps, rate_steps
from earned.contract.facts import Facts
from earned.contract.figures import day_of
from earned.contract.related import Related
from earned.contract.revenue_steps import revenue_steps
from earned.contract.step import step
from earned.contract.variable import variable_steps

MILLION = 1_000_000
_CHANGED = {
    "separate": "separate",
    "prospective": "prospective",
    "catch_up": "catch_up",
    "mixed": "mixed",
    "price_estimate": "change",
}


def steps(facts: Facts, related: Related) -> list[dict[str, Any]]:
    """Every figure with its arithmetic, in the order of the five steps; what did not move is left out."""
    return [
        *variable_steps(facts),
        *_prices(facts),
        *_allocations(facts),
        *rate_steps(facts, related),
        *revenue_steps(facts, related),
        *beside_steps(facts, related),
        *balance_steps(facts, related),
    ]


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
            yield step(facts, f"transaction_price.{day}", prices[-1], formula, "price")
        elif prices[-1] != before:
            formula = facts.money.formula(prices[-1], facts.money.sum(_moves(before, prices)))
            yield step(facts, f"transaction_price.{day}", prices[-1], formula, "price", *kinds)
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
            if not share and not before and facts.terms[name]["added_in_version"]:
                continue  # it was not promised yet
            if own[0]["step"] == 0:
                formula, subjects = _share(facts, own[0]), ["allocation", _method(facts, name)]
                if len(own) > 1 and share != shares[0]:
                    formula = facts.money.formula(share, facts.money.sum(_moves(shares[0], shares[1:])))
            elif share == before:
                continue
            else:
                formula = _changed_share(facts, day, name, before or 0, shares)
                subjects = ["change", *(_CHANGED.get(v["kind"], "change") for v in own)]
            yield step(facts, f"allocation.{day}.{name}", share, formula, *subjects)


def _changed_share(facts: Facts, day: str, name: str, before: int, shares: Sequence[int]) -> str:
    """What it was and what moved it; of one that had no price, what the others leave of the new one."""
    if before:
        return facts.money.formula(shares[-1], facts.money.sum(_moves(before, shares)))
    of_day = _by_day(facts)[day]
    own = {v["obligation_id"]: v["allocated_minor"] or 0 for v in of_day}
    others = [-minor for other, minor in own.items() if other != name and minor]
    return facts.money.formula(shares[-1], facts.money.sum([of_day[-1]["price_minor"], *others]))


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
