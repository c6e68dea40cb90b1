"""Words that nobody wrote and that move a figure all the same: the defaults a contract was recognised by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from earned.contract.document import Document, key_of
from earned.contract.facts import Facts
from earned.recognition.terms import STRAIGHT_LINE

#: who decided a judgement that stands nowhere in the file
DEFAULT = "default"
_TAXED = ("CNY", "EUR", "GBP")


def defaults(facts: Facts) -> list[dict[str, Any]]:
    """field, value, decided_by (default) and `of`, as `judgements` has them: only what this contract uses."""
    return [*_measures(facts), *_straight_lines(facts), *_papers(facts), *_tax(facts)]


def _one(field: str, value: Any, of: str | None = None) -> dict[str, Any]:
    said = str(value).lower() if isinstance(value, bool) else str(value)
    return {"field": field, "value": said, "decided_by": DEFAULT, "of": of}


def _measures(facts: Facts) -> Iterator[dict[str, Any]]:
    """What progress is read from where neither obligation nor policy says (U4)."""
    if _given(facts, "measure"):
        return
    for number, row in enumerate(facts.document.tables.get("obligations", ()), 1):
        name = row.cells["obligation_id"]
        term: Mapping[str, Any] = facts.terms.get(name, {})
        over_time = term.get("pattern") == "over_time"
        if over_time and "measure" not in row.cells and term["measure"]:
            yield _one(key_of("obligations", number, "measure"), term["measure"], name)


def _straight_lines(facts: Facts) -> Iterator[dict[str, Any]]:
    """How days and months are counted, and where the odd cent of a straight line goes (S1)."""
    lines = [term for term in facts.terms.values() if term["measure"] in STRAIGHT_LINE]
    rows = facts.document.tables.get("obligations", ())
    own = {row.cells["obligation_id"] for row in rows if "convention" in row.cells}
    for term in lines:
        if term["obligation_id"] not in own and not _given(facts, "convention"):
            yield _one("policy.convention", term["convention"], term["obligation_id"])
    if lines and not _given(facts, "odd_cent"):
        yield _one("policy.odd_cent", _value(facts, "odd_cent"))


def _papers(facts: Facts) -> Iterator[dict[str, Any]]:
    """Which papers are accepted, where the file's papers could be accepted otherwise (E3, E5, E7, E12)."""
    rows = [row.cells for row in facts.document.tables.get("evidence", ())]
    dated = [cells for cells in rows if "recorded_at" in cells]
    asked = {
        "least_grade": any("made_by" in cells for cells in rows),
        "unknown_recorded_at": bool(dated) and len(dated) < len(rows),
        "late_paper.days": bool(dated),
        "late_paper.corroborated": bool(dated),
        "conditional_acceptance": any(cells.get("result") == "conditional" for cells in rows),
        "close_days": bool(dated) or "estimates" in facts.document.tables,
    }
    for name, matters in asked.items():
        if matters and not _given(facts, name):
            yield _one(f"policy.{name}", _value(facts, name))


def _tax(facts: Facts) -> Iterator[dict[str, Any]]:
    """Whether the price has tax in it, in the currencies in which prices often do (P5)."""
    cells = facts.document.contract.cells
    matters = facts.money.currency in _TAXED or "tax_rate" in cells or _given(facts, "tax_rate")
    stated = "price_includes_tax" in cells or _stated(facts.document, "price_includes_tax")
    if matters and not stated:
        yield _one("policy.price_includes_tax", False)


def _given(facts: Facts, name: str) -> bool:
    return facts.books.manifest.policy.given(name)


def _stated(document: Document, name: str) -> bool:
    """Whether the file itself has a key of the policy."""
    policy = document.settings.get("policy")
    return isinstance(policy, dict) and name in policy


def _value(facts: Facts, name: str) -> Any:
    return facts.books.manifest.policy.value(name)
