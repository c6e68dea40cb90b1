"""Progress by time: straight-line conventions as exact fractions (ASC 606-10-55-16 to 55-18; S1, S2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from earned.engine import end_of_day, local_date

QUANTITY = "decimal(38, 9)"
DAY = 86_400
EPOCH = date(1970, 1, 1)
Fraction = tuple[ir.IntegerValue, ir.IntegerValue]


def cut(rows: ir.Table) -> ir.Table:
    """Adds `cut`: `day`, no later than the end of service or the day of termination (S1)."""
    return rows.mutate(cut=ibis.least(rows.day, rows.end_date, rows.terminated_date.fill_null(rows.end_date)))


def used(terms: ir.Table) -> tuple[str, ...]:
    """The conventions that some obligation is measured by, in order; asked once, for each costs planning."""
    straight = terms.measure.isin(("days", "months"))
    bits = (
        (straight & (terms.convention == name)).any().fill_null(False).cast("int64") * 2**i
        for i, name in enumerate(RULES)
    )
    found = reduce(add, bits).to_pyarrow().as_py()
    return tuple(name for i, name in enumerate(RULES) if found & 2**i)


def fraction(rows: ir.Table, *conventions: str) -> Fraction:
    """(served, of): progress of service from `start_date` to `end_date` by `cut`, as whole numbers.

    By the column `convention`, which is one of those named; one alone is taken for all rows. Before the start
    it is 0.
    """
    if len(conventions) == 1:
        served, of = RULES[conventions[0]](rows)
    else:
        parts = {name: RULES[name](rows) for name in conventions or RULES}
        served = ibis.cases(*((rows.convention == name, p[0]) for name, p in parts.items()), else_=0)
        of = ibis.cases(*((rows.convention == name, p[1]) for name, p in parts.items()), else_=1)
    return ibis.ifelse(rows.cut < rows.start_date, 0, served), of


def measured(rows: ir.Table, *conventions: str) -> ir.Table:
    """Rows with `part` of `whole` by `cut`, and `base_part` by `base_day` of the same whole (or null)."""
    served, of = fraction(rows, *conventions)
    rows = rows.mutate(served=served, of=of, cut_now=rows.cut)
    rows = rows.mutate(cut=ibis.least(rows.base_day, rows.cut))
    begun, of_begun = fraction(rows, *conventions)
    based = rows.base_day.notnull()
    scale = ibis.ifelse(based, of_begun, 1)
    return rows.mutate(
        part=(rows.served * scale).cast(QUANTITY),
        whole=(rows["of"] * scale).cast(QUANTITY),
        base_part=ibis.ifelse(based, begun * rows["of"], ibis.null("int64")).cast(QUANTITY),
        cut=rows.cut_now,
    ).drop("served", "of", "cut_now")


def _month(day: ir.DateValue) -> ir.IntegerValue:
    return (day.year().cast("int64") * 12 + day.month().cast("int64")).cast("int64")


def _length(day: ir.DateValue) -> ir.IntegerValue:
    """Days of the month of a day."""
    return (_next_month(day) - ibis.interval(days=1)).cast("date").day().cast("int64")


def _next_month(day: ir.DateValue) -> ir.DateValue:
    return (day.truncate("M") + ibis.interval(months=1)).cast("date")


def _days(start: ir.DateValue, end: ir.DateValue) -> ir.IntegerValue:
    """Days from start to end, both counted."""
    return end.delta(start, unit="day").cast("int64") + 1


def _day(day: ir.DateValue) -> ir.IntegerValue:
    return day.day().cast("int64")


def _starts_whole(rows: ir.Table) -> ir.BooleanValue:
    return _day(rows.start_date) == 1


def _ends_whole(rows: ir.Table) -> ir.BooleanValue:
    return _day(rows.end_date) == _length(rows.end_date)


def _daily_inclusive(rows: ir.Table) -> Fraction:
    return _days(rows.start_date, rows.cut), _days(rows.start_date, rows.end_date)


def _daily_end_exclusive(rows: ir.Table) -> Fraction:
    term = _days(rows.start_date, rows.end_date) - 1
    of = ibis.greatest(term, 1)
    return ibis.least(_days(rows.start_date, rows.cut), of), of


def _equal_months(rows: ir.Table) -> Fraction:
    eve = (rows.end_date - ibis.interval(days=1)).cast("date")
    of = _completed(rows.start_date, eve) + 1
    return ibis.ifelse(rows.cut >= rows.end_date, of, _completed(rows.start_date, rows.cut)), of


def _completed(start: ir.DateValue, day: ir.DateValue) -> ir.IntegerValue:
    """Service months completed by a day; the n-th ends on the eve of the start's day of the month (S2)."""
    apart = _month(day) - _month(start)
    anniversary = _day(start)
    last = ibis.ifelse(_length(day) >= anniversary, anniversary - 1, _length(day))
    from_first = apart + ibis.ifelse(_day(day) == _length(day), 1, 0)
    later = apart - ibis.ifelse(_day(day) >= last, 0, 1)
    return ibis.greatest(ibis.ifelse(anniversary == 1, from_first, later), 0)


def _calendar_months(rows: ir.Table) -> Fraction:
    first = _month(rows.start_date)
    return _month(rows.cut) - first + 1, _month(rows.end_date) - first + 1


