"""What an obligation, and a unit, has earned by a day (section 6, E5, E8, E11, S1, U5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction

from . import straight_line
from .admission import Ruling, order, rulings
from .model import STRAIGHT, Book, Row, Unit, end_of_day, fraction, rounded
from .periods import close_of

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
        return Fraction(obligation["allocated"]) * self.progress(unit, obligation, day, look)

    def progress(self, unit: Unit, obligation: Row, day: date, look: Look) -> Fraction:
        """0…1 by what counts at the day."""
        if obligation["measure"] in STRAIGHT:
            return self._straight(unit, obligation, day, look)
        total = self._total(unit, obligation, day)
        if not total:
            return Fraction(0)
        return min(max(self._fold(unit, obligation, day, look, total) / total, Fraction(0)), Fraction(1))

    def _straight(self, unit: Unit, obligation: Row, day: date, look: Look) -> Fraction:
        default = "daily_inclusive" if obligation["measure"] == "days" else "equal_months"
        own = obligation["convention"] or self.book.policy.get("convention") or default
        last = min(day, unit.contract["terminated_date"] or day)
        return straight_line.progress(
            look.convention or own, obligation["start_date"], obligation["end_date"], last
        )

    def _total(self, unit: Unit, obligation: Row, day: date) -> Fraction | None:
        """The denominator: the estimate in force at the close of the day's period, else as promised."""
        measure = obligation["measure"]
        if measure == "milestones":
            return Fraction(1)
        close = close_of(self.book, day, unit.entity_id)
        stated = fraction(obligation["total_quantity"])
        known = [e for e in self.book.tables.get("estimates", []) if self._in_force(e, obligation, close)]
        if known:
            latest = max(known, key=lambda e: e["known_at"])
            amount = latest.get("amount") if measure == "cost" else None
            return fraction(amount if amount is not None else latest.get("quantity"))
        if measure in ESTIMATES:
            return stated
        return stated if stated is not None and stated > 0 else Fraction(1)

    def _in_force(self, estimate: Row, obligation: Row, close: datetime) -> bool:
        mine = estimate["obligation_id"] == obligation["obligation_id"]
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
