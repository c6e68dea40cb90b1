"""Cells of a sheet of rows: each kind of column as the text of its cells; nothing here is a float.

A value is text by its type (`inlineStr`), whatever it begins with, so no cell of the books can become a
formula. XlsxWriter writes a cell in five microseconds, these in one: a workpaper has millions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from xlsxwriter.worksheet import Worksheet

from earned.report import numbers

#: A cell holds at most so many characters (Excel: 32,767).
LONGEST = 32_000
#: A spreadsheet keeps 15 digits: a larger amount is written as text.
EXACT = 10**15 - 1
#: A text within a formula holds at most so many characters.
_LABEL = 255
_EPOCH = date(1899, 12, 30).toordinal()
_MIDNIGHT = 86_400
#: What Excel would read as an escaped character.
_ESCAPE = re.compile("(_x[0-9a-fA-F]{4}_)")

#: The inside of a cell, after its place: `s="3"><v>1</v></c>`, from a value and its row's currency.
Write = Callable[[Any, Any], str]


class Sheet(Worksheet):  # type: ignore[misc]
    """A worksheet that also takes a whole row at once."""

    def write_line(self, line: int, cells: str, lines: int = 1) -> None:
        """Write a row, counted from 0, whose cells are ready; so many lines of text high."""
        if line > self.previous_row:
            self._write_single_row(line)  # ends the row before
        high = f' ht="{12 * lines + 3}" customHeight="1"' if lines > 1 else ""
        self.fh.write(f'<row r="{line + 1}"{high}>{cells}</row>')

    def reaches(self, line: int, place: int) -> None:
        """Tell the sheet how far rows written so far go."""
        self._check_dimensions(line, place)


def style(made: Any) -> int:
    """The number under which the workbook keeps a format."""
    return int(made._get_xf_index())


def text(made: Any) -> Write:
    """Text as text."""
    head = f's="{style(made)}" t="inlineStr"><is><t'

    def write(value: Any, _: Any) -> str:
        shown = numbers.plain(value, LONGEST)
        keep = ' xml:space="preserve"' if shown[:1] == " " or shown[-1:] == " " else ""
        return f"{head}{keep}>{escaped(shown)}</t></is></c>"

    return write


def whole(made: Any) -> Write:
    """A number of rows, or any integer."""
    head = f's="{style(made)}"><v>'
    return lambda value, _: f"{head}{value}</v></c>"


def million(made: Any) -> Write:
    """Parts per million as the share that they are."""
    head = f's="{style(made)}"><v>'
    return lambda value, _: f"{head}{decimal(value, 6)}</v></c>"


def money(formats: Callable[[Any], Any], exponent: Callable[[Any], int], as_text: Any) -> Write:
    """An amount of minor units in the decimals of its row's currency."""
    heads: dict[Any, tuple[str, int]] = {}
    long = text(as_text)

    def write(value: Any, currency: Any) -> str:
        if currency not in heads:
            heads[currency] = (f's="{style(formats(currency))}"><v>', exponent(currency))
        head, places = heads[currency]
        figure = decimal(value, places)
        return f"{head}{figure}</v></c>" if -EXACT <= value <= EXACT else long(figure, None)

    return write


def day(made: Any, as_text: Any) -> Write:
    """A calendar day as a date; before 1900, which a workbook cannot count, as text."""
    head, long = f's="{style(made)}"><v>', text(as_text)

    def write(value: date, _: Any) -> str:
        if value.year < 1900:
            return long(value.isoformat(), None)
        return f"{head}{value.toordinal() - _EPOCH}</v></c>"

    return write


def instant(made: Any, as_text: Any, timezone: str) -> Write:
    """An instant as date and time of a time zone, to the second."""
    head, long, zone = f's="{style(made)}"><v>', text(as_text), ZoneInfo(timezone)

    def write(value: datetime, _: Any) -> str:
        local = value.astimezone(zone) if value.tzinfo else value
        if local.year < 1900:
            return long(local.isoformat(sep=" ", timespec="seconds"), None)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        share = (seconds * 10**9 + _MIDNIGHT // 2) // _MIDNIGHT
        return f"{head}{local.toordinal() - _EPOCH}.{share:09}</v></c>"

    return write


def link(made: Any, sheet: str, first: int) -> Callable[[int, str], str]:
    """A cell that leads to a row of a sheet (counted from 0 below its heading) and shows our own words."""
    head = f's="{style(made)}" t="str"><f>HYPERLINK("#\'{escaped(sheet)}\'!A'

    def write(row: int, words: str) -> str:
        shown = escaped(words[:_LABEL])
        return f'{head}{row + first + 1}","{shown.replace(chr(34), chr(34) * 2)}")</f><v>{shown}</v></c>'

    return write


def difference(made: Any, left: str, right: str, places: int) -> Callable[[int, int], str]:
    """A live difference of two columns of its own line, counted from 0, with the amount that it gives."""
    head = f's="{style(made)}"><f>'
    return lambda line, minor: (
        f"{head}{left}{line + 1}-{right}{line + 1}</f><v>{decimal(minor, places)}</v></c>"
    )


def decimal(minor: int, places: int) -> str:
    """Minor units as an exact decimal: -1234, 2 is -12.34."""
    if not places:
        return str(minor)
    whole_part, rest = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{whole_part}.{rest:0{places}}"


def escaped(value: str) -> str:
    """Text for XML; control characters were made visible before. What looks like an escape stays as it is."""
    if "_x" in value:
        value = _ESCAPE.sub(r"_x005F\1", value)
    if "&" in value or "<" in value or ">" in value:
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value
