"""The price shared over the obligations by standalone selling price, exact to the minor unit.

ASC 606-10-32-28 to 32-31, IFRS 15.73-79; largest remainder, ties to the smaller key (U2).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.engine import muldiv, quotient, remainder
from earned.recognition.price import MILLION, without_tax


def allocate(rows: ir.Table) -> ir.Table:
    """Terms with `allocated_minor` (net of tax; null for as_used), `method` and `contract_net_minor`.

    Methods: `whole` (the only fixed obligation), `ssp`, `given` (the company's own share where ssp is
    missing), `as_used` (no part in the contract price, U3).
    """
    fixed = rows.measure.fill_null("") != "as_used"
    n_fixed = fixed.cast("int64").sum().over(group_by=rows.contract_id)
    method = ibis.cases(
        (~fixed, "as_used"),
        (n_fixed == 1, "whole"),
        (rows.ssp_minor.notnull(), "ssp"),
        else_="given",
    )
    rows = rows.mutate(method=method)
    # The company's own shares are net; where the gross price is allocated they are grossed up first (P5).
    gross = muldiv(rows.allocated_price_minor, rows.rate + MILLION, MILLION)
    share = ibis.ifelse(rows.includes_tax & rows.own_rates, gross, rows.allocated_price_minor)
    given = ibis.ifelse(rows.method == "given", share, 0)
    rows = rows.mutate(
        weight=ibis.cases((rows.method == "whole", 1), (rows.method == "ssp", rows.ssp_minor), else_=0),
        left_minor=rows.to_allocate_minor - given.sum().over(group_by=rows.contract_id).cast("int64"),
    )
    rows = largest_remainder(rows, "contract_id", "obligation_id", "left_minor", "weight")
    return _net(rows)


def largest_remainder(rows: ir.Table, group: str, key: str, amount: str, weight: str) -> ir.Table:
    """Adds `share_minor`: `amount` split by `weight` within `group`, adding up exactly (U2).

    Absolute shares are rounded down; missing units go one by one to the shares of the sign that is
    short, largest remainder first, then the smaller key. All weights zero gives null.
    """
    total = rows[weight].sum().over(group_by=rows[group]).cast("int64")
    sign = ibis.ifelse(total < 0, -1, 1)
    rows = rows.mutate(_total=total.abs(), _weight=rows[weight] * sign)
    rows = rows.mutate(_total=rows._total.nullif(0))
    rows = rows.mutate(
        _base=quotient(rows[amount], rows._weight, rows._total),
        _rest=remainder(rows[amount], rows._weight, rows._total),
    )
    rows = rows.mutate(_missing=rows[amount] - rows._base.sum().over(group_by=rows[group]).cast("int64"))
    short = ibis.ifelse(rows._missing > 0, rows._rest > 0, rows._rest < 0)
    order = [short.cast("int64").desc(), rows._rest.abs().desc(), rows[key].asc()]
    rows = rows.mutate(_rank=ibis.row_number().over(group_by=rows[group], order_by=order))
    extra = ibis.ifelse(rows._rank < rows._missing.abs(), rows._missing.sign().cast("int64"), 0)
    rows = rows.mutate(share_minor=rows._base + extra)
    return rows.drop("_total", "_weight", "_base", "_rest", "_missing", "_rank")


def _net(rows: ir.Table) -> ir.Table:
    netted_last = rows.includes_tax & rows.own_rates
    share = ibis.ifelse(netted_last, without_tax(rows.share_minor, rows.rate), rows.share_minor)
    allocated = ibis.cases(
        (rows.method == "as_used", ibis.null("int64")),
        (rows.method == "given", rows.allocated_price_minor),
        else_=share,
    )
    rows = rows.mutate(allocated_minor=allocated)
    total = rows.allocated_minor.sum().over(group_by=rows.contract_id).cast("int64")
    usage_only = without_tax(rows.price_minor, rows.contract_rate)
    price = ibis.ifelse(netted_last, ibis.coalesce(total, usage_only), rows.to_allocate_minor)
    unshared = rows.allocated_minor.isnull() & (rows.method != "as_used")
    return rows.mutate(
        contract_net_minor=price.fill_null(0),
        untestable=ibis.coalesce(
            rows.untestable,
            ibis.ifelse(
                unshared.any().over(group_by=rows.contract_id),
                "the standalone selling prices add up to 0",
                ibis.null("string"),
            ),
        ),
    )
