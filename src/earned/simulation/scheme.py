"""The scheme in four classes (cloopen.md 9.4): booked whole in its quarter, performed later or never."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from earned.simulation import contracts, hours, ladder
from earned.simulation.apportion import half_away, largest_remainder, prices_for
from earned.simulation.book import Book, Contract, Planted
from earned.simulation.booking import recognise
from earned.simulation.calendar import Quarter, at
from earned.simulation.people import ASSISTANTS, COMMITTEE
from earned.simulation.planted import KEYED, MANAGERS, SCHEME, Row
from earned.simulation.streams import Stream

#: unbilled when booked, in percent (cloopen.md 9.5)
UNBILLED = {"A": 85, "B": 60, "C": 85, "D": 30}
ENDS = {"2021Q3": date(2021, 9, 30), "2021Q4": date(2021, 12, 31), "2022": date(2022, 6, 30)}


def build(book: Book) -> None:
    """Every row of the scheme."""
    for number, row in enumerate(SCHEME):
        stream = book.spec.stream("scheme", number)
        quarter = next(q for q in book.spec.quarters if q.name == row.quarter)
        if row.kind == "B":
            _by_hours(book, stream, row, quarter, first=number == 2)
        else:
            _at_acceptance(book, stream, row, quarter)


def _plant(book: Book, row: Row, unit: str, contract: Contract, booked: int, over: int, **later: int) -> None:
    book.planted.append(
        Planted(
            unit, contract.contract_id, row.quarter, "premature", row.kind, row.department, row.line,
            booked, over, tuple(later.items()), MANAGERS[row.department],
        )
    )  # fmt: skip


def _keyed(stream: Stream, row: Row, not_before: date, first: bool = False) -> datetime:
    """When the entry was keyed, within the days of 9.5; the first of all on the first day."""
    start, end = map(date.fromisoformat, KEYED[row.quarter])
    day = start if first else stream.day(max(start, not_before), end)
    return at(day, stream.between(10, 22), stream.between(0, 59))


def _book(
    book: Book, stream: Stream, row: Row, quarter: Quarter, contract: Contract, unit: str, amount: int,
    keyed: datetime,
) -> None:  # fmt: skip
    recognise(book, stream, contract, unit, quarter, min(keyed.date(), quarter.last), amount, keyed)


def _at_acceptance(book: Book, stream: Stream, row: Row, quarter: Quarter) -> None:
    """Classes A, C, D: each module belongs to one bucket of what was earned later."""
    for parts in _modules(book, stream, row):
        signed = quarter.last - timedelta(
            stream.between(25, 60) if row.kind == "A" else stream.between(120, 190)
        )
        net = sum(amount for _, amount in parts)
        contract = contracts.new(book, stream, row.line, row.department, net, signed)
        contracts.register(book, contract)
        ids = contracts.modules(book, contract, [amount for _, amount in parts])
        keyed = _keyed(stream, row, signed)
        true = [_true_day(stream, row, quarter, bucket) for bucket, _ in parts]
        for unit, (bucket, amount), day in zip(ids, parts, true):
            _book(book, stream, row, quarter, contract, unit, amount, keyed)
            _plant(book, row, unit, contract, amount, amount, **{bucket: amount})
            _papers(book, stream, row, quarter, contract, (unit, amount, day))
        _bills(book, row, contract, signed, [d for d in true if d])


def _modules(book: Book, stream: Stream, row: Row) -> list[list[tuple[str, int]]]:
    """For each contract its modules (bucket, amount): every bucket's amount is met exactly."""
    parts: list[list[tuple[str, int]]] = [[] for _ in range(row.contracts)]
    for bucket, amount in row.later:
        takers = stream.some(range(row.contracts), stream.between(1, row.contracts))
        if row.contracts > 1 and bucket == row.later[0][0]:
            takers = list(range(row.contracts))
        weights = [stream.lognormal(40) for _ in takers]
        shares = largest_remainder(book.spec.minor(amount), weights, book.spec.step)
        for taker, share in zip(takers, shares):
            parts[taker].append((bucket, share))
    return parts


def _true_day(stream: Stream, row: Row, quarter: Quarter, bucket: str) -> date | None:
    """The day of the true final acceptance; none where it never came."""
    if bucket == "never":
        return None
    if row.kind == "D":
        return quarter.last + timedelta(stream.between(5, 25))
    first = max(quarter.last + timedelta(40), ENDS[bucket] - timedelta(50))
    return stream.day(first, ENDS[bucket])


