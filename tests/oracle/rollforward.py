"""Misstatement by period and dimension, the range, guidance: all in the company's currency (P4, G4–G8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from .gap import History, Position, support
from .model import MILLION, Book, Row, rounded
from .progress import GRADED, Earnings, Look

FLOWS = [
    *("booked_minor", "earned_minor", "arising_minor", "reversed_by_work_minor", "reversed_by_entry_minor"),
    *("under_arising_minor", "under_reversed_minor", "net_minor"),
]


def translate(history: History, amount: int) -> int:
    """P4: a cumulative figure at the unit's one rate, rounded once."""
    assert history.unit.rate is not None
    return rounded(amount * history.unit.rate)


def flows(booked0: int, earned0: int, booked: int, earned: int) -> Row:
    """The roll-forward of one unit and period: no part is below 0, and net is the change of the gap."""
    gap0, gap = booked0 - earned0, booked - earned
    more_booked, more_earned = booked - booked0, earned - earned0
    over0, over, under0, under = max(gap0, 0), max(gap, 0), max(-gap0, 0), max(-gap, 0)
    by_work = min(over0, max(more_earned, 0))
    by_entry = min(over0 - by_work, max(-more_booked, 0))
    under_by_entry = min(under0, max(more_booked, 0))
    under_by_evidence = min(under0 - under_by_entry, max(-more_earned, 0))
    return {
        "booked_minor": more_booked,
        "earned_minor": more_earned,
        "arising_minor": over - over0 + by_work + by_entry,
        "reversed_by_work_minor": by_work,
        "reversed_by_entry_minor": by_entry,
        "under_arising_minor": under - under0 + under_by_entry + under_by_evidence,
        "under_reversed_minor": under_by_entry + under_by_evidence,
        "net_minor": gap - gap0,
        "gap_minor": gap,
    }


def steps(history: History) -> Iterator[tuple[Position | None, Position]]:
    """Each position with the one before it; the first with the opening."""
    before = history.opening
    for now in history.positions:
        yield before, now
        before = now


def misstatements(book: Book, tested: list[History]) -> list[Row]:
    """Table `misstatements`."""
    found: dict[tuple[str, str, int], Row] = {}
    for index in range(len(book.periods)):
        found["total", "total", index] = dict.fromkeys([*FLOWS, "gap_minor"], 0)
    for history in tested:
        for dimension, member in _members(history):
            for before, now in steps(history):
                if history.first is None or now.index < history.first:
                    continue
                row = found.setdefault(
                    (dimension, member, now.index), dict.fromkeys([*FLOWS, "gap_minor"], 0)
                )
                for name, amount in _flows(history, before, now).items():
                    row[name] += amount
    for (dimension, member, index), row in found.items():
        row |= _percentages(_announced(book, dimension, member, book.periods[index][0]), row)
    for dimension, rows in (("part", _by_part(tested)), *_by_people(tested)):
        for (member, index), row in rows.items():
            found[dimension, member, index] = row
    columns = [*FLOWS, "gap_minor", "announced_minor", "net_ppm_of_announced", "net_ppm_of_corrected"]
    return [
        {"dimension": d, "member": m, "period_id": book.periods[i][0]} | {c: row.get(c) for c in columns}
        for (d, m, i), row in found.items()
    ]


def _members(history: History) -> list[tuple[str, str]]:
    unit = history.unit
    return [
        ("total", "total"),
        ("entity", unit.entity_id or "(none)"),
        ("department", unit.department_id or "(none)"),
        ("owner", unit.owner_id or "(none)"),
        ("customer", unit.contract["customer_id"] or "(none)"),
        ("contract", unit.contract["contract_id"]),
    ]


def _flows(history: History, before: Position | None, now: Position) -> Row:
    zero = (before.booked, before.earned) if before else (0, 0)
    return flows(*(translate(history, a) for a in (*zero, now.booked, now.earned)))


def _announced(book: Book, dimension: str, member: str, period_id: str) -> int | None:
    """G6: the first published revenue of the period for the scope."""
    scope = {"total": None, "entity": member, "department": member}
    if dimension not in scope:
        return None
    rows = [
        a
        for a in book.tables.get("announced", [])
        if a["figure"] == "revenue"
        and a["period_id"] == period_id
        and (a.get("scope") or None) == scope[dimension]
    ]
    return book.minor(min(rows, key=lambda a: a["published_date"])["amount"]) if rows else None


def _percentages(announced: int | None, row: Row) -> Row:
    net = row["net_minor"]
    corrected = (row["booked_minor"] if announced is None else announced) - net
    return {
        "announced_minor": announced,
        "net_ppm_of_announced": rounded(Fraction(net * MILLION, announced))
        if announced and announced > 0
        else None,
        "net_ppm_of_corrected": rounded(Fraction(net * MILLION, corrected)) if corrected > 0 else None,
    }


