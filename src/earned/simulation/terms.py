"""Payment terms of projects, agreed so that 45 to 50 % of a quarter's UC&C revenue is unbilled (9.3)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from earned.simulation.book import Book, Change, Contract, Revenue
from earned.simulation.booking import booked_before, by_contract
from earned.simulation.calendar import quarter_of

#: percents of the price at sign, arrival, initial, final acceptance and end of the warranty; how often
TERMS = (((30, 30, 30, 0, 10), 4), ((20, 30, 0, 40, 10), 3), ((0, 0, 0, 95, 5), 2), ((50, 0, 0, 50, 0), 1))
#: an invoice follows its rung by so many days: the last one comes after the entry of the revenue
LAG = (5, 18)
#: the middle of what is unbilled at recognition, in parts per thousand
UNBILLED = 475
STEERED = "ucc_project"
_DRAWS = 4
_WARRANTY = timedelta(365)

Tally = dict[str, tuple[int, int]]


def agree(book: Book) -> None:
    """Terms of every genuine project by weight; of UC&C the draw that keeps the share near its middle."""
    booked, before = by_contract(book), booked_before(book)
    tally: Tally = defaultdict(lambda: (0, 0))
    for contract in book.contracts:
        if contract.line == STEERED and contract.contract_id not in book.rungs:
            plan = book.milestones[contract.contract_id]
            _add(tally, _unbilled(contract, 0, booked[contract.contract_id], [], plan))
    genuine = [c for c in book.contracts if c.contract_id in book.rungs]
    for contract in sorted(genuine, key=lambda c: (-c.net, c.contract_id)):
        stream = book.spec.stream("terms", contract.contract_id)
        # what is credited later is of the invoice that follows the final acceptance
        changes = book.changes.get(contract.contract_id, [])
        credited = any(c.credited for c in changes)
        choice = [(shares, n) for shares, n in TERMS if shares[3] or not credited]
        drawn = [_plan(book.rungs[contract.contract_id], stream.weighted(choice)) for _ in range(_DRAWS)]
        if contract.line == STEERED:
            given = (contract, before[contract.contract_id], booked[contract.contract_id], changes)
            drawn.sort(key=lambda plan: _distance(tally, _unbilled(*given, plan)))
            _add(tally, _unbilled(*given, drawn[0]))
        book.milestones[contract.contract_id] = drawn[0]


def _plan(rungs: tuple[date, date, date, date], shares: tuple[int, ...]) -> list[tuple[date, int]]:
    days = (*rungs, rungs[3] + _WARRANTY)
    return [(day, share) for day, share in zip(days, shares) if share]


def _unbilled(
    contract: Contract,
    before: int,
    booked: list[Revenue],
    changes: list[Change],
    plan: list[tuple[date, int]],
) -> Tally:
    """By quarter what is recognised, and what of it is not billed by then; `before` was booked earlier."""
    found: Tally = defaultdict(lambda: (0, 0))
    more = [(c.day + timedelta(LAG[0]), c.net) for c in changes if not c.credited]
    for revenue in sorted(booked, key=lambda r: r.effective):
        billed = sum(share for day, share in plan if day + timedelta(LAG[0]) <= revenue.effective)
        due = contract.net * billed // 100 + sum(net for day, net in more if day <= revenue.effective)
        advance = min(max(due - before, 0), revenue.amount)
        before += revenue.amount
        _add(found, {quarter_of(revenue.effective): (revenue.amount, revenue.amount - advance)})
    return found


def _add(tally: Tally, more: Tally) -> None:
    for quarter, (recognised, unbilled) in more.items():
        now = tally[quarter]
        tally[quarter] = (now[0] + recognised, now[1] + unbilled)


def _distance(tally: Tally, more: Tally) -> int:
    """How far from the middle the quarters would be, in minor units times a thousand."""
    sums = [(tally[q][0] + more[q][0], tally[q][1] + more[q][1]) for q in more]
    return sum(abs(1000 * unbilled - UNBILLED * recognised) for recognised, unbilled in sums)
