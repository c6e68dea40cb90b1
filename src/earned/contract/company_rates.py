"""What a contract's currency is worth in the company's: on a day, or on average over a period (P4)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from earned.contract.document import Document
from earned.contract.facts import Facts
from earned.faults import Fault, InputError

#: said of the rate that an advance keeps
ADVANCE = "advance, spot"


@dataclass(frozen=True)
class Rate:
    """A rate, what it is (spot, average, ADVANCE), and the day that stands beside it in the file."""

    value: Decimal
    kind: str
    day: date


@dataclass(frozen=True)
class CompanyRates:
    """The rows of `rates` from the contract's currency to the company's, oldest first."""

    document: Document
    currency: str
    company: str
    spots: Sequence[Rate]
    averages: Sequence[Rate]
    periods: Sequence[Mapping[str, Any]]

    def spot(self, day: date) -> Rate:
        """The spot of the last rate_date up to a day (P4). Raises InputError, naming the day, without one."""
        place = bisect_right([rate.day for rate in self.spots], day)
        if not place:
            raise InputError([self._missing(day)])
        return self.spots[place - 1]

    def average(self, day: date) -> Rate | None:
        """The average of the period that holds a day; of several in it, the first up to whose day it is."""
        period = next((p for p in self.periods if p["first_date"] <= day <= p["last_date"]), None)
        if period is None:
            return None
        inside = [r for r in self.averages if period["first_date"] <= r.day <= period["last_date"]]
        return next((r for r in inside if r.day >= day), inside[-1] if inside else None)

    def of_time(self, day: date) -> Rate:
        """What is earned over time is worth: the average of the period where one is given, else the spot
        (ASC 830-10-55-10, IAS 21.22)."""
        return self.average(day) or self.spot(day)

    def _missing(self, day: date) -> Fault:
        rows = self.document.tables["rates"]
        return Fault(
            f"a rate of kind spot from {self.currency} to {self.company} of {day} or a day before it",
            f"Write the rate of {day} into rates: `kind: spot`",
            self.document.name,
            rows[0].line,
            "rates",
            reason="rate",
        )


def company_rates(facts: Facts) -> CompanyRates | None:
    """The rates of a contract in another currency than the company's; None where it is in the company's, or
    the file gives no rate between the two."""
    currency, company = facts.money.currency, facts.books.manifest.company.currency
    table = facts.books.tables["rates"]
    table = table.filter((table.from_currency == currency) & (table.to_currency == company))
    rows = facts.rows(table.filter(table.kind.isin(("spot", "average"))), "rate_date")
    if currency == company or not rows:
        return None
    rates = [Rate(row["rate"], row["kind"], row["rate_date"]) for row in rows]
    return CompanyRates(
        document=facts.document,
        currency=currency,
        company=company,
        spots=[r for r in rates if r.kind == "spot"],
        averages=[r for r in rates if r.kind == "average"],
        periods=facts.calendar,
    )