def translated_parts(history: History, now: Position | None) -> dict[str, int]:
    """The parts in company currency, telescoping so that they add up to the translated gap."""
    if now is None:
        return {}
    gap = translate(history, now.booked) - translate(history, now.earned)
    found, cumulative, before = {}, 0, 0
    for part, amount in now.parts.items():
        cumulative += amount
        here = rounded(Fraction(gap * cumulative, now.gap))
        found[part], before = here - before, here
    return found


def _by_part(tested: list[History]) -> dict[tuple[str, int], Row]:
    found: dict[tuple[str, int], Row] = defaultdict(lambda: {"gap_minor": 0, "net_minor": 0})
    for history in tested:
        for before, now in steps(history):
            old, new = translated_parts(history, before), translated_parts(history, now)
            for part in old.keys() | new.keys():
                row = found[part, now.index]
                row["gap_minor"] += new.get(part, 0)
                row["net_minor"] += new.get(part, 0) - old.get(part, 0)
    return found


def _by_people(tested: list[History]) -> list[tuple[str, dict[tuple[str, int], Row]]]:
    """G4: booked of the period, unsupported at its end, and its change, by who prepared or approved."""
    result = []
    for role in ("preparer", "approver"):
        found: dict[tuple[str, int], Row] = defaultdict(
            lambda: {"booked_minor": 0, "gap_minor": 0, "net_minor": 0}
        )
        for history in tested:
            people = {e[role] or "(none)" for e in history.unit.entries}
            for person in people:
                booked0 = gap0 = 0
                for now in history.positions:
                    mine = [e for e in history.unit.entries if (e[role] or "(none)") == person]
                    booked = sum(e["minor"] for e in mine if e["index"] <= now.index)
                    gap = sum(u for e, u in support(history.unit, now) if (e[role] or "(none)") == person)
                    booked, gap = translate(history, booked), translate(history, gap)
                    row = found[person, now.index]
                    row["booked_minor"] += booked - booked0
                    row["gap_minor"] += gap
                    row["net_minor"] += gap - gap0
                    booked0, gap0 = booked, gap
        result.append((role, found))
    return result


def evidence_range(book: Book, earnings: Earnings, tested: list[History]) -> list[Row]:
    """Table `evidence_range`: the gap under each least grade, with every paper, without flagged ones."""
    looks = {s: Look(least=s) for s in "ABCD"} | {"all": Look("every"), "without_flagged": Look()}
    found = []
    for scenario, look in looks.items():
        before = sum(_gap(earnings, h, h.opening, look) for h in tested)
        for index, (period_id, _, _) in enumerate(book.periods):
            gap = sum(_gap(earnings, h, h.positions[index], look) for h in tested)
            ungraded = (h for h in tested if not any(o["measure"] in GRADED for o in h.unit.obligations))
            row: Row = {
                "scenario": scenario,
                "period_id": period_id,
                "gap_minor": gap,
                "net_minor": gap - before,
            }
            row["not_gradable_minor"] = sum(translate(h, h.positions[index].earned) for h in ungraded)
            found.append(row)
            before = gap
    return found


def _gap(earnings: Earnings, history: History, now: Position | None, look: Look) -> int:
    if now is None:
        return 0
    return translate(history, now.booked) - translate(history, earnings.earned(history.unit, now.day, look))


def guidance(book: Book, tested: list[History]) -> list[Row]:
    """Table `guidance` (G7)."""
    found = []
    for row in book.tables.get("guidance", []):
        behind = [f for f in book.tables.get("forecast", []) if f["guidance_id"] == row["guidance_id"]]
        ends = [i for i, p in enumerate(book.periods) if p[2] < row["published_date"]]
        target = [i for i, p in enumerate(book.periods) if p[0] == row["period_id"]]
        then = _open(tested, ends[-1]) if ends else {}
        still = _open(tested, target[0] if target else len(book.periods) - 1)
        expected: dict[Any, int] = defaultdict(int)
        for f in behind:
            expected[f.get("contract_id")] += book.minor(f["amount"]) or 0
        both = [c for c in expected if c in then and c in still]
        early = [c for c in expected if c in then and c not in both]
        unfinished = sum(expected[c] for c in both)
        booked_early = sum(min(expected[c], then[c]) for c in early)
        known = bool(behind)
        found.append(
            {
                "guidance_id": row["guidance_id"],
                "period_id": row["period_id"],
                "low_minor": book.minor(row["low"]),
                "high_minor": book.minor(row["high"]),
                "forecast_minor": sum(expected.values()) if known else None,
                "open_finding_minor": unfinished if known else None,
                "booked_early_minor": booked_early if known else None,
                "effect_minor": unfinished + booked_early if known else None,
            }
        )
    return found


def _open(tested: list[History], index: int) -> dict[str, int]:
    """The contracts with a gap above 0 at the end of a period, and how much."""
    found: dict[str, int] = defaultdict(int)
    for h in tested:
        now = h.positions[index]
        found[h.unit.contract["contract_id"]] += max(translate(h, now.booked) - translate(h, now.earned), 0)
    return {contract: gap for contract, gap in found.items() if gap > 0}
