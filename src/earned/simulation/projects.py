"""Genuine projects: accepted modules, and contracts by hours over two quarters (cloopen.md 9.1, 9.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from earned.simulation import changes, contracts, figures, hours, ladder
from earned.simulation.apportion import capped, half_away, largest_remainder
from earned.simulation.book import Book, Contract
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
            for n, plan in enumerate(plans):
                if plan.contracts:
                    _accepted(book, line, department, plans, n)


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
    """One contract by hours that begins in quarter n and ends in the next; what the next one books.

    `net` is its last price: what a deal adds or holds back is earned in the second quarter, when all of the
    work is done.
    """
    quarters = book.spec.quarters
    ends = quarters[n].last if n >= 0 else WINDOW[0] - timedelta(1)
    first = ends - timedelta(stream.between(45, 75))
    finish = ends + timedelta(stream.between(40, 80))
    signed = first - timedelta(stream.between(8, 25))
    deal, changed = _deal_by_hours(book, department, net, n, finish)
    contract = contracts.new(book, stream, "ucc_project", department, net - deal.added, signed)
    plan = hours.planned(contract.net, book.spec.major)
    actual = plan * stream.between(920, 1080) // 1000
    done = actual * stream.between(460, 560) // 1000
    begun = half_away((net - deal.held) * done, actual)
    contracts.register(book, contract)
    seen = min(first + timedelta(14), ends - timedelta(12))
    before = begun if n < 0 else 0
    module = contracts.by_hours(book, contract, plan, actual, seen, before)
    version = changes.agreed(book, contract, module, deal, changed, finish)
    if version and deal.kind == "scope":
        actual += hours.planned(deal.part, book.spec.major)
        contracts.more_hours(book, contract, module, version, actual, changed)
    hours.sheets(book, stream, contract, module, first, ends, done)
    hours.sheets(book, stream, contract, module, ends + timedelta(4), finish, actual - done)
    ladder.accepted(book, stream, contract, module, finish - timedelta(30), "initial")
    ladder.accepted(book, stream, contract, module, finish, "final")
    book.rungs[contract.contract_id] = (signed, first, finish - timedelta(30), finish)
    if n >= 0:
        recognise(book, stream, contract, module, quarters[n], ends, begun)
        _take(plans[n], begun)
    if n < 3:
        recognise(book, stream, contract, module, quarters[n + 1], finish, net - begun)
        _take(plans[n + 1], net - begun)
    return net - begun


def _deal_by_hours(book: Book, department: str, net: int, n: int, finish: date) -> tuple[changes.Deal, date]:
    """The deal of a contract by hours, and the day of its change: after the close of the first quarter."""
    stream = book.spec.stream("changes", "hours", department, n, net)
    closed = book.spec.quarters[n].closed_at.date() if n >= 0 else WINDOW[0] + timedelta(15)
    deal = changes.deal(book, stream, net)
    if closed >= finish - timedelta(8) or deal.kind == "late_bonus":
        return changes.Deal(), finish
    return deal, stream.day(closed + timedelta(1), finish - timedelta(8))


def _take(plan: Plan, amount: int) -> None:
    plan.amount -= amount
    plan.contracts -= 1


def _accepted(book: Book, line: str, department: str, plans: list[Plan], n: int) -> None:
    """Contracts at final acceptance fill the cell to the minor unit; later changes leave later cells."""
    plan, quarter = plans[n], book.spec.quarters[n]
    stream = book.spec.stream("contracts", line, department, quarter.name)
    weights = [stream.lognormal(SIGMA) for _ in range(plan.contracts)]
    nets = capped(plan.amount, weights, book.spec.minor(CAP), book.spec.step)
    for i, net in enumerate(nets):
        whole = net % book.spec.step == 0
        parts = stream.weighted(((1, 4), (2, 3), (3, 2), (4, 1))) if i and whole else 1
        parts = min(parts, max(1, net // (book.spec.step * 200)))
        shares = largest_remainder(net, [stream.between(2, 9) for _ in range(parts)], book.spec.step)
        roomy = {m for m in range(n + 1, 4) if plans[m].contracts > 2 and plans[m].amount > net} | {4}
        later = _project(book, stream, line, department, n, shares, roomy)
        if later and later.n < 4:
            _take(plans[later.n], later.amount)


def _project(
    book: Book, stream: Stream, line: str, department: str, n: int, shares: list[int], roomy: set[int]
) -> changes.Later | None:
    """One genuine contract whose modules are all accepted in quarter n; what changes its price later.

    `shares` are the modules' last prices at acceptance, `roomy` the later quarters that may hold a change.
    """
    quarter = book.spec.quarters[n]
    early = book.spec.stream("noise", "early", line, department, quarter.name, sum(shares)).chance(
        book.spec.noise.early_deliveries
    )
    finals = sorted(final_day(stream, quarter) for _ in shares)
    rungs = [ladder.back_from(stream, day, early) for day in finals]
    signed = min(r.signed for r in rungs)
    deal, i = _deal_of_module(book, line, department, n, shares, rungs, roomy)
    nets = [share - deal.added * (k == i) for k, share in enumerate(shares)]
    apart = i if deal.kind == "separate" else None
    fixed = sum(nets) - (0 if apart is None else deal.part)
    contract = contracts.new(book, stream, line, department, fixed, signed)
    contracts.register(book, contract)
    noise = book.spec.stream("noise", contract.contract_id)
    units = contracts.modules(book, contract, nets, apart)
    for module, net, rung in zip(units, shares, rungs):
        ladder.work(book, stream, contract, module, rung, net)
        ladder.final(book, stream, noise, contract, module, rung.final)
        recognise(book, stream, contract, module, quarter, rung.final, net)
    first, last = rungs[0], rungs[-1]
    book.rungs[contract.contract_id] = (signed, first.arrival, first.initial, last.final)
    return _changed(book, contract, units[i], deal, (shares[i], rungs[i], last.final), n, roomy)


def _deal_of_module(
    book: Book, line: str, department: str, n: int, shares: list[int], rungs: list[ladder.Rungs],
    roomy: set[int],
) -> tuple[changes.Deal, int]:  # fmt: skip
    """The deal of a contract and the module it is about: one begun after the signing may be added whole."""
    stream = book.spec.stream("changes", line, department, n, sum(shares))
    i = stream.between(0, len(shares) - 1)
    deal = changes.deal(book, stream, shares[i])
    if deal.kind == "scope":
        i_last = max(range(len(rungs)), key=lambda k: rungs[k].signed)
        if rungs[i_last].signed > min(r.signed for r in rungs) and stream.chance(500):
            return changes.Deal("separate", shares[i_last]), i_last
    if deal.kind == "late_bonus" and n + 1 not in roomy:
        return changes.Deal(), i
    return deal, i


def _changed(
    book: Book, contract: Contract, unit: str, deal: changes.Deal, of: tuple[int, ladder.Rungs, date], n: int,
    roomy: set[int],
) -> changes.Later | None:  # fmt: skip
    """The rows of a deal or of a dispute; what it books in a later quarter, entered there."""
    net, rungs, final = of
    stream = book.spec.stream("changed", contract.contract_id)
    later = None
    if deal.kind == "late_bonus":
        later = changes.Later(n + 1, changes.reached(book, stream, n), deal.part)
    elif not deal.kind:
        later = changes.conceded(book, contract, net, final, n)
    if later is None or later.n not in roomy:
        later = None
    elif later.amount < 0:
        changes.concede(book, contract, unit, later)
    changed = rungs.signed if deal.kind == "separate" else rungs.initial - timedelta(stream.between(3, 15))
    changes.agreed(book, contract, unit, deal, changed, later.day if later else rungs.final)
    if later and later.n < 4:
        recognise(book, stream, contract, unit, book.spec.quarters[later.n], later.day, later.amount)
    return later


def final_day(stream: Stream, quarter: Quarter) -> date:
    """45 in 100 final acceptances fall in the last month of a quarter, in every department."""
    third = quarter.last.replace(day=1)
    if stream.chance(450):
        return stream.day(third, quarter.last)
    return stream.day(quarter.first, third - timedelta(1))
