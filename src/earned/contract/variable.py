"""Variable amounts of the price: the estimate, and what of it may be included (606-10-32-8, 32-11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from earned.contract.arithmetic import Term
from earned.contract.facts import Facts, Rows
from earned.contract.step import step
from earned.contract.words import percent

MILLION = 1_000_000
Row = Mapping[str, Any]


def variable_amounts(facts: Facts) -> dict[str, dict[str, dict[str, str]]]:
    """item -> known_at -> `estimate` and `included`; the two differ by what the constraint keeps out."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in _rows(facts):
        named = found.setdefault(_name(row), {})
        named[row["known_at"].isoformat()] = {
            "estimate": facts.money.plain(row["amount_minor"]),
            "included": facts.money.plain(row["included_minor"]),
        }
    return found


def variable_steps(facts: Facts) -> Iterator[dict[str, Any]]:
    """How each estimate follows from its outcomes, and what the constraint leaves of it."""
    for row in _rows(facts):
        figure = f"variable_amounts.{_name(row)}.{row['known_at'].isoformat()}"
        estimate, included = row["amount_minor"], row["included_minor"]
        formula = facts.money.formula(estimate, *_outcomes(facts, row))
        yield step(facts, f"{figure}.estimate", estimate, formula, "variable")
        formula = facts.money.formula(included, facts.money.sum((estimate, included - estimate)))
        if included == estimate:
            formula = facts.money.text(included)
        yield step(facts, f"{figure}.included", included, formula, "constraint")


def _rows(facts: Facts) -> Rows:
    if facts.rec.amounts is None:
        return ()
    return facts.rows(facts.rec.amounts, "item", "named_obligation_id", "known_at")


def _name(row: Row) -> str:
    """What the file calls the amount: its item, else its obligation, else what it is."""
    return str(row["item"] or row["named_obligation_id"] or row["nature"])


def _outcomes(facts: Facts, row: Row) -> Iterator[Term]:
    """The expected value of the outcomes of this estimate, or the likeliest of them."""
    if "outcomes" not in facts.document.tables:
        return
    table = facts.books.tables["outcomes"]
    columns = ("item", "obligation_id", "known_at", "amount_minor", "probability")
    own = [
        one
        for one in facts.rows(table.select(*columns), "amount_minor", "probability")
        if (one["item"] or "", one["known_at"]) == (row["item"], row["known_at"])
        and one["obligation_id"] == row["named_obligation_id"]
    ][::-1]
    if not own:
        return
    text = facts.money.text
    parts = [f"{text(o['amount_minor'])} x {percent(Fraction(o['probability'], MILLION))}" for o in own]
    value = Fraction(sum(o["amount_minor"] * o["probability"] for o in own), MILLION)
    yield Term(" + ".join(parts), value)
    likeliest = max(own, key=lambda o: (o["probability"], -o["amount_minor"]))
    chance = percent(Fraction(likeliest["probability"], MILLION))
    yield Term(f"the likeliest of {len(own)} outcomes ({chance})", Fraction(likeliest["amount_minor"]))
