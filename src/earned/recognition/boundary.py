"""A boundary: what is not yet earned of the obligations that a modification reaches is shared anew.

ASC 606-10-25-13 (a) and (c), 55-111 to 55-128; IFRS 15.21; M1. A credit for work already done leaves
revenue first (55-115). An obligation goes on from what it had earned, or, where what is left of it is not
distinct, is caught up over all its work.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.engine import share
from earned.recognition.admission import POLICY
from earned.recognition.allocation import largest_remainder
from earned.recognition.changes import Changing, reaching
from earned.recognition.eves import progress_on
from earned.recognition.line import along
from earned.recognition.price import is_bound
from earned.recognition.progress import QUANTITY, estimated_on, fold


def state(of: Changing, before: ir.Table, todo: ir.Table) -> ir.Table:
    """The state of each obligation after the boundaries `todo` (one a contract at most), the others' as it
    was; with step, kind, item, from_day, `moved_minor` of the allocated price and whether it was `reached`.
    """
    rows = reaching(of, before, todo)
    done = of.keep("boundary_progress", progress_on(of.books, rows, of.records, of.conventions))
    rows = rows.left_join(done, ["obligation_id", "step"]).drop("obligation_id_right", "step_right")
    rows = _with_materials(of, rows)
    rows = _pooled(of.keep("boundary_reached", _reached(rows)))
    rows = largest_remainder(rows, "contract_id", "obligation_id", "pool_minor", "left_weight")
    return _after(before, of.keep("boundary_shared", rows))


def _with_materials(of: Changing, rows: ir.Table) -> ir.Table:
    """`materials_minor` in the price of each obligation as estimated on the eve, and `at_cost_minor`, what
    was earned of them by then: they bear no margin and are no part of the line (55-21(b))."""
    if not of.books.filled.get("estimates"):
        none = ibis.literal(0, "int64")
        return rows.mutate(materials_minor=none, at_cost_minor=none)
    key = ["obligation_id", "step"]
    known = estimated_on(of.books, of.terms, rows).select(*key, "materials_estimate")
    rows = rows.left_join(known, key).drop("obligation_id_right", "step_right")
    rows = rows.left_join(_materials_on(rows, of.records), key).drop("obligation_id_right", "step_right")
    at_cost = ibis.ifelse(is_bound(rows), rows.materials.fill_null(0), 0)
    return rows.mutate(
        materials_minor=rows.materials_estimate.fill_null(0).cast("int64"),
        at_cost_minor=at_cost.cast("int64"),
    ).drop("materials_estimate", "materials")


def _materials_on(rows: ir.Table, records: ir.Table) -> ir.Table:
    """(obligation_id, step) -> `materials`: cost of materials by the records heard by the eve (E11)."""
    heard = records.filter((records.scenario == POLICY) & (records.beside == "materials"))
    days = rows.select(of="obligation_id", at="step", by_day="day")
    heard = heard.join(
        days,
        [heard.obligation_id == days["of"], heard.counts_from <= days.by_day, heard.own_date <= days.by_day],
    )
    no = ibis.literal(False)
    heard = fold(heard.drop("of").mutate(is_whole=no, at_point=no))
    return heard.group_by("obligation_id", step="at").agg(materials=heard.done.argmax(heard.place))


def _reached(rows: ir.Table) -> ir.Table:
    """`reached`, `earned_minor` by the eve (materials at cost beside the line), and `left_weight`: the price
    of what is still to come."""
    finished = (rows.part >= rows.whole).fill_null(False)
    added = (rows.added_step == rows.step).fill_null(False)
    reached = ibis.cases(
        (rows.any_listed, rows.is_listed | added),
        (rows.named_obligation_id.notnull(), rows.obligation_id == rows.named_obligation_id),
        else_=(rows.promised & ~finished) | added,
    )
    none = ~reached.any().over(group_by=rows.contract_id)
    reached = ibis.ifelse(none, rows.promised, reached)
    margin = rows.allocated_minor - rows.materials_minor
    line = along(margin, rows.base_minor, rows.eve_base_part, rows.part.fill_null(0), rows.whole)
    rows = rows.mutate(reached=reached, earned_minor=line.fill_null(0) + rows.at_cost_minor)
    still = share(rows.ssp_minor, rows.whole - rows.part.fill_null(0), rows.whole)
    unpriced = ibis.ifelse(added, rows.change_minor, rows.allocated_minor - rows.earned_minor)
    weight = ibis.coalesce(rows.listed_ssp_minor, still, unpriced)
    goes_on = rows.reached & ~rows.listed_ended.fill_null(False)
    rows = rows.mutate(left_weight=ibis.ifelse(goes_on, ibis.greatest(weight, 0), 0), goes_on=goes_on)
    weightless = rows.left_weight.sum().over(group_by=rows.contract_id) == 0
    return rows.mutate(
        left_weight=ibis.ifelse(weightless & rows.goes_on, 1, rows.left_weight).cast("int64"),
        credit_weight=ibis.ifelse(rows.reached, rows.earned_minor, 0),
    )


def _pooled(rows: ir.Table) -> ir.Table:
    """`earned_minor` less the credit for past work, and `pool_minor`: what is left to be shared."""
    rows = largest_remainder(rows, "contract_id", "obligation_id", "past_credit_minor", "credit_weight")
    credit = rows.share_minor.fill_null(0)
    open_minor = ibis.ifelse(rows.reached, rows.allocated_minor - rows.earned_minor, 0)
    unearned = open_minor.sum().over(group_by=rows.contract_id).cast("int64")
    given = credit.sum().over(group_by=rows.contract_id).cast("int64")
    return rows.mutate(
        earned_minor=rows.earned_minor + credit, pool_minor=unearned + rows.change_minor - given
    ).drop("share_minor")


def _after(before: ir.Table, rows: ir.Table) -> ir.Table:
    allocated = rows.earned_minor + rows.share_minor.fill_null(0)
    caught_up = (rows.kind == "mixed") & (rows.listed_treatment == "catch_up").fill_null(False)
    reached = rows.filter(rows.reached)
    rows = reached.select(
        "obligation_id",
        "step",
        "item",
        "from_day",
        kind=ibis.ifelse(caught_up, "catch_up", "prospective"),
        moved_minor=allocated - rows.allocated_minor,
        reached=ibis.literal(True),
        new_allocated_minor=allocated,
        new_base_minor=ibis.ifelse(caught_up, ibis.null("int64"), rows.earned_minor - rows.at_cost_minor),
        new_base_day=ibis.ifelse(caught_up, ibis.null("date"), rows.day),
        new_base_part=ibis.ifelse(caught_up, ibis.null(QUANTITY), rows.part.fill_null(0)),
        new_total_quantity="listed_quantity",
        new_end_date="listed_end",
        new_ended=rows.listed_ended.fill_null(False),
        new_pool_weight="left_weight",
        new_pool_part=rows.part.fill_null(0),
        new_pool_whole="whole",
    )
    found = before.left_join(rows, "obligation_id").drop("obligation_id_right")
    found = found.mutate(reached=found.reached.fill_null(False))
    kept = ("allocated_minor", "base_minor", "base_day", "base_part")
    new = {n: ibis.ifelse(found.reached, found[f"new_{n}"], found[n]) for n in kept}
    return found.mutate(
        **new,
        total_quantity=ibis.coalesce(found.new_total_quantity, found.total_quantity),
        end_date=ibis.coalesce(found.new_end_date, found.end_date),
        pool_weight=ibis.ifelse(found.reached, found.new_pool_weight, 0),
        pool_part=found.new_pool_part,
        pool_whole=found.new_pool_whole,
        quantity_day=ibis.ifelse(found.new_total_quantity.notnull(), found.from_day, found.quantity_day),
        ended=found.ended | found.new_ended.fill_null(False),
    ).select(*before.columns, "step", "kind", "item", "from_day", "moved_minor", "reached")
