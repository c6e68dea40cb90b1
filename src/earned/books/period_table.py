"""The calendar a company gives itself: the rows of the table `periods` (P2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from earned.books.fiscal import Span
from earned.faults import Fault, InputError

if TYPE_CHECKING:
    from earned.books.manifest import Manifest
    from earned.engine import Engine


@dataclass(frozen=True)
class GivenCalendar:
    """The periods as the table `periods` has them, oldest first, without gap or overlap (P2)."""

    spans: tuple[Span, ...]

    def between(self, first: date, last: date) -> tuple[Span, ...]:
        """The rows from the one that holds `first` to the one that holds `last`."""
        return tuple(s for s in self.spans if s.last_date >= first and s.first_date <= last)

    def named(self, name: str) -> Span | None:
        """The row of that name, or None."""
        return next((s for s in self.spans if s.name == name), None)


def read_calendar(engine: Engine, manifest: Manifest) -> GivenCalendar:
    """The periods of the table `periods`, adjustment periods left out.

    Raises InputError with every row that has other days elsewhere, overlaps its neighbour or leaves a gap.
    """
    rows = engine.sql(
        "SELECT period_id, first_date, last_date, min(source_file), min(source_row) FROM books_periods "
        "GROUP BY ALL ORDER BY first_date, last_date, period_id"
    )
    rows = [row for row in rows if row[0] not in manifest.calendar.adjustment_periods]
    spans = tuple(Span(*row[:3]) for row in rows)
    faults = [
        Fault(
            *wrong, file=row[3], row=row[4], column="period_id", value=span.name, fact=True, reason="calendar"
        )
        for before, span, row in zip((None, *spans), spans, rows, strict=False)
        if (wrong := _wrong(before, span, spans))
    ]
    if not spans:
        do = "Fill the table periods, or choose calendar.kind quarters or months"
        faults = [
            Fault("at least one row of periods, for calendar.kind table", do, "books.yaml", reason="calendar")
        ]
    if faults:
        raise InputError(faults)
    return GivenCalendar(spans)


def _wrong(before: Span | None, span: Span, spans: tuple[Span, ...]) -> tuple[str, str] | None:
    """What is wrong with a row of `periods` after the one before it, and what to do; None if nothing."""
    mine = f"{span.name} runs from {span.first_date} to {span.last_date}"
    if span.last_date < span.first_date:
        return f"{mine}: a period ends on or after its first day", "Correct the dates"
    if any(s.name == span.name and s != span for s in spans):
        return f"{mine} here and has other days in another row", "Give a period the same days in all entities"
    if before is None:
        return None
    if span.first_date <= before.last_date:
        do = "Correct the dates, or map a closing period such as 2021M13 under calendar.adjustment_periods"
        return f"{mine} and overlaps {before.name}, which ends on {before.last_date}", do
    if span.first_date > before.last_date + timedelta(days=1):
        return (
            f"{mine} and leaves a gap after {before.name} ({before.last_date})",
            "Add the period between",
        )
    return None
