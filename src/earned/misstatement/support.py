"""Which entries the evidence does not support: a unit's entries are supported oldest first."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.recognition.recognise import Recognition


def entry_support(rec: Recognition) -> ir.Table:
    """Entries with `unsupported_minor` > 0 at a period end, contract currency; preparer, approver, `age`.

    unsupported(i) = clamp(max(gap, 0) - sum of positive amounts after i, 0, amount(i)), entries ordered by
    effective date, posting, id; entries of periods up to the cell's own. `age` is 0 for the newest.
    """
    gaps = rec.cells.filter(rec.cells.gap_minor > 0).select("unit_id", "period_index", "gap_minor")
    entries = rec.unit_entries.filter((rec.unit_entries.amount_minor > 0) & ~rec.unit_entries.is_opening)
    entries = entries.select(
        "entry_id", "unit_id", "amount_minor", "preparer", "approver", "effective_date", "posted_at",
        booked_index="period_index",
    )  # fmt: skip
    rows = gaps.join(entries, "unit_id").filter(lambda t: t.booked_index <= t.period_index)
    newest_first = [
        ibis.desc(rows.effective_date),
        ibis.desc(rows.posted_at.isnull()),
        ibis.desc(rows.posted_at),
        ibis.desc(rows.entry_id),
    ]
    until = ibis.window(group_by=[rows.unit_id, rows.period_index], order_by=newest_first, rows=(None, 0))
    through = rows.amount_minor.sum().over(until).cast("int64")
    left = rows.gap_minor - (through - rows.amount_minor)
    unsupported = ibis.least(ibis.greatest(left, 0), rows.amount_minor)
    age = ibis.row_number().over(group_by=[rows.unit_id, rows.period_index], order_by=newest_first)
    rows = rows.mutate(unsupported_minor=unsupported, age=age)
    return rows.filter(rows.unsupported_minor > 0).select(
        "entry_id", "period_index", "unit_id", "amount_minor", "unsupported_minor", "preparer", "approver",
        "age",
    )  # fmt: skip
