"""How a sheet of the workpaper is written: heading, sign-off, columns, rows, formulas, print set-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from earned.report import numbers
from earned.report.view import Row, View
from earned.report.workpaper import cells
from earned.report.workpaper.cells import Sheet, Write
from earned.report.workpaper.columns import Col, block, columns_of, heights, place_of
from earned.report.workpaper.printing import print_setup
from earned.report.workpaper.rows import Columns, Lines, Source
from earned.report.workpaper.words import BOOK, GREEN, LEGEND, MARKS, purposes

#: Rows of the heading, from 0: title, subtitle, two of sign-off, note, sums, then the columns' names.
TITLE, SUBTITLE, PREPARED, REVIEWED, NOTE, SUMS, HEAD = range(7)
FIRST = HEAD + 1
#: A sheet has at most so many rows; what is over is summed in lines of its own.
MOST = 250_000
NARROW = 16
INK, LINE, PAPER, INPUT = "#5A6372", "#C9CED6", "#EEF0F3", "#FFFDF2"


class Book:
    """The workbook: text is text, no formula but our own, constant memory, bytes repeat.

    `rows` has the lines of each sheet, `all_rows` the rows of the run where they are more, `control` a
    formula for its control total, what that is of, and the minor units it gives.
    """

    def __init__(self, view: View, source: Source, path: Path, most: int = MOST) -> None:
        self.view, self.source, self.most = view, source, most
        self.file = xlsxwriter.Workbook(
            str(path),
            {
                "constant_memory": True,
                "tmpdir": str(path.parent),  # what a killed run leaves goes with its unfinished folder
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_format_properties": {"font_name": "Arial", "font_size": 9, "valign": "vcenter"},
            },
        )
        title = f"{numbers.plain(view.company, 80)}: {BOOK['title']}"
        about = {"title": title, "comments": f"earned {view.version}, run {view.run_id}"}
        self.file.set_properties(about | {"created": datetime(2000, 1, 1)})
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.purposes = purposes(view)
        self.sheets = {name: self.file.add_worksheet(name, Sheet) for name in self.purposes}
        self.rows: dict[str, int] = {}
        self.all_rows: dict[str, int] = {}
        self.control: dict[str, tuple[str, str, int]] = {}
        self.marks: dict[str, list[str]] = {mark: [] for mark in LEGEND}

    def format(self, **properties: Any) -> Any:
        """A cell format, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.file.add_format(properties)
        return self._formats[key]

    def money(self, currency: str | None = None, **more: Any) -> Any:
        """The number format of a currency: its decimals, negatives in brackets, nil a dash."""
        figure = self._figure(currency)
        look = {"align": "right", "indent": 1} | more
        return self.format(num_format=f'{figure}_);({figure});"–"_)', **look)

    def share(self, **more: Any) -> Any:
        """The number format of a percentage."""
        look = {"align": "right", "indent": 1} | more
        return self.format(num_format="0.00%_);(0.00%);0.00%_)", **look)

    def tie(self) -> Any:
        """The number format of a tie-out: a tick for nil, else a cross and the difference."""
        figure = self._figure(None)
        shown = f'[Red]"✗ "{figure};[Red]"✗ "({figure});"✓"'
        return self.format(num_format=shown, align="right", indent=1, font_color=GREEN)

    def _figure(self, currency: str | None) -> str:
        digits = "0" * self.view.exponent(currency)
        return "#,##0" + (f".{digits}" if digits else "")

    def uses(self, mark: str, sheet: str) -> None:
        """Note that a sheet bears a mark, for the legend."""
        if sheet not in self.marks[mark]:
            self.marks[mark].append(sheet)

    def heading(self, name: str, widths: Sequence[float], note: str = "") -> Sheet:
        """Title, sign-off and note of a sheet, its columns' widths and its print set-up."""
        view, quiet = self.view, self.format(font_color=INK)
        sheet: Sheet = self.sheets[name]
        for i, width in enumerate([*widths, *[NARROW] * (3 - len(widths))]):
            sheet.set_column(i, i, max(width, NARROW) if i == 0 else width)
        sheet.write_string(TITLE, 0, name, self.format(bold=True, font_size=14))
        about = BOOK["about"].format(
            currency=view.currency, as_of=view.as_of, run=view.run_id, version=view.version
        )
        sheet.write_string(SUBTITLE, 0, f"{numbers.plain(view.company, 80)}  ·  {about}", quiet)
        self._sign(sheet, PREPARED, BOOK["prepared"])
        self._sign(sheet, REVIEWED, BOOK["reviewed"])
        sheet.write_string(NOTE, 0, note, self.format(italic=True, font_color=INK))
        print_setup(sheet, view, sum(widths))
        return sheet

    def _sign(self, sheet: Sheet, line: int, words: str) -> None:
        """Empty cells for who signs and when, each with a check of what is put in."""
        sheet.write_string(line, 0, words, self.format(font_color=INK))
        sheet.write_blank(line, 1, None, self.format(bottom=4, bottom_color=INK, bg_color=INPUT))
        dated = self.format(bottom=4, bottom_color=INK, bg_color=INPUT, num_format="yyyy-mm-dd", align="left")
        sheet.write_blank(line, 2, None, dated)
        who = {"validate": "length", "criteria": "between", "minimum": 1, "maximum": 60}
        sheet.data_validation(line, 1, line, 1, who | _help("who"))
        when = {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1)}
        sheet.data_validation(line, 2, line, 2, when | _help("when"))

    def heads(self, sheet: Sheet, line: int, columns: Sequence[Col]) -> None:
        """The names of columns, on one line; figures stand to the right."""
        sheet.set_row(line, 26)
        for i, column in enumerate(columns):
            right = column.kind in ("money", "count", "ppm", "tie")
            side = {"align": "right", "indent": 1} if right else {"align": "left"}
            look = side | {"bottom": 1, "bottom_color": INK, "bg_color": PAPER, "valign": "bottom"}
            look = self.format(bold=True, text_wrap=True, **look)
            sheet.write_string(line, i, column.head, look)

    def table(
        self,
        name: str,
        columns: Sequence[Col],
        rows: Iterable[Columns],
        note: str = "",
        *,
        rest: Sequence[Row] = (),
        lines: Lines | None = None,
        sums: Mapping[str, int] | None = None,
    ) -> None:
        """Write a sheet of rows, then `rest`: the sums of what has no line of its own.

        `lines` knows how many rows the run has; `sums` are the minor units of columns that are footed above
        their heading, over the rows that stand here.
        """
        if lines and lines.count > lines.most:
            note = f"{BOOK['cut'].format(here=f'{lines.most:,}', all=f'{lines.count:,}')} {note}"
        sheet = self.heading(name, [c.width for c in columns], note)
        self._foot(name, columns, sums or {}, min(lines.count, lines.most) if lines else 0)
        self.heads(sheet, HEAD, columns)
        sheet.freeze_panes(FIRST, 1)
        sheet.repeat_rows(HEAD)
        written = 0
        for batch in rows:
            written += self._lines(name, columns, batch, FIRST + written)
        whole = written
        if rest:
            whole += self._lines(name, columns, columns_of(rest), FIRST + written)
        if written:
            sheet.autofilter(HEAD, 0, HEAD + written, len(columns) - 1)
        for i, column in enumerate(columns):
            if column.kind == "input" and written:
                choice = {"validate": "list", "source": BOOK["conclude_finding"].split(",")}
                sheet.data_validation(FIRST, i, FIRST + written - 1, i, choice)
        self.rows[name], self.all_rows[name] = whole, lines.count if lines else written

    def _foot(self, name: str, columns: Sequence[Col], sums: Mapping[str, int], rows: int) -> None:
        """Live sums above the headings, of the rows that a filter leaves."""
        if not sums or not rows:
            return
        sheet = self.sheets[name]
        self.uses("Σ", name)
        sheet.write_string(SUMS, 0, "Σ", self.format(bold=True, font_color=INK))
        for i, column in enumerate(columns):
            if column.key in sums:
                formula = f"SUBTOTAL(109,{block(i, FIRST, rows)})"
                self.formula(sheet, SUMS, i, formula, sums[column.key], self.money(bold=True))

    def _lines(self, name: str, columns: Sequence[Col], batch: Columns, first: int) -> int:
        """Write rows from a line on, and return how many."""
        sheet, size = self.sheets[name], _length(batch)
        places = [f'<c r="{xl_col_to_name(i)}' for i in range(len(columns))]
        made = [self._cells(name, columns, column, batch, first) for column in columns]
        high = heights(columns, batch)
        for line, row in enumerate(zip(*made), start=first):
            at = f'{line + 1}" '
            made_up = "".join([p + at + cell for p, cell in zip(places, row) if cell])
            sheet.write_line(line, made_up, high[line - first] if high else 1)
        if size:
            sheet.reaches(first, 0)
            sheet.reaches(first + size - 1, len(columns) - 1)
        return size

    def _cells(self, name: str, columns: Sequence[Col], column: Col, batch: Columns, first: int) -> list[str]:
        """The cells of a column from a line on; an empty one is nothing."""
        size = _length(batch)
        values = batch.get(column.key) or [None] * size
        if column.less:
            left, right = (xl_col_to_name(place_of(columns, key)) for key in column.less)
            less = cells.difference(self.money(), left, right, self.view.exponent())
            return ["" if v is None else less(first + i, v) for i, v in enumerate(values)]
        if column.kind == "input":
            box = self.format(bottom=4, bottom_color=LINE, bg_color=INPUT, text_wrap=True)
            return [f's="{cells.style(box)}"/>'] * size
        if column.kind == "mark":
            known = {v: self._mark(name, v) if v else "" for v in dict.fromkeys(values)}
            return [known[v] for v in values]
        said = values if column.say is None else [None if v is None else column.say(v) for v in values]
        write, currencies = self._writer(column), batch.get("currency") or [None] * size
        plain = ["" if v is None else write(v, c) for v, c in zip(said, currencies)]
        if column.link is None:
            return plain
        look = self.format(font_color="#1D4F80", underline=1)
        sheet, key = column.link
        self.uses("↔", name)
        lead = cells.link(look, sheet, FIRST)
        rows = batch.get(key) or [None] * size
        return [
            p if not p or r is None or r >= self.most else lead(r, v) for p, v, r in zip(plain, said, rows)
        ]

    def _mark(self, name: str, key: str) -> str:
        tone, words = MARKS[key]
        self.uses(words[0], name)
        return cells.text(self.format(font_color=tone))(words, None)

    def _writer(self, column: Col) -> Write:
        """How a kind of cell is written."""
        view, plain = self.view, self.format()
        if column.kind == "money":
            return cells.money(self.money, view.exponent, self.format(align="right"))
        if column.kind == "count":
            return cells.whole(self.format(num_format="#,##0", align="right", indent=1))
        if column.kind == "ppm":
            return cells.million(self.share())
        if column.kind == "date":
            return cells.day(self.format(num_format="yyyy-mm-dd", align="left"), plain)
        if column.kind == "instant":
            dated = self.format(num_format="yyyy-mm-dd hh:mm", align="left")
            return cells.instant(dated, plain, view.timezone)
        return cells.text(self.format(text_wrap=True) if column.kind == "wrap" else plain)

    def controls(
        self, name: str, columns: Sequence[Col], key: str, of: str, minor: int, period: str = "", **where: str
    ) -> None:
        """The control total of a sheet of rows for Index: a live sum of a column, which gives `minor`."""
        asked = {"period_id": period} | where if period else where
        named = "".join(
            f',{block(place_of(columns, k), FIRST, self.rows[name], name)},"{v}"' for k, v in asked.items()
        )
        summed = block(place_of(columns, key), FIRST, self.rows[name], name)
        formula = f"SUMIFS({summed}{named})" if named else f"SUM({summed})"
        words = BOOK["at"].format(what=of, period=period) if period else of
        self.control[name] = (formula, words[:1].lower() + words[1:], minor)

    def conclusion(self, name: str, line: int) -> None:
        """An empty cell for the conclusion, to be chosen from a list, and one beside it for words."""
        sheet, box = self.sheets[name], self.format(bottom=4, bottom_color=INK, bg_color=INPUT)
        sheet.write_string(line, 0, BOOK["conclusion"], self.format(bold=True))
        for place in (1, 2, 3, 4):
            sheet.write_blank(line, place, None, box)
        choice = {"validate": "list", "source": BOOK["conclude"].split(",")}
        sheet.data_validation(line, 1, line, 1, choice)

    def formula(
        self, sheet: Sheet, line: int, place: int, formula: str, minor: int | None, made: Any = None
    ) -> None:
        """A live formula and the amount that it gives; None is an empty text."""
        value = "" if minor is None else numbers.major(minor, self.view.exponent())
        sheet.write_formula(line, place, f"={formula}", made or self.money(), value)

    def amount(self, sheet: Sheet, line: int, place: int, minor: int) -> None:
        """An amount of the company's currency; as text where a workbook would round it."""
        if abs(minor) > cells.EXACT:
            shown = cells.decimal(minor, self.view.exponent())
            sheet.write_string(line, place, shown, self.format(align="right"))
        else:
            sheet.write_number(line, place, numbers.major(minor, self.view.exponent()), self.money())


def _length(batch: Columns) -> int:
    return len(next(iter(batch.values()), ()))


def _help(key: str) -> dict[str, Any]:
    words = {"input_title": BOOK[f"{key}_title"], "input_message": BOOK[key]}
    return words | {"error_title": BOOK[f"{key}_title"], "error_message": BOOK[key], "ignore_blank": True}
