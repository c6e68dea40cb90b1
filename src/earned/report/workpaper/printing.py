"""How a sheet of the workpaper prints: A4 across, its run and page at the foot."""

from __future__ import annotations

from earned.report import numbers
from earned.report.view import View
from earned.report.workpaper.cells import Sheet

#: Characters that are still legible side by side on A4.
ONE_PAGE = 205


def print_setup(sheet: Sheet, view: View, wide: float) -> None:
    """A4 across; a sheet too wide to read on one page goes on beside it, its first column repeated."""
    sheet.set_landscape()
    sheet.set_paper(9)
    if wide > ONE_PAGE:
        sheet.set_print_scale(66)
        sheet.repeat_columns(0)
        sheet.print_across()
    else:
        sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    company = numbers.plain(view.company, 60).replace("&", "&&")
    # A blank before the run: `&83f` would be a font size.
    sheet.set_footer(f"&L&8 {company}&C&8 &A&R&8 Run {view.run_id}   page &P of &N")
    sheet.hide_gridlines(2)
