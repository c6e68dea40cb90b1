"""What the booked revenue of each period rests on: papers by grade, papers that do not count, no paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from earned.report.codes import STANDINGS, word
from earned.report.text import PAGE
from earned.report.view import Row, View, where

GRADES = "ABCD"
#: Parts of the gap that no paper explains: booked later than earned, and what is within tolerance.
_ELSEWHERE = ("late_recognition", "rounding", "convention")


@dataclass(frozen=True)
class Rests:
    """A row a period: its booked amount, the cells of both groups of columns and their totals `earned` and
    `net`; minor units, of the period. `supported` and `short` are the columns' headings."""

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
    columns = [("not_asked", ""), *(("admitted", g) for g in graded)]
    silent = sorted({(s, g) for _, s, g in moved if s not in ("admitted", "not_asked")}, key=_place)
    elsewhere = _elsewhere(view)
    rows = [_row(p, moved, columns, silent, elsewhere[p["period_id"]]) for p in periods]
    return _without_nil(
        Rests(
            [*(_supported(c) for c in columns), PAGE["by_decision"]],
            [*(_short(c) for c in silent), PAGE["no_paper"], PAGE["not_of_papers"]],
            rows,
        )
    )


def _row(
    period: Row,
    moved: dict[tuple[str, str, str], int],
    columns: Sequence[tuple[str, str]],
    silent: Sequence[tuple[str, str]],
    elsewhere: int,
) -> Row:
    earned, net = period["earned_minor"] or 0, period["net_minor"] or 0
    supported = [moved.get((period["period_id"], *c), 0) for c in columns]
    short = [moved.get((period["period_id"], *c), 0) for c in silent]
    return {
        "period_id": period["period_id"],
        "booked": period["booked_minor"],
        "supported": [*supported, earned - sum(supported)],
        "earned": earned,
        "short": [*short, net - sum(short) - elsewhere, elsewhere],
        "net": net,
    }


def _elsewhere(view: View) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for row in where(view.tables["misstatements"], "dimension", "part").to_pylist():
        if row["member"] in _ELSEWHERE:
            found[row["period_id"]] += row["net_minor"] or 0
    return found


def _supported(column: tuple[str, str]) -> str:
    return PAGE["grade_of"].format(grade=column[1]) if column[1] else PAGE["not_graded"]


def _short(column: tuple[str, str]) -> str:
    grade = PAGE["grade_of"].format(grade=column[1])
    return f"{word(STANDINGS, column[0])}, {grade[0].lower()}{grade[1:]}"


def _place(column: tuple[str, str]) -> tuple[int, str, str]:
    known = list(STANDINGS)
    return (known.index(column[0]) if column[0] in known else len(known)), *column


def _without_nil(given: Rests) -> Rests:
    """Less the columns that are nil in every period."""
    own, short = (_filled(given.rows, group) for group in ("supported", "short"))
    rows = [
        r | {"supported": [r["supported"][i] for i in own], "short": [r["short"][i] for i in short]}
        for r in given.rows
    ]
    return Rests([given.supported[i] for i in own], [given.short[i] for i in short], rows)


def _filled(rows: Sequence[Row], group: str) -> list[int]:
    width = len(rows[0][group]) if rows else 0
    return [i for i in range(width) if any(r[group][i] for r in rows)]
