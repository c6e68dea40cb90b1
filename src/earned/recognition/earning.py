"""Earned revenue per obligation and point: the allocated price times progress, under every scenario.

ASC 606-10-25-31, 25-23; U3, U5, E5, S1.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import priced, share
from earned.recognition.admission import ALL, AT_CLOSE, EVERY, LEAST_GRADE, POLICY
from earned.recognition.progress import estimated
from earned.recognition.straight_line import RULES, cut, fraction
from earned.recognition.terms import STRAIGHT_LINE

MILLION = 1_000_000
QUANTITY = "decimal(38, 9)"
#: column of earned revenue under each scenario
FIGURES = {
    "earned_minor": POLICY,
    "earned_at_close_minor": AT_CLOSE,
    "earned_all_minor": ALL,
    "earned_every_minor": EVERY,
    **{f"earned_{grade.lower()}_minor": scenario for grade, scenario in LEAST_GRADE.items()},
}
#: column of the progress behind a figure, in the measure's own unit
DONE = {"done": POLICY, "done_at_close": AT_CLOSE, "done_all": ALL}


def earn(books: Books, terms: ir.Table, records: ir.Table, states: ir.Table, marks: ir.Table) -> ir.Table:
    """obligation_id, unit_id, period_index and one column of cumulative earned revenue per scenario.

    Also `progress_ppm`, the progress behind it (DONE) and its `whole`, `fixed_minor` (what is no usage) and
    `not_gradable_minor` (what rests on no acceptance, delivery or milestone, G5).
    Amounts are minor units of the contract's currency; rows exist only where something was earned.
    """
    testable = terms.filter(terms.untestable.isnull())
    shown = _by_records(books, testable, states, marks)
    timed = _by_time(testable, marks)
    rows = shown.union(timed)
    differs = records.filter(records.scenario == AT_CLOSE).select(differing="obligation_id").distinct()
    wide = rows.group_by("obligation_id", "period_index").agg(
        **{f: rows.minor.max(where=rows.scenario == s) for f, s in FIGURES.items()},
        **{d: rows.done.max(where=rows.scenario == s) for d, s in DONE.items()},
        whole=rows.whole.max(),
        progress_ppm=rows.ppm.max(where=rows.scenario == POLICY),
    )
    of = testable.select("obligation_id", "unit_id", "measure", "gradable")
    wide = wide.join(of, "obligation_id").left_join(differs, wide.obligation_id == differs.differing)
    return _fill(wide)


def _fill(wide: ir.Table) -> ir.Table:
    """A scenario that was not computed apart is the policy's figure; one that was and shows nothing is 0."""
    straight = wide.measure.isin(STRAIGHT_LINE)
    policy, done = wide.earned_minor.fill_null(0), wide.done.fill_null(0)
    apart = dict.fromkeys(FIGURES.values(), wide.gradable)
    apart |= {AT_CLOSE: wide.differing.notnull(), ALL: ~straight}
    columns = {
        name: ibis.ifelse(apart[scenario], wide[name].fill_null(0), of_policy).cast(wide[name].type())
        for figures, of_policy in ((FIGURES, policy), (DONE, done))
        for name, scenario in figures.items()
        if scenario != POLICY
    }
    return wide.select(
        "obligation_id",
        "unit_id",
        "period_index",
        "progress_ppm",
        "whole",
        earned_minor=policy,
        done=done.cast(QUANTITY),
        not_gradable_minor=ibis.ifelse(wide.gradable, 0, policy),
        fixed_minor=ibis.ifelse(wide.measure == "as_used", 0, policy),
        **columns,
    )


