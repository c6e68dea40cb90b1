"""Folders as real systems export them: `init`, the answers, and the figures that a person works out by hand.

A few are examined whole; of the others the books are read, and what is booked and what each paper earns are
added up from the rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import earned as package
from tests.unit.guess.run import earned, init
from tests.unit.guess.systems import Case, answered, china, erp, europe

CASES: Mapping[str, Case] = {**china.CASES, **erp.CASES, **europe.CASES}
#: Their prices hold tax, their tables are joined, or their ledger has both sides.
EXAMINED = ("sap-ecc", "datev", "portugal")

BOOKED = """
SELECT year(effective_date) || 'Q' || quarter(effective_date) AS q, sum(amount_minor)
FROM books_entries GROUP BY q
"""
#: Every contract of these is earned at once, by its last paper.
EARNED = """
SELECT year(day) || 'Q' || quarter(day) AS q, sum(price_minor)
FROM books_contracts JOIN
(SELECT contract_id, max(event_date) AS day FROM books_evidence GROUP BY contract_id)
USING (contract_id) GROUP BY q
"""


def ready(name: str, folder: Path) -> list[dict[str, Any]]:
    """The folder with its questions answered; the questions."""
    case = CASES[name]
    said, _ = init(case.put(folder))
    questions: list[dict[str, Any]] = said["questions"]
    assert {q["key"] for q in questions} == set(case.answers), said
    assert len(questions) <= 3 and all(len(q["candidates"]) > 1 and q["why"] for q in questions)
    assert not said["imports"] and not said["not_recognised"]
    place = folder / "books.yaml"
    place.write_text(answered(place.read_text(encoding="utf-8"), questions, case.answers), encoding="utf-8")
    return questions


@pytest.mark.parametrize("name", [n for n in CASES if n not in EXAMINED])
def test_what_is_read_is_what_a_person_reads(name: str, tmp_path: Path) -> None:
    case, folder = CASES[name], tmp_path / name
    ready(name, folder)
    books = package.open_books(folder)
    try:
        booked, by_paper = (dict(books.engine.sql(query)) for query in (BOOKED, EARNED))
        rejected = books.engine.sql("SELECT * FROM rejected")
    finally:
        books.engine.close()
    unit = 10**case.decimals
    assert not rejected
    assert booked == {q: amount * unit for q, amount in case.booked.items() if amount}
    assert {q: by_paper.get(q, 0) for q in case.earned} == {q: a * unit for q, a in case.earned.items()}


@pytest.mark.parametrize("name", EXAMINED)
def test_examined_whole(name: str, tmp_path: Path) -> None:
    case, folder = CASES[name], tmp_path / name
    ready(name, folder)
    code, out, _ = earned("examine", folder, "--out", tmp_path / "run", "--no-report", "--json")
    found = json.loads(out)
    assert code == 1, found
    assert {p["period_id"]: p["booked_minor"] for p in found["periods"]} == {
        q: 100 * amount for q, amount in case.booked.items()
    }
    assert {p["period_id"]: p["earned_minor"] for p in found["periods"]} == {
        q: 100 * amount for q, amount in case.earned.items()
    }
    assert found["rows"]["rejected"] == 0
