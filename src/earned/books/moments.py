"""Days and instants as files write them (R4, R11, E2).

ISO is always read; other formats are declared. A number in a date column of a workbook is a serial
day. A bare date in an instant column is the end of that day in the company's time zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from earned.books import sql

EXCEL = "excel"
#: Moments outside these are unreadable.
_BOUNDS = {
    "day": ("DATE '1901-01-01'", "DATE '2199-12-31'"),
    "time": ("TIMESTAMP '1901-01-01'", "TIMESTAMP '2199-12-31 23:59:59.999999'"),
    "instant": ("TIMESTAMPTZ '1901-01-01 00:00:00+00'", "TIMESTAMPTZ '2199-12-31 23:59:59.999999+00'"),
}
_DAY = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
#: The year first leaves no doubt, whatever mark stands between.
_YEAR_FIRST = r"[0-9]{4}(/[0-9]{1,2}/|\.[0-9]{1,2}\.)[0-9]{1,2}"
#: 24:00 is refused: it belongs to this day for one, to the next for another, and may move a quarter.
_TIME = r"([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]{1,9})?)?"
_OFFSET = r" ?(Z|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?)"
_SERIAL = r"[0-9]{1,6}(\.[0-9]+)?"
_TIMED = re.compile(r"%-?[HIMSfgnpTXc]")
_ZONED = re.compile(r"%-?[zZ]")
_FIELD = re.compile(r"%-?([A-Za-z])")
_WIDTH = {"Y": 4, "y": 2, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2, "j": 3}


@dataclass(frozen=True)
class Form:
    """One way a cell may write a moment: when it applies, its expression, and what the expression is."""

    when: str
    read: str
    gives: str  # day | time (without zone) | instant


@dataclass(frozen=True)
class Clock:
    """How a source writes moments: declared formats in order, serial days, and the company's zone."""

    formats: tuple[str, ...]
    zone: str
    workbook: bool = False
    date1904: bool = False

    @property
    def serials(self) -> bool:
        """Numbers are serial days: in workbooks always, in text files when declared (R4)."""
        return self.workbook or EXCEL in self.formats


def day(cell: str, clock: Clock) -> str:
    """The day a cell states; NULL where it cannot be read or lies outside 1901..2199."""
    return _first(cell, clock, {"day": "{0}", "time": "CAST({0} AS DATE)", "instant": in_zone(clock.zone)})


def instant(cell: str, clock: Clock) -> str:
    """The instant a cell states (TIMESTAMPTZ); a bare day is its last microsecond (E2)."""
    zone = sql.text(clock.zone)
    zoned = {"day": end_of_day("{0}", clock.zone), "time": f"timezone({zone}, {{0}})", "instant": "{0}"}
    return _first(cell, clock, zoned)


def end_of_day(day: str, zone: str) -> str:
    """The last microsecond of a day in a time zone (E2)."""
    last = f"CAST({day} AS TIMESTAMP) + INTERVAL 1 DAY - INTERVAL 1 MICROSECOND"
    return f"timezone({sql.text(zone)}, {last})"


def in_zone(zone: str, instant: str = "{0}") -> str:
    """The day of an instant in a time zone (R11)."""
    return f"CAST(timezone({sql.text(zone)}, {instant}) AS DATE)"


def expected(cell: str, clock: Clock) -> str:
    """What a date cell should have been, and what to set where the form of the cell gives it away."""
    declared = [f for f in clock.formats if f != EXCEL]
    usual = f"a date such as 2021-06-30{''.join(f' or as {f}' for f in declared)}, from 1901 to 2199"
    hints = []
    if not clock.serials:
        serial = f"{usual}; if these are the day numbers of a spreadsheet, set `date: excel` under this table"
        hints.append(("[0-9]{5}(\\.[0-9]+)?", f"{serial} in books.yaml"))
    if not declared:
        for form, example in (("[0-9]{8}", "%Y%m%d"), ("[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{4}", "%d.%m.%Y")):
            hints.append((form, f'{usual}; set its form, such as date: "{example}", under this table'))
    cases = "".join(f" WHEN regexp_full_match({cell}, '{f}') THEN {sql.text(t)}" for f, t in hints)
    return f"CASE{cases} ELSE {sql.text(usual)} END" if cases else sql.text(usual)


def fitting(cells: Iterable[str], clock: Clock) -> Iterator[str]:
    """For each declared format one aggregate: cells that it (or what is always read) does not fit."""
    for form in clock.formats:
        alone = Clock((form,), clock.zone, clock.workbook, clock.date1904)
        for cell in cells:
            yield f"count(*) FILTER ({cell} IS NOT NULL AND {day(cell, alone)} IS NULL)"


