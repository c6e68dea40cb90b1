"""What a SAF-T must not contradict: required elements, its lists, the numbers and signatures of documents.

Portugal's ordinance 302/2016 fixes the most: every document has a number of the form `code series/number`,
a code serves one type of document, the numbers of a series leave no gap, and each document is signed with
its predecessor (Hash). The signature itself cannot be verified: the key of the program's maker is not in
the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from earned.imports import cells
from earned.imports.xml import Node, Record

if TYPE_CHECKING:
    from earned.imports.saft import Saft

#: Country -> what its schema requires of the header.
_HEADER = {
    "PT": (
        "CompanyID", "TaxRegistrationNumber", "TaxAccountingBasis", "CompanyName", "CompanyAddress",
        "FiscalYear", "StartDate", "EndDate", "CurrencyCode", "DateCreated", "TaxEntity",
        "ProductCompanyTaxID", "SoftwareCertificateNumber", "ProductID", "ProductVersion",
    ),
}  # fmt: skip
_HEADER_OECD = ("AuditFileDateCreated", "Company", "DefaultCurrencyCode")
#: Document -> what Portugal's schema requires of it.
_SHARED = ("ATCUD", "DocumentStatus", "SourceID", "SystemEntryDate", "Line", "DocumentTotals")
_REQUIRED = {
    "Invoice": (*_SHARED, "Hash", "HashControl", "InvoiceDate", "InvoiceType", "CustomerID"),
    "StockMovement": (*_SHARED, "Hash", "HashControl", "MovementDate", "MovementType"),
    "WorkDocument": (*_SHARED, "Hash", "HashControl", "WorkDate", "WorkType", "CustomerID"),
    "Payment": (*_SHARED, "TransactionDate", "PaymentType", "CustomerID"),
}
_NUMBER = re.compile(r"([^ ]+) ([^/^ ]+)/([0-9]{1,18})")
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{171}=")
_CENT = Decimal("0.01")


@dataclass
class Documents:
    """The documents that were read: series -> number, row, day and name of each; codes and signatures."""

    series: dict[tuple[str, str], list[tuple[int, int, str, str]]] = field(default_factory=dict)
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    clashes: set[tuple[str, str]] = field(default_factory=set)
    signed: dict[str, str] = field(default_factory=dict)
    unknown: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)


def header(saft: Saft, record: Record) -> None:
    """Say which required elements the header lacks or leaves empty."""
    wanted = _HEADER.get(saft.country, _HEADER_OECD)
    if (saft.country, saft.version) == ("NO", "1.30"):
        wanted = (*wanted, "SelectionCriteria")
    _complete(saft, record, "Header", wanted)


def document(saft: Saft, record: Record, number: str, kind: str, day: str) -> None:
    """Say what one document contradicts: itself, the lists of the file, or the documents before it."""
    node, row = record.node, record.row
    about = f"{node.name} {number or '(without number)'}"
    _repeated(saft, node.name, number, kind, row)
    _links(saft, node, row, about)
    if saft.country != "PT":
        return
    _complete(saft, record, about, _REQUIRED[node.name])
    _signature(saft, node, row, about)
    parts = _NUMBER.fullmatch(number)
    if not parts:
        saft.wrong(row, about, "has a number that is not written as code, blank, series/number")
        return
    code, series, place = parts.groups()
    saft.documents.series.setdefault((node.name, f"{code} {series}"), []).append(
        (int(place), row, day, f"{saft.source.name}\0{number}")
    )
    first_kind, first = saft.documents.codes.setdefault(code, (kind, number))
    if kind != first_kind and (code, kind) not in saft.documents.clashes:
        saft.documents.clashes.add((code, kind))
        said = f"is of type {kind}, but its code {code} already serves type {first_kind} ({first})"
        saft.wrong(row, about, f"{said}: one code, one type")


def totals(saft: Saft, record: Record, number: str, lines: Decimal, stated: Node | None) -> None:
    """Say where a document's totals are not its lines, or net and tax not gross; a cent of rounding aside."""
    if stated is None:
        return
    about = f"{record.node.name} {number}"
    net, gross, tax = (cells.amount(stated.get(n)) for n in ("NetTotal", "GrossTotal", "TaxPayable"))
    if net is not None and abs(abs(lines) - abs(net)) > _CENT:
        said = f"has the NetTotal {net}, but its lines add up to {lines.normalize():f}"
        saft.wrong(record.row, about, said)
    if net is not None and gross is not None and tax is not None and abs(net + tax - gross) > _CENT:
        saft.wrong(record.row, about, f"has NetTotal {net} and TaxPayable {tax}, but GrossTotal {gross}")


