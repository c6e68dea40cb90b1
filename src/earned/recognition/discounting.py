"""Compound interest over tables: the growth of one unit of money to a day, and the rate hidden in a price.

ASC 606-10-32-19; IFRS 15.64. Policy of time: a rate compounds at the end of each whole period (a year, or a
month at a twelfth of the yearly rate) counted from the contract's anchor day; periods from the 31st end on
the last day of shorter months. Inside a period interest is simple, by actual days over the period's days.
The growth of one unit is kept in whole units of 10^-16; every amount follows from it exactly.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from earned.engine import compounded, muldiv, quotient, scaled, share

if TYPE_CHECKING:
    import numpy.typing as npt

    from earned.books import Books

    Floats = npt.NDArray[np.float64]

#: one unit of money in the whole numbers that growth is kept in: it may grow 922-fold before 64 bits end
UNIT = 10**16
#: the decimals of a rate as it is kept and printed
NANO = 10**9
#: amounts before they are rounded
DECIMAL = "decimal(38, 9)"
#: months of a period of compounding
MONTHS = {"annual": 12, "monthly": 1}
#: bisection halves the interval of rates (0 to 900 a period) until a float cannot be halved again
_HALVINGS, _MOST = 64, 900.0


def instalment(principal_minor: int, rate_ppm: int, compounding: str, periods: int) -> int:
    """The level payment in minor units that repays a principal over whole periods, rounded once (P3).

    The first is due at the end of the first period; `rate_ppm` is a year's, its twelfth a month's.
    Raises KeyError for another compounding than annual or monthly, ValueError without a period.
    """
    if periods < 1:
        raise ValueError("an annuity has at least one period")
    rate = Fraction(rate_ppm, 10**6) * MONTHS[compounding] / 12
    factor = rate / (1 - (1 + rate) ** -periods) if rate else Fraction(1, periods)
    exact = principal_minor * factor
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return whole if exact >= 0 else -whole


def period_growth(rate_nano: ir.IntegerValue, months: ir.IntegerValue) -> ir.IntegerValue:
    """One unit after one period, in 10^-16, from a yearly rate in 10^-9."""
    return (muldiv(rate_nano, months * (UNIT // NANO), 12) + UNIT).cast("int64")


def elapsed(rows: ir.Table) -> ir.Table:
    """Adds `whole`, the periods of `months` completed from `anchor_date` to `day`, and `served` of `of` days.

    A day before the anchor gives 0 of each.
    """
    day = ibis.greatest(rows.day, rows.anchor_date)
    rows = rows.mutate(_day=day, _short=_day_of(day) < ibis.least(_day_of(rows.anchor_date), _length(day)))
    apart = month_of(rows._day) - month_of(rows.anchor_date) - rows._short.cast("int64")
    rows = rows.mutate(whole=quotient(apart, ibis.literal(1, "int64"), rows.months))
    rows = rows.mutate(
        _first=_later(rows.anchor_date, rows.whole * rows.months),
        _next=_later(rows.anchor_date, (rows.whole + 1) * rows.months),
    )
    rows = rows.mutate(
        served=rows._day.delta(rows._first, unit="day").cast("int64"),
        of=rows._next.delta(rows._first, unit="day").cast("int64"),
    )
    return rows.drop("_day", "_short", "_first", "_next")


def grown(rows: ir.Table) -> ir.Table:
    """Adds `growth`: one unit from `anchor_date` to `day` in 10^-16, from `period_growth` and `months`."""
    rows = elapsed(rows)
    within = muldiv(rows.period_growth - UNIT, rows.served, rows.of) + UNIT
    growth = compounded(rows.period_growth, rows.whole, within)
    return rows.mutate(growth=growth).drop("whole", "served", "of")


def at_anchor(amount: ir.IntegerValue, growth: ir.IntegerValue) -> ir.DecimalValue:
    """What minor units of a day are worth on the anchor day, to nine decimals."""
    value: ir.DecimalValue = scaled(amount.cast(DECIMAL), UNIT, growth)
    return value


def to_minor(value: ir.DecimalValue) -> ir.IntegerValue:
    """An amount rounded to whole minor units, halves away from zero (P3)."""
    one = ibis.literal(1, "int64")
    amount: ir.IntegerValue = share(one, value, one.cast(DECIMAL))
    return amount


_NUMBERS = ("amount_minor", "whole", "served", "of", "months")


def implied(books: Books, flows: ir.Table, name: str) -> ir.Table:
    """(contract_id, `implicit_nano`): the yearly rate in 10^-9 at which the flows are worth nothing.

    `flows` has contract_id, amount_minor, `months`, and `whole`, `served`, `of` as `elapsed` gives them; the
    promised payments are of one sign, the cash price of the other. No row where no rate does it at which
    one unit grows less than 900-fold. A rate is no amount: it is found in floats, all contracts at once, and
    kept rounded under `name`.
    """
    flows = flows.mutate(contract=ibis.dense_rank().over(order_by=flows.contract_id).cast("int64"))
    rows = books.engine.arrow(
        flows.select("contract_id", "contract", *_NUMBERS).order_by("contract", *_NUMBERS)
    )
    index = rows["contract"].to_numpy()
    _, first = np.unique(index, return_index=True)
    amount, whole, served, of, months = (rows[c].to_numpy().astype(np.float64) for c in _NUMBERS)
    rate = _roots(index, len(first), amount, whole, served / of) * (12 / months[first])
    solved = np.isfinite(rate)
    kept = pa.table(
        {
            "contract_id": rows["contract_id"].take(first[solved]).combine_chunks().cast(pa.string()),
            "implicit_nano": pa.array(np.rint(rate[solved] * NANO).astype(np.int64), pa.int64()),
        }
    )
    return books.engine.small(name, kept)


def _roots(index: Any, contracts: int, amount: Floats, whole: Floats, within: Floats) -> Floats:
    """The rate of each contract by bisection, over arrays; not a number where there is none."""

    def worth(rate: Floats) -> Floats:
        of = rate[index]
        values = amount / ((1 + of) ** whole * (1 + of * within))
        return np.bincount(index, weights=values, minlength=contracts).astype(np.float64)

    low, high = np.zeros(contracts), np.full(contracts, _MOST)
    with np.errstate(over="ignore"):
        at_none = worth(low)
        sign = np.sign(at_none)
        rootless = sign * worth(high) > 0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            above = sign * worth(middle) > 0
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        longest = np.zeros(contracts)
        np.maximum.at(longest, index, whole)
        rate = np.where(at_none == 0, 0.0, (low + high) / 2)
        beyond = (1 + rate) ** (longest + 1) > _MOST
    return np.where(rootless | beyond, np.nan, rate)


def _later(day: ir.DateValue, months: ir.IntegerValue) -> ir.DateValue:
    """So many months later; the last day of a month that is too short."""
    return (day + months.as_interval("M")).cast("date")


def month_of(day: ir.DateValue) -> ir.IntegerValue:
    """The months since the year 0, by which two days are so many months apart."""
    return (day.year().cast("int64") * 12 + day.month().cast("int64")).cast("int64")


def _day_of(day: ir.DateValue) -> ir.IntegerValue:
    return day.day().cast("int64")


def _length(day: ir.DateValue) -> ir.IntegerValue:
    """Days of the month of a day."""
    return _day_of(last_of_month(day))


def last_of_month(day: ir.DateValue) -> ir.DateValue:
    """The last day of the month of a day."""
    return (day.truncate("M") + ibis.interval(months=1) - ibis.interval(days=1)).cast("date")
