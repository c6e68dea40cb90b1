"""Books of some dozen contracts from a seed: everything of the oracle's generator, and cells to reject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

from tests.oracle import books as generator
from tests.oracle.journal import unlinked
from tests.oracle.model import EXPONENTS, Row, Tables
from tests.oracle.surroundings import closes, decisions, outside, people, published
from tests.oracle.writing import write_books


@dataclass(frozen=True)
class MadeUp:
    """Tables in file terms, and the settings of their books.yaml."""

    tables: Tables
    settings: Row

    def write(self, folder: Path) -> Path:
        """As CSV files and a books.yaml."""
        write_books(self.tables, self.settings, folder)
        return folder

    def having(self, **tables: list[Row]) -> MadeUp:
        """The same books with other rows in some tables."""
        return MadeUp(self.tables | tables, self.settings)


def monthly(seed: int, contracts: int) -> MadeUp:
    """A CNY company that reports months, without a window; foreign contracts, contracts in
    order, and dirty rows among them."""
    company = {"name": "Example", "entity_id": "E1", "currency": "CNY", "timezone": "Asia/Shanghai"}
    policy = {"price_includes_tax": True, "tax_rate": 60000}
    settings: Row = {"company": company | {"fiscal_year_end": "12-31"}, "calendar": {"kind": "months"}}
    made = _made(seed, contracts, settings | {"window": {}, "as_of": date(2022, 6, 30), "policy": policy})
    _soil(made.tables)
    _add_accepted(Random(seed), made.tables)
    return made


def quarterly(seed: int, contracts: int) -> MadeUp:
    """A USD company with a window, openings, a fiscal year ending in March and a strict policy."""
    company = {"name": "Example", "entity_id": "E1", "currency": "USD", "timezone": "America/New_York"}
    policy = {"least_grade": "B", "tolerance.minor": 5000, "convention": "half_month", "close_days": 5}
    policy |= {"price_includes_tax": False, "tax_rate": 130000}
    settings: Row = {"company": company | {"fiscal_year_end": "03-31"}, "calendar": {"kind": "quarters"}}
    window = {"from": date(2021, 4, 1), "to": date(2022, 3, 31)}
    return _made(seed, contracts, settings | {"window": window, "as_of": None, "policy": policy})


def _made(seed: int, contracts: int, settings: Mapping[str, object]) -> MadeUp:
    rng = Random(seed)
    whole: Row = {**settings, "exponents": dict(EXPONENTS)}
    tables: Tables = {name: [] for name in ("contracts", "obligations", "evidence", "entries", "estimates")}
    for number in range(1, contracts + 1):
        generator._contract(rng, whole, tables, f"K{number:03d}", assumed=False)
    for step in (unlinked, people):
        step(rng, tables)
    for around in (closes, decisions, outside, published):
        around(rng, whole, tables)
    return MadeUp({name: rows for name, rows in tables.items() if rows}, whole)


def _add_accepted(rng: Random, tables: Tables) -> None:
    """Contracts without a gap: accepted at the stage that binds, then booked whole; two of them foreign."""
    for number in range(1, 21):
        name, price = (
            f"A{number:02d}",
            Decimal("0.50") if number < 3 else Decimal(rng.randint(10_000, 10**7)) / 100,
        )
        currency = "USD" if number > 18 else "CNY"
        accepted = date(2021, rng.randint(1, 6), rng.randint(1, 28))
        contract = {"contract_id": name, "price": price, "currency": currency, "price_includes_tax": False}
        tables["contracts"].append(contract | {"customer_id": "C3", "entity_id": "E1", "owner_id": "P1"})
        stage = rng.choice(["arrival", "go_live", "initial", "final"])
        unit: Row = {"obligation_id": f"{name}-1", "contract_id": name}
        terms = {"pattern": "point_in_time", "ssp": price, "binding_stage": stage}
        tables["obligations"].append(unit | terms)
        paper = {"evidence_id": f"{name}-V", "kind": "acceptance", "event_date": accepted, "stage": "final"}
        tables["evidence"].append(unit | paper | {"recorded_at": accepted, "maker": "customer"})
        part = (price * rng.choice([1, 1, Decimal("0.3")])).quantize(Decimal("0.01"))
        for nth, amount in enumerate(a for a in (part, price - part) if a):
            worth = (amount * Decimal("6.4321")).quantize(Decimal("0.01")) if currency == "USD" else None
            entry = {
                "entry_id": f"{name}-N{nth}",
                "effective_date": accepted,
                "amount": amount,
                "account": "6001",
            }
            tables["entries"].append(unit | entry | {"currency": currency, "functional_amount": worth})


def _soil(tables: Tables) -> None:
    """Rows that cannot be used, rows that repeat, and cells that are emptied."""
    first, second, *_ = tables["entries"]
    tables["entries"] += [
        dict(first),
        first | {"entry_id": "X1", "amount": "12.345"},
        second | {"entry_id": "X2", "effective_date": "31.6.2021"},
        second | {"entry_id": "X3", "currency": "ZZZ"},
        second | {"entry_id": "X10", "contract_id": None, "obligation_id": None, "currency": "CNY"},
    ]
    paper = tables["evidence"][0]
    tables["evidence"] += [
        paper | {"evidence_id": "X4", "contract_id": "K998"},
        paper | {"evidence_id": "X5", "recorded_at": date(2022, 7, 1)},
        paper | {"evidence_id": "X6", "kind": "gossip"},
        *(paper | {"evidence_id": f"X{n}", "kind": "other", "maker": maker} for n, maker in _UNKNOWN),
    ]


_UNKNOWN = ((7, "nobody"), (8, "somebody"), (9, "anybody"))
