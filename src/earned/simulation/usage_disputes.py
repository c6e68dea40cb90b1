"""Disputes of usage invoices, a cell and month at a time: as many and as settled as those of `disputes`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from earned.simulation.book import Book
from earned.simulation.calendar import at, month_start
from earned.simulation.disputes import AGAIN, LAST_DAY, REASONS, enter
from earned.simulation.usage import Bits, Chunk, Ints, Used

Columns = dict[str, list[Any]]
#: from a month's end to its invoices, from an invoice to its dispute; days by which it is paid later
BILLED, RAISED, DELAY = timedelta(5), timedelta(12), 45


def places(book: Book, chunk: Chunk, cell: Used, day: date) -> Ints:
    """A number from 0 to 999 for each invoice of a cell and month: below `noise.disputes` it is disputed."""
    names = (chunk.number, cell.line, cell.department, str(day))
    return Bits(book.spec.seed, "disputes", *names).below(1000, len(cell.customers))


def _credit_day(billed: date) -> date | None:
    """When an invoice is credited: in the quarter after it; none where that lies beyond the export."""
    on = month_start(billed.year, 3 * ((billed.month + 2) // 3) + 1) + timedelta(30 + 7 * (billed.month % 3))
    return on if on + AGAIN <= LAST_DAY else None


def settled(book: Book, chunk: Chunk, cell: Used, day: date, invoices: Columns) -> Columns:
    """Credit notes and the invoices that replace them, as columns of invoices; the register is entered."""
    place = places(book, chunk, cell, day)
    on = _credit_day(day + BILLED)
    notes: list[int] = []
    for i in (int(i) for i in (place < book.spec.noise.disputes).nonzero()[0]):
        credited = on if place[i] < book.spec.noise.credit_notes and invoices["amount"][i] else None
        if credited:
            notes.append(i)
        enter(book, invoices["invoice_id"][i], day + BILLED + RAISED, _reason(int(place[i])), credited)
    return _rewritten(invoices, notes, on) if on else {name: [] for name in invoices}


def _reason(place: int) -> str:
    return REASONS[place % len(REASONS)]


def _rewritten(invoices: Columns, notes: list[int], on: date) -> Columns:
    """For each of the invoices its credit note and, AGAIN later, the invoice that replaces it."""
    rows = {name: [values[i] for i in notes for _ in range(2)] for name, values in invoices.items()}
    for n, i in enumerate(notes):
        first = invoices["invoice_id"][i]
        for k, sign, moment in ((2 * n, -1, on), (2 * n + 1, 1, on + AGAIN)):
            rows["invoice_id"][k] = f"{first}-{'K' if sign < 0 else 'R'}"
            rows["corrects"][k] = first if sign < 0 else f"{first}-K"
            rows["kind"][k] = "credit_note" if sign < 0 else "invoice"
            rows["reason"][k] = "error" if sign < 0 else "rebill"
            rows["amount"][k], rows["tax"][k] = sign * rows["amount"][k], sign * rows["tax"][k]
            rows["invoice_date"][k], rows["due_date"][k] = moment, moment + timedelta(60)
            rows["recorded_at"][k] = at(moment, 9)
    return rows
