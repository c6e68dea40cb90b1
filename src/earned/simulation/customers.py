"""Who buys: customers of each department, and the people there who may sign an acceptance."""

from __future__ import annotations

from datetime import date, datetime

from earned.simulation import names
from earned.simulation.book import Book
from earned.simulation.calendar import at
from earned.simulation.figures import DEPARTMENTS, LARGE, MIDDLE
from earned.simulation.streams import Stream

POOL = "K90001"


def open_accounts(book: Book) -> None:
    """Rows of customers and contacts: large ones of a department first, then the mid-size."""
    stream = book.spec.stream("customers")
    number = 0
    for department in DEPARTMENTS:
        for _ in range(LARGE[department] + MIDDLE[department]):
            number += 1
            customer_id = f"K{number:05d}"
            book.customers[department].append(customer_id)
            _register(book, stream, department, customer_id, number)
    created = _created(stream)
    book.add("customers", customer_id=POOL, name="SIM 其他活跃客户汇总", created_at=created)


def _created(stream: Stream) -> datetime:
    return at(stream.day(date(2016, 1, 1), date(2020, 9, 30)), 10, stream.between(0, 59))


def _register(book: Book, stream: Stream, department: str, customer_id: str, number: int) -> None:
    book.add(
        "customers", customer_id=customer_id, name=names.company(stream, department, number),
        tax_id=f"SIM91{stream.between(10**12, 10**13 - 1)}", related_party=False, created_at=_created(stream),
    )  # fmt: skip
    known: list[str] = []
    for n in range(2 if number % 3 else 3):
        name = f"{names.person(stream)}{number % 100:02d}"
        role, signs = (("项目经理", True), ("技术负责人", True), ("采购", False))[n]
        if name in known:
            continue
        known.append(name)
        book.add(
            "contacts", customer_id=customer_id, name=name, role=role, may_accept=signs,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    book.contacts[customer_id] = known[:2]
