"""Typed tables of the books, written out by hand: what the readers would leave behind."""

from __future__ import annotations

import atexit
from typing import Any

from earned.books import schema
from earned.books.manifest import Manifest, load
from earned.engine import Engine

_SQL = {"string": "VARCHAR", "int64": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}


def manifest(**settings: str) -> Manifest:
    """A manifest without books.yaml; `company__currency="EUR"` sets company.currency."""
    return load(None, [(key.replace("__", "."), value) for key, value in settings.items()])


def books(**tables: list[dict[str, Any]]) -> Engine:
    """An engine with every books_<table>, the named ones filled; source_file and source_row are given."""
    engine = Engine(threads=1)
    atexit.register(engine.close)
    for name, table in schema.tables().items():
        columns = ", ".join(f'"{c}" {_type(t)}' for c, t in table.stored.items())
        engine.sql(f"CREATE TABLE books_{name} ({columns})")
        for number, row in enumerate(tables.get(name, []), 2):
            full = {"source_file": f"{name}.csv", "source_row": number} | row
            if name == "entries":
                full = {"entry_id": f"E{number}", "is_opening": False, "currency": "CNY"} | full
            assert set(full) <= set(table.stored), set(full) - set(table.stored)
            names = ", ".join(f'"{c}"' for c in full)
            values = ", ".join(f"${c}" for c in full)
            engine.connection.execute(f"INSERT INTO books_{name} ({names}) VALUES ({values})", full)
    engine.sql(
        "CREATE TABLE rejected (source_file VARCHAR, source_row BIGINT, table_name VARCHAR, "
        "column_name VARCHAR, value VARCHAR, reason VARCHAR, expected VARCHAR)"
    )
    engine.sql(
        'CREATE TABLE quality (table_name VARCHAR, column_name VARCHAR, "check" VARCHAR, '
        '"rows" BIGINT, example VARCHAR, action VARCHAR)'
    )
    return engine


def _type(stored: str) -> str:
    return _SQL.get(stored, "TIMESTAMPTZ" if stored.startswith("timestamp") else stored.replace(" ", ""))