def _first(cell: str, clock: Clock, gives: dict[str, str]) -> str:
    first, *rest = [(f.when, _bounded(f, gives[f.gives])) for f in _forms(cell, clock)]
    others = ", ".join(["NULL", *(f"CASE WHEN {when} THEN {value} END" for when, value in rest)])
    return f"CASE WHEN {first[0]} THEN {first[1]} ELSE coalesce({others}) END"


def _bounded(form: Form, gives: str) -> str:
    low, high = _BOUNDS[form.gives]
    return f"CASE WHEN {form.read} BETWEEN {low} AND {high} THEN {gives.format(form.read)} END"


def _forms(cell: str, clock: Clock) -> Iterator[Form]:
    """ISO, the declared forms, serial days; a declared year-day-month takes the place of ISO."""
    declared = [_declared(cell, f) for f in clock.formats if f != EXCEL]
    iso = [] if any(re.match("%Y.%d", f) for f in clock.formats) else list(_iso(cell))
    yield from [*iso[:1], *declared, *iso[1:]]
    if clock.serials:
        yield from _serial(cell, clock)


def _iso(cell: str) -> Iterator[Form]:
    """The usual lengths first: most cells need no pattern; the year first also with / and . between.

    The engine reads 2021-06-3O as the third: what it read must be the text again.
    """
    yield _same(f"{cell} LIKE '____-__-__'", cell, "DATE", "day")
    yield _same(f"{cell} LIKE '____-__-__ __:__:__'", cell, "TIMESTAMP", "time")
    yield Form(f"regexp_full_match({cell}, '{_DAY}')", f"TRY_CAST({cell} AS DATE)", "day")
    timed = f"regexp_full_match({cell}, '{_DAY}[T ]{_TIME}')"
    yield Form(timed, f"TRY_CAST(replace({cell}, ',', '.') AS TIMESTAMP)", "time")
    seconds = f"regexp_replace({cell}, '^([^ T]+[T ][0-9]+:[0-9]{{2}}) ?([Z+-])', '\\1:00\\2')"
    joined = f"regexp_replace(replace({seconds}, ',', '.'), ' ([Z+-])', '\\1')"
    zoned = f"TRY_CAST({joined} AS TIMESTAMPTZ)"
    yield Form(f"regexp_full_match({cell}, '{_DAY}[T ]{_TIME}{_OFFSET}')", zoned, "instant")
    dashed = f"regexp_replace({cell}, '^([0-9]+)[/.]([0-9]+)[/.]', '\\1-\\2-')"
    yield Form(f"regexp_full_match({cell}, '{_YEAR_FIRST}')", f"TRY_CAST({dashed} AS DATE)", "day")
    later = f"regexp_full_match({cell}, '{_YEAR_FIRST}[T ]{_TIME}')"
    yield Form(later, f"TRY_CAST(replace({dashed}, ',', '.') AS TIMESTAMP)", "time")


def _same(when: str, cell: str, kind: str, gives: str) -> Form:
    read = f"TRY_CAST({cell} AS {kind})"
    return Form(when, f"CASE WHEN CAST({read} AS VARCHAR) = {cell} THEN {read} END", gives)


def _declared(cell: str, form: str) -> Form:
    gives = "instant" if _ZONED.search(form) else "time" if _TIMED.search(form) else "day"
    read = f"try_strptime({cell}, {sql.text(form)})"
    return Form(_shape(cell, form), f"CAST({read} AS DATE)" if gives == "day" else read, gives)


def _shape(cell: str, form: str) -> str:
    """Unpadded days and months fit, but not where no mark stands between the fields (R4)."""
    fields = _FIELD.findall(form)
    bare = _FIELD.sub("", form)
    if bare or any(f not in _WIDTH for f in fields):
        return f"{cell} IS NOT NULL"
    return f"length({cell}) = {sum(_WIDTH[f] for f in fields)}"


def _serial(cell: str, clock: Clock) -> Iterator[Form]:
    """Serial days: 1900 with its 29 February that never was (days from 61 on), or 1904 (R4)."""
    origin = "1904-01-01" if clock.date1904 else "1899-12-30"
    whole = f"CAST(split_part({cell}, '.', 1) AS INTEGER)"
    yield Form(f"regexp_full_match({cell}, '[0-9]{{1,6}}')", f"DATE '{origin}' + {whole}", "day")
    milliseconds = f"CAST(round(CAST({cell} AS DECIMAL(38, 10)) * 86400000) AS BIGINT)"
    timed = f"TIMESTAMP '{origin}' + to_milliseconds({milliseconds})"
    yield Form(f"regexp_full_match({cell}, '{_SERIAL}')", timed, "time")
