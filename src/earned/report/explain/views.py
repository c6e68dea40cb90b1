"""A run folder as views: its tables, the rows of the books kept with it, and the joins that figures share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from earned import money, run
from earned.books.manifest import Manifest, load
from earned.books.policy import NAMES
from earned.engine import Engine
from earned.faults import Fault, InputError
from earned.report import figures

_DUCK = {"string": "VARCHAR", "int64": "BIGINT", "timestamp('UTC', 6)": "TIMESTAMPTZ"}


#: bytes of a file that is read once
SMALL = 5_000_000


def make(engine: Engine, folder: Path, document: dict[str, Any]) -> Manifest:
    """Make the views and return books.yaml as used.

    From then on the engine reaches no file outside the folder, and no setting can be changed. Raises
    InputError where a table of the run is missing.
    """
    missing = [n for n in run.names() if not (folder / "tables" / f"{n}.parquet").is_file()]
    if missing:
        do = "Examine the books again with this version."
        raise InputError([Fault(f"tables/{missing[0]}.parquet", do, str(folder), reason="run_folder")])
    place, small = str(folder.absolute()).replace("'", "''"), True
    for table in (*run.names(), *figures.of_books()):
        file = folder / _file(table)
        rows = f"FROM read_parquet('{place}/{_file(table)}')" if file.is_file() else _empty(table)
        # A small file is read once; of a large one each statement reads the columns that it needs.
        kind = "TABLE" if file.is_file() and file.stat().st_size < SMALL else "VIEW"
        small = small and (kind == "TABLE" or not file.is_file())
        engine.sql(f"CREATE {kind} {figures.relation(table)} AS {rows}")
    if small:
        # Hundreds of statements over small tables: to order their joins costs more than any order saves.
        engine.sql("SET disabled_optimizers = 'join_order'")
    manifest = load(folder)
    _facts(engine, manifest, heed=document["parameters"].get("decisions", True))
    engine.sql(figures.views())
    engine.confine(folder.absolute())
    engine.sql("SET lock_configuration = true")
    return manifest


def _file(table: str) -> str:
    return f"{table.replace('.', '/') if '.' in table else f'tables/{table}'}.parquet"


def _empty(table: str) -> str:
    columns = figures.columns(table).items()
    cells = (f'CAST(NULL AS {_DUCK.get(kind, kind.upper())}) AS "{c}"' for c, kind in columns)
    return f"SELECT {', '.join(cells)} WHERE false"


def _facts(engine: Engine, manifest: Manifest, heed: bool) -> None:
    """The company, its policy where it is one value for all days, and the decimals of currencies."""
    company = manifest.company
    engine.small(
        "company",
        pa.table(
            {
                "currency": [company.currency],
                "entity_id": pa.array([company.entity_id or None], pa.string()),
                "timezone": [company.timezone],
                "window_from": pa.array([manifest.window.first], pa.date32()),
                "heeds_decisions": [heed],
                **{name.replace(".", "_"): _undated(manifest, name) for name in NAMES},
            }
        ),
    )
    known = money.currencies()
    codes = {"code": list(known), "exponent": pa.array(known.values(), pa.int64())}
    engine.small("currencies", pa.table(codes))


def _undated(manifest: Manifest, name: str) -> pa.Array:
    """A policy's value as text; empty where there is none, `dated` where it changes with the day."""
    steps = manifest.policy.steps(name)
    value = steps[0][1] if len(steps) == 1 else "dated"
    text = ",".join(value) if isinstance(value, tuple) else None if value is None else str(value).lower()
    return pa.array([value if name == "least_grade" and len(steps) == 1 else text], pa.string())
