"""What each unit adds to the misstatement of each period, in company currency: what the sums are made of."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.misstatement.split import PARTS
from earned.misstatement.translation import translated_parts


def movements(books: Books, rolled: ir.Table, cells: ir.Table) -> ir.Table:
    """The run's table movements: a unit's roll-forward of every period, and where it stood (SAB 108).

    `_before` and `_to_date` are cumulative, the gap and what other least grades would admit (G5) as well;
    the rest is of the period. `not_gradable_minor` is 0 for units that rest on papers.
    """
    at = cells.select("unit_id", "period_index", to_date="booked_minor", shown_to_date="earned_minor")
    rows = rolled.join(at, ["unit_id", "period_index"])
    rows = rows.join(books.calendar.select("period_index", "period_id"), "period_index")
    return rows.mutate(
        booked_to_date_minor=rows.to_date,
        booked_before_minor=rows.to_date - rows.booked_minor,
        earned_to_date_minor=rows.shown_to_date,
        earned_before_minor=rows.shown_to_date - rows.earned_minor,
        gap_before_minor=rows.gap_minor - rows.net_minor,
        not_gradable_minor=ibis.ifelse(rows.any_gradable, 0, rows.not_gradable_minor).cast("int64"),
    )


def with_company_amount(parts: ir.Table, cells: ir.Table) -> ir.Table:
    """Parts with `company_minor`, their amount in company currency; a unit's add up to its gap there (P4)."""
    worth = translated_parts(parts, cells, PARTS).rename(company_minor="amount_minor")
    key = ["unit_id", "period_index", "part"]
    rows = parts.left_join(worth, key)
    return rows.drop(*(f"{c}_right" for c in key))
