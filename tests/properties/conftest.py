"""Three runs that the properties share: each is computed once, also when tests run in several processes."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.gates.sources import ROOT
from tests.properties.made_up import monthly, quarterly
from tests.properties.ran import Ran, examine

PENCIL = ROOT / "examples" / "pencil"
Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Once:
    """A folder that the first process to ask for it makes, and the others wait for."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if hasattr(request.config, "workerinput") else base

    def made(name: str, make: Callable[[Path], object]) -> Path:
        place = shared / "properties" / name
        place.parent.mkdir(exist_ok=True)
        with place.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not place.exists():
                make(place)
        return place

    return made


@pytest.fixture(scope="session")
def by_month(once: Once) -> Ran:
    """A company of 80 contracts by months, with foreign contracts and rows to reject; with its report."""
    books = once("by_month.books", lambda place: monthly(7, 80).write(place))
    folder = once("by_month", lambda place: examine(books, place, report=True))
    return Ran(books, folder, "CNY", lambda day: f"{day.year}M{day.month:02d}")


@pytest.fixture(scope="session")
def by_quarter(once: Once) -> Ran:
    """A company of 60 contracts by quarters, with a window, openings and a fiscal year that ends in March."""
    books = once("by_quarter.books", lambda place: quarterly(11, 60).write(place))
    folder = once("by_quarter", lambda place: examine(books, place))
    return Ran(books, folder, "USD", _fiscal)


def _fiscal(day: date) -> str:
    return f"{day.year + (day.month > 3)}Q{(day.month - 4) % 12 // 3 + 1}"


@pytest.fixture(scope="session")
def pencil(once: Once) -> Ran:
    """The company of examples/pencil."""
    folder = once("pencil", lambda place: examine(PENCIL, place))
    return Ran(PENCIL, folder, "CNY", lambda day: f"{day.year}Q{(day.month + 2) // 3}")


@pytest.fixture(params=["by_month", "by_quarter", "pencil"])
def ran(request: pytest.FixtureRequest) -> Ran:
    """Each of the three."""
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Ran)
    return found
