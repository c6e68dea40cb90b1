"""What was published beside what is corrected: every figure, its growth, its translation, and the year (G6).

Practitioners ask of a restatement whether it changes a trend (SAB 99) and whether the quarters still
add up to the year.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import muldiv
from earned.misstatement.announced import MILLION, figures

#: `2021`, `FY2021` and `2021FY` name a fiscal year
_YEAR = r"^(?:FY)?(\d{4})(?:FY)?$"
_OF_PERIOD = r"^(\d{4})[QMP]\d+$"


def published(books: Books, misstatements: ir.Table) -> ir.Table:
    """The run's table published: every announced revenue; of the first of each period what is corrected.

    Amounts are minor units of company currency, `translated_minor` and `net_translated_minor` of
    `translated_currency`, at the rate that the announcement itself implies. Growth is against the period
    before, where that was announced too, in parts per million.
    """
    net = misstatements.select("dimension", "member", "period_id", "net_minor")
    rows = figures(books).left_join(net, ["dimension", "member", "period_id"])
    rows = rows.drop("dimension_right", "member_right", "period_id_right")
    order = books.calendar.select("period_index", measured="period_id")
    rows = rows.left_join(order, rows.period_id == order.measured)
    rows = rows.mutate(net_minor=ibis.ifelse(rows.used, rows.net_minor, ibis.null("int64")))
    rows = rows.mutate(corrected_minor=rows.minor - rows.net_minor)
    before = rows.filter(rows.used & rows.period_index.notnull()).select(
        "dimension", "member", following=rows.period_index + 1, was="minor", was_corrected="corrected_minor"
    )
    rows = rows.left_join(
        before,
        [
            rows.used & (rows.dimension == before.dimension),
            rows.member == before.member,
            rows.period_index == before.following,
        ],
    )
    company = books.manifest.company.currency
    at_home = rows.currency.fill_null(company) == company
    return rows.select(
        "announced_id", "period_id", "dimension", "member", "status", "published_date", "used",
        "net_minor", "corrected_minor", "translated_currency",
        announced_minor="minor",
        growth_ppm=_growth(rows.minor, rows.was),
        corrected_growth_ppm=_growth(rows.corrected_minor, rows.was_corrected),
        translated_minor=rows.translated_amount_minor,
        net_translated_minor=ibis.ifelse(
            at_home, _share(rows.net_minor, rows.translated_amount_minor, rows.minor), ibis.null("int64")
        ),
    )  # fmt: skip


def against_year(books: Books, rows: ir.Table) -> ir.Table:
    """Rows of reconciliation: the announced periods of a fiscal year, and the corrected ones, against it.

    `rows` is the table published. They stand at the last announced period of the year; what the year
    has beyond them is a difference that nothing here explains. They agree within half of what the
    figures were rounded to.
    """
    given = books.tables["announced"]
    rounding = given.select("announced_id", rounded=given.rounded_to_minor.fill_null(0))
    rows = rows.filter((rows.dimension == "total") & rows.used).join(rounding, "announced_id")
    years = rows.filter(rows.period_id.re_search(_YEAR)).select(
        year=rows.period_id.re_extract(_YEAR, 1), right_minor="announced_minor", year_rounded="rounded"
    )
    periods = rows.join(_years(books), "period_id")
    sums = periods.group_by("year").agg(
        announced=periods.announced_minor.sum().cast("int64"),
        corrected=periods.corrected_minor.sum().cast("int64"),
        rounded=periods.rounded.sum().cast("int64"),
        period_id=periods.period_id.argmax(periods.period_index),
    )
    both = sums.join(years, "year")
    parts = []
    for name in ("announced", "corrected"):
        difference = both[name] - both.right_minor
        parts.append(
            both.select(
                total=ibis.literal(f"{name} periods against announced year"),
                period_id=both.period_id,
                kind=ibis.literal("external"),
                left_minor=both[name],
                right_minor=both.right_minor,
                difference_minor=difference,
                ties=2 * difference.abs() <= both.rounded + both.year_rounded,
            )
        )
    return ibis.union(*parts)


def _years(books: Books) -> ir.Table:
    """period_id, period_index, year: the fiscal year of each measured period (P2)."""
    stated = books.tables["periods"]
    stated = stated.group_by(stated_id="period_id").agg(stated=stated.fiscal_year.max())
    rows = books.calendar.left_join(stated, books.calendar.period_id == stated.stated_id)
    named = rows.period_id.re_extract(_OF_PERIOD, 1).nullif("")
    year = ibis.coalesce(rows.stated.cast("string"), named, rows.last_date.year().cast("string"))
    return rows.select("period_id", "period_index", year=year)


def _growth(now: ir.IntegerValue, was: ir.IntegerValue) -> ir.IntegerValue:
    return _share(now - was, ibis.literal(MILLION, "int64"), was)


def _share(amount: ir.IntegerValue, part: ir.IntegerValue, whole: ir.IntegerValue) -> ir.IntegerValue:
    """amount x part / whole, rounded once; null where the whole is not above zero."""
    value: ir.IntegerValue = muldiv(amount, part, ibis.ifelse(whole > 0, whole, ibis.null("int64")))
    return value
