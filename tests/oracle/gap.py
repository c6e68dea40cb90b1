"""The gap of each unit and period: positions, parts, resolution, unsupported entries (G1–G3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from .model import MILLION, STRAIGHT, Book, Row, Unit, rounded
from .progress import Earnings, Look, bound, worked
from .straight_line import CONVENTIONS
from .units import before_window

PARTS = (
    "not_bound",
    "over_price",
    "evidence_refused",
    "not_started",
    "unfinished",
    "above_usage",
    "late_recognition",
)


@dataclass
class Position:
    """A unit at a day; index -1 is the day before the window."""

    unit: Unit
    index: int
    day: date
    booked: int
    earned: int
    at_close: int
    all: int
    parts: dict[str, int]

    @property
    def gap(self) -> int:
        return self.booked - self.earned


@dataclass
class History:
    """A unit with its positions, oldest first, and its opening position where it has one."""

    unit: Unit
    positions: list[Position]
    opening: Position | None
    first: int | None  # the period of its first movement


def histories(book: Book, earnings: Earnings) -> list[History]:
    """Every unit's positions in every period; openings assumed are filled in here (U6)."""
    found = []
    for unit in book.units:
        if unit.opening == "assumed" and unit.tested:
            day = before_window(book)
            assert day is not None
            unit.opening_minor = earnings.earned(unit, day)
        first = _first(book, unit)
        if not unit.tested:
            found.append(History(unit, [], None, first))
            continue
        positions = [position(book, earnings, unit, i, p[2]) for i, p in enumerate(book.periods)]
        day = before_window(book)
        opening = position(book, earnings, unit, -1, day) if day and unit.opening != "none" else None
        found.append(History(unit, positions, opening, first))
    return found


def _first(book: Book, unit: Unit) -> int | None:
    """P1: the period of the unit's first entry, evidence or day of straight-line service."""
    if not book.periods:
        return None
    if unit.opening != "none":
        return 0
    moves = [e["index"] for e in unit.entries]
    days = [p["event_date"] for p in unit.papers]
    days += [o["start_date"] for o in unit.obligations if o["measure"] in STRAIGHT and o["start_date"]]
    for day in days:
        if day < book.periods[0][1]:
            moves.append(0)
        moves += [i for i, (_, first, last) in enumerate(book.periods) if first <= day <= last]
    return min(moves, default=None)


def booked(unit: Unit, index: int) -> int:
    """Opening and entries up to the period."""
    return unit.opening_minor + sum(int(e["minor"]) for e in unit.entries if e["index"] <= index)


def position(book: Book, earnings: Earnings, unit: Unit, index: int, day: date) -> Position:
    """The unit at one day."""
    earned, at_close, every = (
        earnings.earned(unit, day, Look(figure)) for figure in ("earned", "earned_at_close", "earned_all")
    )
    now = Position(unit, index, day, booked(unit, index), earned, at_close, every, {})
    now.parts = parts(book, earnings, now)
    return now


def parts(book: Book, earnings: Earnings, now: Position) -> dict[str, int]:
    """G1: the gap's parts in their order, none of amount 0."""
    unit, gap = now.unit, now.gap
    if gap == 0:
        return {}
    price = unit.contract["net_price"]  # at inception
    policy = book.policy
    tolerance = max(
        Fraction(policy["tolerance.minor"]), Fraction(price * policy["tolerance.ppm_of_price"], MILLION)
    )
    if abs(gap) <= tolerance:
        return {"rounding": gap}
    if _conventional(earnings, now, tolerance):
        return {"convention": gap}
    if not bound(unit.contract, now.day):
        return {"not_bound": gap}
    if gap < 0:
        return {"late_recognition": gap}
    share = earnings.allocated(unit, now.day)
    over = 0 if unit.as_used or share is None else max(now.booked - share, 0)
    taken = {"over_price": min(over, gap)}
    taken["evidence_refused"] = min(max(now.all - now.earned, 0), gap - taken["over_price"])
    rest = gap - sum(taken.values())
    usage = len(unit.as_used) == len(unit.obligations)
    last = "not_started" if not worked(unit, now.day) else "above_usage" if usage else "unfinished"
    taken[last] = rest
    return {part: amount for part, amount in taken.items() if amount}


