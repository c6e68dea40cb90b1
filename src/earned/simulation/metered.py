"""Usage contracts kept one by one: the pool of small customers, and the billing errors (cloopen.md 9.4).

Each obligation covers one customer, line and quarter, so that later use never reads as performance
of an earlier excess.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from earned.simulation import figures
from earned.simulation.apportion import largest_remainder
from earned.simulation.book import SERVICE_TAX, Book, Contract, Planted, Revenue
from earned.simulation.calendar import Quarter, at, month_end
from earned.simulation.customers import POOL
from earned.simulation.people import REVIEWERS, SALES, user
from earned.simulation.planted import Error, errors
from earned.simulation.streams import Stream

SYSTEM = "billing"
SHORT = {"text": "T", "voice": "V", "cpaas_other": "O"}
#: the pool's share of the cells of small and mid-size customers, in percent
POOL_SHARE = 45
#: prices of one message in minor units: to the end customer, the agent's commission, beyond the step
GROSS, COMMISSION, STEPPED, PLAIN = 5, 1, 4, 4
_CUSTOMERS = {"loaded_twice": 12, "agent_gross": 5, "rebate": 4}


def build(book: Book) -> dict[tuple[str, str, str], int]:
    """The pool and the billing errors; what they book, by (quarter, line, department)."""
    taken: dict[tuple[str, str, str], int] = {}
    for n, quarter in enumerate(book.spec.quarters):
        months = [month_end(2021, 3 * n + m) for m in (1, 2, 3)]
        for kind, make in (("loaded_twice", _twice), ("agent_gross", _agent), ("rebate", _rebate)):
            for error in errors(quarter.name, kind) if book.spec.scheme else []:
                cell = (quarter.name, error.line, error.department)
                stream = book.spec.stream("billing", kind, quarter.name)
                taken[cell] = taken.get(cell, 0) + make(book, stream, error, months)
        if not book.spec.full:
            for line in figures.USAGE_LINES:
                cell = (quarter.name, line, "SME")
                left = book.spec.cell(*cell) - taken.get(cell, 0)
                taken[cell] = taken.get(cell, 0) + _pool(book, quarter, line, left, months)
    return taken


def frame(book: Book, stream: Stream, customer: str, line: str, department: str, label: str) -> Contract:
    """A framework contract for usage: no fixed price (U3)."""
    signed = date(2020, 12, 1) - timedelta(stream.between(1, 200))
    contract = Contract(
        f"SIMC-{customer[1:]}{label}", line, department, customer, stream.pick(SALES[department]), 0,
        SERVICE_TAX, signed,
    )  # fmt: skip
    if all(c.contract_id != contract.contract_id for c in book.contracts):
        book.contracts.append(contract)
        book.add(
            "contracts", contract_id=contract.contract_id, price=0, currency=book.spec.currency,
            price_includes_tax=True, tax_rate=SERVICE_TAX, customer_id=customer, entity_id="SIM-CN",
            status="active", bound_date=signed, signed_customer_date=signed, owner_id=contract.owner_id,
            department_id=department, payment_terms_days=60,
        )  # fmt: skip
    return contract


def obligation(
    book: Book, contract: Contract, quarter: str, price: Decimal, label: str = "", **more: object
) -> str:
    """Usage of one line in one quarter at a price of one unit."""
    obligation_id = f"{contract.contract_id}-{SHORT[contract.line]}{label}-{quarter[2:]}"
    book.add(
        "obligations", obligation_id=obligation_id, contract_id=contract.contract_id, pattern="over_time",
        measure="as_used", unit_price=price, booked_before=0,
        description=f"{contract.line} {quarter}", **more,
    )  # fmt: skip
    return obligation_id


def used(
    book: Book, contract: Contract, unit: str, day: date, quantity: int | Decimal, batch: str, amount: int
) -> None:
    """A month of usage from the system's records, and the entry of the billing run, which may be nothing."""
    book.evidence(
        "usage_other", contract.contract_id, unit, kind="usage", event_date=day,
        recorded_at=at(day + timedelta(1), 1, 30), quantity=quantity, basis="increment", maker="system",
        batch=batch,
    )  # fmt: skip
    if amount:
        keyed = at(day + timedelta(1), 2, 10)
        text = f"{contract.line} {day:%Y-%m}"
        approver = user(REVIEWERS[day.month % len(REVIEWERS)])
        book.revenue.append(Revenue(contract, unit, day, keyed, amount, SYSTEM, approver, text, manual=False))


