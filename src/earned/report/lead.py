"""The sheets whose figures are live formulas: Lead, Roll-forward, Reconciliation; Periods beneath them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc
from xlsxwriter.utility import xl_rowcol_to_cell

from earned.report import numbers
from earned.report.codes import PARTS, word
from earned.report.sheets import FIRST, MOST, Book, Col, block
from earned.report.text import BOOK, PAGE
from earned.report.view import Row, among, ordered, totals, where

DIMENSIONS = (
    "total",
    "part",
    "contract",
    "entity",
    "department",
    "owner",
    "customer",
    "preparer",
    "approver",
)

#: Parts that are summed and never listed as findings (G3).
UNLISTED = ("rounding", "convention")

#: Columns of Periods; formulas find their column here by key.
PERIODS = (
    Col("dimension", BOOK["dimension"], width=12),
    Col("member", BOOK["member"], width=24),
    Col("period_id", PAGE["period"], width=10),
    Col("booked_minor", PAGE["booked"], "money", 19),
    Col("earned_minor", PAGE["supported"], "money", 19),
    Col("net_minor", PAGE["difference"], "money", 19),
    Col("gap_minor", PAGE["gap_at_end"], "money", 19),
    Col("arising_minor", PAGE["arising"], "money", 19),
    Col("reversed_by_work_minor", PAGE["by_work"], "money", 19),
    Col("reversed_by_entry_minor", PAGE["by_entry"], "money", 19),
    Col("under_arising_minor", PAGE["under_arising"], "money", 19),
    Col("under_reversed_minor", PAGE["under_reversed"], "money", 19),
    Col("words", "", width=34),
)
_PLACE = {c.key: i for i, c in enumerate(PERIODS)}


def periods(book: Book) -> None:
    """Periods: the whole company in every period; every member of a dimension where it has a difference."""
    table = book.view.tables["misstatements"]
    moved = pc.or_kleene(pc.not_equal(table["gap_minor"], 0), pc.not_equal(table["net_minor"], 0))
    kept = table.filter(pc.or_kleene(pc.equal(table["dimension"], "total"), moved))

    def rows() -> Iterator[Row]:
        for dimension in DIMENSIONS:
            part = ordered(where(kept, "dimension", dimension), "member", "period_id").slice(0, MOST + 1)
            for row in part.to_pylist():
                yield row | {"words": _words(book, row)}

    book.table("Periods", PERIODS, rows())


def _words(book: Book, row: Row) -> str:
    if row["dimension"] == "part":
        return word(PARTS, row["member"])
    name = book.view.name(row["dimension"], row["member"])
    return name if name != row["member"] else ""


def lead(book: Book) -> None:
    """Lead: a row a period; booked, supported and gap by formula, each tied to the sheets behind."""
    heads = (PAGE["announced"], PAGE["booked"], PAGE["supported"], PAGE["difference"])
    columns = [Col("period_id", PAGE["period"], width=12)]
    columns += [Col("", h, "money", 20) for h in heads]
    columns += [Col("", PAGE["of_announced"], "ppm", 12), Col("", PAGE["of_corrected"], "ppm", 12)]
    columns += [Col("", PAGE["gap_at_end"], "money", 20)]
    columns += [Col("", BOOK[k], "tie", 16) for k in ("tie_parts", "tie_contracts", "tie_findings")]
    sheet, rows = book.heading("Lead", columns, BOOK["lead"]), totals(book.view)
    for i, row in enumerate(rows):
        line = FIRST + i
        sheet.write_string(line, 0, row["period_id"], book.format(bold=True))
        if row["announced_minor"] is not None:
            book.amount(sheet, line, 1, row["announced_minor"])
        for place, key in ((2, "booked_minor"), (3, "earned_minor")):
            book.formula(sheet, line, place, _of("total", key, line, book), row[key] or 0)
        book.formula(sheet, line, 4, f"{_at(line, 2)}-{_at(line, 3)}", row["net_minor"] or 0)
        _percentages(book, line, row)
        before = _at(line - 1, 7) if i else _opening(book, line)
        book.formula(sheet, line, 7, f"{before}+{_at(line, 4)}", row["gap_minor"] or 0, book.money(bold=True))
        _ties(book, line, row)
    book.rows["Lead"] = len(rows)


def _percentages(book: Book, line: int, row: Row) -> None:
    style = book.format(num_format="0.00%;(0.00%);0.00%", bold=True)
    told, net = _at(line, 1), _at(line, 4)
    base = f'IF({told}="",{_at(line, 2)},{told})-{net}'
    formulas = {
        5: (f'IF({told}>0,{net}/{told},"")', row["net_ppm_of_announced"]),
        6: (f'IF({base}>0,{net}/({base}),"")', row["net_ppm_of_corrected"]),
    }
    for place, (formula, ppm) in formulas.items():
        value = "" if ppm is None else numbers.major(ppm, 6)
        book.sheets["Lead"].write_formula(line, place, f"={formula}", style, value)


def _ties(book: Book, line: int, row: Row) -> None:
    """Gap at the period's end less the sum of its parts, of its contracts, of its findings: nil."""
    sheet, gap, places = book.sheets["Lead"], _at(line, 7), book.view.exponent()
    sums = {d: _summed(book, d, row["period_id"]) for d in ("part", "contract")}
    formulas = [
        (_of("part", "gap_minor", line, book), sums["part"]),
        (_of("contract", "gap_minor", line, book), sums["contract"]),
        (_listed(book, line), _listed_sum(book, row["period_id"])),
    ]
    for place, (formula, found) in enumerate(formulas, start=8):
        if formula is None or book.rows["Periods"] >= MOST:
            style = book.format(align="right", font_color="#5A6372")
            sheet.write_string(line, place, BOOK["not_here"], style)
        else:
            left = (row["gap_minor"] or 0) - found
            book.formula(sheet, line, place, f"ROUND({gap}-({formula}),{places})", left, book.tie())


