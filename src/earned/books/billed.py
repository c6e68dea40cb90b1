"""Invoices and receipts in another currency than their contract's: nothing translates them, so the balances
of that contract are not computed, and the books say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from earned.books import sql

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from earned.books.manifest import Manifest
    from earned.engine import Engine


def in_other_currency(contracts: ir.Table, tables: Mapping[str, ir.Table], company_currency: str) -> ir.Table:
    """One row an invoice or receipt: table_name, row_id, source_row, contract_id, currency,
    contract_currency. `contracts` has contract_id and currency, `tables` the books' invoices and receipts.

    A row without a currency is in its contract's; a receipt that names no contract either was read in the
    company's, and is of its invoice's contract.
    """
    import ibis

    invoices, receipts = tables["invoices"], tables["receipts"]
    named = invoices.select(billed_id="invoice_id", billed_contract="contract_id")
    paid = receipts.left_join(named, receipts.invoice_id == named.billed_id)
    unsaid = ibis.ifelse(paid.contract_id.isnull(), ibis.literal(company_currency), ibis.null("string"))
    both = ibis.union(
        invoices.select(
            "contract_id",
            "currency",
            "source_row",
            table_name=ibis.literal("invoices"),
            row_id="invoice_id",
        ),
        paid.select(
            contract_id=ibis.coalesce(paid.contract_id, paid.billed_contract),
            currency=ibis.coalesce(paid.currency, unsaid),
            source_row="source_row",
            table_name=ibis.literal("receipts"),
            row_id=paid.receipt_id,
        ),
    )
    rows = both.join(contracts.select("contract_id", contract_currency="currency"), "contract_id")
    return rows.filter(rows.currency != rows.contract_currency)


def say_not_balanced(engine: Engine, manifest: Manifest) -> None:
    """Append to `quality` the invoices and receipts for which the balances of contracts are not computed."""
    names = ("contracts", "invoices", "receipts")
    if not any(engine.sql(f"SELECT 1 FROM books_{name} LIMIT 1") for name in names[1:]):
        return
    tables = {name: engine.table(f"books_{name}") for name in names}
    found = in_other_currency(tables["contracts"], tables, manifest.company.currency)
    engine.keep("billed_in_other_currency", found)
    engine.sql(
        f"""
        INSERT INTO quality BY NAME
        SELECT table_name, 'currency' AS column_name, 'not_in_contract_currency' AS "check",
            count(*) AS "rows", concat(
                arg_min(concat(row_id, ': in ', currency, ', contract ', contract_id, ' in ',
                    contract_currency), row_id),
                '; the balances of ', count(DISTINCT contract_id), ' contract',
                CASE WHEN count(DISTINCT contract_id) > 1 THEN 's' END, ' are not computed') AS example,
            {sql.text("warning")} AS action
        FROM billed_in_other_currency GROUP BY table_name ORDER BY table_name"""
    )
