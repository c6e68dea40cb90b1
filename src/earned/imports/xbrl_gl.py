"""XBRL GL, the standardised ledger of XBRL International: XML, or the open information model as CSV or JSON.

An instance is accountingEntries of documentInfo and entryHeader with entryDetail. The date in the
namespace of gl-cor is the version; entriesType says what the entries are. All encodings become the same
lines: what is taken is decided here, how each is read in `xbrl_gl_forms`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from earned.imports import cells, roles, xbrl_gl_forms, xbrl_gl_tables
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
        "identifierDescription", "identifierType", "detailComment", "xbrlInclude", "signOfAmount",
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
    invoices: dict[str, tuple[int, dict[str, str], Decimal, Decimal]] = field(default_factory=dict)
    other: Counter[str] = field(default_factory=Counter)


def read(path: Path, found: Collected) -> None:
    """Read an instance into `ledger`, `entries`, `accounts` or `trial_balance`.

    Raises InputError for another version than the known ones and where nothing can be taken.
    """
    source, version, details = xbrl_gl_forms.details(path)
    if version not in VERSIONS:
        do = f"Known are {', '.join(VERSIONS)}: a newer version needs a newer earned"
        raise source.fault(
            "a known date in the namespace of gl-cor", do, value=version, reason="import_format"
        )
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
    xbrl_gl_tables.write(instance)
    _others(instance)
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
    if kind not in (*_JOURNALS, *_BALANCES):
        if (line.get("documentType"), line.get("identifierType")) == ("invoice", "C"):
            xbrl_gl_tables.invoice(instance, detail)
        else:
            said = detail.document.get("entriesComment", "")
            instance.other[f"entriesType {kind or 'not said'}" + (f" ({said})" if said else "")] += 1
        return
    for concept in line:
        if concept not in _TAKEN:
            found.leave(f"{concept} of lines")
    if purpose and purpose != instance.purpose:
        found.leave(f"lines for the purpose {purpose} (taken: {instance.purpose})")
    elif kind in _BALANCES:
        xbrl_gl_tables.balance(instance, detail, _amount(instance, detail))
    elif detail.header.get("entryType", "") in _NOT_BOOKED:
        found.leave(f"lines of entryType {detail.header['entryType']}")
    elif line.get("postingStatus", "posted") != "posted":
        found.leave(f"lines of postingStatus {line['postingStatus']}")
    else:
        _line(instance, detail)


def _others(instance: Instance) -> None:
    """What the instance holds beside ledger, balances and invoices; refused where it is all there is."""
    for what, count in instance.other.items():
        instance.found.leave(f"lines of {what}", count)
    if instance.other and not any(instance.found.rows.values()) and not instance.found.rejected:
        expected = f"entriesType {', '.join((*_JOURNALS, *_BALANCES))}, or invoices to customers"
        do = "The books have no place for it: name an instance of journal entries"
        said = "; ".join(f"{what}: {count} lines" for what, count in instance.other.items())
        raise instance.source.fault(expected, do, value=said, reason="import_content")


def _document(document: dict[str, str], found: Collected) -> None:
    found.company.currency = found.company.currency or xbrl_gl_tables.currency(
        document.get("defaultCurrency", "")
    )
    found.company.name = found.company.name or document.get("organizationIdentifier", "")


def _line(instance: Instance, detail: Detail) -> None:
    line, header, found, file = detail.line, detail.header, instance.found, instance.source.name
    amount = _amount(instance, detail)
    if amount is None:
        return
    sign = _SIDES.get(line.get("debitCreditCode", "").upper()) or (1 if amount > 0 else -1)
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
            "currency": xbrl_gl_tables.currency(line.get("amountCurrency", "")) or found.company.code,
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
    """Debit positive; None, rejected, where amount or side is none. Without a side the amount carries its
    sign, or signOfAmount does."""
    text, side = detail.line.get("amount", ""), detail.line.get("debitCreditCode", "")
    sides = {**_SIDES, "": -1 if detail.line.get("signOfAmount") == "-" else 1}
    value, sign = cells.amount(text), sides.get(side.upper())
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
