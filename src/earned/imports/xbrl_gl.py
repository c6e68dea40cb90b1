"""XBRL GL, the standardised ledger of XBRL International: XML, or the open information model as CSV or JSON.

An instance is accountingEntries of documentInfo and entryHeader with entryDetail. The date in the
namespace of gl-cor is the version; entriesType says what the entries are. All encodings become the same
lines: what is taken is decided here, how each is read in `xbrl_gl_forms`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from earned.imports import cells, roles, xbrl_gl_forms
from earned.imports.common import JOURNAL, Account, Collected, balanced
from earned.imports.files import Source
from earned.imports.xbrl_gl_forms import Detail

TITLE = "XBRL GL"
VERSIONS = ("2006-10-25", "2015-03-25", "2016-12-01", "2025-12-01")
_JOURNALS, _BALANCES = ("journal", "entries", "ledger"), ("trialbalance", "balance")
_SIDES = {"D": 1, "DEBIT": 1, "C": -1, "CREDIT": -1}
_KINDS = {"eliminating": "elimination", "reclassifying": "reclassification", "adjusting": "adjustment"}
_NOT_BOOKED = ("budget", "comparative", "proposed", "passed-adjusting", "simulated", "tax")
#: What is taken of a line; every other filled concept is listed.
_TAKEN = frozenset(
    (
        "lineNumber", "lineNumberCounter", "accountMainID", "accountMainDescription", "mainAccountType",
        "accountPurposeCode", "accountType", "amount", "amountCurrency", "debitCreditCode", "postingDate",
        "postingStatus", "documentDate", "documentType", "documentNumber", "identifierCode",
        "identifierDescription", "identifierType", "detailComment", "xbrlInclude",
    )
)  # fmt: skip


@dataclass
class Instance:
    """One instance while it is read: the purpose whose lines are taken, and the sums of the open header."""

    source: Source
    found: Collected
    purpose: str = ""
    header: int = -1
    above: dict[str, str] = field(default_factory=dict)
    sums: dict[str, Decimal] = field(default_factory=dict)
    compared: int = 0
    tied: int = 0
    ends: dict[str, dict[str, tuple[Decimal, int]]] = field(default_factory=dict)


def read(path: Path, found: Collected) -> None:
    """Read an instance into `ledger`, `entries`, `accounts` or `trial_balance`.

    Raises InputError for another version than the known ones and where nothing can be taken.
    """
    source, version, details = xbrl_gl_forms.details(path)
    if version not in VERSIONS:
        do = f"Known are {', '.join(VERSIONS)}: a newer version needs a newer earned"
        raise source.fault("a known date in the namespace of gl-cor", do, value=version)
    found.version = version
    instance = Instance(source, found)
    for detail in details:
        if detail.header_number != instance.header:
            _header_ends(instance)
            instance.header, instance.above, instance.sums = detail.header_number, detail.header, {}
        _take(instance, detail)
    _header_ends(instance)
    if instance.compared:
        found.total("totalDebit and totalCredit of entries", instance.compared, instance.tied)
    _balances(instance)
    found.settle()
    if found.rows[JOURNAL]:
        balanced(found)


def _take(instance: Instance, detail: Detail) -> None:
    """A detail by what its entries are; the first account purpose of the file is the one that is taken."""
    found, line = instance.found, detail.line
    kind = detail.document.get("entriesType", "")
    _document(detail.document, found)
    purpose = line.get("accountPurposeCode", "")
    instance.purpose = instance.purpose or purpose
    for concept in line:
        if concept not in _TAKEN:
            found.leave(f"{concept} of lines")
    if kind not in (*_JOURNALS, *_BALANCES):
        found.leave(f"lines of entriesType {kind or 'that is not said'}")
    elif purpose and purpose != instance.purpose:
        found.leave(f"lines for the purpose {purpose} (taken: {instance.purpose})")
    elif kind in _BALANCES:
        _balance(instance, detail)
    elif detail.header.get("entryType", "") in _NOT_BOOKED:
        found.leave(f"lines of entryType {detail.header['entryType']}")
    elif line.get("postingStatus", "posted") != "posted":
        found.leave(f"lines of postingStatus {line['postingStatus']}")
    else:
        _line(instance, detail)


def _document(document: dict[str, str], found: Collected) -> None:
    found.company.currency = found.company.currency or currency(document.get("defaultCurrency", ""))
    found.company.name = found.company.name or document.get("organizationIdentifier", "")


def currency(text: str) -> str:
    """`iso4217:usd` is USD."""
    return text.rpartition(":")[2].upper()


def _line(instance: Instance, detail: Detail) -> None:
    line, header, found, file = detail.line, detail.header, instance.found, instance.source.name
    amount = _amount(instance, detail)
    if amount is None:
        return
    sign = _SIDES[line["debitCreditCode"].upper()]
    side = "totalDebit" if sign > 0 else "totalCredit"
    instance.sums[side] = instance.sums.get(side, Decimal(0)) + sign * amount
    posted = line.get("postingDate", "")
    if posted and cells.day(posted) is None:
        found.reject(file, detail.row, "postingDate", posted, "a day as YYYY-MM-DD")
        return
    account = line.get("accountMainID", "")
    if account and account not in found.accounts:
        kind = line.get("mainAccountType", "")
        name = line.get("accountMainDescription", "")
        found.accounts[account] = Account(name, roles.by_type(kind), kind, place=(file, detail.row))
    journal, entry = header.get("sourceJournalID", ""), header.get("entryNumber", "")
    named = line.get("identifierCode") or line.get("identifierDescription", "")
    found.line(
        {
            "journal_id": "-".join(p for p in (journal, entry or f"entry {detail.header_number}") if p),
            "line_number": line.get("lineNumber") or line.get("lineNumberCounter") or str(detail.row),
            "account": account,
            "effective_date": cells.day(posted) or "",
            "document_date": line.get("documentDate", ""),
            "created_at": cells.stamp(header.get("enteredDate", "")),
            "posted_at": cells.stamp(header.get("postedDate", "")),
            "currency": currency(line.get("amountCurrency", "")) or found.company.code,
            "preparer": header.get("enteredBy", ""),
            "source": journal,
            "kind": _KINDS.get(header.get("entryType", ""), ""),
            "customer_id": named if line.get("identifierType") == "C" else "",
            "invoice_id": line.get("documentNumber", "") if line.get("documentType") == "invoice" else "",
            "description": line.get("detailComment") or header.get("entryComment", ""),
        },
        amount,
        file,
        detail.row,
    )


def _amount(instance: Instance, detail: Detail) -> Decimal | None:
    """Debit positive; None, rejected, where amount or side is none."""
    text, side = detail.line.get("amount", ""), detail.line.get("debitCreditCode", "")
    value, sign = cells.amount(text), _SIDES.get(side.upper())
    if value is not None and sign is not None:
        return sign * value
    column = "amount" if value is None else "debitCreditCode"
    found, expected = instance.found, "an amount with the side D or C"
    found.reject(instance.source.name, detail.row, column, text if value is None else side, expected)
    return None


def _header_ends(instance: Instance) -> None:
    """totalDebit and totalCredit of an entryHeader against its lines: one total for each that differs."""
    for name in ("totalDebit", "totalCredit"):
        stated = instance.above.get(name, "")
        if stated:
            entry = instance.above.get("entryNumber") or str(instance.header)
            figure, reached = cells.amount(stated), instance.sums.get(name, Decimal(0))
            instance.compared, instance.tied = instance.compared + 1, instance.tied + (figure == reached)
            if figure != reached:
                instance.found.total(f"{name} of entry {entry}", figure, reached)


# --- trial balance --------------------------------------------------------------------------------------


def _balance(instance: Instance, detail: Detail) -> None:
    """A balance of an account at the beginning or the end of the period that the instance covers."""
    ends = {"beginning_balance": "opening", "ending_balance": "closing"}
    end = ends.get(detail.line.get("xbrlInclude", ""))
    amount = _amount(instance, detail)
    if amount is None:
        return
    if end is None:
        instance.found.leave("balances that are neither of the beginning nor of the end")
        return
    document = detail.document
    instance.found.covered = (document.get("periodCoveredStart", ""), document.get("periodCoveredEnd", ""))
    account = detail.line.get("accountMainID", "")
    of_account = instance.ends.setdefault(account, {})
    before, row = of_account.get(end, (Decimal(0), detail.row))
    of_account[end] = (before + amount, row)


def _balances(instance: Instance) -> None:
    period = period_name(*instance.found.covered)
    if instance.ends and not period:
        instance.found.leave("balances of a span that is no month and no quarter", len(instance.ends))
        return
    for account, ends in instance.ends.items():
        row = {
            "account": account,
            "period_id": period,
            "opening": cells.written(ends.get("opening", (Decimal(0), 0))[0]),
            "closing": cells.written(ends.get("closing", (Decimal(0), 0))[0]),
            "currency": instance.found.company.code,
        }
        place = next(iter(ends.values()))[1]
        instance.found.add("trial_balance", row, instance.source.name, place)


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
