"""How a sheet of the workbook is written: heading, sign-off, columns, cells by kind, print set-up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from earned.report import numbers
from earned.report.text import BOOK, MARKS, PAGE
from earned.report.view import Row, View

#: Rows of the heading, counted from 0: title, subtitle, sign-off, note, blank, then the columns' names.
TITLE, SUBTITLE, SIGNED, NOTE, HEAD = 0, 1, 2, 3, 5
FIRST = HEAD + 1
MOST = 100_000
LINKS = 60_000
CELL = 32_000


@dataclass(frozen=True)
class Col:
    """A column: the row's key, its heading, how its cells are written, how wide."""

    key: str
    head: str
    kind: str = "text"
    width: int = 14


LINEAGE = (Col("source_file", PAGE["file"], width=22), Col("source_row", PAGE["row"], "count", 8))


class Book:
    """The workbook: text is text, nothing is computed on opening but our own formulas, bytes repeat."""

    def __init__(self, view: View, path: Path, names: Sequence[str]) -> None:
        self.view = view
        self.file = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": "Arial", "font_size": 9, "valign": "top"},
            },
        )
        self.file.set_properties({"title": BOOK["title"], "created": datetime(2000, 1, 1)})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.sheets = {name: self.file.add_worksheet(name) for name in names}
        self.rows: dict[str, int] = {}

    def format(self, **properties: Any) -> Any:
        """A cell format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.file.add_format(properties)
        return self._formats[key]

    def money(self, currency: str | None = None, **more: Any) -> Any:
        """The number format of a currency: its decimals, negatives in brackets, nil a dash."""
        digits = "0" * self.view.exponent(currency)
        figure = "#,##0" + (f".{digits}" if digits else "")
        return self.format(num_format=f'{figure};({figure});"–"', **more)

    def tie(self) -> Any:
        """The number format of a tie-out: a tick for nil, else a cross and the difference."""
        digits = "0" * self.view.exponent()
        figure = "#,##0" + (f".{digits}" if digits else "")
        return self.format(
            num_format=f'[Red]"✗ "{figure};[Red]"✗ "({figure});[Color10]"✓ agreed"', align="right"
        )

    def heading(self, name: str, columns: Sequence[Col], note: str = "") -> Worksheet:
        """Title, sign-off and column names of a sheet, its panes and its print set-up."""
        sheet, view = self.sheets[name], self.view
        for i, column in enumerate(columns):
            sheet.set_column(i, i, column.width)
        sheet.write_string(TITLE, 0, f"{view.company}: {name}", self.format(bold=True, font_size=13))
        about = BOOK["about"].format(
            currency=view.currency, as_of=view.as_of, run=view.run_id, version=view.version
        )
        sheet.write_string(SUBTITLE, 0, about, self.format(font_color="#566072"))
        self._sign_off(sheet)
        sheet.write_string(NOTE, 0, note, self.format(italic=True, font_color="#566072"))
        sheet.set_row(HEAD, 28)
        for i, column in enumerate(columns):
            right = column.kind in ("money", "count", "ppm", "tie")
            head = self.format(
                bold=True, bottom=1, text_wrap=True, bg_color="#ECEEF1", align="right" if right else "left"
            )
            sheet.write_string(HEAD, i, column.head, head)
        sheet.freeze_panes(FIRST, 1)
        _print_setup(sheet, view)
        return sheet

    def _sign_off(self, sheet: Worksheet) -> None:
        """Empty cells for who prepared and who reviewed, and when."""
        box = self.format(border=4, bg_color="#FFFDF2")
        dated = self.format(border=4, bg_color="#FFFDF2", num_format="yyyy-mm-dd")
        for i, key in enumerate(("prepared", "date", "reviewed", "date")):
            sheet.write_string(SIGNED, 2 * i, BOOK[key], self.format(font_color="#566072", align="right"))
            sheet.write_blank(SIGNED, 2 * i + 1, None, dated if key == "date" else box)
            if key == "date":
                sheet.data_validation(
                    SIGNED,
                    2 * i + 1,
                    SIGNED,
                    2 * i + 1,
                    {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1), "ignore_blank": True},
                )

    def table(self, name: str, columns: Sequence[Col], rows: Iterable[Row], note: str = "") -> int:
        """Write a sheet of rows, at most MOST; a row's `link:<key>` is where the cell of that key leads."""
        sheet, written = self.heading(name, columns, note), 0
        for row in rows:
            if written == MOST:
                sheet.write_string(FIRST + MOST, 0, BOOK["more"].format(most=f"{MOST:,}"))
                break
            for i, column in enumerate(columns):
                self.cell(sheet, FIRST + written, i, column, row)
            written += 1
        if written:
            sheet.autofilter(HEAD, 0, HEAD + written, len(columns) - 1)
        self.rows[name] = written
        return written

    def cell(self, sheet: Worksheet, line: int, place: int, column: Col, row: Row) -> None:
        """One cell by its column's kind."""
        value, link = row.get(column.key), row.get(f"link:{column.key}")
        if value is None:
            return
        if link and line < LINKS:
            sheet.write_url(line, place, link, self.format(font_color="#1D4F80", underline=1), _text(value))
        elif column.kind == "money":
            self.amount(sheet, line, place, value, row.get("currency"))
        elif column.kind == "count":
            sheet.write_number(line, place, value, self.format(num_format="#,##0"))
        elif column.kind == "ppm":
            sheet.write_number(
                line, place, numbers.major(value, 6), self.format(num_format="0.00%;(0.00%);0.00%")
            )
        elif column.kind in ("date", "instant"):
            self._moment(sheet, line, place, value)
        elif column.kind == "mark":
            tone, words = MARKS[value]
            sheet.write_string(line, place, words, self.format(font_color=tone))
        else:
            sheet.write_string(line, place, _text(value))

    def amount(
        self, sheet: Worksheet, line: int, place: int, minor: int, currency: str | None = None
    ) -> None:
        """An amount in major units; as text where a workbook's numbers could not hold it exactly."""
        exponent = self.view.exponent(currency)
        if abs(minor) > numbers.EXACT:
            sheet.write_string(line, place, str(numbers.major(minor, exponent)), self.format(align="right"))
        else:
            sheet.write_number(line, place, numbers.major(minor, exponent), self.money(currency))

    def formula(
        self, sheet: Worksheet, line: int, place: int, formula: str, minor: int, style: Any = None
    ) -> None:
        """A live formula with the amount that it gives."""
        value = numbers.major(minor, self.view.exponent())
        sheet.write_formula(line, place, f"={formula}", style or self.money(), value)

    def _moment(self, sheet: Worksheet, line: int, place: int, value: date | datetime) -> None:
        if value.year < 1900:
            sheet.write_string(line, place, value.isoformat())
        elif isinstance(value, datetime):
            local = value.astimezone(ZoneInfo(self.view.timezone)).replace(tzinfo=None, microsecond=0)
            sheet.write_datetime(line, place, local, self.format(num_format="yyyy-mm-dd hh:mm", align="left"))
        else:
            sheet.write_datetime(line, place, value, self.format(num_format="yyyy-mm-dd", align="left"))


