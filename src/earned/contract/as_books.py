"""A contract file as books of one contract: its tables in a folder, read as the books of a company are."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from earned.books import Books, open_books, schema
from earned.books.given import NAME
from earned.contract import used
from earned.contract.document import SETTINGS, Document, Row, key_of
from earned.faults import Fault, InputError
from earned.faults.register import reasons
from earned.unfinished import scratch

#: tables whose days say nothing of the time that the contract is about
_TIMELESS = ("rates", "periods", "decisions", "customers", "entities")
#: days that are stated before anything happens: they do not open the first period
_BEFOREHAND = (
    "known_at", "bound_date", "signed_company_date", "signed_customer_date", "recorded_at", "approved_date",
)  # fmt: skip
#: reasons of a row left out that are no fault of the file
_NO_FAULT = ("after_as_of",)
#: reasons whose remedy is the same in a contract file as in books
_SAME_REMEDY = ("version_gap", "outcomes", "negative")
_CORRECT = "Correct the value."
#: what the reading says of mappings and exports: no help with a file that is written by hand
_OF_EXPORTS = re.compile(
    r"(; ([^;]*books\.yaml|set its form|map others under)|: (format the column|recalculate)).*"
)
#: a row of the folder that a contract file becomes
_ROW = re.compile(r"\b(\w+)\.csv row (\d+)")
#: the year comes first, whatever mark stands between (R4)
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
#: the day of books that hold none: they are read for their faults only
_NO_DAY = date(2000, 1, 1)


@dataclass(frozen=True)
class Days:
    """What the days of a file reach over: the first on which something happens, and the last of all."""

    first: date | None
    last: date | None


def days(document: Document) -> Days:
    """The days of every table that speaks of the contract's time; none where no day stands in the file."""
    found = [
        (column.name, day)
        for name, rows in document.tables.items()
        if name not in _TIMELESS
        for column in schema.tables()[name].columns
        if column.type in ("date", "instant")
        for row in rows
        if (day := _day(row.cells.get(column.name)))
    ]
    first = min((day for name, day in found if name not in _BEFOREHAND), default=None)
    stated = [_day(document.setting(f"window.{end}")) for end in ("from", "to")]
    every = [*(day for _, day in found), *(day for day in stated if day)]
    return Days(first, max(every, default=None))


@contextmanager
def as_books(
    document: Document, *, as_of: date | None = None, framework: str | None = None
) -> Iterator[Books]:
    """The books that a contract file is, opened; they go when the block ends.

    `as_of` and `framework` win over those of the file. Periods run over all days of the file where it
    gives no window (P1). Raises InputError with the line and key path of every cell that cannot be used.
    """
    folder, leave = scratch("earned-contract-")
    try:
        _write(document, folder, as_of)
        overrides = [("company.framework", framework)] if framework else []
        try:
            books = open_books(folder, overrides=overrides, as_of=as_of, strict=True)
        except InputError as wrong:
            raise InputError(placed(f, document) for f in wrong.faults) from None
        try:
            _refuse_rejected(document, books)
            used.require(document, books)
            yield books
        finally:
            books.engine.close()
    finally:
        leave()


def placed(fault: Fault, document: Document) -> Fault:
    """A fault of the books with the line and the key path of the contract file that it is about."""
    if fault.file == document.name:
        return fault
    said = replace(fault, file=document.name, row=document.contract.line, line=None)
    if fault.file == NAME:
        at = document.line(fault.column) if fault.column else None
        return said if at is None else replace(said, row=at)
    table = Path(fault.file or "").stem
    rows = document.tables.get(table, ())
    number = (fault.row or 0) - 1  # the first row is that of the headers
    if not 1 <= number <= len(rows):
        return said
    row, path = rows[number - 1], key_of(table, number, fault.column)
    line = row.lines.get(fault.column or "", row.line)
    expected = _ROW.sub(lambda found: _in_document(found, document), fault.expected)
    return replace(said, row=line, column=path, expected=expected)


