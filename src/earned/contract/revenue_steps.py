"""Revenue of each period as an accountant writes it: the price along its line, less what was earned before.

Progress stands in the unit of its measure. Recognition counts a line that bends over the product of two
terms, so that its fractions are whole; here the common factor is taken out again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import gcd, isqrt
from typing import Any

from earned.contract.arithmetic import Term, minus, number, plus, rounded, times
from earned.contract.facts import Facts
from earned.contract.related import Related
from earned.contract.step import bare, step
from earned.recognition.terms import STRAIGHT_LINE

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
#: unit of a measure, and of a convention of a straight line; of the others a share has none
_UNITS = {"units": "units", "hours": "hours", "point": "units"}
_UNITS_OF_LINES = {
    **dict.fromkeys(("daily_inclusive", "daily_end_exclusive"), "days"),
    **dict.fromkeys(("equal_months", "calendar_months", "even_months"), "months"),
    "half_month": "half months",
    "per_second": "seconds",
}


def revenue_steps(facts: Facts, related: Related) -> Iterator[dict[str, Any]]:
    """Of every period with revenue: each obligation's, the contract's where several make it up, and what of
    it a change of estimate or price did to work done before (606-10-25-35, 32-43)."""
    caught_up: dict[str, int] = {}
    for row in related.estimate_changes:
        caught_up[row["period_id"]] = caught_up.get(row["period_id"], 0) + row["effect_minor"]
    for period in facts.calendar:
        name = period["period_id"]
        moved = [c for c in facts.of_period(name) if c["revenue_minor"]]
        for cell in moved:
            figure = f"revenue_by_obligation.{name}.{cell['obligation_id']}"
            formula = revenue_formula(facts, cell)
            yield step(facts, figure, cell["revenue_minor"], formula, *_subjects(facts, cell))
        if moved:
            total = sum(c["revenue_minor"] for c in moved)
            formula = facts.money.formula(total, facts.money.sum(c["revenue_minor"] for c in moved))
            if len(moved) == 1:
                formula = revenue_formula(facts, moved[0])
            yield step(facts, f"revenue.{name}", total, formula, *_subjects(facts, moved[0]))
        if effect := caught_up.get(name):
            yield bare(facts, f"catch_up.{name}", effect, *_changed(facts, period))


def _changed(facts: Facts, period: Mapping[str, Any]) -> Iterator[str]:
    """A new estimate of progress, a new price, or both."""
    within = [v for v in facts.versions if v["step"] and period["first_date"] <= v["from_day"]]
    priced = any(v["from_day"] <= period["last_date"] for v in within)
    measured = any(
        row.cells.get("kind", "").startswith(("total", "expected"))
        for row in facts.document.tables.get("estimates", ())
    )
    if measured or not priced:
        yield "reestimated"
    if priced:
        yield "change"


def _subjects(facts: Facts, cell: Mapping[str, Any]) -> tuple[str, ...]:
    term = facts.terms[cell["obligation_id"]]
    if term["royalty_rate"]:
        return ("royalty",)
    return _MEASURED.get(term["measure"], ("progress",))


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
    term = facts.terms[cell["obligation_id"]]
    if term["measure"] == "as_used":
        return _as_used(term, cell)
    if not cell["whole"] or cell["margin_minor"] is None:
        return None
    line = _line(facts, term, cell)
    aside = cell["beside_minor"] or 0
    return plus(_signless(line), facts.money.term(aside)) if aside > 0 else line


def _as_used(term: Mapping[str, Any], cell: Mapping[str, Any]) -> Term | None:
    if term["unit_price"] is None:
        return None
    done, price = number(cell["done"]), number(term["unit_price"])
    return Term(f"{done.text} x {price.text}", done.value * price.value * 10 ** term["exponent"])


def _line(facts: Facts, term: Mapping[str, Any], cell: Mapping[str, Any]) -> Term:
    """The price x done / whole; after a boundary what was earned by then, and the rest x the rest (M1)."""
    done, whole = (_exact(term, cell[name]) for name in ("done", "whole"))
    price, base = cell["margin_minor"], cell["base_minor"]
    if base is None:
        return _share(facts, term, price, *_told(term, done, whole))
    start = _exact(term, cell["base_part"])
    if price == base or whole == start:
        return facts.money.term(price)
    rest = _share(facts, term, price - base, *_told(term, done - start, whole - start, whole))
    return plus(facts.money.term(base), rest) if base else rest


def _share(
    facts: Facts, term: Mapping[str, Any], price: int, done: Fraction, whole: Fraction, unit: str
) -> Term:
    if whole == 1 == done and term["measure"] == "point":
        return facts.money.term(price)
    in_money = term["measure"] == "cost"
    made = [facts.money.term(int(n)) if in_money else _number(n) for n in (done, whole)]
    found = times(facts.money.term(price), *made)
    assert found is not None, "a share has a whole"
    return Term(f"{found.text} {unit}".rstrip(), found.value)


def _told(
    term: Mapping[str, Any], done: Fraction, whole: Fraction, of_bent: Fraction | None = None
) -> tuple[Fraction, Fraction, str]:
    """A share as it is told, with its unit: of a straight line without a unit in lowest terms."""
    if term["measure"] not in STRAIGHT_LINE:
        return done, whole, "" if whole == 1 else _UNITS.get(term["measure"], "")
    unit = _UNITS_OF_LINES.get(term["convention"], "")
    if unit and of_bent is None:
        return done, whole, unit
    # Service of a line that bends is counted over its term twice, so that the whole is a square.
    scale = isqrt(int(of_bent or 0))
    if unit and scale * scale == of_bent and not done % scale and not whole % scale:
        return done / scale, whole / scale, unit
    common = gcd(int(done), int(whole)) if done.denominator == whole.denominator == 1 else 1
    return done / (common or 1), whole / (common or 1), ""


def _number(value: Fraction) -> Term:
    return number(Decimal(value.numerator) / Decimal(value.denominator))


def _exact(term: Mapping[str, Any], value: Any) -> Fraction:
    """Costs are counted in whole minor units, everything else as it stands."""
    return Fraction(int(value or 0)) if term["measure"] == "cost" else Fraction(value or 0)


def _signless(term: Term) -> Term:
    """A term to which the rounding to a minor unit has been applied, so that a difference stays exact."""
    return Term(term.text, Fraction(rounded(term.value)))
