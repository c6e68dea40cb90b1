"""The price shared over the obligations promised at inception, exact to the minor unit.

ASC 606-10-32-28 to 32-41, IFRS 15.73-86; largest remainder, ties to the smaller key (U2).
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from earned.engine import muldiv, quotient, remainder
from earned.recognition.price import MILLION, without_tax


def allocate(rows: ir.Table) -> ir.Table:
    """Terms with `allocated_minor` (net of tax; null for as_used), `method` and `contract_net_minor`.

    Methods: `whole` (the only one that shares the price), `residual`, `bundle` (a share of what its bundle
    is sold for), `ssp` (by standalone selling price), `given` (the company's own share where ssp is
    missing), `as_used` (no part in the contract price, U3), `added` (by a modification: 0 at inception).
    `weight` then says how a later change of the price is shared: as the price was. Reads the columns of
    `selling_price.selling_prices`.
    """
    rows = rows.mutate(method=_method(rows))
    settled = ibis.cases(
        (rows.method == "given", given_share(rows)), (rows.method == "residual", rows.residual_minor), else_=0
    )
    rows = rows.mutate(settled_minor=settled)
    rows = rows.mutate(all_settled=rows.settled_minor.sum().over(group_by=rows.contract_id).cast("int64"))
    shared = ibis.cases(
        (rows.method == "whole", 1), (rows.method.isin(("ssp", "bundle")), rows.weight), else_=0
    )
    rows = rows.mutate(
        of_bundle=ibis.ifelse(rows.method == "bundle", rows.bundle_id, ibis.null("string")),
        pool_minor=ibis.coalesce(
            rows.bundle_minor, rows.to_allocate_minor - rows.all_settled - rows.bundled_minor
        ),
        weight=shared,
    )
    rows = largest_remainder(rows, ("contract_id", "of_bundle"), "obligation_id", "pool_minor", "weight")
    rows = rows.mutate(
        share_minor=ibis.ifelse(rows.method == "residual", rows.residual_minor, rows.share_minor)
    )
    return _net(_with_later_weight(rows)).drop("settled_minor", "all_settled", "of_bundle", "pool_minor")


def given_share(rows: ir.Table) -> ir.IntegerValue:
    """The company's own share, which is net, grossed up where the gross price is shared first (P5)."""
    gross = muldiv(rows.allocated_price_minor, rows.rate + MILLION, MILLION)
    share: ir.IntegerValue = ibis.ifelse(
        rows.includes_tax & rows.own_rates, gross, rows.allocated_price_minor
    )
    return share


def _method(rows: ir.Table) -> ir.StringValue:
    return ibis.cases(
        (rows.measure.fill_null("") == "as_used", "as_used"),
        (~rows.takes_part, "added"),
        (rows.n_sharing == 1, "whole"),
        (rows.residual_accepted.fill_null(False), "residual"),
        (rows.bundle_minor.notnull(), "bundle"),
        (rows.ssp_minor.notnull(), "ssp"),
        else_="given",
    )


def _with_later_weight(rows: ir.Table) -> ir.Table:
    """Where not all went by one scale of prices, the shares themselves are the scale (606-10-32-43)."""
    apart = (rows.all_settled != 0) | (rows.bundled_minor != 0)
    share = ibis.ifelse(rows.method == "given", rows.settled_minor, rows.share_minor)
    sharing = rows.takes_part & apart
    return rows.mutate(weight=ibis.ifelse(sharing, share, rows.weight).fill_null(0).cast("int64"))


def largest_remainder(
    rows: ir.Table, group: str | Sequence[str], key: str, amount: str, weight: str
) -> ir.Table:
    """Adds `share_minor`: `amount` split by `weight` within `group`, adding up exactly (U2).

    Absolute shares are rounded down; missing units go one by one to the shares of the sign that is
    short, largest remainder first, then the smaller key. All weights zero gives null.
    """
    names = [group] if isinstance(group, str) else list(group)
    total = rows[weight].sum().over(group_by=[rows[g] for g in names]).cast("int64")
    sign = ibis.ifelse(total < 0, -1, 1)
    rows = rows.mutate(_total=total.abs(), _weight=rows[weight] * sign)
    rows = rows.mutate(_total=rows._total.nullif(0))
    rows = rows.mutate(
        _base=quotient(rows[amount], rows._weight, rows._total),
        _rest=remainder(rows[amount], rows._weight, rows._total),
    )
    based = rows._base.sum().over(group_by=[rows[g] for g in names]).cast("int64")
    rows = rows.mutate(_missing=rows[amount] - based)
    short = ibis.ifelse(rows._missing > 0, rows._rest > 0, rows._rest < 0)
    order = [short.cast("int64").desc(), rows._rest.abs().desc(), rows[key].asc()]
    rows = rows.mutate(_rank=ibis.row_number().over(group_by=[rows[g] for g in names], order_by=order))
    extra = ibis.ifelse(rows._rank < rows._missing.abs(), rows._missing.sign().cast("int64"), 0)
    rows = rows.mutate(share_minor=rows._base + extra)
    return rows.drop("_total", "_weight", "_base", "_rest", "_missing", "_rank")


def _net(rows: ir.Table) -> ir.Table:
    netted_last = rows.includes_tax & rows.own_rates
    share = ibis.ifelse(netted_last, without_tax(rows.share_minor, rows.rate), rows.share_minor)
    allocated = ibis.cases(
        (rows.method == "as_used", ibis.null("int64")),
        (rows.method == "added", 0),
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
