"""Progress that admitted records show by each period end (ASC 606-10-25-31 to 25-37; E3, E5, E8, E11).

A record takes its place by its own day but is heard only from the day it counts. Where the two fall
in one period for all records of an obligation, one running fold serves every period end; elsewhere
the records heard by each period end are folded for that end alone.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import Keep, end_of_day
from earned.recognition.admission import AT_CLOSE, POLICY, fold_order
from earned.recognition.closing import closes_at_points, index_of
from earned.recognition.expiry import with_expiries
from earned.recognition.terms import ESTIMATED

QUANTITY = "decimal(38, 9)"
NEVER = 1_000_000  # an index after every point
RUNNING = -2  # `at` of records whose fold serves every point


def heard(books: Books, judged: ir.Table, marks: ir.Table, keep: Keep) -> ir.Table:
    """Counted records with `own_index` (place), `first_index` (heard from that point on), per scenario.

    Among them the expiry of each option, which no paper shows (`expiry.with_expiries`).
    Adds the scenario AT_CLOSE for obligations of which a record was recorded after the close of the
    period it counts from (E5); elsewhere `earned_at_close` is `earned`.
    """
    rows = judged.filter(judged.counts_from.notnull() & judged.obligation_id.notnull())
    rows = with_expiries(books, rows)
    own = index_of(rows.select(day="own_date").distinct(), marks).select(
        own_day="day", own_index="period_index"
    )
    first = index_of(rows.select(day="counts_from").distinct(), marks)
    rows = rows.join(first, rows.counts_from == first.day).rename(first_index="period_index").drop("day")
    rows = rows.left_join(own, rows.own_date == own.own_day).drop("own_day")
    rows = keep("records_placed", rows.mutate(own_index=rows.own_index.fill_null(NEVER)))
    late = keep("records_at_close", _at_close(books, rows, marks))
    return keep("records_heard", rows.union(late))


def _at_close(books: Books, rows: ir.Table, marks: ir.Table) -> ir.Table:
    rows = rows.filter(rows.scenario == POLICY)
    closes = closes_at_points(books, marks)
    entity = rows.entity_id.fill_null("")
    known = books.manifest.policy.at("unknown_recorded_at", rows.event_date) == "counts"
    at_first = closes.select(first_entity="day_entity", at="period_index", first_closed="closed_at")
    rows = rows.mutate(closes_for=entity, always=rows.is_rejection | (rows.recorded_at.isnull() & known))
    rows = rows.left_join(
        at_first, [rows.closes_for == at_first.first_entity, rows.first_index == at_first.at]
    ).drop("first_entity", "at")
    in_time = rows.always | (rows.recorded_at <= rows.first_closed).fill_null(False)
    rows = rows.mutate(in_time=in_time)
    rows = rows.mutate(differs=(~rows.in_time).any().over(group_by=rows.obligation_id))
    rows = rows.filter(rows.differs)
    late = rows.filter(~rows.in_time & rows.recorded_at.notnull())
    shown = late.join(
        closes,
        [
            late.closes_for == closes.day_entity,
            closes.closed_at >= late.recorded_at,
            closes.period_index >= late.first_index,
        ],
    )
    shown = shown.group_by(shown_id="evidence_id", shown_of="obligation_id").agg(
        shown_index=lambda t: t.period_index.min()
    )
    rows = rows.left_join(shown, [rows.evidence_id == shown.shown_id, rows.obligation_id == shown.shown_of])
    rows = rows.mutate(first_index=ibis.ifelse(rows.in_time, rows.first_index, rows.shown_index))
    # A record never shown keeps its obligation apart: there nothing is earned at close, not what is earned.
    rows = rows.mutate(
        first_index=rows.first_index.fill_null(NEVER), scenario=ibis.literal(AT_CLOSE, "int64")
    )
    return rows.drop(
        "closes_for", "always", "first_closed", "in_time", "differs", "shown_id", "shown_of", "shown_index"
    )


def states(records: ir.Table, marks: ir.Table) -> ir.Table:
    """obligation_id, scenario, from_index, to_index, `done`: progress in the measure's own unit."""
    # Materials at cost add no progress, but make a point at which something is earned.
    at_cost = (records.beside == "materials").fill_null(False)
    records = records.filter(records.beside.isnull() | at_cost)
    records = records.mutate(
        progress=ibis.ifelse(records.beside.isnull(), records.progress, 0).cast(QUANTITY),
        is_cumulative=records.is_cumulative & records.beside.isnull(),
    )
    group = [records.obligation_id, records.scenario]
    records = records.mutate(displaced=(records.own_index != records.first_index).any().over(group_by=group))
    running = records.filter(~records.displaced).mutate(at=ibis.literal(RUNNING, "int64"))
    displaced = records.filter(records.displaced)
    ends = marks.select(at="period_index")
    each = displaced.join(ends, [ends.at >= displaced.first_index])
    folded = fold(running.union(each.select(*running.columns)))
    return _intervals(folded, marks)


