"""How the gap moved in each period: arising, reversed by work, reversed by entry (SAB 108)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.engine import muldiv
from earned.misstatement.split import PARTS
from earned.misstatement.translation import translated_parts
from earned.recognition.closing import BEFORE

MOVES = (
    "arising_minor",
    "reversed_by_work_minor",
    "reversed_by_entry_minor",
    "under_arising_minor",
    "under_reversed_minor",
)
AMOUNTS = ("booked_minor", "earned_minor", *MOVES, "net_minor", "gap_minor")
NONE = "(none)"


def roll_forward(cells: ir.Table) -> ir.Table:
    """Cells with the movements of the period, per unit; only `gap_minor` is cumulative.

    net = arising - reversed by work - reversed by entry - under_arising + under_reversed = change of the gap.
    """
    order = ibis.window(group_by=cells.unit_id, order_by=cells.period_index)
    was = {
        name: cells[f"{name}_minor"].lag().over(order).fill_null(0) for name in ("booked", "earned", "gap")
    }
    rows = cells.mutate(**{f"was_{name}": value for name, value in was.items()})
    rows = rows.filter(rows.period_index > BEFORE)
    booked = rows.booked_minor - rows.was_booked
    earned = rows.earned_minor - rows.was_earned
    over, over0 = ibis.greatest(rows.gap_minor, 0), ibis.greatest(rows.was_gap, 0)
    under, under0 = ibis.greatest(-rows.gap_minor, 0), ibis.greatest(-rows.was_gap, 0)
    by_work = ibis.least(over0, ibis.greatest(earned, 0))
    by_entry = ibis.least(over0 - by_work, ibis.greatest(-booked, 0))
    under_by_entry = ibis.least(under0, ibis.greatest(booked, 0))
    under_by_evidence = ibis.least(under0 - under_by_entry, ibis.greatest(-earned, 0))
    under_reversed = under_by_entry + under_by_evidence
    return rows.mutate(
        booked_minor=booked,
        earned_minor=earned,
        arising_minor=over - over0 + by_work + by_entry,
        reversed_by_work_minor=by_work,
        reversed_by_entry_minor=by_entry,
        under_arising_minor=under - under0 + under_reversed,
        under_reversed_minor=under_reversed,
        net_minor=rows.gap_minor - rows.was_gap,
    ).drop("was_booked", "was_earned", "was_gap")


def by_dimension(rolled: ir.Table, calendar: ir.Table) -> ir.Table:
    """dimension, member, period_index and AMOUNTS: total, and whatever the unit belongs to."""
    columns = {
        "entity": "entity_id",
        "department": "department_id",
        "owner": "owner_id",
        "customer": "customer_id",
        "contract": "contract_id",
    }
    tables = [_total(rolled, calendar)]
    for dimension, column in columns.items():
        rows = rolled.mutate(member=rolled[column].fill_null(NONE))
        tables.append(_sum(rows, dimension))
    return ibis.union(*tables)


def _sum(rows: ir.Table, dimension: str) -> ir.Table:
    sums = rows.group_by("member", "period_index").agg(
        **{name: rows[name].sum().cast("int64") for name in AMOUNTS}
    )
    return sums.select(ibis.literal(dimension).name("dimension"), "member", "period_index", *AMOUNTS)


def _total(rolled: ir.Table, calendar: ir.Table) -> ir.Table:
    sums = rolled.group_by("period_index").agg(**{n: rolled[n].sum().cast("int64") for n in AMOUNTS})
    every = calendar.select("period_index").left_join(sums, "period_index").drop("period_index_right")
    return every.select(
        ibis.literal("total").name("dimension"),
        ibis.literal("total").name("member"),
        "period_index",
        **{name: every[name].fill_null(0) for name in AMOUNTS},
    )


def by_part(parts: ir.Table, cells: ir.Table, calendar: ir.Table) -> ir.Table:
    """The dimension `part`: gap and net only (G4)."""
    rows = translated_parts(parts, cells, PARTS)
    sums = rows.group_by(member="part", period_index="period_index").agg(
        gap_minor=rows.amount_minor.sum().cast("int64")
    )
    return _gap_and_net(sums, calendar, "part")


def by_hand(support: ir.Table, booked: ir.Table, units: ir.Table, calendar: ir.Table) -> ir.Table:
    """The dimensions preparer and approver: booked, gap (= unsupported) and net (its change) (G4)."""
    rates = units.filter(units.not_tested.isnull()).select("unit_id", "rate_in", "rate_of")
    tables = []
    for dimension in ("preparer", "approver"):
        gaps = _per_member(support, dimension, "unsupported_minor").join(rates, "unit_id")
        gaps = gaps.group_by("member", "period_index").agg(
            gap_minor=muldiv(gaps.minor, gaps.rate_in, gaps.rate_of).sum().cast("int64")
        )
        moved = _per_member(booked.filter(~booked.is_opening), dimension, "amount_minor")
        sums = _translated_moves(moved.join(rates, "unit_id"))
        tables.append(_gap_and_net(gaps, calendar, dimension, sums))
    return ibis.union(*tables)


def _per_member(rows: ir.Table, dimension: str, amount: str) -> ir.Table:
    """Sums per person, unit and period in contract currency."""
    rows = rows.mutate(member=rows[dimension].fill_null(NONE))
    return rows.group_by("member", "unit_id", "period_index").agg(minor=rows[amount].sum().cast("int64"))


def _translated_moves(rows: ir.Table) -> ir.Table:
    """Booked of the period: the difference of cumulative amounts, each translated and rounded once (P4)."""
    until = ibis.window(group_by=[rows.member, rows.unit_id], order_by=rows.period_index, rows=(None, 0))
    rows = rows.mutate(through=rows.minor.sum().over(until).cast("int64"))
    after = muldiv(rows.through, rows.rate_in, rows.rate_of)
    before = muldiv(rows.through - rows.minor, rows.rate_in, rows.rate_of)
    return rows.group_by("member", "period_index").agg(booked_minor=(after - before).sum().cast("int64"))


def _gap_and_net(
    gaps: ir.Table, calendar: ir.Table, dimension: str, booked: ir.Table | None = None
) -> ir.Table:
    """Every member in every period from its first on, with its gap, the change of it, and what it booked."""
    first = gaps.select("member", "period_index")
    if booked is not None:
        first = first.union(booked.select("member", "period_index"))
    first = first.group_by("member").agg(since=first.period_index.min())
    ends = calendar.select("period_index").union(
        calendar.filter(calendar.period_index == 0).select(period_index=ibis.literal(BEFORE, "int64"))
    )
    cells = first.join(ends, [ends.period_index >= first.since]).drop("since")
    key = ["member", "period_index"]
    rows = cells.left_join(gaps, key).drop("member_right", "period_index_right")
    rows = rows.mutate(gap_minor=rows.gap_minor.fill_null(0))
    was = rows.gap_minor.lag().over(group_by=rows.member, order_by=rows.period_index).fill_null(0)
    rows = rows.mutate(net_minor=rows.gap_minor - was).filter(lambda t: t.period_index > BEFORE)
    null = ibis.null("int64")
    given = dict.fromkeys(AMOUNTS, null) | {"gap_minor": rows.gap_minor, "net_minor": rows.net_minor}
    if booked is not None:
        rows = rows.left_join(booked, key).drop("member_right", "period_index_right")
        given["booked_minor"] = rows.booked_minor.fill_null(0)
        given |= {"gap_minor": rows.gap_minor, "net_minor": rows.net_minor}
    return rows.select(
        ibis.literal(dimension).name("dimension"),
        "member",
        "period_index",
        *(given[n].name(n) for n in AMOUNTS),
    )
