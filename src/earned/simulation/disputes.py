"""Disputed invoices: 2 %, of which one in five ends in a credit note a quarter or two later (9.7).

Of a contract with a price of its own the credit note is a part of the price given up: its price is estimated
anew, and revenue falls (`changes`). Usage has no price but that of a unit: its invoice is corrected and
billed again in the same period, and no revenue moves (`usage_disputes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from earned.simulation.book import Book
from earned.simulation.calendar import at

#: invoices and receipts after this day are not in the export
LAST_DAY = date(2022, 3, 31)
CONCEDED = "验收后范围变更，价款减让"
REASONS = ("验收后范围变更", "客户补充新信息", "单价核对", "收货数量核对", "开票抬头变更")
#: days from a credit note to the invoice that replaces it
AGAIN = timedelta(2)


@dataclass(frozen=True)
class Dispute:
    """When an invoice was disputed, when it was credited if it was, and how much later it was paid."""

    raised: date
    credited: date | None
    delay: timedelta


def raised(book: Book, invoice_id: str, day: date, credited: date | None) -> Dispute | None:
    """The dispute of an invoice, entered in the register; None where nobody disputed it."""
    noise = book.spec.stream("noise", "dispute", invoice_id)
    place = noise.between(1, 1000)
    said = min(day + timedelta(noise.between(5, 25)), LAST_DAY)
    delay = timedelta(noise.between(30, 60))
    if credited:
        enter(book, invoice_id, min(said, credited - timedelta(2)), CONCEDED, credited)
        return Dispute(said, credited, delay)
    if not book.spec.noise.credit_notes < place <= book.spec.noise.disputes:
        return None
    enter(book, invoice_id, said, noise.pick(REASONS), None)
    return Dispute(said, None, delay)


def enter(book: Book, invoice_id: str, said: date, reason: str, credited: date | None) -> None:
    """A line of the register of disputes."""
    book.add("disputes", invoice_id=invoice_id, raised=said, reason=reason, credited=credited)


def _ending(reason: str, credited: date | None) -> str:
    if not credited:
        return "维持原发票"
    return f"{credited} 红字发票" + ("" if reason == CONCEDED else "，当期重开")


def register(book: Book) -> None:
    """The register of each quarter as a paper."""
    for quarter in book.spec.quarters:
        rows = [r for r in book.rows["disputes"] if quarter.first <= r["raised"] <= quarter.last]
        lines = [
            f"{r['raised']}  {r['invoice_id']}  {r['reason']}  " + _ending(r["reason"], r["credited"])
            for r in sorted(rows, key=lambda r: (r["raised"], r["invoice_id"]))
        ]
        text = f"SIM 发票异议登记 {quarter.name}\n" + "".join(f"{line}\n" for line in lines)
        path, moment = f"disputes/{quarter.name}.txt", at(quarter.last + timedelta(3), 10)
        book.paper(f"DOC-DISPUTES-{quarter.name}", path, text, moment, "SIM 财务部", "发票异议登记")
