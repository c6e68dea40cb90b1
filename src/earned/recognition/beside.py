"""What records add beside progress: royalties on the customer's sales, materials at cost, returned units.

ASC 606-10-55-65 (royalties), 55-21(b) (uninstalled materials), 55-22 to 55-29 (returns); IFRS 15.B63, B19,
B20-B27. Read only where the books have such records.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.engine import share
from earned.recognition.progress import QUANTITY, fold

MILLION = 1_000_000
KINDS = ("sales", "materials", "back")


def beside(records: ir.Table, marks: ir.Table) -> ir.Table | None:
    """(obligation_id, scenario, period_index) -> cumulative `sales`, `materials` (minor units) and `back`
    (units) of the records heard by the point; None where there is no such record."""
    rows = records.filter(records.beside.notnull())
    if not rows.count().to_pyarrow().as_py():
        return None
    ends = marks.select("period_index")
    rows = rows.join(ends, [ends.period_index >= rows.first_index])
    # Each kind is folded for itself and each point: increments add, a cumulative record begins anew (E11).
    kind = ibis.cases(*((rows.beside == kind, i) for i, kind in enumerate(KINDS)), else_=len(KINDS))
    no = ibis.literal(False)
    rows = rows.mutate(at=(rows.period_index * 10 + kind).cast("int64"), is_whole=no, at_point=no)
    rows = fold(rows)
    sums = {kind: rows.done.argmax(rows.place, where=rows.beside == kind).cast(QUANTITY) for kind in KINDS}
    return rows.group_by("obligation_id", "scenario", "period_index").agg(**sums)


def with_beside(rows: ir.Table, sums: ir.Table | None) -> ir.Table:
    """Rows of (obligation, scenario, point) with the sums, 0 where there is none."""
    if sums is None:
        return rows.mutate(**dict.fromkeys(KINDS, ibis.literal(0).cast(QUANTITY)))
    key = ["obligation_id", "scenario", "period_index"]
    rows = rows.left_join(sums, key).drop(*(f"{k}_right" for k in key))
    return rows.mutate(**{kind: rows[kind].fill_null(0) for kind in KINDS})


def returned(rows: ir.Table) -> ir.DecimalValue:
    """Units of what was transferred that came back or are expected to (55-23), `done` at most."""
    expected = ibis.greatest(rows.returning.fill_null(0), rows.back)
    units: ir.DecimalValue = ibis.ifelse(
        rows.measure.isin(("point", "units")), ibis.least(expected, rows.done), 0
    )
    return units.cast(QUANTITY)


def fees(rows: ir.Table, units: ir.DecimalValue) -> ir.IntegerValue:
    """What is kept of the price of returned units (55-27), minor units."""
    fee: ir.IntegerValue = share(
        rows.restocking_fee_minor.fill_null(0), units, ibis.literal(1).cast(QUANTITY)
    )
    return fee


def royalty(rows: ir.Table) -> ir.IntegerValue:
    """Royalties on sales to date beyond the guaranteed minimum, once the licence has passed (55-65)."""
    rate, million = rows.royalty_rate.fill_null(0), ibis.literal(MILLION).cast(QUANTITY)
    due = share(rate, rows.sales, million) - rows.minimum_guarantee_minor.fill_null(0)
    earned: ir.IntegerValue = ibis.greatest(due, 0)
    return earned
