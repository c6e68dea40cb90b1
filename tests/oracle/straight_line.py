"""The seven straight-line conventions, month by month (S1, S2)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from .model import DAY
from .periods import month_start

CONVENTIONS = (
    "daily_inclusive",
    "daily_end_exclusive",
    "equal_months",
    "calendar_months",
    "half_month",
    "month_fractions",
    "daily_ends",
)


def progress(convention: str, start: date, end: date, day: date) -> Fraction:
    """The share of the term served by the end of `day`."""
    day = min(day, end)
    if day < start:
        return Fraction(0)
    if convention == "daily_inclusive":
        return Fraction(_days(start, day), _days(start, end))
    if convention == "daily_end_exclusive":
        return Fraction(_days(start, min(day, end - DAY)), _days(start, end - DAY))
    if convention == "equal_months":
        return _equal_months(start, end, day)
    weight = {
        "calendar_months": _touched,
        "half_month": _half,
        "month_fractions": _fractions,
        "daily_ends": _daily_ends,
    }[convention]
    done = sum((weight(start, end, first, last, day) for first, last in _months(start, day)), Fraction(0))
    return done / sum(
        (weight(start, end, first, last, end) for first, last in _months(start, end)), Fraction(0)
    )


def _days(first: date, last: date) -> int:
    return (last - first).days + 1


def _months(start: date, day: date) -> Iterator[tuple[date, date]]:
    """First and last day of each calendar month touched from start to day."""
    first = start.replace(day=1)
    while first <= day:
        following = month_start(first.year, first.month + 1)
        yield first, following - DAY
        first = following


def _equal_months(start: date, end: date, day: date) -> Fraction:
    ends: list[date] = []
    while not ends or ends[-1] < end:
        ends.append(_service_month_end(start, len(ends) + 1))
    ends[-1] = end
    return Fraction(sum(e <= day for e in ends), len(ends))


def _service_month_end(start: date, number: int) -> date:
    first = month_start(start.year, start.month + number)
    length = monthrange(first.year, first.month)[1]
    return first.replace(day=start.day) - DAY if start.day <= length else first.replace(day=length)


def _broken(start: date, end: date, first: date, last: date) -> bool:
    return start > first or end < last


def _touched(start: date, end: date, first: date, last: date, day: date) -> Fraction:
    return Fraction(1)


def _half(start: date, end: date, first: date, last: date, day: date) -> Fraction:
    return Fraction(1, 2) if _broken(start, end, first, last) else Fraction(1)


def _served(start: date, first: date, last: date, day: date) -> int:
    return _days(max(start, first), min(day, last))


def _fractions(start: date, end: date, first: date, last: date, day: date) -> Fraction:
    return Fraction(_served(start, first, last, day), _days(first, last))


def _daily_ends(start: date, end: date, first: date, last: date, day: date) -> Fraction:
    term = _days(start, end)
    if _broken(start, end, first, last):
        return Fraction(_served(start, first, last, day), term)
    months = list(_months(start, end))
    broken = sum(_served(start, f, la, end) for f, la in months if _broken(start, end, f, la))
    whole = sum(not _broken(start, end, f, la) for f, la in months)
    share = (1 - Fraction(broken, term)) / whole
    return share * Fraction(_served(start, first, last, day), _days(first, last))
