"""Golden cases: books in one YAML file, the rows expected of a run by key, and rows that must be absent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import earned

Row = Mapping[str, Any]

#: the columns that tell the rows of a run table apart (INTERFACE, bold); a finding is also named by its unit
KEYS: Mapping[str, tuple[str, ...]] = {
    "rejected": ("source_file", "source_row"),
    "quality": ("table_name", "column_name", "check"),
    "reconciliation": ("total", "period_id"),
    "units": ("unit_id",),
    "allocations": ("unit_id", "version"),
    "evidence_used": ("evidence_id", "unit_id"),
    "positions": ("unit_id", "period_id"),
    "gap_parts": ("unit_id", "period_id", "part"),
    "entry_support": ("entry_id", "period_id"),
    "unlinked": ("entry_id",),
    "findings": ("unit_id",),
    "misstatements": ("dimension", "member", "period_id"),
    "evidence_range": ("scenario", "period_id"),
    "guidance": ("guidance_id",),
    "published": ("announced_id",),
    "contract_balances": ("contract_id", "period_id"),
    "balance_movements": ("contract_id", "period_id", "balance"),
    "remaining_obligations": ("contract_id", "period_id", "year"),
    "disaggregation": ("dimension", "member", "period_id"),
    "progress": ("obligation_id", "period_id"),
    "estimate_changes": ("obligation_id", "period_id"),
    "financing": ("contract_id", "period_id"),
    "contract_costs": ("cost_id", "period_id"),
    "losses": ("contract_id", "period_id"),
}

_ALLOWED = {"title", "source", "rules", "books_yaml", "tables", "expect", "absent"}
_REQUIRED = {"title", "source", "expect"}


@dataclass(frozen=True)
class Case:
    """One situation: its books as text, what the run must hold (`expect`) and must not hold (`absent`).

    `rules` names the files of `earned.recognition` that it proves: their pages list it.
    """

    title: str
    source: str
    expect: Mapping[str, Sequence[Row]]
    rules: Sequence[str] = ()
    books_yaml: str | None = None
    tables: Mapping[str, str] = field(default_factory=dict)
    absent: Mapping[str, Any] = field(default_factory=dict)


def read_case(path: Path) -> Case:
    """The case in a YAML file; a key or a table that is not known is an error that lists the known ones."""
    text = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    _closed(path, "keys", set(text), _ALLOWED)
    if missing := _REQUIRED - set(text):
        raise ValueError(f"{path.name}: missing {sorted(missing)}")
    case = Case(**text)
    _closed(path, "tables under expect and absent", {*case.expect, *case.absent}, set(KEYS))
    return case


def _closed(path: Path, what: str, found: set[str], allowed: set[str]) -> None:
    if unknown := found - allowed:
        raise ValueError(f"{path.name}: unknown {what} {sorted(unknown)}; allowed: {sorted(allowed)}")


def write_books(case: Case, folder: Path) -> Path:
    """Write the books of a case as CSV files with our names, and books.yaml where it has one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, csv in case.tables.items():
        (folder / f"{name}.csv").write_text(csv, encoding="utf-8")
    if case.books_yaml is not None:
        (folder / "books.yaml").write_text(case.books_yaml, encoding="utf-8")
    return folder


def run_tables(books: Path, names: Sequence[str]) -> dict[str, list[Row]]:
    """Examine the books and return the named run tables as rows."""
    run = earned.examine(earned.open_books(books))
    return {name: run.tables[name].arrow().to_pylist() for name in names}


def differences(case: Case, tables: Mapping[str, Sequence[Row]]) -> list[str]:
    """Every expectation of a case that the tables do not meet, in words; empty when all are met."""
    found: list[str] = []
    for name, rows in case.expect.items():
        for wanted in rows:
            found += _compare(name, wanted, tables[name])
    for name, wanted in case.absent.items():
        found += _still_there(name, wanted, tables[name])
    return found


def _compare(name: str, wanted: Row, rows: Sequence[Row]) -> list[str]:
    key = {column: wanted[column] for column in KEYS[name] if column in wanted}
    if not key:
        raise ValueError(f"{name}: {dict(wanted)} names no key column of {KEYS[name]}")
    label = f"{name} {' / '.join(_plain(value) or 'empty' for value in key.values())}"
    matches = [row for row in rows if _matches(key, row)]
    if len(matches) != 1:
        return [f"{label}: {len(matches) or 'no'} such row{'s' if matches else ''}, expected {dict(wanted)}"]
    row = matches[0]
    if unknown := set(wanted) - set(row):
        raise ValueError(f"{name}: no column {sorted(unknown)}; columns: {list(row)}")
    wrong = [column for column in wanted if _plain(wanted[column]) != _plain(row[column])]
    return [f"{label}: {c}: expected {_plain(wanted[c])}, found {_plain(row[c])}" for c in wrong]


def _still_there(name: str, wanted: Any, rows: Sequence[Row]) -> list[str]:
    if wanted == "all":
        return [f"{name}: expected no row, found {dict(row)}" for row in rows]
    return [
        f"{name}: expected no row {dict(pattern)}, found {dict(row)}"
        for pattern in wanted
        for row in rows
        if _matches(pattern, row)
    ]


def _matches(pattern: Row, row: Row) -> bool:
    return all(_plain(value) == _plain(row[column]) for column, value in pattern.items())


def _plain(value: Any) -> str | None:
    """One text for a value as YAML and Arrow hold it: ISO days, lower-case booleans, plain numbers."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
