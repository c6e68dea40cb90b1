"""The figures in the company's currency as they are printed, and how each was reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from earned.contract.arithmetic import Money, Term, number, rounded
from earned.contract.company_rates import ADVANCE, Rate
from earned.contract.facts import Facts
from earned.contract.functional import LIABILITY, MONETARY, MOVES, Functional, InCompany, Part, worth
from earned.contract.paragraphs import paragraphs

#: figures of a period, and those at its end, in the order in which they are printed
_FIGURES = ("revenue", "interest", "incentive", "tax", "settled")
_BALANCES = ("receivable", "contract_asset", LIABILITY, "refund_liability", "deposit")
_LOSS = "exchange_loss"
#: a formula lists the rates of a month of days; beyond, it says how many there are
_MOST_RATES = 31
#: figure -> the subject of its paragraph
_SUBJECTS = {
    **dict.fromkeys(MOVES, "translated"),
    **dict.fromkeys(MONETARY, "remeasured"),
    LIABILITY: "advance",
}
_OF_RATES = {"average": "average_rate", ADVANCE: "advance"}


def functional_figures(of: Functional) -> dict[str, dict[str, str]]:
    """figure -> period_id -> amount: what moved in the period, balances at its end, revenue and exchange
    loss (a gain is negative) also to date. What is 0 in every period is left out, but for these two."""
    plain = Money(of.currency).plain
    found = {}
    for name in (*_FIGURES, *_BALANCES, _LOSS):
        amounts = {period.period_id: period.amounts[name] for period in of.periods}
        if name in ("revenue", _LOSS) or any(amounts.values()):
            found[name] = {period: plain(minor) for period, minor in amounts.items()}
        if name in ("revenue", _LOSS):
            found[f"{name}_cumulative"] = {p: plain(minor) for p, minor in _to_date(of, name).items()}
    return found


def _to_date(of: Functional, name: str) -> dict[str, int]:
    total, found = of.opening[name], {}
    for period in of.periods:
        total += period.amounts[name]
        found[period.period_id] = total
    return found


def functional_steps(facts: Facts, of: Functional) -> Iterator[dict[str, Any]]:
    """The steps of every figure of a period in which it moved."""
    ours = Money(of.currency)
    to_date = {name: of.opening[name] for name in ("revenue", _LOSS)}
    for period in of.periods:
        for name in (*_FIGURES, *_BALANCES):
            minor = period.amounts[name]
            if minor != period.before.get(name, 0):
                formula = _formula(facts.money, ours, minor, period.parts[name], of.scale)
                subjects = (_SUBJECTS[name], *_subjects(name, period.parts[name]))
                yield _step(facts, ours, f"{name}.{period.period_id}", minor, formula, *subjects)
        if loss := period.amounts[_LOSS]:
            formula = _closed(ours, loss, ours.sum(_terms(period)))
            yield _step(facts, ours, f"{_LOSS}.{period.period_id}", loss, formula, "exchange")
        for name, before in to_date.items():
            if now := period.amounts[name]:
                formula = ours.formula(before + now, ours.sum([before, now] if before else [now]))
                figure = f"{name}_cumulative.{period.period_id}"
                subject = "exchange" if name == _LOSS else "translated"
                yield _step(facts, ours, figure, before + now, formula, subject)
                to_date[name] = before + now


def _step(facts: Facts, ours: Money, path: str, minor: int, formula: str, *subjects: str) -> dict[str, Any]:
    return {
        "figure": f"functional.{path}",
        "value": ours.plain(minor),
        "formula": formula,
        "paragraphs": paragraphs(facts.framework, *subjects),
    }


def _subjects(name: str, parts: Sequence[Part]) -> list[str]:
    """Of revenue and interest also why a rate is another than the day's."""
    kinds = dict.fromkeys(part.rate.kind for part in parts) if name in MOVES else ()
    return [_OF_RATES[kind] for kind in kinds if kind in _OF_RATES]


def _terms(period: InCompany) -> list[int]:
    """What is left of a period's entries when all else stands in them: credits less debits."""
    signs: Mapping[str, int] = {**MOVES, LIABILITY: -1, **MONETARY}
    moved = {n: (period.amounts[n] - period.before.get(n, 0)) * -sign for n, sign in signs.items()}
    return [minor for minor in moved.values() if minor]


def _formula(theirs: Money, ours: Money, minor: int, parts: Sequence[Part], scale: Fraction) -> str:
    """amount x rate, of every rate in the figure: 9,700.00 x 1.1 (spot of 2020-01-15) = 10,670.00."""
    sums: dict[Rate, int] = {}
    for part in parts:
        sums[part.rate] = sums.get(part.rate, 0) + part.minor
    given = {rate: amount for rate, amount in sums.items() if amount}
    if len(given) > _MOST_RATES:
        days = [rate.day for rate in given]
        return f"{ours.text(minor)}, at {len(given)} rates of {min(days)} to {max(days)}"
    text = ""
    for rate, amount in given.items():
        said = f"{theirs.text(abs(amount))} x {number(rate.value).text} ({rate.kind} of {rate.day})"
        text += f" {'-' if amount < 0 else '+'} {said}"
    text = text[3:] if text.startswith(" + ") else text.strip().replace("- ", "-", 1)
    return _closed(ours, minor, Term(text or ours.text(0), worth(parts, scale)))


def _closed(ours: Money, minor: int, term: Term) -> str:
    """The formula; where figures to date were rounded, what that adds to the period stands in it."""
    odd = minor - rounded(term.value)
    sign = "-" if odd < 0 else "+"
    text = f"{term.text} {sign} {ours.text(abs(odd))} of rounding to date"
    return ours.formula(minor, term, Term(text, Fraction(minor)))
