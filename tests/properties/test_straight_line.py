"""Every straight-line convention over hundreds of terms in one query, against months counted one by one."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from random import Random

import pyarrow as pa
import pytest

from earned.engine import Engine
from earned.recognition.straight_line import ADMISSIBLE, cut, fraction
from tests.oracle.straight_line import CONVENTIONS, progress

Term = tuple[date, date, date | None, date]
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    opened = Engine(threads=1)
    yield opened
    opened.close()


def terms(count: int) -> list[Term]:
    """start, end, terminated, day: often at the ends of months, in leap years, of a single day or month."""
    rng = Random(5)
    found = []
    for _ in range(count):
        start = _near_month_end(rng, date(2019, 12, 1) + rng.randrange(800) * DAY)
        length = rng.choice([0, 1, 27, 28, 29, 30, 31, 59, 89, 364, 365, 366, 729, rng.randrange(900)])
        end = max(start, _near_month_end(rng, start + length * DAY))
        stopped = start + rng.randrange(-3, length + 40) * DAY if rng.random() < 0.15 else None
        day = _near_month_end(rng, start + rng.randrange(-20, length + 60) * DAY)
        found.append((start, end, stopped, rng.choice([day, day, start, end, end - DAY])))
    return found


def _near_month_end(rng: Random, day: date) -> date:
    last = monthrange(day.year, day.month)[1]
    return rng.choice(
        [day, day, day.replace(day=1), day.replace(day=last), day.replace(day=min(day.day, last))]
    )


def served(engine: Engine, rows: list[Term], convention: str | None) -> list[Fraction]:
    """One query; `convention` None reads it from the column."""
    columns = [pa.array(cells, pa.date32()) for cells in zip(*rows, strict=True)]
    names = ["start_date", "end_date", "terminated_date", "day"]
    spread = pa.array([CONVENTIONS[n % len(CONVENTIONS)] for n in range(len(rows))])
    numbers = pa.array(range(len(rows)), pa.int64())
    table = pa.table([numbers, *columns, spread], names=["n", *names, "convention"])
    given = cut(engine.small("terms", table))
    part, of = fraction(given, *([convention] if convention else CONVENTIONS))
    found = engine.rows(given.select("n", part=part, of=of).order_by("n"))
    assert all(isinstance(r["part"], int) and r["of"] > 0 for r in found)
    return [Fraction(r["part"], r["of"]) for r in found]


def expected(convention: str, term: Term) -> Fraction:
    start, end, stopped, day = term
    return progress(convention, start, end, day if stopped is None else min(day, stopped))


def test_the_conventions_are_those_of_the_definitions() -> None:
    assert ADMISSIBLE == CONVENTIONS


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_progress_is_exact(convention: str, engine: Engine) -> None:
    rows = [t for t in terms(900) if convention != "daily_end_exclusive" or t[0] < t[1]]
    found = served(engine, rows, convention)
    wrong = [(t, f, e) for t, f in zip(rows, found, strict=True) if f != (e := expected(convention, t))]
    assert wrong == []
    assert {0, 1} < set(found)


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_progress_never_falls_and_ends_at_one(convention: str, engine: Engine) -> None:
    start, end = date(2020, 1, 31), date(2021, 3, 14)
    rows = [(start, end, None, start + n * DAY) for n in range(-2, (end - start).days + 3)]
    found = served(engine, rows, convention)
    assert found == sorted(found)
    assert (found[0], found[1], found[-3:]) == (0, 0, [1, 1, 1])


def test_the_column_names_the_convention(engine: Engine) -> None:
    rows = [t for t in terms(300) if t[0] < t[1]]
    names = [CONVENTIONS[n % len(CONVENTIONS)] for n in range(len(rows))]
    assert served(engine, rows, None) == [expected(c, t) for c, t in zip(names, rows, strict=True)]


def test_a_service_of_one_day_is_served_on_it(engine: Engine) -> None:
    day = date(2021, 2, 28)
    rows = [(day, day, None, day - DAY), (day, day, None, day), (day, day, None, day + DAY)]
    for convention in CONVENTIONS:
        assert served(engine, rows, convention) == [0, 1, 1], convention
