"""Periods, their names, and when they close (P1, P2, E2)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from .model import DAY, STRAIGHT, Book, Row, end_of_day, instant

Period = tuple[str, date, date]


def month_start(year: int, month: int) -> date:
    """The first day of a month; months outside 1…12 roll over."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def period_of(book: Book, day: date) -> Period | None:
    """The period of the company's calendar that holds the day; None outside a given table."""
    kind = kind_of(book)
    if kind == "table":
        return next(iter(given(book, day, None)), None)
    if kind in ("months", "quarters"):
        return _fiscal(day, int(book.settings["company"].get("fiscal_year_end", "12-31")[:2]), kind)
    return _weeks(day, book.settings["calendar"]["first_day"], [int(w) for w in kind.split("-")])


def kind_of(book: Book) -> str:
    """The calendar: as named; else the table of periods; else quarters."""
    named = (book.settings.get("calendar") or {}).get("kind")
    return str(named or ("table" if book.tables.get("periods") else "quarters"))


def _fiscal(day: date, last_month: int, kind: str) -> Period:
    """P2: the year is that of the fiscal year's last day; months count from its first."""
    year = day.year + (day.month > last_month)
    index = (day.month - last_month - 1) % 12
    length = 1 if kind == "months" else 3
    number = index // length
    first = month_start(year - 1, last_month + 1 + number * length)
    last = month_start(year - 1, last_month + 1 + (number + 1) * length) - DAY
    name = f"{year}M{number + 1:02d}" if kind == "months" else f"{year}Q{number + 1}"
    return name, first, last


def _weeks(day: date, first_day: date, pattern: list[int]) -> Period:
    """P2: a 4-4-5 year begins on the weekday of first_day nearest its anniversary."""
    year = next(y for y in range(day.year + 2, 0, -1) if _year_start(first_day, y) <= day)
    start, following = _year_start(first_day, year), _year_start(first_day, year + 1)
    for number in range(1, 13):
        last = start + timedelta(weeks=pattern[(number - 1) % 3]) - DAY
        if number == 12:
            last = following - DAY
        if day <= last:
            return f"{year}P{number:02d}", start, last
        start = last + DAY
    raise AssertionError(day)


def _year_start(first_day: date, year: int) -> date:
    anniversary = date(year, first_day.month, first_day.day)
    near = (anniversary + timedelta(days=d) for d in range(-3, 4))
    return next(d for d in near if d.weekday() == first_day.weekday())


def given(book: Book, day: date, entity: str | None) -> list[Period]:
    """Rows of `periods` that hold the day, those of the entity before those of all."""
    rows = [r for r in book.tables.get("periods", []) if r["first_date"] <= day <= r["last_date"]]
    mine = [r for r in rows if r.get("entity_id") == entity] if entity else []
    mine += [r for r in rows if not r.get("entity_id")]
    return [(r["period_id"], r["first_date"], r["last_date"]) for r in mine or rows]


def close_of(book: Book, day: date, entity: str | None) -> datetime:
    """E2, P2: the close of the period that holds the day."""
    rows = [r for r in book.tables.get("periods", []) if r["first_date"] <= day <= r["last_date"]]
    for wanted in (entity, None):
        for row in rows:
            if (row.get("entity_id") or None) == wanted:
                return instant(row.get("closed_at"), book.zone) or _default_close(book, row["last_date"])
    for _, first, last in book.periods:
        if first <= day <= last:
            return _default_close(book, last)
    return _default_close(book, _fiscal(day, 12, "quarters")[2])


def _default_close(book: Book, last: date) -> datetime:
    return end_of_day(last + timedelta(days=int(book.policy["close_days"])), book.zone)


def entry_period(book: Book, entry: Row) -> Period | None:
    """The company's own period where given, else that of the effective date."""
    name = entry.get("period_id")
    if name is None:
        first, last = book.window
        day = entry["effective_date"]
        if (first and day < first) or (last and day > last):
            return None
        return period_of(book, day)
    name = (book.settings.get("calendar") or {}).get("adjustment_periods", {}).get(name, name)
    return named(book, name)


def named(book: Book, name: str) -> Period | None:
    """The period of that name."""
    if kind_of(book) == "table":
        rows = book.tables["periods"]
        return next(
            ((r["period_id"], r["first_date"], r["last_date"]) for r in rows if r["period_id"] == name), None
        )
    day = date(int(name[:4]) - 2, 1, 1)
    while day.year < int(name[:4]) + 3:
        period = period_of(book, day)
        assert period is not None
        if period[0] == name:
            return period
        day = period[2] + DAY
    return None


def measured(book: Book) -> list[Period]:
    """P1: from window.from, else the first movement of the books, to window.to, else the last entry."""
    entries = [e["period"] for e in book.entries if e["period"]]
    first, last = book.window
    days = [p[1] for p in entries] + [p["event_date"] for p in book.papers]
    days += [
        o["start_date"] for o in book.obligations.values() if o["measure"] in STRAIGHT and o["start_date"]
    ]
    end = last or max((p[2] for p in entries), default=None)
    start = first or min(days, default=None)
    if start is None or end is None:
        return []
    found = []
    while start <= end:
        period = period_of(book, start)
        if period:
            found.append(period)
        start = period[2] + DAY if period else start + DAY
    return found
