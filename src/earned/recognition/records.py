"""The run's table records: what each paper that fits adds to an obligation, and from which day it is heard.

What was done by a period's end is these rows taken in their order (E3, E5, E8, E9, E11, G5).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.recognition.admission import ALL, AT_CLOSE, EVERY, LEAST_GRADE, POLICY, fold_order
from earned.recognition.progress import begins_anew, step
from earned.recognition.recognise import Recognition

#: column of the day from which a record is heard under each way to accept papers
HEARD = {
    "counts_date": POLICY,
    "all_date": ALL,
    "every_date": EVERY,
    **{f"{grade.lower()}_date": scenario for grade, scenario in LEAST_GRADE.items()},
}


def records(rec: Recognition) -> ir.Table:
    """One row a paper and obligation that it fits (E6, E7, E11), whether it counts or not.

    `standing` is admitted, rejection, or why it does not count from its own day. `place` orders the records
    of an obligation by their own days (E8, E11); `adds` is in the measure's own unit, and `begins_anew`
    where what was before it falls away. The days are null where it is never heard; `at_close_date` is the
    first period end at whose close it could be shown (E5).
    """
    rows = rec.judged.filter(
        (rec.judged.scenario == POLICY) & rec.judged.misfit.isnull() & rec.judged.obligation_id.notnull()
    )
    rows = rows.filter(rows.beside.isnull())
    place = ibis.row_number().over(group_by=rows.obligation_id, order_by=fold_order(rows))
    rows = rows.select(
        "evidence_id", "obligation_id", "unit_id", "grade", "own_date", "gradable",
        standing=standing(rows), place=place, adds=step(rows), begins_anew=begins_anew(rows),
    )  # fmt: skip
    return _with_days(rec, rows)


def standing(rows: ir.Table) -> ir.StringValue:
    """Why a record that fits does not count from its own day, a late one before its grade; else admitted.

    What takes away is a rejection, whoever decided about it.
    """
    reason: ir.StringValue = ibis.cases(
        (rows.is_rejection, "rejection"),
        (rows.contradicted, "contradicted"),
        (rows.refused, "refused_by_person"),
        (rows.accepted, "accepted_by_person"),
        (~rows.timely, "late"),
        (~rows.graded, "grade"),
        (~rows.known, "unknown_recorded_at"),
        else_="admitted",
    )
    return reason


def _with_days(rec: Recognition, rows: ir.Table) -> ir.Table:
    """The day from which each is heard; what rests on no graded paper is heard alike under every grade."""
    judged = rec.judged.filter(rec.judged.counts_from.notnull())
    days = judged.group_by(of="evidence_id", to="obligation_id").agg(
        **{name: judged.counts_from.min(where=judged.scenario == s) for name, s in HEARD.items()}
    )
    rows = rows.left_join(days, [rows.evidence_id == days["of"], rows.obligation_id == days.to])
    ends = rec.marks.select(at="period_index", close_date="last_date")
    closed = rec.records.filter(rec.records.scenario == AT_CLOSE)
    closed = closed.left_join(ends, closed.first_index == ends["at"]).select(
        "close_date", shown_id="evidence_id", shown_of="obligation_id", close_index="first_index"
    )
    rows = rows.drop("of", "to").left_join(
        closed, [rows.evidence_id == closed.shown_id, rows.obligation_id == closed.shown_of]
    )
    apart = rows.close_index.notnull().any().over(group_by=rows.obligation_id)
    alike = {
        name: ibis.ifelse(rows.gradable, rows[name], rows.counts_date)
        for name in HEARD
        if name not in ("counts_date", "all_date")
    }
    return rows.mutate(at_close_date=ibis.ifelse(apart, rows.close_date, rows.counts_date), **alike)
