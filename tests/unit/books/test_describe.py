"""The page of tables is the schema, printed; tests/gates/test_docs.py compares it with docs/."""

from __future__ import annotations

from earned.books import schema
from earned.books.describe import tables_page


def test_every_column_has_a_line() -> None:
    lines = tables_page().splitlines()
    assert sum(line.startswith("| `") for line in lines) == sum(
        len(t.columns) for t in schema.tables().values()
    )
