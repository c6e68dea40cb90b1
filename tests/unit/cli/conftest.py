"""Books and a run that cost nothing, behind the real command."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import earned.books
from earned import cli
from tests.unit.cli.fake_run import FakeBooks, FakeRun


@pytest.fixture
def run(tmp_path: Path) -> FakeRun:
    """A run over books in a folder of their own."""
    books = tmp_path / "books"
    books.mkdir()
    return FakeRun(FakeBooks(books))


@pytest.fixture
def command(run: FakeRun, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """`earned` over that run: what open_books and examine were asked, and what they do."""
    asked = SimpleNamespace(opened=None, examined=None, does=lambda: None)

    def open_books(path: Path, **options: Any) -> FakeBooks:
        asked.opened = (path, options)
        run.books = FakeBooks(run.books.path)
        return run.books

    def examine(books: FakeBooks, **options: Any) -> FakeRun:
        asked.examined = options
        asked.does()
        return run

    module = ModuleType("earned.examine")
    module.examine = examine  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "earned.examine", module)
    monkeypatch.setattr(earned.books, "open_books", open_books, raising=False)
    asked.books = run.books.path
    return asked


@pytest.fixture
def earned_command(command: SimpleNamespace) -> Callable[..., int]:
    """Run `earned` with arguments; its exit code."""

    def call(*arguments: object) -> int:
        with pytest.raises(SystemExit) as left:
            cli.main([str(a) for a in arguments])
        assert isinstance(left.value.code, int)
        return left.value.code

    return call
