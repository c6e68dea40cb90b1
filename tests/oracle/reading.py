"""Plain rows of the files become a Book: defaults filled in, unknown rows set aside (E1, E11, U4, R10)."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from . import periods
from .allocation import price_contract
from .model import DEFAULT_POLICY, EXPONENTS, Book, Row, Tables, end_of_day, fraction, instant
from .units import make_units

PAPER_COLUMNS = (
    *("evidence_id", "contract_id", "obligation_id", "kind", "event_date", "recorded_at", "stage", "result"),
    *(
        "conditions_closed_date",
        "signed_customer_date",
        "sealed_customer_date",
        "quantity",
        "amount",
        "basis",
    ),
    *("counts_for_progress", "maker", "made_by", "batch"),
)
BY_KIND = {  # U4: in this order
    "milestone": "milestones",
    "units": "units",
    "hours": "hours",
    "cost": "cost",
    "usage": "as_used",
}


def read(tables: Tables, settings: Row) -> Book:
    """The books as the figures see them."""
    zone = ZoneInfo(settings["company"].get("timezone") or "UTC")
    as_of = settings.get("as_of")
    policy = DEFAULT_POLICY | (settings.get("policy") or {})
    exponents = EXPONENTS | (settings.get("exponents") or {})
    until = end_of_day(as_of, zone) if as_of else None
    book = Book(settings, tables, zone, until, policy, exponents)
    _decisions(book)
    _contracts(book)
    _papers(book)
    _obligations(book)
    _duplicates(book)
    _entries(book)
    book.periods = periods.measured(book)
    names = [p[0] for p in book.periods]
    for entry in book.entries:
        entry["index"] = (
            names.index(entry["period"][0]) if entry["period"] and entry["period"][0] in names else None
        )
    book.entries = [e for e in book.entries if e["is_opening"] or e["index"] is not None]
    book.entries = [e for e in book.entries if not e["out_of_scope"]]
    for contract in book.contracts.values():
        price_contract(book, contract, contract["obligations"])
    make_units(book)
    return book


def _decisions(book: Book) -> None:
    """The latest known decision on each subject."""
    rows = [r for r in book.tables.get("decisions", []) if book.known(r.get("decided_at"))]
    for row in sorted(rows, key=lambda r: instant(r["decided_at"], book.zone)):  # type: ignore[arg-type, return-value]
        book.decisions[row["subject_type"], row["subject_id"]] = row


def _contracts(book: Book) -> None:
    for given in book.tables.get("contracts", []):
        row = _filled(
            given, "currency customer_id entity_id status bound_date start_date end_date terminated_date"
        )
        row["currency"] = row["currency"] or book.currency
        row["price_minor"] = book.minor(row["price"], row["currency"])
        row["bound_date"] = row["bound_date"] or row.get("signed_customer_date")
        decision = book.decisions.get(("contract", row["contract_id"]))
        if decision and decision["decision"] == "set_bound_date":
            row["bound_date"] = date.fromisoformat(decision["value"])
            row["status"] = "active"  # a person says that it binds, whatever the register says
        row["obligations"] = []
        book.contracts[row["contract_id"]] = row


def _filled(given: Row, names: str) -> Row:
    return dict.fromkeys(names.split()) | given


def _papers(book: Book) -> None:
    """Evidence of contracts in the books; rows with quantity or amount and no basis are rejected (E11)."""
    declared: dict[str, list[str]] = {}
    for row in book.tables.get("obligations", []):
        declared.setdefault(row["contract_id"], []).append(row["obligation_id"])
    contract_of = {o: c for c, names in declared.items() for o in names}
    for given in book.tables.get("evidence", []):
        paper = _filled(given, " ".join(PAPER_COLUMNS))
        paper["contract_id"] = paper["contract_id"] or contract_of.get(paper["obligation_id"])
        named = declared.get(paper["contract_id"], [])
        if paper["contract_id"] not in book.contracts or (paper["obligation_id"] and not _fits(paper, named)):
            continue
        if len(named) <= 1:
            paper["obligation_id"] = named[0] if named else paper["contract_id"]
        _typed(book, paper)
        if not book.known(given.get("recorded_at")):
            book.unknown_papers.append(paper)
        elif paper["basis"] is not None or (paper["quantity"] is None and paper["amount"] is None):
            book.papers.append(paper)


def _fits(paper: Row, named: list[str]) -> bool:
    return len(named) <= 1 or paper["obligation_id"] in named


def _typed(book: Book, paper: Row) -> None:
    paper["recorded"] = instant(paper["recorded_at"], book.zone)
    paper["number"] = fraction(paper["quantity"])
    paper["cost"] = fraction(paper["amount"])
    paper["maker"] = paper["maker"] or "company"
    paper["cumulative"] = paper["basis"] == "cumulative"
    paper["rejection"] = paper["kind"] == "rejection" or (
        paper["kind"] in ("acceptance", "delivery") and paper["result"] == "rejected"
    )
    paper["duplicate"] = False


def _obligations(book: Book) -> None:
    given = book.tables.get("obligations", [])
    named = {o["contract_id"] for o in given}
    assumed = [_assumed(book, c) for c in book.contracts.values() if c["contract_id"] not in named]
    columns = "pattern measure ssp allocated_price tax_rate total_quantity unit_price start_date end_date"
    columns += (
        " convention binding_stage acceptance_needs deemed_after_days booked_before owner_id department_id"
    )
    for source in given + assumed:
        if source["contract_id"] not in book.contracts:
            continue
        row = _filled(source, columns)
        contract = book.contracts[row["contract_id"]]
        row["start_date"] = row["start_date"] or contract["start_date"]
        row["end_date"] = row["end_date"] or contract["end_date"]
        row["pattern"] = row["pattern"] or contract.get("pattern") or book.policy.get("pattern")
        for money in ("ssp", "allocated_price", "booked_before"):
            row[f"{money}_minor"] = book.minor(row[money], contract["currency"])
        row["measure"] = _measure(book, row) if row["pattern"] == "over_time" else None
        row["rejected"] = row["pattern"] == "over_time" and row["measure"] is None
        row["stage"] = row["binding_stage"] or book.policy.get("binding_stage")
        needs = row["acceptance_needs"]
        row["needs"] = (
            tuple(n.strip() for n in needs.split(",")) if needs else tuple(book.policy["acceptance_needs"])
        )
        row["version"] = int(row.get("added_in_version") or 0)
        row["from_start"] = not row["version"] and row["obligation_id"] not in _separate(book)
        book.obligations[row["obligation_id"]] = row
        contract["obligations"].append(row)


def _separate(book: Book) -> set[str]:
    """The obligations that a separate modification prices (M1)."""
    rows = book.tables.get("modifications", [])
    return {m["obligation_id"] for m in rows if m["treatment"] == "separate" and m.get("obligation_id")}


def _assumed(book: Book, contract: Row) -> Row:
    """The one obligation of a contract without any: pattern as given, else by the kinds of evidence."""
    row: Row = {"obligation_id": contract["contract_id"], "contract_id": contract["contract_id"]}
    row |= {name: contract.get(name) for name in ("pattern", "measure", "binding_stage")}
    row["pattern"] = row["pattern"] or book.policy.get("pattern")
    if row["pattern"] is None:
        kinds = {p["kind"] for p in book.papers if p["contract_id"] == contract["contract_id"]}
        work = kinds & BY_KIND.keys() and not kinds & {"acceptance", "delivery"}
        row["pattern"] = "over_time" if work else "point_in_time"
    return row


def _measure(book: Book, row: Row) -> str | None:
    """U4: as given, else the policy's, else by the kinds of evidence, else days."""
    stated = row["measure"] or book.policy.get("measure")
    if stated:
        return str(stated)
    kinds = {p["kind"] for p in book.papers if p["obligation_id"] == row["obligation_id"]}
    for kind, measure in BY_KIND.items():
        if kind in kinds:
            return measure
    return "days" if row["start_date"] and row["end_date"] else None


