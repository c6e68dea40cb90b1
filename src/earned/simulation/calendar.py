"""The quarters of the simulated year, when their books close, and small sums with days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

#: China Standard Time
ZONE = timezone(timedelta(hours=8))
WINDOW = (date(2021, 1, 1), date(2021, 12, 31))
AS_OF = date(2022, 12, 31)


@dataclass(frozen=True)
class Quarter:
    """A quarter: its days and the instant at which its books close."""

    name: str
    first: date
    last: date
    closed_at: datetime


def quarters(closing_days: tuple[int, int, int, int]) -> tuple[Quarter, ...]:
    """The four quarters of 2021, each closed so many days after its last day, at 18:00."""
    rows = []
    for n, days in enumerate(closing_days):
        first = date(2021, 3 * n + 1, 1)
        last = month_end(2021, 3 * n + 3)
        rows.append(Quarter(f"2021Q{n + 1}", first, last, at(last + timedelta(days), 18)))
    return tuple(rows)


def quarter_of(day: date) -> str:
    """The name of the calendar quarter of a day."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """An instant of a day in China."""
    return datetime.combine(day, time(hour, minute, second), ZONE).astimezone(UTC)


def month_end(year: int, month: int) -> date:
    """The last day of a month; months beyond 12 count on into later years."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(1)


def month_start(year: int, month: int) -> date:
    """The first day of a month, counted as month_end does."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def fridays(first: date, last: date) -> list[date]:
    """Every Friday from first to last; the last day itself where there is none."""
    start = first + timedelta((4 - first.weekday()) % 7)
    days = [start + timedelta(7 * i) for i in range((last - start).days // 7 + 1)]
    return [d for d in days if d <= last] or [last]