def _by_records(books: Books, terms: ir.Table, states: ir.Table, marks: ir.Table) -> ir.Table:
    """Progress read from records, clamped to 0…1 of the whole; as used: quantity times unit price (U3)."""
    ends = marks.select("period_index", day="last_date")
    rows = states.join(ends, [ends.period_index >= states.from_index, ends.period_index <= states.to_index])
    rows = rows.join(terms, "obligation_id")
    estimates = estimated(books, terms, marks)
    rows = rows.left_join(estimates, ["obligation_id", "period_index"])
    whole = _whole(rows)
    part = ibis.least(ibis.greatest(rows.done, 0), whole)
    rows = rows.mutate(part=part.cast(QUANTITY), whole=whole.cast(QUANTITY))
    by_share = share(rows.allocated_minor, rows.part, rows.whole)
    by_use = priced(rows.done, rows.unit_price, rows.exponent)
    used = rows.measure == "as_used"
    minor = ibis.ifelse(used, by_use, by_share)
    ppm = share(ibis.literal(MILLION, "int64"), rows.part, rows.whole)
    bound = _is_bound(rows)
    return rows.select(
        "obligation_id",
        "period_index",
        scenario=rows.scenario.cast("int64"),
        minor=ibis.ifelse(bound, minor.fill_null(0), 0),
        ppm=ibis.ifelse(bound, ibis.ifelse(used, ibis.null("int64"), ppm), 0),
        done=ibis.ifelse(bound, ibis.ifelse(used, rows.done, rows.part), 0).cast(QUANTITY),
        whole=ibis.ifelse(used, ibis.null(QUANTITY), rows.whole),
    )


def _whole(rows: ir.Table) -> ir.DecimalValue:
    """The denominator of progress: the estimate in force, else the promised quantity, else 1."""
    scale = ibis.cases(*((rows.exponent == e, 10**e) for e in range(5)), else_=100)
    promised = ibis.ifelse(
        rows.measure == "cost", (rows.total_quantity * scale).cast(QUANTITY), rows.total_quantity
    )
    one = ibis.literal(1).cast(QUANTITY)
    return ibis.cases(
        (rows.measure.isin(("point", "given")), ibis.ifelse(promised.fill_null(0) > 0, promised, one)),
        (rows.measure == "milestones", one),
        else_=ibis.coalesce(rows.estimate, promised).nullif(0),
    )


def _by_time(terms: ir.Table, marks: ir.Table) -> ir.Table:
    """Straight line: no paper is needed while the contract is in force and service has begun (S1)."""
    rows = terms.filter(terms.measure.isin(STRAIGHT_LINE))
    rows = rows.cross_join(marks.select("period_index", day="last_date"))
    rows = cut(rows.filter(rows.day >= rows.start_date))
    served, of = fraction(rows)
    rows = rows.mutate(part=served.cast(QUANTITY), whole=of.cast(QUANTITY))
    bound = _is_bound(rows)
    minor = share(rows.allocated_minor, rows.part, rows.whole)
    ppm = share(ibis.literal(MILLION, "int64"), rows.part, rows.whole)
    return rows.select(
        "obligation_id",
        "period_index",
        scenario=ibis.literal(POLICY, "int64"),
        minor=ibis.ifelse(bound, minor, 0),
        ppm=ibis.ifelse(bound, ppm, 0),
        done=ibis.ifelse(bound, rows.part, 0).cast(QUANTITY),
        whole=rows.whole,
    )


def _is_bound(rows: ir.Table) -> ir.BooleanValue:
    """Nothing is earned before a known binding date, nor on a draft or pending contract (U5)."""
    return ~rows.never_bound & (rows.bound_from.isnull() | (rows.bound_from <= rows.day))


def conventions(terms: ir.Table, marks: ir.Table) -> ir.Table:
    """obligation_id, period_index, convention, minor: straight-line revenue under every convention (G1)."""
    rows = terms.filter(terms.measure.isin(STRAIGHT_LINE))
    rows = cut(rows.cross_join(marks.select("period_index", day="last_date")))
    key = ("obligation_id", "unit_id", "period_index")
    counts = _is_bound(rows) & (rows.day >= rows.start_date)
    parts = []
    for name in RULES:
        served, of = fraction(rows, name)
        parts.append(
            rows.select(
                *key,
                "allocated_minor",
                convention=ibis.literal(name),
                counts=counts,
                part=served.cast(QUANTITY),
                whole=of.cast(QUANTITY),
            )
        )
    rows = ibis.union(*parts)
    # The division stands once, over columns: written into each convention it takes a second to plan.
    minor = share(rows.allocated_minor, rows.part, rows.whole)
    return rows.select(*key, "convention", minor=ibis.ifelse(rows["counts"], minor, 0))
