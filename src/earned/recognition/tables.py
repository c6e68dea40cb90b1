"""The run's tables of recognition: units, allocations, positions, unlinked entries."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import muldiv
from earned.recognition.closing import BEFORE
from earned.recognition.decisions import of_kind
from earned.recognition.recognise import Recognition
from earned.recognition.terms import STRAIGHT_LINE

MILLION = 1_000_000


def units(rec: Recognition) -> ir.Table:
    """The run's table units: who holds each unit, how it is measured, what it began with, its rate (P4).

    `opening_minor` is what stood in the books before the first period (U6); the rate is
    `rate_company_minor` for `rate_unit_minor`, an exact fraction.
    """
    before = rec.cells.filter(rec.cells.period_index == BEFORE)
    before = before.select("unit_id", opened_minor="booked_minor")
    rows = rec.units.drop("opening_minor").left_join(before, "unit_id").drop("unit_id_right")
    return rows.mutate(
        opening_minor=rows.opened_minor,
        rate_company_minor=rows.rate_in,
        rate_unit_minor=rows.rate_of,
    )


def allocations(rec: Recognition) -> ir.Table:
    """The run's table allocations: version 0, in force from the binding date, amounts net of tax."""
    rows = rec.units.filter(rec.units.untestable.isnull())
    return rows.select(
        "unit_id",
        "allocated_minor",
        "ssp_minor",
        "method",
        version=ibis.literal(0, "int64"),
        effective_date=rows.bound_date,
        price_minor=rows.contract_net_minor,
    )


def positions(books: Books, rec: Recognition, resolutions: ir.Table) -> ir.Table:
    """The run's table positions: cumulative amounts at each period's end, contract currency."""
    cells = rec.cells.filter(rec.cells.period_index > BEFORE)
    rows = cells.left_join(resolutions, ["unit_id", "period_index"])
    rows = rows.drop("unit_id_right", "period_index_right")
    periods = books.calendar.select("period_index", "period_id")
    resolved = periods.select(resolved_at="period_index", resolved_period_id="period_id")
    rows = rows.join(periods, "period_index")
    rows = rows.left_join(resolved, rows.resolved_index == resolved.resolved_at)
    share = muldiv(rows.fixed_minor.fill_null(0), MILLION, rows.allocated_minor.nullif(0))
    at_obligation = ibis.ifelse(rows.all_as_used, ibis.null("int64"), rows.ppm.fill_null(0))
    progress = ibis.ifelse(rows.unit_level == "contract", share, at_obligation)
    return rows.mutate(progress_ppm=ibis.ifelse(rows.untestable.isnull(), progress, ibis.null("int64")))


def progress(books: Books, rec: Recognition) -> ir.Table:
    """The run's table progress: what each obligation had earned by each period end, and from what.

    earned = allocated x done / whole, halves away from zero, or done x unit_price as used; 0 without a
    whole (P3, U3). `done` is 0 until the contract binds (U5) and stays within 0 and the whole.
    """
    of = rec.terms.select(
        "obligation_id", "measure", "convention", "allocated_minor", "unit_price", "gradable"
    )
    rows = rec.earned.join(of, "obligation_id").join(
        books.calendar.select("period_index", "period_id"), "period_index"
    )
    used, straight = rows.measure == "as_used", rows.measure.isin(STRAIGHT_LINE)
    return rows.mutate(
        convention=ibis.ifelse(straight, rows.convention, ibis.null("string")),
        unit_price=ibis.ifelse(used, rows.unit_price, ibis.null(str(rows.unit_price.type()))),
        progress_ppm=ibis.ifelse(used, ibis.null("int64"), rows.progress_ppm.fill_null(0)),
    )


def unlinked(rec: Recognition) -> ir.Table:
    """The run's table unlinked: revenue that names no contract of the books, and whether it was explained."""
    rows = rec.entries.filter((rec.entries.place == "unlinked") & ~rec.entries.is_opening)
    explained = of_kind(rec.decisions, "entry", "explain")
    rows = rows.mutate(explained=rows.entry_id.isin(explained.subject_id))
    return rows.select(
        "entry_id",
        "period_id",
        "amount_minor",
        reason=ibis.ifelse(rows.explained, "explained", rows.unlinked_reason),
    )


def unmeasured(rec: Recognition) -> ir.Table:
    """Rows of the run's table rejected: obligations over time that nothing can measure (U4)."""
    rows = rec.terms.filter(rec.terms.unmeasured & ~rec.terms.assumed)
    return rows.select(
        "source_file",
        "source_row",
        table_name=ibis.literal("obligations"),
        column_name=ibis.literal("measure"),
        value=ibis.null("string"),
        reason=ibis.literal("measure"),
        expected=ibis.literal("a measure of progress, evidence that shows one, or start_date and end_date"),
    )
