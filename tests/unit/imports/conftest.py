"""An import in a folder of the test, and the books that it wrote."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from earned.faults import Fault, InputError
from earned.imports import run
from earned.imports.result import Result


@pytest.fixture
def imported(tmp_path: Path) -> Callable[[str, Path], SimpleNamespace]:
    """Import an export: `result`, `books`, and `rows(table)` of the CSV that was written."""

    def call(name: str, path: Path) -> SimpleNamespace:
        books = tmp_path / "books"
        result = run(name, path, books)
        return SimpleNamespace(
            result=result,
            books=books,
            rows=lambda table: rows(books / f"{table}.csv"),
            yaml=(books / "books.yaml").read_text(encoding="utf-8"),
        )

    return call


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[str, Path], Fault]:
    """Import an export that must be refused: the first fault. Nothing may be left behind."""

    def call(name: str, path: Path) -> Fault:
        with pytest.raises(InputError) as error:
            run(name, path, tmp_path / "books")
        assert not (tmp_path / "books").exists()
        assert not list(tmp_path.glob(".books*"))
        return error.value.faults[0]

    return call


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def totals(result: Result) -> dict[str, tuple[str, str]]:
    """Name -> stated and found of every total."""
    return {t.name: (t.stated, t.found) for t in result.totals}


def untied(result: Result) -> list[str]:
    return [t.name for t in result.totals if not t.ties]
