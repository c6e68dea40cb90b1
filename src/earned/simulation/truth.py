"""What is true of the books, beside them: planted units, the roll-forward, the guidance. Nobody's input."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from earned.simulation.company import Book

UNITS = pa.schema(
    [
        ("unit_id", pa.string()), ("period_id", pa.string()), ("scheme", pa.string()), ("class", pa.string()),
        ("planted_minor", pa.int64()), ("arising_minor", pa.int64()), ("net_minor", pa.int64()),
        ("manager_id", pa.string()),
    ]
)  # fmt: skip
LATER = pa.schema(
    [
        ("unit_id", pa.string()), ("contract_id", pa.string()), ("department_id", pa.string()),
        ("line", pa.string()), ("origin", pa.string()), ("scheme", pa.string()), ("class", pa.string()),
        ("bucket", pa.string()), ("amount_minor", pa.int64()),
    ]
)  # fmt: skip


def write(book: Book, folder: Path) -> None:
    """units.parquet: a row a planted unit; later.parquet: when it was earned after all.

    `planted_minor` is what was booked, `arising_minor` and `net_minor` what of it was not earned then.
    """
    planted = sorted(book.planted, key=lambda p: (p.quarter, p.unit_id))
    rows = [
        {
            "unit_id": p.unit_id, "period_id": p.quarter, "scheme": p.scheme, "class": p.kind,
            "planted_minor": p.booked, "arising_minor": p.over, "net_minor": p.over,
            "manager_id": p.manager_id,
        }
        for p in planted
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=UNITS), folder / "units.parquet")
    later = [
        {
            "unit_id": p.unit_id, "contract_id": p.contract_id, "department_id": p.department,
            "line": p.line, "origin": p.quarter, "scheme": p.scheme, "class": p.kind, "bucket": bucket,
            "amount_minor": amount,
        }
        for p in planted
        for bucket, amount in p.later
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(later, schema=LATER), folder / "later.parquet")
