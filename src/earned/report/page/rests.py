"""What the booked revenue of each period rests on: papers by grade, papers that do not count, no paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from earned.report.codes import STANDINGS, word
from earned.report.text import PAGE
from earned.report.view import Row, View

GRADES = "ABCD"
#: What closes each group of columns, so that a row adds up to what was booked.
_LAST = {"by_decision": "by_decision", "no_paper": "no_paper", "elsewhere": "not_of_papers"}


@dataclass(frozen=True)
class Rests:
    """A row a period: its booked amount, the cells of both groups of columns, each with its key in on_papers,
    and their totals `earned` and `net`; minor units, of the period. `supported` and `short` are the headings
    of the columns; one that is nil in every period is left out."""

    supported: list[str]
    short: list[str]
    rows: list[Row]


def rests(view: View, periods: Sequence[Row]) -> Rests | None:
    """Booked revenue of each period divided by what it rests on; None where that was not computed."""
    table = view.tables["on_papers"]
    if not table.num_rows:
        return None
    moved = {(r["period_id"], r["standing"], r["grade"]): r["net_minor"] or 0 for r in table.to_pylist()}
    graded = [g for g in GRADES if g <= (view.least_grade or GRADES[-1])]
    own = [("not_asked", ""), *(("admitted", g) for g in graded), ("by_decision", "")]
    silent = {(s, g) for _, s, g in moved if s not in ("admitted", "not_asked", *_LAST)}
    short = [*sorted(silent, key=_place), ("no_paper", ""), ("elsewhere", "")]
    own, short = (
        [c for c in group if any(moved.get((p["period_id"], *c)) for p in periods)] for group in (own, short)
    )
    rows = [_row(p, moved, own, short) for p in periods]
    return Rests([_supported(c) for c in own], [_short(c) for c in short], rows)


def _row(
    period: Row,
    moved: dict[tuple[str, str, str], int],
    own: Sequence[tuple[str, str]],
    short: Sequence[tuple[str, str]],
) -> Row:
    at = period["period_id"]
    return {
        "period_id": at,
        "booked": period["booked_minor"],
        "supported": [(moved.get((at, *c), 0), (at, *c)) for c in own],
        "earned": period["earned_minor"] or 0,
        "short": [(moved.get((at, *c), 0), (at, *c)) for c in short],
        "net": period["net_minor"] or 0,
    }


def _supported(column: tuple[str, str]) -> str:
    if column[0] in _LAST:
        return PAGE[_LAST[column[0]]]
    return PAGE["grade_of"].format(grade=column[1]) if column[1] else PAGE["not_graded"]


def _short(column: tuple[str, str]) -> str:
    if column[0] in _LAST:
        return PAGE[_LAST[column[0]]]
    grade = PAGE["grade_of"].format(grade=column[1])
    return f"{word(STANDINGS, column[0])}, {grade[0].lower()}{grade[1:]}"


def _place(column: tuple[str, str]) -> tuple[int, str, str]:
    known = list(STANDINGS)
    return (known.index(column[0]) if column[0] in known else len(known)), *column
