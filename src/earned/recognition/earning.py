"""Earned revenue per obligation and point: the allocated price times progress, under every scenario.

ASC 606-10-25-31, 25-23; U3, U5, E5, S1.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.books.policy import Policy
from earned.engine import share
from earned.recognition.admission import ALL, AT_CLOSE, EVERY, LEAST_GRADE, POLICY
from earned.recognition.beside import beside, fees, returned, royalty, with_beside
from earned.recognition.by_use import by_use, with_changed
from earned.recognition.line import along
from earned.recognition.modification import in_force
from earned.recognition.odd_cent import posted_by_month
from earned.recognition.price import is_bound
from earned.recognition.progress import estimated, whole
from earned.recognition.straight_line import ADMISSIBLE, cut, fraction, measured, used
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
#: what would have been earned without it: returns and refunds, concessions, payments to the customer
GIVEN_BACK = ("refundable_minor", "conceded_minor", "incentive_minor")
_LOWERED = {
    "refundable_minor": "refund_minor",
    "conceded_minor": "concession_minor",
    "incentive_minor": "incentive_minor",
}
#: the price in force, what of it is earned along the line, and where the line bends
PRICE = ("allocated_minor", "margin_minor", "base_minor", "base_part")
#: column of the progress behind a figure, in the measure's own unit
DONE = {"done": POLICY, "done_at_close": AT_CLOSE, "done_all": ALL}


def earn(
    books: Books,
    terms: ir.Table,
    versions: ir.Table | None,
    usage_changed: ir.Table | None,
    records: ir.Table,
    states: ir.Table,
    marks: ir.Table,
) -> ir.Table:
    """obligation_id, unit_id, period_index and one column of cumulative earned revenue per scenario.

    Also the price in force (`allocated_minor`), what of it is earned along the line (`margin_minor`: not the
    materials at cost), where the line bends (`base_minor`, `base_part`),
    `progress_ppm`, the progress behind it (DONE) and its `whole`, `beside_minor` (royalties, materials at
    cost, fees), what a lower price takes from it (GIVEN_BACK), `fixed_minor` (what is no usage) and
    `not_gradable_minor` (what rests on no acceptance, delivery or milestone, G5).
    Amounts are minor units of the contract's currency; rows exist only where something was earned.
    """
    testable = terms.filter(terms.untestable.isnull())
    sums = beside(records, marks)
    shown = _by_records(books, testable, versions, usage_changed, states, sums, marks)
    rows = shown
    if conventions_used := used(testable):
        timed = _by_time(books.manifest.policy, testable, versions, sums, marks, conventions_used)
        rows = shown.union(timed.select(*shown.columns))
    differs = records.filter(records.scenario == AT_CLOSE).select(differing="obligation_id").distinct()
    by_policy = rows.scenario == POLICY
    wide = rows.group_by("obligation_id", "period_index").agg(
        **{f: rows.minor.max(where=rows.scenario == s) for f, s in FIGURES.items()},
        **{d: rows.done.max(where=rows.scenario == s) for d, s in DONE.items()},
        **{name: rows[name].max() for name in ("whole", *PRICE)},
        **{name: rows[name].max(where=by_policy) for name in ("beside_minor", *GIVEN_BACK)},
        progress_ppm=rows.ppm.max(where=by_policy),
    )
    of = testable.select("obligation_id", "unit_id", "measure", "gradable")
    wide = wide.join(of, "obligation_id").left_join(differs, wide.obligation_id == differs.differing)
    return _fill(wide)


def _fill(wide: ir.Table) -> ir.Table:
    """A scenario that was not computed apart is the policy's figure; one that was and shows nothing is 0."""
    straight = wide.measure.isin(STRAIGHT_LINE)
    policy, done = wide.earned_minor.fill_null(0), wide.done.fill_null(0)
    apart = dict.fromkeys(FIGURES.values(), wide.gradable)
    apart |= {AT_CLOSE: wide.differing.notnull() & ~straight, ALL: ~straight}
    columns = {
        name: ibis.ifelse(apart[scenario], wide[name].fill_null(0), of_policy).cast(wide[name].type())
        for figures, of_policy in ((FIGURES, policy), (DONE, done))
        for name, scenario in figures.items()
        if scenario != POLICY
    }
    given_back = {name: wide[name].fill_null(0) for name in ("beside_minor", *GIVEN_BACK)}
    return wide.select(
        "obligation_id",
        "unit_id",
        "period_index",
        "progress_ppm",
        "whole",
        *PRICE,
        earned_minor=policy,
        done=done.cast(QUANTITY),
        not_gradable_minor=ibis.ifelse(wide.gradable, 0, policy),
        fixed_minor=ibis.ifelse(wide.measure == "as_used", 0, policy - given_back["beside_minor"]),
        **given_back,
        **columns,
    )