def _in_document(found: re.Match[str], document: Document) -> str:
    """Where a row of the folder stands in the contract file: `obligations[1], row 4`."""
    table, number = found[1], int(found[2]) - 1
    rows = document.tables.get(table, ())
    if not 1 <= number <= len(rows):
        return found[0]
    return f"{key_of(table, number, None)}, row {rows[number - 1].line}"


def _refuse_rejected(document: Document, books: Books) -> None:
    """Raise InputError where the books left a row out that is not merely later than the day of the run."""
    rows = books.tables["rejected"]
    rows = rows.filter(rows.reason.notin(_NO_FAULT)).order_by("source_file", "source_row", "column_name")
    found = books.engine.rows(rows)
    causes = [row for row in _causes(found) if not _hangs(row, document)]
    faults = [placed(_of_rejected(r, document), document) for r in causes]
    named = {(fault.row, fault.column) for fault in faults}
    faults += [fault for fault in _strangers(document) if (fault.row, fault.column) not in named]
    if days(document).last is None:
        faults.append(_no_day(document))
    if faults:
        raise InputError(faults)


def _no_day(document: Document) -> Fault:
    expected = "at least one day, such as event_date of a row of evidence, or start_date and end_date"
    line, do = document.contract.line, "Write when it happened."
    return Fault(expected, do, document.name, line, "contract", reason="no_day")


def _causes(rejected: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What hangs on a row that was left out is left out with it: that row alone is the fault."""
    outcomes = {row["reason"] for row in rejected if row["table_name"] == "outcomes"}
    hanging = {("estimates", "outcomes")} if outcomes else set()
    hanging |= {("outcomes", "outcomes")} if outcomes - {"outcomes"} else set()
    return [row for row in rejected if (row["table_name"], row["reason"]) not in hanging]


def _hangs(row: Mapping[str, Any], document: Document) -> bool:
    """Whether a row was left out only because one of the file that it names was: no fault of its own."""
    if row["column_name"] == "contract_id":  # it stands in `contract` alone
        return bool(row["table_name"] != "contracts")
    return row["reason"] == "orphan" and row["value"] in _named(
        row["table_name"], row["column_name"], document
    )


def _named(table: str, column: str, document: Document) -> Sequence[str]:
    """What the file has of that which a column names: its obligations or versions."""
    own = document.contract.cells.get("contract_id", "")
    of = "obligations" if column == "obligation_id" else schema.tables()[table][column].of
    found = [row.cells.get(column) for row in document.tables.get(of or "", ())]
    return [value for value in found if value] or [own] * (of == "obligations")


def _strangers(document: Document) -> Iterator[Fault]:
    """Rows that name an obligation which is none of the contract's: their facts would be lost unseen."""
    for table, rows in document.tables.items():
        for number, row in enumerate(rows, 1):
            named = row.cells.get("obligation_id")
            if named is not None and named not in _named(table, "obligation_id", document):
                line, path = row.lines["obligation_id"], key_of(table, number, "obligation_id")
                expected = _known(table, "obligation_id", document)
                yield Fault(expected, _CORRECT, document.name, line, path, named, reason="orphan")


def _known(table: str, column: str, document: Document) -> str:
    """What a column may name, listed: an obligation of the contract, a version of its modifications."""
    what = "an obligation of the contract" if column == "obligation_id" else f"a {column} of modifications"
    return f"{what}: {', '.join(_named(table, column, document)) or 'the file has none'}"


def _of_rejected(row: Mapping[str, Any], document: Document) -> Fault:
    expected = _OF_EXPORTS.sub("", row["expected"] or "a row that can be used")
    if row["reason"] == "orphan":
        expected = _known(row["table_name"], row["column_name"], document)
    place = (row["source_file"], row["source_row"], row["column_name"], row["value"])
    do = reasons()[row["reason"]].remedy if row["reason"] in _SAME_REMEDY else _CORRECT
    return Fault(expected, do, *place, reason=row["reason"])


# --- the folder -----------------------------------------------------------------------------------------


def _write(document: Document, folder: Path, as_of: date | None) -> None:
    reach = days(document)
    tables = {name: [_cells(document, name, row) for row in rows] for name, rows in document.tables.items()}
    for name, rows in tables.items():
        _write_table(folder / f"{name}.csv", rows)
    if "entries" not in tables:
        _write_header(folder / "entries.csv", ("contract_id", "effective_date", "amount"))
    names = {*tables, "entries"}
    sources = {name: {"path": f"{name}.csv", "delimiter": ",", "encoding": "utf-8"} for name in names}
    content = _settings(document, reach, as_of) | {"sources": sources}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / NAME).write_text(text, encoding="utf-8")


