"""Subscriptions: straight line by equal service months, and those booked before their start (9.1, 9.4)."""

from __future__ import annotations

from datetime import date, timedelta

from earned.simulation import contracts, figures, services
from earned.simulation.apportion import largest_remainder
from earned.simulation.book import Book, Contract, Planted
from earned.simulation.booking import recognise
from earned.simulation.calendar import Quarter, at, month_end, month_start
from earned.simulation.planted import Error, errors
from earned.simulation.services import Service
from earned.simulation.streams import Stream

LINE = "cc_sub"
SIGMA = 60
#: contracts with a term of three months within the quarter, in percent of all
SHORT = 35
#: contracts planted by each cut-off error
CUT_OFF = 4


def build(book: Book) -> None:
    """All subscriptions, by department and quarter."""
    shares = [_counts(n) for n in range(4)]
    for department in figures.DEPARTMENTS:
        running: list[Service] = []
        for n, quarter in enumerate(book.spec.quarters):
            stream = book.spec.stream("subscriptions", department, quarter.name)
            room = book.spec.cell(quarter.name, LINE, department)
            count = shares[n][department]
            room, count = _early(book, stream, department, n, room, count)
            room, count = _continue(book, stream, running, n, room, count)
            started = _long(book, stream, department, n, room, count)
            for service in started:
                if not n:  # they began the year before
                    services.change(book, service, n)
                room -= _months(book, stream, service, n)
            running += started
            _short(book, stream, department, n, room, max(1, count - len(started)))


def _counts(n: int) -> dict[str, int]:
    weights = [figures.cell(figures.QUARTERS[n], LINE, d) for d in figures.DEPARTMENTS]
    return dict(zip(figures.DEPARTMENTS, largest_remainder(figures.CONTRACTS[LINE][n], weights)))


def _months(book: Book, stream: Stream, service: Service, n: int) -> int:
    """Entries of the months of quarter n; their sum."""
    quarter = book.spec.quarters[n]
    booked = 0
    for month in range(3 * n + 1, 3 * n + 4):
        amount = service.by(2021, month) - service.by(*((2021, month - 1) if month > 1 else (2020, 12)))
        if amount:
            day = month_end(2021, month)
            recognise(book, stream, service.contract, service.unit, quarter, day, amount)
        booked += amount
    return booked


def _continue(
    book: Book, stream: Stream, running: list[Service], n: int, room: int, count: int
) -> tuple[int, int]:
    """What contracts of earlier quarters book in quarter n, changed or not, leaves the cell."""
    for service in running:
        services.change(book, service, n)
        booked = _months(book, stream, service, n)
        room -= booked
        count -= booked > 0
    return room, count


def _start(book: Book, stream: Stream, department: str, net: int, first: date, months: int) -> Service:
    signed = first - timedelta(stream.between(3, 28))
    end = month_end(first.year, first.month + months - 1)
    contract = contracts.new(book, stream, LINE, department, net, signed, start=first, end=end)
    contracts.register(book, contract)
    service = Service(contract, f"{contract.contract_id}-S1")
    unit = contracts.straight_line(book, contract, service.by(2020, 12))
    book.milestones[contract.contract_id] = _bills(stream, contract, months)
    book.evidence(
        "logs", contract.contract_id, unit, kind="access", event_date=first, maker="system",
        recorded_at=at(first, 8), number=f"OPEN-{first:%y%m%d}",
    )  # fmt: skip
    return service


def _bills(stream: Stream, contract: Contract, months: int) -> list[tuple[date, int]]:
    """In advance: at once, or by quarter of service."""
    assert contract.start
    parts = stream.pick((1, max(1, months // 3)))
    shares = largest_remainder(100, [1] * parts)
    days = [month_start(contract.start.year, contract.start.month + 3 * i) for i in range(parts)]
    return list(zip(days, shares))


def _long(book: Book, stream: Stream, department: str, n: int, room: int, count: int) -> list[Service]:
    """New contracts of 6, 9 and 12 months that take about six tenths of what is left of the cell."""
    number = count * (100 - SHORT) // 100 if n == 0 else count * 45 // 100
    number = min(number, count - 1)
    if number < 1:
        return []
    room = room * 6 // 10 if n == 0 else room * 45 // 100
    weights = [stream.lognormal(SIGMA) for _ in range(number)]
    started = []
    for share in largest_remainder(room, weights):
        months = stream.weighted(((6, 3), (9, 2), (12, 4)))
        back = stream.between(0, months - 3) if n == 0 else 0
        first = month_start(2020, 13 - back) if n == 0 else month_start(2021, 3 * n + 1)
        net = share * months // 3
        started.append(_start(book, stream, department, net, first, months))
    return started


def _short(book: Book, stream: Stream, department: str, n: int, room: int, count: int) -> None:
    """Contracts of the three months of the quarter fill the cell to the minor unit."""
    for net in largest_remainder(room, [stream.lognormal(SIGMA) for _ in range(count)]):
        _months(book, stream, _start(book, stream, department, net, month_start(2021, 3 * n + 1), 3), n)


def _early(book: Book, stream: Stream, department: str, n: int, room: int, count: int) -> tuple[int, int]:
    """Cut-off: three months that begin with the next quarter, booked whole in this one."""
    if not book.spec.scheme:
        return room, count
    quarter = book.spec.quarters[n]
    for error in errors(quarter.name, "cut_off"):
        if error.department != department:
            continue
        total = book.spec.minor(error.over)
        for net in largest_remainder(total, [stream.lognormal(SIGMA) for _ in range(CUT_OFF)]):
            _one_early(book, stream, error, quarter, net, month_start(2021, 3 * n + 4))
        room, count = room - total, count - CUT_OFF
    return room, count


def _one_early(book: Book, stream: Stream, error: Error, quarter: Quarter, net: int, first: date) -> None:
    service = _start(book, stream, error.department, net, first, 3)
    contract, unit = service.contract, service.unit
    recognise(book, stream, contract, unit, quarter, quarter.last - timedelta(2), net)
    bucket = error.later[0][0]
    book.planted.append(
        Planted(
            unit, contract.contract_id, quarter.name, "other_error", error.kind, error.department, LINE,
            net, net, ((bucket, net),),
        )
    )  # fmt: skip
