"""What is asked of the generator, and what it collects: rows of tables, contracts, revenue."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from earned.simulation.calendar import Quarter, quarters
from earned.simulation.figures import DEPARTMENTS, cell
from earned.simulation.streams import Stream, digest

#: tax inside prices, parts per million: projects blend 83 % at 6 %, 12 % at 13 % and 5 % at 9 %
PROJECT_TAX, SERVICE_TAX = 69_900, 60_000


@dataclass(frozen=True)
class Noise:
    """Innocent noise in parts per thousand (cloopen.md 9.7)."""

    late_papers: int = 80
    entry_mistakes: int = 15
    disputes: int = 20
    credit_notes: int = 4
    early_deliveries: int = 30
    other: int = 10


@dataclass(frozen=True)
class Changes:
    """How many contracts change, in parts per thousand (docs/simulation.md says why so many).

    Of projects: a change of scope, a bonus or penalty, a change that nobody approved. Of the subscriptions
    that run on into a quarter: a new price or term.
    """

    scope: int = 65
    variable: int = 60
    unapproved: int = 20
    subscriptions: int = 40


@dataclass(frozen=True)
class Spec:
    """A company to simulate. The same spec gives the same bytes on every machine."""

    seed: int
    scheme: bool = True
    scale: int = 1
    full: bool = False
    currency: str = "CNY"
    exponent: int = 2
    closing_days: tuple[int, int, int, int] = (12, 12, 15, 25)
    noise: Noise = Noise()
    changes: Changes = Changes()

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """The four quarters with their closes."""
        return quarters(self.closing_days)

    @property
    def major(self) -> int:
        """Minor units of one unit of the currency."""
        return int(10**self.exponent)

    @property
    def step(self) -> int:
        """One hundred units of the currency: prices of parts of a contract are multiples of it."""
        return 100 * self.major

    def minor(self, thousands: int) -> int:
        """Thousands of the currency in minor units."""
        return thousands * 1000 * self.major

    def cell(self, quarter: str, line: str, department: str) -> int:
        """Booked revenue of a quarter, line and department, minor units."""
        return self.minor(cell(quarter, line, department))

    def stream(self, *names: object) -> Stream:
        """The random stream of a name."""
        return Stream(self.seed, *names)


@dataclass(frozen=True)
class Contract:
    """A contract: `net` is its price at inception without tax, minor units."""

    contract_id: str
    line: str
    department: str
    customer_id: str
    owner_id: str
    net: int
    tax: int
    signed: date
    start: date | None = None
    end: date | None = None

    @property
    def gross(self) -> int:
        """The price with tax: netted again it gives `net` (P5)."""
        return with_tax(self.net, self.tax)


@dataclass(frozen=True)
class Change:
    """A change of a contract's price without tax, due from a day; `credited` after a dispute."""

    day: date
    net: int
    credited: bool = False


@dataclass(frozen=True)
class Revenue:
    """An entry of revenue, minor units."""

    contract: Contract
    obligation_id: str
    effective: date
    keyed: datetime
    amount: int
    preparer: str
    approver: str
    text: str
    manual: bool = True


@dataclass(frozen=True)
class Planted:
    """A planted unit: what was booked in `quarter`, and how much of it was not earned then."""

    unit_id: str
    contract_id: str
    quarter: str
    scheme: str  # premature | other_error
    kind: str  # A B C D, or the kind of error
    department: str
    line: str
    booked: int
    over: int
    later: tuple[tuple[str, int], ...]
    manager_id: str | None = None


@dataclass
class Book:
    """Everything the generator has made so far. `rows` by feed, a part of a table."""

    spec: Spec
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    revenue: list[Revenue] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    #: of genuine projects the days of sign, arrival, initial and final acceptance
    rungs: dict[str, tuple[date, date, date, date]] = field(default_factory=dict)
    #: of every contract kept one by one the days on which percents of its price are due
    milestones: dict[str, list[tuple[date, int]]] = field(default_factory=dict)
    #: of contracts whose price changed, what is billed or credited for it
    changes: dict[str, list[Change]] = field(default_factory=lambda: defaultdict(list))
    planted: list[Planted] = field(default_factory=list)
    customers: dict[str, list[str]] = field(default_factory=lambda: {d: [] for d in DEPARTMENTS})
    contacts: dict[str, list[str]] = field(default_factory=dict)
    withheld: dict[str, date] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    papers: dict[str, str] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, feed: str, **row: Any) -> None:
        """A row of a feed; what is left out stays empty."""
        self.rows[feed].append(row)

    def number(self, kind: str) -> str:
        """An id that tells nothing of its order."""
        self._numbers[kind] += 1
        return f"{kind}{digest(self.spec.seed, kind, self._numbers[kind]) % 36**9:012d}"

    def evidence(self, feed: str, contract_id: str, obligation_id: str, **row: Any) -> str:
        """A row of evidence; its id is returned."""
        evidence_id = self.number("EV")
        self.add(feed, evidence_id=evidence_id, contract_id=contract_id, obligation_id=obligation_id, **row)
        return evidence_id

    def paper(
        self, document_id: str, path: str, text: str, recorded: datetime, custodian: str, origin: str
    ) -> None:
        """A paper: its row in documents, and its text under documents/."""
        place = f"documents/{path}"
        self.papers[place] = text
        self.add(
            "documents", document_id=document_id, path=place, custodian=custodian, origin=origin,
            recorded_at=recorded, language="zh",
        )  # fmt: skip


def with_tax(net: int, tax_ppm: int) -> int:
    """net x (10^6 + rate) / 10^6, rounded halves away from zero."""
    gross = (2 * abs(net) * (1_000_000 + tax_ppm) + 1_000_000) // 2_000_000
    return gross if net >= 0 else -gross
