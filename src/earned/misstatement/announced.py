"""Misstatement beside what was announced: the published figure, and net as a share of it (G6; SAB 99)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import muldiv

MILLION = 1_000_000


def figures(books: Books) -> ir.Table:
    """Every published revenue with `dimension` and `member` of its scope, `minor`, and `used` (G6).

    `minor` is in company currency: as printed, or the convenience translation where that is in company
    currency, else null. `used` is true of the first published figure of a period and scope.
    """
    company = books.manifest.company.currency
    rows = books.tables["announced"].filter(lambda t: t.figure == "revenue")
    ours = rows.currency.fill_null(company) == company
    also = (rows.translated_currency == company).fill_null(False)
    rows = rows.mutate(
        minor=ibis.cases(
            (ours, rows.amount_minor), (also, rows.translated_amount_minor), else_=ibis.null("int64")
        )
    )
    known = rows.minor.isnull()
    group = [rows.period_id, rows["scope"].fill_null(""), known]
    first = ibis.row_number().over(group_by=group, order_by=[rows.published_date, rows.announced_id])
    rows = rows.mutate(used=(first == 0) & ~known)
    entities = (
        books.tables["contracts"]
        .select(of="entity_id")
        .union(books.tables["entities"].select(of="entity_id"))
    )
    entities = entities.filter(entities["of"].notnull()).distinct()
    rows = rows.left_join(entities, rows["scope"] == entities["of"])
    ours = rows["scope"] == (books.manifest.company.entity_id or "")
    dimension = ibis.cases(
        (rows["scope"].isnull(), "total"),
        (ours, "entity"),
        (rows["of"].notnull(), "entity"),
        else_="department",
    )
    return rows.mutate(dimension=dimension, member=rows["scope"].fill_null("total"))


def first_published(books: Books) -> ir.Table:
    """period_id, dimension, member -> announced_minor: the first published revenue of each scope (G6)."""
    rows = figures(books).filter(lambda t: t.used)
    return rows.select("period_id", "dimension", "member", announced_minor="minor")


def with_announced(books: Books, rows: ir.Table) -> ir.Table:
    """The run's table misstatements: announced figures and both percentages in parts per million (G6, P3).

    corrected = announced - net, without an announced figure booked - net; at or below 0 no percentage.
    """
    periods = books.calendar.select("period_index", "period_id")
    rows = rows.join(periods, "period_index")
    announced = first_published(books)
    rows = rows.left_join(announced, ["period_id", "dimension", "member"])
    rows = rows.drop("period_id_right", "dimension_right", "member_right")
    whole = ibis.coalesce(rows.announced_minor, rows.booked_minor) - rows.net_minor
    partly = rows.dimension.isin(("part", "preparer", "approver"))  # G4: no percentages there
    rows = rows.mutate(corrected=ibis.ifelse(partly, ibis.null("int64"), whole))
    return rows.mutate(
        net_ppm_of_announced=_ppm(rows.net_minor, rows.announced_minor),
        net_ppm_of_corrected=_ppm(rows.net_minor, rows.corrected),
    ).drop("corrected", "period_index")


def _ppm(part: ir.IntegerValue, whole: ir.IntegerValue) -> ir.IntegerValue:
    positive = ibis.ifelse(whole > 0, whole, ibis.null("int64"))
    value: ir.IntegerValue = muldiv(part, MILLION, positive)
    return value
