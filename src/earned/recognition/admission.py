"""Which records count, from which day, and why not: grades, lateness, corroboration, decisions, rivals.

PCAOB AS 1105.07-.08, ISA 500.A31 (relevance and reliability of evidence); rules E1-E14.
A scenario is one answer to "which papers are accepted"; `policy` is the company's own.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import Keep, local_date
from earned.recognition.closing import closes_on
from earned.recognition.decisions import of_kind
from earned.recognition.reasons import REASONS

GRADES = "ABCD"
#: scenarios, which are ways to accept papers: the policy; it with another least grade; every paper that no
#: person refused; every paper at all; the policy on what was recorded by the close of the period measured
POLICY, EVERY, ALL, AT_CLOSE = 0, 5, 6, 7
LEAST_GRADE = {"A": 1, "B": 2, "C": 3, "D": 4}


def admit(books: Books, pairs: ir.Table, decisions: ir.Table, keep: Keep) -> ir.Table:
    """Pairs with everything admission asks: grade, decision, close of the event, lateness, corroboration.

    Adds `grade`, `event_close`, `recorded_on`, `accepted`, `refused`, `accepted_from`, `timely`.
    """
    zone = books.manifest.company.timezone
    pairs = keep("evidence_graded", _with_close(books, _with_grade(books, pairs)))
    decided = of_kind(decisions, "evidence", "accept", "refuse")
    pairs = pairs.left_join(decided, pairs.evidence_id == decided.subject_id).drop("subject_id")
    pairs = pairs.mutate(
        recorded_on=local_date(pairs.recorded_at, zone),
        accepted=(pairs.decision == "accept").fill_null(False),
        refused=(pairs.decision == "refuse").fill_null(False),
        is_late=(pairs.recorded_at > pairs.event_close).fill_null(False),
    )
    # A person may give the day from which a late paper counts (E3).
    dated = ibis.ifelse(pairs.accepted & pairs.is_late, pairs["value"].try_cast("date"), ibis.null("date"))
    pairs = pairs.mutate(accepted_from=ibis.greatest(pairs.own_date, ibis.coalesce(dated, pairs.own_date)))
    return _with_timeliness(books, keep("evidence_decided", pairs))


def _with_grade(books: Books, pairs: ir.Table) -> ir.Table:
    """A customer or third party, B system, C company, D who owns the unit or has a target (E12)."""
    measured = _measured_people(books)
    days = pairs.filter(pairs.made_by.notnull()).select("made_by", "event_date").distinct()
    on_target = days.semi_join(
        measured,
        [
            days.made_by == measured.measured_id,
            days.event_date >= measured.measured_from,
            days.event_date <= measured.measured_to,
        ],
    ).select(person="made_by", day="event_date")
    pairs = pairs.left_join(on_target, [pairs.made_by == on_target.person, pairs.event_date == on_target.day])
    by_maker = ibis.cases(
        (pairs.maker.isin(("customer", "third_party")), "A"), (pairs.maker == "system", "B"), else_="C"
    )
    own = (pairs.made_by == pairs.unit_owner_id).fill_null(False) | pairs.person.notnull()
    return pairs.mutate(grade=ibis.ifelse(own, "D", by_maker)).drop("person", "day")


def _measured_people(books: Books) -> ir.Table:
    """(measured_id, measured_from, measured_to): who has a target, or heads a department that has one."""
    periods = books.period_names.select(period_id="name", first_date="first_date", last_date="last_date")
    targets = books.tables["targets"].join(periods, "period_id")
    own = targets.filter(targets.employee_id.notnull()).select(
        measured_id="employee_id", measured_from="first_date", measured_to="last_date"
    )
    heads = books.tables["departments"].select("department_id", "head_id", "valid_from", "valid_to")
    led = targets.drop("employee_id").join(heads, "department_id")
    led = led.select(
        measured_id=led.head_id,
        measured_from=ibis.greatest(led.first_date, led.valid_from.fill_null(led.first_date)),
        measured_to=ibis.least(led.last_date, led.valid_to.fill_null(led.last_date)),
    )
    return own.union(led)


def _with_close(books: Books, pairs: ir.Table) -> ir.Table:
    """`event_close`: when the books of the period of the event closed (E2)."""
    pairs = pairs.mutate(close_entity=pairs.entity_id.fill_null(""))
    closed = closes_on(books, pairs.select(day_entity="close_entity", day="event_date").distinct())
    # By name: Ibis takes an expression that both sides have in common for the right side's.
    pairs = pairs.left_join(closed, [("close_entity", "day_entity"), ("event_date", "day")])
    return pairs.rename(event_close="closed_at").drop("day_entity", "day", "close_entity")


def _with_timeliness(books: Books, pairs: ir.Table) -> ir.Table:
    """A late paper is timely when recorded within so many days and, if asked for, corroborated (E3, E4)."""
    policy = books.manifest.policy
    days = policy.at("late_paper.days", pairs.event_date)
    within = pairs.recorded_on.delta(pairs.event_date, unit="day") <= days
    pairs = pairs.mutate(within=within.fill_null(False), maker=pairs.maker.fill_null("company"))
    late = pairs.filter(pairs.is_late & pairs["within"])
    backed = _corroborated(late.mutate(days=policy.at("late_paper.days", late.event_date)), pairs)
    pairs = pairs.left_join(
        backed, [pairs.evidence_id == backed.backed_id, pairs.obligation_id == backed.backed_obligation]
    )
    enough = pairs.backed_id.notnull() | ~policy.at("late_paper.corroborated", pairs.event_date)
    timely = ~pairs.is_late | (pairs["within"] & enough)
    return pairs.mutate(timely=timely).drop("backed_id", "backed_obligation")


def _corroborated(late: ir.Table, pairs: ir.Table) -> ir.Table:
    """Late papers beside which another maker's record of the stage was recorded by that close (E4)."""
    other = pairs.filter(~pairs.is_rejection & (pairs.kind != "submission") & ~pairs.refused).select(
        other_id="evidence_id",
        other_obligation="obligation_id",
        other_maker="maker",
        other_stage="stage",
        other_date="event_date",
        other_recorded="recorded_at",
    )
    late = late.select(
        "evidence_id", "obligation_id", "maker", "stage", "event_date", "event_close", "days", "binding_stage"
    )
    same_stage = (late.stage == other.other_stage).fill_null(False) | (
        late.stage.isnull() & other.other_stage.isnull() & late.binding_stage.isnull()
    )
    apart = late.event_date.delta(other.other_date, unit="day").abs()
    found = late.join(
        other,
        [
            late.obligation_id == other.other_obligation,
            late.evidence_id != other.other_id,
            late.maker != other.other_maker,
            other.other_recorded <= late.event_close,
            apart <= late.days,
            same_stage,
        ],
    )
    return found.select(backed_id="evidence_id", backed_obligation="obligation_id").distinct()


