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
    """The run's table allocations: version 0 in force from the binding date, then each change of the price.

    Amounts are net of tax; `allocated_minor` is the unit's share in force, `price_minor` the contract's. The
    `method` of a later version is what changed it.
    """
    rows = rec.units.filter(rec.units.untestable.isnull())
    first = rows.select(
        "unit_id",
        "allocated_minor",
        "ssp_minor",
        "method",
        version=ibis.literal(0, "int64"),
        effective_date=rows.bound_date,
        price_minor=rows.contract_net_minor,
    )
    if rec.versions is None:
        return first
    later = _versions(rec, rec.versions, rows).filter(lambda t: t.version > 0)
    return first.select(later.columns).union(later)


def _versions(rec: Recognition, versions: ir.Table, units: ir.Table) -> ir.Table:
    """Each unit's share of the price after every step that moved it: all that moved it so far."""
    rows = versions.join(rec.terms.select("obligation_id", "unit_id"), "obligation_id")
    moved = rows.group_by("unit_id", "step").agg(
        effective_date=rows.from_day.max(),
        price_minor=rows.price_minor.max(),
        moved_minor=rows.moved_minor.sum().cast("int64"),
        method=ibis.ifelse(rows.kind.nunique() == 1, rows.kind.max(), ibis.literal("mixed")),
    )
    so_far = ibis.window(group_by=moved.unit_id, order_by=moved.step, rows=(None, 0))
    moved = moved.mutate(allocated_minor=moved.moved_minor.sum().over(so_far).cast("int64"))
    moved = moved.join(units.select("unit_id", "ssp_minor"), "unit_id")
    return moved.select(
        "unit_id", "allocated_minor", "ssp_minor", "method", "effective_date", "price_minor", version="step"
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
    whole (P3, U3). After a boundary it goes on from `base_minor` at `base_done` (M1). `beside_minor` adds:
    royalties, materials at cost, fees. `done` is 0 until the contract binds (U5), within 0 and the whole.
    """
    of = rec.terms.select("obligation_id", "measure", "convention", "unit_price", "royalty_rate", "gradable")
    rows = rec.earned.join(of, "obligation_id").join(
        books.calendar.select("period_index", "period_id"), "period_index"
    )
    used, straight = rows.measure == "as_used", rows.measure.isin(STRAIGHT_LINE)
    return rows.mutate(
        convention=ibis.ifelse(straight, rows.convention, ibis.null("string")),
        unit_price=ibis.ifelse(used, rows.unit_price, ibis.null(str(rows.unit_price.type()))),
        base_done=rows.base_part,
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
