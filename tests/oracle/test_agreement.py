"""The main job against the independent calculator in exact fractions, contract by contract, on random books.

The calculator was written from DEFINITIONS by someone who did not read `recognition` or `misstatement`.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

import earned
from tests.oracle.books import random_books, write_books
from tests.oracle.calculator import examine
from tests.oracle.compare import KEYS, compare

SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_agrees_to_the_minor_unit(seed: int, tmp_path: Path) -> None:
    tables, settings = random_books(Random(seed))
    write_books(tables, settings, tmp_path / "books")
    books = earned.open_books(tmp_path / "books")
    try:
        run = earned.examine(books)
        found = {name: run.tables[name].arrow() for name in KEYS}
    finally:
        books.engine.close()
    assert compare(examine(tables, settings), found) == []


def test_a_wrong_figure_is_seen() -> None:
    tables, settings = random_books(Random(0))
    right = examine(tables, settings)
    wrong = {name: [dict(row) for row in rows] for name, rows in right.items()}
    next(row for row in wrong["positions"] if row["gap_minor"])["gap_minor"] += 1
    assert len(compare(right, wrong)) == 1
