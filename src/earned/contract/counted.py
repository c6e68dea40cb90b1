"""Which papers and changes of a contract count, and why the others do not: nothing is left out in silence.

The reasons are those of the run's table `evidence_used` (E14), by the same expression.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from earned.contract.document import Row, key_of
from earned.contract.facts import Facts
from earned.contract.known import Known, Left
from earned.contract.paragraphs import paragraphs
from earned.recognition.admission import evidence_used
from earned.recognition.gates import FOUR, gates
from earned.recognition.reasons import REASONS
from earned.recognition.terms import STRAIGHT_LINE

AFTER = "after_as_of"
_BILL_AND_HOLD = "bill_and_hold"
#: papers by which control passes
_PASSING = {"delivery", "acceptance", "submission"}
#: measure -> the papers that show its progress, as a contract file names them
PAPERS = {
    "point": "a delivery or an acceptance",
    "days": "no paper: its days pass by themselves",
    "months": "no paper: its months pass by themselves",
    "hours": "hours (quantity and basis)",
    "cost": "cost (amount and basis)",
    "units": "units (quantity and basis), else acceptances or deliveries",
    "milestones": "a milestone (quantity its weight, 1 the whole)",
    "as_used": "usage (quantity and basis)",
    "given": "a milestone or other (quantity its part, and basis)",
}


# --- evidence -------------------------------------------------------------------------------------------


def evidence(facts: Facts, known: Known) -> list[dict[str, Any]]:
    """Every row of evidence: field, number (of the paper), kind, event_date, obligation_id, counts, from (the
    day from which), reason (E14) and why (the reason in words); in the order of the file."""
    used = _used(facts)
    rows = facts.document.tables.get("evidence", ())
    found = [
        _one(known.number("evidence", number), row, used.get(number, {}), _why(facts, row, used.get(number)))
        for number, row in enumerate(rows, 1)
    ]
    gone = [one for one in known.left if one.table == "evidence" and one.column is None]
    found += [_one(one.number, one.row, {"reason": AFTER}, _later(known, one)) for one in gone]
    return sorted(found, key=lambda one: one["row"])


def _one(number: int, row: Row, used: Mapping[str, Any], why: str) -> dict[str, Any]:
    cells, day = row.cells, used.get("effective_date")
    return {
        "field": key_of("evidence", number, None),
        "row": number,
        "number": cells.get("number") or cells.get("evidence_id"),
        "kind": cells.get("kind"),
        "event_date": cells.get("event_date"),
        "obligation_id": cells.get("obligation_id"),
        "counts": bool(used.get("counts")),
        "from": day.isoformat() if day else None,
        "reason": used.get("reason", "kind"),
        "why": why,
    }


def _later(known: Known, one: Left) -> str:
    return f"of {one.day}, after {known.as_of}, the day of what was known"


def _used(facts: Facts) -> dict[int, Mapping[str, Any]]:
    """Number of the row -> counts, effective_date, reason; of several obligations the one it counts for."""
    used = evidence_used(facts.rec.judged, facts.books.evidence_unknown, facts.rec.units)
    found: dict[str, Mapping[str, Any]] = {}
    for row in facts.rows(used, "evidence_id", "unit_id"):
        if row["counts"] or row["evidence_id"] not in found:
            found[row["evidence_id"]] = row
    placed = facts.rows(facts.books.tables["evidence"].select("evidence_id", "source_row"), "source_row")
    # The first row of a table's file is that of its headers.
    return {row["source_row"] - 1: found[row["evidence_id"]] for row in placed if row["evidence_id"] in found}


def _why(facts: Facts, row: Row, used: Mapping[str, Any] | None) -> str:
    """The reason in words, with what would count."""
    reason = used["reason"] if used else "kind"
    words = REASONS[reason]
    term = _term(facts, row)
    if term is None:
        return words if reason != "kind" else "names no obligation of which it could show anything"
    if reason == "kind":
        return f"{words}: {needs(facts, term)} would count"
    if reason == "not_closed":
        return f"{words}: {_open(facts, row, term)}"
    return words


def _term(facts: Facts, row: Row) -> Mapping[str, Any] | None:
    named = row.cells.get("obligation_id")
    if named is None and len(facts.terms) == 1:
        return next(iter(facts.terms.values()))
    return facts.terms.get(named or "")


def needs(facts: Facts, term: Mapping[str, Any]) -> str:
    """The papers that an obligation is measured by (E6, U4, 55-79, 55-83)."""
    papers = PAPERS.get(term["measure"], "a paper of its measure")
    if term["measure"] == "as_used" and term["royalty_rate"]:
        return "usage (amount, the customer's sales, and basis)"
    if term["measure"] != "point":
        return papers
    if term["arrangement"] == "consignment":
        return "an acceptance (the sale to the end customer)"
    if term["arrangement"] == _BILL_AND_HOLD:
        lacking = _lacking(facts, term)
        met = f" once {', '.join(lacking)} is met" if lacking else ""
        return f"an acceptance{met}, or a delivery"
    spoken = {"acceptance", "submission", "rejection"} & _kinds(facts, term)
    if term["binding_stage"] or spoken:
        stage = f" of stage {term['binding_stage']} or later" if term["binding_stage"] else ""
        return f"an acceptance{stage}"
    return papers


def _kinds(facts: Facts, term: Mapping[str, Any]) -> set[str | None]:
    rows = facts.document.tables.get("evidence", ())
    named = (term["obligation_id"], None)
    return {row.cells.get("kind") for row in rows if row.cells.get("obligation_id") in named}


def _open(facts: Facts, row: Row, term: Mapping[str, Any]) -> str:
    """What keeps an acceptance open (E7, 55-83)."""
    cells = row.cells
    if cells.get("result") == "conditional" and "conditions_closed_date" not in cells:
        return "it was accepted on conditions, and conditions_closed_date is empty"
    if cells.get("result") == "partial" and not {"quantity", "amount"} & set(cells):
        return "a part was accepted, and quantity is empty"
    asked = term["acceptance_needs"] or facts.books.manifest.policy.value("acceptance_needs") or ()
    missing = [n for n in ("signature", "seal") if n in asked and f"{_CLOSED[n]}_customer_date" not in cells]
    if missing:
        return " and ".join(f"{_CLOSED[n]}_customer_date is empty" for n in missing)
    if lacking := _lacking(facts, term):
        return f"billed and held, and {', '.join(lacking)} not met (606-10-55-83)"
    return "quantity or total_quantity is empty"


_CLOSED = {"signature": "signed", "seal": "sealed"}


def _lacking(facts: Facts, term: Mapping[str, Any]) -> Sequence[str]:
    """The criteria of a bill-and-hold arrangement that are not met; one nobody wrote down is not (55-83)."""
    if term["arrangement"] != _BILL_AND_HOLD:
        return ()
    rows = [r.cells for r in facts.document.tables.get("criteria", ()) if r.cells["gate"] == _BILL_AND_HOLD]
    own = [c for c in rows if c.get("obligation_id") in (term["obligation_id"], None)]
    met = {c["criterion"].strip().lower() for c in own if "met_date" in c}
    named = dict.fromkeys((*FOUR, *(c["criterion"].strip().lower() for c in own)))
    return [criterion for criterion in named if criterion not in met]


# --- obligations without a paper ------------------------------------------------------------------------


def waiting(facts: Facts, found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Obligations that a paper must show and of which none counts: obligation_id, needs, reason (of the gate
    that holds it, if any), paragraphs. Nothing of them is revenue."""
    gated = facts.rows(gates(facts.books, facts.rec.terms), "obligation_id")
    held = {row["obligation_id"]: row for row in gated}
    return [
        {
            "obligation_id": name,
            "needs": needs(facts, term),
            "reason": (held.get(name) or {}).get("gate_reason"),
            "paragraphs": paragraphs(facts.framework, _subject(term)),
        }
        for name, term in facts.terms.items()
        if term["measure"] not in STRAIGHT_LINE and not _is_shown(term, found) and not _earns(facts, name)
    ]


