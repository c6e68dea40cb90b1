"""Paths of figures and judgements in words, and the five steps that they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

IN_COMPANY = "In the company's currency"
#: the five steps of the standards, and what goes with them: title -> first parts of the paths of figures
SECTIONS = {
    "The transaction price (step 3)": ("transaction_price", "rates"),
    "Its allocation (step 4)": ("option_ssp", "residual", "allocation"),
    "Revenue, as obligations are satisfied (step 5)": ("revenue_by_obligation", "revenue", "catch_up"),
    "Beside revenue": ("interest", "cost_of_revenue", "gross_profit", "contract_costs", "losses"),
    "Balances": ("balances", "remaining_obligations"),
    IN_COMPANY: ("functional",),
}
STEP_1, STEP_2 = "The contract (step 1)", "What was promised (step 2)"
_NAMES = {
    "transaction_price": "price", "revenue_by_obligation": "revenue", "option_ssp": "price of the right",
    "contract_costs": "cost", "remaining_obligations": "still to be earned", "balances": "",
}  # fmt: skip


def sections(found: Mapping[str, Any]) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """The steps of recognition under their titles, those without a figure left out.

    Where a period's revenue is that of one obligation, it stands there once, under the obligation's name.
    """
    steps = [s for s in found["steps"] if not _repeats(s, found["steps"])]
    for title, firsts in SECTIONS.items():
        inside = [s for s in steps if s["figure"].partition(".")[0] in firsts]
        if inside:
            yield f"{title}, {found['functional_currency']}" if title == IN_COMPANY else title, inside


def contract_in_words(found: Mapping[str, Any]) -> str:
    """Step 1 in a sentence."""
    binds = found["binds"]
    if binds["never"]:
        return "there is none yet: what is received is a deposit"
    return f"binds from {binds['from']}" if binds["from"] else "no day is given on which it became binding"


def promise_in_words(promise: Mapping[str, Any]) -> str:
    """Step 2 of an obligation: how control passes, and what else is said of it."""
    pattern = (promise["pattern"] or "").replace("_", " ")
    by = f", by {promise['measure'].replace('_', ' ')}" if promise["measure"] else ""
    agent = ", as an agent: the commission" if promise["role"] == "agent" else ""
    assumed = ", assumed: the file lists no obligations" if promise["assumed"] else ""
    about = f": {promise['description']}" if promise["description"] else ""
    return f"{pattern}{by}{agent}{assumed}{about}"


def _repeats(step: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the revenue of a period says what its only obligation says already."""
    key, _, period = step["figure"].partition(".")
    if key != "revenue":
        return False
    own = [s for s in steps if s["figure"].startswith(f"revenue_by_obligation.{period}.")]
    return len(own) == 1


def name_of(path: str) -> str:
    """A path of a figure as a line's name: balances.2021Q1.contract_asset -> 2021Q1 contract asset."""
    path = path.removeprefix("functional.")
    key, _, rest = path.partition(".")
    key = _NAMES.get(key, key.replace("_", " "))
    when, _, what = rest.partition(".")
    return " ".join(part for part in (when, key, what.replace("_", " ")) if part)


def judged(one: Mapping[str, Any]) -> str:
    """A judgement as a line's name: its word, and what it is about: `treatment, modifications 1`."""
    place, _, column = one["field"].rpartition(".")
    found = re.fullmatch(r"(\w+)\[(\d+)\]", place or column)
    of = f"{found[1].replace('_', ' ')} {found[2]}" if found else place
    of = one.get("of") or of
    return f"{column.replace('_', ' ')}, {of}" if place else of


def amount(value: str) -> str:
    """A decimal string with its thousands apart: 1350000.00 -> 1,350,000.00."""
    whole, point, rest = value.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{point}{rest}" if digits.isdigit() else value
