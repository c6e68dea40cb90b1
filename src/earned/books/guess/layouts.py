"""Sources by name: files of one layout are one source, and no source has the name of another table."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from earned.books import schema
from earned.books.guess.answer import Answer
from earned.books.guess.survey import Found


def named(found: Sequence[Found], tables: Mapping[int, Sequence[str]]) -> list[str]:
    """A name for each source, unique, from its file and sheet; `tables` are those it feeds."""
    names: list[str] = []
    for place, one in enumerate(found):
        file = one.source.paths[0].rpartition("/")[2]
        stem = re.sub(
            r"\.(csv|tsv|txt|xlsx|xlsm|parquet|pq|duckdb|db)(\.(gz|zst))?$", "", file, flags=re.IGNORECASE
        )
        if len(one.source.paths) > 1:
            stem = _common([p.rpartition("/")[2] for p in one.source.paths]) or stem
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


def source(one: Found) -> dict[str, Any]:
    """The keys of a source."""
    paths = list(one.source.paths)
    seen = "" if one.times == 1 else "only its beginning and its end were looked at"
    keys: dict[str, Any] = {"path": Answer(paths[0] if len(paths) == 1 else paths, seen)}
    if one.source.sheet:
        keys["sheet"] = Answer(one.source.sheet)
    if one.source.table:
        keys["table"] = Answer(one.source.table)
    if one.source.header_row:
        keys["header_row"] = Answer(_rows(one.source.header_row), "the headers stand there")
    if one.source.fill_down:
        keys["fill_down"] = Answer(list(one.source.fill_down), "stands once above the rows it belongs to")
    if one.source.delimiter and one.source.delimiter != ",":
        keys["delimiter"] = Answer("tab" if one.source.delimiter == "\t" else one.source.delimiter)
    if one.source.encoding:
        keys["encoding"] = Answer(one.source.encoding, "the text is not UTF-8; check a name")
    return keys


def _rows(at: int | tuple[int, ...]) -> int | list[int]:
    return at if isinstance(at, int) else list(at)


def _common(files: Sequence[str]) -> str:
    """How the names of several files begin, without the number or month that tells them apart."""
    return re.sub(r"[\W\d_]+$", "", os.path.commonprefix(list(files)))  # noqa: RUF071 (names, not paths)