def judge(books: Books, pairs: ir.Table) -> ir.Table:
    """Pairs under each scenario: `counts_from` (null: does not count) and the `reason` (E8, E9, E14).

    LEAST_GRADE and EVERY speak of obligations that rest on gradable papers only. One row a pair and
    scenario; EVERY and ALL take each paper that fits from its own day.
    """
    policy = books.manifest.policy
    known = pairs.recorded_at.notnull() | (policy.at("unknown_recorded_at", pairs.event_date) == "counts")
    pairs = pairs.drop(
        "amount_minor", "made_by", "unit_owner_id", "binding_stage", "decision", "value", "event_close"
    )
    scenarios = [ibis.literal(i) for i in (POLICY, *LEAST_GRADE.values(), EVERY, ALL)]
    rows = pairs.mutate(known=known, scenario=ibis.array(scenarios).unnest().cast("int64"))
    rows = rows.filter(rows.gradable.fill_null(False) | rows.scenario.isin((POLICY, ALL)))
    limit = _rank(policy.at("least_grade", rows.event_date))
    least = ibis.ifelse(rows.scenario.isin(tuple(LEAST_GRADE.values())), rows.scenario, limit)
    rows = rows.mutate(graded=_rank(rows.grade) <= least)
    fits = rows.misfit.isnull() & ~rows.is_rejection
    willing = rows.accepted | (rows.graded & rows.known)
    rows = rows.mutate(
        admitted=fits & ~rows.refused & (rows.accepted | (willing & rows.timely)),
        speaks_late=fits & ~rows.refused & ~rows.accepted & willing & ~rows.timely,
    )
    rows = _with_rivals(rows)
    return rows.mutate(counts_from=_counts_from(rows), reason=_reason(rows))


def _rank(letter: ir.StringValue) -> ir.IntegerValue:
    return ibis.cases(*((letter == g, i + 1) for i, g in enumerate(GRADES)), else_=len(GRADES))


