"""Which units there are, their entries, openings and rates (U1, U6, P4)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from .model import DAY, Book, Row, Unit, fraction


def make_units(book: Book) -> None:
    """Fills `book.units`, in order of unit_id."""
    for contract in book.contracts.values():
        obligations = contract["obligations"]
        entries = [e for e in book.entries if e["contract_id"] == contract["contract_id"]]
        papers = [p for p in book.papers if p["contract_id"] == contract["contract_id"]]
        unnamed = any(r["obligation_id"] is None for r in entries + papers)
        if len(obligations) > 1 and unnamed:
            book.units.append(_unit(book, contract, obligations, "contract", entries, papers))
            continue
        for o in obligations:
            alone = len(obligations) == 1
            mine = [e for e in entries if alone or e["obligation_id"] == o["obligation_id"]]
            its = [p for p in papers if alone or p["obligation_id"] == o["obligation_id"]]
            book.units.append(_unit(book, contract, [o], "obligation", mine, its))
    book.units.sort(key=lambda u: u.unit_id)


def _unit(
    book: Book, contract: Row, obligations: list[Row], level: str, entries: list[Row], papers: list[Row]
) -> Unit:
    one = obligations[0] if level == "obligation" else {}
    unit = Unit(
        unit_id=one["obligation_id"] if one else contract["contract_id"],
        level=level,
        contract=contract,
        obligations=obligations,
        owner_id=one.get("owner_id") or contract.get("owner_id"),
        department_id=one.get("department_id") or contract.get("department_id"),
        entity_id=contract["entity_id"] or book.settings["company"].get("entity_id"),
        entries=[e for e in entries if not e["is_opening"]],
        papers=papers,
    )
    rejected = any(o["rejected"] for o in contract["obligations"])
    brought = [e for e in entries if e["is_opening"]]
    _open(book, unit, brought)
    kept = entries if unit.opening_minor == sum(e["minor"] for e in brought) else unit.entries
    unit.rate = _rate(book, unit, kept)
    unit.tested = not rejected and unit.rate is not None
    return unit


def _open(book: Book, unit: Unit, brought: list[Row]) -> None:
    """U6: the opening as given by booked_before, else by is_opening rows, else assumed where begun before."""
    before = [o["booked_before_minor"] for o in unit.obligations]
    if None not in before:
        unit.opening, unit.opening_minor = "given", sum(before)
    elif brought:
        unit.opening, unit.opening_minor = "given", sum(e["minor"] for e in brought)
    elif book.window[0] and _began(book, unit) < book.window[0]:
        unit.opening = "assumed"


def _began(book: Book, unit: Unit) -> date:
    contract = unit.contract
    days = [contract["bound_date"], contract["start_date"]]
    days += [o["start_date"] for o in contract["obligations"]]
    days += [p["event_date"] for p in book.papers if p["contract_id"] == contract["contract_id"]]
    return min((d for d in days if d), default=date.max)


def _rate(book: Book, unit: Unit, entries: list[Row]) -> Fraction | None:
    """P4: company minor units for one minor unit of the contract; None = not tested."""
    own = unit.contract["currency"]
    if any(e["currency"] != own for e in entries):
        return None
    if own == book.currency:
        return Fraction(1)
    entries = sorted(entries, key=_order)
    there = [_functional(book, e) for e in entries]
    if not there or any(f is None for f in there):
        return None
    total = sum(int(e["minor"]) for e in entries)
    if total:
        return sum((f for f in there if f is not None), Fraction(0)) / total
    first = there[0]
    return first / int(entries[0]["minor"]) if first is not None and entries[0]["minor"] else None


def _order(entry: Row) -> tuple[object, ...]:
    """Entries oldest first: effective date, posting (unknown last), id."""
    posted = entry["posted"]
    return entry["effective_date"], posted is None, posted.timestamp() if posted else 0, entry["entry_id"]


def _functional(book: Book, entry: Row) -> Fraction | None:
    if entry["functional_amount"] is not None:
        return Fraction(book.minor(entry["functional_amount"]) or 0)
    spots = [
        r
        for r in book.tables.get("rates", [])
        if (r["from_currency"], r["to_currency"], r["kind"]) == (entry["currency"], book.currency, "spot")
        and r["rate_date"] <= entry["effective_date"]
    ]
    if not spots:
        return None
    rate = fraction(max(spots, key=lambda r: r["rate_date"])["rate"])
    exponents = book.exponents
    scale = Fraction(10) ** (exponents[book.currency] - exponents[entry["currency"]])
    return None if rate is None else entry["minor"] * rate * scale


def before_window(book: Book) -> date | None:
    """The day of an opening: the day before window.from."""
    return book.window[0] - DAY if book.window[0] else None
