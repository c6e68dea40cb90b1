"""The main job against the independent calculator in exact fractions, contract by contract, on random books.

The calculator was written from DEFINITIONS by someone who did not read `recognition` or `misstatement`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest

import earned
from tests.oracle.books import random_books, write_books
from tests.oracle.calculator import examine
from tests.oracle.compare import KEYS, compare
from tests.oracle.model import Row, Tables

SEEDS = range(12)
MODIFIED = (12, 13, 15, 39, 51)  # nine contracts in ten have modifications or variable amounts


@pytest.mark.parametrize("seed", SEEDS)
def test_agrees_to_the_minor_unit(seed: int, tmp_path: Path) -> None:
    assert _differences(*random_books(Random(seed)), tmp_path / "books") == []


@pytest.mark.parametrize("seed", MODIFIED)
def test_agrees_on_modified_contracts(seed: int, tmp_path: Path) -> None:
    """M1, variable amounts and their versions: 60 contracts of nearly every kind of step in one company."""
    tables, settings = random_books(Random(seed), contracts=60, modified=0.9)
    treatments = {row["treatment"] for row in tables["modifications"]}
    assert treatments == {"separate", "prospective", "catch_up", "mixed", "price_estimate"}
    assert _differences(tables, settings, tmp_path / "books") == []


def _differences(tables: Tables, settings: Row, place: Path) -> list[str]:
    write_books(tables, settings, place)
    books = earned.open_books(place)
    try:
        run = earned.examine(books)
        found = {name: run.tables[name].arrow().to_pylist() for name in KEYS}
        calendar = {row["period_id"]: row["last_date"] for row in books.engine.rows(books.calendar)}
        last = calendar[run.periods[-1]["period_id"]]
    finally:
        books.engine.close()
    expected = examine(tables, settings)
    for tables in (expected, found):  # what comes after the last period moves no figure of the run
        tables["allocations"] = [row for row in tables["allocations"] if not _after(row, last)]
    return compare(expected, found)


def _after(row: Row, last: date) -> bool:
    return bool(row["version"]) and row["effective_date"] > last


def test_a_wrong_figure_is_seen() -> None:
    tables, settings = random_books(Random(0))
    right = examine(tables, settings)
    wrong = {name: [dict(row) for row in rows] for name, rows in right.items()}
    next(row for row in wrong["positions"] if row["gap_minor"])["gap_minor"] += 1
    assert len(compare(right, wrong)) == 1