def _summed(book: Book, dimension: str, period: str, members: Sequence[str] | None = None) -> int:
    """The gap at a period's end over the members of a dimension."""
    rows = where(where(book.view.tables["misstatements"], "dimension", dimension), "period_id", period)
    rows = rows if members is None else among(rows, "member", members)
    return pc.sum(rows["gap_minor"]).as_py() or 0


def _listed_sum(book: Book, period: str) -> int:
    parts = where(book.view.tables["gap_parts"], "period_id", period)
    small = pc.is_in(parts["part"], value_set=pa.array(UNLISTED))
    listed = pc.sum(parts.filter(pc.invert(small))["amount_minor"]).as_py() or 0
    return listed + _summed(book, "part", period, UNLISTED)


def _listed(book: Book, line: int) -> str | None:
    """Findings and what is summed but never listed; None where that is no sum of one currency."""
    rows, sheet = book.rows["Findings by period"], "Findings by period"
    foreign = pc.any(pc.not_equal(book.view.tables["units"]["currency"], book.view.currency)).as_py()
    if foreign or rows >= MOST:
        return None
    period = _at(line, 0)
    found = f"SUMIFS({block(sheet, 7, rows)},{block(sheet, 2, rows)},{period})"
    return "+".join([found, *(_of("part", "gap_minor", line, book, member) for member in UNLISTED)])


def _of(dimension: str, key: str, line: int, book: Book, member: str | None = None) -> str:
    """The sum over Periods of one dimension in the period that stands in column A."""
    rows = book.rows["Periods"]
    columns = {k: block("Periods", _PLACE[k], rows) for k in ("dimension", "member", "period_id", key)}
    named = f',{columns["member"]},"{member}"' if member else ""
    asked = f'{columns["dimension"]},"{dimension}",{columns["period_id"]},{_at(line, 0)}{named}'
    return f"SUMIFS({columns[key]},{asked})"


def _opening(book: Book, line: int) -> str:
    return f"({_of('total', 'gap_minor', line, book)}-{_of('total', 'net_minor', line, book)})"


def _at(line: int, place: int) -> str:
    return str(xl_rowcol_to_cell(line, place))


def rollforward(book: Book) -> None:
    """Roll-forward: the gap before, what arose and was reversed, the gap after, tied to Lead."""
    movements = (
        ("arising_minor", PAGE["arising"], 1),
        ("reversed_by_work_minor", PAGE["by_work"], -1),
        ("reversed_by_entry_minor", PAGE["by_entry"], -1),
        ("under_arising_minor", PAGE["under_arising"], -1),
        ("under_reversed_minor", PAGE["under_reversed"], 1),
    )
    columns = [Col("", PAGE["period"], width=12), Col("", PAGE["gap_before"], "money", 20)]
    columns += [Col("", head, "money", 20) for _, head, _ in movements]
    columns += [Col("", PAGE["gap_at_end"], "money", 20), Col("", BOOK["tie_lead"], "tie", 16)]
    sheet, rows = book.heading("Roll-forward", columns, PAGE["rollforward_note"]), totals(book.view)
    for i, row in enumerate(rows):
        line, before = FIRST + i, (row["gap_minor"] or 0) - (row["net_minor"] or 0)
        sheet.write_string(line, 0, row["period_id"], book.format(bold=True))
        book.formula(sheet, line, 1, _at(line - 1, 7) if i else _opening(book, line), before)
        for place, (key, _, sign) in enumerate(movements, start=2):
            formula = _of("total", key, line, book)
            book.formula(sheet, line, place, formula if sign > 0 else f"-{formula}", sign * (row[key] or 0))
        whole = f"SUM({_at(line, 1)}:{_at(line, 6)})"
        book.formula(sheet, line, 7, whole, row["gap_minor"] or 0, book.money(bold=True))
        tie = f"ROUND({_at(line, 7)}-Lead!{_at(line, 7)},{book.view.exponent()})"
        book.formula(sheet, line, 8, tie, 0, book.tie())
    book.rows["Roll-forward"] = len(rows)


def reconciliation(book: Book) -> None:
    """Reconciliation: every total with its two sides; the difference is a formula."""
    columns = (
        Col("total", PAGE["total"], width=30),
        Col("period_id", PAGE["period"], width=12),
        Col("kind", PAGE["kind"], width=12),
        Col("left_minor", PAGE["left"], "money", 20),
        Col("right_minor", PAGE["right"], "money", 20),
        Col("difference_minor", PAGE["difference"], "live", 20),
        Col("mark", PAGE["ties"], "mark", 14),
    )
    rows = (
        ordered(book.view.tables["reconciliation"], "ties", "kind", "total", "period_id")
        .slice(0, MOST)
        .to_pylist()
    )
    sheet = book.heading("Reconciliation", columns)
    for i, row in enumerate(rows):
        line = FIRST + i
        for place, column in enumerate(columns):
            if column.kind != "live":
                book.cell(sheet, line, place, column, row | {"mark": "agreed" if row["ties"] else "differs"})
        if row["left_minor"] is not None and row["right_minor"] is not None:
            book.formula(
                sheet, line, 5, f"{_at(line, 3)}-{_at(line, 4)}", row["left_minor"] - row["right_minor"]
            )
    book.rows["Reconciliation"] = len(rows)