def rows_of(table: pa.Table) -> Iterator[Row]:
    """The rows of a table, a batch at a time."""
    for batch in table.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


def target(name: str, line: int) -> str:
    """The address of a row of a sheet, for a link."""
    return f"internal:'{name}'!{xl_rowcol_to_cell(line, 0)}"


def block(name: str, place: int, rows: int) -> str:
    """The cells of one column of a sheet of rows, for a formula."""
    first, last = (
        xl_rowcol_to_cell(line, place, row_abs=True, col_abs=True)
        for line in (FIRST, FIRST + max(rows, 1) - 1)
    )
    return f"'{name}'!{first}:{last}"


def first_lines(units: Iterable[str]) -> Mapping[str, tuple[int, int]]:
    """Of each unit in a sheet of rows: its first line, and how many lines it has."""
    found: dict[str, tuple[int, int]] = {}
    for i, unit in enumerate(units):
        line, many = found.get(unit, (FIRST + i, 0))
        found[unit] = (line, many + 1)
    return found


def _print_setup(sheet: Worksheet, view: View) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    company = numbers.plain(view.company, 60).replace("&", "&&")
    sheet.set_footer(f"&L&8 {company}&C&8 &A  &P / &N&R&8 {view.run_id}")  # `&83f` would be a font size
    sheet.hide_gridlines(2)


def _text(value: object) -> str:
    return numbers.plain(value, CELL)