def settles(saft: Saft, record: Record, number: str, lines: Iterable[Node]) -> None:
    """Say where a receipt debits what is no credit note, or credits one (Portugal)."""
    known = saft.named.get("Invoice", {})
    for line in lines:
        for origin in (s.get("OriginatingON") for s in line.all("SourceDocumentID")):
            note = known.get(origin) == "NC"
            if origin not in known or not known[origin] or note == bool(line.all("DebitAmount")):
                continue
            side, what = ("CreditAmount", "a credit note") if note else ("DebitAmount", "no credit note")
            said = f"settles {origin} in {side}, but that is {what} ({known[origin]})"
            saft.wrong(record.row, f"Payment {number}", said)


def _complete(saft: Saft, record: Record, about: str, wanted: Iterable[str]) -> None:
    """Say which required elements a record lacks or leaves empty."""
    filled = {c.name for c in record.node.children if c.children or c.text.strip()}
    missing = [name for name in wanted if name not in filled]
    if missing:
        saft.wrong(record.row, about, f"lacks {', '.join(missing)}, which the format requires")


def _repeated(saft: Saft, name: str, number: str, kind: str, row: int) -> None:
    known = saft.named.setdefault(name, {})
    if number in known:
        saft.wrong(row, f"{name} {number}", "has a number that an earlier document has")
    known[number] = kind


def _signature(saft: Saft, node: Node, row: int, about: str) -> None:
    """A signature is 172 characters, `0` without a certified program, and no two documents share one."""
    signature = node.get("Hash")
    if signature in ("", "0"):
        return
    saft.found.leave("Hash (looked at; verifying it takes the key of the program's maker)")
    if not _SIGNATURE.fullmatch(signature):
        saft.wrong(row, about, f"has a Hash of {len(signature)} characters that is no signature")
    elif (other := saft.documents.signed.setdefault(signature, about)) != about:
        saft.wrong(row, about, f"has the same Hash as {other}: one of them was copied")


# --- references -----------------------------------------------------------------------------------------


def _links(saft: Saft, node: Node, row: int, about: str) -> None:
    """Note every customer, supplier, product and invoice that the file names but does not have."""
    lines = [c for c in node.children if c.name in ("Line", "InvoiceLine", "PaymentLine")]
    wanted = {("Customer", node.get("CustomerID") or node.get("CustomerInfo", "CustomerID"))}
    wanted |= {("Supplier", node.get("SupplierID"))}
    wanted |= {(kind, line.get(f"{kind}ID")) for line in lines for kind in ("Customer", "Supplier")}
    wanted |= {("Product", line.get("ProductCode")) for line in lines}
    if node.name == "Payment":
        wanted |= {
            ("Invoice", origin.get("OriginatingON"))
            for line in lines
            for origin in line.all("SourceDocumentID")
            if _within(saft, origin.get("InvoiceDate"))
        }
    for kind, code in sorted(wanted):
        if code and code not in saft.named.get(kind, ()):
            saft.documents.unknown.setdefault((kind, code), []).append((row, about))


def _within(saft: Saft, day: str) -> bool:
    """Whether a day lies in what the file covers; a receipt may settle an invoice of an earlier file."""
    first, last = saft.days
    return not day or not first or not last or first <= day[:10] <= last


def check(saft: Saft) -> None:
    """Say which names lead nowhere, and which series have gaps or go back in time."""
    for kind in ("Customer", "Supplier", "Product", "Invoice"):
        unknown = {c: at for (k, c), at in saft.documents.unknown.items() if k == kind}
        if not unknown:
            continue
        where = "SourceDocuments" if kind == "Invoice" else "MasterFiles"
        if not saft.named.get(kind):
            documents = {about for at in unknown.values() for _, about in at}
            row, _ = min(at for places in unknown.values() for at in places)
            said = f"has no {kind}, but {len(documents)} documents name {len(unknown)} of them"
            saft.wrong(row, where, f"{said}, the first {next(iter(unknown))}")
            continue
        for code, at in unknown.items():
            row, about = at[0]
            more = f" (and {len(at) - 1} more documents)" if len(at) > 1 else ""
            saft.wrong(row, f"{about}{more}", f"names the {kind.lower()} {code}, which {where} does not have")
    for (name, series), numbers in saft.documents.series.items():
        _series(saft, name, series, sorted(numbers))


def _series(saft: Saft, name: str, series: str, numbers: list[tuple[int, int, str, str]]) -> None:
    """The numbers of a series follow one another, and their days do not go back."""
    for before, after in pairwise(numbers):
        file, _, number = after[3].partition("\0")
        previous = before[3].partition("\0")[2]
        gap = after[0] - before[0] - 1
        if gap > 0:
            first, last = before[0] + 1, after[0] - 1
            missing = f"number {first} is" if gap == 1 else f"numbers {first} to {last} are"
            said = f"follows {previous} in the series {series}: {missing} missing"
            saft.found.defect(file, after[1], f"{name} {number}", said)
        elif gap == 0 and after[2] < before[2]:
            said = f"is dated {after[2]}, before {previous} ({before[2]}), which has the number before it"
            saft.found.defect(file, after[1], f"{name} {number}", said)
