"""Where the odd cent of a straight line goes: rounding on the way, in the last month or in the first.

The policy `odd_cent`: `cumulative` rounds each cumulative figure (P3) and is no concern of this file; `last`
and `first` round each month's amount and put what is left over in the last or the first month of service,
as many billing systems post it. It is the grain of a calendar month; inside a month P3 holds.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books.policy import Policy
from earned.engine import share
from earned.recognition.straight_line import QUANTITY, fraction
from earned.recognition.terms import STRAIGHT_LINE


def posted_by_month(policy: Policy, terms: ir.Table, by: tuple[str, ...]) -> ir.Table | None:
    """(posted_of, posted_day) -> `posted_minor`: cumulative at each month's end and the last day of service,
    of obligations under another policy than `cumulative`; None where the policy never says so. `by` are the
    conventions in use.
    """
    if not policy.given("odd_cent"):
        return None
    on = ibis.coalesce(terms.bound_from, terms.start_date)
    rows = terms.filter(terms.measure.isin(STRAIGHT_LINE)).mutate(odd_cent=policy.at("odd_cent", on))
    rows = _months(rows.filter(rows.odd_cent != "cumulative"))
    served, of = fraction(rows, *by)
    rows = rows.mutate(served=served.cast(QUANTITY), of_term=of.cast(QUANTITY))
    order = ibis.window(group_by=rows.obligation_id, order_by=rows.month)
    rows = rows.mutate(
        then=rows.served.lag().over(order).fill_null(0), then_of=rows.of_term.lag().over(order).fill_null(1)
    )
    part = rows.served * rows.then_of - rows.then * rows.of_term
    whole = rows.of_term * rows.then_of
    rows = rows.mutate(own_minor=share(rows.allocated_minor, part.cast(QUANTITY), whole.cast(QUANTITY)))
    so_far = ibis.window(group_by=rows.obligation_id, order_by=rows.month, rows=(None, 0))
    left = rows.allocated_minor - rows.own_minor.sum().over(group_by=rows.obligation_id).cast("int64")
    rows = rows.mutate(so_far_minor=rows.own_minor.sum().over(so_far).cast("int64"), left_minor=left)
    now = (rows.odd_cent == "first") | (rows.cut == rows.end_date)
    posted = rows.so_far_minor + ibis.ifelse(now, rows.left_minor, 0)
    return rows.select(posted_of="obligation_id", posted_day="cut", posted_minor=posted)


def _months(rows: ir.Table) -> ir.Table:
    """One row a calendar month of service, `cut` its last day of service."""
    number = _month(rows.end_date) - _month(rows.start_date) + 1
    rows = rows.mutate(month=ibis.range(0, number).unnest())
    after = rows.start_date.truncate("M") + (rows.month + 1).as_interval("M")
    last = (after - ibis.interval(days=1)).cast("date")
    return rows.mutate(cut=ibis.least(last, rows.end_date))


def _month(day: ir.DateValue) -> ir.IntegerValue:
    return (day.year() * 12 + day.month()).cast("int64")
