"""What was known by a day: the rows and days of a contract file that lie after it are left out, and listed.

Design rule 10: a fact may be proved later, an estimate is never read with hindsight. What is planned stays:
days of service, due dates, instalments, changes that were approved and take effect later. The last period is
the one that holds the day; it is shown whole, so that service by time runs to its end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from earned.books.yaml_text import Lined, Scalar
from earned.contract.as_books import days
from earned.contract.document import Document, Row, key_of
from earned.faults import Fault

#: columns that say when what a row tells happened or became known: one of them later, and it is not known
_OWN_DAYS = {
    "evidence": ("event_date", "recorded_at", "signed_customer_date", "sealed_customer_date"),
    "invoices": ("invoice_date", "recorded_at"),
    "receipts": ("receipt_date",),
    "costs": ("incurred_date",),
    "impairments": ("tested_date",),
    "entries": ("effective_date", "posted_at"),
    "estimates": ("known_at",),
    "outcomes": ("known_at",),
    "rates": ("rate_date",),
    "decisions": ("decided_at",),
}
#: columns that say when a row that stands was met, approved or exercised: later, and it was not yet
_LATER_CELLS = {
    "criteria": ("met_date",),
    "repurchases": ("exercised_date",),
    "modifications": ("approved_date", "recorded_at"),
    "contracts": ("bound_date", "signed_customer_date", "signed_company_date"),
}
#: days on which the contract came to bind: later, and there was none yet
_BINDING = ("bound_date", "signed_customer_date")
_PLACE = re.compile(r"(\w+)\[(\d+)\](.*)", re.DOTALL)


@dataclass(frozen=True)
class Left:
    """A row (or with `column` one cell of it) that lies after the day; `number` is its place in the file."""

    table: str
    number: int
    day: str
    row: Row
    column: str | None = None

    @property
    def path(self) -> str:
        """Its key path in the file."""
        return key_of(self.table, self.number, self.column)


@dataclass(frozen=True)
class Known:
    """A contract file as it stood on a day: what is left of it, what was left out, and where rows stood.

    `as_of` is None where no day was asked for: then everything in the file is known.
    """

    document: Document
    as_of: date | None = None
    left: Sequence[Left] = ()
    numbers: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def number(self, table: str, number: int) -> int:
        """The place in the file of a row that has this place in what is left of it."""
        stood = self.numbers.get(table, ())
        return stood[number - 1] if 1 <= number <= len(stood) else number

    def path(self, path: str) -> str:
        """A key path of what is left, as it is called in the file."""
        found = _PLACE.fullmatch(path)
        if not found:
            return path
        return f"{found[1]}[{self.number(found[1], int(found[2]))}]{found[3]}"

    def placed(self, fault: Fault) -> Fault:
        """A fault of what is left, with the key path of the file."""
        return replace(fault, column=self.path(fault.column)) if fault.column else fault


def known_by(document: Document, as_of: date | None = None) -> Known:
    """The contract file as of a day: the one given, else `as_of` of the file; without either as it stands."""
    day = as_of or _day(document.setting("as_of"))
    if day is None:
        return Known(document)
    zone = _zone(document)
    left, tables = list[Left](), dict[str, tuple[Row, ...]]()
    numbers: dict[str, list[int]] = {}
    for table, rows in document.tables.items():
        kept = []
        for number, row in enumerate(rows, 1):
            own = _known_row(table, number, row, day, zone, left)
            if own is not None:
                kept.append(own)
                numbers.setdefault(table, []).append(number)
        if kept:
            tables[table] = tuple(kept)
    found = Document(document.name, document.settings, tables)
    return Known(_within_periods(found, day), day, tuple(left), numbers)


def left_out(known: Known) -> list[dict[str, str | None]]:
    """`left_out` of the JSON: field (its key path), day, and what it is about, oldest first."""
    found = [
        {"field": one.path, "day": one.day, "what": _what(one), "of": one.row.cells.get("obligation_id")}
        for one in known.left
    ]
    return sorted(found, key=lambda one: str(one["day"]))


def _what(left: Left) -> str:
    """`evidence: delivery`, `estimate of total cost`, `approval of modification 2`."""
    cells = left.row.cells
    if left.table == "modifications":
        return f"approval of modification {cells.get('version', left.number)}"
    if left.table == "criteria":
        return f"criterion {cells.get('criterion', left.number)} met"
    if left.table == "repurchases":
        return f"{cells.get('kind', 'repurchase')} exercised"
    if left.table == "contracts":
        return (left.column or "").replace("_", " ")
    if left.column:
        return f"{cells.get('kind', left.table)}: {left.column.replace('_', ' ')}"
    kind = cells.get("kind") or cells.get("item") or ""
    one = left.table if left.table == "evidence" else left.table.removesuffix("s")
    own = next((cells[c] for c in ("invoice_id", "receipt_id", "cost_id", "number") if c in cells), "")
    return f"{one}{': ' * bool(kind or own)}{' '.join(p for p in (kind.replace('_', ' '), own) if p)}"


# --- rows -----------------------------------------------------------------------------------------------


def _known_row(table: str, number: int, row: Row, by: date, zone: ZoneInfo, left: list[Left]) -> Row | None:
    """The row as known by a day; none where it was not. What is left out is added to `left`."""
    if later := _latest(row, _own_days(table, row), by, zone):
        left.append(Left(table, number, later, row))
        return None
    cells = dict(row.cells)
    for column in _later_cells(table, row):
        if later := _latest(row, (column,), by, zone):
            del cells[column]
            left.append(Left(table, number, later, row, column))
    if len(cells) == len(row.cells):
        return row
    if table == "modifications":
        # What was recorded later was not approved yet, whatever day the approval is given.
        cells.pop("approved_date", None)
    if table == "contracts" and not any(c in cells for c in _BINDING):
        cells["status"] = "pending"
    return Row(cells, row.lines, row.line)


def _own_days(table: str, row: Row) -> tuple[str, ...]:
    own = _OWN_DAYS.get(table, ())
    # What closes conditions is a day of its own; elsewhere it is when the acceptance is whole (E7).
    return (*own, "conditions_closed_date") if table == "evidence" and not _conditional(row) else own


def _later_cells(table: str, row: Row) -> tuple[str, ...]:
    if table == "evidence" and _conditional(row):
        return ("conditions_closed_date",)
    return tuple(c for c in _LATER_CELLS.get(table, ()) if c in row.cells)


def _conditional(row: Row) -> bool:
    return row.cells.get("result") == "conditional"


def _latest(row: Row, columns: Sequence[str], by: date, zone: ZoneInfo) -> str | None:
    """The latest of the row's days in these columns where it lies after a day."""
    found = (_day(row.cells.get(column), zone) for column in columns)
    latest = max((day for day in found if day), default=None)
    return latest.isoformat() if latest and latest > by else None