def _duplicates(book: Book) -> None:
    """E11: equal rows in two batches count once; the batch recorded first is kept."""
    groups: dict[Any, list[Row]] = {}
    for paper in book.papers:
        if paper["number"] is not None or paper["cost"] is not None:
            same = ("contract_id", "obligation_id", "kind", "event_date", "number", "cost")
            groups.setdefault(tuple(paper[name] for name in same), []).append(paper)
    for group in groups.values():
        kept = min(group, key=lambda p: (p["recorded"] is None, p["recorded"] or 0, p["batch"] or ""))
        for paper in group:
            paper["duplicate"] = (paper["batch"] or "") != (kept["batch"] or "")


def _entries(book: Book) -> None:
    """Known entries with their period, marked where out of scope; R10, R12, P6."""
    revenue = {a["account"]: a["role"] == "revenue" for a in book.tables.get("accounts", [])}
    contract_of = {o["obligation_id"]: o["contract_id"] for o in book.tables.get("obligations", [])}
    names = "contract_id obligation_id effective_date currency functional_amount account period_id posted_at"
    for given in book.tables.get("entries", []):
        row = _filled(given, names + " document_date created_at preparer approver kind is_opening")
        out = row["kind"] in ("elimination", "reclassification") or not revenue.get(row["account"], True)
        if not book.known(row["posted_at"]):
            continue
        row["out_of_scope"] = out
        row["contract_id"] = row["contract_id"] or contract_of.get(row["obligation_id"])
        contract = book.contracts.get(row["contract_id"])
        own = [o["obligation_id"] for o in contract["obligations"]] if contract else []
        row["obligation_id"] = row["obligation_id"] if row["obligation_id"] in own else None
        row["currency"] = row["currency"] or (contract["currency"] if contract else book.currency)
        row["is_opening"] = bool(row["is_opening"])
        row["posted"] = instant(row["posted_at"], book.zone)
        row["minor"] = book.minor(row["amount"], row["currency"])
        row["effective_date"] = row["effective_date"] or _stands_in(book, row)
        row["period"] = None if row["is_opening"] else periods.entry_period(book, row)
        book.entries.append(row)


def _stands_in(book: Book, row: Row) -> date:
    """The first filled of document_date, posted_at, created_at, else its period's last day (R10, R11)."""
    if row["document_date"]:
        return row["document_date"]  # type: ignore[no-any-return]
    at = row["posted"] or instant(row["created_at"], book.zone)
    if at:
        return book.local_day(at)
    period = periods.entry_period(book, row)
    assert period is not None
    return period[2]
