"""The made-up run with as many findings as a test wants: each copy of a unit has a number of its own."""

from __future__ import annotations

import hashlib
from typing import Any

import pyarrow as pa

from earned.report.view import View
from tests.unit.report import fixture

#: Columns that name a unit, or something of one.
_OWN = ("unit_id", "contract_id", "entry_id", "evidence_id", "first_entry_id", "obligation_id")
_OF_UNITS = (
    "units", "positions", "gap_parts", "entry_support", "evidence_used", "findings", "entries", "evidence",
)  # fmt: skip


def view(copies: int, **changed: Any) -> View:
    """The made-up run's twelve findings, `copies` times, each copy a little smaller than the one before."""
    tables = fixture.run()
    for name in _OF_UNITS:
        rows = tables[name].to_pylist()
        grown = [_copied(row, i) for i in range(copies) for row in rows]
        tables[name] = pa.Table.from_pylist(grown, schema=tables[name].schema)
    return fixture.view(tables, **changed)


def _copied(row: dict[str, Any], copy: int) -> dict[str, Any]:
    changed = {c: f"{row[c]}-{copy:05}" for c in _OWN if row.get(c)}
    if "finding_id" in row:
        number = hashlib.sha256(changed["unit_id"].encode()).hexdigest()[:10]
        changed |= {"finding_id": f"F-{number}", "peak_gap_minor": row["peak_gap_minor"] - copy}
    return row | changed
