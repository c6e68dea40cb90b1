"""The engine reaches the books and its own folder while it reads, and nothing at all while a SELECT runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import earned
from earned.engine import Engine
from tests.hostile.typed import CASES

STATEMENTS = (
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('{outside}')",
    "SELECT * FROM read_text('{inside}/../outside.txt')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM '{outside}'",
    "SELECT * FROM 'https://example.org/x.csv'",
    "ATTACH '{outside}.db'",
    "COPY (SELECT 1) TO '{outside}.csv'",
    "EXPORT DATABASE '{outside}'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET allowed_directories = ['/']",
)


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine(threads=1)
    yield engine
    engine.close()


@pytest.mark.parametrize("statement", STATEMENTS)
def test_nothing_outside_the_books_is_reached(tmp_path: Path, engine: Engine, statement: str) -> None:
    inside, outside = tmp_path / "books", tmp_path / "outside.txt"
    inside.mkdir()
    outside.write_text("secret")
    (inside / "a.txt").write_text("open")
    places = {"inside": str(inside), "outside": str(outside)}
    engine.confine(inside)
    assert engine.sql(f"SELECT content FROM read_text('{inside}/a.txt')") == [("open",)]
    with pytest.raises(duckdb.Error):
        engine.sql(statement.format(**places))
    engine.shut_out()
    for said in (statement.format(**places), f"SELECT * FROM read_text('{inside}/a.txt')"):
        with pytest.raises(duckdb.Error):
            engine.sql(said)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["books", "outside.txt"]


@pytest.mark.parametrize("way", ["{0}", "books", "./books", "../{1}/books", "link", "books/../books"])
def test_books_are_found_whatever_way_their_folder_is_named(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "it's [x]*"
    place.mkdir()
    (case,) = [c for c in CASES if c.name == "Parquet as it should be"]
    books = case.make(place)
    (place / "link").symlink_to(books)
    monkeypatch.chdir(place)
    opened = earned.open_books(way.format(books, place.name))
    opened.engine.close()
    assert opened.counts == {"in": 6, "used": 6, "rejected": 0}
