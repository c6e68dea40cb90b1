"""Disputed invoices: 2 %, of which one in five ends in a credit note a quarter or two later (9.7).

Until contracts can be modified a credit note corrects the invoice and is billed again in the same
period: no revenue moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from earned.simulation.book import Book
from earned.simulation.calendar import at, month_start

#: invoices and receipts after this day are not in the export
LAST_DAY = date(2022, 3, 31)
REASONS = ("验收后范围变更", "客户补充新信息", "单价核对", "收货数量核对", "开票抬头变更")
#: days from a credit note to the invoice that replaces it
AGAIN = timedelta(2)


@dataclass(frozen=True)
class Dispute:
    """When an invoice was disputed, when it was credited if it was, and how much later it was paid."""

    raised: date
    credited: date | None
    delay: timedelta


def raised(book: Book, invoice_id: str, day: date) -> Dispute | None:
    """The dispute of an invoice, entered in the register; None where nobody disputed it."""
    noise = book.spec.stream("noise", "dispute", invoice_id)
    place = noise.between(1, 1000)
    if place > book.spec.noise.disputes:
        return None
    said = min(day + timedelta(noise.between(5, 25)), LAST_DAY)
    later = month_start(day.year, 3 * ((day.month + 2) // 3 + noise.between(0, 1)) + 1)
    on = later + timedelta(noise.between(26, 60))
    credited = on if place <= book.spec.noise.credit_notes and on + AGAIN <= LAST_DAY else None
    enter(book, invoice_id, said, noise.pick(REASONS), credited)
    return Dispute(said, credited, timedelta(noise.between(30, 60)))


def enter(book: Book, invoice_id: str, said: date, reason: str, credited: date | None) -> None:
    """A line of the register of disputes."""
    book.add("disputes", invoice_id=invoice_id, raised=said, reason=reason, credited=credited)


def register(book: Book) -> None:
    """The register of each quarter as a paper."""
    for quarter in book.spec.quarters:
        rows = [r for r in book.rows["disputes"] if quarter.first <= r["raised"] <= quarter.last]
        lines = [
            f"{r['raised']}  {r['invoice_id']}  {r['reason']}  "
            + (f"{r['credited']} 红字发票，当期重开" if r["credited"] else "维持原发票")
            for r in sorted(rows, key=lambda r: (r["raised"], r["invoice_id"]))
        ]
        text = f"SIM 发票异议登记 {quarter.name}\n" + "".join(f"{line}\n" for line in lines)
        path, moment = f"disputes/{quarter.name}.txt", at(quarter.last + timedelta(3), 10)
        book.paper(f"DOC-DISPUTES-{quarter.name}", path, text, moment, "SIM 财务部", "发票异议登记")
