"""What the oracle computes on: books read into plain rows, units, and exact numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]
Tables = dict[str, list[Row]]

MILLION = 1_000_000
STAGES = {"arrival": 0, "go_live": 1, "initial": 2, "final": 3}
GRADES = {"A": 0, "B": 1, "C": 2, "D": 3}
STRAIGHT = ("days", "months")
DAY = timedelta(days=1)

DEFAULT_POLICY: Row = {
    "least_grade": "C",
    "close_days": 15,
    "late_paper.days": 30,
    "late_paper.corroborated": True,
    "unknown_recorded_at": "counts",
    "conditional_acceptance": "not_until_closed",
    "tolerance.minor": 100,
    "tolerance.ppm_of_price": 0,
    "acceptance_needs": (),
}
EXPONENTS = {"USD": 2, "EUR": 2, "GBP": 2, "CNY": 2, "JPY": 0, "KWD": 3, "XXX": 2}


def rounded(value: Fraction | int) -> int:
    """P3: to the nearest integer, halves away from zero."""
    value = Fraction(value)
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


def fraction(value: Any) -> Fraction | None:
    """An exact number of a file, or None."""
    return None if value is None else Fraction(Decimal(str(value)))


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """E2: a day ends at its last microsecond."""
    return datetime.combine(day, time(23, 59, 59, 999999), zone)


def instant(value: Any, zone: ZoneInfo) -> datetime | None:
    """E2: a bare date in an instant column is the end of that day."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    return end_of_day(value, zone)


@dataclass
class Unit:
    """What is compared: an obligation, or a contract as a whole (U1)."""

    unit_id: str
    level: str
    contract: Row
    obligations: list[Row]
    owner_id: str | None
    department_id: str | None
    entity_id: str | None
    entries: list[Row] = field(default_factory=list)
    papers: list[Row] = field(default_factory=list)
    opening: str = "none"
    opening_minor: int = 0
    rate: Fraction | None = Fraction(1)
    tested: bool = True

    @property
    def as_used(self) -> list[Row]:
        return [o for o in self.obligations if o["measure"] == "as_used"]


@dataclass
class Book:
    """Books as read: every row known and usable, with what is assumed filled in."""

    settings: Row
    tables: Tables
    zone: ZoneInfo
    as_of: datetime | None
    policy: Row
    exponents: dict[str, int]
    contracts: dict[str, Row] = field(default_factory=dict)
    obligations: dict[str, Row] = field(default_factory=dict)
    papers: list[Row] = field(default_factory=list)
    unknown_papers: list[Row] = field(default_factory=list)
    entries: list[Row] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    periods: list[tuple[str, date, date]] = field(default_factory=list)
    decisions: dict[tuple[str, str], Row] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        return str(self.settings["company"]["currency"])

    @property
    def window(self) -> tuple[date | None, date | None]:
        given = self.settings.get("window") or {}
        return given.get("from"), given.get("to")

    def minor(self, amount: Any, currency: str | None = None) -> int | None:
        """A money cell in minor units; more decimals than the currency has is a mistake of the test."""
        if amount is None:
            return None
        exact = Fraction(Decimal(str(amount))) * 10 ** self.exponents[currency or self.currency]
        assert exact.denominator == 1, (amount, currency)
        return int(exact)

    def known(self, value: Any) -> bool:
        """E1: not recorded after as_of."""
        at = instant(value, self.zone)
        return at is None or self.as_of is None or at <= self.as_of

    def local_day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()
