"""The register of figures: what every column of a run is, and what it is computed from (DESIGN section 3).

`register/*.yaml` says it, one key a table; its keys are closed. A figure has a label, a unit, its formula in
words, the paragraph or rule behind it, and its children: cells of the same row, of other tables of the run or
of the books. Where the rule is arithmetic, `formula` is it as SQL over the children's names, so that a test
can compute every stored value again. `register/views.sql` names joins that several figures share.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from earned import run
from earned.books import schema

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: units of a value, by the type of its column where the register names none
UNITS = ("minor", "ppm", "date", "text", "count", "quantity", "instant", "boolean")
#: what is said of a column of a run that the register leaves out; a test refuses it
UNDESCRIBED = "the register of figures does not describe it"
_UNIT_OF = {"string": "text", "int64": "count", "date": "date", "boolean": "boolean"}
_TABLE_KEYS = {"row", "currency", "source", "figures", "related"}
_FIGURE_KEYS = {"label", "unit", "cases", "says", "formula", "standard", "children", "when"}
_CASE_KEYS = {"when", "says", "formula", "standard", "children"}
_CHILD_KEYS = {"cell", "where", "with", "take", "value", "by", "each", "show", "order"}
_DATED = {"source_file": "string", "source_row": "int64"}


@dataclass(frozen=True)
class Child:
    """Cells that a figure is made of: `column` of the rows of `table` that `where` joins (p parent, c child).

    `take` is what the formula sees of them (one, sum, count, or an aggregate over `value`); with `by` the
    rows are first grouped and `each` is an aggregate of a group. `show` limits the rows that are listed, not
    those that count; `order` comes before size. `table` is None for a cell of the same row.
    """

    name: str
    table: str | None
    column: str
    on: str = "true"
    joins: str = ""
    take: str = "one"
    value: str = ""
    by: str = ""
    each: str = ""
    show: str = "true"
    order: str = ""


@dataclass(frozen=True)
class Case:
    """How a figure comes about in the rows where `when` (SQL over p) is the first that holds."""

    when: str
    says: str
    formula: str
    standard: str
    children: tuple[Child, ...]


@dataclass(frozen=True)
class Figure:
    """A column of a table: what it is called, what it counts, and how it comes about."""

    table: str
    column: str
    label: str
    unit: str
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Of:
    """What the register says of a table.

    `row` names a row ({s.kind} is a cell of the row of the books behind it), `currency` is SQL for the
    currency of its amounts over p, `source` the table of the books whose row stands behind it, `related`
    cells of other tables that belong to a row.
    """

    name: str
    row: str
    currency: str
    source: str | None
    figures: Mapping[str, Figure]
    related: tuple[Child, ...]


def columns(table: str) -> Mapping[str, str]:
    """Column -> Ibis type of a table of the run, or of the books (`books.entries`). Raises KeyError."""
    if not table.startswith("books."):
        return run.schema(table)
    name = table.removeprefix("books.")
    return _CALENDAR[name] if name in _CALENDAR else _books(name).stored


def key(table: str) -> tuple[str, ...]:
    """The key columns of a table of the run or of the books."""
    if not table.startswith("books."):
        return run.key(table)
    name = table.removeprefix("books.")
    if name in _CALENDAR:
        return run.OF_CALENDAR[name][0], "first_date"
    return run.key_of_books("evidence" if name == "evidence_unknown" else name)


def relation(table: str) -> str:
    """The name of a table in SQL: `books_entries` for books.entries."""
    return table.replace(".", "_", 1)


@cache
def tables() -> Mapping[str, Of]:
    """What the register says, by table: every table of a run, and every table of the books a run keeps.

    Raises ValueError for an unknown key or column. A column that the register leaves out says so.
    """
    said: dict[str, Any] = {}
    for file in sorted(_folder().iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            said |= yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
    found = {name: _of(name, said.pop(name, None) or {}) for name in (*run.names(), *of_books())}
    if said:
        raise ValueError(f"no such table: {', '.join(said)}")
    return found


def of_books() -> tuple[str, ...]:
    """The tables of the books that a run keeps, as addresses name them."""
    return tuple(f"books.{name}" for name in (*run.OF_BOOKS, *run.OF_CALENDAR, "evidence_unknown"))


def views() -> str:
    """The statements that make the shared joins."""
    return str((_folder() / "views.sql").read_text(encoding="utf-8"))


def _folder() -> Any:
    return files(__package__).joinpath("register")


_DAYS = {"first_date": "date", "last_date": "date"}
_CALENDAR: Mapping[str, Mapping[str, str]] = {
    "calendar": {"period_index": "int64", "period_id": "string", **_DAYS},
    "period_names": {"name": "string", **_DAYS},
    "closes": {"entity_id": "string", **_DAYS, "closed_at": "timestamp('UTC', 6)"},
}


def _books(name: str) -> schema.Table:
    return schema.tables()["evidence" if name == "evidence_unknown" else name]


def _of(table: str, said: dict[str, Any]) -> Of:
    _closed(table, said, _TABLE_KEYS)
    given, declared = said.get("figures", {}), columns(table)
    if unknown := set(given) - set(declared):
        raise ValueError(f"{table}: unknown columns {sorted(unknown)}")
    figures = {c: _figure(table, c, given.get(c) or _of_file(table, c)) for c in declared}
    related = tuple(_child(table, f"related_{i}", r) for i, r in enumerate(said.get("related", ())))
    row = said.get("row") or " ".join(f"{{{c}}}" for c in key(table))
    return Of(table, row, said.get("currency", "company_currency()"), said.get("source"), figures, related)


def _of_file(table: str, column: str) -> dict[str, Any]:
    """A column of the books says what the schema says of it."""
    if not table.startswith("books."):
        return {"label": column.replace("_", " "), "says": UNDESCRIBED}
    name = table.removeprefix("books.")
    if name in _CALENDAR or column in _DATED:
        return {"label": column.replace("_", " "), "says": "as made when the books were read"}
    found = next(c for c in _books(name).columns if c.stored_name == column)
    said = {"label": found.name.replace("_", " "), "says": found.meaning}
    return said | {"unit": {"money": "minor", "quantity": "quantity", "ppm": "ppm"}.get(found.type, "")}


def _figure(table: str, column: str, said: dict[str, Any]) -> Figure:
    place = f"{table}.{column}"
    _closed(place, said, _FIGURE_KEYS)
    cases = [said] if "cases" not in said else [*said["cases"]]
    standard = said.get("standard", "")
    made = tuple(_case(place, table, {"standard": standard} | case) for case in cases)
    unit = said.get("unit") or _unit(table, column)
    if unit not in UNITS:
        raise ValueError(f"{place}: unit {unit}")
    return Figure(table, column, said["label"], unit, made)


def _case(place: str, table: str, said: dict[str, Any]) -> Case:
    given = {k: v for k, v in said.items() if k not in ("label", "unit")}
    _closed(place, given, _CASE_KEYS)
    children = tuple(_child(table, name, c) for name, c in (given.get("children") or {}).items())
    names = {c.name for c in children}
    unknown = set(re.findall(r"\{(\w+)\}", given["says"])) - names
    if unknown:
        raise ValueError(f"{place}: says names {sorted(unknown)}, which are no children")
    return Case(
        str(given.get("when", "true")),
        given["says"],
        str(given.get("formula", "")),
        given.get("standard", ""),
        children,
    )


def _child(table: str, name: str, said: str | dict[str, Any]) -> Child:
    given: dict[str, Any] = {"cell": said} if isinstance(said, str) else said
    _closed(f"{table}, child {name}", given, _CHILD_KEYS)
    of, _, column = given["cell"].rpartition(".")
    if column not in columns(of or table):
        raise ValueError(f"{table}, child {name}: no column {given['cell']}")
    value = given.get("value", f'c."{column}"')
    if not of:
        return Child(name, None, column, value=value)
    on = given.get("where") or _natural(table, of)
    more = {k: given[k] for k in ("take", "by", "each", "show", "order") if k in given}
    return Child(name, of, column, on=on, joins=given.get("with", ""), value=value, **more)


def _natural(table: str, of: str) -> str:
    """Joins a child to its parent by the key columns of the child that the parent has."""
    shared = [c for c in key(of) if c in columns(table)]
    if not shared:
        raise ValueError(f"{table}: no key of {of} to join by")
    return " AND ".join(f'c."{c}" = p."{c}"' for c in shared)


def _unit(table: str, column: str) -> str:
    if column.endswith("_minor"):
        return "minor"
    if "_ppm" in column:
        return "ppm"
    kind = columns(table)[column]
    return _UNIT_OF.get(kind, "quantity" if kind.startswith("decimal") else "instant")


def _closed(place: str, said: Mapping[str, Any], allowed: set[str]) -> None:
    unknown = set(said) - allowed
    if unknown:
        raise ValueError(f"{place}: unknown keys {sorted(unknown)}")
