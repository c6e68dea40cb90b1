"""What an obligation, and a unit, has earned by a day (section 6, E5, E8, E11, S1, U5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from . import straight_line
from .admission import Ruling, order, rulings
from .in_force import Base, Prices, Version
from .model import STRAIGHT, Book, Row, Unit, end_of_day, fraction, rounded
from .periods import close_of
from .steps import listed, modifications

ESTIMATES = {"cost": "total_cost", "hours": "total_hours", "units": "total_units"}
GRADED = (None, "milestones", "given")


@dataclass
class Look:
    """How to look: which of the three figures, under which least grade, by which convention."""

    figure: str = "earned"
    least: str | None = None  # a scenario: only for obligations whose papers are graded
    convention: str | None = None


@dataclass
class Earnings:
    """Earned of the units of one book; papers are judged once per obligation and grade."""

    book: Book
    judged: dict[tuple[str, str], list[Ruling]] = field(default_factory=dict)
    priced: dict[str, Prices] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.units = {o["obligation_id"]: u for u in self.book.units for o in u.obligations}

    def prices(self, contract: Row) -> Prices:
        """The contract's price in force, and what falls on each obligation."""
        key = contract["contract_id"]
        if key not in self.priced:
            self.priced[key] = Prices(self.book, contract, self)
        return self.priced[key]

    def allocated(self, unit: Unit, day: date) -> int | None:
        """The unit's share of the price in force; None where everything is as used (U3)."""
        prices = self.prices(unit.contract)
        shares = [prices.at(o, day).allocated for o in unit.obligations if o["measure"] != "as_used"]
        return sum(shares) if shares else None

    def earned(self, unit: Unit, day: date, look: Look | None = None) -> int:
        """Cumulative minor units: the sum of what each obligation has earned, each rounded once (P3, U1)."""
        if not bound(unit.contract, day):
            return 0
        return sum(rounded(self._obligation(unit, o, day, look or Look())) for o in unit.obligations)

    def _obligation(self, unit: Unit, obligation: Row, day: date, look: Look) -> Fraction:
        if look.figure == "every" and obligation["measure"] not in GRADED:
            look = Look()
        if obligation["measure"] == "as_used":
            scale: int = 10 ** self.book.exponents[unit.contract["currency"]]
            used = self._fold(unit, obligation, day, look, Fraction(0))
            return used * (fraction(obligation["unit_price"]) or Fraction(0)) * scale
        return self.along(unit, obligation, day, look)

    def along(self, unit: Unit, obligation: Row, day: date, look: Look) -> Fraction:
        """Price times progress; after a boundary, from what was earned by its eve towards the price."""
        version = self.prices(unit.contract).at(obligation, day)
        base = version.base
        if base is None:
            return version.allocated * self.progress(unit, obligation, day, look)
        done, begun, whole = self._measured(unit, obligation, day, look, base)
        return moved(version.allocated, base.minor, done, begun, whole)

    def _measured(
        self, unit: Unit, obligation: Row, day: date, look: Look, base: Base
    ) -> tuple[Fraction, Fraction, Fraction]:
        """Done by the day, done by the eve, and the whole: of a straight line by the terms of the day."""
        if obligation["measure"] in STRAIGHT:
            begun = self._straight(unit, obligation, base.eve, look, day)
            return self.progress(unit, obligation, day, look), begun, Fraction(1)
        whole = self._total(unit, obligation, day) or Fraction(0)
        done = self._fold(unit, obligation, day, look, whole)
        return min(max(done, Fraction(0)), max(whole, Fraction(0))), base.done, whole

    def progress(self, unit: Unit, obligation: Row, day: date, look: Look, made: bool = False) -> Fraction:
        """0…1 by what counts at the day; `made`: by the estimates made by that very day."""
        if look.figure == "every" and obligation["measure"] not in GRADED:
            look = Look()
        if obligation["measure"] in STRAIGHT:
            return self._straight(unit, obligation, day, look, day)
        total = self._total(unit, obligation, day, made)
        if not total:
            return Fraction(0)
        return min(max(self._fold(unit, obligation, day, look, total) / total, Fraction(0)), Fraction(1))

    # what the history of the price asks of the papers

    def value(self, obligation: Row, version: Version, eve: date) -> Fraction:
        """Earned by an eve under a version of the price."""
        unit = self.units[obligation["obligation_id"]]
        if not bound(unit.contract, eve):
            return Fraction(0)
        if version.base is None:
            return version.allocated * self.progress_by(obligation, eve)
        done, base = self.done_by(obligation, eve), version.base
        whole, begun = self._total(unit, obligation, eve, True) or Fraction(0), base.done
        if obligation["measure"] in STRAIGHT:
            done, whole = self.progress_by(obligation, eve), Fraction(1)
            begun = self._straight(unit, obligation, base.eve, Look(), eve)
        return moved(version.allocated, base.minor, done, begun, whole)

    def progress_by(self, obligation: Row, eve: date) -> Fraction:
        """Progress by an eve; none before the contract binds (U5)."""
        if not bound(self.units[obligation["obligation_id"]].contract, eve):
            return Fraction(0)
        return self.progress(self.units[obligation["obligation_id"]], obligation, eve, Look(), made=True)

    def done_by(self, obligation: Row, eve: date) -> Fraction:
        """How much was done by an eve, not above the whole; nothing before the contract binds."""
        unit = self.units[obligation["obligation_id"]]
        if not bound(unit.contract, eve):
            return Fraction(0)
        if obligation["measure"] in STRAIGHT:
            return self.progress_by(obligation, eve)
        whole = self._total(unit, obligation, eve, True) or Fraction(0)
        return min(max(self._fold(unit, obligation, eve, Look(), whole), Fraction(0)), whole)

    def _straight(self, unit: Unit, obligation: Row, day: date, look: Look, terms: date) -> Fraction:
        default = "daily_inclusive" if obligation["measure"] == "days" else "equal_months"
        own = obligation["convention"] or self.book.policy.get("convention") or default
        last = min(day, unit.contract["terminated_date"] or day)
        end = self._said(unit, obligation, "end_date", terms)
        return straight_line.progress(
            look.convention or own, obligation["start_date"], end[1] if end else obligation["end_date"], last
        )

    def _said(self, unit: Unit, obligation: Row, column: str, day: date) -> tuple[date, Any] | None:
        """The last modification counting by the day that says something of the obligation, and what."""
        found = None
        for m in modifications(self.book, unit.contract):
            row = listed(self.book, unit.contract, int(m["version"])).get(obligation["obligation_id"], {})
            there = m["day"] <= day and row.get(column) is not None
            if there and (found is None or m["day"] >= found[0]):
                found = m["day"], row[column]
        return found

    def _total(self, unit: Unit, obligation: Row, day: date, made: bool = False) -> Fraction | None:
        """The denominator: the estimate in force at the close of the day's period, else as promised.

        Where a modification says another total, the later of the two counts.
        """
        measure = obligation["measure"]
        if measure == "milestones":
            return Fraction(1)
        close = end_of_day(day, self.book.zone) if made else close_of(self.book, day, unit.entity_id)
        said = self._said(unit, obligation, "total_quantity", day)
        stated = fraction(said[1] if said else obligation["total_quantity"])
        known = [e for e in self.book.tables.get("estimates", []) if self._in_force(e, obligation, close)]
        known = [e for e in known if not said or e["known_at"] >= said[0]]
        if known:
            latest = max(known, key=lambda e: e["known_at"])
            amount = latest.get("amount") if measure == "cost" else None
            return fraction(amount if amount is not None else latest.get("quantity"))
        if measure in ESTIMATES:
            return stated
        return stated if stated is not None and stated > 0 else Fraction(1)

    def _in_force(self, estimate: Row, obligation: Row, close: datetime) -> bool:
        mine = estimate.get("obligation_id") == obligation["obligation_id"]
        kind = ESTIMATES.get(obligation["measure"]) == estimate["kind"]
        at = end_of_day(estimate["known_at"], self.book.zone)
        return mine and kind and at <= close and self.book.known(estimate["known_at"])

    def _fold(self, unit: Unit, obligation: Row, day: date, look: Look, total: Fraction) -> Fraction:
        """The counted papers in date order: whole and cumulative ones replace, others add or take back."""
        point = obligation["measure"] is None
        seen = [
            r for r in self.rulings(unit, obligation, look.least) if self._counts(unit, r, day, look.figure)
        ]
        value = Fraction(0)
        for ruling in sorted(seen, key=lambda r: order(r.own or day, r, point)):
            if ruling.rejection:
                value -= value if ruling.whole else ruling.amount
            elif ruling.whole:
                value = total
            else:
                value = ruling.amount + (0 if ruling.cumulative else value)
            value = max(value, Fraction(0)) if point else value
        return value

    def rulings(self, unit: Unit, obligation: Row, least: str | None = None) -> list[Ruling]:
        """The papers of an obligation under the policy's least grade, or a scenario's where graded."""
        policy = self.book.policy["least_grade"]
        grade = least if least and obligation["measure"] in GRADED else policy
        key = obligation["obligation_id"], grade
        if key not in self.judged:
            self.judged[key] = rulings(self.book, unit, obligation, grade)
        return self.judged[key]

    def _counts(self, unit: Unit, ruling: Ruling, day: date, figure: str) -> bool:
        if figure == "every":  # G8: a refusal holds in every row of the range
            open_to_all = ruling.in_all and ruling.reason != "refused_by_person" and ruling.own is not None
            day_of = ruling.visible if ruling.reason == "accepted_by_person" else ruling.own
            return open_to_all and day_of is not None and day_of <= day
        if figure == "earned_all":
            return ruling.in_all and ruling.own is not None and ruling.own <= day
        if ruling.visible is None or ruling.visible > day:
            return False
        recorded = ruling.paper["recorded"]
        if figure == "earned" or ruling.rejection or recorded is None:
            return True
        return bool(recorded <= close_of(self.book, day, unit.entity_id))


def moved(price: int, earned: int, done: Fraction, begun: Fraction, whole: Fraction) -> Fraction:
    """From what was earned when `begun` was done towards the price; at once where nothing was left to do."""
    begun = min(begun, whole)  # of a total that fell since, all is still done
    if done < begun:
        return earned * done / begun
    return earned + (price - earned) * ((done - begun) / (whole - begun) if whole > begun else Fraction(1))


def bound(contract: Row, day: date) -> bool:
    """U5: nothing is earned of a draft, or before a known day of binding."""
    if contract["status"] in ("draft", "pending"):
        return False
    return contract["bound_date"] is None or day >= contract["bound_date"]


def worked(unit: Unit, day: date) -> bool:
    """E13: any paper but submission and other, counted or not; or straight-line service has begun."""
    papers = (p["event_date"] <= day and p["kind"] not in ("submission", "other") for p in unit.papers)
    begun = (o["start_date"] <= day for o in unit.obligations if o["measure"] in STRAIGHT)
    return any(papers) or any(begun)
