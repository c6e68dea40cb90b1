"""The price of each obligation in every version of its contract (ASC 606-10-25-10 to 25-13, 32-42 to 32-45).

Between two boundaries a change of price is shared by the weights of the allocation, and what it gives to
work already done is earned at once. At a boundary (prospective or mixed) what is not yet earned of the
obligations it reaches is shared anew by what is left to be transferred, and each goes on from what it had
earned (M1). One boundary after the other is computed, for all contracts at once; a contract's first version
is its allocation at inception.
"""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import Keep
from earned.recognition import boundary, changes
from earned.recognition.progress import QUANTITY
from earned.recognition.steps import steps
from earned.recognition.straight_line import used
from earned.recognition.variable import LOWERING

ALWAYS, FOREVER = date(1, 1, 1), date(9999, 12, 31)
COLUMNS = (
    "obligation_id", "contract_id", "step", "kind", "item", "from_day", "moved_minor", "allocated_minor",
    "base_minor", "base_day", "base_part", "total_quantity", "quantity_day", "end_date", *LOWERING,
)  # fmt: skip


def versions(
    books: Books, terms: ir.Table, records: ir.Table, amounts: ir.Table | None, keep: Keep
) -> ir.Table | None:
    """One row an obligation and version of its price; None where no contract ever changed.

    obligation_id, contract_id, step (0 at inception), kind, item, from_day and to_day (inclusive),
    moved_minor, allocated_minor (in force, net of tax, contract currency), price_minor (of the contract),
    base_minor, base_day and base_part (what was earned and done by the eve of the last boundary that reached
    it, else null), total_quantity (set on quantity_day) and end_date (as changed, else null), and what lowers
    the allocated price and shows apart (LOWERING).
    """
    if amounts is None and not any(books.filled.get(t) for t in ("modifications", "repurchases")):
        return None
    todo = keep("price_steps", steps(books, terms, records, amounts))
    promised = _added(terms.semi_join(todo, "contract_id"), todo)
    of = changes.Changing(books, promised, changes.listed(books), records, used(terms), keep)
    state = keep("versions_state_0", _first_state(promised))
    found = [_at_inception(state)]
    for segment in range(_last(todo) + 1):
        here = todo.filter(todo.segment == segment)
        if segment:
            at = here.filter(here.is_boundary)
            begun = boundary.state(of, state, at)
            begun = keep(f"versions_begun_{segment}", begun)
            found.append(begun.filter(begun.reached).select(*COLUMNS))
            state = begun.select(*state.columns)
        between = here.filter(~here.is_boundary)
        if not between.count().to_pyarrow().as_py():
            continue
        moved = changes.moved(of, state, between)
        changed = keep(f"versions_changed_{segment}", changes.rows(state, moved).select(*COLUMNS))
        found.append(changed)
        state = keep(f"versions_state_{segment + 1}", changes.after(state, changed))
    return keep("versions", _in_force(ibis.union(*found), promised))


def _added(terms: ir.Table, todo: ir.Table) -> ir.Table:
    """Terms with `added_step`, at which a modification in force promises an obligation, else null: what
    nobody approved was never promised, and what takes effect later is not promised yet."""
    by = todo.filter(todo.version.notnull())
    by = by.select(by_contract="contract_id", by_version="version", added_step="step")
    found = terms.left_join(
        by, [terms.contract_id == by.by_contract, terms.added_in_version == by.by_version]
    )
    return found.drop("by_contract", "by_version")


def _last(todo: ir.Table) -> int:
    """The last segment of any contract."""
    last: int = todo.segment.max().fill_null(0).to_pyarrow().as_py()
    return last


def _first_state(terms: ir.Table) -> ir.Table:
    """Each obligation as allocated at inception."""
    return terms.select(
        "obligation_id",
        "contract_id",
        "allocated_minor",
        base_minor=ibis.null("int64"),
        base_day=ibis.null("date"),
        base_part=ibis.null(QUANTITY),
        total_quantity=ibis.null(QUANTITY),
        quantity_day=ibis.null("date"),
        end_date=ibis.null("date"),
        **dict.fromkeys(LOWERING, ibis.literal(0, "int64")),
        pool_weight=ibis.literal(0, "int64"),
        pool_part=ibis.null(QUANTITY),
        pool_whole=ibis.null(QUANTITY),
        ended=ibis.literal(False),
    )


def _at_inception(state: ir.Table) -> ir.Table:
    return state.mutate(
        step=ibis.literal(0, "int64"),
        kind=ibis.literal("inception"),
        item=ibis.literal(""),
        from_day=ibis.literal(ALWAYS, "date"),
        moved_minor=state.allocated_minor.fill_null(0),
    ).select(*COLUMNS)


def _in_force(rows: ir.Table, terms: ir.Table) -> ir.Table:
    """With `to_day` and the contract's price at each step; of steps of one day the last holds."""
    first = terms.group_by("contract_id").agg(first_minor=terms.contract_net_minor.max())
    order = ibis.window(group_by=rows.obligation_id, order_by=rows.step)
    following = rows.from_day.lead().over(order)
    until = (following - ibis.interval(days=1)).cast("date")
    rows = rows.mutate(to_day=ibis.coalesce(until, ibis.literal(FOREVER, "date")))
    later = ibis.ifelse(rows.step > 0, rows.moved_minor, 0)
    sums = rows.group_by("contract_id", "step").agg(moved_of_all=later.sum().cast("int64"))
    sums = sums.join(first, "contract_id")
    so_far = ibis.window(group_by=sums.contract_id, order_by=sums.step, rows=(None, 0))
    price = sums.first_minor + sums.moved_of_all.sum().over(so_far).cast("int64")
    prices = sums.select("contract_id", "step", price_minor=price)
    return rows.join(prices, ["contract_id", "step"])


def in_force(rows: ir.Table, versions: ir.Table | None) -> ir.Table:
    """Rows of obligations with a `day`, with the version of the price then in force instead of the first."""
    none = {
        "base_minor": ibis.null("int64"),
        "base_day": ibis.null("date"),
        "base_part": ibis.null(QUANTITY),
        "quantity_day": ibis.null("date"),
        **dict.fromkeys(LOWERING, ibis.literal(0, "int64")),
    }
    if versions is None:
        return rows.mutate(**none)
    of = versions.select(
        "from_day", "to_day", *none, version_of="obligation_id", new_minor="allocated_minor",
        new_quantity="total_quantity", new_end="end_date",
    )  # fmt: skip
    rows = rows.left_join(
        of, [rows.obligation_id == of.version_of, rows.day >= of.from_day, rows.day <= of.to_day]
    )
    changed = rows.version_of.notnull()
    return rows.mutate(
        allocated_minor=ibis.ifelse(changed, rows.new_minor, rows.allocated_minor),
        total_quantity=ibis.coalesce(rows.new_quantity, rows.total_quantity),
        end_date=ibis.coalesce(rows.new_end, rows.end_date),
        **{n: rows[n].fill_null(0) for n in LOWERING},
    ).drop("from_day", "to_day", "version_of", "new_minor", "new_quantity", "new_end")