def _papers(
    book: Book, stream: Stream, row: Row, quarter: Quarter, contract: Contract,
    of: tuple[str, int, date | None],
) -> None:  # fmt: skip
    """The evidence of a module: what was true, and for C and D the paper dated inside the quarter."""
    unit, net, day = of
    if day:
        _performed(book, stream, row, quarter, contract, unit, net, day)
    if row.kind == "C" and day is None:
        part = hours.planned(net, book.spec.major) * stream.between(0, 600) // 1000
        first = contract.signed + timedelta(10)
        hours.sheets(book, stream, contract, unit, first, quarter.last - timedelta(10), part)
    alone = row.kind == "D" and stream.chance(500)
    if day and not alone:
        ladder.accepted(book, stream, contract, unit, day, "final")
    if row.kind in "CD":
        _paper(book, stream, row, quarter, contract, unit, day, alone)


def _performed(
    book: Book, stream: Stream, row: Row, quarter: Quarter, contract: Contract, unit: str, net: int, day: date
) -> None:
    """Work and true acceptance; of class A nothing is dated by the end of the quarter."""
    plan = hours.planned(net, book.spec.major) * stream.between(920, 1080) // 1000
    begin = quarter.last + timedelta(8) if row.kind == "A" else contract.signed + timedelta(10)
    if row.kind == "C":
        early = plan * stream.between(0, 600) // 1000
        hours.sheets(book, stream, contract, unit, begin, quarter.last - timedelta(10), early)
        begin, plan = quarter.last + timedelta(8), plan - early
    hours.sheets(book, stream, contract, unit, begin, max(begin, day - timedelta(3)), plan)
    if row.kind == "D":
        ladder.arrival(book, stream, contract, unit, quarter.last - timedelta(stream.between(60, 80)))
        ladder.accepted(book, stream, contract, unit, quarter.last - timedelta(40), "initial")


def _paper(
    book: Book, stream: Stream, row: Row, quarter: Quarter, contract: Contract, unit: str,
    day: date | None, alone: bool,
) -> None:  # fmt: skip
    """The paper dated inside the quarter, made after its date; what investigators decided on it."""
    dated = quarter.last - timedelta(stream.between(1, 12))
    recorded = quarter.last + timedelta(stream.between(3, 9))
    if alone:  # filed only after the close: a person says from which day it counts (E3)
        recorded = max(quarter.closed_at.date(), day or quarter.last) + timedelta(stream.between(1, 9))
    listed = row.kind == "D"
    signer = {}
    if not listed:
        unknown = f"SIM 未列名{stream.between(10, 99)}"
        signer = {"signer": unknown, "afterwards": f"{row.quarter} {row.department}"}
    paper = ladder.accepted(
        book, stream, contract, unit, dated, "final", recorded_at=at(recorded, 21, stream.between(0, 59)),
        made_by=stream.pick(ASSISTANTS), **signer,
    )  # fmt: skip
    reason = f"the file was created {(recorded - dated).days} days after the date on the paper"
    if listed:
        reason += f"; the customer's own copy is dated {day}"
    else:
        reason += "; the signer is not on the customer's contact list; the seal's imprint repeats another"
    book.add(
        "decisions", subject_type="evidence", subject_id=paper, decision="accept" if alone else "refuse",
        reason=reason, value=day if alone else None, decided_by=COMMITTEE,
        decided_at=at(stream.day(date(2022, 6, 1), date(2022, 7, 31)), 11, stream.between(0, 59)),
    )  # fmt: skip


def _bills(book: Book, row: Row, contract: Contract, signed: date, true: Sequence[date]) -> None:
    billed = 100 - UNBILLED[row.kind]
    plan = [(signed, billed)]
    if true:
        plan.append((max(true), UNBILLED[row.kind]))
    book.milestones[contract.contract_id] = plan
    book.withheld[contract.contract_id] = max(true, default=date.max)


