"""workpaper.xlsx: what an auditor signs. Every figure on Lead is a live formula over the sheets behind it."""

from __future__ import annotations

from pathlib import Path

from earned.report.view import View
from earned.report.workpaper.annexes import as_they_stand, evidence_range, index, legend, not_tested
from earned.report.workpaper.changes import extra
from earned.report.workpaper.lead import lead
from earned.report.workpaper.rows import source_of
from earned.report.workpaper.sheets import MOST, Book
from earned.report.workpaper.sums import sums_of
from earned.report.workpaper.tables import all_periods, details
from earned.report.workpaper.totals import reconciliation, rollforward


def write_workbook(view: View, path: Path, most: int = MOST) -> None:
    """Write workpaper.xlsx in constant memory.

    A sheet has at most `most` rows of the run; what is over is summed in lines of its own, so that totals
    still tie, and the sheet says so. The rows are streamed from the tables behind the view.
    """
    source = source_of(view)
    sums, book = sums_of(view, source), Book(view, source, path, most)
    all_periods(book, sums)
    details(book, sums)
    reconciliation(book)
    lead(book, sums)
    rollforward(book, sums)
    evidence_range(book)
    extra(book)
    not_tested(book)
    as_they_stand(book)
    legend(book)
    index(book)
    book.file.close()
