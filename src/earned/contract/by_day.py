"""A contract measured once more, on every day on which something happens to it.

An amount in another currency is worth what its own day's rate makes it (ASC 830-20-30-1, IAS 21.21), so what
moved must be known by the day. Evidence stays judged, and the price shared, as of the company's own periods;
the same expressions then say what was earned by the end of each day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import ibis.expr.types as ir
import pyarrow as pa

from earned.books import Books, schema
from earned.books.manifest import Window
from earned.contract.facts import Facts
from earned.faults import TotalError
from earned.recognition import by_use, earning, progress
from earned.recognition.admission import POLICY
from earned.recognition.balances import contract_balances, of_contracts
from earned.recognition.billing import cash, invoices, moves
from earned.recognition.closing import BEFORE, closes_at_points, points
from earned.recognition.interest import interest as interest_of
from earned.recognition.recognise import Recognition

#: what has no part in what happens to the contract, or is a day of the company's calendar
_TIMELESS = ("periods", "customers", "entities", "entries")
#: of the balances to date, what translation reads
MOVED = ("revenue", "interest", "incentive", "settled")
STANDING = ("due", "contract_asset", "contract_liability", "refund_liability", "deposit")
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """A day's end: MOVED and STANDING to date in minor units, `over_time` the part of revenue to date that
    is earned over time, `tax` what of invoices and payments is neither revenue nor a balance."""

    day: date
    amounts: Mapping[str, int]
    over_time: int

    @property
    def tax(self) -> int:
        """What closes the entries: debits less credits."""
        credited = ("revenue", "interest", "incentive", *STANDING[2:])
        of = self.amounts
        return of["settled"] + of["due"] + of["contract_asset"] - sum(of[name] for name in credited)


def by_day(facts: Facts) -> Sequence[Day]:
    """The ends of all days on which something happens, oldest first; what was earned ties to the periods.

    Raises TotalError where it does not.
    """
    ends = sorted(_days(facts))
    books, rec = _measured(facts, ends)
    accrued = None if rec.financed is None else interest_of(books, rec.financed)
    balances = books.engine.rows(contract_balances(books, rec, accrued))
    standing = {row["period_index"]: row for row in balances}
    earned = {row["period_index"]: row for row in books.engine.rows(_earned(rec))}
    found = [_day(day, standing.get(at, {}), earned.get(at, {})) for at, day in enumerate(ends)]
    _require_tie(facts, found)
    return found


def _day(day: date, balances: Mapping[str, Any], earned: Mapping[str, Any]) -> Day:
    amounts = {name: balances.get(f"{name}_minor") or 0 for name in (*MOVED, *STANDING)}
    return Day(day, amounts, earned.get("over_time_minor") or 0)


def _require_tie(facts: Facts, found: Sequence[Day]) -> None:
    known = {one.day: one.amounts["revenue"] for one in found}
    for period in facts.calendar:
        name, day = period["period_id"], period["last_date"]
        earned = sum(cell["earned_minor"] for cell in facts.of_period(name))
        if known[day] != earned:
            raise TotalError(f"revenue to {name} is {earned} by its period and {known[day]} by its days")


def _earned(rec: Recognition) -> ir.Table:
    """period_index -> `over_time_minor` to date."""
    rows = rec.earned.join(rec.terms.select("obligation_id", "pattern"), "obligation_id")
    over_time = (rows.pattern == "over_time").fill_null(False)
    return rows.group_by("period_index").agg(
        over_time_minor=rows.earned_minor.sum(where=over_time).fill_null(0).cast("int64")
    )


# --- the days -------------------------------------------------------------------------------------------


def _days(facts: Facts) -> set[date]:
    """Every day of the file, those that recognition found beside them, the eves of bills and payments (what
    is earned over time by then is earned without them), and the ends of periods."""
    last = facts.calendar[-1]["last_date"]
    happened = {*_stated(facts), *_found(facts)}
    ends = {period["last_date"] for period in facts.calendar}
    ends.add(eve(facts))
    first = min(happened, default=min(ends))
    rates = {row["rate_date"] for row in facts.rows(facts.books.tables["rates"], "rate_date")}
    return {day for day in happened | ends | {d for d in rates if d >= first} if day <= last}


def eve(facts: Facts) -> date:
    """The day before the first period (U6)."""
    marks = facts.rec.marks
    [row] = facts.books.engine.rows(marks.filter(marks.period_index == BEFORE))
    day: date = row["last_date"]
    return day


def _stated(facts: Facts) -> Iterator[date]:
    for name in facts.document.tables:
        columns = [c.name for c in schema.tables()[name].columns if c.type == "date"]
        if name in _TIMELESS or name == "rates" or not columns:
            continue
        for row in facts.books.engine.rows(facts.books.tables[name].select(*columns)):
            yield from (day for day in row.values() if day)


def _found(facts: Facts) -> Iterator[date]:
    """Days from which papers count and prices are in force, days of bills and payments, and their eves."""
    books, rec = facts.books, facts.rec
    counted = rec.judged.filter((rec.judged.scenario == POLICY) & rec.judged.counts_from.notnull())
    days = counted.select(day="counts_from").union(rec.terms.select(day="bound_from"))
    if rec.versions is not None:
        days = days.union(rec.versions.filter(rec.versions.step > 0).select(day="from_day"))
    yield from (row["day"] for row in books.engine.rows(days.distinct()) if row["day"])
    contracts = of_contracts(rec)
    billed = invoices(books, contracts)
    for row in books.engine.rows(moves(billed, cash(books, contracts, billed)).select("day").distinct()):
        yield row["day"]
        yield row["day"] - _DAY


# --- measured on them -----------------------------------------------------------------------------------


def _measured(facts: Facts, ends: Sequence[date]) -> tuple[Books, Recognition]:
    """Books whose periods end on these days, and what was earned by each."""
    rec, engine = facts.rec, facts.books.engine
    books = _with_calendar(facts, ends)

    def keep(name: str, expression: ir.Table) -> ir.Table:
        return engine.keep(f"by_day_{name}", expression)

    marks = keep("points", points(books))
    records = progress.heard(books, rec.judged, marks, keep)
    states = keep("progress_states", progress.states(records, marks))
    used = by_use.changed(books, rec.terms, rec.amounts, marks)
    earned = keep("earned", earning.earn(books, rec.terms, rec.versions, used, records, states, marks))
    return books, replace(rec, marks=marks, records=records, earned=earned)


def _with_calendar(facts: Facts, ends: Sequence[date]) -> Books:
    firsts = [ends[0], *(day + _DAY for day in ends[:-1])]
    names = [day.isoformat() for day in ends]
    calendar = pa.table(
        {
            "period_index": pa.array(range(len(ends)), pa.int64()),
            "period_id": pa.array(names, pa.string()),
            "first_date": pa.array(firsts, pa.date32()),
            "last_date": pa.array(ends, pa.date32()),
        }
    )
    books, engine = facts.books, facts.books.engine
    return replace(
        books,
        calendar=engine.small("by_day_calendar", calendar),
        closes=engine.small("by_day_closes", _closes(facts, firsts, ends)),
        manifest=replace(books.manifest, window=Window(first=ends[0], last=ends[-1])),
    )


def _closes(facts: Facts, firsts: Sequence[date], ends: Sequence[date]) -> pa.Table:
    """When the books of each span of days closed: at a period's end as the period's; inside one at the day's
    end, but with the books of the period before, while those are open (E2): no estimate is unlearned."""
    books, marks = facts.books, facts.rec.marks
    own = closes_at_points(books, marks).join(marks.select("period_index", "last_date"), "period_index")
    zone = ZoneInfo(books.manifest.company.timezone)
    closed: dict[tuple[str, date], datetime] = {
        (row["day_entity"], row["last_date"]): row["closed_at"] for row in books.engine.rows(own)
    }
    rows = []
    for entity in sorted({entity for entity, _ in closed}):
        latest = datetime.min.replace(tzinfo=UTC)
        for first, last in zip(firsts, ends, strict=True):
            of_day = datetime.combine(last, time.max, zone).astimezone(UTC)
            at = closed.get((entity, last)) or max(of_day, latest)
            latest = max(at, latest)
            rows.append((entity, first, last, at))
    types = (pa.string(), pa.date32(), pa.date32(), pa.timestamp("us", "UTC"))
    names = ("entity_id", "first_date", "last_date", "closed_at")
    return pa.table({n: pa.array([row[i] for row in rows], types[i]) for i, n in enumerate(names)})
