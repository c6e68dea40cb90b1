"""Internal control totals: what goes in comes out; one that does not tie is a defect of ours (P6)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.recognition.recognise import Recognition


def internal(
    books: Books, rec: Recognition, parts: ir.Table, support: ir.Table, misstatements: ir.Table
) -> ir.Table:
    """total, period_id, left_minor, right_minor: both sides of every internal control total."""
    return ibis.union(
        *_revenue(books, rec),
        _gap(books, rec, parts),
        _support(books, rec, support),
        *_dimensions(misstatements),
        _allocations(rec),
    )


def _revenue(books: Books, rec: Recognition) -> list[ir.Table]:
    """Revenue in, counted from the entries as read = tested + unlinked + not tested + out of scope."""
    company = books.manifest.company.currency
    given = books.tables["entries"].filter(lambda t: ~t.is_opening & t.period_id.notnull())
    left = given.group_by("period_id", "currency").agg(left_minor=given.amount_minor.sum().cast("int64"))
    periods = books.calendar.select("period_index", "period_id")
    units = rec.units.select("unit_id", "currency", "not_tested")
    cells = rec.cells.drop("not_tested").join(units, "unit_id")
    was = cells.booked_minor.lag().over(group_by=cells.unit_id, order_by=cells.period_index)
    moved = cells.mutate(moved_minor=cells.booked_minor - was)
    moved = moved.filter((moved.period_index >= 0) & moved.not_tested.isnull()).join(periods, "period_index")
    tested = moved.select("period_id", "currency", minor="moved_minor")
    entries = rec.unit_entries.filter(~rec.unit_entries.is_opening).select(
        "unit_id", "period_id", "currency", minor="amount_minor"
    )
    untested = entries.semi_join(units.filter(units.not_tested.notnull()), "unit_id").drop("unit_id")
    other = rec.entries.filter((rec.entries.place != "linked") & ~rec.entries.is_opening)
    other = other.select("period_id", "currency", minor="amount_minor")
    rows = tested.union(untested).union(other)
    right = rows.group_by("period_id", "currency").agg(right_minor=rows.minor.sum().cast("int64"))
    both = left.outer_join(right, ["period_id", "currency"])
    currency = ibis.coalesce(both.currency, both.currency_right)
    name = ibis.ifelse(currency == company, "revenue in", ibis.literal("revenue in, ") + currency)
    return [
        both.select(
            total=name,
            period_id=ibis.coalesce(both.period_id, both.period_id_right),
            left_minor=both.left_minor.fill_null(0),
            right_minor=both.right_minor.fill_null(0),
        )
    ]


def _named(rows: ir.Table, total: str) -> ir.Table:
    return rows.select(
        ibis.literal(total).name("total"),
        "period_id",
        left_minor=rows.left_minor.fill_null(0),
        right_minor=rows.right_minor.fill_null(0),
    )


def _gap(books: Books, rec: Recognition, parts: ir.Table) -> ir.Table:
    """The gaps of all units = the sum of their parts (contract currencies added as numbers)."""
    cells, marks = rec.cells, books.calendar.select("period_index", "period_id")
    left = cells.group_by("period_index").agg(left_minor=cells.gap_minor.sum().cast("int64"))
    right = parts.group_by("period_index").agg(right_minor=parts.amount_minor.sum().cast("int64"))
    rows = marks.left_join(left, "period_index").drop("period_index_right")
    return _named(rows.left_join(right, "period_index"), "gaps = parts")


def _support(books: Books, rec: Recognition, support: ir.Table) -> ir.Table:
    """Unsupported entries = the smaller of the gap above zero and the unit's positive entries, summed."""
    marks = books.calendar.select("period_index", "period_id")
    entries = rec.unit_entries.filter(~rec.unit_entries.is_opening & (rec.unit_entries.amount_minor > 0))
    ends = entries.group_by("unit_id", booked_index="period_index").agg(
        positive=entries.amount_minor.sum().cast("int64")
    )
    cells = rec.cells.filter((rec.cells.gap_minor > 0) & (rec.cells.period_index >= 0))
    cells = cells.select("unit_id", "period_index", "gap_minor")
    rows = cells.join(ends, "unit_id").filter(lambda t: t.booked_index <= t.period_index)
    most = rows.group_by("unit_id", "period_index", "gap_minor").agg(
        positive=rows.positive.sum().cast("int64")
    )
    most = most.mutate(expected=ibis.least(most.gap_minor, most.positive))
    left = most.group_by("period_index").agg(left_minor=most.expected.sum().cast("int64"))
    right = support.group_by("period_index").agg(right_minor=support.unsupported_minor.sum().cast("int64"))
    rows = marks.left_join(left, "period_index").drop("period_index_right")
    return _named(rows.left_join(right, "period_index"), "gap of entries = unsupported")


def _dimensions(rows: ir.Table) -> list[ir.Table]:
    """Net by owner, department, customer, entity, contract and part each add up to the total's."""
    total = rows.filter(rows.dimension == "total").select("period_id", left_minor="net_minor")
    tables = []
    for dimension in ("entity", "department", "owner", "customer", "contract", "part"):
        of = rows.filter(rows.dimension == dimension)
        sums = of.group_by("period_id").agg(right_minor=of.net_minor.sum().cast("int64"))
        joined = total.left_join(sums, "period_id").drop("period_id_right")
        tables.append(_named(joined, f"net = net by {dimension}"))
    return tables


def _allocations(rec: Recognition) -> ir.Table:
    """The prices of contracts with fixed obligations = what was allocated."""
    terms = rec.terms.filter(rec.terms.untestable.isnull() & rec.terms.allocated_minor.notnull())
    given = terms.filter(terms.method.isin(("ssp", "whole")))
    shared = terms.semi_join(given, "contract_id")
    price = shared.group_by("contract_id").agg(price=shared.contract_net_minor.max())
    sides = ibis.union(
        price.select(side=ibis.literal("price"), minor="price"),
        shared.select(side=ibis.literal("share"), minor="allocated_minor"),
    )
    sums = sides.agg(
        left_minor=sides.minor.sum(where=sides.side == "price").cast("int64"),
        right_minor=sides.minor.sum(where=sides.side == "share").cast("int64"),
    )
    return _named(sums.mutate(period_id=ibis.literal("")), "prices = allocations")
