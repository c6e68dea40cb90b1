"""What is seen of a column: how many cells, which values first, and what those values read as.

A bounded number of different values is looked at, never the rows; reading them exactly is the typed
layer's, and `earned check` shows how it went.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from earned.books import sql
from earned.books.columns import Header
from earned.books.guess import words
from earned.books.readers import SourceTable
from earned.engine import Engine

#: Different values of a column that are looked at.
LOOKED_AT = 2_000
#: Forms of a day that are tried where it is not written year first with marks.
DAYS = (
    "%Y%m%d", "%d%m%Y", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%d/%m/%y",
    "%m/%d/%y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%d-%b-%y", "%d/%b/%y",
    "%d/%b/%Y", "%d.%b.%Y", "%Y年%m月%d日", "%d %b %y", "%a %d %b %Y", "%A, %B %d, %Y",
)  # fmt: skip
TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M %p", " %I:%M:%S %p")
ISO = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d{1,9})?)?( ?(Z|[+-]\d{2}:?\d{2}))?)?"
)
#: A spreadsheet's day numbers from 2000 to 2050.
_SERIAL = re.compile(r"(3[6-9]|4\d|5[0-4])\d{3}(\.\d+)?")
_SIGNS = re.compile(r"^[-(]?\s*([A-Z]{0,3}[$€£¥￥]|[A-Z]{3}|元)?\s*|\s*([$€£¥￥]|[A-Z]{3}|元|%)?\s*[-)]?$")
_NUMBER = {
    ".": re.compile(r"(\d+|\d{1,3}([, \u00a0'\u202f]\d{2,3})*[, \u00a0'\u202f]\d{3})(\.\d*)?|\.\d+"),
    ",": re.compile(r"(\d+|\d{1,3}([. \u00a0'\u202f]\d{3})+)(,\d*)?|,\d+"),
}
EXCEL = "excel"
#: Months without a day: what makes a day of each, and the form of that day (empty: year first).
_MONTHS = (
    ("{}-01", ""), ("{}/01", ""), ("{}.01", ""), ("{}1日", "%Y年%m月%d日"), ("01-{}", "%d-%b-%y"),
    ("01-{}", "%d-%b-%Y"), ("01 {}", "%d %b %Y"), ("01 {}", "%d %B %Y"), ("01/{}", "%d/%m/%Y"),
    ("01.{}", "%d.%m.%Y"), ("{}01", "%Y%m%d"),
)  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A column of a file: its header, filled cells, different values, and the first of them.

    `dates`: the forms that read every looked-at value (empty text: year first, always read).
    `marks`: the decimal signs that read them as numbers. `month`: of months without a day, the texts that
    make a day of them and its form: `('{}-01', '')`. Shares are of the looked-at values.
    """

    header: str
    filled: int
    distinct: int
    values: tuple[str, ...]
    dates: tuple[str, ...] = ()
    marks: frozenset[str] = frozenset()
    negative: bool = False
    month: tuple[str, str] | None = None

    @property
    def is_date(self) -> bool:
        """Every looked-at value reads as a day in some form."""
        return bool(self.dates)

    @property
    def is_number(self) -> bool:
        """Every looked-at value reads as a number."""
        return bool(self.marks)


@dataclass(frozen=True)
class Seen:
    """A source as it is seen: its columns, and the cells that mark lines of totals, by column."""

    columns: tuple[Column, ...]
    totals: Mapping[str, tuple[str, ...]]


def look(source: SourceTable, engine: Engine) -> Seen:
    """Every column of a source in the order of the file, lines of totals left out."""
    described = engine.sql(f"DESCRIBE {sql.name(source.relation)}")
    header = Header(source.name, {row[0]: row[1] for row in described}, source.name)
    totals = _totals(source, header, engine)
    cells = {c: f"coalesce({sql.trimmed(header.text(c))}, '')" for c in totals}
    kept = " AND ".join(f"NOT {sql.among(cells[c], values)}" for c, values in totals.items()) or "true"
    found = (_column(c, header, source, kept, engine) for c in source.columns)
    return Seen(tuple(found), totals)


