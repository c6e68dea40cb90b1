"""The instant as of which the books are read, and what is said where they hold none (E1, R7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from earned.books import checks, moments, schema, sql
from earned.books.schema import Table
from earned.faults import Fault, InputError

if TYPE_CHECKING:
    from earned.books.manifest import Manifest
    from earned.engine import Engine

#: Causes that are shown when no entry can be used.
_SHOWN = 5


def as_of(engine: Engine, manifest: Manifest) -> datetime:
    """The instant as of which the books are read (E1): the end of manifest.as_of, else the latest instant
    at which a row was recorded, else the end of the latest effective_date, else of the latest event_date;
    in UTC.

    Raises InputError where no entry can be used, with the first row of each cause, and where the books
    hold no day at all.
    """
    _require_entries(engine, manifest)
    zone = manifest.company.timezone
    if manifest.as_of:
        found = f"SELECT {moments.end_of_day(f'DATE {sql.text(str(manifest.as_of))}', zone)}"
    else:
        recorded = [
            f"SELECT max({_as_instant(table, c, zone)}) AS moment FROM books_{table.name}"
            for table in schema.tables().values()
            for c in table.names
            if c in checks.KNOWN
        ]
        booked, happened = (moments.end_of_day(f"max({c})", zone) for c in ("effective_date", "event_date"))
        found = (
            f"SELECT coalesce((SELECT max(moment) FROM ({' UNION ALL '.join(recorded)})), "
            f"(SELECT {booked} FROM books_entries), (SELECT {happened} FROM books_evidence))"
        )
    micros = engine.sql(f"SELECT epoch_us(({found}))")[0][0]
    if micros is None:
        raise InputError([_no_day(engine)])
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def _as_instant(table: Table, column: str, zone: str) -> str:
    return column if table[column].type == "instant" else moments.end_of_day(column, zone)


def _no_day(engine: Engine) -> Fault:
    empty = engine.sql("SELECT example FROM quality WHERE table_name = 'entries' AND \"check\" = 'no_rows'")
    do = "Export the revenue entries again"
    if empty:
        return Fault("no row stands below its headers", do, str(empty[0][0]), fact=True, reason="empty")
    return Fault("at least one row of entries, or of evidence with its event_date", do, reason="as_of")


def _require_entries(engine: Engine, manifest: Manifest) -> None:
    """Raise InputError where there are entries and every one was set aside; not where `as_of` did that, nor
    in strict reading, whose caller refuses each row that is set aside."""
    if manifest.strict or engine.sql("SELECT 1 FROM books_entries LIMIT 1"):
        return
    causes = engine.sql(
        "SELECT count(*), min_by(struct_pack(f := source_file, r := source_row, v := value), "
        "(source_file, source_row)), column_name, any_value(expected) FROM rejected "
        "WHERE table_name = 'entries' AND reason <> 'after_as_of' "
        "GROUP BY column_name, reason, expected ORDER BY count(*) DESC, 2"
    )
    if not causes:
        return
    every = sum(row[0] for row in causes)
    faults = []
    for rows, first, column, expected in causes[:_SHOWN]:
        do = f"All {every:,} rows of entries were set aside, {rows:,} for this: correct it, or how it is read"
        faults.append(Fault(expected, do, first["f"], first["r"], column, first["v"], reason="all_set_aside"))
    raise InputError(faults)
