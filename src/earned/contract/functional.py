"""The figures of a contract in the company's (functional) currency, where the contract is in another one.

ASC 830-20-30-1 and 35-1 to 35-2, 830-10-45-18; IAS 21.21-28, IFRIC 22. What moves is worth the spot of its
day; what is earned over time the average of its period, where one is given. A contract liability is not
monetary: what is earned from an advance keeps the rate of the day of the advance, the oldest advance first.
Receivable, contract asset, refund liability and deposit are monetary: at each period's end they are worth
its spot, and what that changes is exchange loss or gain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from earned.contract.arithmetic import rounded
from earned.contract.by_day import Day, by_day, eve
from earned.contract.company_rates import ADVANCE, CompanyRates, Rate, company_rates
from earned.contract.facts import Facts
from earned.money import exponent

#: monetary balances, with the sign of a debit
MONETARY = {"receivable": 1, "contract_asset": 1, "refund_liability": -1, "deposit": -1}
#: what moves in a period, with the sign of a debit; `settled`: cash and write-offs
MOVES = {"revenue": -1, "interest": -1, "incentive": -1, "tax": -1, "settled": 1}
LIABILITY = "contract_liability"
#: amounts of advances that are not yet earned, with the rate each keeps, the oldest first
Layers = Sequence[tuple[int, Rate]]


@dataclass(frozen=True)
class Part:
    """An amount of the contract's currency (minor units) that moved in a figure on a day, and its rate."""

    figure: str
    day: date
    minor: int
    rate: Rate


@dataclass(frozen=True)
class InCompany:
    """A period in the company's currency, minor units: MOVES and exchange_loss of it, balances at its end,
    `before` the balances at its beginning; and of each figure the parts that make it up."""

    period_id: str
    amounts: Mapping[str, int]
    before: Mapping[str, int]
    parts: Mapping[str, Sequence[Part]]


@dataclass(frozen=True)
class Functional:
    """Every period in the company's currency, oldest first, with what revenue and loss were before them;
    `scale` is company minor units for one contract minor unit at a rate of 1."""

    currency: str
    scale: Fraction
    periods: Sequence[InCompany]
    opening: Mapping[str, int]


def functional(facts: Facts) -> Functional | None:
    """The contract in the company's currency; None where it is in that currency, no rate is given, or cash
    was received for a repurchase that is a financing: it is no contract liability.

    Raises InputError, naming the day, where a rate is missing.
    """
    rates = company_rates(facts)
    if rates is None or facts.books.filled.get("repurchases"):
        return None
    days = by_day(facts)
    parts = list(moved(days, rates))
    scale = Fraction(10) ** ((exponent(rates.company) or 0) - (exponent(rates.currency) or 0))
    ends = [("", eve(facts)), *((p["period_id"], p["last_date"]) for p in facts.calendar)]
    points = [_Point.at(name, end, days, parts, rates, scale) for name, end in ends]
    periods = [_period(before, now) for before, now in pairwise(points)]
    return Functional(rates.company, scale, periods, points[0].to_date)


# --- what moved -----------------------------------------------------------------------------------------


def moved(days: Sequence[Day], rates: CompanyRates) -> Iterator[Part]:
    """Every amount that moved, at its rate; those of the contract liability with what left it negative."""
    advances: Layers = []
    before = Day(date.min, dict.fromkeys(days[0].amounts, 0), 0)
    for now in days:
        advances, parts = _of_day(before, now, advances, rates)
        yield from parts
        before = now


def _of_day(
    before: Day, now: Day, advances: Layers, rates: CompanyRates
) -> tuple[list[tuple[int, Rate]], list[Part]]:
    """The advances that are left at the day's end, and what moved since the day before it."""
    day = now.day
    by = {name: minor - before.amounts[name] for name, minor in now.amounts.items()}
    by["tax"] = now.tax - before.tax
    parts = [Part(n, day, by[n], rates.spot(day)) for n in ("settled", "incentive", "tax") if by[n]]
    parts += [Part("interest", day, by["interest"], rates.of_time(day))] if by["interest"] else []
    released = _released(before, now)
    grown = by[LIABILITY] + released
    new = list(_grown(grown, -by["interest"], day, rates))
    advances, earned = _taken([*advances, *new], released)
    advances, given_back = _taken(advances, max(-grown, 0))
    parts += [Part(LIABILITY, day, minor, rate) for minor, rate in new]
    parts += [Part(LIABILITY, day, -minor, rate) for minor, rate in (*earned, *given_back)]
    parts += [Part("revenue", day, minor, replace(rate, kind=ADVANCE)) for minor, rate in earned]
    over_time = now.over_time - before.over_time
    return advances, [*parts, *_earned(by["revenue"], over_time, released, day, rates)]


