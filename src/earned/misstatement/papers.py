"""What revenue rests on: papers of which grade, or papers that do not count, and why (E3, E9, E12, E14)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.misstatement.split import PARTS
from earned.misstatement.translation import translated_parts
from earned.recognition.admission import GRADES

#: The part that papers would fill if they counted, and those that the loser of two dates speaks to (E9).
REFUSED, SHORT = "evidence_refused", ("not_started", "unfinished")
#: Parts that no paper explains: booked later than earned, and what is within tolerance.
ELSEWHERE = ("late_recognition", "rounding", "convention")


def on_papers(books: Books, parts: ir.Table, cells: ir.Table, records: ir.Table, marks: ir.Table) -> ir.Table:
    """The run's table on_papers: `amount_minor` cumulative, `net_minor` of the period; company currency.

    `standing` is `admitted` (supported, were its grade the least accepted), `not_asked` (supported, and by
    its nature without graded papers, G5), or why the paper that would support it does not count by then:
    `late` (whatever its grade), `grade` (in time, below the policy's least), `unknown_recorded_at`,
    `refused_by_person`, `accepted_by_person` (from a later day), `contradicted` (another date won). The rest
    is `by_decision` (supported, by a person or by a policy of its day), `no_paper` and `elsewhere` (booked
    later than earned, rounding): with these a period adds up to what was booked in it.
    """
    supported = _supported(cells)
    worth = translated_parts(parts, cells, PARTS)
    silent = _silent(worth, records, marks)
    rows = ibis.union(supported, silent, *_rest(books, supported, silent, worth, cells))
    ends = marks.select("period_index")
    every = rows.select("standing", "grade").distinct().cross_join(ends)
    key = ["standing", "grade", "period_index"]
    rows = every.left_join(rows, key).select(*key, amount_minor=rows.amount_minor.fill_null(0))
    own = ibis.window(group_by=["standing", "grade"], order_by="period_index")
    rows = rows.mutate(net_minor=rows.amount_minor - rows.amount_minor.lag().over(own).fill_null(0))
    return rows.join(books.calendar.select("period_index", "period_id"), "period_index")


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


def _rest(
    books: Books, supported: ir.Table, silent: ir.Table, worth: ir.Table, cells: ir.Table
) -> list[ir.Table]:
    """What is earned beyond the papers that the last policy accepts, and what no paper would support."""
    least = books.manifest.policy.steps("least_grade")[-1][1] or GRADES[-1]
    counted = supported.filter((supported.standing == "not_asked") | (supported.grade <= least))
    elsewhere = worth.part.isin(ELSEWHERE)
    return [
        _summed("by_decision", _amounts(cells, "earned_minor"), _amounts(counted, "amount_minor", -1)),
        _summed(
            "no_paper",
            _amounts(worth.filter(~elsewhere), "amount_minor"),
            _amounts(silent, "amount_minor", -1),
        ),
        _summed("elsewhere", _amounts(worth.filter(elsewhere), "amount_minor")),
    ]


def _amounts(rows: ir.Table, column: str, sign: int = 1) -> ir.Table:
    return rows.select("period_index", amount_minor=rows[column].fill_null(0) * sign)


def _summed(standing: str, *amounts: ir.Table) -> ir.Table:
    rows = ibis.union(*amounts)
    sums = rows.group_by("period_index").agg(amount_minor=rows.amount_minor.sum().cast("int64"))
    return sums.select(
        "period_index", "amount_minor", standing=ibis.literal(standing), grade=ibis.literal("")
    )


def _silent(worth: ir.Table, records: ir.Table, marks: ir.Table) -> ir.Table:
    """What of the gap a paper would support that does not count by then.

    Of several papers of a unit the one of the best grade stands for them, one in time before a late one.
    """
    rows = worth.filter((worth.amount_minor > 0) & worth.part.isin((REFUSED, *SHORT)))
    rows = rows.join(marks.select("period_index", "last_date"), "period_index")
    papers = _papers(records)
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


def _papers(records: ir.Table) -> ir.Table:
    """Papers that fit an obligation and do not count, or not from their own day."""
    papers = records.filter(records.standing.notin(("admitted", "rejection")))
    return papers.select(
        "evidence_id", "own_date", "grade", "standing", of=papers.unit_id, counts_from="counts_date"
    )
