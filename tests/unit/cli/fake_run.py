"""A run of two tables with figures written by hand, for what only shows or stores runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from earned.books import schema
from earned.books.manifest import load
from earned.engine import Engine

FINDING = {
    "finding_id": "F-0123456789",
    "unit_id": "C-1",
    "peak_gap_minor": 120_000_000,
    "text": "1,200,000.00 booked 29 Jun 2021; first hours 14 Sep 2021",
}


def period(
    name: str, booked: int, earned: int | None, gap: int, announced: int | None = None
) -> dict[str, Any]:
    net = booked - earned if earned is not None else None
    ppm = net * 1_000_000 // announced if announced and net is not None else None
    return {
        "period_id": name,
        "booked_minor": booked,
        "earned_minor": earned,
        "gap_minor": gap,
        "net_minor": net,
        "unlinked_minor": 0,
        "announced_minor": announced,
        "net_ppm_of_announced": ppm,
    }


def figures(**changed: Any) -> dict[str, Any]:
    return {
        "format": "earned.examine/1",
        "run_id": "0123456789ab",
        "rows": {"in": 2114, "used": 2112, "rejected": 2},
        "periods": [
            period("2021Q1", 20_450_000_000, 20_450_000_000, 0, 20_450_000_000),
            period("2021Q2", 27_390_000_000, 26_230_000_000, 1_160_000_000, 27_390_000_000),
        ],
        "findings": 1,
        "exceptions": 0,
        "procedures": {"run": 0, "run_partly": 0, "not_run": 0, "off": 0},
        "reconciliation": {"internal_ok": True, "external_untied": 0},
    } | changed


@dataclass(frozen=True)
class FakeTable:
    """Rows as a table of a run."""

    engine: Engine
    name: str
    schema: Mapping[str, str]
    key: tuple[str, ...]
    rows: list[dict[str, Any]]

    @property
    def expression(self) -> Any:
        types = {"string": pa.string(), "int64": pa.int64()}
        declared = pa.schema([(c, types[t]) for c, t in self.schema.items()])
        return self.engine.small(self.name, pa.Table.from_pylist(self.rows, declared))

    def arrow(self) -> pa.Table:
        return self.expression.to_pyarrow()


DAYS = {"first_date": "date", "last_date": "date"}
CLOSED = {"closed_at": "timestamp('UTC', 6)"}


def empty(columns: Mapping[str, str]) -> Any:
    none = {name: ibis.null(kind) for name, kind in columns.items()}
    return ibis.range(0, 0).unnest().name("one").as_table().select(**none)


@dataclass
class FakeBooks:
    path: Path
    engine: Engine = field(default_factory=Engine)
    manifest: Any = field(default_factory=lambda: load(None, []))
    company_exponent: int = 2
    as_of: datetime = datetime(2022, 3, 31, 23, 59, 59, tzinfo=UTC)
    inputs: tuple[Any, ...] = ()
    sources: tuple[Any, ...] = ()
    filled: Mapping[str, frozenset[str]] = field(default_factory=dict)

    calendar = property(lambda self: empty({"period_index": "int64", "period_id": "string"} | DAYS))
    period_names = property(lambda self: empty({"name": "string"} | DAYS))
    closes = property(lambda self: empty({"entity_id": "string"} | DAYS | CLOSED))
    evidence_unknown = property(lambda self: empty(schema.tables()["evidence"].stored))


@dataclass
class FakeRun:
    books: FakeBooks
    run_id: str = "0123456789ab"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    control_totals: Mapping[str, Any] = field(default_factory=dict)
    not_tested: tuple[Mapping[str, Any], ...] = ()
    has_exceptions: bool = True
    rejected: list[dict[str, Any]] = field(default_factory=list)
    figures: Callable[[], dict[str, Any]] = figures

    @property
    def tables(self) -> dict[str, FakeTable]:
        schema = {"finding_id": "string", "unit_id": "string", "peak_gap_minor": "int64", "text": "string"}
        support = {"entry_id": "string", "amount_minor": "int64"}
        engine = self.books.engine
        texts = ["table_name", "column_name", "value", "reason", "expected", "source_file"]
        rejected = dict.fromkeys(texts, "string") | {"source_row": "int64"}
        place = ("source_file", "source_row")
        quality = dict.fromkeys(("table_name", "column_name", "check", "example", "action"), "string")
        checked = ("table_name", "column_name", "check")
        return {
            "quality": FakeTable(engine, "quality", quality | {"rows": "int64"}, checked, []),
            "rejected": FakeTable(engine, "rejected", rejected, place, self.rejected),
            "findings": FakeTable(engine, "findings", schema, ("finding_id",), [FINDING]),
            "entry_support": FakeTable(engine, "entry_support", support, ("entry_id",), []),
        }
