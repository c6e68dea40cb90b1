"""Booked against earned for every unit at every period end: the tables units, allocations, positions.

DESIGN section 6; P1, P4, U1, U6, E13, G1.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import Keep
from earned.recognition.closing import BEFORE, index_of
from earned.recognition.earning import FIGURES
from earned.recognition.expiry import any_options, expiries
from earned.recognition.rates import with_rate
from earned.recognition.terms import STRAIGHT_LINE


def units(books: Books, terms: ir.Table, entries: ir.Table, keep: Keep) -> ir.Table:
    """One row a unit: whose it is, how it is measured, its opening, its rate, and why it is not tested.

    `rate_in`, `rate_of`: company minor units per contract minor unit as one exact fraction (P4).
    """
    rows = keep("units_given", _one_each(terms))
    rows = keep("units_rated", with_rate(books, rows, entries))
    return keep("units_measured", _with_opening(books, rows, entries))


def _one_each(terms: ir.Table) -> ir.Table:
    same = {c: terms[c].max() for c in ("contract_id", "customer_id", "entity_id", "currency", "exponent")}
    one_measure = terms.measure.nunique() == 1
    at_contract = terms.unit_level == "contract"
    owner = ibis.ifelse(at_contract, terms.contract_owner_id, terms.owner_id).max()
    department = ibis.ifelse(at_contract, terms.contract_department_id, terms.department_id).max()
    return terms.group_by("unit_id").agg(
        **same,
        unit_level=terms.unit_level.max(),
        owner_id=owner,
        department_id=department,
        pattern=ibis.ifelse(terms.pattern.nunique() == 1, terms.pattern.max(), ibis.null("string")),
        measure=ibis.ifelse(
            one_measure & (terms.measure.max() != "point"), terms.measure.max(), ibis.null("string")
        ),
        bound_date=terms.bound_from.max(),
        never_bound=terms.never_bound.any(),
        untestable=terms.untestable.max(),
        allocated_minor=terms.allocated_minor.sum().cast("int64"),
        ssp_minor=terms.ssp_minor.sum().cast("int64"),
        contract_net_minor=terms.contract_net_minor.max(),
        method=ibis.ifelse(terms.method.nunique() == 1, terms.method.max(), ibis.literal("sum")),
        any_as_used=((terms.measure == "as_used") | terms.royalty_rate.notnull()).any(),
        all_as_used=(terms.measure == "as_used").all(),
        any_gradable=terms.gradable.any(),
        service_from=terms.start_date.min(where=terms.measure.isin(STRAIGHT_LINE)),
        begins=ibis.least(terms.contract_start_date.min(), terms.start_date.min()),
        booked_before_minor=ibis.ifelse(
            terms.booked_before_minor.isnull().any(),
            ibis.null("int64"),
            terms.booked_before_minor.sum().cast("int64"),
        ),
    )


def unit_entries(entries: ir.Table, terms: ir.Table) -> ir.Table:
    """Linked entries with their `unit_id` (U1)."""
    linked = entries.filter(entries.place == "linked")
    of = terms.select(
        unit_contract="contract_id", unit_obligation="obligation_id", unit_id="unit_id", n="n_obligations"
    ).mutate(whole=lambda t: (t.n == 1) | (t.unit_id == t.unit_contract))
    named = linked.join(
        of.filter(~of.whole),
        [linked.contract_id == of.unit_contract, linked.obligation_id == of.unit_obligation],
    )
    only = of.filter(of.whole).select("unit_contract", "unit_id").distinct()
    single = linked.join(only, linked.contract_id == only.unit_contract)
    columns = [*linked.columns, "unit_id"]
    return named.select(*columns).union(single.select(*columns))


def _with_opening(books: Books, rows: ir.Table, entries: ir.Table) -> ir.Table:
    """given, assumed (began before the window, nothing stated) or none (U6)."""
    opened = entries.filter(entries.is_opening)
    opened = opened.group_by("unit_id").agg(opened_minor=opened.amount_minor.sum().cast("int64"))
    rows = rows.left_join(opened, "unit_id").drop("unit_id_right")
    evidence = books.tables["evidence"]
    first = evidence.group_by("contract_id").agg(first_evidence=evidence.event_date.min())
    rows = rows.left_join(first, "contract_id").drop("contract_id_right")
    start = books.manifest.window.first
    begins = rows.begins.min().over(group_by=rows.contract_id)
    if start is None:
        before = ibis.literal(False)
    else:
        dates = (rows.bound_date, begins, rows.first_evidence)
        before = reduce(or_, ((d < start).fill_null(False) for d in dates))
    given = ibis.coalesce(rows.opened_minor, rows.booked_before_minor)
    return rows.mutate(
        opening_minor=given,
        opening=ibis.cases((given.notnull(), "given"), (before, "assumed"), else_="none"),
    ).drop("opened_minor", "booked_before_minor", "begins", "first_evidence")


def grid(books: Books, rows: ir.Table, entries: ir.Table, evidence: ir.Table, marks: ir.Table) -> ir.Table:
    """(unit_id, period_index): the point before, and every period from the unit's first movement on (P1)."""
    moved = evidence.select("unit_id", day="event_date").union(
        rows.filter(rows.service_from.notnull()).select("unit_id", day="service_from")
    )
    if any_options(books):
        moved = moved.union(expiries(books, rows))
    index = index_of(moved.select("day").distinct(), marks)
    by_day = moved.join(index, "day").select("unit_id", "period_index")
    by_entry = entries.filter(~entries.is_opening).select("unit_id", "period_index")
    with_opening = rows.filter(rows.opening != "none").select(
        "unit_id", period_index=ibis.literal(0, "int64")
    )
    movements = by_day.union(by_entry).union(with_opening)
    first = movements.group_by("unit_id").agg(first_index=ibis.greatest(movements.period_index.min(), 0))
    ends = marks.select("period_index", "last_date")
    cells = first.join(ends, [(ends.period_index >= first.first_index) | (ends.period_index == BEFORE)])
    return cells.filter(cells.first_index <= books.calendar.period_index.max().as_scalar()).drop(
        "first_index"
    )


