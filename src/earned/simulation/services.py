"""Straight-line services by equal months, and what a new price or term makes of them (M1, S2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from earned.simulation import changes
from earned.simulation.apportion import half_away
from earned.simulation.book import Book, Change, Contract
from earned.simulation.calendar import month_end, month_start
from earned.simulation.streams import Stream


@dataclass(frozen=True)
class Version:
    """From `months` served on: what was earned then, the price without tax and the term in months.

    `since` is the month from which it is earned evenly: 0 where the price alone was estimated anew.
    """

    months: int
    since: int
    earned: int
    net: int
    term: int


@dataclass
class Service:
    """A subscription with every version of its price."""

    contract: Contract
    unit: str
    versions: list[Version] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.versions = [Version(0, 0, 0, self.contract.net, self.number(self.contract.end))]

    def number(self, day: date | None) -> int:
        """The number of the month of service in which a day lies, the first is 1."""
        start = self.contract.start
        assert start and day
        return (day.year - start.year) * 12 + day.month - start.month + 1

    def served(self, months: int) -> int:
        """Revenue of the first so many months: evenly from the last change to the end of the term."""
        v = [v for v in self.versions if v.months < months or not v.months][-1]
        done = max(0, min(months, v.term) - v.since)
        return v.earned + half_away((v.net - v.earned) * done, v.term - v.since)

    def by(self, year: int, month: int) -> int:
        """Revenue by the end of a month."""
        return self.served(self.number(date(year, month, 1)))


def change(book: Book, service: Service, n: int) -> None:
    """Now and then a new price or term from a month of quarter n on, agreed for what is still to come.

    Seats are added or given up, or the term is longer at a lower price a month: prospective, for the months
    to come are distinct and not at their own price (606-10-25-13(a)).
    """
    contract, last = service.contract, service.versions[-1]
    stream = book.spec.stream("changes", contract.contract_id, n)
    place = stream.between(1, 1000)
    if len(service.versions) > 1:
        return
    if place > book.spec.changes.subscriptions:
        _disputed(book, stream, service, n)
        return
    first = month_start(2021, 3 * n + stream.between(1, 3))
    done = service.number(first) - 1
    if not 0 < done < last.term - 1:
        return
    left, monthly = last.term - done, last.net // last.term
    longer = stream.pick((3, 6)) if stream.chance(400) else 0
    if longer:  # the months to come cost 5 to 10 % less
        price = monthly * (1000 - stream.between(50, 100)) // 1000
        net = longer * price - left * (monthly - price)
    else:
        net = monthly * left * stream.between(100, 400) // 1000
        fewer = -(net // 2)
        if stream.chance(300) and _to_bill(book, contract, first) + fewer > 0:
            net = fewer
    version = changes.modify(book, contract, first, net, "prospective", service.unit)
    if longer:
        end = month_end(first.year, first.month + left + longer - 1)
        changes.listed(book, contract, version, service.unit, end_date=end)
    earned = service.served(done)
    service.versions.append(Version(done, done, earned, last.net + net, last.term + longer))
    book.changes[contract.contract_id].append(Change(first, net))


def _to_bill(book: Book, contract: Contract, day: date) -> int:
    """What of the price is not due before a day."""
    return (
        contract.net * sum(share for due, share in book.milestones[contract.contract_id] if due >= day) // 100
    )


def _disputed(book: Book, stream: Stream, service: Service, n: int) -> None:
    """Now and then a dispute of an invoice of the quarters before ends in a concession: a new estimate."""
    contract, last = service.contract, service.versions[-1]
    first = book.spec.quarters[n].first
    billed = [d for d, _ in book.milestones[contract.contract_id] if d < first]
    day = first + timedelta(stream.between(26, 60))
    recent = billed and (first - max(billed)).days <= 170
    if not recent or not stream.chance(changes.INVOICES * book.spec.noise.credit_notes):
        return
    amount = last.net * stream.between(20, 60) // 1000
    done = service.number(day) - 1
    if done >= last.term:
        return
    changes.concede(book, contract, service.unit, changes.Later(n, day, -amount))
    service.versions.append(Version(done, 0, 0, last.net - amount, last.term))