def _released(before: Day, now: Day) -> int:
    """What of the revenue since the day before was paid in advance: all of it while an advance is left."""
    revenue = now.amounts["revenue"] - before.amounts["revenue"]
    most = revenue if now.amounts[LIABILITY] > 0 else before.amounts[LIABILITY]
    return max(min(revenue, most), 0)


def _grown(grown: int, interest: int, day: date, rates: CompanyRates) -> Iterator[tuple[int, Rate]]:
    """What an advance brings, at the spot of its day; the interest on it accrues over time."""
    accrued = max(min(grown, interest), 0)
    if accrued:
        yield accrued, rates.of_time(day)
    if grown > accrued:
        yield grown - accrued, rates.spot(day)


def _taken(advances: Layers, minor: int) -> tuple[list[tuple[int, Rate]], list[tuple[int, Rate]]]:
    """What is left of the advances, and what was taken of them, the oldest first."""
    left: list[tuple[int, Rate]] = []
    taken: list[tuple[int, Rate]] = []
    for amount, rate in advances:
        part = min(amount, minor)
        minor -= part
        taken += [(part, rate)] if part else []
        left += [(amount - part, rate)] if amount > part else []
    return left, taken


def _earned(revenue: int, over_time: int, released: int, day: date, rates: CompanyRates) -> Iterator[Part]:
    """Revenue that no advance had paid for; of both kinds an advance pays in the proportion of the two."""
    at_point = revenue - over_time
    both = max(over_time, 0) + max(at_point, 0)
    of_time = rounded(Fraction(released * max(over_time, 0), both)) if both else 0
    if minor := over_time - of_time:
        yield Part("revenue", day, minor, rates.of_time(day))
    if minor := at_point - (released - of_time):
        yield Part("revenue", day, minor, rates.spot(day))


# --- periods --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Point:
    """A period's end: everything to date in company minor units, rounded once (P3); the parts to date."""

    period_id: str
    to_date: Mapping[str, int]
    parts: Mapping[str, Sequence[Part]]

    @classmethod
    def at(
        cls,
        period_id: str,
        end: date,
        days: Sequence[Day],
        every: Sequence[Part],
        rates: CompanyRates,
        scale: Fraction,
    ) -> _Point:
        """What had moved by a day, and what stood at its end at its spot."""
        parts: dict[str, list[Part]] = {name: [] for name in (*MOVES, LIABILITY, *MONETARY)}
        for part in every:
            if part.day <= end:
                parts[part.figure].append(part)
        amounts = next((one.amounts for one in reversed(days) if one.day <= end), {})
        for name in MONETARY:
            if minor := amounts.get("due" if name == "receivable" else name, 0):
                parts[name].append(Part(name, end, minor, rates.spot(end)))
        exact = {name: worth(of, scale) for name, of in parts.items()}
        signs = {**MOVES, **MONETARY, LIABILITY: -1}
        exact["exchange_loss"] = -sum((exact[name] * sign for name, sign in signs.items()), Fraction(0))
        return cls(period_id, {name: rounded(value) for name, value in exact.items()}, parts)


def _period(before: _Point, now: _Point) -> InCompany:
    moving = (*MOVES, "exchange_loss")
    amounts = {n: minor - (before.to_date[n] if n in moving else 0) for n, minor in now.to_date.items()}
    begun = {name: before.to_date[name] for name in (*MONETARY, LIABILITY)}
    # What moves is listed in the order of its days: what was there before stands first.
    parts = {n: of[len(before.parts[n]) if n in MOVES else 0 :] for n, of in now.parts.items()}
    return InCompany(now.period_id, amounts, begun, parts)


def worth(parts: Sequence[Part], scale: Fraction) -> Fraction:
    """Parts in the company's minor units, exact."""
    return sum((part.minor * Fraction(part.rate.value) * scale for part in parts), Fraction(0))
