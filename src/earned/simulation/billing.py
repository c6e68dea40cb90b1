"""Invoices and receipts of contracts kept one by one, and the journals of their revenue (cloopen.md 9.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from earned.simulation.apportion import half_away, largest_remainder
from earned.simulation.book import Book, Change, Contract, Revenue
from earned.simulation.booking import booked_before, by_contract
from earned.simulation.calendar import at
from earned.simulation.disputes import LAST_DAY, Dispute, raised
from earned.simulation.figures import LARGE
from earned.simulation.journals import ASSET, CASH, LIABILITY, RECEIVABLE, REVENUE, TAX, Journal
from earned.simulation.people import CONTROLLERS, user
from earned.simulation.streams import Stream
from earned.simulation.terms import LAG


@dataclass(frozen=True)
class Invoice:
    """An invoice, or below zero the credit note of one: net and tax in minor units."""

    invoice_id: str
    day: date
    net: int
    tax: int
    corrects: str | None = None


def bill(book: Book) -> list[Journal]:
    """Rows of invoices and receipts; journals of revenue, invoices and receipts of every contract."""
    entries, opened = by_contract(book), booked_before(book)
    large = {c for d, ids in book.customers.items() for c in ids[: LARGE[d]]}
    journals: list[Journal] = []
    for contract in sorted(book.contracts, key=lambda c: c.contract_id):
        stream = book.spec.stream("invoices", contract.contract_id)
        booked = entries[contract.contract_id]
        invoices = _invoices(book, stream, contract, booked)
        notes = {i.corrects: i for i in invoices if i.corrects}
        disputes = {}
        for invoice in (i for i in invoices if not i.corrects):
            note = notes.get(invoice.invoice_id)
            if dispute := raised(book, invoice.invoice_id, invoice.day, note.day if note else None):
                disputes[invoice.invoice_id] = dispute
        journals += _earned_and_billed(contract, booked, invoices, opened[contract.contract_id])
        cash = book.spec.stream("receipts", contract.contract_id)
        lag = 85 if contract.customer_id in large else 0 if contract.department == "SME" else 45
        journals += _receipts(book, cash, contract, invoices, lag, disputes)
    return journals


def _invoices(book: Book, stream: Stream, contract: Contract, booked: list[Revenue]) -> list[Invoice]:
    plan = book.milestones.get(contract.contract_id)
    changes = book.changes.get(contract.contract_id, [])
    if plan is None:  # billed as booked
        days = [(r.effective + timedelta(5), r.amount) for r in booked]
    else:
        shares = [share for _, share in plan]
        rest = max(0, 100 - sum(shares))
        nets = largest_remainder(contract.net, [*shares, rest])[: len(shares)]
        lag = LAG if contract.contract_id in book.rungs else (1, 1 if contract.line == "cc_sub" else 18)
        days = [(day + timedelta(stream.between(*lag)), net) for (day, _), net in zip(plan, nets)]
        days += [(c.day + timedelta(stream.between(*lag)), c.net) for c in changes if c.net > 0]
        days = _less(days, [c for c in changes if c.net < 0 and not c.credited])
    found = []
    for day, net in sorted(days):
        if day <= LAST_DAY and net > 0:
            found.append(Invoice(book.number("IN"), day, net, half_away(net * contract.tax, 1_000_000)))
    for invoice in found:
        _row(book, contract, invoice.invoice_id, invoice.day, invoice.net, invoice.tax)
    notes = [_note(book, contract, c, found) for c in changes if c.credited]
    return found + notes


def _less(bills: list[tuple[date, int]], changes: list[Change]) -> list[tuple[date, int]]:
    """What a change takes away is left out of the next bills (day, net)."""
    bills = sorted(bills)
    for change in changes:
        left = -change.net
        for i, (day, net) in enumerate(bills):
            less = min(left, net) if day >= change.day else 0
            bills[i], left = (day, net - less), left - less
        assert not left, "what is taken away is not billed yet"
    return bills


def _note(book: Book, contract: Contract, change: Change, invoices: list[Invoice]) -> Invoice:
    """The credit note of the last invoice of an earlier quarter."""
    began = date(change.day.year, (change.day.month - 1) // 3 * 3 + 1, 1)
    invoice = max((i for i in invoices if i.day < began), key=lambda i: i.day)
    tax = -half_away(-change.net * contract.tax, 1_000_000)
    note = Invoice(book.number("IN"), change.day, change.net, tax, invoice.invoice_id)
    more = {"corrects": note.corrects, "reason": "dispute", "kind": "credit_note"}
    _row(book, contract, note.invoice_id, note.day, note.net, note.tax, **more)
    return note


def _row(
    book: Book, contract: Contract, invoice_id: str, day: date, net: int, tax: int, **more: object
) -> None:
    book.add(
        "invoices", invoice_id=invoice_id, contract_id=contract.contract_id,
        customer_id=contract.customer_id, kind=more.pop("kind", "invoice"), invoice_date=day,
        due_date=day + timedelta(60), amount=net, tax=tax, currency=book.spec.currency,
        recorded_at=at(day, 17), **more,
    )  # fmt: skip


def _earned_and_billed(
    contract: Contract, booked: list[Revenue], invoices: list[Invoice], opened: int
) -> list[Journal]:
    """Revenue against what was billed before, the rest a contract asset; invoices the other way round."""
    events: list[tuple[date, int, Revenue | Invoice]] = [(r.effective, 1, r) for r in booked]
    events += [(i.day, 0, i) for i in invoices]
    asset, journals = opened, []
    if asset:
        journals.append(_opening(contract, asset))
    for _, _, event in sorted(events, key=lambda e: (e[0], e[1], _amount(e[2]))):
        if isinstance(event, Revenue):
            journals.append(_revenue(event, asset))
            asset += event.amount
        else:
            journals.append(_invoice(contract, event, asset))
            asset -= event.net
    return journals


def _amount(event: Revenue | Invoice) -> int:
    return event.amount if isinstance(event, Revenue) else event.net


def _opening(contract: Contract, amount: int) -> Journal:
    day = date(2020, 12, 31)
    lines = [(ASSET, amount, "期初"), (REVENUE[contract.line], -amount, "期初")]
    return Journal(day, at(day, 18), "system", "OPENING", lines)


def _moved(before: int, amount: int, text: str) -> list[tuple[str, int, str]]:
    """Lines of a contract whose earned less billed, an asset or below zero a liability, moves by `amount`."""
    after = before + amount
    assets = max(after, 0) - max(before, 0)
    lines = [(LIABILITY, amount - assets, text), (ASSET, assets, text)]
    return [line for line in lines if line[1]]


def _revenue(event: Revenue, asset: int) -> Journal:
    """`asset` is what is earned and not billed before it, below zero what is billed and not earned."""
    lines = _moved(asset, event.amount, event.text)
    counter = max(lines, key=lambda line: abs(line[1]))[0]
    lines.append((REVENUE[event.contract.line], -event.amount, event.text))
    entry = {
        "contract_id": event.contract.contract_id, "obligation_id": event.obligation_id,
        "customer_id": event.contract.customer_id, "counter_account": counter, "is_manual": event.manual,
        "entity_id": "SIM-JP" if event.contract.department == "JPN" else "SIM-CN",
        "approved_at": event.keyed + timedelta(hours=3), "approver": event.approver,
    }  # fmt: skip
    source = "MANUAL" if event.manual else "BILLING"
    return Journal(event.effective, event.keyed, event.preparer, source, lines, {len(lines) - 1: entry})


def _invoice(contract: Contract, invoice: Invoice, asset: int) -> Journal:
    text = f"{invoice.invoice_id} " + ("红字发票" if invoice.corrects else "开票")
    lines = [(RECEIVABLE, invoice.net + invoice.tax, text), (TAX, -invoice.tax, text)]
    lines = [line for line in lines if line[1]] + _moved(asset, -invoice.net, text)[::-1]
    return Journal(invoice.day, at(invoice.day, 17, 30), user(CONTROLLERS[1]), "AR", lines)


def _receipts(
    book: Book, stream: Stream, contract: Contract, invoices: list[Invoice], lag: int,
    disputes: dict[str, Dispute],
) -> list[Journal]:  # fmt: skip
    """85 days after the invoice, 45, or at once; 3 % in two parts, 2 % paid by an affiliate.

    A disputed invoice is paid later still, one that was credited only then, and less.
    """
    journals = []
    notes = {i.corrects: i.net + i.tax for i in invoices if i.corrects}
    for invoice in (i for i in invoices if not i.corrects):
        gross = invoice.net + invoice.tax + notes.get(invoice.invoice_id, 0)
        wait = max(0, lag + stream.between(-30, 30)) if lag else 0
        # customers of planted projects pay only after the true acceptance
        dispute = disputes.get(invoice.invoice_id)
        day = invoice.day + timedelta(wait) + (dispute.delay if dispute else timedelta())
        settled = dispute.credited + timedelta(9) if dispute and dispute.credited else date.min
        day = max(day, settled, book.withheld.get(contract.contract_id, date.min))
        shares = largest_remainder(gross, [6, 4]) if stream.chance(30) else [gross]
        payer = f"SIM 关联付款方 {contract.customer_id}" if stream.chance(20) else None
        for n, share in enumerate(shares):
            paid = min(day, date(2090, 1, 1)) + timedelta(20 * n)
            if paid <= LAST_DAY and share > 0:
                journals.append(_receipt(book, contract, invoice, paid, share, payer))
    return journals


def _receipt(
    book: Book, contract: Contract, invoice: Invoice, day: date, amount: int, payer: str | None
) -> Journal:
    receipt_id = book.number("RC")
    book.add(
        "receipts", receipt_id=receipt_id, kind="cash", customer_id=contract.customer_id,
        invoice_id=invoice.invoice_id, contract_id=contract.contract_id, receipt_date=day, amount=amount,
        currency=book.spec.currency, payer=payer,
    )  # fmt: skip
    text = f"{receipt_id} 收款"
    lines = [(CASH, amount, text), (RECEIVABLE, -amount, text)]
    return Journal(day, at(day, 16), user(CONTROLLERS[0]), "CASH", lines)