def _totals(source: SourceTable, header: Header, engine: Engine) -> dict[str, tuple[str, ...]]:
    """Cells that begin like a total, on rows that are emptier than most: no customer called Total."""
    cells = {c: f"coalesce({sql.trimmed(header.text(c))}, '')" for c in source.columns}
    filled = " + ".join(f"CAST({cell} <> '' AS INTEGER)" for cell in cells.values())
    rows = f'SELECT *, {filled} AS "row:filled" FROM {sql.name(source.relation)}'
    usual, most = engine.sql(
        f'SELECT coalesce(quantile_disc("row:filled", 0.5), 0), coalesce(max("row:filled"), 0) FROM ({rows})'
    )[0]
    few = f'"row:filled" < {usual} OR 2 * "row:filled" <= {most}'
    engine.sql(f"CREATE OR REPLACE TEMP TABLE sparse AS SELECT * FROM ({rows}) WHERE {few}")
    pattern = sql.text(words.totals_pattern())
    found: dict[str, tuple[str, ...]] = {}
    for column, cell in cells.items():
        some = f"FROM sparse WHERE regexp_matches({cell}, {pattern})"
        values = engine.sql(f"SELECT DISTINCT {cell} AS c {some} ORDER BY c LIMIT 50")
        used = tuple(v for (v,) in values if words.is_total(v))
        if used:
            found[column] = used
    return found


def _column(name: str, header: Header, source: SourceTable, kept: str, engine: Engine) -> Column:
    cell = f"nullif({sql.trimmed(header.text(name))}, '')"
    relation = f"{sql.name(source.relation)} WHERE {kept}"
    filled, distinct = engine.sql(f"SELECT count({cell}), count(DISTINCT {cell}) FROM {relation}")[0]
    rows = engine.sql(
        f"SELECT cell FROM (SELECT {cell} AS cell, source_row FROM {relation}) "
        f"WHERE cell IS NOT NULL GROUP BY cell ORDER BY min(source_row), cell LIMIT {LOOKED_AT}"
    )
    values = tuple(row[0] for row in rows)
    return described(name, filled, distinct, values, source.kind == "workbook")


def described(name: str, filled: int, distinct: int, values: tuple[str, ...], workbook: bool) -> Column:
    """A column from the values that are looked at; lines of totals and the like are not among them."""
    dates = days(values, workbook)
    marks = frozenset(mark for mark in _NUMBER if values and all(number(v, mark) for v in values))
    negative = sum(v.lstrip().startswith(("-", "(", "\u2212")) or v.rstrip().endswith("-") for v in values)
    month = None if dates else months(values)
    return Column(name, filled, distinct, values, dates, marks, 2 * negative > len(values), month)


def months(values: Iterable[str]) -> tuple[str, str] | None:
    """How every value, a month without a day, becomes its first day: a template for it, and its form."""
    cells = [v.strip() for v in values]
    return next((way for way in _MONTHS if cells and all(_reads_month(c, *way) for c in cells)), None)


def _reads_month(cell: str, template: str, form: str) -> bool:
    day = template.format(cell)
    return bool(ISO.fullmatch(day)) and day[:4].isdigit() if not form else _reads(day, form)


def days(values: Iterable[str], workbook: bool = False) -> tuple[str, ...]:
    """The forms in which every value reads as a day; none where one value does not."""
    cells = [v.strip() for v in values]
    if not cells:
        return ()
    if all(ISO.fullmatch(c) for c in cells):
        return ("",)
    if all(_SERIAL.fullmatch(c) for c in cells):
        return ("",) if workbook else (EXCEL,)
    rest = [c for c in cells if not ISO.fullmatch(c)]
    forms = (day + time for day in DAYS for time in TIMES)
    return tuple(form for form in forms if all(_reads(c, form) for c in rest))


def _reads(cell: str, form: str) -> bool:
    try:
        found = datetime.strptime(cell, form)
    except ValueError:
        return False
    digits = len(re.sub(r"\D", "", cell))
    return 1950 <= found.year <= 2100 and (form not in ("%Y%m%d", "%d%m%Y") or digits == 8)


def number(cell: str, mark: str) -> bool:
    """Whether a cell reads as a number with that decimal sign."""
    bare = _SIGNS.sub("", cell.strip().replace("\u2212", "-"))
    return bool(_NUMBER[mark].fullmatch(bare.strip("-() ")))