def fold(rows: ir.Table) -> ir.Table:
    """The running state: cumulative and whole records and full rejections begin anew, others add (E8, E11).

    At a point in time the running sum is held at 0: it less its running minimum below 0.
    """
    key = [rows.obligation_id, rows.scenario, rows.at]
    order = fold_order(rows)
    rows = rows.mutate(step=step(rows))
    rows = rows.mutate(
        place=ibis.row_number().over(group_by=key, order_by=order),
        part=begins_anew(rows)
        .cast("int64")
        .sum()
        .over(ibis.window(group_by=key, order_by=order, rows=(None, 0))),
    )
    within = ibis.window(
        group_by=[rows.obligation_id, rows.scenario, rows.at, rows.part], order_by=rows.place, rows=(None, 0)
    )
    rows = rows.mutate(total=rows.step.sum().over(within).cast(rows.step.type()))
    within = ibis.window(
        group_by=[rows.obligation_id, rows.scenario, rows.at, rows.part], order_by=rows.place, rows=(None, 0)
    )
    floor = ibis.least(rows.total.min().over(within), 0)
    return rows.mutate(done=ibis.ifelse(rows.at_point, rows.total - floor, rows.total))


def begins_anew(rows: ir.Table) -> ir.BooleanValue:
    """Whether what was before a record falls away: cumulative and whole ones, full rejections (E8, E11)."""
    anew: ir.BooleanValue = rows.is_cumulative | rows.is_whole | (rows.is_rejection & rows.quantity.isnull())
    return anew


def step(rows: ir.Table) -> ir.DecimalValue:
    """What a record adds, in the measure's own unit; a rejection takes its quantity away."""
    kind = rows.progress.type()
    taken = -rows.quantity.fill_null(0).cast(kind)
    added: ir.DecimalValue = ibis.ifelse(rows.is_rejection, taken, rows.progress).cast(kind)
    return added


def _intervals(rows: ir.Table, marks: ir.Table) -> ir.Table:
    """The last state of each point, in force until the next."""
    on = ibis.ifelse(rows["at"] == RUNNING, rows.own_index, rows["at"])
    rows = rows.mutate(from_index=on)
    key = [rows.obligation_id, rows.scenario, rows["at"], rows.from_index]
    rows = rows.mutate(newest=ibis.row_number().over(group_by=key, order_by=ibis.desc(rows.place)))
    rows = rows.filter(rows.newest == 0)
    following = rows.from_index.lead().over(
        group_by=[rows.obligation_id, rows.scenario, rows["at"]], order_by=rows.from_index
    )
    until = ibis.ifelse(rows["at"] == RUNNING, following.fill_null(NEVER) - 1, rows.from_index)
    return rows.select("obligation_id", "scenario", "from_index", "done", to_index=until)


