"""AICPA Audit Data Standards: the flat files of 2013 and 2015, and the JSON of the API (schema 1.0.0).

Neither writes a version into its files: a file is known by its columns, whatever it is called. The flat
names (GL_Account_Number) and those of the API (glAccountNumber) are the same words, so both are read by
one set of names without capitals and marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from earned.faults import Fault, InputError
from earned.imports import ads_tables, files, json_file
from earned.imports.common import Collected, balanced
from earned.imports.files import Source

TITLE = "AICPA Audit Data Standards"
API = "1.0.0"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,99}")
_VERSION_KEYS = ("version", "schemaversion", "apiversion")

Row = dict[str, str]
Rows = Iterator[tuple[int, Row]]


def read(path: Path, found: Collected) -> None:
    """Read the files into ledger, entries, accounts, trial balance, customers, invoices and receipts.

    Raises InputError where no file has the columns of a known table, or a version that is not known.
    """
    tables = [(_kind(source), source) for source in files.sources(path)]
    known = [(kind, source) for kind, source in tables if kind]
    if not known:
        raise _unknown(path, [source for _, source in tables])
    for kind, source in tables:
        if not kind and not _as_it_is(source, found):
            found.leave(f"file {source.name}: not the columns of a table that is known")
    forms = sorted({"API JSON" if _is_json(source) else "flat files" for _, source in known})
    found.version = f"{' and '.join(forms)} (no version in the data)"
    for kind, source in sorted(known, key=lambda pair: list(ads_tables.KNOWN).index(pair[0])):
        _read(kind, source, found)
    found.settle()
    balanced(found)
    ads_tables.against_log(found)
    ads_tables.against_balances(found)


def _read(kind: str, source: Source, found: Collected) -> None:
    seen: set[str] = set()
    take = ads_tables.TAKERS[kind]
    needed = dict.fromkeys(ads_tables.KNOWN[kind][1], "")
    for number, row in _rows(source):
        if "" in row:
            found.reject(source.name, number, "", row[""], "as many cells as the header has")
        else:
            seen.update(name for name, value in row.items() if value)
            take({**needed, **row}, source.name, number, found)
    for column in sorted(seen - ads_tables.TAKEN[kind]):
        found.leave(f"{source.name}: column {column}")


def _as_it_is(source: Source, found: Collected) -> bool:
    """Write a flat file of the standard that has no place in our tables (sales orders, shipments, cash
    applications, open receivables) under its own columns; False for what is no table."""
    if _is_json(source):
        return False
    encoded, delimiter, quote, plain_header, header = _form(source)
    if len(header) < 3 or len(set(plain_header)) < len(header) or not all(map(_NAME.fullmatch, header)):
        return False
    rows = files.rows(source, encoded, delimiter, quote)
    next(rows)
    for number, row in files.named(rows, header):
        if "" in row:
            found.reject(source.name, number, "", row[""], "as many cells as the header has")
        else:
            found.other(Path(source.name).stem, row, source.name, number)
    return True


def _rows(source: Source) -> Rows:
    """Rows under the plain names; a journal of the API gives one row for each of its lines."""
    if _is_json(source):
        yield from enumerate(_flattened(source), 1)
        return
    encoded, delimiter, quote, header, _ = _form(source)
    rows = files.rows(source, encoded, delimiter, quote)
    next(rows)
    yield from files.named(rows, header)


def _flattened(source: Source) -> Iterator[Row]:
    for whole in _objects(json_file.load(source)):
        lines = whole.get("glLineItems")
        for inner in lines if isinstance(lines, list) else ({},):
            both = {**whole, **(inner if isinstance(inner, dict) else {})}
            yield {plain(k): json_file.cell(v).strip() for k, v in both.items() if k != "glLineItems"}


def _objects(content: Any) -> Iterator[dict[str, Any]]:
    """The objects of an answer; one journal alone is one, not a list of its lines."""
    alone = isinstance(content, dict) and "glLineItems" in content
    return iter([content]) if alone else json_file.objects(content)


def plain(name: str) -> str:
    """A column's name without capitals, blanks and marks."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _is_json(source: Source) -> bool:
    return source.head(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def _form(source: Source) -> tuple[str, str, str | None, list[str], list[str]]:
    """Encoding, delimiter, quote, plain header and header: pipe by the standard, comma and tab as they
    come."""
    encoded = files.encoding(source)
    with files.text(source, encoded) as lines:
        first = lines.readline(files.LIMITS["field"]).strip("\r\n\ufeff")
    delimiter = max("|,;\t", key=first.count)
    quote = '"' if delimiter in ",;" or first.startswith('"') else None
    header = [name.strip().strip('"') for name in first.split(delimiter)]
    return encoded, delimiter, quote, [plain(n) for n in header], header


def _kind(source: Source) -> str:
    """The table that a file is, by its columns; empty where it is none of them."""
    if _is_json(source):
        content = json_file.load(source)
        _known_version(source, content)
        first: dict[str, Any] = next(_objects(content), {})
        lines = first.get("glLineItems")
        inner = lines[0] if isinstance(lines, list) and lines and isinstance(lines[0], dict) else {}
        names = {plain(n) for n in (*first, *inner)}
    else:
        names = set(_form(source)[3])
    fitting = (
        kind
        for kind, (_, needs, without) in ads_tables.KNOWN.items()
        if needs <= names and not without & names
    )
    return next(fitting, "")


def _known_version(source: Source, content: Any) -> None:
    if isinstance(content, dict):
        for key, value in content.items():
            if plain(key) in _VERSION_KEYS and json_file.cell(value) not in (API, ""):
                do = f"Known is {API}: a newer version needs a newer earned"
                raise source.fault(
                    "a known version of the API",
                    do,
                    column=key,
                    value=json_file.cell(value),
                    reason="import_format",
                )


def _unknown(path: Path, every: list[Source]) -> InputError:
    known = "; ".join(f"{said} ({', '.join(sorted(needs))})" for said, needs, _ in ads_tables.KNOWN.values())
    shown = [", ".join(_form(s)[3])[:300] for s in every[:1] if not _is_json(s)]
    return InputError(
        [
            Fault(
                "the columns of a table of the Audit Data Standards",
                f"The known tables and their columns are: {known}",
                every[0].name if every else path.name,
                1,
                value=shown[0] if shown else None,
                reason="import_format",
            )
        ]
    )
