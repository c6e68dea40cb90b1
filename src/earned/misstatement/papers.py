"""What revenue rests on: papers of which grade, or papers that do not count, and why (E3, E9, E12, E14)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.misstatement.split import PARTS
from earned.misstatement.translation import translated_parts
from earned.recognition.admission import GRADES, POLICY

#: The part that papers would fill if they counted, and those that the loser of two dates speaks to (E9).
REFUSED, SHORT = "evidence_refused", ("not_started", "unfinished")


def on_papers(parts: ir.Table, cells: ir.Table, judged: ir.Table, marks: ir.Table) -> ir.Table:
    """period_index, standing, grade, amount_minor (cumulative), net_minor (of the period); company currency.

    `standing` is `admitted` (supported, were its grade the least accepted), `not_asked` (supported, and by
    its nature without graded papers, G5), or why the paper that would support it does not count by then:
    `late` (whatever its grade), `grade` (in time, below the policy's least), `unknown_recorded_at`,
    `refused_by_person`, `accepted_by_person` (from a later day), `contradicted` (another date won).
    """
    rows = _supported(cells).union(_silent(parts, cells, judged, marks))
    ends = marks.select("period_index")
    every = rows.select("standing", "grade").distinct().cross_join(ends)
    key = ["standing", "grade", "period_index"]
    rows = every.left_join(rows, key).select(*key, amount_minor=rows.amount_minor.fill_null(0))
    own = ibis.window(group_by=["standing", "grade"], order_by="period_index")
    rows = rows.mutate(net_minor=rows.amount_minor - rows.amount_minor.lag().over(own).fill_null(0))
    return rows.filter(rows.period_index >= 0)


def _supported(cells: ir.Table) -> ir.Table:
    """Earned revenue by the lowest grade that it needs; a step of the range is what that grade adds."""
    free = ibis.ifelse(cells.any_gradable, 0, cells.not_gradable_minor)
    steps = {"": free}
    before = free
    for grade in GRADES:
        earned = cells[f"earned_{grade.lower()}_minor"]
        steps[grade] = earned - before
        before = earned
    tables = []
    for grade, amount in steps.items():
        sums = cells.mutate(step=amount).group_by("period_index")
        rows = sums.agg(amount_minor=lambda t: t.step.sum().cast("int64"))
        standing = ibis.literal("admitted" if grade else "not_asked")
        tables.append(
            rows.select("period_index", "amount_minor", standing=standing, grade=ibis.literal(grade))
        )
    return ibis.union(*tables)


def _silent(parts: ir.Table, cells: ir.Table, judged: ir.Table, marks: ir.Table) -> ir.Table:
    """What of the gap a paper would support that does not count by then.

    Of several papers of a unit the one of the best grade stands for them, one in time before a late one.
    """
    rows = translated_parts(parts, cells, PARTS)
    rows = rows.filter((rows.amount_minor > 0) & rows.part.isin((REFUSED, *SHORT)))
    rows = rows.join(marks.select("period_index", "last_date"), "period_index")
    papers = _papers(judged)
    speaks = (papers.standing == "contradicted") == (rows.part != REFUSED)
    heard = papers.counts_from.notnull() & (papers.counts_from <= rows.last_date)
    found = rows.join(
        papers, [rows.unit_id == papers["of"], papers.own_date <= rows.last_date, speaks, ~heard]
    )
    order = [found.grade, found.standing == "late", found.standing, found.own_date, found.evidence_id]
    place = ibis.row_number().over(group_by=[found.unit_id, found.period_index, found.part], order_by=order)
    best = found.mutate(place=place).filter(lambda t: t.place == 0)
    sums = best.group_by("period_index", "standing", "grade")
    amounts = sums.agg(amount_minor=best.amount_minor.sum().cast("int64"))
    return amounts.select("period_index", "amount_minor", "standing", "grade")


def _papers(judged: ir.Table) -> ir.Table:
    """Papers that fit an obligation, with why they do not count, or not from their own day."""
    papers = judged.filter((judged.scenario == POLICY) & judged.misfit.isnull() & ~judged.is_rejection)
    standing = ibis.cases(
        (papers.contradicted, "contradicted"),
        (papers.refused, "refused_by_person"),
        (papers.accepted, "accepted_by_person"),
        (~papers.timely, "late"),
        (~papers.graded, "grade"),
        (~papers.known, "unknown_recorded_at"),
        else_="",
    )
    papers = papers.select(
        "evidence_id", "own_date", "counts_from", "grade", of=papers.unit_id, standing=standing
    )
    return papers.filter(papers.standing != "")
