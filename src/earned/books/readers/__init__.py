"""From files to raw tables in the engine: every cell as it stands, every row with its place.

Files are found by books.yaml or by their names, opened only inside the books, read by what they
are and not by what they are called, and hashed. Typing the cells is another layer's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from earned.books import databases, given
from earned.books.file import File, opened
from earned.books.manifest import Manifest
from earned.books.readers import choice
from earned.books.readers.append import SourceTable, appended
from earned.engine import Engine
from earned.faults import Fault, InputError

__all__ = ["Input", "Loaded", "SourceTable", "load_sources"]


@dataclass(frozen=True)
class Input:
    """A file that was read: its name inside the books, size and SHA-256; or a query and its rows."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Loaded:
    """The raw tables, the files they came from, and the files that were not read with the reason."""

    tables: tuple[SourceTable, ...]
    inputs: tuple[Input, ...]
    not_read: tuple[tuple[str, str], ...] = ()


def load_sources(books: Path, manifest: Manifest, engine: Engine) -> Loaded:
    """Load every source of the books (a folder, a workbook or a .duckdb file) into the engine.

    Returns one SourceTable a source; without books.yaml its name is that of our table. Raises
    InputError for a path that leaves the books, a file that cannot be read, two sources of one
    table, a file taken twice, and books without any table.
    """
    if not books.exists():
        raise InputError(
            [
                Fault(
                    "a folder, a workbook or a .duckdb file",
                    "correct the path",
                    str(books),
                    reason="path_missing",
                )
            ]
        )
    engine.confine(books if books.is_dir() else books.parent)
    chosen = choice.choose(books, manifest, engine)
    ways = list(enumerate(chosen.ways, 1))
    files = {str(f.path): f for way in chosen.ways for f in way.files}
    if (books / given.NAME).exists() and books.is_dir():
        files[given.NAME] = File(books / given.NAME, given.NAME)
    before = {key: _stamp(file) for key, file in files.items()}
    asked = {w.source.name: databases.fetched(w.source, n, books, engine) for n, w in ways if w.source.url}
    tables = tuple(asked[w.source.name].table if w.source.url else appended(w, n, engine) for n, w in ways)
    inputs = [Input(*i) for source in asked.values() for i in source.inputs]
    inputs = sorted([*inputs, *map(_input, files.values())], key=lambda i: i.path)
    _unchanged(files.values(), [before[key] == _stamp(file) for key, file in files.items()])
    return Loaded(tables, tuple(inputs), chosen.not_read)


def _stamp(file: File) -> tuple[int, int]:
    state = file.path.stat()
    return state.st_size, state.st_mtime_ns


def _unchanged(files: Iterable[File], same: Iterable[bool]) -> None:
    faults = [
        Fault(
            "a file that stays as it is; it changed while it was read",
            "run again",
            file.name,
            reason="changed",
        )
        for file, is_same in zip(files, same, strict=True)
        if not is_same
    ]
    if faults:
        raise InputError(faults)


def _input(file: File) -> Input:
    digest, size = hashlib.sha256(), 0
    with opened(file.path) as raw:
        while block := raw.read(1 << 20):
            digest.update(block)
            size += len(block)
    return Input(file.name, size, digest.hexdigest())
