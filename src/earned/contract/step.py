"""One step: a figure by its path, its value, the arithmetic that gives it, the paragraphs it rests on."""

from __future__ import annotations

from typing import Any

from earned.contract.facts import Facts
from earned.contract.paragraphs import paragraphs


def step(facts: Facts, figure: str, minor: int, formula: str, *subjects: str) -> dict[str, Any]:
    """The step of an amount; `subjects` name its paragraphs."""
    return {
        "figure": figure,
        "value": facts.money.plain(minor),
        "formula": formula,
        "paragraphs": paragraphs(facts.framework, *subjects),
    }


def bare(facts: Facts, figure: str, minor: int, *subjects: str) -> dict[str, Any]:
    """The step of an amount that no shorter arithmetic gives: it stands alone."""
    return step(facts, figure, minor, facts.money.text(minor), *subjects)
