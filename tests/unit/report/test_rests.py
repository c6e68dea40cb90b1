"""What revenue rests on: the papers of examples/pencil by hand; no more on papers than their part holds."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

import earned
from earned.misstatement.papers import REFUSED
from earned.report.of_run import view_of
from earned.report.page.rests import rests
from earned.report.view import View, totals, where
from tests.gates.sources import ROOT
from tests.properties.made_up import monthly, quarterly


@pytest.fixture(scope="module")
def pencil() -> View:
    return view_of(earned.examine(earned.open_books(ROOT / "examples" / "pencil")))


def columns(view: View) -> dict[str, list[int]]:
    """Heading -> thousands by quarter."""
    found = rests(view, totals(view))
    assert found
    named = {h: [r["supported"][i][0] for r in found.rows] for i, h in enumerate(found.supported)}
    named |= {h: [r["short"][i][0] for r in found.rows] for i, h in enumerate(found.short)}
    return {h: [amount // 1_000_00 for amount in row] for h, row in named.items()}


def test_the_pencil_s_papers(pencil: View) -> None:
    """C13's acceptance (6,000, grade C) came late and C16's (4,000) is of grade D; of all other gaps no paper
    speaks. C11 is booked a quarter late: -4,000, then back.
    """
    found = columns(pencil)
    assert found["Late paper, grade C"] == [0, 6, 0, 0]
    assert found["Paper below the policy, grade D"] == [0, 4, 0, 0]
    assert found["No such paper"] == [0, 26, 44, -70]
    assert found["Booked later, rounding"] == [0, -4, 4, 0]


def test_the_pencil_s_supported_revenue(pencil: View) -> None:
    """C01, C02, C03, C07, C11, C12, C14 and C15 rest on papers of customers: by hand, cumulative, thousands.

    120; 212 + 40 + 240 + 4; 187 + 292 + 100 + 240 + 4 + 15; 187 + 292 + 100 + 400 + 4 + 20 + 15 + 12.
    """
    graded = [120, 496, 838, 1030]
    found = columns(pencil)
    assert found["Grade A"] == [b - a for a, b in zip([0, *graded], graded)]
    earned_minor = [row["earned_minor"] // 1_000_00 for row in totals(pencil)]
    together = [sum(pair) for pair in zip(found["Grade A"], found["No graded paper needed"])]
    assert abs(together[0] - earned_minor[0]) <= 1


def on_parts(view: View) -> dict[tuple[str, bool], int]:
    """Period, whether the paper lost to another date -> amount that stands on such papers."""
    found: dict[tuple[str, bool], int] = defaultdict(int)
    for row in view.tables["on_papers"].to_pylist():
        if row["standing"] not in ("admitted", "not_asked", "by_decision", "no_paper", "elsewhere"):
            found[row["period_id"], row["standing"] == "contradicted"] += row["amount_minor"]
    return found


def part(view: View, name: str, period: str) -> int:
    rows = where(view.tables["misstatements"], "dimension", "part").to_pylist()
    return sum(r["gap_minor"] for r in rows if r["period_id"] == period and r["member"] == name)


@pytest.mark.parametrize("books", [monthly(5, 40), quarterly(6, 40)], ids=["months", "quarters"])
def test_papers_never_carry_more_than_their_parts(books: Any, tmp_path: Path) -> None:
    view = view_of(earned.examine(earned.open_books(books.write(tmp_path))))
    found = on_parts(view)
    for row in totals(view):
        period = row["period_id"]
        assert 0 <= found[period, False] <= part(view, REFUSED, period)
        assert found[period, True] >= 0
    for row in rests(view, totals(view)).rows:  # type: ignore[union-attr]
        assert sum(amount for amount, _ in row["supported"]) == row["earned"]
        assert sum(amount for amount, _ in row["short"]) == row["net"] == row["booked"] - row["earned"]