def _by_hours(book: Book, stream: Stream, row: Row, quarter: Quarter, first: bool) -> None:
    """Class B: prices and hours such that every total of the row is met to the minor unit."""
    nets, plans, done = _shape(book, stream, row)
    for n, net in enumerate(nets):
        signed = quarter.first - timedelta(stream.between(5, 40))
        contract = contracts.new(book, stream, row.line, row.department, net, signed)
        contracts.register(book, contract)
        unit = contracts.by_hours(book, contract, plans[n], plans[n], signed)
        keyed = _keyed(stream, row, signed, first and n == 0)
        _book(book, stream, row, quarter, contract, unit, net, keyed)
        _plant_hours(book, row, unit, contract, net, plans[n], [d[n] for d in done])
        _sheets(book, stream, row, contract, unit, quarter, [d[n] for d in done], plans[n])
        ladder.accepted(
            book, stream, contract, unit, quarter.last - timedelta(stream.between(5, 20)), "initial"
        )
        finished = _ends(row, quarter)[-1] if done[-1][n] == plans[n] else ENDS["2022"]
        _bills(book, row, contract, signed, [finished])


def _ends(row: Row, quarter: Quarter) -> list[date]:
    """The ends of the quarters of the window for which the row states what is earned."""
    return [quarter.last, *(ENDS[b] for b, _ in row.later if b in ("2021Q3", "2021Q4"))]


def _plant_hours(
    book: Book, row: Row, unit: str, contract: Contract, net: int, plan: int, done: list[int]
) -> None:
    earned = [half_away(net * d, plan) for d in done]
    names = [b for b, _ in row.later if b in ("2021Q3", "2021Q4")]
    later = {name: b - a for name, a, b in zip(names, earned, earned[1:])}
    _plant(book, row, unit, contract, net, net - earned[0], **later)


def _sheets(
    book: Book, stream: Stream, row: Row, contract: Contract, unit: str, quarter: Quarter, done: list[int],
    plan: int,
) -> None:  # fmt: skip
    """Work begins in the quarter in which it was booked, and goes on as far as the row says."""
    ends = _ends(row, quarter)
    begin, before = quarter.first, 0
    for end, total in zip(ends, done):
        hours.sheets(book, stream, contract, unit, begin, end, total - before)
        begin, before = end + timedelta(4), total
    after = dict(row.later).get("2022", 0)
    if before < plan and after:
        left = (plan - before) * after // (after + dict(row.later).get("never", 0))
        hours.sheets(book, stream, contract, unit, begin, ENDS["2022"], left)


def _shape(book: Book, stream: Stream, row: Row) -> tuple[list[int], list[int], list[list[int]]]:
    """Prices, planned hours and hours done by each period end (tenths) of the contracts of a row."""
    total = book.spec.minor(row.booked)
    sums = [row.earned]
    for bucket, amount in row.later:
        if bucket in ("2021Q3", "2021Q4"):
            sums.append(sums[-1] + amount)
    targets = [book.spec.minor(s) for s in sums]
    while True:
        first = largest_remainder(total, [stream.lognormal(30) for _ in range(row.contracts)])
        plans = [hours.planned(net, book.spec.major) for net in first]
        done = [_done(stream, t, total, first, plans) for t in targets]
        if any(row_ is None for row_ in done):
            continue
        found = [d for d in done if d is not None]
        open_sums = [(d, t) for d, t in zip(found, targets) if t < total]
        pairs = [[(a, b) for a, b in zip(d, plans)] for d, _ in open_sums]
        prices = prices_for(first, total, pairs, [t for _, t in open_sums])
        if prices:
            return prices, plans, found


def _done(stream: Stream, target: int, total: int, nets: list[int], plans: list[int]) -> list[int] | None:
    """Hours done (tenths) near target / total of each plan, spread a little; 38 to 55 % where below it."""
    if target == total:
        return list(plans)
    low = 381 * total if target * 1000 < 560 * total else 0
    high = 549 * total if target * 1000 < 560 * total else 990 * total
    room = min(target * 1000 - low, high - target * 1000, 30 * total)
    spread = max(1, room * 9 // 10 // total) if room > total else 0
    parts = [
        target * 10**6 // total + stream.between(-1000 * spread - 900, 1000 * spread + 900) for _ in nets
    ]
    parts[-1] = (target * 10**6 - sum(p * n for p, n in zip(parts[:-1], nets[:-1]))) // nets[-1]
    inside = all(low <= p * total // 1000 <= high for p in parts)
    return [(p * plan + 500_000) // 10**6 for p, plan in zip(parts, plans)] if inside else None
