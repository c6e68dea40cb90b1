"""Differences between the oracle's tables and those of a run, by key and column."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

from .model import Row, Tables

KEYS = {
    "units": ("unit_id",),
    "allocations": ("unit_id", "version"),
    "evidence_used": ("evidence_id", "unit_id"),
    "positions": ("unit_id", "period_id"),
    "gap_parts": ("unit_id", "period_id", "part"),
    "entry_support": ("entry_id", "period_id"),
    "unlinked": ("entry_id",),
    "findings": ("finding_id",),
    "misstatements": ("dimension", "member", "period_id"),
    "evidence_range": ("scenario", "period_id"),
    "guidance": ("guidance_id",),
}


def compare(expected: Tables, found: str | Path | Mapping[str, Any], limit: int = 40) -> list[str]:
    """One line per difference: table, key, column, what the oracle has and what the run has.

    `found` is a run folder (its `tables/*.parquet`), the tables folder itself, or a mapping of name to rows
    or Arrow table. Columns that the oracle does not give are not compared; nor are figures of units that are
    not tested, the day of a paper that does not count, and rows of misstatements that hold nothing.
    """
    lines: list[str] = []
    for table, rows in expected.items():
        run = _rows(found, table)
        if run is None:
            lines.append(f"{table}: the run has no such table")
            continue
        lines += _differences(table, rows, run)
    return lines[:limit]


def _rows(found: str | Path | Mapping[str, Any], table: str) -> list[Row] | None:
    if isinstance(found, Mapping):
        rows: Any = found.get(table)
        return rows.to_pylist() if hasattr(rows, "to_pylist") else rows  # type: ignore[no-any-return]
    for folder in (Path(found) / "tables", Path(found)):
        if (folder / f"{table}.parquet").exists():
            return parquet.read_table(folder / f"{table}.parquet").to_pylist()  # type: ignore[no-any-return]
    return None


def _differences(table: str, expected: list[Row], found: list[Row]) -> list[str]:
    key = KEYS[table]
    if table == "allocations":
        expected, found = _moved(expected), _moved(found)
    ours = {tuple(r[k] for k in key): r for r in expected}
    theirs = {tuple(r[k] for k in key): r for r in found}
    lines = []
    if len(theirs) != len(found):
        lines.append(f"{table}: {len(found) - len(theirs)} rows of the run repeat a key")
    for where in sorted(ours.keys() | theirs.keys(), key=str):
        mine, its = ours.get(where), theirs.get(where)
        name = f"{table}/{'/'.join(map(str, where))}"
        if mine is None or its is None:
            if not _nothing(table, mine or its or {}):
                here = mine or its or {}
                lines.append(f"{name}: only in the {'oracle' if mine else 'run'}: {_filled(here, key)}")
            continue
        for column in mine:
            if not _skipped(table, column, mine) and mine[column] != its.get(column):
                lines.append(f"{name}/{column}: oracle {mine[column]!r}, run {its.get(column)!r}")
    return lines


def _moved(rows: list[Row]) -> list[Row]:
    """Without the steps that leave a unit's share as it is: they may have a row or not."""
    now: dict[str, int | None] = {}
    kept = []
    for row in sorted(rows, key=lambda r: r["version"]):
        if not row["version"] or row["allocated_minor"] != now[row["unit_id"]]:
            kept.append(row)
        now[row["unit_id"]] = row["allocated_minor"]
    return kept


def _filled(row: Row, key: tuple[str, ...]) -> str:
    return ", ".join(f"{c}={v}" for c, v in row.items() if v is not None and c not in key)


def _nothing(table: str, row: Row) -> bool:
    """A row of a dimension in which nothing happened may be there or not."""
    amounts = [v for c, v in row.items() if c.endswith("_minor") and c != "announced_minor"]
    return table == "misstatements" and row["dimension"] != "total" and not any(amounts)


def _skipped(table: str, column: str, mine: Row) -> bool:
    if table == "positions" and mine["gap_minor"] is None:
        return column != "gap_minor"
    if table != "evidence_used" or mine["counts"]:
        return False
    return column == "effective_date" or (column == "grade" and mine["reason"] == "after_as_of")
