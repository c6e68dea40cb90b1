"""The same examination once more, and the first difference of each of its outputs from those of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from filecmp import cmp
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from earned import run as tables_of_run
from earned.books import Books, open_books
from earned.engine import Engine
from earned.examine import examine
from earned.runfolder import write_run
from earned.verify import folder
from earned.verify.folder import MISSING, RECORD, Held, listing, path_of

#: why a file of a run is not the one that recomputation writes
OTHERWISE = "recomputed otherwise"
OTHER_BYTES = "the same rows in other bytes"
NOT_WRITTEN = "not written by recomputation"


def examined(
    books: Path, said: Mapping[str, Any], scratch: Path, tell: Callable[[str, int | None], None]
) -> tuple[Path, list[dict[str, Any]]]:
    """The run folder of the books with the parameters of run.json, and the inputs that are read otherwise.

    Where there are such inputs nothing is computed. Raises InputError for books that cannot be examined.
    """
    given = said["parameters"]
    pairs = (str(setting).partition("=") for setting in given.get("settings", ()))
    settings = [(key, value) for key, _, value in pairs]
    opened = open_books(books, overrides=settings, limits=given.get("limits"), progress=tell)
    try:
        others = _others(said, {i.path: i.sha256 for i in opened.inputs})
        fresh = scratch / "run"
        if not others:
            run = examine(
                _named(opened, said, scratch),
                progress=tell,
                procedures=given.get("procedures"),
                decisions=given.get("decisions") is not False,
                from_period=given.get("from_period"),
                to_period=given.get("to_period"),
            )
            write_run(run, fresh, report="report.html" in said["files"])
        return fresh, others
    finally:
        opened.engine.close()


def _others(said: Mapping[str, Any], found: Mapping[str, str]) -> list[dict[str, Any]]:
    """The inputs not read as run.json says: added, left out, or answered otherwise by a database."""
    expected = {i["path"]: i["sha256"] for i in said["inputs"]}
    return [
        {"path": path, "expected": expected.get(path), "found": found.get(path), "same": False}
        for path in sorted({*expected, *found})
        if expected.get(path) != found.get(path)
    ]


def _named(opened: Books, said: Mapping[str, Any], scratch: Path) -> Books:
    """Books without a company's name are called by their folder: by its name when the run was made."""
    title = said.get("source", {}).get("title")
    if not title or opened.path is None or not opened.path.is_dir():
        return opened
    return replace(opened, path=scratch / "books" / str(title))


def tables(run: Path, fresh: Path, held: Held) -> list[dict[str, Any]]:
    """Every table as recomputed (expected) against the run's (found), with its first difference by key."""
    expected = folder.record(fresh)["tables"]
    others = folder.record(run)["tables"].keys() - expected.keys()
    engine, rows = Engine(), []
    try:
        for name in (*expected, *sorted(others)):
            mine, its = expected.get(name), held.written.get(path_of(name))
            same = mine is not None and its is not None and mine["content_sha256"] == its.content_sha256
            both = mine is not None and its is not None
            first = difference(name, fresh, run, engine) if both and not same else None
            rows.append(
                {
                    "name": name,
                    "same": same,
                    "rows_expected": mine["rows"] if mine else None,
                    "rows_found": its.rows if its else None,
                    "first_difference": first,
                }
            )
    finally:
        engine.close()
    return rows


def difference(name: str, fresh: Path, run: Path, engine: Engine) -> dict[str, Any] | None:
    """The first row in key order that only one of two runs holds, and the first column that differs in it.

    `column` is None where one side has no such row; `key` is None where the columns themselves differ.
    """
    expected, found = fresh / path_of(name), run / path_of(name)
    columns = _columns(expected, found)
    if columns:
        return columns
    key = tables_of_run.key(name)
    sides = _first_rows(key, expected, found, engine)
    first = sides[0]
    pair = [next((r for r in sides if r["#"] == side and _same_key(r, first, key)), None) for side in (0, 1)]
    mine, its = ({c: _plain(v) for c, v in r.items() if c != "#"} if r else None for r in pair)
    column = next((c for c in mine if mine[c] != its[c]), None) if mine and its else None
    return {
        "key": [_plain(first[c]) for c in key],
        "column": column,
        "expected": mine[column] if mine and column else mine,
        "found": its[column] if its and column else its,
    }


def _first_rows(key: Sequence[str], expected: Path, found: Path, engine: Engine) -> list[dict[str, Any]]:
    """The first row of each side among those that the other lacks, by key: at most two, at least one."""
    one, two = (f"SELECT * FROM read_parquet('{_quoted(p)}')" for p in (expected, found))
    cells = ", ".join(f'"{c}"' for c in pq.read_schema(expected).names)
    keys = ", ".join(f'"{c}"' for c in key)
    query = (
        f'WITH d AS (SELECT 0 AS "#", * FROM ({one} EXCEPT ALL {two}) '
        f"UNION ALL SELECT 1, * FROM ({two} EXCEPT ALL {one})) "
        f'SELECT * FROM d QUALIFY row_number() OVER (PARTITION BY "#", {keys} ORDER BY {cells}) = 1 '
        f'ORDER BY {keys.replace(",", " NULLS FIRST,")} NULLS FIRST, "#" LIMIT 2'
    )
    rows: list[dict[str, Any]] = engine.connection.execute(query).to_arrow_table().to_pylist()
    return rows


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _same_key(row: Mapping[str, Any], other: Mapping[str, Any], key: Sequence[str]) -> bool:
    return all(row[c] == other[c] for c in key)


def _columns(expected: Path, found: Path) -> dict[str, Any] | None:
    """The first column, by place, whose name or type is not the same."""
    mine, its = (_typed(pq.read_schema(p)) for p in (expected, found))
    for one, two in zip_longest(mine, its):
        if one != two:
            column = (one or two).partition(" ")[0]
            return {"key": None, "column": column, "expected": one, "found": two}
    return None


def _typed(schema: pa.Schema) -> list[str]:
    return [f"{f.name} {f.type}" for f in schema]


def _plain(value: Any) -> Any:
    """A cell as JSON has it: integers, texts and flags as they are, days in ISO, decimals as text."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def files(run: Path, fresh: Path, held: Held, compared: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every file byte by byte, but run.json; what run.json itself says of a file comes first.

    `compared` are the tables as `tables` gives them.
    """
    stated = {f["name"]: f for f in held.files}
    same_rows = {path_of(t["name"]) for t in compared if t["same"]}
    rows = []
    for name in sorted({*stated, *listing(fresh)} - {RECORD}):
        why = stated[name]["why"] if name in stated else MISSING
        mine, its = fresh / name, run / name
        if why is None and not mine.is_file():
            why = NOT_WRITTEN
        elif why is None and not cmp(mine, its, shallow=False):
            why = OTHER_BYTES if name in same_rows else OTHERWISE
        rows.append({"name": name, "same": why is None, "why": why})
    return rows


def record(found: Any, expected: Any, key: str = "") -> dict[str, Any]:
    """run.json against the recomputed one: {same, first_difference {key, expected, found}}, keys dotted."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for name in sorted({*found, *expected}):
            inner = record(found.get(name), expected.get(name), f"{key}.{name}" if key else name)
            if not inner["same"]:
                return inner
        return {"same": True, "first_difference": None}
    if found == expected and type(found) is type(expected):
        return {"same": True, "first_difference": None}
    return {"same": False, "first_difference": {"key": key, "expected": expected, "found": found}}
