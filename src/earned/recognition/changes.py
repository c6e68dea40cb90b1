"""Changes of price between two boundaries: who they reach, and what is earned of them at once.

A change goes to the obligation it names, to those listed with it, or to all by the weights of the
allocation (606-10-32-43, 32-44). After a boundary, one promised before it goes to the obligations of then;
what falls on work still to be done is shared like the rest of the price (32-45).
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import Keep, share
from earned.recognition.allocation import largest_remainder
from earned.recognition.eves import progress_on
from earned.recognition.price import without_tax
from earned.recognition.variable import LOWERING

_STATE = (
    "allocated_minor", "base_minor", "base_day", "base_part", *LOWERING, "pool_weight", "pool_part",
    "pool_whole", "ended", "quantity_day",
)  # fmt: skip

_LOWERS = tuple(LOWERING.items())
_STEP = ("contract_id", "step")


@dataclass(frozen=True)
class Changing:
    """Contracts that change: their terms at inception, what modifications list (`listed`), and what shows
    their progress: records of the work, and the straight-line conventions that they use."""

    books: Books
    terms: ir.Table
    listed: ir.Table
    records: ir.Table
    conventions: tuple[str, ...]
    keep: Keep


def listed(books: Books) -> ir.Table:
    """What modifications say of single obligations, under names of their own."""
    rows = books.tables["modified_obligations"]
    return rows.select(
        listed_contract="contract_id",
        listed_version=rows.version.cast("int64"),
        listed_id="obligation_id",
        listed_treatment="treatment",
        listed_ssp_minor="ssp_minor",
        listed_quantity="total_quantity",
        listed_end="end_date",
        listed_ended=rows.ended.fill_null(False),
    )


def reaching(of: Changing, state: ir.Table, todo: ir.Table) -> ir.Table:
    """(obligation, step) of every step: terms as they stand before it, what the step lists, `day` its eve."""
    before = state.select("obligation_id", *_STATE, new_quantity="total_quantity", new_end="end_date")
    listed = of.listed
    rows = of.terms.drop("allocated_minor").join(before, "obligation_id")
    rows = rows.mutate(
        total_quantity=ibis.coalesce(rows.new_quantity, rows.total_quantity),
        end_date=ibis.coalesce(rows.new_end, rows.end_date),
    ).drop("new_quantity", "new_end")
    rows = rows.join(todo, "contract_id")
    rows = rows.left_join(
        listed,
        [
            rows.contract_id == listed.listed_contract,
            rows.version == listed.listed_version,
            rows.obligation_id == listed.listed_id,
        ],
    ).drop("listed_contract", "listed_version")
    rows = rows.mutate(
        is_listed=rows.listed_id.notnull(),
        any_listed=rows.listed_id.notnull().any().over(group_by=_STEP),
        day=(rows.from_day - ibis.interval(days=1)).cast("date"),
        promised=~rows.ended
        & (
            rows.from_start
            | (rows.added_step <= rows.step).fill_null(False)
            | (rows.allocated_minor != 0).fill_null(False)
        ),
    )
    return rows.filter(rows.measure != "as_used")


def moved(of: Changing, state: ir.Table, todo: ir.Table) -> ir.Table:
    """(obligation_id, step) that a change reaches: `moved_minor` of the allocated price, of it
    `base_moved_minor` earned at once and what lowers it (LOWERING); new `listed_quantity`, `listed_end`.
    """
    rows = of.keep("changes_reaching", reaching(of, state, todo))
    caught_up = rows.filter(rows.kind == "catch_up")
    done = of.keep("changes_progress", progress_on(of.books, caught_up, of.records, of.conventions))
    rows = of.keep("changes_weighed", _with_weight(rows, done))
    rows = largest_remainder(rows, _STEP, "obligation_id", "change_minor", "weight")
    rows = _routed(rows)
    rows = rows.filter((rows.moved_minor != 0) | rows.is_listed)
    on_base = rows.routed & rows.base_minor.notnull()
    return rows.select(
        "obligation_id", "contract_id", "step", "kind", "item", "from_day", "listed_quantity", "listed_end",
        moved_minor="moved_minor",
        base_moved_minor=ibis.ifelse(on_base, rows.now_minor, 0),
        **{f"moved_{n}": ibis.ifelse(rows.nature.isin(by), rows.moved_minor, 0) for n, by in _LOWERS},
    )  # fmt: skip


def _routed(rows: ir.Table) -> ir.Table:
    """`moved_minor`: the own share; after a boundary, of what was promised before it the part for work done
    by then (`now_minor`) and a share of the rest of all, by what was left to be transferred (32-45)."""
    own = ibis.ifelse(rows.net_later, without_tax(rows.share_minor, rows.rate), rows.share_minor)
    rows = rows.mutate(own_minor=own.fill_null(0).cast("int64")).drop("share_minor")
    to_share = rows.pool_weight.sum().over(group_by=_STEP) > 0
    routed = (rows.promised_step < rows.boundary_step) & to_share & rows.pool_part.notnull()
    at_once = share(rows.own_minor, rows.pool_part, rows.pool_whole.nullif(0)).fill_null(0)
    rows = rows.mutate(now_minor=ibis.ifelse(routed, at_once, rows.own_minor), routed=routed)
    left = (rows.own_minor - rows.now_minor).sum().over(group_by=_STEP).cast("int64")
    rows = rows.mutate(pooled_minor=left)
    rows = largest_remainder(rows, _STEP, "obligation_id", "pooled_minor", "pool_weight")
    return rows.mutate(moved_minor=rows.now_minor + rows.share_minor.fill_null(0))


def _with_weight(rows: ir.Table, progress: ir.Table) -> ir.Table:
    """`weight`: by what a change is shared over the obligations it reaches, 0 where it does not reach."""
    rows = rows.left_join(
        progress.select("obligation_id", "step", "part", "whole"), ["obligation_id", "step"]
    )
    rows = rows.drop("obligation_id_right", "step_right")
    unfinished = rows.promised & ~(rows.part >= rows.whole).fill_null(False)
    any_unfinished = unfinished.any().over(group_by=_STEP)
    of_estimate = rows.kind == "price_estimate"
    later = (rows.boundary_step > 0) & (rows.promised_step >= rows.boundary_step)
    reached = ibis.cases(
        (rows.any_listed, rows.is_listed | (rows.added_step == rows.step).fill_null(False)),
        (rows.named_obligation_id.notnull(), rows.obligation_id == rows.named_obligation_id),
        (rows.kind == "separate", (rows.added_step == rows.step).fill_null(False)),
        (of_estimate & later, rows.pool_weight > 0),
        (of_estimate, rows.from_start),
        (any_unfinished, unfinished),
        else_=rows.promised,
    )
    last_shared = ibis.coalesce(rows.pool_weight.nullif(0), rows.weight.nullif(0), rows.ssp_minor)
    by = ibis.cases(
        (of_estimate & later & rows.ended, 0),
        (of_estimate & later, last_shared),  # 32-44, 32-45: the basis of the last allocation of each
        (of_estimate, rows.weight),
        else_=ibis.coalesce(rows.listed_ssp_minor, rows.ssp_minor, rows.weight),
    )
    rows = rows.mutate(reached=reached, weight=ibis.ifelse(reached, by.fill_null(0), 0))
    weightless = rows.weight.sum().over(group_by=_STEP) == 0
    return rows.mutate(weight=ibis.ifelse(weightless & rows.reached, 1, rows.weight).cast("int64"))


def rows(state: ir.Table, moved: ir.Table) -> ir.Table:
    """The versions that the changes of a segment make: each the state before it and all changes so far."""
    before = state.select(
        "obligation_id", "allocated_minor", "base_minor", "base_day", "base_part", *LOWERING,
        "total_quantity", "end_date", "quantity_day",
    )  # fmt: skip
    found = moved.join(before, "obligation_id")
    so_far = ibis.window(group_by=found.obligation_id, order_by=found.step, rows=(None, 0))
    return found.mutate(
        allocated_minor=found.allocated_minor + found.moved_minor.sum().over(so_far).cast("int64"),
        base_minor=found.base_minor + found.base_moved_minor.sum().over(so_far).cast("int64"),
        **{n: found[n] + found[f"moved_{n}"].sum().over(so_far).cast("int64") for n in LOWERING},
        total_quantity=ibis.coalesce(_latest(found, "listed_quantity"), found.total_quantity),
        quantity_day=ibis.coalesce(_latest(found, "from_day", "listed_quantity"), found.quantity_day),
        end_date=ibis.coalesce(_latest(found, "listed_end"), found.end_date),
    )


def _latest(found: ir.Table, column: str, given_by: str | None = None) -> ir.Value:
    """The last value given up to a step, or the one beside another that was given."""
    named = found[given_by or column].notnull()
    value = ibis.ifelse(named, found[column], ibis.null(str(found[column].type())))
    so_far = ibis.window(group_by=found.obligation_id, order_by=found.step, rows=(None, 0))
    return value.argmax(ibis.ifelse(named, found.step, ibis.null("int64"))).over(so_far)


def after(state: ir.Table, versions: ir.Table) -> ir.Table:
    """The state at the end of a segment: of each obligation the last of its `versions` (of `rows`)."""
    rank = ibis.row_number().over(group_by=versions.obligation_id, order_by=ibis.desc(versions.step))
    last = versions.mutate(newest=rank).filter(lambda t: t.newest == 0)
    names = ("allocated_minor", "base_minor", *LOWERING, "total_quantity", "end_date", "quantity_day")
    last = last.select(last_id="obligation_id", **{f"last_{n}": last[n] for n in names})
    found = state.left_join(last, state.obligation_id == last.last_id)
    changed = found.last_id.notnull()
    new = {n: ibis.ifelse(changed, found[f"last_{n}"], found[n]) for n in names}
    return found.mutate(**new).select(*state.columns)
