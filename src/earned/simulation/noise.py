"""Innocent things that look odd, at one in a hundred final acceptances each (cloopen.md 9.7).

A register, a notice or a second signer clears each of them; none moves revenue.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from earned.simulation import names
from earned.simulation.book import Book
from earned.simulation.calendar import at
from earned.simulation.people import ASSISTANTS
from earned.simulation.streams import Stream

Row = dict[str, Any]


def disturb(book: Book) -> None:
    """Seal change, merged customer, scan of a lost original, signer on leave; never on planted units."""
    planted = {p.unit_id for p in book.planted}
    kinds: tuple[tuple[str, Callable[[Book, Stream, Row], None]], ...] = (
        ("seal", _seal_change),
        ("merged", _merged),
        ("scan", _scan),
        ("leave", _on_leave),
    )
    for row in list(book.rows["acceptances"]):
        if row["stage"] != "final" or row["maker"] != "customer" or row["obligation_id"] in planted:
            continue
        for name, change in kinds:
            stream = book.spec.stream("noise", name, row["evidence_id"])
            if stream.chance(book.spec.noise.other):
                change(book, stream, row)
                break


def _notice(book: Book, customer: str, title: str, day: date) -> None:
    number = book.number("DOC")
    text = f"SIM 公告\n{title}\n客户编号 {customer}\n日期 {day}\n"
    book.paper(number, f"notices/{number}.txt", text, at(day, 9), "SIM 商务部", "客户公告")


def _seal_change(book: Book, stream: Stream, row: Row) -> None:
    """The customer has a new seal; its register says since when."""
    day = row["event_date"] - timedelta(stream.between(10, 90))
    _notice(book, row["signer_customer_id"], "印章变更：旧章停用，新章启用并备案", day)


def _merged(book: Book, stream: Stream, row: Row) -> None:
    """The customer was merged into another, whose people sign now."""
    old, successor = row["signer_customer_id"], book.number("K7")
    day = row["event_date"] - timedelta(stream.between(10, 60))
    name = names.company(stream, "GEM", stream.between(900, 999))
    book.add("customers", customer_id=successor, name=name, created_at=at(day, 10))
    signer = names.person(stream)
    book.add(
        "contacts", customer_id=successor, name=signer, role="项目经理", may_accept=True, valid_from=day
    )  # fmt: skip
    row["signer"], row["signer_customer_id"] = signer, successor
    _notice(book, old, f"合并公告：并入 {successor} {name}", day)


def _scan(book: Book, stream: Stream, row: Row) -> None:
    """The original was lost; a scan of it was filed later, under the same number."""
    filed = at(row["event_date"] + timedelta(stream.between(40, 60)), 15)
    again = {"recorded_at": filed, "maker": "company", "made_by": stream.pick(ASSISTANTS)}
    number = f"{row['number']}-补"
    book.add("acceptances", **(row | again | {"evidence_id": book.number("EV"), "number": number}))


def _on_leave(book: Book, stream: Stream, row: Row) -> None:
    """The usual signer was on leave; a deputy named by the customer signed."""
    deputy = names.person(stream)
    day = row["event_date"]
    book.add(
        "contacts", customer_id=row["signer_customer_id"], name=deputy, role="代理项目经理", may_accept=True,
        valid_from=day - timedelta(10), valid_to=day + timedelta(20),
    )  # fmt: skip
    row["signer"] = deputy
