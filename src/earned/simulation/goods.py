"""A company that sells goods: orders delivered in parts, months for periods, dollars, no tax inside prices.

Nothing of it is shared with the company of the case but the parts it is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from earned.simulation import names, truth
from earned.simulation.apportion import half_away, largest_remainder
from earned.simulation.book import Book, Planted, Spec
from earned.simulation.calendar import at, month_end
from earned.simulation.streams import ONE, Stream
from earned.simulation.writing import plain

Tables = dict[str, list[dict[str, Any]]]
SELLERS = ("G201", "G202", "G203", "G204")
LAST = date(2021, 12, 31)


@dataclass(frozen=True)
class Order:
    """An order of so many pieces at one price, minor units."""

    number: str
    customer: str
    seller: str
    pieces: int
    net: int
    placed: date


def company(seed: int, out: Path, *, orders: int = 300, early: int = 0) -> Book:
    """Write `out`/books and `out`/truth of a goods company; `early` orders are booked before delivery.

    An early order is booked whole on the last day of the month before the one in which it is delivered.
    """
    spec = Spec(seed, scheme=early > 0, currency="USD")
    book = Book(spec)
    tables: Tables = {t: [] for t in ("contracts", "obligations", "evidence", "entries")}
    customers = _customers(spec, tables)
    for n in range(orders):
        stream = spec.stream("order", n)
        order = _order(stream, n, customers)
        if n < early:
            _booked_early(book, tables, order)
        else:
            _delivered(tables, stream, order)
    (out / "books").mkdir(parents=True)
    (out / "truth").mkdir()
    _write(spec, tables, out / "books")
    truth.write(book, out / "truth")
    return book


def _customers(spec: Spec, tables: Tables) -> list[str]:
    stream = spec.stream("customers")
    ids = [f"GK{n:03d}" for n in range(1, 41)]
    tables["customers"] = [
        {"customer_id": i, "name": names.company(stream, "GEM", n)} for n, i in enumerate(ids)
    ]
    tables["periods"] = [
        {"period_id": f"2021M{m:02d}", "first_date": date(2021, m, 1), "last_date": month_end(2021, m)}
        for m in range(1, 13)
    ]
    return ids


def _order(stream: Stream, n: int, customers: list[str]) -> Order:
    pieces = stream.between(1, 400)
    net = max(1, pieces * stream.between(900, 250_000) * stream.lognormal(40) // ONE)
    placed = stream.day(date(2021, 1, 4), date(2021, 10, 15))
    return Order(f"SO-{n + 1:05d}", stream.pick(customers), stream.pick(SELLERS), pieces, net, placed)


def _contract(tables: Tables, order: Order) -> None:
    tables["contracts"].append(
        {
            "contract_id": order.number, "price": order.net, "price_includes_tax": False,
            "customer_id": order.customer, "bound_date": order.placed, "owner_id": order.seller,
            "department_id": "SALES",
        }
    )  # fmt: skip
    tables["obligations"].append(
        {
            "obligation_id": f"{order.number}-1", "contract_id": order.number, "ssp": order.net,
            "pattern": "point_in_time", "total_quantity": order.pieces, "description": "goods, per piece",
        }
    )  # fmt: skip


def _delivery(tables: Tables, order: Order, n: int, day: date, pieces: int) -> None:
    tables["evidence"].append(
        {
            "evidence_id": f"{order.number}-D{n}", "contract_id": order.number,
            "obligation_id": f"{order.number}-1", "kind": "delivery", "event_date": day,
            "recorded_at": at(day + timedelta(1), 7), "quantity": pieces, "basis": "increment",
            "maker": "third_party", "number": f"POD-{order.number[3:]}-{n}",
        }
    )  # fmt: skip


def _entry(tables: Tables, order: Order, n: int, day: date, amount: int) -> None:
    keyed = at(min(day + timedelta(2), month_end(day.year, day.month) + timedelta(5)), 12)
    tables["entries"].append(
        {
            "entry_id": f"{order.number}-E{n}", "contract_id": order.number,
            "obligation_id": f"{order.number}-1", "effective_date": day, "amount": amount,
            "account": "4000", "posted_at": keyed, "preparer": "ug301", "approver": "ug302",
        }
    )  # fmt: skip


def _delivered(tables: Tables, stream: Stream, order: Order) -> None:
    """One to four deliveries, each booked on its day."""
    _contract(tables, order)
    parts = min(order.pieces, stream.between(1, 4))
    weights = [stream.between(1, 9) for _ in range(parts)]
    shares = [1 + s for s in largest_remainder(order.pieces - parts, weights)]
    day, done, booked = order.placed, 0, 0
    for n, pieces in enumerate(shares, 1):
        day += timedelta(stream.between(3, 20))
        done += pieces
        earned = half_away(order.net * done, order.pieces)
        _delivery(tables, order, n, day, pieces)
        if earned > booked:
            _entry(tables, order, n, day, earned - booked)
        booked = earned


def _booked_early(book: Book, tables: Tables, order: Order) -> None:
    """Booked at a month's end, delivered within the next month."""
    _contract(tables, order)
    end = month_end(order.placed.year, order.placed.month)
    _entry(tables, order, 1, end, order.net)
    _delivery(tables, order, 1, end + timedelta(9), order.pieces)
    later = f"{end + timedelta(9):%YM%m}"
    book.planted.append(
        Planted(
            f"{order.number}-1", order.number, f"{end:%YM%m}", "premature", "early", "SALES", "goods",
            order.net, order.net, ((later, order.net),), None,
        )
    )  # fmt: skip


def _write(spec: Spec, tables: Tables, folder: Path) -> None:
    plain(spec, tables, folder)
    document = {
        "company": {
            "name": "SIM Fennel Tools", "entity_id": "SIM-FENNEL", "currency": spec.currency,
            "timezone": "America/Chicago",
        },
        "window": {"from": date(2021, 1, 1), "to": LAST},
        "as_of": date(2022, 3, 31),
        "calendar": {"kind": "months"},
    }  # fmt: skip
    text = yaml.safe_dump(document, sort_keys=False)
    (folder / "books.yaml").write_text(text, encoding="utf-8", newline="\n")
