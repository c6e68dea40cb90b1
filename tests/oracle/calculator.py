"""The whole calculation: tables of the books in file terms in, the tables of a run out.

`examine(tables, settings)` follows DEFINITIONS.md sentence by sentence, contract by contract, in exact
fractions. It is slow on purpose: it exists to be compared with `earned`, so it shares no code with it.
Modifications and variable amounts are in `steps` and `in_force`.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from . import gap, rollforward
from .admission import REASONS, grade, obligations_of
from .gap import PARTS, History
from .model import Book, Row, Tables, Unit
from .progress import Earnings
from .reading import read


def examine(tables: Tables, settings: Row) -> Tables:
    """Every table the oracle knows, by name, as a list of rows with the columns of INTERFACE.md."""
    book = read(tables, settings)
    earnings = Earnings(book)
    histories = gap.histories(book, earnings)
    tested = [h for h in histories if h.unit.tested]
    return {
        "units": [_unit(u) for u in book.units],
        "allocations": [row for unit in book.units for row in _allocations(earnings, unit)],
        "evidence_used": _evidence_used(book, earnings),
        "positions": _positions(book, earnings, histories),
        "gap_parts": _gap_parts(book, tested),
        "entry_support": _entry_support(book, tested),
        "unlinked": _unlinked(book),
        "findings": [f for h in tested if (f := _finding(book, h))],
        "misstatements": rollforward.misstatements(book, tested),
        "evidence_range": rollforward.evidence_range(book, earnings, tested),
        "guidance": rollforward.guidance(book, tested),
    }


def _unit(unit: Unit) -> Row:
    one = {o["pattern"] for o in unit.obligations}
    measures = {o["measure"] for o in unit.obligations}
    return {
        "unit_id": unit.unit_id,
        "unit_level": unit.level,
        "contract_id": unit.contract["contract_id"],
        "customer_id": unit.contract["customer_id"],
        "entity_id": unit.entity_id,
        "department_id": unit.department_id,
        "owner_id": unit.owner_id,
        "currency": unit.contract["currency"],
        "pattern": one.pop() if len(one) == 1 else None,
        "measure": measures.pop() if len(measures) == 1 else None,
        "bound_date": unit.contract["bound_date"],
        "opening": unit.opening,
    }


def _allocations(earnings: Earnings, unit: Unit) -> list[Row]:
    """The unit's share at inception, and after each step that changes it."""
    prices = earnings.prices(unit.contract)
    ssp = [o["ssp_minor"] for o in unit.obligations]
    shares = {o["obligation_id"]: o["allocated"] for o in unit.obligations if o["measure"] != "as_used"}
    row: Row = {"unit_id": unit.unit_id, "ssp_minor": None if not ssp or None in ssp else sum(ssp)}
    first = {"version": 0, "price_minor": unit.contract["net_price"]}
    found = [row | first | {"allocated_minor": sum(shares.values()) if shares else None}]
    for version, ((day, price), changed) in enumerate(zip(prices.prices, prices.touched, strict=True), 1):
        shares |= {key: share for key, share in changed.items() if key in shares}
        if shares.keys() & changed.keys():
            later = {"version": version, "effective_date": day, "price_minor": price}
            found.append(row | later | {"allocated_minor": sum(shares.values())})
    return found


def _evidence_used(book: Book, earnings: Earnings) -> list[Row]:
    found = []
    for unit in book.units:
        for paper in unit.papers:
            found.append(_used(book, earnings, unit, paper))
    for paper in book.unknown_papers:
        about = [unit for unit in book.units if _about(unit, paper)]
        about = about or [u for u in book.units if u.contract["contract_id"] == paper["contract_id"]][:1]
        for unit in about:
            named = unit.unit_id if _about(unit, paper) else paper["contract_id"]
            row = {"evidence_id": paper["evidence_id"], "unit_id": named, "effective_date": None}
            found.append(row | {"grade": grade(book, unit, paper), "counts": False, "reason": "after_as_of"})
    return found


def _about(unit: Unit, paper: Row) -> bool:
    if paper["contract_id"] != unit.contract["contract_id"]:
        return False
    return unit.level == "contract" or paper["obligation_id"] == unit.unit_id


