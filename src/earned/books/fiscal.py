"""Dates and names of generated periods: quarters, months, and the 4-4-5 kinds of a retail year (P2)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise

#: The kinds of calendar that are generated, and the letter their periods' names carry.
LETTERS = {"quarters": "Q", "months": "M", "4-4-5": "P", "4-5-4": "P", "5-4-4": "P"}
_NAME = re.compile(r"(\d{4})([QMP])(\d{1,2})")
_DAY = timedelta(days=1)
#: Fiscal years whose days all fit a date.
_YEARS = range(3, 9998)


@dataclass(frozen=True)
class Span:
    """A named run of days, both ends included."""

    name: str
    first_date: date
    last_date: date


@dataclass(frozen=True)
class FiscalCalendar:
    """How a company cuts its years: the kind, the fiscal year's last day (MM-DD), and the first day of
    one year for the 4-4-5 kinds."""

    kind: str
    fiscal_year_end: str
    first_day: date | None = None

    def between(self, first: date, last: date) -> tuple[Span, ...]:
        """The periods from the one that holds `first` to the one that holds `last`, oldest first (P2)."""
        years = range(max(first.year - 1, _YEARS.start), min(last.year + 2, _YEARS.stop))
        spans = (span for year in years for span in self.year(LETTERS[self.kind], year))
        return tuple(s for s in spans if s.last_date >= first and s.first_date <= last)

    def named(self, name: str) -> Span | None:
        """The period of that name, also of the other size (2021M06 or 2021M6 under quarters), or None."""
        found = _NAME.fullmatch(name.strip())
        if not found or int(found[1]) not in _YEARS or (found[2] == "P") != (LETTERS[self.kind] == "P"):
            return None
        spans, number = self.year(found[2], int(found[1])), int(found[3])
        return spans[number - 1] if 1 <= number <= len(spans) else None

    def year(self, letter: str, year: int) -> list[Span]:
        """The periods of one fiscal year: four quarters (Q), twelve months (M) or twelve 4-4-5 ones (P)."""
        bounds = _BOUNDS[letter](self, year)
        width = 1 if letter == "Q" else 2
        return [
            Span(f"{year}{letter}{number:0{width}}", begin, end - _DAY)
            for number, (begin, end) in enumerate(pairwise(bounds), 1)
        ]


def _month_starts(calendar: FiscalCalendar, year: int) -> list[date]:
    """First days of the twelve months of the fiscal year that ends in `year`, and of the next year."""
    month, day = (int(part) for part in calendar.fiscal_year_end.split("-"))
    whole = day >= monthrange(2021, month)[1]
    ends = []
    for back in range(12, -1, -1):
        years, index = divmod(month - 1 - back, 12)
        length = monthrange(year + years, index + 1)[1]
        ends.append(date(year + years, index + 1, length if whole else min(day, length)))
    return [end + _DAY for end in ends]


def _quarter_starts(calendar: FiscalCalendar, year: int) -> list[date]:
    return _month_starts(calendar, year)[::3]


def _week_starts(calendar: FiscalCalendar, year: int) -> list[date]:
    """First days of the twelve periods of weeks, and of the next year: a 53rd week joins P12 (P2)."""
    begin, after = _retail_year(calendar, year), _retail_year(calendar, year + 1)
    weeks = [int(n) for n in calendar.kind.split("-")] * 4
    return [*(begin + timedelta(weeks=n) for n in accumulate(weeks[:-1], initial=0)), after]


def _retail_year(calendar: FiscalCalendar, year: int) -> date:
    """The day on the weekday of first_day that is nearest its anniversary in that year (P2)."""
    assert calendar.first_day
    day = calendar.first_day
    anniversary = date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
    ahead = (day.weekday() - anniversary.weekday()) % 7
    return anniversary + timedelta(days=ahead if ahead <= 3 else ahead - 7)


_BOUNDS: dict[str, Callable[[FiscalCalendar, int], list[date]]] = {
    "Q": _quarter_starts,
    "M": _month_starts,
    "P": _week_starts,
}
