"""Revenue of each period by what it depends on: who earned it, with whom, in which currency, how.

ASC 606-10-50-5, 606-10-55-89 to 55-91; IFRS 15.114, B87-B89.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import muldiv
from earned.recognition.closing import BEFORE
from earned.recognition.recognise import Recognition

NONE = "(none)"
#: dimension -> column of the unit or of the obligation that is its member
DIMENSIONS = {
    "entity": "entity_id",
    "customer": "customer_id",
    "department": "department_id",
    "currency": "currency",
    "timing": "pattern",
    "measure": "measure",
}


def disaggregation(books: Books, rec: Recognition) -> ir.Table:
    """The run's table disaggregation: dimension, member, period_id, earned_minor of the period.

    In company currency at each unit's one rate; every dimension adds up to the earned revenue of all tested
    units. Timing is point_in_time or over_time, measure that of progress (`point` at a point in time).
    """
    rows = _moves(_cells(rec))
    rows = rows.filter((rows.period_index > BEFORE) & (rows.earned_minor != 0))
    rows = rows.join(books.calendar.select("period_index", "period_id"), "period_index")
    sums = []
    for dimension, column in DIMENSIONS.items():
        of = rows.mutate(member=rows[column].fill_null(NONE))
        total = of.group_by("member", "period_id").agg(earned_minor=of.earned_minor.sum().cast("int64"))
        sums.append(
            total.select(ibis.literal(dimension).name("dimension"), "member", "period_id", "earned_minor")
        )
    return ibis.union(*sums)


def _cells(rec: Recognition) -> ir.Table:
    """Every obligation of every tested unit at every point, with cumulative revenue in company currency.

    The unit's revenue is translated and rounded once (P4); an obligation's is the difference of the
    translated running sums, so that they add up to it.
    """
    units = rec.units.select(
        "unit_id", "entity_id", "customer_id", "department_id", "currency", "rate_in", "rate_of"
    )
    obligations = rec.terms.select("obligation_id", "unit_id", "pattern", "measure").join(units, "unit_id")
    cells = rec.cells.filter(rec.cells.gap_minor.notnull()).select("unit_id", "period_index")
    rows = cells.join(obligations, "unit_id")
    earned = rec.earned.select("obligation_id", "period_index", minor="earned_minor")
    rows = rows.left_join(earned, ["obligation_id", "period_index"])
    rows = rows.drop("obligation_id_right", "period_index_right").mutate(minor=rows.minor.fill_null(0))
    until = ibis.window(
        group_by=[rows.unit_id, rows.period_index], order_by=rows.obligation_id, rows=(None, 0)
    )
    rows = rows.mutate(through=rows.minor.sum().over(until).cast("int64"))
    before = muldiv(rows.through - rows.minor, rows.rate_in, rows.rate_of)
    return rows.mutate(worth_minor=muldiv(rows.through, rows.rate_in, rows.rate_of) - before)


def _moves(rows: ir.Table) -> ir.Table:
    """Adds `earned_minor`: what a period added to the cumulative revenue of an obligation."""
    was = rows.worth_minor.lag().over(group_by=rows.obligation_id, order_by=rows.period_index)
    return rows.mutate(earned_minor=rows.worth_minor - was.fill_null(0))
