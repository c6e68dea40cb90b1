"""What a new estimate or a change of price does to work done before: caught up in its period.

ASC 606-10-32-43, 55-21, 250-10-50-4 (change in estimate); IFRS 15.88, 15.21(b). It is said beside revenue
and never read back into a closed period.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.recognition.line import along
from earned.recognition.recognise import Recognition
from earned.recognition.terms import STRAIGHT_LINE


def estimate_changes(rec: Recognition) -> ir.Table:
    """obligation_id, unit_id, period_index, `effect_minor`: earned by the point before, at what was done by
    then, with the price and the whole of this point, less what was earned then. Contract currency, not 0.
    """
    rows = rec.earned.join(rec.terms.select("obligation_id", "measure"), "obligation_id")
    rows = rows.filter(rows.measure != "as_used")
    order = ibis.window(group_by=rows.obligation_id, order_by=rows.period_index)
    rows = rows.mutate(
        then_done=rows.done.lag().over(order),
        then_whole=rows.whole.lag().over(order),
        then_minor=(rows.earned_minor - rows.beside_minor).lag().over(order),
        then_base=rows.base_part.lag().over(order),
    )
    rows = rows.filter(rows.then_done.notnull())
    straight = rows.measure.isin(STRAIGHT_LINE)
    whole = ibis.ifelse(straight, rows.then_whole, rows.whole)
    by_now = along(rows.margin_minor, rows.base_minor, rows.base_part, rows.then_done, whole)
    effect = by_now.fill_null(0) - rows.then_minor
    # A line that bends anew differs by the rounding of its knot.
    bent = rows.base_part.notnull() & (rows.base_part != rows.then_base.fill_null(-1))
    still = ibis.ifelse(straight, rows.base_part.notnull(), bent & (effect.abs() <= 1))
    rows = rows.mutate(effect_minor=ibis.ifelse(still, 0, effect).cast("int64"))
    return rows.filter(rows.effect_minor != 0).select(
        "obligation_id", "unit_id", "period_index", "effect_minor"
    )
