"""Sources by name: files of one layout are one source, and no source has the name of another table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from earned.books import schema
from earned.books.guess.answer import Answer
from earned.books.guess.recognise import Draft
from earned.books.guess.survey import Found


def merged(drafts: Sequence[Draft]) -> tuple[list[Draft], dict[int, list[str]]]:
    """The drafts with those of one layout once, and the further files of each draft kept (by its place)."""
    kept: list[Draft] = []
    further: dict[int, list[str]] = {}
    for one in drafts:
        same = next((i for i, k in enumerate(kept) if _alike(k, one)), None)
        if same is None:
            kept.append(one)
        else:
            further.setdefault(same, []).extend(one.found.source.paths)
    return kept, further


def _alike(one: Draft, other: Draft) -> bool:
    """The same table from files of the same headers, in the same place of the file."""
    a, b = one.found, other.found
    same = one.table == other.table and a.table.kind == b.table.kind and a.source.paths != b.source.paths
    headers = [c.header for c in a.columns] == [c.header for c in b.columns]
    return (
        same and headers and a.source.header_row == b.source.header_row and a.source.sheet == b.source.sheet
    )


def named(found: Sequence[Found], tables: Mapping[int, Sequence[str]]) -> list[str]:
    """A name for each source, unique, from its file and sheet; `tables` are those it feeds."""
    names: list[str] = []
    for place, one in enumerate(found):
        file = one.source.paths[0].rpartition("/")[2]
        stem = re.sub(
            r"\.(csv|tsv|txt|xlsx|xlsm|parquet|pq|duckdb|db)(\.(gz|zst))?$", "", file, flags=re.IGNORECASE
        )
        inner = one.source.sheet or one.source.table
        several = sum(o.source.paths[0] == one.source.paths[0] for o in found) > 1
        name = f"{stem} {inner}" if inner and several else stem
        if name in schema.tables() and [name] != list(tables.get(place, ())):
            name = f"{name} file"
        turn, base = 1, name
        while name in names:
            turn += 1
            name = f"{base} {turn}"
        names.append(name)
    return names


def source(one: Found, more: Sequence[str]) -> dict[str, Any]:
    """The keys of a source."""
    paths = [*one.source.paths, *more]
    keys: dict[str, Any] = {"path": Answer(paths[0] if len(paths) == 1 else paths)}
    if one.source.sheet:
        keys["sheet"] = Answer(one.source.sheet)
    if one.source.table:
        keys["table"] = Answer(one.source.table)
    if one.source.header_row:
        keys["header_row"] = Answer(one.source.header_row, "the headers stand in this row")
    if one.source.delimiter and one.source.delimiter != ",":
        keys["delimiter"] = Answer("tab" if one.source.delimiter == "\t" else one.source.delimiter)
    if one.source.encoding:
        keys["encoding"] = Answer(one.source.encoding, "the text is neither UTF-8 nor GB18030; check a name")
    return keys


def decoded(one: Found) -> Found:
    """A text file that is neither UTF-8 nor GB18030, with the encoding of Western exports."""
    return replace(one, source=replace(one.source, encoding="cp1252"))
