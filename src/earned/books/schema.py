"""Every table and column of the books, in one place: `schema.yaml`, read into frozen records.

Types of a file become types of a table here, once: money is an int64 of minor units in a
column named `<name>_minor`, a quantity is decimal(38,9), an instant is a UTC timestamp.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LINEAGE = {"source_file": "string", "source_row": "int64"}

_STORED = {
    "text": "string",
    "id": "string",
    "date": "date",
    "instant": "timestamp('UTC', 6)",
    "money": "int64",
    "quantity": "decimal(38, 9)",
    "ppm": "int64",
    "int": "int64",
    "bool": "boolean",
    "enum": "string",
}

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Column:
    """A column of the books: its name in files, its type, and what happens when a cell is empty.

    `of` is the table of which a filled cell names a row; `least` what a filled cell may not be below, but
    where a column of `signed_for` holds one of its words.
    """

    name: str
    type: str
    need: str
    meaning: str
    values: tuple[str, ...] = ()
    null_ok: bool = False
    otherwise: tuple[str, ...] = ()
    ads: str | None = None
    unit: str | None = None
    of: str | None = None
    least: int | None = None
    signed_for: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def stored_name(self) -> str:
        """The name inside `earned`: `price` is kept as `price_minor`."""
        return f"{self.name}_minor" if self.type == "money" else self.name

    @property
    def stored_type(self) -> str:
        """The type inside `earned`, as an Ibis type string."""
        return _STORED[self.type]

    @property
    def group(self) -> str | None:
        """The group of which at least one column must be filled in each row, if any."""
        return self.need.removeprefix("one_of:") if self.need.startswith("one_of:") else None


@dataclass(frozen=True)
class Table:
    """A table of the books."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def __getitem__(self, column: str) -> Column:
        return next(c for c in self.columns if c.name == column)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names as they stand in files."""
        return tuple(c.name for c in self.columns)

    @property
    def stored(self) -> dict[str, str]:
        """Stored name -> Ibis type of every column, the two lineage columns last."""
        return {c.stored_name: c.stored_type for c in self.columns} | LINEAGE


@cache
def document() -> dict[str, Any]:
    """The schema file as it stands, for the parts that are not tables."""
    text = files(__package__).joinpath("schema.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, _LOADER)
    return loaded


@cache
def tables() -> dict[str, Table]:
    """Every table of the books by name, in the order of the schema file."""
    return {name: _table(name, body) for name, body in document()["tables"].items()}


def _table(name: str, body: dict[str, Any]) -> Table:
    columns = tuple(_column(c) for c in body["columns"])
    return Table(name, body["row"], tuple(body["key"]), columns)


def _column(given: dict[str, Any]) -> Column:
    kind = re.fullmatch(r"(\w+)(?:\[(.*)\])?", given["type"])
    assert kind, given
    return Column(
        name=given["name"],
        type=kind[1],
        need=given["need"],
        meaning=given["meaning"],
        values=tuple(v.strip() for v in kind[2].split(",")) if kind[2] else (),
        null_ok=given.get("null_ok", False),
        otherwise=tuple(given.get("else", ())),
        ads=given.get("ads"),
        unit=given.get("unit"),
        of=given.get("of"),
        least=given.get("least"),
        signed_for=tuple((name, tuple(words)) for name, words in given.get("signed_for", {}).items()),
    )