def _pool(book: Book, quarter: Quarter, line: str, left: int, months: list[date]) -> int:
    """One row a month for all customers not modelled singly: the quantity is what they were charged."""
    stream = book.spec.stream("pool", line, quarter.name)
    total = left * POOL_SHARE // 100
    contract = frame(book, stream, POOL, line, "SME", SHORT[line])
    unit = obligation(book, contract, quarter.name, Decimal(1))
    for day, amount in zip(months, largest_remainder(total, [stream.between(30, 36) for _ in months])):
        charged = Decimal(amount).scaleb(-book.spec.exponent)
        used(book, contract, unit, day, charged, f"CDR-{day:%Y%m}", amount)
    return total


def _plant(book: Book, error: Error, contract: Contract, unit: str, booked: int, over: int) -> None:
    later = tuple((bucket, over) for bucket, _ in error.later)
    book.planted.append(
        Planted(
            unit, contract.contract_id, error.quarter, "other_error", error.kind, error.department,
            error.line, booked, over, later,
        )
    )  # fmt: skip


def _shares(book: Book, stream: Stream, error: Error, one: int) -> list[tuple[str, int]]:
    """Customers of the error and the messages of each: `over` is `one` minor unit a message."""
    chosen = stream.some(book.customers[error.department], _CUSTOMERS[error.kind])
    weights = [stream.lognormal(50) for _ in chosen]
    return list(zip(chosen, largest_remainder(book.spec.minor(error.over) // one, weights)))


def _price(book: Book, minor: int) -> Decimal:
    return Decimal(minor).scaleb(-book.spec.exponent)


def _twice(book: Book, stream: Stream, error: Error, months: list[date]) -> int:
    """The file of the quarter's last month was loaded in two batches, and billed twice."""
    booked = 0
    for customer, messages in _shares(book, stream, error, PLAIN):
        contract = frame(book, stream, customer, error.line, error.department, "L")
        unit = obligation(book, contract, error.quarter, _price(book, PLAIN))
        loads = [messages * stream.between(80, 98) // 100 for _ in months[:2]] + [messages]
        for day, quantity in zip(months, loads):
            used(book, contract, unit, day, quantity, f"CDR-{day:%Y%m}", quantity * PLAIN)
        used(book, contract, unit, months[2], messages, f"CDR-{months[2]:%Y%m}-R", messages * PLAIN)
        whole = (sum(loads) + messages) * PLAIN
        _plant(book, error, contract, unit, whole, messages * PLAIN)
        booked += whole
    return booked


def _agent(book: Book, stream: Stream, error: Error, months: list[date]) -> int:
    """Traffic that we only arrange: the commission is revenue, the gross amount was booked."""
    booked = 0
    for customer, messages in _shares(book, stream, error, GROSS - COMMISSION):
        contract = frame(book, stream, customer, error.line, error.department, "G")
        unit = obligation(book, contract, error.quarter, _price(book, COMMISSION), role="agent")
        for day, quantity in zip(months, largest_remainder(messages, [30, 34, 36])):
            used(book, contract, unit, day, quantity, f"CDR-{day:%Y%m}", quantity * GROSS)
        _plant(book, error, contract, unit, messages * GROSS, messages * (GROSS - COMMISSION))
        booked += messages * GROSS
    return booked


def _rebate(book: Book, stream: Stream, error: Error, months: list[date]) -> int:
    """Two price steps; what lies beyond the first was booked at the price of the first."""
    booked = 0
    for customer, beyond in _shares(book, stream, error, GROSS - STEPPED):
        contract = frame(book, stream, customer, error.line, error.department, "R")
        under = obligation(book, contract, error.quarter, _price(book, GROSS), "1")
        over = obligation(book, contract, error.quarter, _price(book, STEPPED), "2")
        step = beyond * stream.between(50, 70) // 100
        for day, quantity in zip(months[:2], largest_remainder(step, [60, 40])):
            used(book, contract, under, day, quantity, f"CDR-{day:%Y%m}", quantity * GROSS)
        for day, quantity in zip(months[1:], largest_remainder(beyond, [35, 65])):
            used(book, contract, over, day, quantity, f"CDR-{day:%Y%m}", quantity * GROSS)
        _plant(book, error, contract, over, beyond * GROSS, beyond * (GROSS - STEPPED))
        booked += (step + beyond) * GROSS
    return booked
