"""SAF-T, the OECD's Standard Audit File for Tax, as Portugal (1.04_01) and Norway (1.x of shape 2.0) use it.

One XML file: header, master files, the general ledger, source documents. Version by namespace and
AuditFileVersion, never assumed: a new one moves elements. Read in one pass; the totals that the sections
state are compared with their rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from earned.imports import cells, files, roles, saft_documents, saft_ledger, xml
from earned.imports.common import JOURNAL, Account, Collected, balanced
from earned.imports.files import Source
from earned.imports.xml import Node, Record

TITLE = "SAF-T"
#: Namespace -> country, time zone, and the versions that were read when this was written.
KNOWN = {
    "urn:OECD:StandardAuditFile-Tax:PT_1.04_01": ("PT", "Europe/Lisbon", ("1.04_01",)),
    "urn:StandardAuditFile-Taxation-Financial:NO": (
        "NO", "Europe/Oslo", ("1.0", "1.00", "1.10", "1.20", "1.30"),
    ),
}  # fmt: skip
_WHOLE = frozenset(
    (
        "Header", "Account", "Customer", "Supplier", "Product", "DebitLine", "CreditLine", "Line",
        *saft_documents.DOCUMENTS,
    )
)  # fmt: skip
_ENDS = frozenset(("Transaction", "GeneralLedgerEntries", *saft_documents.SECTIONS))


@dataclass
class Saft:
    """One file while it is read: the country, its header, and what later sections refer to."""

    source: Source
    found: Collected
    country: str
    fiscal_year: str = ""
    transactions: int = 0
    named: dict[str, set[str]] = field(default_factory=dict)
    sums: dict[str, Decimal] = field(default_factory=dict)
    balances: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)


def read(path: Path, found: Collected) -> None:
    """Read one SAF-T file into `ledger`, `entries`, `accounts`, `customers`, `invoices` and `receipts`.

    Raises InputError for another root, namespace or version than the known ones.
    """
    every = [s for s in files.sources(path) if s.name.lower().endswith(".xml") or s.path == path]
    if len(every) != 1:
        expected = f"one SAF-T file; there are {len(every)} XML files"
        raise Source(path.name, path).fault(expected, "Name the file itself")
    source = every[0]
    root = xml.root(source)
    country, zone, versions = KNOWN.get(root.namespace, ("", "", ()))
    if root.name != "AuditFile" or not country:
        do = f"Known are AuditFile of the namespaces {' and '.join(KNOWN)}"
        raise source.fault("a SAF-T of a known namespace", do, value=f"{root.name} {root.namespace}".strip())
    found.company.timezone_of = zone
    saft = Saft(source, found, country)
    for record in xml.records(source, _WHOLE, _ENDS):
        if record.node.name == "Header":
            _header(saft, record, versions)
        else:
            _record(saft, record)
    found.settle()
    if found.rows[JOURNAL]:
        saft_ledger.check(saft)
        balanced(found)


def _header(saft: Saft, record: Record, versions: tuple[str, ...]) -> None:
    head, company = record.node, saft.found.company
    version = head.get("AuditFileVersion")
    if version not in versions:
        do = f"Known for {saft.country} are {', '.join(versions)}: a newer version needs a newer earned"
        expected = "a known AuditFileVersion"
        raise saft.source.fault(expected, do, row=record.row, column="AuditFileVersion", value=version)
    saft.found.version = f"{saft.country} {version}"
    company.name = head.get("CompanyName") or head.get("Company", "Name")
    company.entity_id = head.get("TaxRegistrationNumber") or head.get("Company", "RegistrationNumber")
    company.currency = head.get("CurrencyCode") or head.get("DefaultCurrencyCode")
    end = cells.day(head.get("EndDate") or head.get("SelectionCriteria", "SelectionEndDate"))
    if saft.country == "PT" and end:
        company.fiscal_year_end, saft.fiscal_year = end[5:], end[:4]


def _record(saft: Saft, record: Record) -> None:
    section = record.path[1] if len(record.path) > 1 else ""
    if section == "MasterFiles":
        _master(saft, record)
    elif section == "GeneralLedgerEntries":
        saft_ledger.take(saft, record)
    elif section == "SourceDocuments":
        saft_documents.take(saft, record)


def _master(saft: Saft, record: Record) -> None:
    node, found = record.node, saft.found
    if node.name == "Account":
        _account(saft, record)
    elif node.name == "Customer":
        customer = node.get("CustomerID")
        if not customer:
            found.reject(saft.source.name, record.row, "CustomerID", "", "the id of the customer")
            return
        saft.named.setdefault("Customer", set()).add(customer)
        row = {
            "customer_id": customer,
            "name": node.get("CompanyName") or node.get("Name"),
            "tax_id": node.get("CustomerTaxID") or node.get("RegistrationNumber"),
        }
        found.add("customers", row, saft.source.name, record.row)
        found.leave("addresses and contacts of customers")
    elif node.name in ("Supplier", "Product"):
        code = node.get(f"{node.name}ID") or node.get(f"{node.name}Code")
        saft.named.setdefault(node.name, set()).add(code)
        found.leave(f"MasterFiles/{node.name}")


def _account(saft: Saft, record: Record) -> None:
    """An account with the role of its standard number, and its balances for the check at the end.

    Portugal's own numbers follow its chart; Norway maps them by StandardAccountID, since 1.30 by
    GroupingCode, and an own number is no standard one.
    """
    node, number = record.node, record.node.get("AccountID")
    standard = node.get("StandardAccountID") or node.get("GroupingCode")
    numbered = number if saft.country == "PT" else standard
    role = roles.by_number(numbered, roles.SNC if saft.country == "PT" else roles.NS4102)
    caption = standard or node.get("TaxonomyCode")
    kind = node.get("AccountType") or node.get("GroupingCategory")
    name = node.get("AccountDescription")
    if not number:
        saft.found.reject(saft.source.name, record.row, "AccountID", "", "the number of the account")
        return
    saft.found.accounts[number] = Account(name, role, kind, caption, (saft.source.name, record.row))
    grouping = node.get("GroupingCategory")
    stated = any(c.name.endswith("Balance") for c in node.children)
    sums_up = saft.country == "PT" and grouping not in ("GM", "AM", "")  # it repeats what stands below it
    if stated and not sums_up:
        saft.balances[number] = (_balance(node, "Opening"), _balance(node, "Closing"))
        saft.found.leave("opening and closing balances of accounts (compared, not written)")


def _balance(node: Node, end: str) -> Decimal:
    debit, credit = (cells.amount(node.get(f"{end}{s}Balance") or "0") for s in ("Debit", "Credit"))
    return (debit or Decimal(0)) - (credit or Decimal(0))