def _used(book: Book, earnings: Earnings, unit: Unit, paper: Row) -> Row:
    """One row for a paper; where it speaks of several obligations, the ruling that counts is shown."""
    mine = [
        r
        for o in obligations_of(unit, paper)
        for r in earnings.rulings(unit, o)
        if r.paper["evidence_id"] == paper["evidence_id"]
    ]
    mine.sort(key=lambda r: (r.visible is None, r.visible or 0, REASONS.index(r.reason)))
    reason = mine[0].reason if mine else "kind"
    day = mine[0].visible if mine else None
    return {
        "evidence_id": paper["evidence_id"],
        "unit_id": unit.unit_id,
        "effective_date": day,
        "grade": grade(book, unit, paper),
        "counts": day is not None,
        "reason": reason,
    }


def _positions(book: Book, earnings: Earnings, histories: list[History]) -> list[Row]:
    return [
        _position(book, earnings, history, index)
        for history in histories
        for index in range(len(book.periods))
        if history.first is not None and index >= history.first
    ]


def _position(book: Book, earnings: Earnings, history: History, index: int) -> Row:
    """A unit that is not tested has its booked revenue and nothing else."""
    unit = history.unit
    now = history.positions[index] if unit.tested else None
    became, period_id = gap.resolution(book, history, now) if now else (None, None)
    return {
        "unit_id": unit.unit_id,
        "period_id": book.periods[index][0],
        "booked_minor": gap.booked(unit, index),
        "allocated_minor": earnings.allocated(unit, book.periods[index][2]),
        "earned_minor": now.earned if now else None,
        "earned_at_close_minor": now.at_close if now else None,
        "earned_all_minor": now.all if now else None,
        "gap_minor": now.gap if now else None,
        "progress_ppm": gap.progress_ppm(earnings, unit, now.day) if now else None,
        "resolution": became,
        "resolved_period_id": period_id,
    }


def _gap_parts(book: Book, tested: list[History]) -> list[Row]:
    return [
        {
            "unit_id": h.unit.unit_id,
            "period_id": book.periods[p.index][0],
            "part": part,
            "amount_minor": amount,
        }
        for h in tested
        for p in h.positions
        for part, amount in p.parts.items()
    ]


def _entry_support(book: Book, tested: list[History]) -> list[Row]:
    return [
        {
            "entry_id": entry["entry_id"],
            "period_id": book.periods[now.index][0],
            "unit_id": h.unit.unit_id,
            "amount_minor": entry["minor"],
            "unsupported_minor": unsupported,
            "preparer": entry["preparer"],
            "approver": entry["approver"],
        }
        for h in tested
        for now in h.positions
        for entry, unsupported in gap.support(h.unit, now)
    ]


def _unlinked(book: Book) -> list[Row]:
    return [
        {
            "entry_id": e["entry_id"],
            "period_id": book.periods[e["index"]][0],
            "amount_minor": e["minor"],
            "reason": "contract_not_in_books" if e["contract_id"] else "no_contract",
        }
        for e in book.entries
        if not e["is_opening"] and e["contract_id"] not in book.contracts
    ]


def _finding(book: Book, history: History) -> Row | None:
    """G3: a unit with a gap in any period that is neither rounding nor convention."""
    flagged = [p for p in history.positions if p.parts and not p.parts.keys() & {"rounding", "convention"}]
    if not flagged:
        return None
    unit = history.unit

    def gap_of(position: gap.Position) -> int:
        return rollforward.translate(history, position.booked) - rollforward.translate(
            history, position.earned
        )

    largest: dict[str, int] = {}
    for p in flagged:
        for part, amount in p.parts.items():
            largest[part] = max(largest.get(part, 0), abs(amount))
    peak = max(flagged, key=lambda p: (abs(gap_of(p)), -p.index))
    resting: Any = next((e for e, _ in gap.support(unit, flagged[0])), None)
    return {
        "finding_id": "F-" + sha256(unit.unit_id.encode()).hexdigest()[:10],
        "unit_id": unit.unit_id,
        "first_period_id": book.periods[flagged[0].index][0],
        "part": min(largest, key=lambda part: (-largest[part], PARTS.index(part))),
        "peak_gap_minor": gap_of(peak),
        "open_gap_minor": gap_of(history.positions[-1]),
        "first_entry_id": resting["entry_id"] if resting else None,
        "owner_id": unit.owner_id,
        "department_id": unit.department_id,
    }
