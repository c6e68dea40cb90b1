"""What changed the price of each contract, in order: modifications and new versions of estimates (M1).

ASC 606-10-25-10 to 25-13, 32-42 to 32-45; IFRS 15.18-21, 87-90. A prospective or mixed modification is a
boundary: what is left is shared anew, and a segment of the contract begins.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.recognition.approval import approved
from earned.recognition.price import without_tax
from earned.recognition.repurchase import transfers
from earned.recognition.variable import APART, ROYALTY

BOUNDARIES = ("prospective", "mixed")


def steps(books: Books, terms: ir.Table, records: ir.Table, amounts: ir.Table | None) -> ir.Table:
    """contract_id, step (1, 2 …), segment, from_day, kind, version, item, named_obligation_id, is_boundary,
    boundary_step (of the segment, or 0), promised_step (that promised it; 0: inception), nature, change_minor
    and past_credit_minor.

    Amounts are net of tax, but gross where shares are netted one by one (`net_later`, P5). A modification
    counts from the later of its effective day and its approval; one that is not approved does not.
    """
    rows = _modifications(books)
    if amounts is not None:
        rows = rows.union(_estimates(terms, amounts).select(*rows.columns))
    rows = _net(terms, rows)
    if books.filled.get("repurchases"):
        rows = rows.union(_lapses(terms, records).select(*rows.columns))
    order = [
        rows.from_day, rows.version.isnull(), rows.version, rows.item, rows.named_obligation_id.fill_null(""),
        rows.known_at,
    ]  # fmt: skip
    rows = rows.mutate(step=ibis.row_number().over(group_by=rows.contract_id, order_by=order) + 1)
    so_far = ibis.window(group_by=rows.contract_id, order_by=rows.step, rows=(None, 0))
    boundary = ibis.ifelse(rows.is_boundary, rows.step, ibis.null("int64"))
    rows = rows.mutate(
        segment=rows.is_boundary.cast("int64").sum().over(so_far),
        boundary_step=boundary.max().over(so_far).fill_null(0),
    )
    by = rows.filter(rows.version.notnull()).select(
        by_contract="contract_id", by_version="version", by_step="step"
    )
    rows = rows.left_join(by, [rows.contract_id == by.by_contract, rows.promised_in == by.by_version])
    return rows.mutate(promised_step=rows.by_step.fill_null(0)).drop(*by.columns, "promised_in")


def _net(terms: ir.Table, rows: ir.Table) -> ir.Table:
    """Without tax, where the contract's price is netted as a whole; `net_later` where each share is (P5)."""
    contract = terms.group_by("contract_id").agg(
        includes_tax=terms.includes_tax.any(), own_rates=terms.own_rates.any(), tax=terms.contract_rate.max()
    )
    rows = rows.join(contract, "contract_id")
    later = rows.includes_tax & rows.own_rates & ~rows.is_boundary
    net = {
        name: ibis.ifelse(rows.includes_tax & ~later, without_tax(rows[name], rows.tax), rows[name])
        for name in ("change_minor", "past_credit_minor")
    }
    return rows.mutate(net_later=later, **net).drop("includes_tax", "own_rates", "tax")


def _modifications(books: Books) -> ir.Table:
    rows = approved(books)
    earlier = rows.promised_earlier.fill_null(False)
    return rows.select(
        "contract_id",
        "from_day",
        kind="treatment",
        version="version",
        item=ibis.literal(""),
        known_at=ibis.null("date"),
        named_obligation_id="obligation_id",
        is_boundary=rows.treatment.isin(BOUNDARIES),
        promised_in=ibis.ifelse(earlier, 0, rows.version),
        nature=ibis.literal(""),
        change_minor="price_change_minor",
        past_credit_minor=rows.past_credit_minor.fill_null(0),
    )


def _lapses(terms: ir.Table, records: ir.Table) -> ir.Table:
    """Interest on what was sold and could come back is revenue when the right lapses (55-71, 55-78).

    A right that was over when control passed never made it a financing: there is no interest.
    """
    rows = terms.filter((terms.lapse_minor != 0).fill_null(False))
    rows = rows.join(transfers(terms, records), "obligation_id")
    rows = rows.filter(rows.transfer_date < rows.lapse_date)
    return rows.select(
        "contract_id",
        from_day="lapse_date",
        kind=ibis.literal("lapse"),
        version=ibis.null("int64"),
        item=ibis.literal(""),
        known_at=ibis.null("date"),
        named_obligation_id="obligation_id",
        is_boundary=ibis.literal(False),
        promised_in=ibis.literal(0, "int64"),
        nature=ibis.literal(""),
        change_minor="lapse_minor",
        past_credit_minor=ibis.literal(0, "int64"),
        net_later=ibis.literal(False),
    )


def _estimates(terms: ir.Table, amounts: ir.Table) -> ir.Table:
    """New versions of variable amounts after inception; those that show apart from the first."""
    begun = terms.group_by("contract_id").agg(inception_day=terms.inception_day.max())
    rows = amounts.filter((amounts.nature != ROYALTY) & (amounts.change_minor != 0)).join(
        begun, "contract_id"
    )
    apart = rows.nature.isin(APART)
    at_inception = (rows.from_day <= rows.inception_day).fill_null(False) & (rows.promised_in == 0)
    rows = rows.filter(~at_inception | apart)
    return rows.mutate(
        kind=ibis.literal("price_estimate"),
        version=ibis.null("int64"),
        is_boundary=ibis.literal(False),
        past_credit_minor=ibis.literal(0, "int64"),
    )
