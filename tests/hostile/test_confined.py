"""The engine reaches the books and its own folder while it reads, and nothing at all while a SELECT runs; the
process that reads workbooks reaches nothing but its file."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import earned
from earned.engine import Engine
from tests.gates.sources import ROOT
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


#: What somebody tries who has taken over the process that reads a workbook: in Python, then past it.
TRIES = """
import ctypes, json, os, sys
from pathlib import Path
import earned.books.child.__main__ as child

library = ctypes.CDLL(None, use_errno=True)
calls = {"x86_64": (41, 59), "aarch64": (198, 221)}.get(os.uname().machine)

def native(call, *arguments):
    if library.syscall(call, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused by the kernel")

def native_open(path):
    if library.open(os.fsencode(path), os.O_WRONLY | os.O_CREAT, 0o600) < 0:
        raise OSError(ctypes.get_errno(), "refused by the kernel")

def tries(task, file, arguments):
    place, done = Path(file.path).parent, []
    for name, attempt in {
        "a socket": lambda: __import__("socket").socket(),
        "a program": lambda: __import__("subprocess").run(["true"]),
        "a file": lambda: (place / "new").write_text("x"),
        "the workbook": lambda: open(file.path, "ab"),
        "a native socket": lambda: native(calls[0], 2, 1, 0),
        "a native program": lambda: native(calls[1], b"/bin/true", 0, 0),
        "a native file": lambda: native_open(place / "new"),
        "to remove": lambda: os.unlink(file.path),
        "to move": lambda: os.rename(file.path, place / "moved"),
        "a folder": lambda: os.mkdir(place / "folder"),
        "a link": lambda: os.symlink("/", place / "link"),
        "its answer": lambda: Path(arguments["into"]).write_text("answer"),
        "to read": lambda: Path(file.path).read_text(),
    }.items():
        try:
            attempt()
            done.append(name)
        except OSError:
            pass
    return done

child._done = tries
child.main()
"""


def _without_landlock() -> bool:
    import ctypes

    return bool(ctypes.CDLL(None, use_errno=True).syscall(444, None, 0, 1) < 3)


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="the kernel shuts the process in on Linux, on x86-64 and ARM64",
)
def test_who_takes_over_the_reader_of_workbooks_has_its_file_and_nothing_else(tmp_path: Path) -> None:
    book, into = tmp_path / "book.xlsx", tmp_path / "sheet.arrow"
    book.write_text("books")
    request = {"task": "sheet", "path": str(book), "name": book.name, "limits": {}}
    request["arguments"] = {"into": str(into)}
    done = subprocess.run(
        [sys.executable, "-c", TRIES, json.dumps(request)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        check=True,
    )
    managed = json.loads(done.stdout.splitlines()[-1])["answer"]
    if _without_landlock():  # then the kernel holds the network and programs, and not the files
        assert {"a socket", "a program", "a native socket", "a native program"}.isdisjoint(managed)
        pytest.skip("this kernel has no rules of paths (Landlock 3): files were not tried")
    assert managed == ["its answer", "to read"]
    assert into.read_text() == "answer" and book.read_text() == "books"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["book.xlsx", "sheet.arrow"]
