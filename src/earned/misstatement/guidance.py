"""What units with a finding did to a public forecast (G7)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.recognition.recognise import Recognition


def guidance(books: Books, rec: Recognition, cells: ir.Table) -> ir.Table:
    """The run's table guidance: forecast, what of it rests on open findings, what had been booked early.

    A contract's gap is the sum of its units' gaps above zero, company currency.
    """
    given = books.tables["guidance"].filter(lambda t: t.figure == "revenue")
    given = given.select("guidance_id", "period_id", "low_minor", "high_minor", "published_date")
    at = _indices(books, rec, given)
    forecast = books.tables["forecast"]
    forecast = forecast.group_by("guidance_id", "contract_id").agg(
        amount_minor=forecast.amount_minor.sum().cast("int64")
    )
    gaps = cells.group_by("contract_id", "period_index").agg(
        contract_gap=ibis.greatest(cells.gap_minor, 0).sum().cast("int64")
    )
    rows = forecast.join(at, "guidance_id")
    rows = _gap_at(rows, gaps, "published_index", "gap_then")
    rows = _gap_at(rows, gaps, "forecast_index", "gap_after")
    is_open = (rows.gap_then > 0) & (rows.gap_after > 0)
    early = ibis.ifelse(~is_open & (rows.gap_then > 0), ibis.least(rows.amount_minor, rows.gap_then), 0)
    sums = rows.group_by("guidance_id").agg(
        forecast_minor=rows.amount_minor.sum().cast("int64"),
        open_finding_minor=ibis.ifelse(is_open, rows.amount_minor, 0).sum().cast("int64"),
        booked_early_minor=early.sum().cast("int64"),
    )
    joined = given.left_join(sums, "guidance_id").drop("guidance_id_right")
    return joined.select(
        "guidance_id", "period_id", "low_minor", "high_minor", "forecast_minor",
        "open_finding_minor", "booked_early_minor",
        effect_minor=joined.open_finding_minor + joined.booked_early_minor,
    )  # fmt: skip


def _indices(books: Books, rec: Recognition, given: ir.Table) -> ir.Table:
    """The last period end before publication, and the forecast period's own."""
    marks = rec.marks.select("period_index", "last_date")
    before = given.join(marks, [marks.last_date < given.published_date])
    before = before.group_by("guidance_id").agg(published_index=before.period_index.max())
    periods = books.calendar.select("period_id", forecast_index="period_index")
    of = given.select("guidance_id", "period_id").left_join(periods, "period_id")
    # A period that is not measured yet: what is open at the last one measured is open.
    last = books.calendar.period_index.max().as_scalar()
    of = of.select("guidance_id", forecast_index=of.forecast_index.fill_null(last))
    return of.left_join(before, "guidance_id").drop("guidance_id_right")


def _gap_at(rows: ir.Table, gaps: ir.Table, index: str, name: str) -> ir.Table:
    at = gaps.select(gap_contract="contract_id", gap_index="period_index", gap_found="contract_gap")
    rows = rows.left_join(at, [rows.contract_id == at.gap_contract, rows[index] == at.gap_index])
    return rows.mutate(**{name: rows.gap_found.fill_null(0)}).drop("gap_contract", "gap_index", "gap_found")
