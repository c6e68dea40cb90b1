"""The source documents of a SAF-T: invoices, receipts and payments, and what each section states of itself.

Portugal's documents carry a status: A is cancelled, F was billed by another document. Neither counts in
the section's amounts nor is taken; all count in its numbers. A file without a general ledger (Portugal's
invoicing file) has its invoices, net of tax, as the entries: it is the sales ledger.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from earned.imports import cells, saft_rules
from earned.imports.common import JOURNAL
from earned.imports.xml import Node, Record

if TYPE_CHECKING:
    from earned.imports.saft import Saft

#: Document -> its section, and the names of its number, status, type and day.
DOCUMENTS = {
    "Invoice": ("SalesInvoices", "InvoiceNo", "InvoiceStatus", "InvoiceType", "InvoiceDate"),
    "Payment": ("Payments", "PaymentRefNo", "PaymentStatus", "PaymentType", "TransactionDate"),
    "WorkDocument": ("WorkingDocuments", "DocumentNumber", "WorkStatus", "WorkType", "WorkDate"),
    "StockMovement": ("MovementOfGoods", "DocumentNumber", "MovementStatus", "MovementType", "MovementDate"),
}
SECTIONS = frozenset(section for section, *_ in DOCUMENTS.values())
_TOTALS = ("NumberOfEntries", "TotalDebit", "TotalCredit", "NumberOfMovementLines", "TotalQuantityIssued")
_CANCELLED, _BILLED = "A", "F"
_CREDIT_NOTES = ("NC", "CreditNote", "381")
_NO_LEDGER = (
    "The file has no general ledger: the entries are its sales invoices, net of tax, on the invoice's day. "
    "Is every invoice booked as revenue on that day?"
)


def take(saft: Saft, record: Record) -> None:
    """A document, or the end of a section with its totals."""
    node = record.node
    if node.name in SECTIONS:
        saft.stated |= {f"{node.name}/{n}": node.get(n) for n in _TOTALS if node.get(n)}
        return
    if node.name not in DOCUMENTS or DOCUMENTS[node.name][0] not in record.path:
        saft.found.leave("/".join(record.path[1:]))
        return
    section, *names = DOCUMENTS[node.name]
    number, kind = node.get(names[0]), node.get(names[2])
    state, day = node.get("DocumentStatus", names[1]), cells.day(node.get(names[3])) or ""
    _count(saft, node, section, state)
    saft_rules.document(saft, record, number, kind, day)
    saft_rules.totals(saft, record, number, _sum(_lines(node)), _totals_of(node))
    if state in (_CANCELLED, _BILLED) and node.name in ("Invoice", "Payment"):
        said = "cancelled" if state == _CANCELLED else "billed by another document"
        saft.found.leave(f"{section}: documents of status {state} ({said})")
    elif node.name == "Invoice":
        _invoice(saft, record)
    elif node.name == "Payment":
        saft_rules.settles(saft, record, number, _lines(node))
        _payment(saft, record)
    else:
        saft.found.leave(f"SourceDocuments/{section}/{node.name}")


def _lines(node: Node) -> list[Node]:
    return [c for c in node.children if c.name in ("Line", "InvoiceLine", "PaymentLine")]


def _totals_of(node: Node) -> Node | None:
    return node.at("DocumentTotals") or node.at("InvoiceDocumentTotals")


def _sides(line: Node) -> dict[str, Decimal]:
    """Debit and credit of a line: in their own elements, or one amount with its indicator."""
    found: dict[str, Decimal] = {}
    for side in ("Debit", "Credit"):
        text = line.get(f"{side}Amount", "Amount") or line.get(f"{side}Amount")
        if text:
            found[side] = cells.amount(text) or Decimal(0)
    for name in ("InvoiceLineAmount", "PaymentLineAmount"):
        text = line.get(name, "Amount") or line.get(name)
        if text:
            side = "Debit" if line.get("DebitCreditIndicator").upper() == "D" else "Credit"
            found[side] = cells.amount(text) or Decimal(0)
    return found


def _sum(lines: list[Node]) -> Decimal:
    """Credit less debit of the lines."""
    sides = [_sides(line) for line in lines]
    return sum((s.get("Credit", Decimal(0)) - s.get("Debit", Decimal(0)) for s in sides), Decimal(0))


def _count(saft: Saft, node: Node, section: str, state: str) -> None:
    """Add a document to the sums of its section."""
    sums, lines = saft.sums, _lines(node)
    _add(sums, f"{section}/NumberOfEntries", Decimal(1))
    if section == "MovementOfGoods":
        _add(sums, f"{section}/NumberOfMovementLines", Decimal(len(lines)))
        if state != _CANCELLED:
            for line in lines:
                _add(sums, f"{section}/TotalQuantityIssued", cells.amount(line.get("Quantity")))
        return
    if state == _CANCELLED or (state == _BILLED and section != "Payments"):
        return
    for line in lines:
        for side, amount in _sides(line).items():
            _add(sums, f"{section}/Total{side}", amount)


def _add(sums: dict[str, Decimal], name: str, value: Decimal | None) -> None:
    sums[name] = sums.get(name, Decimal(0)) + (value or Decimal(0))


# --- rows -----------------------------------------------------------------------------------------------


def _invoice(saft: Saft, record: Record) -> None:
    node, found, file = record.node, saft.found, saft.source.name
    totals = _totals_of(node) or Node("DocumentTotals")
    number, sold = node.get("InvoiceNo"), cells.day(node.get("InvoiceDate"))
    net = cells.amount(totals.get("NetTotal"))
    for column, bad in (("InvoiceNo", not number), ("InvoiceDate", sold is None), ("NetTotal", net is None)):
        if bad:
            value = totals.get(column) or node.get(column)
            found.reject(file, record.row, column, value, "an invoice with number, day and net total")
            return
    assert sold is not None and net is not None
    credit = _is_credit_note(node, net)
    sign = -1 if credit else 1
    tax = _tax(totals, net)
    row = {
        "invoice_id": number,
        "kind": "credit_note" if credit else "invoice",
        "invoice_date": sold,
        "amount": cells.written(sign * abs(net) if credit else net),
        "tax": cells.written(sign * abs(tax) if credit else tax) if tax is not None else "",
        "corrects": _corrects(saft, node) if credit else "",
        "recorded_at": cells.stamp(node.get("SystemEntryDate")),
        "customer_id": node.get("CustomerID") or node.get("CustomerInfo", "CustomerID"),
        "currency": found.company.code,
    }
    found.add("invoices", row, file, record.row)
    for name in ("ShipTo", "ShipFrom", "WithholdingTax"):
        found.leave(f"{name} of invoices", len(node.all(name)))
    found.leave("amounts of invoices in foreign currency (Currency)", len(totals.all("Currency")))
    found.leave("lines of invoices (products, quantities, order references)", len(_lines(node)))
    if not found.rows[JOURNAL]:
        _entry(saft, record, row)


def _is_credit_note(node: Node, net: Decimal) -> bool:
    """By type, by a negative net, or because every line is a debit."""
    sides = [line.get("DebitCreditIndicator").upper() for line in _lines(node)]
    return node.get("InvoiceType") in _CREDIT_NOTES or net < 0 or (bool(sides) and set(sides) == {"D"})


def _corrects(saft: Saft, node: Node) -> str:
    """The invoice that a credit note names, the first of several."""
    named = [r for line in _lines(node) if (r := line.get("References", "Reference"))]
    saft.found.leave("credit notes that name no invoice (References/Reference)", int(not named))
    return named[0] if named else ""


def _tax(totals: Node, net: Decimal) -> Decimal | None:
    """The tax of a document: stated, the sum of its kinds, or what gross has more than net."""
    stated = totals.get("TaxPayable")
    kinds = [t.get("TaxAmount", "Amount") or t.get("TaxAmount") for t in totals.all("TaxInformationTotals")]
    if stated or not any(kinds):
        gross = cells.amount(totals.get("GrossTotal"))
        return cells.amount(stated) if stated else gross - net if gross is not None else None
    amounts = [cells.amount(text) for text in kinds]
    return sum((a for a in amounts if a is not None), Decimal(0)) if None not in amounts else None


def _entry(saft: Saft, record: Record, invoice: dict[str, str]) -> None:
    """The invoice as an entry, where no general ledger says what was booked."""
    row = {
        "entry_id": invoice["invoice_id"],
        "effective_date": invoice["invoice_date"],
        "amount": invoice["amount"],
        "currency": invoice["currency"],
        "customer_id": invoice["customer_id"],
        "invoice_id": invoice["invoice_id"],
        "created_at": invoice["recorded_at"],
        "preparer": record.node.get("SourceID"),
        "source": "SalesInvoices",
    }
    saft.found.add("entries", row, saft.source.name, record.row)
    if _NO_LEDGER not in saft.found.questions:
        saft.found.questions.append(_NO_LEDGER)


def _payment(saft: Saft, record: Record) -> None:
    """Cash of a customer into `receipts`, cash to a supplier into `payments`."""
    node, found, lines = record.node, saft.found, _lines(record.node)
    paid = cells.day(node.get("TransactionDate"))
    gross = cells.amount((_totals_of(node) or Node("")).get("GrossTotal"))
    party = {
        kind: node.get(f"{kind}ID") or next((i for line in lines if (i := line.get(f"{kind}ID"))), "")
        for kind in ("Customer", "Supplier")
    }
    if paid is None or gross is None or not any(party.values()):
        column = "TransactionDate" if paid is None else "GrossTotal" if gross is None else "CustomerID"
        value = node.get("DocumentTotals", column) or node.get(column)
        expected = "a receipt with day, gross total and customer"
        found.reject(saft.source.name, record.row, column, value, expected)
        return
    number = node.get("PaymentRefNo")
    amount = {"amount": cells.written(gross), "currency": found.company.code}
    if not party["Customer"]:
        row = {"payment_id": number, "party": party["Supplier"], "payment_date": paid}
        found.add("payments", row | amount, saft.source.name, record.row)
        return
    settled = {origin.get("OriginatingON") for line in lines for origin in line.all("SourceDocumentID")}
    row = {
        "receipt_id": number,
        "kind": "cash",
        "customer_id": party["Customer"],
        "invoice_id": settled.pop() if len(settled) == 1 else "",
        "receipt_date": paid,
    }
    found.add("receipts", row | amount, saft.source.name, record.row)
