"""The general ledger of a SAF-T: each line of each transaction, and what the section states of itself."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from earned.imports import cells
from earned.imports.common import JOURNAL
from earned.imports.xml import Node, Record

if TYPE_CHECKING:
    from earned.imports.saft import Saft

_NOT_TAKEN = (
    "Analysis", "TaxInformation", "ValueDate", "DueDate", "Quantity", "CID", "OwnerID", "CrossReference",
)  # fmt: skip
TOTALS = ("NumberOfEntries", "TotalDebit", "TotalCredit")
#: Portugal's TransactionType A closes the income accounts at year end: no revenue is taken back by it.
_CLOSING = "A"


def take(saft: Saft, record: Record) -> None:
    """A line, the end of a transaction, or the end of the section with its totals."""
    name = record.node.name
    if name in ("DebitLine", "CreditLine", "Line", "TransactionLine"):
        _line(saft, record)
    elif name == "Transaction":
        saft.transactions += 1
        _numbered_once(saft, record)
    elif name == "GeneralLedgerEntries":
        for total in TOTALS:
            if record.node.get(total):
                saft.stated[f"{name}/{total}"] = record.node.get(total)
            else:
                saft.wrong(record.row, name, f"lacks {total}, which the format requires")


def _numbered_once(saft: Saft, record: Record) -> None:
    number = f"{record.up('Journal').get('JournalID', '')}-{record.node.get('TransactionID')}"
    known = saft.named.setdefault("Transaction", {})
    if number in known:
        saft.wrong(record.row, f"Transaction {number}", "has a number that an earlier transaction has")
    known[number] = ""


def _line(saft: Saft, record: Record) -> None:
    line, above, journal = record.node, record.up("Transaction"), record.up("Journal").get("JournalID", "")
    found, file = saft.found, saft.source.name
    number = f"{journal}-{above['TransactionID']}" if above.get("TransactionID") else ""
    amounts, bad = _amounts(line)
    if amounts is None:
        found.reject(file, record.row, *bad, cells.wanted(bad[1]), journal=number)
        return
    days = {c: above.get(c, "") for c in ("TransactionDate", "GLPostingDate", "SystemEntryDate")}
    effective = cells.day(days["TransactionDate"])
    if effective is None:
        expected = "a day as YYYY-MM-DD"
        found.reject(file, record.row, "TransactionDate", days["TransactionDate"], expected, journal=number)
        return
    _count(saft, line, amounts)
    entered = line.get("SystemEntryTime") or line.get("SystemEntryDate") or days["SystemEntryDate"]
    customer = line.get("CustomerID") or above.get("CustomerID", "")
    _defined(saft, record, "Customer", customer)
    closing = saft.country == "PT" and above.get("TransactionType") == _CLOSING
    found.line(
        {
            "journal_id": number,
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
            "customer_id": customer,
            "invoice_id": line.get("SourceDocumentID") or line.get("ReferenceNumber"),
            "description": line.get("Description") or above.get("Description", ""),
        },
        amounts.get("DebitAmount", Decimal(0)) - amounts.get("CreditAmount", Decimal(0)),
        file,
        record.row,
    )


def _count(saft: Saft, line: Node, amounts: Mapping[str, Decimal]) -> None:
    """The line in the totals of its sides, and what of it has no place in the books."""
    for side, value in amounts.items():  # a negative debit stays a debit
        total = f"GeneralLedgerEntries/Total{side.removesuffix('Amount')}"
        saft.sums[total] = saft.sums.get(total, Decimal(0)) + value
    for name in _NOT_TAKEN:
        saft.found.leave(f"{name} of journal lines", len(line.all(name)))
    foreign = [n for n in amounts if line.get(n, "CurrencyAmount")]
    saft.found.leave("amounts of journal lines in foreign currency (CurrencyAmount)", len(foreign))


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


def _defined(saft: Saft, record: Record, kind: str, code: str) -> None:
    """Say once which customer a line names that the master files do not have."""
    known = saft.named.get(kind, {})
    if code and known and code not in known and code not in saft.strange:
        saft.strange.add(code)
        said = f"is named by a journal line, but MasterFiles does not have this {kind.lower()}"
        saft.wrong(record.row, f"{kind} {code}", said)


def compare(saft: Saft) -> None:
    """What the sections state of themselves against their rows: part by part, or all parts together where
    each part states the totals of the whole."""
    for name in dict.fromkeys(n for stated, _ in saft.parts for n in stated):
        pairs = [(stated.get(name, ""), sums.get(name, Decimal(0))) for stated, sums in saft.parts]
        figures = [(cells.amount(text), found) for text, found in pairs if text]
        whole = sum((found for _, found in pairs), Decimal(0))
        split = len(pairs) > 1
        if split and len({f for f, _ in figures}) == 1 and any(f != found for f, found in figures):
            figures = [(figures[0][0], whole)]
        for number, (figure, found) in enumerate(figures, 1):
            part = f" of part {number}" if split and len(figures) > 1 else ""
            if figure is not None and name.endswith("TotalQuantityIssued"):
                found = found.quantize(figure)  # quantities have six decimals, their total often two
            saft.found.total(f"{name}{part}", figure, found)


def balances(saft: Saft) -> None:
    """Each account's closing balance against its opening one and its lines."""
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
