"""Usage in files that grow by chunks: contracts, records, entries, invoices, receipts, ledger."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from earned.simulation import figures, usage, usage_disputes
from earned.simulation.book import SERVICE_TAX, Book
from earned.simulation.calendar import WINDOW, at, month_end
from earned.simulation.disputes import LAST_DAY
from earned.simulation.journals import ASSET, CASH, RECEIVABLE, REVENUE, TAX, Balances
from earned.simulation.manifest import STREAMED
from earned.simulation.metered import SHORT, SYSTEM
from earned.simulation.people import REVIEWERS, user
from earned.simulation.usage import Chunk, Ints, Used
from earned.simulation.writing import Growing

Columns = dict[str, list[Any]]


@dataclass
class Files:
    """The growing files, the columns of each as written, and the movements of the accounts."""

    folder: Path
    balances: Balances
    columns: dict[str, list[str]] = field(default_factory=dict)
    growing: dict[str, Growing] = field(default_factory=dict)

    def add(self, name: str, rows: Columns) -> None:
        """A chunk of a file."""
        if name not in self.growing:
            self.growing[name] = Growing(STREAMED[name], self.folder / f"{name}.parquet")
            self.columns[name] = list(rows)
        self.growing[name].add(rows)

    def close(self) -> None:
        """End all files."""
        for file in self.growing.values():
            file.close()


def write(book: Book, taken: dict[tuple[str, str, str], int], files: Files) -> None:
    """All usage of customers modelled singly."""
    for chunk in usage.chunks(book, taken):
        files.add("usage_contracts", usage.frames(book, chunk))
        files.add("usage_customers", _customers(chunk))
        for quarter in range(len(figures.QUARTERS)):
            cells = [c for c in usage.used(book, chunk) if c.quarter == quarter]
            _cells(book, chunk, cells, files)
    files.close()


def _customers(chunk: Chunk) -> Columns:
    ids = [c for ids in chunk.customers.values() for c in ids] if chunk.new else []
    return {"customer_id": ids, "name": [f"SIM 客户 {c[1:]}" for c in ids]}


def _joined(parts: list[Columns]) -> Columns:
    return {name: [v for part in parts for v in part[name]] for name in parts[0]}


def _cells(book: Book, chunk: Chunk, cells: list[Used], files: Files) -> None:
    """One quarter of a chunk."""
    files.add("usage_obligations", _joined([_obligations(book, c) for c in cells]))
    months = [(c, m, day) for c in cells for m, day in enumerate(usage.month_ends(c))]
    files.add("usage", _joined([_records(c, m, d) for c, m, d in months]))
    files.add("usage_entries", _joined([_entries(book, chunk, c, m, d) for c, m, d in months]))
    billed = [_invoices(book, c, m, d) for c, m, d in months]
    again = [usage_disputes.settled(book, chunk, c, d, b) for (c, _, d), b in zip(months, billed)]
    files.add("usage_invoices", _joined(billed + again))
    receipts = [_receipts(book, chunk, c, m, d) for c, m, d in months]
    files.add("usage_receipts", _joined([rows for rows, _ in receipts]))
    ledger = [_journals(book, chunk, c, m, d, r, a) for (c, m, d), (_, r), a in zip(months, receipts, again)]
    for rows in ledger:
        for account, day, amount in zip(rows["account"], rows["effective_date"], rows["amount"]):
            files.balances.post(account, day, amount)
    files.add("usage_ledger", _within(book, _joined(ledger)))


def _within(book: Book, rows: Columns) -> Columns:
    """Lines of the window."""
    kept = [i for i, day in enumerate(rows["effective_date"]) if day <= WINDOW[1]]
    return {name: [values[i] for i in kept] for name, values in rows.items()}


def _obligations(book: Book, cell: Used) -> Columns:
    ids = usage.units(cell)
    same: dict[str, Any] = {"pattern": "over_time", "measure": "as_used", "booked_before": 0}
    prices = {int(p): usage.unit_price(book, int(p)) for p in np.unique(cell.price)}
    return {
        "obligation_id": ids,
        "contract_id": [i.rsplit("-", 2)[0] for i in ids],
        "unit_price": [prices[int(p)] for p in cell.price],
        **{name: [value] * len(ids) for name, value in same.items()},
    }


def _records(cell: Used, month: int, day: date) -> Columns:
    ids = usage.units(cell)
    same: dict[str, Any] = {
        "kind": "usage", "event_date": day, "recorded_at": at(day + timedelta(1), 1), "basis": "increment",
        "maker": "system", "batch": f"CDR-{day:%Y%m}",
    }  # fmt: skip
    return {
        "evidence_id": [f"CDR-{day:%y%m}-{i[5:]}" for i in ids],
        "contract_id": [i.rsplit("-", 2)[0] for i in ids],
        "obligation_id": ids,
        "quantity": cell.messages[month].tolist(),
        **{name: [value] * len(ids) for name, value in same.items()},
    }


def _run(chunk: Chunk, cell: Used, day: date) -> str:
    return f"BR{day:%y%m}-{chunk.number:04d}-{SHORT[cell.line]}-{cell.department}"


def _entries(book: Book, chunk: Chunk, cell: Used, month: int, day: date) -> Columns:
    ids = usage.units(cell)
    journal, count = _run(chunk, cell, day), len(ids)
    keyed = at(day + timedelta(1), 2)
    same: dict[str, Any] = {
        "journal_id": journal, "effective_date": day, "currency": book.spec.currency,
        "entity_id": "SIM-JP" if cell.department == "JPN" else "SIM-CN",
        "account": REVENUE[cell.line], "counter_account": ASSET, "posted_at": keyed, "created_at": keyed,
        "approved_at": keyed + timedelta(hours=8), "preparer": SYSTEM,
        "approver": user(REVIEWERS[day.month % len(REVIEWERS)]), "source": "BILLING", "is_manual": False,
        "kind": "recognition",
    }  # fmt: skip
    return {
        "entry_id": [f"{journal}-{n}" for n in range(2, count + 2)],
        "line_number": [str(n) for n in range(2, count + 2)],
        "contract_id": [i.rsplit("-", 2)[0] for i in ids],
        "obligation_id": ids,
        "amount": (cell.messages[month] * cell.price).tolist(),
        "customer_id": cell.customers,
        **{name: [value] * count for name, value in same.items()},
    }


def _taxed(cell: Used, month: int) -> tuple[Ints, Ints]:
    net = cell.messages[month] * cell.price
    return net, (2 * net * SERVICE_TAX + 1_000_000) // 2_000_000


def _invoices(book: Book, cell: Used, month: int, day: date) -> Columns:
    ids, (net, tax) = usage.units(cell), _taxed(cell, month)
    billed = day + usage_disputes.BILLED
    same: dict[str, Any] = {
        "kind": "invoice", "invoice_date": billed, "due_date": billed + timedelta(60),
        "currency": book.spec.currency, "recorded_at": at(billed, 9), "corrects": None, "reason": None,
    }  # fmt: skip
    return {
        "invoice_id": [f"INU-{day:%y%m}-{i[5:]}" for i in ids],
        "contract_id": [i.rsplit("-", 2)[0] for i in ids],
        "customer_id": cell.customers,
        "amount": net.tolist(),
        "tax": tax.tolist(),
        **{name: [value] * len(ids) for name, value in same.items()},
    }


def _receipts(book: Book, chunk: Chunk, cell: Used, month: int, day: date) -> tuple[Columns, dict[date, int]]:
    """One receipt an invoice: large customers 85 days on, mid-size 45, small ones at once; sums by day."""
    ids, (net, tax) = usage.units(cell), _taxed(cell, month)
    bits = usage.Bits(book.spec.seed, "receipts", chunk.number, cell.line, cell.department, str(day))
    lag = (85 if chunk.number == 0 else 45) + bits.below(61, len(ids)) - 30
    if cell.department == "SME":
        lag = np.zeros(len(ids), np.int64)
    disputed = usage_disputes.places(book, chunk, cell, day) < book.spec.noise.disputes
    lag = lag + disputed * usage_disputes.DELAY
    billed = day + usage_disputes.BILLED
    kept = [i for i in range(len(ids)) if billed + timedelta(int(lag[i])) <= LAST_DAY]
    days = [billed + timedelta(int(lag[i])) for i in kept]
    amounts = [int(net[i] + tax[i]) for i in kept]
    sums: dict[date, int] = defaultdict(int)
    for paid, amount in zip(days, amounts):
        sums[month_end(paid.year, paid.month)] += amount
    rows: Columns = {
        "receipt_id": [f"RCU-{day:%y%m}-{ids[i][5:]}" for i in kept],
        "customer_id": [cell.customers[i] for i in kept],
        "invoice_id": [f"INU-{day:%y%m}-{ids[i][5:]}" for i in kept],
        "contract_id": [ids[i].rsplit("-", 2)[0] for i in kept],
        "receipt_date": days,
        "amount": amounts,
        "currency": [book.spec.currency] * len(kept),
    }
    return rows, sums


def _journals(
    book: Book, chunk: Chunk, cell: Used, month: int, day: date, receipts: dict[date, int], again: Columns
) -> Columns:
    """The billing run (a line an entry), its invoices, credit notes and receipts in one line a side."""
    run, (net, tax) = _run(chunk, cell, day), _taxed(cell, month)
    billed = day + usage_disputes.BILLED
    total, vat = int(net.sum()), int(tax.sum())
    lines = [(run, 1, ASSET, total, day)]
    lines += [(run, n, REVENUE[cell.line], -amount, day) for n, amount in enumerate(net.tolist(), 2)]
    invoiced = ((RECEIVABLE, total + vat), (TAX, -vat), (ASSET, -total))
    lines += [(f"{run}-I", n, account, amount, billed) for n, (account, amount) in enumerate(invoiced, 1)]
    for paid, amount in sorted(receipts.items()):
        cash = ((CASH, amount), (RECEIVABLE, -amount))
        lines += [(f"{run}-C{paid:%y%m}", n, account, a, paid) for n, (account, a) in enumerate(cash, 1)]
    notes = zip(again["invoice_id"], again["invoice_date"], again["amount"], again["tax"])
    for invoice, on, amount, added in notes:
        sides = ((RECEIVABLE, amount + added), (TAX, -added), (ASSET, -amount))
        lines += [(f"J{invoice}", n, account, a, on) for n, (account, a) in enumerate(sides, 1)]
    same: dict[str, Any] = {"currency": book.spec.currency, "preparer": SYSTEM, "source": "BILLING"}
    return {
        "journal_id": [line[0] for line in lines],
        "line_number": [str(line[1]) for line in lines],
        "account": [line[2] for line in lines],
        "amount": [line[3] for line in lines],
        "effective_date": [line[4] for line in lines],
        "created_at": [at(line[4], 23) for line in lines],
        **{name: [value] * len(lines) for name, value in same.items()},
    }
