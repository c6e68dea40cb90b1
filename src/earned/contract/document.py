"""The contract file: what may stand in it, read with its lines. Keys are closed; nothing is typed here.

The file is the books' tables of one contract as one document, so the types of its cells are found out
where those of the books are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from earned.books import limits, schema, yaml_text
from earned.books.file import opened
from earned.books.given import Given
from earned.books.yaml_text import Lined
from earned.faults import Fault, InputError

#: keys that are those of books.yaml
SETTINGS = ("company", "window", "as_of", "calendar", "policy")
#: tables of the books that can speak of one contract, beside its own row
TABLES = (
    "obligations", "modifications", "modified_obligations", "estimates", "outcomes", "bundles", "options",
    "criteria", "repurchases", "instalments", "costs", "impairments", "evidence", "invoices", "receipts",
    "entries", "periods", "rates", "entities", "customers", "decisions",
)  # fmt: skip
KEYS = ("contract", *SETTINGS, *TABLES)
#: required cells that a row may leave out: the contract's customer; a judgement, which is asked for
GIVEN_ELSEWHERE = {("receipts", "customer_id"), ("modifications", "treatment")}


@dataclass(frozen=True)
class Row:
    """Cells of a row as they stand, by column, and the line of each; `line` is that of the row."""

    cells: Mapping[str, str]
    lines: Mapping[str, int]
    line: int


@dataclass(frozen=True)
class Document:
    """A contract file: its settings as they stand, and the rows of its tables; `contracts` has one."""

    name: str
    settings: Lined
    tables: Mapping[str, tuple[Row, ...]]

    @property
    def contract(self) -> Row:
        """The row of the contract itself."""
        return self.tables["contracts"][0]

    def setting(self, path: str) -> str | None:
        """The text at a dotted path of the settings, if one stands there."""
        here: Any = self.settings
        for key in path.split("."):
            here = here.get(key) if isinstance(here, dict) else None
        return None if here is None or getattr(here, "missing", True) else str(here.text)

    def line(self, path: str) -> int | None:
        """The line of a dotted key path, or of the nearest key above it that stands in the file."""
        here: Any = self.settings
        found = None
        for key in path.split("."):
            if isinstance(here, Lined):
                found = here.lines.get(key, found)
            here = here.get(key) if isinstance(here, dict) else None
        return found


def key_of(table: str, number: int, column: str | None) -> str:
    """The key path of a cell: `evidence[3].amount`, or `contract.price`; rows are counted from 1."""
    row = "contract" if table == "contracts" else f"{table}[{number}]"
    return f"{row}.{column}" if column else row


def columns(table: str) -> tuple[str, ...]:
    """The keys that a row of a table may have: its columns; contract_id stands in `contract` alone."""
    names = schema.tables()[table].names
    return names if table == "contracts" else tuple(n for n in names if n != "contract_id")


def read(path: Path) -> Document:
    """The contract file at a path, YAML or JSON. Raises InputError with every fault found in its form."""
    name = path.name
    try:
        with opened(path) as file:
            text = file.read(limits.most("manifest_bytes") + 1)
        given = Given(yaml_text.parse(text))
    except InputError as wrong:
        raise InputError(replace(f, file=name) for f in wrong.faults) from None
    document = _document(name, given)
    if given.faults:
        raise InputError(replace(f, file=name) for f in given.faults)
    return document


def _document(name: str, given: Given) -> Document:
    list(given.entries(KEYS, name))
    if given.at("contract").missing:
        do = "write `contract: {contract_id: C1, price: 1000}`"
        given.at("contract").fault("the key contract", do, reason="contract_key")
    settings = Lined()
    if isinstance(given.value, Lined):
        settings.update({k: v for k, v in given.value.items() if k in SETTINGS})
        settings.lines = given.value.lines
    rows = {"contracts": tuple(_rows(given.at("contract"), "contracts"))}
    rows |= {table: tuple(_rows(given.at(table), table)) for table in TABLES}
    return Document(name, settings, {table: found for table, found in rows.items() if found})


def _rows(given: Given, table: str) -> Iterator[Row]:
    for item in given.items():
        lines = item.value.lines if isinstance(item.value, Lined) else {}
        first = min(lines.values(), default=item.line or 1)
        cells = {c.key: c.text() for c in item.entries(columns(table), f"a row of {table}")}
        filled = {k: v for k, v in cells.items() if v is not None}
        required = (c.name for c in schema.tables()[table].columns if c.need == "required")
        for column in required:
            _require(item, table, column, filled, first)
        yield Row(filled, lines, first)


def _require(item: Given, table: str, column: str, filled: Mapping[str, str], line: int) -> None:
    """A fault for a key that a row cannot do without; what the file gives in another place is no fault."""
    known = schema.tables()[table][column]
    if column in filled or column not in columns(table) or known.null_ok or known.otherwise:
        return
    if (table, column) in GIVEN_ELSEWHERE:
        return
    path = f"{item.path}.{column}"
    fault = Fault(
        f"the key {column}: {known.meaning}",
        f"write `{column}: …` into the row",
        row=line,
        column=path,
        reason="contract_key",
    )
    item.faults.append(fault)