def _day(text: str | None, zone: ZoneInfo | None = None) -> date | None:
    """The day of a date or an instant, in the company's time zone; none of what cannot be read."""
    try:
        instant = datetime.fromisoformat((text or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return instant.astimezone(zone).date() if zone and instant.tzinfo else instant.date()


def _zone(document: Document) -> ZoneInfo:
    try:
        return ZoneInfo(document.setting("company.timezone") or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


# --- periods --------------------------------------------------------------------------------------------


def _within_periods(document: Document, day: date) -> Document:
    """The contract file with a window that ends in the period which holds the day."""
    given = document.settings.get("window", Lined())
    if not isinstance(given, Lined):
        return document  # refused where the settings are read
    window = Lined()
    window.update(given)
    window.lines = dict(given.lines)
    to = min(filter(None, (day, _day(document.setting("window.to")), _last_begun(document, day))))
    window["to"] = Scalar(to.isoformat())
    first = days(document).first
    if "from" not in window and (first is None or first > to):
        window["from"] = Scalar(to.isoformat())
    settings = Lined()
    settings.update(document.settings)
    settings.lines = document.settings.lines
    settings["window"] = window
    return replace(document, settings=settings)


def _last_begun(document: Document, day: date) -> date | None:
    """The last day of the table periods that is not after a day's period; none without that table."""
    lasts = [
        last
        for row in document.tables.get("periods", ())
        if (first := _day(row.cells.get("first_date"))) and first <= day
        if (last := _day(row.cells.get("last_date")))
    ]
    return max(lasts, default=None)


def open_period(known: Known, calendar: Sequence[Mapping[str, Any]]) -> dict[str, str] | None:
    """period_id and last_date of the period that holds the day, where it goes on after it; else null."""
    if known.as_of is None or not calendar:
        return None
    last = calendar[-1]
    if not last["first_date"] <= known.as_of < last["last_date"]:
        return None
    return {"period_id": last["period_id"], "last_date": last["last_date"].isoformat()}