def prices(terms: ir.Table, versions: ir.Table | None, marks: ir.Table) -> ir.Table | None:
    """(unit_id, period_index) -> `in_force_minor`: the allocated price then, where it ever changed."""
    if versions is None:
        return None
    ends = marks.select("period_index", day="last_date")
    rows = versions.join(terms.select("obligation_id", "unit_id"), "obligation_id")
    rows = rows.join(ends, [ends.day >= rows.from_day, ends.day <= rows.to_day])
    return rows.group_by("unit_id", "period_index").agg(
        in_force_minor=rows.allocated_minor.sum().cast("int64")
    )


def cumulative(
    cells: ir.Table, rows: ir.Table, entries: ir.Table, earned: ir.Table, prices: ir.Table | None
) -> ir.Table:
    """Cumulative booked and earned of every unit at every point, contract currency; not tested: null gap.

    `allocated_minor` is the price in force at the point.
    """
    booked = entries.filter(~entries.is_opening & (entries.currency == entries.contract_currency))
    booked = booked.group_by("unit_id", "period_index").agg(moved=booked.amount_minor.sum().cast("int64"))
    sums = {f: earned[f].sum().cast("int64") for f in (*FIGURES, "not_gradable_minor")}
    by_unit = earned.group_by("unit_id", "period_index").agg(
        **sums, ppm=earned.progress_ppm.max(), fixed_minor=earned.fixed_minor.sum().cast("int64")
    )
    key = ["unit_id", "period_index"]
    joined = cells.left_join(booked, key).drop("unit_id_right", "period_index_right")
    joined = joined.left_join(by_unit, key).drop("unit_id_right", "period_index_right")
    facts = rows.select(
        "unit_id", "opening", "opening_minor", "not_tested", "untestable", "allocated_minor",
        "all_as_used", "never_bound", "unit_level", unit_bound_date="bound_date",
    )  # fmt: skip
    joined = joined.join(facts, "unit_id")
    if prices is not None:
        joined = joined.left_join(prices, key).drop("unit_id_right", "period_index_right")
        joined = joined.mutate(allocated_minor=joined.in_force_minor.fill_null(joined.allocated_minor))
    joined = joined.mutate(**{f: joined[f].fill_null(0) for f in (*FIGURES, "not_gradable_minor")})
    return _with_gap(joined)


def _with_gap(rows: ir.Table) -> ir.Table:
    order = ibis.window(group_by=rows.unit_id, order_by=rows.period_index, rows=(None, 0))
    at_start = rows.earned_minor.min(where=rows.period_index == BEFORE).over(group_by=rows.unit_id)
    opening = ibis.cases(
        (rows.opening == "given", rows.opening_minor),
        (rows.opening == "assumed", at_start),
        else_=ibis.literal(0, "int64"),
    )
    rows = rows.mutate(booked_minor=opening + rows.moved.fill_null(0).sum().over(order).cast("int64"))
    tested = rows.not_tested.isnull()
    shown = {f: ibis.ifelse(rows.untestable.isnull(), rows[f], ibis.null("int64")) for f in FIGURES}
    gap = ibis.ifelse(tested, rows.booked_minor - rows.earned_minor, ibis.null("int64"))
    return rows.mutate(gap_minor=gap, **shown)
