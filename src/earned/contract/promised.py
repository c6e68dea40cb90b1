"""The first two steps: from when the contract binds, and what was promised in it, as they were measured."""

from __future__ import annotations

from typing import Any

from earned.contract.facts import Facts
from earned.contract.paragraphs import paragraphs


def binds(facts: Facts) -> dict[str, Any]:
    """`from`: the day from which there is a contract (null where the file gives none: nothing is held back);
    `never`: a criterion is not met, or it is a draft; paragraphs."""
    term = next(iter(facts.terms.values()))
    day = term["bound_from"]
    return {
        "from": day.isoformat() if day else None,
        "never": bool(term["never_bound"]),
        "paragraphs": paragraphs(facts.framework, "contract"),
    }


def promised(facts: Facts) -> list[dict[str, Any]]:
    """obligation_id, description, pattern, measure (null at a point in time), role, assumed (the file lists
    no obligations), paragraphs."""
    return [
        {
            "obligation_id": term["obligation_id"],
            "description": term["description"],
            "pattern": term["pattern"],
            "measure": None if term["measure"] == "point" else term["measure"],
            "role": term["role"] or "principal",
            "assumed": bool(term["assumed"]),
            "paragraphs": paragraphs(
                facts.framework,
                "obligations",
                "point" if term["measure"] == "point" else "over_time",
                *(["principal"] if term["role"] == "agent" else []),
            ),
        }
        for term in facts.terms.values()
    ]
