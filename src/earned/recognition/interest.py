"""Interest of a financing component at every period's end (ASC 606-10-32-20, 45-9; IFRS 15.65)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import muldiv, scaled
from earned.recognition.discounting import DECIMAL, UNIT, at_anchor, grown, last_of_month, to_minor
from earned.recognition.financing import payments


def interest(books: Books, financed: ir.Table) -> ir.Table:
    """(contract_id, period_id, interest_minor, balance_minor) at every period's end, from `financing`.

    `interest_minor` is cumulative to the period's end: income above 0, the expense of an advance below.
    `balance_minor` is principal and interest less the payments due so far: the receivable, or of an advance
    the liability; it ends at 0. A day counts to its end, unless the anchor is the last day of a month: then
    that day is over. The last day takes what is left, so that all interest is the adjustment of the price.
    Where interest begins after the transfer, all of it is spread as the schedule from then on is.
    """
    ends = books.calendar.select("period_id", last_date="last_date")
    rows = financed.select(
        "contract_id", "kind", "anchor_date", "end_date", "transfer_date", "begins_date", "months",
        "period_growth", "adjustment_minor", "price_minor",
    )  # fmt: skip
    start = rows.mutate(period_id=ibis.null("string"), last_date=rows.begins_date, day=rows.begins_date)
    over = rows.anchor_date == last_of_month(rows.anchor_date)
    at_ends = rows.mutate(_first=ibis.ifelse(over, 0, 1)).cross_join(ends)
    closing = (at_ends.last_date + at_ends._first.cast("int64").as_interval("D")).cast("date")
    at_ends = at_ends.mutate(day=ibis.least(closing, at_ends.end_date))
    points = grown(at_ends.select(*start.columns).union(start))
    points = _with_account(books, financed, points)
    return _spread(points).select("contract_id", "period_id", "interest_minor", "balance_minor")


def _with_account(books: Books, financed: ir.Table, points: ir.Table) -> ir.Table:
    """Adds `nominal_minor`, price less payments so far, and `accrued_minor`, the interest on it."""
    bought = financed.select("contract_id", day="transfer_date", amount_minor="price_minor")
    paid = payments(books, financed)
    flows = bought.union(paid.mutate(amount_minor=-paid.amount_minor))
    of = financed.select("contract_id", "anchor_date", "months", "period_growth")
    flows = grown(flows.join(of, "contract_id"))
    value = at_anchor(flows.amount_minor, flows.growth)
    flows = flows.select("contract_id", "amount_minor", value=value, on_date="day", point=ibis.null("string"))
    points = points.mutate(point=points.period_id.fill_null(""))
    nothing = {"amount_minor": ibis.literal(0, "int64"), "value": ibis.literal(0).cast(DECIMAL)}
    asked = points.select("contract_id", "point", on_date="last_date", **nothing)
    events = asked.filter(asked.on_date.notnull()).select(*flows.columns).union(flows)
    # What happens on a day counts on it: the flows of a day stand before its points.
    running = ibis.cumulative_window(
        group_by=events.contract_id, order_by=[events.on_date, events.point.notnull().cast("int64")]
    )
    sums = events.mutate(
        nominal_minor=events.amount_minor.sum().over(running).cast("int64"),
        value=events["value"].sum().over(running).cast(DECIMAL),
    )
    sums = sums.filter(sums.point.notnull()).select("contract_id", "point", "nominal_minor", "value")
    rows = points.left_join(sums, ["contract_id", "point"])
    # Each exact division stands once, over columns.
    rows = rows.mutate(
        nominal_minor=rows.nominal_minor.fill_null(0),
        value=scaled(rows["value"].fill_null(0), rows.growth, UNIT),
    )
    rows = rows.mutate(balance=to_minor(rows["value"]))
    over = rows.last_date >= rows.end_date
    return rows.mutate(accrued_minor=ibis.ifelse(over, 0, rows.balance) - rows.nominal_minor)


def _spread(points: ir.Table) -> ir.Table:
    """Adds `interest_minor` and `balance_minor`: scaled where it begins later, with the sign of the kind."""
    deferred = points.kind == "deferred"
    rows = points.mutate(
        late=deferred & (points.begins_date > points.transfer_date).fill_null(True),
        begun=(points.last_date >= points.begins_date).fill_null(False),
        all_minor=-points.adjustment_minor,
        before_minor=points.accrued_minor.max(where=points.period_id.isnull()).over(
            group_by=points.contract_id
        ),
        sign=ibis.ifelse(deferred, 1, -1),
    )
    rows = rows.filter(rows.period_id.notnull())
    later = muldiv(rows.all_minor, rows.accrued_minor - rows.before_minor, rows.all_minor - rows.before_minor)
    later = ibis.ifelse(rows.begun, ibis.coalesce(later, rows.all_minor), 0)
    rows = rows.mutate(interest=ibis.ifelse(rows.late, later, rows.accrued_minor))
    there = ~rows.late | rows.begun
    balance = ibis.ifelse(there, rows.nominal_minor + rows.interest, 0)
    return rows.mutate(
        interest_minor=rows.interest.cast("int64"),
        balance_minor=(balance * rows.sign).cast("int64"),
    )