def _conventional(earnings: Earnings, now: Position, tolerance: Fraction) -> bool:
    """Whether another straight-line convention gives what is booked."""
    if not any(o["measure"] in STRAIGHT for o in now.unit.obligations):
        return False
    others = (earnings.earned(now.unit, now.day, Look(convention=c)) for c in CONVENTIONS)
    return any(abs(now.booked - other) <= tolerance for other in others)


def resolution(book: Book, history: History, now: Position) -> tuple[str | None, str | None]:
    """G2: what happened next, and in which period."""
    if now.gap <= 0:
        return None, None
    then = next((p for p in history.positions if p.index > now.index and p.gap <= 0), None)
    if then is None:
        return "open", None
    name = book.periods[then.index][0]
    fell, rose = now.booked - then.booked, then.earned - now.earned
    if fell <= 0 or rose >= fell:
        return "performed", name
    unit = now.unit
    credit = any(e["kind"] == "credit" and now.index < e["index"] <= then.index for e in unit.entries)
    if credit or _credit_note(book, unit, now.day, then.day):
        return "credited", name
    return ("written_off" if _written_off(book, unit, now.day, then.day) else "reversed"), name


def _credit_note(book: Book, unit: Unit, after: date, until: date) -> bool:
    names = {o["obligation_id"] for o in unit.obligations} | {None}
    return any(
        i.get("contract_id") == unit.contract["contract_id"]
        and (unit.level == "contract" or i.get("obligation_id") in names)
        and (i.get("kind") or ("credit_note" if i["amount"] < 0 else "invoice")) == "credit_note"
        and after < i["invoice_date"] <= until
        and book.known(i.get("recorded_at"))
        for i in book.tables.get("invoices", [])
    )


def _written_off(book: Book, unit: Unit, after: date, until: date) -> bool:
    mine = unit.contract["contract_id"]
    billed = {i["invoice_id"] for i in book.tables.get("invoices", []) if i.get("contract_id") == mine}
    return any(
        r.get("kind") == "write_off"
        and (r.get("contract_id") == mine or (not r.get("contract_id") and r.get("invoice_id") in billed))
        and after < r["receipt_date"] <= until
        for r in book.tables.get("receipts", [])
    )


def support(unit: Unit, now: Position) -> list[tuple[Row, int]]:
    """Positive entries up to the period with what of them is unsupported, the oldest first."""
    entries = [e for e in unit.entries if e["index"] <= now.index and e["minor"] > 0]
    entries.sort(key=_age)
    found = []
    for i, entry in enumerate(entries):
        after = sum(e["minor"] for e in entries[i + 1 :])
        unsupported = min(max(max(now.gap, 0) - after, 0), entry["minor"])
        if unsupported:
            found.append((entry, unsupported))
    return found


def _age(entry: Row) -> tuple[object, ...]:
    posted = entry["posted"]
    return entry["effective_date"], posted is None, posted.timestamp() if posted else 0, entry["entry_id"]


def progress_ppm(earnings: Earnings, unit: Unit, day: date) -> int | None:
    """Progress of the fixed obligations together, weighted by their shares; 0 before the contract binds."""
    fixed = [o for o in unit.obligations if o["measure"] != "as_used"]
    if fixed and not bound(unit.contract, day):
        return 0
    shown = [earnings.progress(unit, o, day, Look()) for o in fixed]
    if len(unit.obligations) == 1 and fixed:
        return rounded(shown[0] * MILLION)
    prices = earnings.prices(unit.contract)
    shares = [prices.at(o, day).allocated for o in fixed]
    whole = sum(shares)
    done = sum(rounded(earnings.along(unit, o, day, Look())) for o in fixed)
    return rounded(Fraction(done * MILLION, whole)) if whole else None
