"""Invoices and receipts of contracts kept one by one, and the journals of their revenue (cloopen.md 9.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from earned.simulation.apportion import half_away, largest_remainder
from earned.simulation.book import Book, Contract, Revenue
from earned.simulation.booking import booked_before, by_contract
from earned.simulation.calendar import at
from earned.simulation.disputes import AGAIN, LAST_DAY, Dispute, raised
from earned.simulation.figures import LARGE
from earned.simulation.journals import ASSET, CASH, LIABILITY, RECEIVABLE, REVENUE, TAX, Journal
from earned.simulation.people import CONTROLLERS, user
from earned.simulation.streams import Stream
from earned.simulation.terms import LAG


@dataclass(frozen=True)
class Invoice:
    """An invoice: net and tax in minor units."""

    invoice_id: str
    day: date
    net: int
    tax: int


def bill(book: Book) -> list[Journal]:
    """Rows of invoices and receipts; journals of revenue, invoices and receipts of every contract."""
    entries, opened = by_contract(book), booked_before(book)
    large = {c for d, ids in book.customers.items() for c in ids[: LARGE[d]]}
    journals: list[Journal] = []
    for contract in sorted(book.contracts, key=lambda c: c.contract_id):
        stream = book.spec.stream("invoices", contract.contract_id)
        booked = entries[contract.contract_id]
        invoices = _invoices(book, stream, contract, booked)
        disputes = {i.invoice_id: d for i in invoices if (d := raised(book, i.invoice_id, i.day))}
        for invoice in invoices:
            dispute = disputes.get(invoice.invoice_id)
            if dispute and dispute.credited:
                journals += _credited(book, contract, invoice, dispute.credited)
        journals += _earned_and_billed(contract, booked, invoices, opened[contract.contract_id])
        cash = book.spec.stream("receipts", contract.contract_id)
        lag = 85 if contract.customer_id in large else 0 if contract.department == "SME" else 45
        journals += _receipts(book, cash, contract, invoices, lag, disputes)
    return journals


def _invoices(book: Book, stream: Stream, contract: Contract, booked: list[Revenue]) -> list[Invoice]:
    plan = book.milestones.get(contract.contract_id)
    if plan is None:  # billed as booked
        days = [(r.effective + timedelta(5), r.amount) for r in booked]
    else:
        shares = [share for _, share in plan]
        rest = max(0, 100 - sum(shares))
        nets = largest_remainder(contract.net, [*shares, rest])[: len(shares)]
        lag = LAG if contract.contract_id in book.rungs else (1, 1 if contract.line == "cc_sub" else 18)
        days = [(day + timedelta(stream.between(*lag)), net) for (day, _), net in zip(plan, nets)]
    found = []
    for day, net in sorted(days):
        if day <= LAST_DAY and net > 0:
            found.append(Invoice(book.number("IN"), day, net, half_away(net * contract.tax, 1_000_000)))
    for invoice in found:
        _row(book, contract, invoice.invoice_id, invoice.day, invoice.net, invoice.tax)
    return found


def _row(
    book: Book, contract: Contract, invoice_id: str, day: date, net: int, tax: int, **more: object
) -> None:
    book.add(
        "invoices", invoice_id=invoice_id, contract_id=contract.contract_id,
        customer_id=contract.customer_id, kind=more.pop("kind", "invoice"), invoice_date=day,
        due_date=day + timedelta(60), amount=net, tax=tax, currency=book.spec.currency,
        recorded_at=at(day, 17), **more,
    )  # fmt: skip


def _credited(book: Book, contract: Contract, invoice: Invoice, day: date) -> list[Journal]:
    """Credited as a mistake of the invoice and billed again in the same period: no net revenue."""
    credit, again = book.number("IN"), book.number("IN")
    back = Invoice(credit, day, -invoice.net, -invoice.tax)
    anew = Invoice(again, day + AGAIN, invoice.net, invoice.tax)
    kinds = {"corrects": invoice.invoice_id, "reason": "error", "kind": "credit_note"}
    _row(book, contract, credit, back.day, back.net, back.tax, **kinds)
    _row(book, contract, again, anew.day, anew.net, anew.tax, reason="rebill", corrects=credit)
    return [_invoice(contract, back, 0), _invoice(contract, anew, 0)]


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


def _revenue(event: Revenue, asset: int) -> Journal:
    """`asset` is what is earned and not billed before it, below zero what is billed and not earned."""
    advance = min(max(-asset, 0), event.amount)
    lines = [(LIABILITY, advance, event.text), (ASSET, event.amount - advance, event.text)]
    lines = [line for line in lines if line[1]]
    counter = max(lines, key=lambda line: line[1])[0]
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
    unbilled = min(max(asset, 0), max(invoice.net, 0))
    text = f"{invoice.invoice_id} 开票"
    lines = [(RECEIVABLE, invoice.net + invoice.tax, text), (TAX, -invoice.tax, text)]
    lines += [(ASSET, -unbilled, text), (LIABILITY, unbilled - invoice.net, text)]
    lines = [line for line in lines if line[1]]
    return Journal(invoice.day, at(invoice.day, 17, 30), user(CONTROLLERS[1]), "AR", lines)


def _receipts(
    book: Book, stream: Stream, contract: Contract, invoices: list[Invoice], lag: int,
    disputes: dict[str, Dispute],
) -> list[Journal]:  # fmt: skip
    """85 days after the invoice, 45, or at once; 3 % in two parts, 2 % paid by an affiliate.

    A disputed invoice is paid later still.
    """
    journals = []
    for invoice in invoices:
        gross = invoice.net + invoice.tax
        wait = max(0, lag + stream.between(-30, 30)) if lag else 0
        # customers of planted projects pay only after the true acceptance
        delay = disputes[invoice.invoice_id].delay if invoice.invoice_id in disputes else timedelta()
        day = max(invoice.day + timedelta(wait) + delay, book.withheld.get(contract.contract_id, date.min))
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
