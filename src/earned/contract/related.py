"""The tables beside revenue: balances, what remains, costs, interest, losses; fetched once, as rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir

from earned.books import Books
from earned.recognition.balances import contract_balances, incentive_assets
from earned.recognition.closing import BEFORE
from earned.recognition.contract_costs import contract_costs
from earned.recognition.cost_of_revenue import cost_of_revenue
from earned.recognition.estimate_changes import estimate_changes
from earned.recognition.interest import interest as interest_of
from earned.recognition.losses import losses
from earned.recognition.recognise import Recognition
from earned.recognition.remaining import remaining_obligations
from earned.recognition.repurchase_liability import financing_of

Rows = Sequence[dict[str, Any]]
_KEY = ["contract_id", "period_index"]


@dataclass(frozen=True)
class Related:
    """Rows of every period, oldest first, with `period_id`; empty where the contract has none of it.

    `interest` has `interest_minor` of the period, `cost_of_revenue` `cost_minor` and `return_asset_minor` of
    it. `rates` are rates a year by name, as decimal strings.
    """

    balances: Rows = ()
    remaining: Rows = ()
    estimate_changes: Rows = ()
    contract_costs: Rows = ()
    interest: Rows = ()
    losses: Rows = ()
    cost_of_revenue: Rows = ()
    rates: Mapping[str, str] = field(default_factory=dict)


def related(books: Books, rec: Recognition) -> Related:
    """Everything beside revenue that recognition says of the one contract of these books."""
    keep = books.engine.keep
    financed = rec.financed
    interest = None if financed is None else keep("interest_made", interest_of(books, financed))
    accrued = None if interest is None else interest.join(_periods(books), "period_id")
    balances = keep("balances_made", contract_balances(books, rec, accrued))
    costs, onerous = contract_costs(books, rec, keep), losses(books, rec)
    spent = keep("costs_of_revenue", cost_of_revenue(books, rec, costs, onerous))
    # Without a second version of anything there is nothing to catch up.
    changing = bool(books.filled.get("estimates"))
    return Related(
        balances=_rows(books, _with_others(books, rec, balances, spent)),
        remaining=_rows(books, remaining_obligations(books, rec), "year"),
        estimate_changes=_rows(books, estimate_changes(rec)) if rec.versions is not None or changing else (),
        contract_costs=_rows(books, costs, "cost_id"),
        interest=_interest(books, accrued, balances),
        losses=_rows(books, onerous),
        cost_of_revenue=_each(_rows(books, spent), "cost_minor", "return_asset_minor"),
        rates=_rates(books, financed),
    )


def _periods(books: Books) -> ir.Table:
    return books.calendar.select("period_id", "period_index")


def _rows(books: Books, table: ir.Table | None, *order: str) -> Rows:
    """A table of periods as rows with their `period_id`; the point before the first period is left out."""
    if table is None:
        return ()
    by = [name for name in ("period_id", "period_index") if name in table.columns]
    rows = table.join(_periods(books), by) if len(by) == 1 else table
    return books.engine.rows(rows.filter(rows.period_index > BEFORE).order_by("period_index", *order))


def _with_others(books: Books, rec: Recognition, balances: ir.Table, spent: ir.Table) -> ir.Table:
    """Balances with those that stand beside a contract's: the right to goods that come back (55-23), what was
    paid to the customer before revenue was lowered by it (32-27)."""
    rows = _joined(balances.drop("period_id"), spent, "return_asset_minor")
    if "nature" in books.filled.get("estimates", ()):
        paid = incentive_assets(books, rec).join(_periods(books), "period_id")
        rows = _joined(rows, paid, "incentive_asset_minor")
    return rows


def _joined(rows: ir.Table, others: ir.Table, column: str) -> ir.Table:
    """Rows of either, by contract and point."""
    others = others.group_by(_KEY).agg(**{column: others[column].sum().cast("int64")})
    every = rows.select(_KEY).union(others.select(_KEY)).distinct()
    for table in (rows, others):
        every = every.left_join(table, _KEY).drop(*(f"{name}_right" for name in _KEY))
    return every


def _interest(books: Books, accrued: ir.Table | None, balances: ir.Table) -> Rows:
    """Interest of each period: of a financing component, and of a repurchase that is a financing."""
    if books.filled.get("repurchases"):
        accrued = financing_of(accrued, balances)
    if accrued is None:
        return ()
    # Of an advance it is an expense, of a later payment income: the amount is the same figure.
    rows = _each(_rows(books, accrued), "interest_minor")
    return [row | {"interest_minor": abs(row["interest_minor"])} for row in rows]


def _each(rows: Rows, *columns: str) -> Rows:
    """Rows with cumulative columns turned into what moved in each period."""
    befores: list[dict[str, Any]] = [dict.fromkeys(columns, 0), *rows]
    return [row | {c: row[c] - b[c] for c in columns} for row, b in zip(rows, befores)]


def _rates(books: Books, financed: ir.Table | None) -> dict[str, str]:
    if financed is None:
        return {}
    known = books.engine.rows(financed.select("rate", "implicit_rate"))
    named = {"rate": "annual", "implicit_rate": "implicit"}
    return {named[k]: f"{v.normalize():f}" for row in known for k, v in row.items() if v is not None}
