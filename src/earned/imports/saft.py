"""SAF-T, the OECD's Standard Audit File for Tax: Portugal (1.04_01), Norway (1.x) and others of shape 2.0.

One XML file, or the parts of one: header, master files, the general ledger, source documents. Version by
namespace and AuditFileVersion, never assumed: a new one moves elements. Read in one pass; the totals that
the sections state are compared with their rows, and what contradicts the format or the file is said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from earned.imports import cells, files, roles, saft_documents, saft_ledger, saft_rules, xml
from earned.imports.common import JOURNAL, Account, Collected, balanced
from earned.imports.files import Source
from earned.imports.xml import Node, Record

TITLE = "SAF-T"
_ROMANIA = ("2.0", "2.00", "2.4", *(f"2.4.{number}" for number in range(10)))
#: Namespace -> country, time zone, and the versions that were read when this was written.
KNOWN = {
    "urn:OECD:StandardAuditFile-Tax:PT_1.04_01": ("PT", "Europe/Lisbon", ("1.04_01",)),
    "urn:StandardAuditFile-Taxation-Financial:NO": (
        "NO", "Europe/Oslo", ("1.0", "1.00", "1.10", "1.20", "1.30"),
    ),
    "urn:OECD:StandardAuditFile-Taxation/2.00": ("OECD", "", ("2.0", "2.00", "2.01")),
    "https://www.vmi.lt/cms/saf-t": ("LT", "Europe/Vilnius", ("2.0", "2.00", "2.01")),
    "mfp:anaf:dgti:d406:declaratie:v1": ("RO", "Europe/Bucharest", _ROMANIA),
    "mfp:anaf:dgti:d406t:declaratie:v1": ("RO", "Europe/Bucharest", _ROMANIA),
}  # fmt: skip
#: The standard charts whose numbers say what is revenue; elsewhere the account's type does.
_CHARTS = {"PT": roles.SNC, "NO": roles.NS4102}
_WHOLE = frozenset(
    (
        "Header", "Account", "Customer", "Supplier", "Product", "DebitLine", "CreditLine", "Line",
        "TransactionLine", *saft_documents.DOCUMENTS,
    )
)  # fmt: skip
_ENDS = frozenset(("Transaction", "GeneralLedgerEntries", *saft_documents.SECTIONS))


@dataclass
class Saft:
    """One export while it is read: the part that is open, its header, and what later sections refer to.

    `named` holds each code that the file defines (customers, products, documents) with its type; `sums`
    and `stated` are of the part that is open, `parts` those of the parts before it.
    """

    found: Collected
    country: str
    source: Source
    version: str = ""
    fiscal_year: str = ""
    days: tuple[str, str] = ("", "")
    transactions: int = 0
    named: dict[str, dict[str, str]] = field(default_factory=dict)
    documents: saft_rules.Documents = field(default_factory=saft_rules.Documents)
    sums: dict[str, Decimal] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)
    parts: list[tuple[dict[str, str], dict[str, Decimal]]] = field(default_factory=list)
    balances: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    strange: set[str] = field(default_factory=set)

    def wrong(self, row: int, about: str, said: str) -> None:
        """Something that contradicts the format or the file, at a row of the part that is open."""
        self.found.defect(self.source.name, row, about, said)


def read(path: Path, found: Collected) -> None:
    """Read a SAF-T into `ledger`, `entries`, `accounts`, `customers`, `invoices`, `receipts`, `payments`.

    Raises InputError for another root, namespace or version than the known ones, and for parts that are
    not of one company and version.
    """
    every = files.sources(path)
    parts = [s for s in every if s.name.lower().endswith(".xml") or (s.path == path and len(every) == 1)]
    if not parts:
        expected = f"a SAF-T; there is no XML file among {len(every)}"
        raise Source(path.name, path).fault(expected, "Name the file itself", reason="import_format")
    for other in (s for s in every if s not in parts):
        found.leave(f"file {other.name}: no XML")
    namespaces = [_namespace(part) for part in parts]
    if len(set(namespaces)) > 1:
        said = f"parts of one SAF-T; {parts[0].name} is of the namespace {namespaces[0]}"
        raise parts[1].fault(said, "Import one after the other", value=namespaces[1], reason="import_content")
    country, found.company.timezone_of, _ = KNOWN[namespaces[0]]
    saft = Saft(found, country, parts[0])
    for part in parts:
        _part(saft, part, KNOWN[namespaces[0]][2])
    found.settle()
    saft_ledger.compare(saft)
    saft_rules.check(saft)
    if found.rows[JOURNAL]:
        saft_ledger.balances(saft)
        balanced(found)


def _namespace(source: Source) -> str:
    root = xml.root(source)
    if root.name != "AuditFile" or root.namespace not in KNOWN:
        do = f"Known are AuditFile of the namespaces {' and '.join(KNOWN)}"
        value = f"{root.name} {root.namespace}".strip()
        raise source.fault("a SAF-T of a known namespace", do, value=value, reason="import_format")
    return root.namespace


def _part(saft: Saft, source: Source, versions: tuple[str, ...]) -> None:
    saft.source, saft.sums, saft.stated, saft.transactions = source, {}, {}, 0
    for record in xml.records(source, _WHOLE, _ENDS):
        section = record.path[1] if len(record.path) > 1 else ""
        if record.node.name == "Header":
            _header(saft, record, versions)
        elif section == "MasterFiles":
            _master(saft, record)
        elif section == "GeneralLedgerEntries":
            saft_ledger.take(saft, record)
        elif section == "SourceDocuments":
            saft_documents.take(saft, record)
    if saft.transactions:
        saft.sums["GeneralLedgerEntries/NumberOfEntries"] = Decimal(saft.transactions)
    saft.parts.append((saft.stated, saft.sums))


def _header(saft: Saft, record: Record, versions: tuple[str, ...]) -> None:
    head, company = record.node, saft.found.company
    version = head.get("AuditFileVersion")
    if version not in versions:
        do = f"Known for {saft.country} are {', '.join(versions)}: a newer version needs a newer earned"
        expected = "a known AuditFileVersion"
        where = {"row": record.row, "column": "AuditFileVersion", "value": version}
        raise saft.source.fault(expected, do, **where, reason="import_format")
    entity = head.get("TaxRegistrationNumber") or head.get("Company", "RegistrationNumber")
    if saft.parts and entity != company.entity_id:
        expected = f"parts of one company ({company.entity_id or 'without a number'})"
        where = {"row": record.row, "value": entity}
        raise saft.source.fault(expected, "Import one after the other", **where, reason="import_content")
    saft.version, saft.found.version = version, f"{saft.country} {version}"
    if saft.country == "OECD":
        saft.found.version = f"{head.get('AuditFileCountry')} {version} (OECD 2.00)".strip()
    company.name = head.get("CompanyName") or head.get("Company", "Name")
    company.entity_id = entity
    company.currency = head.get("CurrencyCode") or head.get("DefaultCurrencyCode")
    start = cells.day(head.get("StartDate") or head.get("SelectionCriteria", "SelectionStartDate"))
    end = cells.day(head.get("EndDate") or head.get("SelectionCriteria", "SelectionEndDate"))
    saft.days = (start or "", end or "")
    if saft.country == "PT" and end:
        company.fiscal_year_end, saft.fiscal_year = end[5:], end[:4]
    saft_rules.header(saft, record)


# --- master files ---------------------------------------------------------------------------------------


def _master(saft: Saft, record: Record) -> None:
    node, name = record.node, record.node.name
    if name == "Account":
        _account(saft, record)
    elif name == "Customer":
        _customer(saft, record)
    elif name in ("Supplier", "Product"):
        code = node.get(f"{name}ID") or node.get(f"{name}Code")
        saft.named.setdefault(name, {})[code] = ""
        saft.found.leave(f"MasterFiles/{name}")


def _customer(saft: Saft, record: Record) -> None:
    node, found = record.node, saft.found
    customer = node.get("CustomerID")
    if not customer:
        found.reject(saft.source.name, record.row, "CustomerID", "", "the id of the customer")
        return
    known = saft.named.setdefault("Customer", {})
    if customer in known and saft.parts:
        return  # each part of a split file repeats the customers that it names
    known[customer] = ""
    row = {
        "customer_id": customer,
        "name": node.get("CompanyName") or node.get("Name") or node.get("CompanyStructure", "Name"),
        "tax_id": node.get("CustomerTaxID")
        or node.get("RegistrationNumber")
        or node.get("CompanyStructure", "RegistrationNumber"),
    }
    found.add("customers", row, saft.source.name, record.row)
    found.leave("addresses and contacts of customers")


def _account(saft: Saft, record: Record) -> None:
    """An account with the role of its standard number, and its balances for the check at the end.

    Portugal's own numbers follow its chart; Norway maps them by StandardAccountID, since 1.30 by
    GroupingCode, and an own number is no standard one. Elsewhere AccountType tells.
    """
    node, number = record.node, record.node.get("AccountID")
    if not number:
        saft.found.reject(saft.source.name, record.row, "AccountID", "", "the number of the account")
        return
    standard = node.get("StandardAccountID") or node.get("GroupingCode")
    kind = node.get("AccountType") or node.get("GroupingCategory")
    chart = _CHARTS.get(saft.country)
    numbered = number if saft.country == "PT" else standard
    role = roles.by_number(numbered, chart) if chart else roles.by_type(kind)
    caption = standard or node.get("TaxonomyCode")
    name = node.get("AccountDescription")
    saft.found.has_chart = True
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
