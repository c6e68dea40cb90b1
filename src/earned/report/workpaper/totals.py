"""Roll-forward and Reconciliation: sheets of totals whose sums and differences are live formulas."""

from __future__ import annotations

from earned.report.text import PAGE
from earned.report.view import ordered, totals
from earned.report.workpaper.columns import Col, at, columns_of
from earned.report.workpaper.lead import GAP, of_periods, opening
from earned.report.workpaper.sheets import FIRST, HEAD, Book
from earned.report.workpaper.sums import Sums
from earned.report.workpaper.tables import MOVEMENTS, RECONCILIATION
from earned.report.workpaper.words import BOOK


def rollforward(book: Book, sums: Sums) -> None:
    """Roll-forward: the gap before, what arose and was reversed, the gap after, tied to Lead."""
    columns = [Col("", PAGE["period"], width=16), Col("", PAGE["gap_before"], "money", 18)]
    columns += [Col("", head, "money", 18) for _, head, _ in MOVEMENTS]
    columns += [Col("", PAGE["gap_at_end"], "money", 18), Col("", BOOK["tie_lead"], "tie", 14)]
    sheet = book.heading("Roll-forward", [c.width for c in columns], PAGE["rollforward_note"])
    book.heads(sheet, HEAD, columns)
    sheet.freeze_panes(FIRST, 1)
    sheet.repeat_rows(HEAD)
    rows, places = totals(book.view), book.view.exponent()
    before = 0
    for line, row in enumerate(rows, start=FIRST):
        found = sums.of("contract", row["period_id"])
        sheet.write_string(line, 0, row["period_id"], book.format(bold=True))
        if line == FIRST:
            before = found["gap_minor"] - found["net_minor"]
        book.formula(sheet, line, 1, at(line - 1, 7) if line > FIRST else opening(book, at(line, 0)), before)
        for place, (key, _, sign) in enumerate(MOVEMENTS, start=2):
            formula, minor = of_periods(book, "contract", key, at(line, 0)), sign * found[key]
            book.formula(sheet, line, place, formula if sign > 0 else f"-{formula}", minor)
            before += minor
        whole = f"SUM({at(line, 1)}:{at(line, 6)})"
        book.formula(sheet, line, 7, whole, before, book.money(bold=True))
        left = before - sums.gap[row["period_id"]]
        tie = f"ROUND({at(line, 7)}-Lead!{at(line, GAP)},{places})"
        book.formula(sheet, line, 8, tie, left, book.tie())
        book.uses("✗" if left else "✓", "Roll-forward")
    book.rows["Roll-forward"] = book.all_rows["Roll-forward"] = len(rows)
    if rows:
        book.control["Roll-forward"] = (
            f"'Roll-forward'!{at(FIRST + len(rows) - 1, 7)}",
            PAGE["gap_at_end"].lower(),
            before,
        )


def reconciliation(book: Book) -> None:
    """Reconciliation: every total with its two sides; the difference is a live formula."""
    rows = ordered(book.view.tables["reconciliation"], "ties", "kind", "total", "period_id").to_pylist()
    marked = [r | {"mark": "agreed" if r["ties"] else "differs"} for r in rows]
    book.table("Reconciliation", RECONCILIATION, [columns_of(marked)])
    if rows:
        left = sum(r["left_minor"] - r["right_minor"] for r in marked if r["difference_minor"] is not None)
        book.controls("Reconciliation", RECONCILIATION, "difference_minor", BOOK["differences"], left)
