"""One contract as a person writes it in a file, and what is recognised of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from earned.contract import recognise

Amounts = Mapping[str, Decimal]


@dataclass(frozen=True)
class Recognised:
    """The figures and entries of a contract file, amounts as decimals."""

    figures: Mapping[str, Any]
    entries: Sequence[Mapping[str, str]]

    def of(self, name: str) -> Amounts:
        """A figure by period (revenue, interest)."""
        return {period: Decimal(text) for period, text in self.figures.get(name, {}).items()}

    def balances(self, period: str) -> Amounts:
        """The balances at a period's end that are not 0."""
        found = {name: Decimal(text) for name, text in self.figures["balances"][period].items()}
        return {name: amount for name, amount in found.items() if amount}

    def remaining(self, period: str) -> Decimal:
        """What is still to be transferred at a period's end."""
        return Decimal(self.figures.get("remaining_obligations", {}).get(period, {}).get("total", 0))

    def booked(self, period: str) -> Amounts:
        """The entries of a period by account, debits above 0; they add up to nothing."""
        found: dict[str, Decimal] = {}
        for line in self.entries:
            if line["period_id"] == period:
                moved = Decimal(line["debit"] or 0) - Decimal(line["credit"] or 0)
                found[line["account"]] = found.get(line["account"], Decimal(0)) + moved
        assert sum(found.values()) == 0, (period, found)
        return found


def of_file(folder: Path, text: str) -> Recognised:
    """What is recognised of a contract file with this text."""
    path = folder / "contract.yaml"
    path.write_text(text, encoding="utf-8")
    found = recognise(path)
    return Recognised(found["figures"], found["entries"])
