"""Which papers count, from which day, and why not (E3–E10, E12, E14)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from .model import GRADES, STAGES, Book, Row, Unit
from .periods import close_of, period_of

REASONS = [
    *("after_as_of", "duplicate", "kind", "stage_missing", "stage", "not_closed", "contradicted"),
    *("refused_by_person", "accepted_by_person", "grade", "unknown_recorded_at", "late", "admitted"),
]
READS = {  # U1: which measures read a kind, beside acceptance and delivery
    "hours": ("hours",),
    "cost": ("cost",),
    "units": ("units",),
    "milestone": ("milestones", "given"),
    "usage": ("as_used",),
    "other": ("given",),
}


@dataclass(frozen=True)
class Ruling:
    """What one paper does for one obligation."""

    paper: Row
    reason: str
    own: date | None = None  # effective date by the paper itself: the order of the fold
    visible: date | None = None  # from when `earned` sees it; None = never
    in_all: bool = False
    whole: bool = False
    amount: Fraction = Fraction(0)

    @property
    def rejection(self) -> bool:
        return bool(self.paper["rejection"])

    @property
    def cumulative(self) -> bool:
        return self.whole or bool(self.paper["cumulative"])


def obligations_of(unit: Unit, paper: Row) -> list[Row]:
    """U1: the obligations a paper speaks of."""
    if unit.level == "obligation":
        return unit.obligations
    if paper["obligation_id"]:
        return [o for o in unit.obligations if o["obligation_id"] == paper["obligation_id"]]
    if paper["rejection"] or paper["kind"] in ("acceptance", "delivery"):
        return [o for o in unit.obligations if o["measure"] is None]
    readers = [o for o in unit.obligations if o["measure"] in READS.get(paper["kind"], ())]
    return readers if len(readers) == 1 else []


def rulings(book: Book, unit: Unit, obligation: Row, least: str) -> list[Ruling]:
    """Every known paper of the obligation with what it does, under a least grade."""
    papers = [p for p in unit.papers if obligation in obligations_of(unit, p)]
    found = [_rule(book, unit, obligation, paper, papers, least) for paper in papers]
    lost = _contradicted(book, unit, found)
    return [
        replace(r, reason="contradicted", visible=None, in_all=False) if r.paper["evidence_id"] in lost else r
        for r in found
    ]


def _rule(book: Book, unit: Unit, obligation: Row, paper: Row, papers: list[Row], least: str) -> Ruling:
    reason = _unfit(book, unit, obligation, paper, papers)
    if reason:
        return Ruling(paper, reason)
    own = effective(book, obligation, paper)
    assert own is not None
    whole, amount = _amount(obligation, paper)
    fits = Ruling(paper, "admitted", own, own, True, whole, amount)
    decision = book.decisions.get(("evidence", paper["evidence_id"]), {}).get("decision")
    if decision == "refuse":
        return replace(fits, reason="refused_by_person", visible=None)
    if decision == "accept":
        return replace(fits, reason="accepted_by_person", visible=_accepted_from(book, unit, paper, own))
    if paper["rejection"]:
        return fits
    if GRADES[grade(book, unit, paper)] > GRADES[least]:
        return replace(fits, reason="grade", visible=None)
    if paper["recorded"] is None and book.policy["unknown_recorded_at"] == "not_admitted":
        return replace(fits, reason="unknown_recorded_at", visible=None)
    if late(book, unit, paper) and not _kept(book, unit, obligation, paper, papers):
        return replace(fits, reason="late", visible=max(own, book.local_day(paper["recorded"])))
    return fits


def _accepted_from(book: Book, unit: Unit, paper: Row, own: date) -> date:
    """E3: a person may give the day from which a late paper counts."""
    value = book.decisions["evidence", paper["evidence_id"]].get("value")
    heeded = value and late(book, unit, paper) and not paper["rejection"]  # which keeps its own day (E8)
    return max(own, date.fromisoformat(value)) if heeded else own


def _unfit(book: Book, unit: Unit, obligation: Row, paper: Row, papers: list[Row]) -> str | None:
    """The first reason for which a paper does not fit, in the order of E14."""
    if paper["duplicate"]:
        return "duplicate"
    if not _kind_fits(unit, obligation, paper, papers) or paper["counts_for_progress"] is False:
        return "kind"
    if paper["rejection"]:
        return None
    judged = paper["kind"] in ("acceptance", "submission") or (
        paper["kind"] == "delivery" and obligation["stage"] is not None
    )
    if judged and obligation["stage"]:
        if paper["stage"] is None:
            return "stage_missing"
        if STAGES[paper["stage"]] < STAGES[obligation["stage"]]:
            return "stage"
    if paper["kind"] != "submission" and _open_conditions(book, obligation, paper):
        return "not_closed"
    return None


def _kind_fits(unit: Unit, obligation: Row, paper: Row, papers: list[Row]) -> bool:
    kind, measure = paper["kind"], obligation["measure"]
    if measure is None:
        if paper["rejection"] or kind == "acceptance":
            return True
        if kind == "delivery":
            arrival = obligation["stage"] == "arrival" and paper["stage"] == "arrival"
            return arrival or not _acceptance_decides(unit, obligation)
        return kind == "submission" and _deemed(obligation, paper, papers)
    if paper["rejection"]:
        return False
    if measure == "units" and kind in ("acceptance", "delivery"):
        kinds = {p["kind"] for p in unit.papers if not p["rejection"]}
        return "units" not in kinds and (kind == "acceptance" or "acceptance" not in kinds)
    if measure == "given" and paper["number"] is None:
        return False
    return measure in READS.get(kind, ())


def _acceptance_decides(unit: Unit, obligation: Row) -> bool:
    """E6: a binding stage is named, or the unit has an acceptance, rejection or submission."""
    about = (p["rejection"] or p["kind"] in ("acceptance", "submission") for p in unit.papers)
    return bool(obligation["stage"]) or any(about)


def _deemed(obligation: Row, paper: Row, papers: list[Row]) -> bool:
    """E10: silence from the submission to its last day."""
    if obligation["deemed_after_days"] is None:
        return False
    last = paper["event_date"] + timedelta(days=int(obligation["deemed_after_days"]))
    return not any(
        paper["event_date"] <= p["event_date"] <= last
        and (p["rejection"] or (p["kind"] == "acceptance" and p["stage"] == paper["stage"]))
        for p in papers
    )


def _open_conditions(book: Book, obligation: Row, paper: Row) -> bool:
    """E7, E11: something asked for is missing, conditions are open, or a part has no measurable quantity."""
    if paper["result"] == "partial":
        countable = obligation["measure"] is not None or _total(obligation) is not None
        if (paper["number"] is None and paper["cost"] is None) or not countable:
            return True
    return effective(book, obligation, paper) is None


def effective(book: Book, obligation: Row, paper: Row) -> date | None:
    """E7: the day from which the paper itself speaks; None while something asked for is missing."""
    event: date = paper["event_date"]
    if paper["kind"] == "submission":
        return event + timedelta(days=int(obligation["deemed_after_days"]))
    if paper["rejection"] or paper["kind"] not in ("acceptance", "delivery"):
        return event
    days: list[date | None] = [event]
    for need, column in (("signature", "signed_customer_date"), ("seal", "sealed_customer_date")):
        asked = need in obligation["needs"] and (paper["kind"] == "acceptance" or obligation["stage"])
        if paper[column] is None and asked:
            return None
        days.append(paper[column])
    if paper["result"] != "conditional" or book.policy["conditional_acceptance"] != "counts":
        if paper["result"] == "conditional" and paper["conditions_closed_date"] is None:
            return None
        days.append(paper["conditions_closed_date"])
    return max(d for d in days if d)


def _total(obligation: Row) -> Any:
    total = obligation["total_quantity"]
    return total if total is not None and total > 0 else None


def _amount(obligation: Row, paper: Row) -> tuple[bool, Fraction]:
    """Whether the paper shows the whole, else how much (E11)."""
    value = paper["cost"] if obligation["measure"] == "cost" else paper["number"]
    if value is None or (obligation["measure"] is None and _total(obligation) is None):
        return True, Fraction(0)
    return False, value


def late(book: Book, unit: Unit, paper: Row) -> bool:
    """E3: recorded after the close of the period of its event."""
    recorded = paper["recorded"]
    return bool(recorded and recorded > close_of(book, paper["event_date"], unit.entity_id))


def _kept(book: Book, unit: Unit, obligation: Row, paper: Row, papers: list[Row]) -> bool:
    """E3: recorded within late_paper.days of the event, and corroborated where the policy asks for it."""
    within = (book.local_day(paper["recorded"]) - paper["event_date"]).days <= book.policy["late_paper.days"]
    if not within or not book.policy["late_paper.corroborated"]:
        return bool(within)
    return any(_corroborates(book, unit, obligation, paper, other) for other in papers)


def _corroborates(book: Book, unit: Unit, obligation: Row, paper: Row, other: Row) -> bool:
    """E4."""
    refused = book.decisions.get(("evidence", other["evidence_id"]), {}).get("decision") == "refuse"
    if refused or other["rejection"] or other["kind"] == "submission" or other["maker"] == paper["maker"]:
        return False
    if other["recorded"] is None or other["recorded"] > close_of(book, paper["event_date"], unit.entity_id):
        return False
    if abs((other["event_date"] - paper["event_date"]).days) > book.policy["late_paper.days"]:
        return False
    named = paper["stage"] is not None or not obligation["stage"]
    return bool(other["stage"] == paper["stage"] and named)


def grade(book: Book, unit: Unit, paper: Row) -> str:
    """E12."""
    person = paper["made_by"]
    if person and (person == unit.owner_id or _measured(book, person, paper["event_date"])):
        return "D"
    return {"customer": "A", "third_party": "A", "system": "B", "company": "C"}[paper["maker"]]


def _measured(book: Book, person: str, day: date) -> bool:
    """Whether a target of the period of the event names the person, or a department the person heads."""
    period = period_of(book, day)
    led = {
        d["department_id"]
        for d in book.tables.get("departments", [])
        if d.get("head_id") == person and (d.get("valid_from") or day) <= day <= (d.get("valid_to") or day)
    }
    return any(
        period is not None
        and t["period_id"] == period[0]
        and (t.get("employee_id") == person or t.get("department_id") in led)
        for t in book.tables.get("targets", [])
    )


def order(day: date, ruling: Ruling, point: bool) -> tuple[Any, ...]:
    """The order of the fold: date, then within one day who has the last word (E8)."""
    paper = ruling.paper
    at = paper["recorded"].timestamp() if paper["recorded"] else float("inf" if ruling.rejection else "-inf")
    if point:
        return day, at, ruling.rejection, ruling.cumulative, paper["evidence_id"]
    return day, ruling.cumulative, at, paper["evidence_id"]


def _contradicted(book: Book, unit: Unit, found: list[Ruling]) -> set[str]:
    """E9: of rivals with different event dates and no rejection between them all but the winner."""
    admitted = [r for r in found if r.reason in ("admitted", "accepted_by_person")]
    turns = [order(r.paper["event_date"], r, True) for r in admitted if r.rejection]
    groups: dict[Any, list[Row]] = {}
    for r in admitted:
        paper = r.paper
        whole = paper["result"] in (None, "accepted") and paper["number"] is None
        if whole and not r.rejection and paper["kind"] in ("acceptance", "delivery"):
            here = order(paper["event_date"], r, True)
            groups.setdefault((paper["kind"], paper["stage"], sum(t < here for t in turns)), []).append(paper)
    lost = set()
    for rivals in groups.values():
        winner = min(rivals, key=lambda p: _rank(book, unit, p))
        lost |= {p["evidence_id"] for p in rivals if p["event_date"] != winner["event_date"]}
    return lost


def _rank(book: Book, unit: Unit, paper: Row) -> tuple[int, float, int]:
    recorded, event = paper["recorded"], paper["event_date"]
    near = abs((book.local_day(recorded) - event).days) if recorded else float("inf")
    return GRADES[grade(book, unit, paper)], near, -event.toordinal()