def _subject(term: Mapping[str, Any]) -> str:
    if term["arrangement"] in (_BILL_AND_HOLD, "consignment"):
        return str(term["arrangement"])
    return "point" if term["measure"] == "point" else "progress"


def _is_shown(term: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a paper of it counts; at a point in time one by which control passes: sales and returns
    stand beside it (55-22, 55-65)."""
    named = (term["obligation_id"], None)
    kinds = {one["kind"] for one in found if one["counts"] and one["obligation_id"] in named}
    return bool(kinds & _PASSING if term["measure"] == "point" else kinds)


def _earns(facts: Facts, name: str) -> bool:
    """Whether anything of it is revenue all the same, as of a right that lapsed."""
    return any(cell["revenue_minor"] for cell in facts.cells if cell["obligation_id"] == name)


# --- changes of the contract ----------------------------------------------------------------------------


def changes(facts: Facts, known: Known) -> list[dict[str, Any]]:
    """Every modification: field, version, its days, treatment, price_change, counts and why not.

    One that is not approved by both parties is none yet (606-10-25-10, 25-11).
    """
    return [
        _change(facts, known, number, row)
        for number, row in enumerate(facts.document.tables.get("modifications", ()), 1)
    ]


def _change(facts: Facts, known: Known, number: int, row: Row) -> dict[str, Any]:
    cells = row.cells
    counts = "approved_date" in cells
    where = known.number("modifications", number)
    later = next(_approvals(known, where), None)
    by = f"by {known.as_of} " if later else ""
    why = (
        f"not approved {by}by both parties, so that nothing of it counts: it would from the day on which "
        "they approve it, or its rights and duties are otherwise enforceable (approved_date)"
    )
    told = ("version", "effective_date", "approved_date", "treatment", "price_change")
    return {
        "field": key_of("modifications", where, None),
        **{name: cells.get(name) for name in told},
        "counts": counts,
        "why": None if counts else why,
        "paragraphs": paragraphs(facts.framework, "modification", *([] if counts else ["unsettled"])),
    }


def _approvals(known: Known, number: int) -> Iterator[Left]:
    yield from (one for one in known.left if one.table == "modifications" and one.number == number)
