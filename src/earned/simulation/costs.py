"""Cost of revenues by month, so that the quarter's margin is the announced one (cloopen.md 9.3)."""

from __future__ import annotations

from datetime import timedelta

from earned.simulation import figures
from earned.simulation.apportion import largest_remainder
from earned.simulation.book import Book
from earned.simulation.calendar import at, month_end
from earned.simulation.journals import COST, PAYABLE, Journal
from earned.simulation.people import CONTROLLERS, user


def journals(book: Book) -> list[Journal]:
    """Three journals a quarter."""
    found = []
    for n, (total, margin) in enumerate(zip(figures.TOTALS, figures.MARGINS)):
        cost = book.spec.minor(total) * (1000 - margin) // 1000
        for month, amount in enumerate(largest_remainder(cost, [32, 33, 35]), 1):
            day = month_end(2021, 3 * n + month)
            lines = [(COST, amount, f"{day:%Y-%m} 营业成本"), (PAYABLE, -amount, f"{day:%Y-%m} 营业成本")]
            found.append(Journal(day, at(day + timedelta(3), 15), user(CONTROLLERS[0]), "AP", lines))
    return found
