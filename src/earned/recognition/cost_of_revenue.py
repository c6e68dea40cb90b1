"""What the revenue of a contract had cost by each point: goods that passed, work as done, losses expected.

ASC 606-10-55-27 (returns), 340-40-25-8, 605-35-25-45; IFRS 15.98, B25.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import share
from earned.recognition.admission import POLICY
from earned.recognition.contract_costs import FULFIL
from earned.recognition.expiry import EXPIRY
from earned.recognition.of_contract import QUANTITY, cost_to_date, in_force, returned
from earned.recognition.progress import states as states_of
from earned.recognition.recognise import Recognition

_COLUMNS = ("contract_id", "period_index", "cost_minor", "return_asset_minor")
#: measures whose progress is a number of units
_BY_UNITS = ("point", "units")


def cost_of_revenue(
    books: Books, rec: Recognition, contract_costs: ir.Table | None, losses: ir.Table | None
) -> ir.Table:
    """contract_id, period_index, cost_minor (cumulative), return_asset_minor: minor units of the contract.

    Goods cost their unit_cost for each unit passed, less those that are expected back, which are the return
    asset. Other work costs what papers show to date, waste and uninstalled materials included; that of an
    obligation at a point in time when its control passes. Beside them: costs to fulfil as expensed,
    amortised and impaired (costs to obtain are no cost of revenue), and the provision for the loss.
    Rows exist from the first such figure on.
    """
    none = ibis.literal(0, "int64")
    parts = [_work(books, rec)]
    if "unit_cost_minor" in books.filled.get("obligations", ()):
        parts.append(_goods(books, rec))
    if contract_costs is not None:
        own = contract_costs.filter(contract_costs.kind == FULFIL)
        spent = own.expensed_minor + own.amortised_minor + own.impaired_minor
        parts.append(own.mutate(cost_minor=spent, return_asset_minor=none).select(*_COLUMNS))
    if losses is not None:
        parts.append(
            losses.mutate(cost_minor=losses.provision_minor, return_asset_minor=none).select(*_COLUMNS)
        )
    rows = ibis.union(*parts) if len(parts) > 1 else parts[0]
    return rows.group_by("contract_id", "period_index").agg(
        cost_minor=rows.cost_minor.sum().cast("int64"),
        return_asset_minor=rows.return_asset_minor.sum().cast("int64"),
    )


def _goods(books: Books, rec: Recognition) -> ir.Table:
    """Units passed for good at their cost; those still to come back are an asset at it (606-10-55-27)."""
    rows = _passed(rec, _with_cost(rec))
    expected = in_force(books, rec, "expected_returns").select("obligation_id", "period_index", "quantity")
    expected = expected.rename(expected="quantity")
    back = returned(books, rec).rename(returned="quantity")
    for table in (expected, back):
        rows = rows.left_join(table, ["obligation_id", "period_index"])
        rows = rows.drop("obligation_id_right", "period_index_right")
    # What came back was among those expected; never more than what passed.
    came = ibis.least(rows.returned.fill_null(0), rows.passed)
    coming = ibis.least(ibis.greatest(rows.expected.fill_null(0), came), rows.passed)
    rows = rows.mutate(due=(coming - came).cast(QUANTITY))
    one = ibis.literal(1).cast(QUANTITY)
    return rows.select(
        "contract_id",
        "period_index",
        cost_minor=share(rows.unit_cost_minor, rows.kept, one),
        return_asset_minor=share(rows.unit_cost_minor, rows.due, one),
    )


def _passed(rec: Recognition, goods: ir.Table) -> ir.Table:
    """Goods by point with the units `passed`, and `kept`: less those that came or will come back.

    Of an option nothing passes when it expires.
    """
    records = rec.records.filter((rec.records.scenario == POLICY) & (rec.records.kind != EXPIRY))
    records = records.semi_join(goods, "obligation_id")
    states = states_of(records, rec.marks).select("obligation_id", "from_index", "to_index", passed="done")
    ends = rec.marks.select("period_index", "last_date")
    rows = states.join(ends, [ends.period_index >= states.from_index, ends.period_index <= states.to_index])
    earned = rec.earned.select("obligation_id", "period_index", "done", "whole")
    rows = rows.join(earned, ["obligation_id", "period_index"]).join(goods, "obligation_id")
    bound = ~rows.never_bound & (rows.bound_from.isnull() | (rows.bound_from <= rows.last_date))
    passed = ibis.least(ibis.greatest(rows.passed, 0), rows.whole)
    return rows.select(
        "obligation_id",
        "contract_id",
        "period_index",
        "unit_cost_minor",
        passed=ibis.ifelse(bound, passed, 0).cast(QUANTITY),
        kept=ibis.least(rows.done, passed).cast(QUANTITY),
    )


def _with_cost(rec: Recognition) -> ir.Table:
    """obligation_id, contract_id, unit_cost_minor of goods whose unit has a cost, and from when they bind."""
    terms = rec.terms.filter(rec.terms.measure.isin(_BY_UNITS) & rec.terms.unit_cost_minor.notnull())
    return terms.select("obligation_id", "contract_id", "unit_cost_minor", "bound_from", "never_bound")


def _work(books: Books, rec: Recognition) -> ir.Table:
    """Cost to date; of an obligation at a point in time, the share of it whose control has passed."""
    costs = cost_to_date(books, rec).anti_join(_with_cost(rec), "obligation_id")
    points = rec.terms.filter(rec.terms.measure == "point").select(
        "obligation_id", at_point=ibis.literal(True)
    )
    passed = rec.earned.select("obligation_id", "period_index", "done", "whole")
    rows = costs.left_join(points, "obligation_id").drop("obligation_id_right")
    rows = rows.left_join(passed, ["obligation_id", "period_index"])
    part = share(rows.cost_minor, rows.done.cast(QUANTITY), rows.whole.nullif(0).cast(QUANTITY)).fill_null(0)
    return rows.select(
        "contract_id",
        "period_index",
        cost_minor=ibis.ifelse(rows.at_point.fill_null(False), part, rows.cost_minor),
        return_asset_minor=ibis.literal(0, "int64"),
    )