def estimated(books: Books, terms: ir.Table, marks: ir.Table) -> ir.Table:
    """(obligation_id, period_index) -> the versions in force at the period's close; null: none.

    `estimate` is the whole of the measure (cost: minor units), `materials_estimate` the uninstalled materials
    in it (minor units), `returning` the units that come back.
    """
    rows = _estimates(books, terms)
    closes = closes_at_points(books, marks)
    rows = rows.join(closes, [rows.closes_for == closes.day_entity, rows.known_by <= closes.closed_at])
    key = [rows.obligation_id, rows.period_index, rows.role]
    rows = rows.mutate(newest=ibis.row_number().over(group_by=key, order_by=ibis.desc(rows.known_at)))
    rows = rows.filter(rows.newest == 0)
    return _by_role(rows, "obligation_id", "period_index")


def estimated_on(books: Books, terms: ir.Table, days: ir.Table) -> ir.Table:
    """(obligation_id, step) -> as `estimated`, the versions known by the `day` of each row of `days`."""
    rows = _estimates(books, terms).join(days.select("obligation_id", "step", "day"), "obligation_id")
    rows = rows.filter(rows.known_at <= rows.day)
    key = [rows.obligation_id, rows.step, rows.role]
    rows = rows.mutate(newest=ibis.row_number().over(group_by=key, order_by=ibis.desc(rows.known_at)))
    rows = rows.filter(rows.newest == 0)
    return _by_role(rows, "obligation_id", "step")


def _estimates(books: Books, terms: ir.Table) -> ir.Table:
    """The estimates that progress is read from, with the `role` they play for their obligation."""
    zone = books.manifest.company.timezone
    of = terms.select("obligation_id", "measure", closes_for=terms.entity_id.fill_null(""))
    rows = books.tables["estimates"].join(of, "obligation_id")
    whole = ibis.cases(*((rows.measure == m, k) for m, k in ESTIMATED.items()), else_="")
    role = ibis.cases(
        (rows.kind == whole, "whole"),
        ((rows.kind == "uninstalled_materials") & (rows.measure == "cost"), "materials"),
        (rows.kind == "expected_returns", "returning"),
        else_="",
    )
    in_money = (rows.measure == "cost") & (rows.kind != "expected_returns")
    stated = ibis.ifelse(in_money, rows.amount_minor.cast("decimal(38, 9)"), rows.quantity)
    rows = rows.mutate(
        role=role, stated=ibis.coalesce(stated, rows.quantity), known_by=end_of_day(rows.known_at, zone)
    )
    return rows.filter(rows.role != "")


def _by_role(rows: ir.Table, *key: str) -> ir.Table:
    return rows.group_by(*key).agg(
        estimate=rows.stated.max(where=rows.role == "whole"),
        estimated_on=rows.known_at.max(where=rows.role == "whole"),
        materials_estimate=rows.stated.max(where=rows.role == "materials"),
        returning=rows.stated.max(where=rows.role == "returning"),
    )


def whole(rows: ir.Table) -> ir.DecimalValue:
    """The denominator of progress: the estimate in force, else the promised quantity, else 1.

    A quantity that a modification set on `quantity_day` stands until an estimate is made after it.
    """
    scale = ibis.cases(*((rows.exponent == e, 10**e) for e in range(5)), else_=100)
    promised = ibis.ifelse(
        rows.measure == "cost", (rows.total_quantity * scale).cast(QUANTITY), rows.total_quantity
    )
    one = ibis.literal(1).cast(QUANTITY)
    overtaken = (rows.estimated_on < rows.quantity_day).fill_null(False)
    return ibis.cases(
        (rows.measure.isin(("point", "given")), ibis.ifelse(promised.fill_null(0) > 0, promised, one)),
        (rows.measure == "milestones", one),
        else_=ibis.coalesce(ibis.ifelse(overtaken, promised, rows.estimate), promised).nullif(0),
    )