def _by_records(
    books: Books,
    terms: ir.Table,
    versions: ir.Table | None,
    usage_changed: ir.Table | None,
    states: ir.Table,
    sums: ir.Table | None,
    marks: ir.Table,
) -> ir.Table:
    """Progress read from records, within 0 and the whole; as used: quantity times unit price (U3)."""
    ends = marks.select("period_index", day="last_date")
    rows = states.join(ends, [ends.period_index >= states.from_index, ends.period_index <= states.to_index])
    rows = in_force(with_beside(rows, sums).join(terms, "obligation_id"), versions)
    rows = rows.left_join(estimated(books, terms, marks), ["obligation_id", "period_index"])
    rows = _within(rows.drop("obligation_id_right", "period_index_right"))
    rows = with_changed(rows, usage_changed)
    used = rows.measure == "as_used"
    line = along(rows.margin_minor, rows.base_minor, rows.base_part, rows.part, rows.whole)
    kept = along(rows.margin_minor, rows.base_minor, rows.base_part, rows.kept, rows.whole)
    fee = fees(rows, rows.back_units)
    passed = ibis.ifelse((rows.done > 0) & ~used, royalty(rows), 0)
    rows = rows.mutate(
        line_minor=ibis.ifelse(used, by_use(rows) + rows.changed_minor, line).fill_null(0),
        beside_minor=(passed + fee + rows.materials.cast("int64")).fill_null(0),
        returned_minor=ibis.ifelse(used, 0, kept - line - fee).fill_null(0),
    )
    ppm = share(ibis.literal(MILLION, "int64"), rows.part, rows.whole)
    return _at_points(
        rows,
        scenario=rows.scenario.cast("int64"),
        ppm=ibis.ifelse(used, ibis.null("int64"), ppm),
        done=ibis.ifelse(used, rows.done, rows.part),
        whole=ibis.ifelse(used, ibis.null(QUANTITY), rows.whole),
    )


def _within(rows: ir.Table) -> ir.Table:
    """`part` of `whole` less what comes back, `kept` with it; without materials that are earned at cost,
    whose estimate is also taken from the price (`margin_minor`, 606-10-55-21(b))."""
    at_cost = rows.materials_estimate.fill_null(0)
    rows = rows.mutate(whole=(whole(rows) - at_cost).cast(QUANTITY), back_units=returned(rows))
    return rows.mutate(
        part=ibis.least(ibis.greatest(rows.done - rows.back_units, 0), rows.whole).cast(QUANTITY),
        kept=ibis.least(ibis.greatest(rows.done, 0), rows.whole).cast(QUANTITY),
        margin_minor=rows.allocated_minor - rows.materials_estimate.fill_null(0).cast("int64"),
    )


