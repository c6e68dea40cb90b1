"""What was billed and paid of each contract, net of tax: the other side of its balances.

ASC 606-10-45-4 (a right is unconditional when only time must pass), 606-10-32-2A (tax); IFRS 15.108, 15.47.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.books.billed import in_other_currency
from earned.engine import muldiv
from earned.recognition.price import MILLION

#: what moves by day: net of tax, but `billed_minor` and `settled_minor` (cash and write-offs) with it
MOVED = ("invoiced_minor", "received_minor", "written_off_minor", "billed_minor", "settled_minor")


def in_one_currency(books: Books, contracts: ir.Table) -> ir.Table:
    """The contracts of which every invoice and receipt is in the contract's own currency.

    Nothing translates the others: a balance without them would be of a part of what was billed.
    """
    other = in_other_currency(contracts, books.tables, books.manifest.company.currency)
    return contracts.anti_join(other.select("contract_id").distinct(), "contract_id")


def invoices(books: Books, contracts: ir.Table) -> ir.Table:
    """Invoices in their contract's currency: invoice_id, contract_id, `day`, `net_minor`, `gross_minor`.

    `day` is the first on which the right is unconditional, a credit note's no earlier than that of the
    invoice it corrects. Credit notes are negative. Tax that an invoice does not state is the contract's rate
    where its price includes tax, else 0.
    """
    own = contracts.select("contract_id", "includes_tax", "rate", contract_currency="currency")
    rows = books.tables["invoices"].join(own, "contract_id")
    rows = rows.filter(rows.currency.fill_null(rows.contract_currency) == rows.contract_currency)
    credit = (rows.kind == "credit_note").fill_null(False)
    rows = rows.mutate(
        net_minor=_signed(rows.amount_minor, credit),
        tax=_signed(rows.tax_minor, credit),
        own_day=ibis.coalesce(rows.unconditional_date, rows.invoice_date),
    )
    by_rate = ibis.ifelse(rows.includes_tax, muldiv(rows.net_minor, rows.rate, MILLION), 0)
    rows = rows.mutate(gross_minor=rows.net_minor + ibis.coalesce(rows.tax, by_rate))
    corrected = rows.select(corrected_id="invoice_id", corrected_day="own_day")
    rows = rows.left_join(corrected, rows.corrects == corrected.corrected_id)
    day = ibis.greatest(rows.own_day, rows.corrected_day.fill_null(rows.own_day))
    return rows.select("invoice_id", "contract_id", "net_minor", "gross_minor", day=day)


def cash(books: Books, contracts: ir.Table, billed: ir.Table) -> ir.Table:
    """Receipts in their contract's currency: receipt_id, contract_id, day, is_cash, net_minor, gross_minor.

    Of the contract that the receipt names, else of its invoice's. Tax is taken out by the invoice's own tax,
    else by the contract's rate where its price includes tax; cumulatively, so that an invoice paid in parts
    is paid exactly.
    """
    of_invoice = billed.select(
        billed_id="invoice_id", billed_contract="contract_id", part="net_minor", whole="gross_minor"
    )
    rows = books.tables["receipts"].drop("customer_id")
    rows = rows.left_join(of_invoice, rows.invoice_id == of_invoice.billed_id)
    company = ibis.literal(books.manifest.company.currency)
    rows = rows.mutate(
        contract_id=ibis.coalesce(rows.contract_id, rows.billed_contract), named=rows.contract_id
    )
    own = contracts.select("contract_id", "includes_tax", "rate", contract_currency="currency")
    rows = rows.join(own, "contract_id")
    # A receipt that names neither currency nor contract was read in the company's.
    unsaid = ibis.ifelse(rows.named.notnull(), rows.contract_currency, company)
    rows = rows.filter(rows.currency.fill_null(unsaid) == rows.contract_currency)
    by_invoice = (rows.whole != 0).fill_null(False)
    rate = ibis.ifelse(rows.includes_tax, rows.rate, 0)
    rows = rows.mutate(
        part=ibis.ifelse(by_invoice, rows.part, MILLION),
        whole=ibis.ifelse(by_invoice, rows.whole, rate + MILLION),
    )
    order = [rows.receipt_date, rows.receipt_id]
    until = ibis.window(group_by=[rows.contract_id, rows.billed_id], order_by=order, rows=(None, 0))
    rows = rows.mutate(through=rows.amount_minor.sum().over(until).cast("int64"))
    before = muldiv(rows.through - rows.amount_minor, rows.part, rows.whole)
    return rows.select(
        "receipt_id",
        "contract_id",
        day="receipt_date",
        is_cash=(rows.kind != "write_off").fill_null(True),
        net_minor=muldiv(rows.through, rows.part, rows.whole) - before,
        gross_minor="amount_minor",
    )


def moves(billed: ir.Table, paid: ir.Table) -> ir.Table:
    """contract_id, day and MOVED: invoices from the day their right is unconditional, and receipts."""
    none = ibis.literal(0, "int64")
    sides = [
        billed.select(
            "contract_id",
            "day",
            invoiced_minor="net_minor",
            received_minor=none,
            written_off_minor=none,
            billed_minor="gross_minor",
            settled_minor=none,
        ),
        paid.select(
            "contract_id",
            "day",
            invoiced_minor=none,
            received_minor=ibis.ifelse(paid.is_cash, paid.net_minor, 0),
            written_off_minor=ibis.ifelse(paid.is_cash, 0, paid.net_minor),
            billed_minor=none,
            settled_minor="gross_minor",
        ),
    ]
    return ibis.union(*sides)


def _signed(amount: ir.IntegerValue, credit: ir.BooleanValue) -> ir.IntegerValue:
    """A credit note is negative, whichever way its file writes it."""
    signed: ir.IntegerValue = ibis.ifelse(credit, -amount.abs(), amount)
    return signed
