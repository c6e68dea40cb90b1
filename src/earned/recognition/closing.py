"""Points at which earned is measured, and when the books of a day's period closed (P1, P2, E2)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.books.calendar import default_close

BEFORE = -1  # the point before the first period: the day before window.from (U6)


def points(books: Books) -> ir.Table:
    """period_index, after_date (exclusive; may be null), last_date: period ends and the point before."""
    calendar = books.calendar.select("period_index", "first_date", "last_date")
    first = calendar.filter(calendar.period_index == 0)
    start = books.manifest.window.first
    day_before = ibis.literal(start) if start else first.first_date
    before = first.select(
        period_index=ibis.literal(BEFORE, "int64"),
        last_date=(day_before - ibis.interval(days=1)).cast("date"),
    )
    rows = calendar.select("period_index", "last_date").union(before)
    return rows.mutate(after_date=rows.last_date.lag().over(order_by=rows.period_index))


def index_of(days: ir.Table, marks: ir.Table) -> ir.Table:
    """(day) -> `period_index` of the first point at or after it; days after the last point have no row."""
    inside = (days.day <= marks.last_date) & (marks.after_date.isnull() | (days.day > marks.after_date))
    return days.join(marks, [inside]).select("day", "period_index")


def closes_on(books: Books, days: ir.Table) -> ir.Table:
    """(day_entity, day) -> `closed_at`: the entity's own close of the day's period, else the general.

    A day in no known period has the default close of its calendar quarter (P2).
    """
    closes = books.closes.select("entity_id", "first_date", "last_date", "closed_at")
    found = days.left_join(
        closes,
        [
            (closes.entity_id == days.day_entity) | (closes.entity_id == ""),
            days.day >= closes.first_date,
            days.day <= closes.last_date,
        ],
    )
    own_first = [ibis.desc(found.entity_id.fill_null("")), found.closed_at]
    rank = ibis.row_number().over(group_by=[found.day_entity, found.day], order_by=own_first)
    found = found.mutate(rank=rank).filter(lambda t: t["rank"] == 0)
    closed = ibis.coalesce(found.closed_at, default_close(found.day, books.manifest))
    return found.select("day_entity", "day", closed_at=closed)


def closes_at_points(books: Books, marks: ir.Table) -> ir.Table:
    """(day_entity, period_index) -> `closed_at` of every point, for every entity that signs contracts."""
    ours = books.manifest.company.entity_id or ""
    contracts = books.tables["contracts"]
    entities = contracts.select(day_entity=contracts.entity_id.fill_null(ours)).distinct()
    days = entities.cross_join(marks.select("period_index", day="last_date"))
    closed = closes_on(books, days.select("day_entity", "day"))
    return days.join(closed, ["day_entity", "day"]).select("day_entity", "period_index", "closed_at")
