"""Contracts that are expected to lose money: the whole loss is recognised as soon as it is expected.

US GAAP: ASC 605-35-25-45 to 25-49 (provision for the entire loss). IFRS: IAS 37.66-69 (onerous contracts).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.recognition.of_contract import at_points, cost_to_date, in_force
from earned.recognition.recognise import Recognition


def losses(books: Books, rec: Recognition) -> ir.Table | None:
    """The run's table losses with `period_index`: contracts with an estimate of total cost, from it on.

    expected_cost_minor is the estimate in force when the period's books closed: that of the contract, else
    of its obligations together, which is the least where some have none. loss_minor is what it exceeds the
    price in force by; provision_minor, the part that cost to date less revenue to date does not show yet.
    Amounts in minor units of the contract's currency. None where the books have no such estimate.
    """
    estimates = books.tables["estimates"]
    if not books.filled.get("estimates") or not _any(estimates.kind == "total_cost"):
        return None
    rows = _expected(books, rec)
    rows = rows.join(at_points(rec, rows), ["contract_id", "period_index"])
    # Waste is no part of an estimate of what the work should cost: it is a loss of its own, at once.
    costs = cost_to_date(books, rec)
    costs = costs.group_by("contract_id", "period_index").agg(
        spent_minor=(costs.cost_minor - costs.wasted_minor).sum().cast("int64")
    )
    rows = rows.left_join(costs, ["contract_id", "period_index"])
    shown = rows.spent_minor.fill_null(0) - rows.earned_minor
    loss = ibis.greatest(rows.expected_cost_minor - rows.price_minor, 0)
    return rows.select(
        "contract_id",
        "period_index",
        "expected_cost_minor",
        loss_minor=loss,
        provision_minor=ibis.ifelse(loss > 0, ibis.greatest(loss - shown, 0), 0),
    )


def _any(condition: ir.BooleanColumn) -> bool:
    found: bool = condition.any().fill_null(False).to_pyarrow().as_py()
    return found


def _expected(books: Books, rec: Recognition) -> ir.Table:
    """contract_id, period_index -> `expected_cost_minor`; contracts whose price is not known in advance, or
    that cannot be measured, are left out."""
    rows = in_force(books, rec, "total_cost")
    terms = rec.terms
    open_price = (terms.measure.fill_null("") == "as_used") | terms.royalty_rate.notnull()
    unknown = terms.filter(open_price | terms.untestable.notnull())
    rows = rows.anti_join(unknown, "contract_id")
    amount = rows.amount_minor
    sums = rows.group_by("contract_id", "period_index").agg(
        of_contract=amount.max(where=rows.obligation_id.isnull()),
        of_obligations=amount.sum(where=rows.obligation_id.notnull()),
    )
    expected = ibis.coalesce(sums.of_contract, sums.of_obligations).cast("int64")
    sums = sums.select("contract_id", "period_index", expected_cost_minor=expected)
    return sums.filter(sums.expected_cost_minor.notnull())
