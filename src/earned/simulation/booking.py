"""Entries of revenue: who keys them, who approves, and when."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from earned.simulation.book import Book, Contract, Revenue
from earned.simulation.calendar import Quarter, at
from earned.simulation.people import approver, clerk
from earned.simulation.streams import Stream


def recognise(
    book: Book,
    stream: Stream,
    contract: Contract,
    obligation_id: str,
    quarter: Quarter,
    event: date,
    amount: int,
    keyed: datetime | None = None,
) -> None:
    """An entry of a quarter for something of a day: keyed within a week, at the latest nine days after."""
    effective = min(event + timedelta(stream.between(0, 4)), quarter.last)
    latest = quarter.last + timedelta(9)
    moment = keyed or at(min(effective + timedelta(stream.between(1, 7)), latest), stream.between(9, 19))
    day = moment.date()
    book.revenue.append(
        Revenue(
            contract,
            obligation_id,
            effective,
            moment,
            amount,
            clerk(stream, day),
            approver(stream, amount, book.spec.minor(500)),
            f"{contract.contract_id} {event:%Y-%m} {'收入确认' if amount > 0 else '价款减让'}",
        )
    )


def by_contract(book: Book) -> dict[str, list[Revenue]]:
    """Entries of revenue by contract."""
    found: dict[str, list[Revenue]] = defaultdict(list)
    for revenue in book.revenue:
        found[revenue.contract.contract_id].append(revenue)
    return found


def booked_before(book: Book) -> dict[str, int]:
    """What contracts had booked before the window."""
    found: dict[str, int] = defaultdict(int)
    for row in book.rows["obligations"]:
        found[row["contract_id"]] += row["booked_before"]
    return found
