"""The price of what is still to be transferred at each period end, and the years in which it is expected.

ASC 606-10-50-13 to 50-15; IFRS 15.120-122.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import muldiv, share
from earned.recognition import repurchase
from earned.recognition.closing import BEFORE
from earned.recognition.earning import QUANTITY
from earned.recognition.gates import contract_criteria
from earned.recognition.modification import in_force
from earned.recognition.recognise import Recognition
from earned.recognition.straight_line import cut, fraction, used
from earned.recognition.terms import STRAIGHT_LINE

UNKNOWN = "unknown"
#: progress of service as a whole number: finer than any amount, so that no year's share is off by rounding
WHOLE = 10**12


def remaining_obligations(books: Books, rec: Recognition) -> ir.Table:
    """The run's table remaining_obligations: contract_id, period_id, year, amount_minor (contract currency).

    The allocated price in force at the period's end less what is earned of it, of contracts in force then;
    what is no sale, or not yet one, is none of it: a lease or a financing until its right lapses.
    `year` is the fiscal year in which it is expected: service over time by its future progress, the rest in
    the year of its end_date, `unknown` without one still to come. Usage is left out (50-14(b)); contracts of
    a year or less are not, that being an election (50-14(a)).
    """
    rows = _open(books, rec)
    timed = rows.measure.isin(STRAIGHT_LINE)
    parts = _by_end(books, rows.filter(~timed))
    if by := used(rec.terms):
        parts = parts.union(_by_progress(books, rows.filter(timed), by))
    parts = parts.filter(parts.amount_minor != 0).join(
        books.calendar.select("period_index", "period_id"), "period_index"
    )
    sums = parts.group_by("contract_id", "period_id", "year").agg(
        amount_minor=parts.amount_minor.sum().cast("int64")
    )
    return sums.filter(sums.amount_minor != 0)


def _open(books: Books, rec: Recognition) -> ir.Table:
    """Terms of each obligation with fixed price at each point, `day` and what is `left_minor` of it."""
    terms = rec.terms.filter(rec.terms.untestable.isnull() & (rec.terms.measure != "as_used"))
    rows = terms.left_join(_begun(rec), "contract_id").drop("contract_id_right")
    rows = rows.cross_join(
        rec.marks.filter(rec.marks.period_index > BEFORE).select("period_index", day="last_date")
    )
    rows = _of_sales(books, rec, rows.filter(_is_in_force(rows)))
    rows = in_force(rows, rec.versions)
    earned = rec.earned.select(
        "obligation_id", "period_index", "earned_minor", "beside_minor", "refundable_minor", "done", "whole"
    )
    rows = rows.left_join(earned, ["obligation_id", "period_index"])
    return rows.mutate(left_minor=_left(rows)).filter(lambda t: t.left_minor != 0)


def _of_sales(books: Books, rec: Recognition, rows: ir.Table) -> ir.Table:
    """Without what may or must come back, while it may, and what a criterion of the contract withholds."""
    holds = []
    if books.filled.get("repurchases"):
        holds.append(repurchase.holds(books, rec.terms))
    if books.filled.get("criteria"):
        holds.append(contract_criteria(books, rec.terms))
    for held in holds:
        held = held.select("obligation_id", opens="gate_from", shut="gate_shut")
        rows = rows.left_join(held, "obligation_id").drop("obligation_id_right")
        closed = rows.shut.fill_null(False) | (rows.opens > rows.day).fill_null(False)
        rows = rows.filter(~closed).drop("opens", "shut")
    return rows


def _left(rows: ir.Table) -> ir.IntegerValue:
    """The allocated price less what is earned of it, and less that of goods transferred that will come back.

    Royalties are no part of the price; what else is earned beside progress (materials, fees of returns) is.
    """
    royalty = ibis.ifelse(rows.royalty_rate.notnull(), rows.beside_minor.fill_null(0), 0)
    lowered = share(rows.refund_minor, rows.done, rows.whole).fill_null(0)
    returning = rows.refundable_minor.fill_null(0) + lowered
    gone = rows.earned_minor.fill_null(0) - royalty + returning
    complete = (rows.done >= rows.whole).fill_null(False)
    left: ir.IntegerValue = ibis.ifelse(complete, 0, rows.allocated_minor.fill_null(0) - gone)
    return left


def _begun(rec: Recognition) -> ir.Table:
    """contract_id, `first_index`: the first point at which anything of the contract is on record."""
    cells = rec.cells.filter(rec.cells.period_index > BEFORE).select("unit_id", "period_index")
    cells = cells.join(rec.units.select("unit_id", "contract_id"), "unit_id")
    return cells.group_by("contract_id").agg(first_index=cells.period_index.min())


def _is_in_force(rows: ir.Table) -> ir.BooleanValue:
    """Bound, or without a known day of that begun or on record; and not ended early."""
    began = ibis.coalesce(rows.bound_from, rows.contract_start_date, rows.start_date)
    started = ibis.ifelse(
        began.isnull(), (rows.period_index >= rows.first_index).fill_null(False), began <= rows.day
    )
    ended = (rows.terminated_date <= rows.day).fill_null(False)
    return ~rows.never_bound & started & ~ended


def _by_end(books: Books, rows: ir.Table) -> ir.Table:
    year = ibis.ifelse(rows.end_date > rows.day, fiscal_year(books, rows.end_date), ibis.null("int64"))
    return rows.select(
        "contract_id", "period_index", year=year.cast("string").fill_null(UNKNOWN), amount_minor="left_minor"
    )


def _by_progress(books: Books, rows: ir.Table, by: tuple[str, ...]) -> ir.Table:
    """What is left, in proportion to the progress of each year still to come; adds up exactly."""
    first = fiscal_year(books, ibis.greatest(rows.day, rows.start_date))
    # A contract that will have ended early is not known to, as long as it is in force.
    rows = rows.mutate(terminated_date=ibis.null("date"), first_year=first)
    rows = rows.mutate(
        done_now=share(ibis.literal(WHOLE, "int64"), rows.done, rows.whole).fill_null(0),
        last_year=ibis.greatest(fiscal_year(books, rows.end_date), rows.first_year),
    )
    rows = rows.mutate(year=ibis.range(rows.first_year, rows.last_year + 1).unnest().cast("int64"))
    rows = cut(rows.mutate(day=year_end(books, rows.year)))
    served, of = fraction(rows, *by)
    # Divisions stand over columns: their arguments are written out many times.
    rows = rows.mutate(served=served.cast(QUANTITY), of=of.cast(QUANTITY))
    rows = rows.mutate(
        part=WHOLE - share(ibis.literal(WHOLE, "int64"), rows.served, rows.of),
        of=(WHOLE - rows.done_now).nullif(0),
    )
    left = muldiv(rows.left_minor, rows.part, rows.of).fill_null(0)
    rows = rows.mutate(after=ibis.ifelse(rows.year >= rows.last_year, 0, left))
    years = ibis.window(group_by=[rows.obligation_id, rows.period_index], order_by=rows.year)
    before = rows.after.lag().over(years).fill_null(rows.left_minor)
    return rows.select(
        "contract_id", "period_index", year=rows.year.cast("string"), amount_minor=before - rows.after
    )


def fiscal_year(books: Books, day: ir.DateValue) -> ir.IntegerValue:
    """The year in which the fiscal year of a day ends, by company.fiscal_year_end."""
    year = day.year().cast("int64")
    later: ir.IntegerValue = year + ibis.ifelse(day > year_end(books, year), 1, 0)
    return later


def year_end(books: Books, year: ir.IntegerValue) -> ir.DateValue:
    """The last day of a fiscal year; where it is a month's last, also in leap years."""
    month, day = (int(part) for part in books.manifest.company.fiscal_year_end.split("-"))
    following = ibis.date(year + month // 12, month % 12 + 1, 1)
    if day >= LENGTHS[month - 1]:
        return (following - ibis.interval(days=1)).cast("date")
    return ibis.date(year, month, day)


LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
