"""The page of all tables and columns, printed from the schema; `make docs` writes it to docs/tables.md."""

from __future__ import annotations

from earned.books import schema
from earned.books.schema import Column, Table

_TOP = """# The tables of the books

Eight columns are enough to run: {minimum}. Everything else makes the answer sharper; the report says
what could not be tested without it.

- **need**: *required*: the row cannot be used without it. *core*: optional, but the main job is much weaker
  without it. *optional*: switches on only what names it. *one of …*: each row fills at least one column of
  the group. *may be empty*: the column must be there, a cell may be empty. *else*: what is taken, in this
  order, where the cell is empty.
- **type**: *id* is text, never a number. *money* is an ordinary decimal in files and an integer of minor
  units inside, in a column named `<name>_minor`, in the currency of its row. *instant* is a date and time
  with zone. *quantity* has up to nine decimals. *ppm* is parts per million.
- **ADS**: the name in the AICPA Audit Data Standards; files with these headers are read as they are.

Every table also carries `source_file` and `source_row`, so that every figure leads back to a cell.
"""


def tables_page() -> str:
    """Markdown: every table with its row, key and columns (type, unit, need, meaning, name in the ADS)."""
    tables = schema.tables()
    contents = "\n".join(f"- [{t.name}](#{t.name}): {t.row}" for t in tables.values())
    return "\n".join([_TOP.format(minimum=_minimum()), contents, *(_table(t) for t in tables.values())])


def _minimum() -> str:
    least = schema.document()["minimum"]
    named = {name: columns for name, columns in least.items() if name in schema.tables()}
    return ", ".join(f"`{name}({', '.join(columns)})`" for name, columns in named.items())


def _table(table: Table) -> str:
    key = ", ".join(f"`{column}`" for column in table.key)
    lines = [
        f"\n## {table.name}\n",
        f"A row is {table.row}. Key: {key}.\n",
        "| column | type | need | meaning | ADS |",
        "|---|---|---|---|---|",
        *(_column(column) for column in table.columns),
    ]
    return "\n".join(lines) + "\n"


def _column(column: Column) -> str:
    unit = f" ({column.unit})" if column.unit and column.unit != column.type else ""
    kind = f"one of: {', '.join(column.values)}" if column.values else column.type + unit
    cells = (f"`{column.name}`", kind, _need(column), column.meaning, column.ads or "")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _need(column: Column) -> str:
    need = f"one of *{column.group}*" if column.group else column.need
    if column.null_ok:
        need += ", may be empty"
    return f"{need}; else {', '.join(column.otherwise)}" if column.otherwise else need
