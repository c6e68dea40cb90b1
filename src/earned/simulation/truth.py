"""What is true of the books, beside them: planted units, the roll-forward, the guidance. Nobody's input."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from earned.simulation.book import Book

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


#: cloopen.md 9.6 and 9.8, thousands: the guidance's lean, and the first estimate with its bridge
CASE = {
    "guidance": {
        "period": "2021Q4", "low": 322_000, "high": 336_000, "midpoint": 329_000, "leaning": 28_400,
        "reached_the_draft": 25_400, "slipped": 3_000, "net_of_work_booked_earlier": 14_230,
        "midpoint_without": 300_600,
    },
    "first_estimate": {
        "2021Q2": {"scheme": 13_210, "other": 1_700, "cleared": 4_500, "earned": 3_310, "earlier": 0},
        "2021Q3": {"scheme": 26_830, "other": 2_400, "cleared": 20_000, "earned": 5_080, "earlier": 6_350},
    },
}  # fmt: skip


def write_case(folder: Path) -> None:
    """case.yaml: figures of the case that no table of the books can give."""
    text = yaml.safe_dump(CASE, sort_keys=False)
    (folder / "case.yaml").write_text(text, encoding="utf-8", newline="\n")


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
