"""The steps of a contract's price: approved modifications, changes of variable amounts (M1, 606-10-32-42).

A version of an estimate counts from the day it was made; made after a period's end but by that period's
close, from that period's last day. What counts by the contract's inception is no step: it is in the price.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from .model import DAY, MILLION, Book, Row, end_of_day, rounded
from .periods import close_of

BESIDE = ("rebate", "refund", "concession", "payable_to_customer")  # never in the price at inception
BOUNDARIES = ("prospective", "mixed")


@dataclass(frozen=True)
class Step:
    """A change of the price from a day on, in minor units as the contract states them."""

    day: date
    amount: int
    obligation: str | None = None
    modification: Row | None = None
    promised: int = 0  # the version of the modification that promised it

    @property
    def treatment(self) -> str | None:
        return self.modification["treatment"] if self.modification else None

    @property
    def version(self) -> int:
        return int(self.modification["version"]) if self.modification else 0


def inception(book: Book, contract: Row) -> date | None:
    """The day it binds, else the first day of service, else that of the first paper."""
    starts = [o["start_date"] for o in contract["obligations"] if o["start_date"]]
    papers = [p["event_date"] for p in book.papers if p["contract_id"] == contract["contract_id"]]
    first = min(starts, default=None) or min(papers, default=None)
    return contract["bound_date"] or contract["start_date"] or first


def counts_from(book: Book, contract: Row, known_at: date) -> date:
    """The first day whose figures use an estimate."""
    made = end_of_day(known_at, book.zone)
    ends = [p[2] for p in book.periods]
    if ends:
        ends.insert(0, (book.window[0] or book.periods[0][1]) - DAY)
    entity = contract["entity_id"] or book.settings["company"].get("entity_id")
    return min([known_at, *(d for d in ends if d < known_at and close_of(book, d, entity) >= made)])


def at_inception(book: Book, contract: Row) -> dict[str | None, int]:
    """What is included from the start, of the contract (None) and of its obligations."""
    found: dict[str | None, int] = {}
    day = inception(book, contract)
    for versions in _variable(book, contract):
        known = [v for v in versions if day and not _beside(v) and v["day"] <= day]
        if known:
            named = known[-1]["obligation"]
            found[named] = found.get(named, 0) + known[-1]["included"]
    return found


def steps_of(book: Book, contract: Row) -> list[Step]:
    """Every step in the contract's order: by day, modifications by version before estimates by item."""
    ordered: list[tuple[Any, Step]] = []
    for row in modifications(book, contract):
        amount = _money(book, contract, row["price_change"]) or 0
        promised = 0 if row.get("promised_earlier") else int(row["version"])
        step = Step(row["day"], amount, row.get("obligation_id"), row, promised)
        ordered.append(((step.day, 0, step.version), step))
    first = inception(book, contract)
    for versions in _variable(book, contract):
        before = 0
        for v in versions:
            change, before = v["included"] - before, v["included"]
            if _beside(v) or first is None or v["day"] > first:
                key = v["day"], 1, v["item"] or "", v["obligation"] or "", v["known_at"]
                ordered.append((key, Step(v["day"], change, v["obligation"], promised=v["promised"])))
    return [step for _, step in sorted(ordered, key=lambda pair: pair[0]) if step.amount or step.modification]


def modifications(book: Book, contract: Row) -> list[Row]:
    """Approved ones with the day from which they count, by version."""
    mine = [m for m in book.tables.get("modifications", []) if m["contract_id"] == contract["contract_id"]]
    known = [m for m in mine if book.known(m.get("recorded_at"))]
    known.sort(key=lambda m: int(m["version"]))
    kept = [m for n, m in enumerate(known, 1) if m["version"] == n]  # a gap rejects the later rows
    return [
        m | {"day": max(m["effective_date"], m["approved_date"])}
        for m in kept
        if m.get("approved_date") is not None
    ]


def listed(book: Book, contract: Row, version: int) -> dict[str, Row]:
    """The rows of modified_obligations of a version, by obligation."""
    return {
        r["obligation_id"]: r
        for r in book.tables.get("modified_obligations", [])
        if r["contract_id"] == contract["contract_id"] and r["version"] == version
    }


def _beside(version: Row) -> bool:
    """Always a step of its own: what lowers a receivable, and what only a modification promised."""
    return version["nature"] in BESIDE or version["promised"] > 0


def _variable(book: Book, contract: Row) -> list[list[Row]]:
    """The versions of each variable amount, in order of known_at, with what each includes."""
    own = {o["obligation_id"]: int(o.get("added_in_version") or 0) for o in contract["obligations"]}
    begun = {int(m["version"]): m["day"] for m in modifications(book, contract)}
    groups: dict[Any, list[Row]] = {}
    for e in book.tables.get("estimates", []):
        named = e.get("obligation_id")
        mine = named in own if named else e.get("contract_id") == contract["contract_id"]
        price = e["kind"] == "variable_price" and e.get("nature") != "royalty"
        promised = max(int(e.get("promised_in_version") or 0), own.get(named, 0))
        in_force = promised == 0 or promised in begun  # what nobody approved promises nothing
        if mine and price and in_force and book.known(e["known_at"]):
            day = counts_from(book, contract, e["known_at"])
            row = {
                "known_at": e["known_at"],
                "day": max(day, begun[promised]) if promised else day,
                "obligation": named,
                "item": e.get("item"),
                "nature": e.get("nature"),
                "promised": promised,
                "included": included(book, contract, e),
            }
            groups.setdefault((named or "", e.get("item") or ""), []).append(row)
    return [sorted(rows, key=lambda r: r["known_at"]) for _, rows in sorted(groups.items())]


def included(book: Book, contract: Row, estimate: Row) -> int:
    """606-10-32-8, 32-11: what may be included, else the amount, else what the outcomes give."""
    for name in ("constrained_amount", "amount"):
        if estimate.get(name) is not None:
            return _money(book, contract, estimate[name]) or 0
    same = ("contract_id", "obligation_id", "item", "known_at")
    rows = [
        r
        for r in book.tables.get("outcomes", [])
        if all((r.get(name) or None) == (estimate.get(name) or None) for name in same)
    ]
    amounts = [(Fraction(r["probability"], MILLION), _money(book, contract, r["amount"]) or 0) for r in rows]
    if estimate["method"] == "most_likely":
        return max(amounts)[1]
    return rounded(sum((p * a for p, a in amounts), Fraction(0)))


def _money(book: Book, contract: Row, amount: Any) -> int | None:
    return book.minor(amount, contract["currency"])
