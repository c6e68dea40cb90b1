"""Every output file holds the columns of the interface, in their order and types; no float anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from earned import run
from earned.engine import Engine, EngineError
from tests.properties.ran import Ran

#: the types of the interface, written out again
ARROW = {
    "string": pa.string(),
    "int64": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "decimal(10, 9)": pa.decimal128(10, 9),
    "decimal(18, 6)": pa.decimal128(18, 6),
    "decimal(38, 9)": pa.decimal128(38, 9),
}


def test_files_are_as_declared(ran: Ran) -> None:
    said = json.loads((ran.folder / "run.json").read_text(encoding="utf-8"))["tables"]
    assert set(said) == set(run.names()) == {p.stem for p in (ran.folder / "tables").iterdir()}
    for name in run.names():
        file = parquet.ParquetFile(ran.folder / "tables" / f"{name}.parquet")
        declared = [(column, ARROW[kind]) for column, kind in run.schema(name).items()]
        assert [(f.name, f.type) for f in file.schema_arrow] == declared, name
        assert file.metadata.num_rows == said[name]["rows"], name


def test_amounts_and_shares_are_integers_and_days_are_days() -> None:
    """INTERFACE: what the end of a column's name says of its type."""
    for name in run.names():
        for column, kind in run.schema(name).items():
            if column.endswith("_minor") or "_ppm" in column:
                assert kind == "int64", (name, column)
            if column.endswith("_date"):
                assert kind == "date", (name, column)
            assert not kind.startswith("float"), (name, column)


def test_keys_are_filled_and_once(ran: Ran) -> None:
    for name in run.names():
        keys = [tuple(row[c] for c in run.key(name)) for row in ran.tables[name]]
        assert len(set(keys)) == len(keys), name
        assert not any(part is None for key in keys for part in key), name


def test_json_holds_no_float(ran: Ran) -> None:
    def refused(text: str) -> Any:
        raise AssertionError(f"a float in run.json: {text}")

    json.loads((ran.folder / "run.json").read_text(encoding="utf-8"), parse_float=refused)


@pytest.fixture
def engine() -> Iterator[Engine]:
    opened = Engine(threads=1)
    yield opened
    opened.close()


def write(engine: Engine, rows: ir.Table, folder: Path, kind: str = "int64") -> Path:
    path = folder / "table.parquet"
    engine.write(rows, {"name": "string", "amount_minor": kind}, ["name"], path)
    return path


def rows(engine: Engine, *amounts: int) -> ir.Table:
    names = [f"n{i}" for i in range(len(amounts))]
    return engine.small("rows", pa.table({"name": names, "amount_minor": pa.array(amounts, pa.int64())}))


VIOLATIONS: dict[str, Callable[[ir.Table], ir.Table]] = {
    "a sum beyond int64": lambda t: t.agg(name=t.name.min(), amount_minor=t.amount_minor.sum()),
    "a product beyond int64": lambda t: t.mutate(amount_minor=t.amount_minor * 4),
    "text": lambda t: t.mutate(amount_minor=ibis.literal("many")),
    "half a cent": lambda t: t.mutate(amount_minor=ibis.literal(Decimal("0.5"))),
    "a float": lambda t: t.mutate(amount_minor=t.amount_minor.cast("float64") / 3),
    "a missing column": lambda t: t.drop("amount_minor"),
}


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_the_writer_refuses_what_does_not_fit(violation: str, engine: Engine, tmp_path: Path) -> None:
    large = rows(engine, 2**62, 2**62)
    assert parquet.read_table(write(engine, large, tmp_path)).to_pylist()[1]["amount_minor"] == 2**62
    with pytest.raises((EngineError, duckdb.Error, ibis.common.exceptions.IbisError)):
        write(engine, VIOLATIONS[violation](large), tmp_path)


def test_the_writer_refuses_a_type_that_it_cannot_keep(engine: Engine, tmp_path: Path) -> None:
    """A declared type that Parquet gives back as another one."""
    with pytest.raises((EngineError, KeyError, duckdb.Error)):
        write(engine, rows(engine, 1), tmp_path, kind="float64")
