"""Positions in company currency: cumulative figures at the unit's one rate, rounded once (P4)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.engine import muldiv
from earned.recognition.earning import FIGURES
from earned.recognition.recognise import Recognition


def translated(rec: Recognition) -> ir.Table:
    """Tested cells in company currency with their unit's parties; `gap_minor` follows from the two."""
    rates = rec.units.select(
        "unit_id", "contract_id", "entity_id", "department_id", "owner_id", "customer_id",
        "rate_in", "rate_of", "any_gradable",
    )  # fmt: skip
    cells = rec.cells.filter(rec.cells.gap_minor.notnull())
    cells = cells.select(
        "unit_id", "period_index", "booked_minor", *FIGURES, "not_gradable_minor", contract_gap="gap_minor"
    )
    rows = cells.join(rates, "unit_id")
    figures = ("booked_minor", *FIGURES, "not_gradable_minor")
    rows = rows.mutate(**{f: muldiv(rows[f], rows.rate_in, rows.rate_of) for f in figures})
    return rows.mutate(gap_minor=rows.booked_minor - rows.earned_minor)


def translated_parts(parts: ir.Table, cells: ir.Table, order: tuple[str, ...]) -> ir.Table:
    """Parts in company currency that add up to the translated gap: differences of its cumulative shares."""
    of = cells.select("unit_id", "period_index", "contract_gap", "gap_minor")
    rows = parts.join(of, ["unit_id", "period_index"])
    place = ibis.cases(*((rows.part == p, i) for i, p in enumerate(order)), else_=len(order))
    rows = rows.mutate(place=place)
    group = [rows.unit_id, rows.period_index]
    running = ibis.window(group_by=group, order_by=rows.place, rows=(None, 0))
    rows = rows.mutate(through=rows.amount_minor.sum().over(running).cast("int64"))
    upto = muldiv(rows.gap_minor, rows.through, rows.contract_gap)
    before = muldiv(rows.gap_minor, rows.through - rows.amount_minor, rows.contract_gap)
    return rows.mutate(amount_minor=upto - before).select("unit_id", "period_index", "part", "amount_minor")
