"""Usage of customers modelled singly, made and written in chunks, so that any scale fits in memory.

A chunk is one set of customers: the large ones first, then the mid-size. Every (quarter, line,
department) cell of it is shared in whole numbers of messages, and the first customer, whose unit costs
one minor unit, takes what is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from earned.simulation import figures
from earned.simulation.apportion import largest_remainder
from earned.simulation.book import SERVICE_TAX, Book
from earned.simulation.calendar import month_end, quarter_of
from earned.simulation.metered import SHORT
from earned.simulation.people import SALES
from earned.simulation.streams import ONE, Stream, digest

Ints = npt.NDArray[np.int64]
#: quarter, line, department
Cell = tuple[str, str, str]

#: customers of a chunk when small customers are modelled singly
SMALL_CHUNK = 1000
PRICES = (3, 4, 5)
_QUANTILES = 4096


@dataclass(frozen=True)
class Chunk:
    """Customers of departments with weights, and the part of each cell that is theirs."""

    number: int
    customers: dict[str, list[str]]
    weights: dict[str, Ints]
    cells: dict[Cell, int]
    new: bool


@dataclass(frozen=True)
class Used:
    """One cell of a chunk: a row a customer, messages by month, the price of one in minor units."""

    quarter: int
    line: str
    department: str
    customers: list[str]
    price: Ints
    messages: tuple[Ints, Ints, Ints]


class Bits:
    """Raw random numbers of a bit generator, whose sequence is fixed."""

    def __init__(self, seed: int, *names: object) -> None:
        self._source = np.random.PCG64(digest(seed, *names) % 2**128)

    def below(self, limit: int, count: int) -> Ints:
        """So many whole numbers from 0 to limit - 1."""
        raw = self._source.random_raw(count) >> np.uint64(33)
        return (raw.astype(np.int64) * limit) >> 31


def chunks(book: Book, taken: dict[Cell, int]) -> Iterator[Chunk]:
    """The customers of the book first, then more of them by scale, then in `full` the small ones."""
    spec = book.spec
    table = _lognormal(spec.seed)
    cells = {
        (q, line, d): spec.cell(q, line, d) - taken.get((q, line, d), 0)
        for q in figures.QUARTERS
        for line in figures.USAGE_LINES
        for d in figures.DEPARTMENTS
    }
    small = {c: t * 45 // 100 for c, t in cells.items() if spec.full and c[2] == "SME"}
    of_large = _of_large(book, cells)
    yield _chunk(book, 0, _large(book), of_large, table)
    sets = [1] * spec.scale
    rest = {c: t - small.get(c, 0) - of_large.get(c, 0) for c, t in cells.items()}
    parts = {c: largest_remainder(t, sets) for c, t in rest.items()}
    for n in range(1, spec.scale + 1):
        customers = _middle(book) if n == 1 else _more(n - 1)
        yield _chunk(book, n, customers, {c: p[n - 1] for c, p in parts.items()}, table)
    if spec.full:
        yield from _small(book, small, table)


def _chunk(book: Book, n: int, customers: dict[str, list[str]], cells: dict[Cell, int], table: Ints) -> Chunk:
    customers = {d: ids for d, ids in customers.items() if ids}
    bits = Bits(book.spec.seed, "usage", n)
    weights = {d: table[bits.below(_QUANTILES, len(ids))] for d, ids in customers.items()}
    return Chunk(n, customers, weights, {c: t for c, t in cells.items() if c[2] in customers}, n > 1)


def _large(book: Book) -> dict[str, list[str]]:
    return {d: ids[: figures.LARGE[d]] for d, ids in book.customers.items()}


def _middle(book: Book) -> dict[str, list[str]]:
    return {d: ids[figures.LARGE[d] :] for d, ids in book.customers.items()}


def _of_large(book: Book, cells: dict[Cell, int]) -> dict[Cell, int]:
    """What large customers use of each cell: with what they buy besides, LARGE_SHARE of each quarter."""
    large = {c for ids in _large(book).values() for c in ids}
    found: dict[Cell, int] = {}
    for total, quarter in zip(figures.TOTALS, figures.QUARTERS):
        bought = sum(
            r.amount
            for r in book.revenue
            if r.contract.customer_id in large and quarter_of(r.effective) == quarter
        )
        left = book.spec.minor(total) * figures.LARGE_SHARE // 1000 - bought
        of = {c: t for c, t in cells.items() if c[0] == quarter and figures.LARGE[c[2]]}
        alone = {c: t for c, t in of.items() if not figures.MIDDLE[c[2]]}
        shared = {c: t for c, t in of.items() if c not in alone}
        left = min(max(left - sum(alone.values()), 0), sum(shared.values()) * 97 // 100)
        found |= alone | dict(zip(shared, largest_remainder(left, list(shared.values()))))
    return found


def _more(n: int) -> dict[str, list[str]]:
    """The mid-size customers of a further chunk."""
    ids = {}
    start = 0
    for department, count in figures.MIDDLE.items():
        ids[department] = [f"K{n:04d}{i:05d}" for i in range(start + 1, start + count + 1)]
        start += count
    return ids


def _small(book: Book, cells: dict[Cell, int], table: Ints) -> Iterator[Chunk]:
    """All other active customers of each quarter, in chunks; a customer leaves when the count falls."""
    known = sum(figures.LARGE.values()) + sum(figures.MIDDLE.values())
    active = [n - known for n in figures.ACTIVE]
    starts = range(0, max(active), SMALL_CHUNK)
    held = [[min(max(a - s, 0), SMALL_CHUNK) for s in starts] for a in active]
    parts = {c: largest_remainder(t, held[figures.QUARTERS.index(c[0])]) for c, t in cells.items()}
    for n, start in enumerate(starts):
        count = min(SMALL_CHUNK, max(active) - start)
        ids = [f"K9{start + i:06d}" for i in range(count)]
        weights = table[Bits(book.spec.seed, "small", n).below(_QUANTILES, count)]
        cells_of = {c: p[n] for c, p in parts.items()}
        yield Chunk(book.spec.scale + 1 + n, {"SME": ids}, {"SME": weights}, cells_of, True)


def _lognormal(seed: int) -> Ints:
    stream = Stream(seed, "usage weights")
    return np.array([min(stream.lognormal(110) * 100 // ONE + 1, 40_000) for _ in range(_QUANTILES)])


def used(book: Book, chunk: Chunk) -> Iterator[Used]:
    """Every cell of a chunk in messages."""
    for (quarter, line, department), total in chunk.cells.items():
        ids, weights = chunk.customers[department], chunk.weights[department]
        takes = _takes(book, chunk, line, quarter, len(ids))
        chosen = [ids[i] for i in takes]
        bits = Bits(book.spec.seed, "cell", chunk.number, quarter, line, department)
        price = np.array(PRICES, np.int64)[bits.below(len(PRICES), len(chosen))]
        price[0] = 1
        weight = weights[takes]
        messages = total * weight // int(weight.sum()) // price
        messages[0] += total - int((messages * price).sum())
        first = messages * (300 + bits.below(40, len(chosen))) // 1000
        second = messages * (310 + bits.below(40, len(chosen))) // 1000
        months = (first, second, messages - first - second)
        yield Used(figures.QUARTERS.index(quarter), line, department, chosen, price, months)


def _takes(book: Book, chunk: Chunk, line: str, quarter: str, count: int) -> Ints:
    """Which customers use a line."""
    every = sparse(chunk.number, line)
    before = chunk.number - book.spec.scale - 1  # chunks of small customers before this one
    if before >= 0:
        known = sum(figures.LARGE.values()) + sum(figures.MIDDLE.values())
        active = figures.ACTIVE[figures.QUARTERS.index(quarter)] - known
        count = min(count, max(1, active - before * SMALL_CHUNK))
    return np.arange(0, count, every)


def sparse(chunk: int, line: str) -> int:
    """Customers of the book: all send messages, one in two calls, one in three uses the rest; others all."""
    return {"text": 1, "voice": 2, "cpaas_other": 3}[line] if chunk <= 1 else 1


def frames(book: Book, chunk: Chunk) -> dict[str, list[object]]:
    """Framework contracts of a chunk as columns: no fixed price (U3)."""
    rows = [(d, c) for d, ids in chunk.customers.items() for c in ids]
    bits = Bits(book.spec.seed, "frames", chunk.number).below(200, len(rows))
    signed = [date(2020, 12, 1) - timedelta(int(b) + 1) for b in bits]
    same: dict[str, object] = {
        "price": 0, "currency": book.spec.currency, "price_includes_tax": True, "tax_rate": SERVICE_TAX,
        "entity_id": "SIM-CN", "status": "active", "payment_terms_days": 60,
    }  # fmt: skip
    return {
        "contract_id": [f"SIMC-{c[1:]}" for _, c in rows],
        "customer_id": [c for _, c in rows],
        "bound_date": list(signed),
        "signed_customer_date": list(signed),
        "owner_id": [SALES[d][int(b) % 3] for (d, _), b in zip(rows, bits)],
        "department_id": [d for d, _ in rows],
        **{name: [value] * len(rows) for name, value in same.items()},
    }


def units(cell: Used) -> list[str]:
    """The obligation of each customer: one line and quarter."""
    label = f"-{SHORT[cell.line]}-{figures.QUARTERS[cell.quarter][2:]}"
    return [f"SIMC-{c[1:]}{label}" for c in cell.customers]


def month_ends(cell: Used) -> list[date]:
    """The last days of the three months of a cell."""
    return [month_end(2021, 3 * cell.quarter + m) for m in (1, 2, 3)]


def unit_price(book: Book, minor: int) -> Decimal:
    """A price in minor units as a price in major ones."""
    return Decimal(int(minor)).scaleb(-book.spec.exponent)
