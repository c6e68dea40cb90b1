"""Genuine projects: accepted modules, and contracts by hours over two quarters (cloopen.md 9.1, 9.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from earned.simulation import contracts, figures, hours, ladder
from earned.simulation.apportion import capped, half_away, largest_remainder
from earned.simulation.book import Book
from earned.simulation.booking import recognise
from earned.simulation.calendar import WINDOW, Quarter
from earned.simulation.planted import scheme
from earned.simulation.streams import Stream

#: no project above 6,000 thousand
CAP = 6000
SIGMA = 80


@dataclass
class Plan:
    """What one cell of a quarter has to hold beside the scheme: an amount, and how many contracts."""

    amount: int
    contracts: int
    by_hours: int = 0


def counts(line: str, quarter: int) -> dict[str, int]:
    """Contracts of a project line by department: the two key departments as given, the rest by revenue."""
    given = {d: figures.SKA_CONTRACTS[d, line][quarter] for d in figures.DEPARTMENTS[:2]}
    rest = figures.CONTRACTS[line][quarter] - sum(given.values())
    others = figures.DEPARTMENTS[2:]
    weights = [figures.cell(figures.QUARTERS[quarter], line, d) for d in others]
    at_least = [1 if w else 0 for w in weights]
    shares = largest_remainder(rest - sum(at_least), weights)
    return given | {d: a + s for d, a, s in zip(others, at_least, shares)}


def build(book: Book) -> None:
    """All genuine projects of the four quarters."""
    for line in figures.PROJECT_LINES:
        for department in figures.DEPARTMENTS:
            plans = _plans(book, line, department)
            if line == "ucc_project":
                _contracts_by_hours(book, department, plans)
            for quarter, plan in zip(book.spec.quarters, plans):
                if plan.contracts:
                    _accepted(book, line, department, quarter, plan)


def _plans(book: Book, line: str, department: str) -> list[Plan]:
    """Each quarter's cell less what the scheme books there."""
    plans = []
    for n, quarter in enumerate(figures.QUARTERS):
        rows = scheme(quarter, department, line) if book.spec.scheme else []
        booked = sum(book.spec.minor(r.booked) for r in rows)
        taken = sum(r.contracts for r in rows)
        total = book.spec.cell(quarter, line, department)
        plans.append(Plan(total - booked, counts(line, n)[department] - taken))
    return plans


def _contracts_by_hours(book: Book, department: str, plans: list[Plan]) -> None:
    """Two contracts in five by hours, each over two quarters; what they book leaves the plans."""
    stream = book.spec.stream("hours", department)
    given = [p.contracts for p in plans]
    amounts = [p.amount for p in plans]
    tails = tail_amount = 0
    for n in range(-1, 4):
        if n < 0:
            heads, room = given[0] * 2 // 10, amounts[0] * 2 // 10
        else:
            heads, room = given[n] * 4 // 10 - tails, amounts[n] * 4 // 10 - tail_amount
        if n < 3:  # what runs on into the next quarter must leave room there
            heads, room = min(heads, (given[n + 1] - 1) // 2), min(room, amounts[n + 1] * 3 // 10)
        tails = heads if heads > 0 and room > book.spec.minor(60) else 0
        weights = [stream.lognormal(SIGMA) for _ in range(tails)]
        nets = capped(2 * room, weights, book.spec.minor(CAP)) if tails else []
        tail_amount = sum(_over_two(book, stream, department, net, n, plans) for net in nets)


def _over_two(book: Book, stream: Stream, department: str, net: int, n: int, plans: list[Plan]) -> int:
    """One contract by hours that begins in quarter n and ends in the next; what the next one books."""
    quarters = book.spec.quarters
    ends = quarters[n].last if n >= 0 else WINDOW[0] - timedelta(1)
    first = ends - timedelta(stream.between(45, 75))
    finish = ends + timedelta(stream.between(40, 80))
    signed = first - timedelta(stream.between(8, 25))
    contract = contracts.new(book, stream, "ucc_project", department, net, signed)
    plan = hours.planned(net, book.spec.major)
    actual = plan * stream.between(920, 1080) // 1000
    done = actual * stream.between(460, 560) // 1000
    begun = half_away(net * done, actual)
    contracts.register(book, contract)
    seen = min(first + timedelta(14), ends - timedelta(12))
    before = begun if n < 0 else 0
    module = contracts.by_hours(book, contract, plan, actual, seen, before)
    hours.sheets(book, stream, contract, module, first, ends, done)
    hours.sheets(book, stream, contract, module, ends + timedelta(4), finish, actual - done)
    initial = finish - timedelta(30)
    ladder.accepted(book, stream, contract, module, initial, "initial")
    ladder.accepted(book, stream, contract, module, finish, "final")
    book.rungs[contract.contract_id] = (signed, first, initial, finish)
    if n >= 0:
        recognise(book, stream, contract, module, quarters[n], ends, begun)
        _take(plans[n], begun)
    if n < 3:
        recognise(book, stream, contract, module, quarters[n + 1], finish, net - begun)
        _take(plans[n + 1], net - begun)
    return net - begun


def _take(plan: Plan, amount: int) -> None:
    plan.amount -= amount
    plan.contracts -= 1


def _accepted(book: Book, line: str, department: str, quarter: Quarter, plan: Plan) -> None:
    """Contracts at final acceptance fill the cell to the minor unit."""
    stream = book.spec.stream("contracts", line, department, quarter.name)
    weights = [stream.lognormal(SIGMA) for _ in range(plan.contracts)]
    nets = capped(plan.amount, weights, book.spec.minor(CAP), book.spec.step)
    for n, net in enumerate(nets):
        whole = net % book.spec.step == 0
        parts = stream.weighted(((1, 4), (2, 3), (3, 2), (4, 1))) if n and whole else 1
        parts = min(parts, max(1, net // (book.spec.step * 200)))
        shares = largest_remainder(net, [stream.between(2, 9) for _ in range(parts)], book.spec.step)
        _project(book, stream, line, department, quarter, shares)


def _project(
    book: Book, stream: Stream, line: str, department: str, quarter: Quarter, shares: list[int]
) -> None:
    """One genuine contract whose modules are all accepted in the quarter."""
    early = book.spec.stream("noise", "early", line, department, quarter.name, sum(shares)).chance(
        book.spec.noise.early_deliveries
    )
    finals = sorted(final_day(stream, quarter) for _ in shares)
    rungs = [ladder.back_from(stream, day, early) for day in finals]
    signed = min(r.signed for r in rungs)
    contract = contracts.new(book, stream, line, department, sum(shares), signed)
    contracts.register(book, contract)
    noise = book.spec.stream("noise", contract.contract_id)
    for module, net, rung in zip(contracts.modules(book, contract, shares), shares, rungs):
        ladder.work(book, stream, contract, module, rung, net)
        ladder.final(book, stream, noise, contract, module, rung.final)
        recognise(book, stream, contract, module, quarter, rung.final, net)
    first, last = rungs[0], rungs[-1]
    book.rungs[contract.contract_id] = (signed, first.arrival, first.initial, last.final)


def final_day(stream: Stream, quarter: Quarter) -> date:
    """45 in 100 final acceptances fall in the last month of a quarter, in every department."""
    third = quarter.last.replace(day=1)
    if stream.chance(450):
        return stream.day(third, quarter.last)
    return stream.day(quarter.first, third - timedelta(1))
