"""What is settled before the price is shared relatively: discounts of bundles, then a residual.

ASC 606-10-32-34(c), 32-36 to 32-38; IFRS 15.79(c), 81-83. Amounts stand on the footing of the price that is
shared (`to_allocate_minor`).
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import muldiv
from earned.recognition.allocation import given_share
from earned.recognition.price import MILLION, without_tax

_BETWEEN = ("full_minor", "left_minor", "part", "discount_minor", "discounts_minor", "first")


def settle(books: Books, rows: ir.Table) -> ir.Table:
    """Terms with what bundles and a residual take of the price; nulls and zeros where the books have none.

    `residual_minor`: the price less the others' standalone selling prices, less what bundles of them are
    sold for below these; `residual_accepted`: above 0 and within ssp_low and ssp_high (both null where no
    residual is asked for), and then ssp_minor. `bundle_minor`: what all of the bundle gets of the price;
    `bundled_minor`: what all bundles of the contract get. The residual of several obligations is refused.
    """
    filled = books.filled.get("obligations", frozenset())
    bundled = bool(books.filled.get("bundles")) and "bundle_id" in filled
    if not bundled and not ("ssp_method" in filled and _any_residual(books)):
        none = ibis.null("int64")
        return rows.mutate(
            residual_minor=none,
            residual_accepted=ibis.null("boolean"),
            bundle_minor=none,
            bundled_minor=ibis.literal(0, "int64"),
        )
    rows = _with_discounts(books, _with_full_prices(rows))
    return _with_bundles(_with_residual(rows)).drop(*_BETWEEN)


def asks_residual(rows: ir.Table) -> ir.BooleanValue:
    """Whether an obligation's price is said to be the residual."""
    asked: ir.BooleanValue = (rows.ssp_method == "residual").fill_null(False)
    return asked


def is_residual(rows: ir.Table) -> ir.BooleanValue:
    """Whether it shares the price with others and its own price is the residual."""
    return asks_residual(rows) & rows.takes_part & (rows.n_sharing > 1)


def _any_residual(books: Books) -> bool:
    found: bool = asks_residual(books.tables["obligations"]).any().to_pyarrow().as_py()
    return bool(found)


def _on_footing(rows: ir.Table, amount: ir.IntegerValue) -> ir.IntegerValue:
    """An amount on the footing of the contract's price, net where the price is netted before it is shared."""
    netted: ir.IntegerValue = ibis.ifelse(
        rows.includes_tax & ~rows.own_rates, without_tax(amount, rows.contract_rate), amount
    )
    return netted


def _with_full_prices(rows: ir.Table) -> ir.Table:
    """`part`: priced by its own standalone selling price; `full_minor`: its share without any discount;
    `left_minor`: the price less the shares that the company gave."""
    part = rows.takes_part & rows.ssp_minor.notnull()
    given = rows.takes_part & rows.ssp_minor.isnull() & ~is_residual(rows)
    shares = ibis.ifelse(given, given_share(rows), 0).fill_null(0)
    return rows.mutate(
        part=part,
        full_minor=ibis.ifelse(part, _on_footing(rows, rows.weight), 0),
        left_minor=rows.to_allocate_minor - shares.sum().over(group_by=rows.contract_id).cast("int64"),
    )


def _with_discounts(books: Books, rows: ir.Table) -> ir.Table:
    """`discount_minor`: what the bundle is sold for below its parts, where all of them are priced alone
    (32-37(a), (b)); null elsewhere. `first` of a bundle; `discounts_minor`: of the contract's bundles."""
    bundles = books.tables["bundles"]
    sold = bundles.filter(bundles.regularly_sold.fill_null(False))
    sold = sold.select("contract_id", "bundle_id", sold_minor="price_minor")
    rows = rows.left_join(sold, ["contract_id", "bundle_id"]).drop("contract_id_right", "bundle_id_right")
    of = [rows.contract_id, rows.bundle_id]
    known = (rows.part & ~asks_residual(rows) & rows.sold_minor.notnull()).all().over(group_by=of)
    alone = ibis.ifelse(rows.part, _on_footing(rows, rows.ssp_minor), 0).sum().over(group_by=of).cast("int64")
    discount = alone - _on_footing(rows, rows.sold_minor)
    rows = rows.mutate(
        discount_minor=ibis.ifelse(known & (discount > 0), discount, ibis.null("int64")),
        first=rows.obligation_id == rows.obligation_id.min().over(group_by=of),
    )
    counted = ibis.ifelse(rows.first, rows.discount_minor, 0).fill_null(0)
    discounts = counted.sum().over(group_by=rows.contract_id).cast("int64")
    return rows.mutate(discounts_minor=discounts).drop("sold_minor")


def _with_residual(rows: ir.Table) -> ir.Table:
    """The residual of the contract's only obligation of that method, and whether it stands (32-34(c))."""
    asked = is_residual(rows)
    others = ibis.ifelse(asked, 0, rows.full_minor).sum().over(group_by=rows.contract_id).cast("int64")
    only = asked & (asked.cast("int64").sum().over(group_by=rows.contract_id) == 1)
    residual = rows.left_minor - others + rows.discounts_minor
    rows = rows.mutate(residual_minor=ibis.ifelse(only, residual, ibis.null("int64")))
    low, high = _on_footing(rows, rows.ssp_low_minor), _on_footing(rows, rows.ssp_high_minor)
    stands = (
        (rows.residual_minor > 0).fill_null(False)
        & (rows.ssp_low_minor.notnull() | rows.ssp_high_minor.notnull())
        & (rows.residual_minor >= low).fill_null(True)
        & (rows.residual_minor <= high).fill_null(True)
    )
    rows = rows.mutate(residual_accepted=ibis.ifelse(asked, stands, ibis.null("boolean")))
    taxed = rows.includes_tax & ~rows.own_rates
    gross = muldiv(rows.residual_minor, rows.contract_rate + MILLION, MILLION)
    price = ibis.ifelse(taxed, gross, rows.residual_minor)
    return rows.mutate(ssp_minor=ibis.ifelse(rows.residual_accepted.fill_null(False), price, rows.ssp_minor))


def _with_bundles(rows: ir.Table) -> ir.Table:
    """The bundles that get their own price: before a residual that stands, or where their discount is the
    contract's, to a minor unit an obligation, and others have none of it (32-37(c))."""
    of_contract, of_bundle = [rows.contract_id], [rows.contract_id, rows.bundle_id]
    before_residual = rows.residual_accepted.fill_null(False).any().over(group_by=of_contract)
    full = rows.full_minor.sum().over(group_by=of_contract).cast("int64")
    apart = (full - rows.left_minor - rows.discounts_minor).abs()
    others = (rows.part & rows.discount_minor.isnull()).any().over(group_by=of_contract)
    theirs = (rows.discounts_minor > 0) & others & (apart <= rows.n_sharing)
    together = rows.full_minor.sum().over(group_by=of_bundle).cast("int64") - rows.discount_minor
    rows = rows.mutate(bundle_minor=ibis.ifelse(before_residual | theirs, together, ibis.null("int64")))
    counted = ibis.ifelse(rows.first, rows.bundle_minor, 0).fill_null(0)
    return rows.mutate(bundled_minor=counted.sum().over(group_by=of_contract).cast("int64"))