def _with_rivals(rows: ir.Table) -> ir.Table:
    """`contradicted`: another date of the same stage has the better grade, or was recorded nearer (E9)."""
    order = fold_order(rows, "event_date")
    before = ibis.window(group_by=[rows.obligation_id, rows.scenario], order_by=order, rows=(None, 0))
    parts = (rows.is_rejection & ~rows.refused & rows.misfit.isnull()).cast("int64")
    rows = rows.mutate(run=parts.sum().over(before))
    whole = rows.quantity.isnull() & rows.result.fill_null("accepted").isin(("accepted",))
    rows = rows.mutate(
        rival=rows.admitted & rows.at_point & rows.kind.isin(("acceptance", "delivery")) & whole
    )
    distance = rows.recorded_on.delta(rows.event_date, unit="day").abs()
    best = [
        ibis.desc(rows.rival),
        rows.grade,
        ibis.asc(distance.isnull()),
        distance,
        ibis.desc(rows.event_date),
    ]
    group = [rows.obligation_id, rows.kind, rows.stage, rows.run, rows.scenario]
    winner = rows.event_date.first().over(ibis.window(group_by=group, order_by=best))
    return rows.mutate(contradicted=rows.rival & (rows.event_date != winner))


def fold_order(rows: ir.Table, day: str = "own_date") -> list[ir.Value]:
    """Records of one obligation in the order in which they speak (E8, E11): own day, then as recorded.

    On one day: at a point in time an unknown recording puts an acceptance first and a rejection last;
    elsewhere a cumulative record replaces the increments of its day.
    """
    forever = ibis.ifelse(rows.is_rejection, 1, -1)
    unknown = ibis.ifelse(rows.recorded_at.isnull(), forever, 0)
    replaces = ibis.ifelse(rows.at_point, False, rows.is_cumulative)
    return [
        rows[day],
        replaces,
        unknown,
        rows.recorded_at,
        rows.is_rejection,
        rows.is_cumulative,
        rows.evidence_id,
    ]


def _counts_from(rows: ir.Table) -> ir.DateValue:
    late = ibis.greatest(rows.own_date, ibis.coalesce(rows.recorded_on, rows.own_date))
    fits = rows.misfit.isnull()
    return ibis.cases(
        (rows.is_rejection & fits & (~rows.refused | (rows.scenario == ALL)), rows.event_date),
        (rows.contradicted | ~fits | rows.is_rejection, ibis.null("date")),
        (rows.scenario == ALL, rows.own_date),
        ((rows.scenario == EVERY) & ~rows.refused, rows.accepted_from),
        (rows.admitted, rows.accepted_from),
        (rows.speaks_late, late),
        else_=ibis.null("date"),
    )


def _reason(rows: ir.Table) -> ir.StringValue:
    """The first of the reasons of E14 that applies."""
    return ibis.cases(
        (rows.misfit.notnull(), rows.misfit),
        (rows.contradicted, "contradicted"),
        (rows.refused, "refused_by_person"),
        (rows.accepted, "accepted_by_person"),
        (rows.is_rejection, "admitted"),
        (~rows.graded, "grade"),
        (~rows.known, "unknown_recorded_at"),
        (~rows.timely, "late"),
        else_="admitted",
    )


def evidence_used(judged: ir.Table, unknown: ir.Table, units: ir.Table) -> ir.Table:
    """The run's table evidence_used: each record per unit, whether it counts, from when, and why (E14)."""
    rows = judged.filter(judged.scenario == POLICY)
    position = ibis.cases(*((rows.reason == r, i) for i, r in enumerate(REASONS)), else_=len(REASONS))
    rows = rows.mutate(
        counts=rows.counts_from.notnull(),
        position=position,
    )
    best = [ibis.desc(rows["counts"]), rows.position, rows.counts_from]
    rank = ibis.row_number().over(group_by=[rows.evidence_id, rows.unit_id], order_by=best)
    rows = rows.mutate(rank=rank).filter(lambda t: t["rank"] == 0)
    known = rows.select(
        "evidence_id",
        "unit_id",
        effective_date="counts_from",
        grade="grade",
        counts="counts",
        reason="reason",
    )
    return known.union(_not_yet_known(unknown, units))


def _not_yet_known(unknown: ir.Table, units: ir.Table) -> ir.Table:
    of = units.group_by("contract_id").agg(only_unit=units.unit_id.min(), n=units.count())
    rows = unknown.left_join(of, "contract_id")
    unit = ibis.ifelse(rows.n == 1, rows.only_unit, ibis.coalesce(rows.obligation_id, rows.contract_id))
    return rows.select(
        evidence_id="evidence_id",
        unit_id=unit,
        effective_date=ibis.null("date"),
        grade=ibis.null("string"),
        counts=ibis.literal(False),
        reason=ibis.literal("after_as_of"),
    )
