"""What recognition computed of one contract, fetched once: a handful of rows that figures and steps read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir

from earned.books import Books
from earned.contract.arithmetic import Money
from earned.contract.document import Document
from earned.engine import Engine
from earned.recognition.closing import BEFORE
from earned.recognition.recognise import Recognition

Rows = Sequence[Mapping[str, Any]]
#: the line along which an obligation is earned: how far it is, the price along it, and where it bends
LINE = ("done", "whole", "margin_minor", "base_minor", "base_part")


@dataclass(frozen=True)
class Facts:
    """Rows of one contract. `terms` one an obligation, `versions` one an obligation and version of its price,
    `cells` one an obligation and period with `earned_minor` to date and `revenue_minor` of the period."""

    document: Document
    books: Books
    rec: Recognition
    framework: str
    money: Money
    calendar: Rows
    terms: Mapping[str, Mapping[str, Any]]
    versions: Rows
    cells: Rows

    def rows(self, table: ir.Table, *order: str) -> Rows:
        """Rows of a table of recognition in an order."""
        return self.books.engine.rows(table.order_by(*order))

    def of_period(self, period_id: str) -> Rows:
        """The cells of a period, by obligation."""
        return [cell for cell in self.cells if cell["period_id"] == period_id]


def gather(document: Document, books: Books, rec: Recognition) -> Facts:
    """The facts of the contract of these books."""
    engine = books.engine
    terms = engine.rows(rec.terms.order_by("obligation_id"))
    return Facts(
        document=document,
        books=books,
        rec=rec,
        framework=books.manifest.company.framework,
        money=Money(terms[0]["currency"]),
        calendar=engine.rows(books.calendar.order_by("period_index")),
        terms={row["obligation_id"]: row for row in terms},
        versions=_versions(engine, rec, terms),
        cells=engine.rows(by_period(books, rec).order_by("period_index", "obligation_id")),
    )


def _versions(engine: Engine, rec: Recognition, terms: Rows) -> Rows:
    """The versions of the price, the first by obligation; of a contract that never changed the allocation."""
    if rec.versions is not None and (found := engine.rows(rec.versions.order_by("step", "obligation_id"))):
        return found
    first = {"step": 0, "kind": "inception", "item": "", "from_day": date.min, "to_day": date.max}
    none = dict.fromkeys(("base_minor", "base_day", "base_part"))
    same = ("obligation_id", "allocated_minor")
    price = terms[0]["contract_net_minor"]
    return [first | none | {k: row[k] for k in same} | {"price_minor": price} for row in terms]


def by_period(books: Books, rec: Recognition) -> ir.Table:
    """Every obligation at every period's end: `earned_minor` to date, `revenue_minor` of the period, and the
    progress behind it: LINE, `done` and `whole` in the measure's own unit, and `beside_minor` of it that is
    earned beside that line (royalties, materials at cost, fees)."""
    grid = rec.terms.select("obligation_id").cross_join(rec.marks.select("period_index"))
    earned = rec.earned.select("obligation_id", "period_index", *LINE, "beside_minor", "earned_minor")
    rows = grid.left_join(earned, ["obligation_id", "period_index"])
    rows = rows.select(
        "obligation_id", "period_index", *LINE, "beside_minor", earned_minor=rows.earned_minor.fill_null(0)
    )
    before = rows.earned_minor.lag().over(group_by=rows.obligation_id, order_by=rows.period_index)
    rows = rows.mutate(before_minor=before.fill_null(0))
    rows = rows.mutate(revenue_minor=rows.earned_minor - rows.before_minor)
    rows = rows.filter(rows.period_index > BEFORE)
    return rows.join(books.calendar.select("period_index", "period_id", "last_date"), "period_index")
