"""Formulas with their numbers: what is printed was computed again and gives the figure, or is not printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from earned.money import as_text


@dataclass(frozen=True)
class Term:
    """An expression as text, and what it is in minor units (or as a number)."""

    text: str
    value: Fraction


@dataclass(frozen=True)
class Money:
    """Amounts of one currency as terms of a formula."""

    currency: str

    def text(self, minor: int) -> str:
        """1,350,000.00"""
        return as_text(minor, self.currency)

    def plain(self, minor: int) -> str:
        """1350000.00, as a figure is given."""
        return self.text(minor).replace(",", "")

    def term(self, minor: int) -> Term:
        """An amount."""
        return Term(self.text(minor), Fraction(minor))

    def sum(self, minors: Iterable[int]) -> Term:
        """1,200.00 + 300.00 - 20.00"""
        given = list(minors)
        text = "".join(f" {'-' if m < 0 else '+'} {self.text(abs(m))}" for m in given)
        text = text[3:] if text.startswith(" + ") else text.strip().replace("- ", "-", 1)
        return Term(text or self.text(0), Fraction(sum(given)))

    def formula(self, result: int, *candidates: Term | None, nearly: bool = False) -> str:
        """The first candidate that gives the result, with it: `a x b / c = result`; else the result alone.

        `nearly` also takes one that misses it by less than one minor unit, as shares that must add up do.
        """
        for term in candidates:
            if term is None:
                continue
            if rounded(term.value) == result:
                return f"{term.text} = {self.text(result)}" if term.text != self.text(result) else term.text
            if nearly and abs(term.value - result) < 1:
                return f"{term.text} = {self.text(result)}, the odd unit by largest remainder"
        return self.text(result)


def rounded(value: Fraction) -> int:
    """A whole number of minor units, halves away from zero (P3)."""
    up = int(abs(value) + Fraction(1, 2))
    return -up if value < 0 else up


def number(value: Decimal | int) -> Term:
    """A quantity: 420,000 or 7.5."""
    exact = Decimal(value)
    text = f"{exact.normalize():,f}" if exact else "0"
    return Term(text, Fraction(exact))


def times(amount: Term, part: Term, whole: Term) -> Term | None:
    """amount x part / whole; none without a whole."""
    if not whole.value:
        return None
    return Term(f"{amount.text} x {part.text} / {whole.text}", amount.value * part.value / whole.value)


def plus(first: Term, second: Term) -> Term:
    """first + second."""
    return Term(f"{first.text} + {second.text}", first.value + second.value)


def minus(first: Term, second: Term) -> Term:
    """first - second."""
    return Term(f"{first.text} - {second.text}", first.value - second.value)


def inside(term: Term) -> Term:
    """The term in brackets."""
    return Term(f"({term.text})", term.value)
