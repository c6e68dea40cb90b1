"""The page of tables is the schema, printed."""

from __future__ import annotations

from pathlib import Path

from earned.books import schema
from earned.books.describe import tables_page

PAGE = Path(__file__).parents[3] / "docs" / "tables.md"


def test_the_page_in_the_docs_is_the_page_as_printed() -> None:
    assert PAGE.read_text(encoding="utf-8") == tables_page(), (
        "python -m earned.books.describe > docs/tables.md"
    )


def test_every_column_has_a_line() -> None:
    lines = tables_page().splitlines()
    assert sum(line.startswith("| `") for line in lines) == sum(
        len(t.columns) for t in schema.tables().values()
    )
