"""The source documents of a SAF-T: invoices and receipts, and what each section states of itself.

Portugal's documents carry a status: A is cancelled, F was billed by another document. Neither counts in
the section's amounts nor is taken; all count in its numbers. A file without a general ledger (Portugal's
invoicing file) has its invoices, net of tax, as the entries: it is the sales ledger.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from earned.imports import cells
from earned.imports.common import JOURNAL
from earned.imports.xml import Node, Record

if TYPE_CHECKING:
    from earned.imports.saft import Saft

#: Document -> its section, the name of its number, and of its status.
DOCUMENTS = {
    "Invoice": ("SalesInvoices", "InvoiceNo", "InvoiceStatus"),
    "Payment": ("Payments", "PaymentRefNo", "PaymentStatus"),
    "WorkDocument": ("WorkingDocuments", "DocumentNumber", "WorkStatus"),
    "StockMovement": ("MovementOfGoods", "DocumentNumber", "MovementStatus"),
}
SECTIONS = frozenset(section for section, _, _ in DOCUMENTS.values())
_CANCELLED, _BILLED = "A", "F"
_NO_LEDGER = (
    "The file has no general ledger: the entries are its sales invoices, net of tax, on the invoice's day. "
    "Is every invoice booked as revenue on that day?"
)


def take(saft: Saft, record: Record) -> None:
    """A document, or the end of a section with its totals."""
    node = record.node
    if node.name in SECTIONS:
        _totals(saft, node)
        return
    if node.name not in DOCUMENTS or DOCUMENTS[node.name][0] not in record.path:
        saft.found.leave("/".join(record.path[1:]))
        return
    section, number, status = DOCUMENTS[node.name]
    _count(saft, node, section, node.get("DocumentStatus", status))
    _links(saft, node, node.get(number))
    state = node.get("DocumentStatus", status)
    if state in (_CANCELLED, _BILLED) and node.name in ("Invoice", "Payment"):
        said = "cancelled" if state == _CANCELLED else "billed by another document"
        saft.found.leave(f"{section}: documents of status {state} ({said})")
    elif node.name == "Invoice":
        _invoice(saft, record)
    elif node.name == "Payment":
        _receipt(saft, record)
    else:
        saft.found.leave(f"SourceDocuments/{section}/{node.name}")


# --- totals and links -----------------------------------------------------------------------------------


def _count(saft: Saft, node: Node, section: str, state: str) -> None:
    """Add a document to the sums of its section."""
    sums, lines = saft.sums, node.all("Line")
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
        for side in ("Debit", "Credit"):
            text = line.get(f"{side}Amount", "Amount") or line.get(f"{side}Amount")
            _add(sums, f"{section}/Total{side}", cells.amount(text) if text else None)


def _add(sums: dict[str, Decimal], name: str, value: Decimal | None) -> None:
    sums[name] = sums.get(name, Decimal(0)) + (value or Decimal(0))


def _totals(saft: Saft, section: Node) -> None:
    names = ("NumberOfEntries", "TotalDebit", "TotalCredit", "NumberOfMovementLines", "TotalQuantityIssued")
    for name in names:
        stated = section.get(name)
        if stated:
            reached, figure = saft.sums.get(f"{section.name}/{name}", Decimal(0)), cells.amount(stated)
            if figure is not None and name == "TotalQuantityIssued":
                reached = reached.quantize(figure)  # quantities have six decimals, their total often two
            saft.found.total(f"{section.name}/{name}", figure, reached)


def _links(saft: Saft, node: Node, number: str) -> None:
    """A document has a number of its own and names only parties and products that the file has."""
    known = saft.named.setdefault(node.name, set())
    if number in known:
        saft.found.total(f"{node.name} of the number {number}", 1, 2)
    known.add(number)
    wanted = [("Customer", node.get("CustomerID")), ("Supplier", node.get("SupplierID"))]
    wanted += [("Product", line.get("ProductCode")) for line in node.all("Line")]
    if node.name == "Payment":
        wanted += [
            ("Invoice", origin.get("OriginatingON"))
            for line in node.all("Line")
            for origin in line.all("SourceDocumentID")
        ]
    for kind, code in wanted:
        if code and code not in saft.named.get(kind, ()):
            saft.found.total(f"{kind} {code}, named by {node.name} {number}, in the file", 1, 0)


# --- rows -----------------------------------------------------------------------------------------------


def _invoice(saft: Saft, record: Record) -> None:
    node, found, file = record.node, saft.found, saft.source.name
    number, sold = node.get("InvoiceNo"), cells.day(node.get("InvoiceDate"))
    net, tax = (cells.amount(node.get("DocumentTotals", name) or "0") for name in ("NetTotal", "TaxPayable"))
    for column, bad in (("InvoiceNo", not number), ("InvoiceDate", sold is None), ("NetTotal", net is None)):
        if bad:
            value = node.get("DocumentTotals", column) or node.get(column)
            found.reject(file, record.row, column, value, "an invoice with number, day and net total")
            return
    assert sold is not None and net is not None
    credit = node.get("InvoiceType") in ("NC", "CreditNote")
    sign = -1 if credit else 1
    corrected = (line.get("References", "Reference") for line in node.all("Line")) if credit else ()
    shared = {"customer_id": node.get("CustomerID"), "currency": found.company.code}
    recorded = cells.stamp(node.get("SystemEntryDate"))
    row = {
        "invoice_id": number,
        "kind": "credit_note" if credit else "invoice",
        "invoice_date": sold,
        "amount": cells.written(sign * net),
        "tax": cells.written(sign * tax) if tax is not None else "",
        "corrects": next((c for c in corrected if c), ""),
        "recorded_at": recorded,
    }
    found.add("invoices", row | shared, file, record.row)
    for name in ("ShipTo", "ShipFrom", "WithholdingTax"):
        found.leave(f"{name} of invoices", len(node.all(name)))
    found.leave("lines of invoices (products, quantities, order references)", len(node.all("Line")))
    if not found.rows[JOURNAL]:
        _entry(saft, record, row | shared)


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


def _receipt(saft: Saft, record: Record) -> None:
    node, found, file = record.node, saft.found, saft.source.name
    paid, gross = (
        cells.day(node.get("TransactionDate")),
        cells.amount(node.get("DocumentTotals", "GrossTotal")),
    )
    if paid is None or gross is None or not node.get("CustomerID"):
        column = "TransactionDate" if paid is None else "GrossTotal" if gross is None else "CustomerID"
        value = node.get("DocumentTotals", column) or node.get(column)
        found.reject(file, record.row, column, value, "a receipt with day, gross total and customer")
        return
    settled = {
        origin.get("OriginatingON") for line in node.all("Line") for origin in line.all("SourceDocumentID")
    }
    row = {
        "receipt_id": node.get("PaymentRefNo"),
        "kind": "cash",
        "customer_id": node.get("CustomerID"),
        "invoice_id": settled.pop() if len(settled) == 1 else "",
        "receipt_date": paid,
        "amount": cells.written(gross),
        "currency": found.company.code,
    }
    found.add("receipts", row, file, record.row)