def _settings(document: Document, reach: Days, as_of: date | None) -> dict[str, Any]:
    """The keys of books.yaml as the file gives them, with what a contract alone cannot leave open."""
    stand = {key: _plain(document.settings[key]) for key in SETTINGS if key in document.settings}
    given = {key: value for key, value in stand.items() if value is not None}
    company, policy, window = (given.setdefault(key, {}) for key in ("company", "policy", "window"))
    if not all(isinstance(part, dict) for part in (company, policy, window)):
        return given  # the reading of books.yaml refuses it
    company.setdefault("currency", document.contract.cells.get("currency"))
    # A price without tax is what a contract file means where it does not say (P5).
    policy.setdefault("price_includes_tax", "false")
    stated = document.setting("as_of")
    known = as_of or _day(stated) or reach.last or _NO_DAY
    first, last = _window(document, reach, known)
    window.setdefault("from", first and str(first))
    window.setdefault("to", last and str(last))
    return given | {"as_of": str(known) if as_of or stated is None or _day(stated) else stated}


def _window(document: Document, reach: Days, known: date | None) -> tuple[date | None, date | None]:
    """The days that periods run over: those of the table periods, else every day of the file (P1)."""
    periods = document.tables.get("periods", ())
    if periods:
        firsts, lasts = ([_day(row.cells.get(c)) for row in periods] for c in ("first_date", "last_date"))
        first, last = (min(filter(None, firsts), default=None), max(filter(None, lasts), default=None))
        return (first, last) if first and last and first <= last else (None, None)
    last = max(filter(None, (reach.last, known)), default=None)
    return reach.first or last, last


def _cells(document: Document, table: str, row: Row) -> dict[str, str]:
    """The cells of a row, with what the file says once: the contract it is about, and its customer."""
    contract = document.contract.cells
    known = {"contract_id": contract.get("contract_id", "")}
    if table == "receipts":
        known["customer_id"] = contract.get("customer_id", known["contract_id"])
    names = schema.tables()[table].names
    # An estimate of an obligation belongs to it alone, one of the contract is shared (606-10-32-40).
    alone = table in ("estimates", "outcomes") and "obligation_id" in row.cells
    filled = {k: v for k, v in known.items() if k in names and not (alone and k == "contract_id")}
    return filled | dict(row.cells)


def _write_table(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    columns = list(dict.fromkeys(c for row in rows for c in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, quoting=csv.QUOTE_ALL)
        writer.writeheader()
        # One line a row, so that the number of a line is that of the row.
        writer.writerows({k: " ".join(v.split()) for k, v in row.items()} for row in rows)


def _write_header(path: Path, columns: Sequence[str]) -> None:
    path.write_text(",".join(columns) + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    """Nested settings with every scalar as its text: books.yaml gives each its type by its key."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return None if value is None or value.missing else value.text


def _day(text: str | None) -> date | None:
    found = _YEAR_FIRST.match((text or "").strip())
    try:
        return date(int(found[1]), int(found[3]), int(found[4])) if found else None
    except ValueError:
        return None
