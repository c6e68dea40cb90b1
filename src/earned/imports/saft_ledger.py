"""The general ledger of a SAF-T: each line of each transaction, and what the section states of itself."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from earned.imports import cells
from earned.imports.common import JOURNAL
from earned.imports.xml import Node, Record

if TYPE_CHECKING:
    from earned.imports.saft import Saft

_NOT_TAKEN = ("Analysis", "TaxInformation", "ValueDate", "DueDate", "Quantity", "CID", "OwnerID")
#: Portugal's TransactionType A closes the income accounts at year end: no revenue is taken back by it.
_CLOSING = "A"


def take(saft: Saft, record: Record) -> None:
    """A line, the end of a transaction, or the end of the section with its totals."""
    name = record.node.name
    if name in ("DebitLine", "CreditLine", "Line"):
        _line(saft, record)
    elif name == "Transaction":
        saft.transactions += 1
    elif name == "GeneralLedgerEntries":
        saft.stated = {n: record.node.get(n) for n in ("NumberOfEntries", "TotalDebit", "TotalCredit")}


def _line(saft: Saft, record: Record) -> None:
    line, above, journal = record.node, record.up("Transaction"), record.up("Journal").get("JournalID", "")
    found, file = saft.found, saft.source.name
    amounts, bad = _amounts(line)
    if amounts is None:
        found.reject(file, record.row, bad[0], bad[1], "an amount such as 1234.56")
        return
    days = {c: above.get(c, "") for c in ("TransactionDate", "GLPostingDate", "SystemEntryDate")}
    effective = cells.day(days["TransactionDate"])
    if effective is None:
        expected = "a day as YYYY-MM-DD"
        found.reject(file, record.row, "TransactionDate", days["TransactionDate"], expected)
        return
    for side, value in amounts.items():  # a negative debit stays a debit
        saft.sums[side] = saft.sums.get(side, Decimal(0)) + value
    entered = line.get("SystemEntryTime") or line.get("SystemEntryDate") or days["SystemEntryDate"]
    for name in _NOT_TAKEN:
        found.leave(f"{name} of journal lines", len(line.all(name)))
    closing = saft.country == "PT" and above.get("TransactionType") == _CLOSING
    found.line(
        {
            "journal_id": f"{journal}-{above['TransactionID']}" if above.get("TransactionID") else "",
            "line_number": line.get("RecordID") or str(record.row),
            "account": line.get("AccountID"),
            "currency": found.company.code,
            "effective_date": effective,
            "period_id": _period(saft, above),
            "posted_at": cells.stamp(days["GLPostingDate"]),
            "created_at": cells.stamp(entered),
            "preparer": above.get("SourceID", ""),
            "source": journal,
            "kind": "reclassification" if closing else "",
            "customer_id": line.get("CustomerID") or above.get("CustomerID", ""),
            "invoice_id": line.get("SourceDocumentID") or line.get("ReferenceNumber"),
            "description": line.get("Description") or above.get("Description", ""),
        },
        amounts.get("DebitAmount", Decimal(0)) - amounts.get("CreditAmount", Decimal(0)),
        file,
        record.row,
    )


def _amounts(line: Node) -> tuple[dict[str, Decimal] | None, tuple[str, str]]:
    """Debit and credit in the currency of the file, where stated; beside it a cell that is no amount."""
    found: dict[str, Decimal] = {}
    for side in ("DebitAmount", "CreditAmount"):
        if line.all(side):
            text = line.get(side, "Amount") or line.get(side)
            value = cells.amount(text)
            if value is None:
                return None, (side, text)
            found[side] = value
    return found or None, ("DebitAmount", "")


def _period(saft: Saft, above: dict[str, str]) -> str:
    """The company's own period as `earned` names it: by the year in which the fiscal year ends."""
    number, year = above.get("Period", ""), above.get("PeriodYear", "") or saft.fiscal_year
    if not (number.isdecimal() and year.isdecimal() and len(year) == 4 and 1 <= int(number) <= 16):
        return ""
    named = f"{year}M{int(number):02}"
    if int(number) > 12:
        saft.found.adjustments.add(named)
    return named


def check(saft: Saft) -> None:
    """NumberOfEntries, TotalDebit, TotalCredit, and each account's closing balance against the lines."""
    debit, credit = (saft.sums.get(f"{side}Amount", Decimal(0)) for side in ("Debit", "Credit"))
    figures = (("NumberOfEntries", saft.transactions), ("TotalDebit", debit), ("TotalCredit", credit))
    for name, value in figures:
        stated = saft.stated.get(name, "")
        if stated:
            saft.found.total(f"GeneralLedgerEntries/{name}", cells.amount(stated), value)
    _balances(saft)


def _balances(saft: Saft) -> None:
    rows = saft.found.engine.sql(
        f"SELECT account, sum(CAST(amount AS DECIMAL(38, 9))) FROM {JOURNAL} GROUP BY account"
    )
    moved = {account: value.normalize() for account, value in rows}
    untied = [
        (account, closing, opening + moved.get(account, Decimal(0)))
        for account, (opening, closing) in saft.balances.items()
        if opening + moved.get(account, Decimal(0)) != closing
    ]
    if saft.balances:
        count = len(saft.balances)
        name = "accounts whose closing balance is the opening one and the lines"
        saft.found.total(name, count, count - len(untied))
    for account, closing, reached in untied[:1_000]:
        saft.found.total(f"closing balance of account {account}", closing, reached)
