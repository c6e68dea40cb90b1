"""Books of a few lines, written into a folder and read: what the tests of reading share."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earned.books.as_of import as_of
from earned.books.manifest import load
from earned.books.readers import load_sources
from earned.books.tables import Tables, read_tables
from earned.engine import Engine

COMPANY = "company: {currency: CNY, timezone: Asia/Shanghai}\n"
CONTRACTS = "contract_id,price\nC1,1000\n"
ENTRIES = "contract_id,effective_date,amount\nC1,2021-06-30,1000\n"


@dataclass(frozen=True)
class Read:
    """Books that were read, and questions to them."""

    engine: Engine
    tables: Tables

    def column(self, table: str, column: str) -> list[Any]:
        """A column of a table in the order of its rows in the files."""
        found = self.engine.sql(f"SELECT {column} FROM books_{table} ORDER BY source_file, source_row")
        return [row[0] for row in found]

    def rejected(self, table: str) -> list[tuple[Any, ...]]:
        """(row, column, value, reason) of a table's rejected rows."""
        return self.engine.sql(
            "SELECT source_row, column_name, value, reason FROM rejected "
            f"WHERE table_name = '{table}' ORDER BY source_file, source_row"
        )

    def expected(self, table: str) -> str:
        """The words of the first rejected row."""
        found = self.engine.sql(f"SELECT expected FROM rejected WHERE table_name = '{table}' ORDER BY ALL")
        return str(found[0][0])

    def quality(self, table: str) -> list[tuple[Any, ...]]:
        """(column, check, rows, example, action) of a table's quality rows."""
        return self.engine.sql(
            'SELECT column_name, "check", "rows", example, action FROM quality '
            f"WHERE table_name = '{table}' ORDER BY ALL"
        )

    @property
    def as_of(self) -> str:
        """The instant as of which the books are read, in UTC."""
        return as_of(self.engine, self.tables.manifest).isoformat(sep=" ")


def read(folder: Path, yaml: str | None = COMPANY, **files: str) -> Read:
    """Books from texts: `entries="..."` is entries.csv; contracts and entries have a default."""
    for name, text in ({"contracts": CONTRACTS, "entries": ENTRIES} | files).items():
        if text:
            (folder / f"{name}.csv").write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
    if yaml is not None:
        (folder / "books.yaml").write_text(textwrap.dedent(yaml), encoding="utf-8")
    engine = Engine()
    manifest = load(folder)
    loaded = load_sources(folder, manifest, engine)
    engine.shut_out()
    return Read(engine, read_tables(loaded, manifest, engine))
