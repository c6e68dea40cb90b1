"""Sheets of hours: one a person and week, dated Friday, entered on Monday, approved within six days."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from earned.simulation.apportion import largest_remainder
from earned.simulation.book import Book, Contract
from earned.simulation.calendar import at, fridays
from earned.simulation.people import ENGINEERS
from earned.simulation.streams import Stream

#: the price is 0.40 of cost at 260 an hour: 650 of the currency an hour
PRICE_OF_HOUR = 650


def planned(net: int, major: int) -> int:
    """Planned hours of a price in tenths of an hour: price x 0.40 / 260."""
    return max(10, (net * 10 + PRICE_OF_HOUR * major // 2) // (PRICE_OF_HOUR * major))


def quantity(tenths: int) -> Decimal:
    """Tenths of an hour as hours."""
    return Decimal(tenths).scaleb(-1)


def sheets(
    book: Book, stream: Stream, contract: Contract, obligation_id: str, first: date, last: date, tenths: int
) -> None:
    """Sheets from first to last that add up to `tenths`; nothing is dated after `last`."""
    if tenths <= 0:
        return
    weeks = fridays(first, last)
    count = max(1, (tenths + 200) // 400)
    shares = largest_remainder(tenths, [stream.between(370, 430) for _ in range(count)])
    crew = stream.some(ENGINEERS, max(1, -(-count // len(weeks))))
    for n, share in enumerate(shares):
        day = weeks[n * len(weeks) // count]
        entered = at(day + timedelta((7 - day.weekday()) % 7 or 7), 9, stream.between(0, 59))
        book.evidence(
            "timesheets", contract.contract_id, obligation_id, kind="hours", event_date=day,
            recorded_at=entered, quantity=quantity(share), basis="increment", maker="company",
            made_by=crew[n % len(crew)], number=f"GS-{day:%y%V}-{n + 1:03d}",
        )  # fmt: skip
