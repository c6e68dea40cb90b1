"""Which periods are measured, when each closed, and in which one every entry stands (P1, P2, E2, R10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import ibis
import pyarrow as pa

from earned.books import schema
from earned.books.fiscal import LETTERS, FiscalCalendar
from earned.books.period_table import GivenCalendar, read_calendar
from earned.faults import Fault, InputError

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from earned.books.manifest import Manifest
    from earned.engine import Engine

#: More periods than this are a wrong date, not a history: a hundred years of months.
MOST_PERIODS = 1_200


@dataclass(frozen=True)
class Period:
    """A measured period: its place in time (0 first), its name and its days, both ends included."""

    period_index: int
    period_id: str
    first_date: date
    last_date: date


def prepare(engine: Engine, manifest: Manifest) -> tuple[Period, ...]:
    """The measured periods; every entry put into its own (P1, P2, E2, R10).

    Writes `calendar`, `closes` and `period_names` (every period name that stands in the books, with the
    days it means), and rewrites books_entries: period_id becomes the measured period's id, an empty
    effective_date the last day of the entry's own period; entries in no period go to `rejected`.
    """
    periods = measured(engine, manifest)
    columns = [(p.period_index, p.period_id, p.first_date, p.last_date) for p in periods]
    engine.small("calendar", _arrow(columns, "period_index", "period_id", "first_date", "last_date"))
    _write_closes(engine, manifest, periods)
    _place_entries(engine, manifest, periods)
    return periods


def measured(engine: Engine, manifest: Manifest) -> tuple[Period, ...]:
    """The periods that are measured, oldest first; none where the books hold no day at all (P1).

    Writes `period_names`. Raises InputError where calendar and books do not go together.
    """
    calendar = _calendar(engine, manifest)
    _write_names(engine, manifest, calendar)
    bounds = _bounds(engine, manifest)
    spans = calendar.between(*bounds) if bounds else ()
    if len(spans) > MOST_PERIODS:
        raise InputError(_too_many(engine, len(spans)))
    return tuple(Period(i, s.name, s.first_date, s.last_date) for i, s in enumerate(spans))


def default_close(day: ir.DateValue, manifest: Manifest) -> ir.TimestampValue:
    """The close of a day outside every period: the end of its calendar quarter and close_days (P2, E2)."""
    quarter_end = day.truncate("Q") + ibis.interval(months=3) - ibis.interval(days=1)
    close_day = quarter_end + manifest.policy.at("close_days", quarter_end).cast("int64").as_interval("D")
    # Text, because a zone may change its offset over the year and both engines read a zone's name.
    instant = close_day.strftime("%Y-%m-%d") + ibis.literal(f" 23:59:59.999999 {manifest.company.timezone}")
    closed: ir.TimestampValue = instant.cast("timestamp('UTC', 6)")
    return closed


# --- the calendar ---------------------------------------------------------------------------------------


def _calendar(engine: Engine, manifest: Manifest) -> FiscalCalendar | GivenCalendar:
    """The calendar that books.yaml names; else the table `periods`; else quarters."""
    given = engine.sql("SELECT count(*) FROM books_periods")[0][0] > 0
    kind = manifest.calendar.kind or ("table" if given else "quarters")
    if kind == "table":
        return read_calendar(engine, manifest)
    if LETTERS[kind] == "P" and not manifest.calendar.first_day:
        expected = f"calendar.kind {kind} needs the first day of one of its years"
        do = "Write it as calendar.first_day, for example first_day: 2020-12-28"
        place = "calendar.first_day"
        raise InputError([Fault(expected, do, "books.yaml", column=place, fact=True, reason="calendar")])
    return FiscalCalendar(kind, manifest.company.fiscal_year_end, manifest.calendar.first_day)


def _write_names(engine: Engine, manifest: Manifest, calendar: FiscalCalendar | GivenCalendar) -> None:
    """`period_names(name, first_date, last_date)`: what each period name that stands in the books means."""
    holders = [name for name, table in schema.tables().items() if "period_id" in table.stored]
    every = " UNION ".join(f"SELECT period_id FROM books_{name}" for name in holders)
    names = [row[0] for row in engine.sql(f"SELECT * FROM ({every}) WHERE period_id IS NOT NULL ORDER BY 1")]
    moved = manifest.calendar.adjustment_periods
    place, do = "calendar.adjustment_periods", "Name a period as the calendar writes it: 2021M12 or 2021Q4"
    wanted = f"a period of the calendar, to which {place} sends"
    faults = [
        Fault(f"{wanted} {source}", do, "books.yaml", column=place, value=target, reason="calendar")
        for source, target in moved.items()
        if not calendar.named(target)
    ]
    if faults:
        raise InputError(faults)
    spans = ((name, calendar.named(moved.get(name, name))) for name in names)
    rows = [(name, span.first_date, span.last_date) for name, span in spans if span]
    engine.small("period_names", _arrow(rows, "name", "first_date", "last_date"))


# --- from when to when ----------------------------------------------------------------------------------


def _own_day(entries: str) -> str:
    """SQL: entries with `own_day`, their date, but never outside the period they name themselves (R10)."""
    return f"""
    SELECT e.*, CASE
        WHEN n.name IS NOT NULL
            THEN greatest(n.first_date, least(n.last_date, coalesce(e.effective_date, n.last_date)))
        WHEN e.period_id IS NULL THEN e.effective_date
    END AS own_day
    FROM {entries} e LEFT JOIN period_names n ON n.name = e.period_id"""


_SAME = (
    "e.period_id IS NOT DISTINCT FROM p.period_id AND e.effective_date IS NOT DISTINCT FROM p.effective_date"
)

_MOMENTS = f"""
    SELECT own_day AS day, 'effective_date' AS column_name, source_file, source_row
    FROM ({_own_day("books_entries")}) WHERE NOT is_opening
    UNION ALL SELECT event_date, 'event_date', source_file, source_row FROM books_evidence"""

#: First days of straight-line service: by days or months, or over time with nothing else to measure by (U4).
_SERVICE = """
    WITH promised AS (
        SELECT contract_id, obligation_id, pattern, measure, start_date, end_date, source_file, source_row
        FROM books_obligations
        UNION ALL
        SELECT contract_id, NULL, pattern, measure, start_date, end_date, source_file, source_row
        FROM books_contracts c
        WHERE NOT EXISTS (FROM books_obligations o WHERE o.contract_id = c.contract_id)
    )
    SELECT start_date AS day, 'start_date' AS column_name, source_file, source_row FROM promised p
    WHERE coalesce(pattern, $pattern) = 'over_time' AND CASE
        WHEN coalesce(measure, $measure) IS NOT NULL THEN coalesce(measure, $measure) IN ('days', 'months')
        ELSE end_date IS NOT NULL AND NOT EXISTS (
            FROM books_evidence v
            WHERE v.contract_id = p.contract_id
            AND coalesce(v.obligation_id = p.obligation_id, true)
            AND v.kind IN ('milestone', 'units', 'hours', 'cost', 'usage')
        ) END"""


def _bounds(engine: Engine, manifest: Manifest) -> tuple[date, date] | None:
    """The first and the last day that a measured period must hold (P1); None where there is no day."""
    policy = {name: manifest.policy.value(name) for name in ("pattern", "measure")}
    first, last = manifest.window.first, manifest.window.last
    found = f"SELECT min(day) FROM ({_MOMENTS} UNION ALL ({_SERVICE}))"
    first = first or engine.connection.execute(found, policy).fetchall()[0][0] or last
    if not last:
        entries, papers = engine.sql(
            f"SELECT max(day) FILTER (column_name = 'effective_date'), max(day) FROM ({_MOMENTS})"
        )[0]
        last = entries or papers or first
    if not first or not last:
        return None
    return (first, max(first, last)) if manifest.window.first else (min(first, last), last)


def _too_many(engine: Engine, count: int) -> list[Fault]:
    """The rows that hold the earliest and the latest day: one of them is the wrong date."""
    ends = [
        engine.sql(f"FROM ({_MOMENTS}) WHERE day IS NOT NULL ORDER BY day {way}, 2, 3, 4 LIMIT 1")
        for way in ("", "DESC")
    ]
    expected = f"the days in the books span {count:,} periods, at most {MOST_PERIODS:,} are measured"
    do = "Correct the date, or give window.from and window.to in books.yaml"
    places = [row for rows in ends for row in rows]
    return [
        Fault(expected, do, file, row, column, str(day), fact=True, reason="calendar")
        for day, column, file, row in places
    ]


# --- closes and entries ---------------------------------------------------------------------------------


def _write_closes(engine: Engine, manifest: Manifest, periods: tuple[Period, ...]) -> None:
    """`closes(entity_id, first_date, last_date, closed_at)`: every known period, '' for any entity (E2).

    An entity's own row wins, then a row for all entities, then the default. For '' a row of the
    company itself, or of the only entity that has rows, stands in for a row for all.
    """
    calendar = _calendar(engine, manifest)
    known = {p.period_id: (p.first_date, p.last_date) for p in periods}
    for (name,) in engine.sql("SELECT DISTINCT period_id FROM books_periods ORDER BY 1"):
        span = calendar.named(name)
        if span and span.name == name and calendar.between(span.first_date, span.first_date) == (span,):
            known[name] = (span.first_date, span.last_date)
    rows = [(name, *days, _default_closed_at(days[1], manifest)) for name, days in known.items()]
    engine.small("known_periods", _arrow(rows, "period_id", "first_date", "last_date", "closed_at"))
    engine.connection.execute(
        """
        CREATE OR REPLACE TABLE closes AS
        WITH given AS (SELECT coalesce(entity_id, '') AS entity_id, period_id, closed_at FROM books_periods),
        general AS (
            SELECT period_id, coalesce(
                any_value(closed_at) FILTER (entity_id = ''),
                any_value(closed_at) FILTER (entity_id = $company),
                any_value(closed_at) FILTER ((SELECT count(DISTINCT entity_id) FROM given) = 1)
            ) AS closed_at
            FROM given GROUP BY period_id
        )
        SELECT '' AS entity_id, first_date, last_date, coalesce(g.closed_at, k.closed_at) AS closed_at
        FROM known_periods k LEFT JOIN general g USING (period_id)
        UNION ALL
        SELECT e.entity_id, first_date, last_date, coalesce(e.closed_at, g.closed_at, k.closed_at)
        FROM given e JOIN known_periods k USING (period_id) LEFT JOIN given g
        ON g.period_id = k.period_id AND g.entity_id = ''
        WHERE e.entity_id <> ''
        ORDER BY 1, 2""",
        {"company": manifest.company.entity_id},
    )


def _default_closed_at(last_date: date, manifest: Manifest) -> datetime:
    wait = int(manifest.policy.value("close_days", last_date))
    try:
        end_of_day = datetime.combine(
            last_date + timedelta(wait), time.max, ZoneInfo(manifest.company.timezone)
        )
        return end_of_day.astimezone(UTC)
    except OverflowError:
        expected = f"a close that has a date, {wait:,} days after the period's last day {last_date}"
        do = "Correct the period's last day, or policy.close_days in books.yaml"
        fault = Fault(expected, do, column="close_days", value=str(wait), reason="calendar")
        raise InputError([fault]) from None


def _place_entries(engine: Engine, manifest: Manifest, periods: tuple[Period, ...]) -> None:
    """Each entry's measured period; entries of none are rejected with what was expected (P2, R10, U6)."""
    # Placed once for each own period and date, not for each entry: both are few.
    engine.connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE placements AS
        SELECT d.* EXCLUDE (own_day), coalesce(d.effective_date, own_day) AS dated, CASE
            WHEN own_day <= c.last_date
            AND own_day BETWEEN coalesce($first, own_day) AND coalesce($last, own_day) THEN c.period_id
        END AS measured_id
        FROM ({_own_day("(SELECT DISTINCT period_id, effective_date FROM books_entries)")}) d
        ASOF LEFT JOIN calendar c ON d.own_day >= c.first_date""",
        {"first": manifest.window.first, "last": manifest.window.last},
    )
    engine.connection.execute(
        f"""
        INSERT INTO rejected BY NAME
        SELECT source_file, source_row, 'entries' AS table_name,
            CASE WHEN e.period_id IS NULL THEN 'effective_date' ELSE 'period_id' END AS column_name,
            coalesce(e.period_id, CAST(e.effective_date AS VARCHAR)) AS value, 'period' AS reason,
            CASE WHEN e.period_id IS NULL THEN $day ELSE $name END AS expected
        FROM books_entries e JOIN placements p ON {_SAME} WHERE measured_id IS NULL AND NOT is_opening""",
        _expected(manifest, periods),
    )
    engine.sql(f"""
        DELETE FROM books_entries e USING placements p
        WHERE {_SAME} AND measured_id IS NULL AND NOT is_opening""")
    engine.sql(f"""
        UPDATE books_entries e
        SET period_id = CASE WHEN NOT is_opening THEN measured_id END, effective_date = dated
        FROM placements p WHERE {_SAME}""")


def _expected(manifest: Manifest, periods: tuple[Period, ...]) -> dict[str, str]:
    if not periods:
        return {"day": "a date", "name": "the name of a period, for example 2021Q2 or 2021M06"}
    first = max(filter(None, (periods[0].first_date, manifest.window.first)))
    last = min(filter(None, (periods[-1].last_date, manifest.window.last)))
    names = [p.period_id for p in periods]
    listed = ", ".join(names) if len(names) <= 8 else f"{names[0]}, {names[1]} … {names[-1]}"
    return {
        "day": f"a day from {first} to {last}",
        "name": f"one of {listed}, a name within them such as 2021M06, or one in calendar.adjustment_periods",
    }


_TYPES = {"period_index": pa.int64(), "first_date": pa.date32(), "last_date": pa.date32()}


def _arrow(rows: Sequence[tuple[object, ...]], *columns: str) -> pa.Table:
    types = {**_TYPES, "closed_at": pa.timestamp("us", "UTC")}
    fields = [pa.field(name, types.get(name, pa.string())) for name in columns]
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    return pa.Table.from_pylist(records, schema=pa.schema(fields))
