"""Progress on the eve of a change: what was done of each obligation by a day that ends no period.

M1: the day before a modification takes effect. Only what the company's policy admits counts.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.recognition.admission import POLICY
from earned.recognition.price import is_bound
from earned.recognition.progress import QUANTITY, estimated_on, fold, whole
from earned.recognition.straight_line import cut, measured
from earned.recognition.terms import STRAIGHT_LINE


def progress_on(books: Books, rows: ir.Table, records: ir.Table, by: tuple[str, ...]) -> ir.Table:
    """(obligation_id, step) -> `part`, `whole`, `eve_base_part`: progress by the end of `day`.

    `rows` are obligations with the terms then in force, a `step` and a `day`. Straight line: whole numbers
    of its convention, which is one of `by`; else the measure's own unit. Nothing is done before it binds.
    """
    shown = rows.filter(~rows.measure.isin(STRAIGHT_LINE) & (rows.measure != "as_used"))
    done = _done(shown, records)
    shown = shown.left_join(done, ["obligation_id", "step"]).drop("obligation_id_right", "step_right")
    known = estimated_on(books, rows, shown)
    shown = shown.left_join(known, ["obligation_id", "step"]).drop("obligation_id_right", "step_right")
    of_all = whole(shown) - shown.materials_estimate.fill_null(0)
    shown = shown.mutate(of_all=of_all.cast(QUANTITY))
    part = ibis.least(ibis.greatest(shown.done.fill_null(0), 0), shown.of_all)
    by_papers = shown.select(
        "obligation_id", "step", part=_if_bound(shown, part.cast(QUANTITY)), whole="of_all",
        eve_base_part="base_part",
    )  # fmt: skip
    return by_papers.union(_by_time(rows, by)) if by else by_papers


def _by_time(rows: ir.Table, by: tuple[str, ...]) -> ir.Table:
    timed = measured(cut(rows.filter(rows.measure.isin(STRAIGHT_LINE))), *by)
    return timed.select(
        "obligation_id", "step", part=_if_bound(timed, timed.part), whole="whole", eve_base_part="base_part"
    )


def _if_bound(rows: ir.Table, part: ir.DecimalValue) -> ir.DecimalValue:
    return ibis.ifelse(is_bound(rows), part, ibis.literal(0).cast(QUANTITY))


def _done(rows: ir.Table, records: ir.Table) -> ir.Table:
    """(obligation_id, step) -> `done`: the records heard by the day, folded (E8, E11)."""
    heard = records.filter((records.scenario == POLICY) & records.beside.isnull())
    days = rows.select(of="obligation_id", at="step", by_day="day")
    heard = heard.join(
        days,
        [heard.obligation_id == days["of"], heard.counts_from <= days.by_day, heard.own_date <= days.by_day],
    )
    heard = fold(heard.drop("of"))
    key = [heard.obligation_id, heard["at"]]
    heard = heard.mutate(newest=ibis.row_number().over(group_by=key, order_by=ibis.desc(heard.place)))
    heard = heard.filter(heard.newest == 0)
    return heard.select("obligation_id", "done", step="at")
