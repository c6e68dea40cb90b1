"""Misstatement as a function of which evidence is accepted (DESIGN rule 9; G5, G8)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.recognition.closing import BEFORE

SCENARIO_FIGURES = {
    "A": "earned_a_minor",
    "B": "earned_b_minor",
    "C": "earned_c_minor",
    "D": "earned_d_minor",
    "all": "earned_every_minor",
    "without_flagged": "earned_minor",
}


def evidence_range(cells: ir.Table, calendar: ir.Table) -> ir.Table:
    """scenario, period_id, gap_minor, net_minor (of the period), not_gradable_minor; the others cumulative.

    `without_flagged` equals the policy's row until procedures flag papers.
    """
    marks = calendar.select("period_index", "period_id")
    before = marks.filter(marks.period_index == 0).select(
        period_index=ibis.literal(BEFORE, "int64"), period_id=ibis.literal("")
    )
    marks = marks.union(before)
    tables = []
    for scenario, figure in SCENARIO_FIGURES.items():
        sums = cells.group_by("period_index").agg(
            gap_minor=(cells.booked_minor - cells[figure]).sum().cast("int64"),
            not_gradable_minor=ibis.ifelse(cells.any_gradable, 0, cells.not_gradable_minor)
            .sum()
            .cast("int64"),
        )
        rows = marks.left_join(sums, "period_index").drop("period_index_right")
        rows = rows.mutate(
            gap_minor=rows.gap_minor.fill_null(0), not_gradable_minor=rows.not_gradable_minor.fill_null(0)
        )
        was = rows.gap_minor.lag().over(order_by=rows.period_index).fill_null(0)
        rows = rows.mutate(net_minor=rows.gap_minor - was).filter(lambda t: t.period_index > BEFORE)
        tables.append(
            rows.select(
                ibis.literal(scenario).name("scenario"),
                "period_id",
                "gap_minor",
                "net_minor",
                "not_gradable_minor",
            )
        )
    return ibis.union(*tables)
