"""Which files are read as which source: what books.yaml says, then what is found by name (R2, R12)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from earned.books import database_url, schema
from earned.books.file import File
from earned.books.given import NAME
from earned.books.manifest import Manifest
from earned.books.mapping import Mapping, Source
from earned.books.readers import found, paths
from earned.engine import Engine
from earned.faults import Fault, InputError, meant


@dataclass(frozen=True)
class Way:
    """A source and its files; `expected` are headers that help to find the row they stand in."""

    source: Source
    files: tuple[File, ...]
    expected: frozenset[str]
    by_name: bool


@dataclass(frozen=True)
class Chosen:
    """Every source to read, and the files that are not read with the reason."""

    ways: tuple[Way, ...]
    not_read: tuple[tuple[str, str], ...]


def choose(books: Path, manifest: Manifest, engine: Engine) -> Chosen:
    """The sources of the books. Raises InputError where a file is missing, taken twice or ambiguous."""
    if not books.is_dir():
        inside = found.in_file(books, engine)
        return _chosen([], inside, manifest, books)
    names = tuple(n for n in paths.listing(books) if n != NAME)
    declared = _declared(books, manifest, names)
    taken = {f.name for way in declared for f in way.files}
    taken |= {file for way in declared if (file := database_url.file_of(way.source.url))}
    inside = found.in_folder(books, [n for n in names if n not in taken], engine, strict=not manifest.given)
    return _chosen(declared, inside, manifest, books)


def _chosen(declared: list[Way], inside: found.Found, manifest: Manifest, books: Path) -> Chosen:
    wanted = [p for p in inside.places if _found_by_name(p.table, manifest)]
    ways = declared + [_by_name(place) for place in found.one_each(wanted).values()]
    _nothing_in_place(books, ways)
    _known(ways, manifest)
    if not ways:
        seen = "; ".join(name if "/" in name else f"{name}: {why}" for name, why in inside.not_read[:10])
        raise InputError(
            [
                Fault(
                    f"books with at least one table; found {seen or 'no file'}",
                    "name files or sheets contracts, entries, evidence, "
                    "or say in a books.yaml which file or sheet is which table",
                    books.name,
                    reason="table_missing",
                )
            ]
        )
    read = {f.name for way in ways for f in way.files}
    aside = [(p.file.name, f"{p.table} is read as books.yaml says") for p in inside.places]
    listed = dict(aside) | dict(inside.not_read)
    return Chosen(tuple(ways), tuple(sorted((n, why) for n, why in listed.items() if n not in read)))


def _nothing_in_place(books: Path, ways: Iterable[Way]) -> None:
    """Raise InputError for what has the name of a table's file and is none: a folder, a lock file."""
    if not books.is_dir():
        return
    read = {f.name for way in ways for f in way.files}
    named = {way.source.name for way in ways}
    faults = []
    for entry in sorted(books.iterdir()):
        table = found.table_of(entry.name.removeprefix("~$"))
        if not table or any(name == entry.name or name.startswith(f"{entry.name}/") for name in read):
            continue
        if entry.is_dir():
            do = "put the file itself there, or name the files inside it as a source in books.yaml"
            faults.append(Fault("a file; this is a folder", do, entry.name, reason="path_not_regular"))
        elif entry.name.startswith("~$") and table not in named:
            expected = "the workbook itself; this is the lock file that a spreadsheet leaves beside it"
            do = f"close the spreadsheet and copy {entry.name.removeprefix('~$')} into the books"
            faults.append(Fault(expected, do, entry.name, reason="wrong_type"))
    if faults:
        raise InputError(faults)


def _found_by_name(table: str, manifest: Manifest) -> bool:
    """Whether a table found by its name is read: no source has the name, and where books.yaml says
    how to read the table, it says so by this name."""
    if table in manifest.sources:
        return False
    mappings = [m for ms in manifest.tables.values() for m in ms]
    return table not in manifest.tables or any(_uses(m, table) for m in mappings)


def _uses(mapping: Mapping, source: str) -> bool:
    if mapping.select is None:
        return mapping.source == source
    return bool(re.search(rf"(?<!\w){re.escape(source)}(?!\w)", mapping.select, re.IGNORECASE))


def _by_name(place: found.Place) -> Way:
    table = schema.tables()[place.table]
    names = {c.name for c in table.columns} | {c.ads for c in table.columns if c.ads}
    source = Source(place.table, (place.file.name,), sheet=place.inner, table=place.inner)
    return Way(source, (place.file,), frozenset(names), by_name=True)


def _declared(books: Path, manifest: Manifest, names: tuple[str, ...]) -> list[Way]:
    exact: dict[str, set[str]] = {}
    for source in manifest.sources.values():
        for path in filter(partial(paths.exact, books), dict.fromkeys(source.paths)):
            for file in paths.named(books, path, names):
                exact.setdefault(file.name, set()).add(source.name)
    ways = []
    for source in manifest.sources.values():
        files: dict[str, File] = {}
        for path in dict.fromkeys(source.paths):
            for file in paths.named(books, path, names):
                if paths.exact(books, path) or not exact.get(file.name, set()) - {source.name}:
                    files[file.name] = file
        ways.append(Way(source, tuple(files.values()), _expected(source.name, manifest), by_name=False))
    _taken_once(ways)
    return ways


def _taken_once(ways: Iterable[Way]) -> None:
    takers: dict[Path, Source] = {}
    faults = []
    for way in ways:
        if not way.files and way.source.url is None:
            faults.append(
                Fault(
                    f"a file that no other source takes by its exact name, for {way.source.name}",
                    "correct `path`",
                    NAME,
                    reason="table_ambiguous",
                )
            )
        for file in way.files:
            first = takers.setdefault(file.path.resolve(), way.source)
            if first is way.source or _different(first, way.source):
                continue
            faults.append(
                Fault(
                    f"a file taken by one source; {first.name} and {way.source.name} both take it",
                    "name it in one of them only (sheets of one workbook: give each source its `sheet`)",
                    file.name,
                    reason="table_ambiguous",
                )
            )
    if faults:
        raise InputError(faults)


def _different(one: Source, other: Source) -> bool:
    """Two sources may share a workbook or database with different sheets or tables (R12)."""
    return one.sheet != other.sheet or one.table != other.table


def _expected(source: str, manifest: Manifest) -> frozenset[str]:
    """Headers that the mappings of a source name; those of our own table where there is none."""
    mappings = [m for ms in manifest.tables.values() for m in ms if m.source == source]
    named = {text for m in mappings for value in m.columns.values() for text in _headers(value)}
    if named:
        return frozenset(named)
    table = schema.tables().get(source)
    return frozenset(table.names) if table else frozenset()


def _headers(value: object) -> Iterable[str]:
    if isinstance(value, list):
        return [v for v in value if isinstance(v, str)]
    if isinstance(value, dict):
        return [v for k, v in value.items() if k != "match"]
    text = str(value)
    return [] if text.startswith("=") else re.findall(r"\{([^}]+)\}", text) or [text]


def _known(ways: Iterable[Way], manifest: Manifest) -> None:
    """A mapping names a source that is there."""
    names = {way.source.name for way in ways}
    faults = [
        Fault(
            f"a source or file of that name; there are {', '.join(sorted(names)) or 'none'}",
            meant(m.source, names, "name the file under sources in books.yaml"),
            NAME,
            None,
            f"tables.{m.table}.source",
            m.source,
            reason="mapping",
        )
        for ms in manifest.tables.values()
        for m in ms
        if m.source is not None and m.source not in names
    ]
    if faults:
        raise InputError(faults)