def _half_month(rows: ir.Table) -> Fraction:
    """In halves of a month: a broken first or last month counts one half."""
    touched, of = _calendar_months(rows)
    first = ibis.ifelse(_starts_whole(rows), 0, 1)
    last = ibis.ifelse(_ends_whole(rows), 0, 1)
    one_month = _month(rows.start_date) == _month(rows.end_date)
    in_last = _month(rows.cut) == _month(rows.end_date)
    served = 2 * touched - first - ibis.ifelse(in_last, last, 0)
    return ibis.ifelse(one_month, 1, served), ibis.ifelse(one_month, 1, 2 * of - first - last)


def _month_fractions(rows: ir.Table) -> Fraction:
    """Days served over days of the month at both ends, whole months between; over the common denominator."""
    start, cut, end = _length(rows.start_date), _length(rows.cut), _length(rows.end_date)
    served = _fractions(rows, rows.cut, whole=start * cut * end, first=cut * end, last=start * end)
    of = _fractions(rows, rows.end_date, whole=start * cut * end, first=cut * end, last=start * cut)
    return served, of


def _fractions(
    rows: ir.Table, day: ir.DateValue, *, whole: ir.Value, first: ir.Value, last: ir.Value
) -> ir.IntegerValue:
    """Months from the start to a day: days times what one is worth in the first, a whole, the last month."""
    apart = _month(day) - _month(rows.start_date)
    in_first = ibis.ifelse(
        apart == 0, _days(rows.start_date, day), _length(rows.start_date) - _day(rows.start_date) + 1
    )
    between = ibis.greatest(apart - 1, 0)
    in_last = ibis.ifelse(apart == 0, 0, _day(day))
    return in_first * first + between * whole + in_last * last


def _daily_ends(rows: ir.Table) -> Fraction:
    """Broken end months at the daily rate of the term; whole months share the rest equally."""
    term = _days(rows.start_date, rows.end_date)
    served = _days(rows.start_date, rows.cut)
    first = ibis.ifelse(_starts_whole(rows), 0, _length(rows.start_date) - _day(rows.start_date) + 1)
    last = ibis.ifelse(_ends_whole(rows), 0, _day(rows.end_date))
    broken = ibis.ifelse(_starts_whole(rows), 0, 1) + ibis.ifelse(_ends_whole(rows), 0, 1)
    whole = _month(rows.end_date) - _month(rows.start_date) + 1 - broken
    size = _length(rows.cut)
    gone = _month(rows.cut) - _month(rows.start_date) - ibis.ifelse(_starts_whole(rows), 0, 1)
    rest = term - first - last
    inside = first * whole * size + rest * (gone * size + _day(rows.cut))
    scale = whole * size
    in_first = (_month(rows.cut) == _month(rows.start_date)) & ~_starts_whole(rows)
    in_last = (_month(rows.cut) == _month(rows.end_date)) & ~_ends_whole(rows)
    at_ends = ibis.ifelse(in_first, served, term - last + _day(rows.cut)) * scale
    middle = ibis.ifelse(in_first | in_last, at_ends, inside)
    short = whole < 1
    return ibis.ifelse(short, served, middle), ibis.ifelse(short, term, term * scale)


def _even_months(rows: ir.Table) -> Fraction:
    """As many equal parts as the term has service months, one in each calendar month from the first."""
    eve = (rows.end_date - ibis.interval(days=1)).cast("date")
    of = _completed(rows.start_date, eve) + 1
    return ibis.least(_month(rows.cut) - _month(rows.start_date) + 1, of), of


def _per_second(rows: ir.Table) -> Fraction:
    """Seconds of local time from the first instant of service to the end of the day, of those of the term."""
    start = ibis.coalesce(rows.start_second, _number(rows.start_date) * DAY)
    end = ibis.coalesce(rows.end_second, (_number(rows.end_date) + 1) * DAY)
    of = ibis.greatest(end - start, 1)
    return ibis.least(ibis.greatest((_number(rows.cut) + 1) * DAY - start, 0), of), of


def _number(day: ir.DateValue) -> ir.IntegerValue:
    return day.delta(ibis.literal(EPOCH), unit="day").cast("int64")


def seconds(instant: ir.TimestampValue, zone: str) -> ir.IntegerValue:
    """Seconds of an instant on the local clock, counted as days of 86,400 from the first of January 1970."""
    day = local_date(instant, zone)
    eve = (day - ibis.interval(days=1)).cast("date")
    # Cut to the second: engines differ in how they round a fraction of one.
    midnight = end_of_day(eve, zone).truncate("s").epoch_seconds() + 1
    of_day = instant.truncate("s").epoch_seconds() - midnight
    return (_number(day) * DAY + of_day).cast("int64")


#: conventions that explain a difference without being the contract's own (G1, S2)
ADMISSIBLE = (
    "daily_inclusive", "daily_end_exclusive", "equal_months", "calendar_months", "half_month",
    "month_fractions", "daily_ends",
)  # fmt: skip
RULES: dict[str, Callable[[ir.Table], Fraction]] = {
    "daily_inclusive": _daily_inclusive,
    "daily_end_exclusive": _daily_end_exclusive,
    "equal_months": _equal_months,
    "calendar_months": _calendar_months,
    "half_month": _half_month,
    "month_fractions": _month_fractions,
    "daily_ends": _daily_ends,
    "even_months": _even_months,
    "per_second": _per_second,
}
