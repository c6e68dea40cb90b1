"""What an XBRL GL instance holds beside a journal: a trial balance, and invoices to customers."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from earned.imports import cells
from earned.imports.xbrl_gl_forms import Detail

if TYPE_CHECKING:
    from earned.imports.xbrl_gl import Instance

_ENDS = {"beginning_balance": "opening", "ending_balance": "closing", "period_change": "change"}
_TAX = (
    "The instance does not say whether the amounts of its invoices include the tax that is stated beside "
    "them (taxAmount): do they? They are taken as net of it."
)


def invoice(instance: Instance, detail: Detail) -> None:
    """Add a line of an invoice to a customer to its invoice; lines marked as a memo do not count."""
    line, found, file = detail.line, instance.found, instance.source.name
    number = line.get("documentNumber") or detail.header.get("entryNumber", "")
    amount, tax = cells.amount(line.get("amount", "")), cells.amount(line.get("taxAmount", "0"))
    if amount is None or tax is None:
        column = "amount" if amount is None else "taxAmount"
        found.reject(file, detail.row, column, line.get(column, ""), cells.wanted(line.get(column, "")))
        return
    if not number or not cells.day(line.get("documentDate", "")):
        column = "documentDate" if number else "documentNumber"
        found.reject(file, detail.row, column, line.get(column, ""), "the number and day of an invoice")
        return
    if line.get("amountMemo") == "true":
        found.leave("lines of invoices that are a memo (amountMemo)")
        amount = Decimal(0)
    customer = line.get("identifierCode") or line.get("identifierDescription", "")
    ours = {
        "invoice_id": number,
        "customer_id": customer,
        "invoice_date": line["documentDate"][:10],
        "due_date": cells.day(line.get("maturityDate", "")) or "",
        "currency": currency(line.get("amountCurrency", "")) or found.company.code,
        "recorded_at": cells.stamp(detail.header.get("enteredDate", "")),
    }
    row, kept, net, taxes = instance.invoices.get(number, (detail.row, ours, Decimal(0), Decimal(0)))
    instance.invoices[number] = (row, kept, net + amount, taxes + tax)
    found.leave("lines of invoices (what was sold, quantities, prices)")


def balance(instance: Instance, detail: Detail, amount: Decimal | None) -> None:
    """Add a balance of an account at the beginning or end of what the instance covers, or its change."""
    end = _ENDS.get(detail.line.get("xbrlInclude", ""))
    if amount is None:
        return
    if end is None:
        instance.found.leave("balances that are neither of the beginning nor of the end")
        return
    document = detail.document
    instance.found.covered = (document.get("periodCoveredStart", ""), document.get("periodCoveredEnd", ""))
    of_account = instance.ends.setdefault(detail.line.get("accountMainID", ""), {})
    before, row = of_account.get(end, (Decimal(0), detail.row))
    of_account[end] = (before + amount, row)


def write(instance: Instance) -> None:
    """Write the invoices and balances that were collected, and compare the balances with their changes."""
    found, file = instance.found, instance.source.name
    for row, ours, net, tax in instance.invoices.values():
        kind = "credit_note" if net < 0 else "invoice"
        amounts = {"kind": kind, "amount": cells.written(net), "tax": cells.written(tax)}
        found.add("invoices", ours | amounts, file, row)
    if any(tax for *_, tax in instance.invoices.values()):
        found.questions.append(_TAX)
    period = period_name(*found.covered)
    if instance.ends and not period:
        found.leave("balances of a span that is no month and no quarter", len(instance.ends))
        return
    for account, ends in instance.ends.items():
        values = {end: value for end, (value, _) in ends.items()}
        ours = {
            "account": account,
            "period_id": period,
            "opening": cells.written(values.get("opening", Decimal(0))),
            "closing": cells.written(values.get("closing", Decimal(0))),
            "currency": found.company.code,
        }
        found.add("trial_balance", ours, file, next(iter(ends.values()))[1])
        if values.keys() >= {"opening", "change", "closing"}:
            reached = values["opening"] + values["change"]
            found.total(f"closing balance of account {account}", values["closing"], reached)
    closing = sum((ends["closing"][0] for ends in instance.ends.values() if "closing" in ends), Decimal(0))
    if instance.ends:
        found.total("debit less credit of the closing balances", 0, closing)


def currency(text: str) -> str:
    """`iso4217:usd` is USD."""
    return text.rpartition(":")[2].upper()


def period_name(first: str, last: str) -> str:
    """The calendar month or quarter of the two days, as 2005M06 or 2005Q2; empty where they are neither."""
    if not (re.fullmatch(r"\d{4}-\d\d-01", first) and cells.day(first) and cells.day(last)):
        return ""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if end.year != start.year or end.day != monthrange(end.year, end.month)[1]:
        return ""
    if end.month == start.month:
        return f"{start.year}M{start.month:02}"
    whole = start.month % 3 == 1 and end.month == start.month + 2
    return f"{start.year}Q{end.month // 3}" if whole else ""