def _by_time(
    policy: Policy,
    terms: ir.Table,
    versions: ir.Table | None,
    sums: ir.Table | None,
    marks: ir.Table,
    by: tuple[str, ...],
) -> ir.Table:
    """Straight line: no paper is needed while the contract is in force and service has begun (S1)."""
    rows = terms.filter(terms.measure.isin(STRAIGHT_LINE))
    rows = rows.cross_join(marks.select("period_index", day="last_date"))
    rows = rows.mutate(scenario=ibis.literal(POLICY, "int64"))
    rows = cut(in_force(with_beside(rows.filter(rows.day >= rows.start_date), sums), versions))
    rows = _measured(rows, versions, *by)
    line = along(rows.allocated_minor, rows.base_minor, rows.base_part, rows.part, rows.whole)
    posted = posted_by_month(policy, terms, by)
    if posted is not None:
        rows = rows.left_join(posted, [rows.obligation_id == posted.posted_of, rows.cut == posted.posted_day])
        line = ibis.ifelse(rows.base_day.isnull(), ibis.coalesce(rows.posted_minor, line), line)
    rows = rows.mutate(
        line_minor=line,
        margin_minor=rows.allocated_minor,
        beside_minor=royalty(rows),
        returned_minor=ibis.literal(0, "int64"),
    )
    ppm = share(ibis.literal(MILLION, "int64"), rows.part, rows.whole)
    return _at_points(rows, scenario=rows.scenario, ppm=ppm, done=rows.part, whole=rows.whole)


def _at_points(rows: ir.Table, **columns: ir.Value) -> ir.Table:
    """The columns of both ways to progress; nothing before the contract binds (U5)."""
    bound = is_bound(rows)
    used = rows.measure == "as_used"
    lowered = {
        n: ibis.ifelse(used, rows[c], share(rows[c], rows.part, rows.whole)).fill_null(0)
        for n, c in _LOWERED.items()
    }
    given_back = {
        "refundable_minor": rows.returned_minor - lowered["refundable_minor"],
        "conceded_minor": -lowered["conceded_minor"],
        "incentive_minor": -lowered["incentive_minor"],
    }
    zero = ibis.literal(0, "int64")
    amounts = {"minor": rows.line_minor + rows.beside_minor, "beside_minor": rows.beside_minor} | given_back
    return rows.select(
        "obligation_id",
        "period_index",
        *PRICE,
        scenario=columns["scenario"],
        ppm=ibis.ifelse(bound, columns["ppm"], 0),
        done=ibis.ifelse(bound, columns["done"], 0).cast(QUANTITY),
        whole=columns["whole"],
        **{name: ibis.ifelse(bound, value, zero).cast("int64") for name, value in amounts.items()},
    )


def conventions(terms: ir.Table, versions: ir.Table | None, marks: ir.Table) -> ir.Table:
    """obligation_id, period_index, convention, minor: straight-line revenue under every convention (G1)."""
    rows = terms.filter(terms.measure.isin(STRAIGHT_LINE))
    rows = cut(in_force(rows.cross_join(marks.select("period_index", day="last_date")), versions))
    rows = rows.mutate(counts=is_bound(rows) & (rows.day >= rows.start_date))
    key = ("obligation_id", "unit_id", "period_index")
    line = ("allocated_minor", "base_minor", "part", "whole", "base_part", "counts")
    parts = [
        _measured(rows, versions, name).select(*key, *line, convention=ibis.literal(name))
        for name in ADMISSIBLE
    ]
    rows = ibis.union(*parts)
    # The division stands once, over columns: written into each convention it takes a second to plan.
    minor = along(rows.allocated_minor, rows.base_minor, rows.base_part, rows.part, rows.whole)
    return rows.select(*key, "convention", minor=ibis.ifelse(rows["counts"], minor, 0))


def _measured(rows: ir.Table, versions: ir.Table | None, *conventions: str) -> ir.Table:
    """Rows with `part`, `whole` and `base_part` by a convention; what never changed has no base."""
    if versions is not None:
        return measured(rows, *conventions)
    served, of = fraction(rows, *conventions)
    return rows.mutate(part=served.cast(QUANTITY), whole=of.cast(QUANTITY))
