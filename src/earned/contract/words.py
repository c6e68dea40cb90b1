"""Paths of figures and judgements in words, and the five steps that they belong to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from earned.books import schema

IN_COMPANY = "In the company's currency"
#: the five steps of the standards, and what goes with them: title -> first parts of the paths of figures
SECTIONS = {
    "The transaction price (step 3)": ("variable_amounts", "transaction_price", "rates"),
    "Its allocation (step 4)": ("option_ssp", "residual", "allocation"),
    "Revenue, as obligations are satisfied (step 5)": ("revenue_by_obligation", "revenue", "catch_up"),
    "Beside revenue": ("interest", "cost_of_revenue", "gross_profit", "losses"),
    "Costs of the contract": ("contract_costs",),
    "Balances": ("balances",),
    "Still to be earned": ("remaining_obligations",),
    IN_COMPANY: ("functional",),
}
STEP_1, STEP_2 = "The contract (step 1)", "What was promised (step 2)"
NOT_COUNTED, LEFT_OUT = "What does not count, and why", "Not known by"
#: ISO 4217 for no currency
NO_CURRENCY = "XXX"
_NAMES = {
    "transaction_price": "price", "revenue_by_obligation": "revenue", "option_ssp": "price of the right",
    "balances": "", "catch_up": "of it for work done before",
}  # fmt: skip
_LOSSES = {"loss": "expected loss", "provision": "provision for it"}


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
    if key in _LINES:
        return _LINES[key](rest)
    key = _NAMES.get(key, key.replace("_", " "))
    when, _, what = rest.partition(".")
    return " ".join(part for part in (when, key, what.replace("_", " ")) if part)


def _of_variable(rest: str) -> str:
    item, known_at, which = rest.rsplit(".", 2)
    return f"{known_at} {item}, {'estimated' if which == 'estimate' else 'what may be included'}"


def _of_cost(rest: str) -> str:
    cost, period, what = rest.rsplit(".", 2)
    return f"{period} {cost} {'carried at the end' if what == 'carrying' else what}"


def _of_remaining(rest: str) -> str:
    period, _, year = rest.partition(".")
    if year == "total":
        return f"{period} still to be earned"
    return f"{period} of it {'at a time not known' if year == 'unknown' else f'expected in {year}'}"


_LINES: Mapping[str, Callable[[str], str]] = {
    "variable_amounts": _of_variable,
    "contract_costs": _of_cost,
    "remaining_obligations": _of_remaining,
    "losses": lambda rest: f"{rest.partition('.')[0]} {_LOSSES[rest.partition('.')[2]]}",
    "rates": lambda rest: f"{rest} rate",
}


def shown(step: Mapping[str, Any]) -> str:
    """The value of a step as it is read: an amount with its thousands apart, a rate in per cent."""
    if step["figure"].startswith("rates."):
        return percent(Fraction(step["value"]))
    return amount(step["value"])


def currency_in_words(code: str) -> str:
    """The code, or that the file states none."""
    return "currency not stated" if code == NO_CURRENCY else code


def known_in_words(found: Mapping[str, Any]) -> str:
    """How far the last period is shown where the day of what was known lies inside it; else nothing."""
    if not found["open_period"]:
        return ""
    period, last = found["open_period"]["period_id"], found["open_period"]["last_date"]
    return f"{period} is shown whole: service by time runs to {last}. Later periods are not shown."


def judged(one: Mapping[str, Any]) -> str:
    """A judgement as a line's name: its word, and what it is about: `treatment, modifications 1`."""
    place, _, column = one["field"].rpartition(".")
    found = re.fullmatch(r"(\w+)\[(\d+)\]", place or column)
    of = f"{found[1].replace('_', ' ')} {found[2]}" if found else place
    if place.startswith("policy."):
        column, of = f"{place.partition('.')[2]} {column}", "policy"
    of = one.get("of") or of
    return f"{column.replace('_', ' ')}, {of}" if place else of


def decided(one: Mapping[str, Any], key: str = "value") -> str:
    """The word of a judgement as it is read."""
    place, _, column = one["field"].rpartition(".")
    table = place.partition("[")[0].replace("contract", "contracts")
    return cell(table, column, str(one[key]))


def cell(table: str, column: str, text: str) -> str:
    """A cell of the file as it is read: a rate in per cent, an amount with its thousands apart."""
    known = schema.tables()
    kind = known[table][column].type if table in known and column in known[table].names else "text"
    if kind == "ppm" and re.fullmatch(r"-?\d+", text):
        return percent(Fraction(int(text), 1_000_000))
    return amount(text) if kind == "money" else text


def amount(value: str) -> str:
    """A decimal string with its thousands apart: 1350000.00 -> 1,350,000.00."""
    whole, point, rest = value.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits):,}{point}{rest}" if digits.isdigit() else value


def percent(part: Fraction) -> str:
    """A share of one as a rate: 3/50 -> 6 %; at most four decimals."""
    hundredths = Decimal(part.numerator * 100) / Decimal(part.denominator)
    return f"{hundredths.quantize(Decimal('0.0001'), ROUND_HALF_UP).normalize():f} %"


def papers_not_counted(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What does not count and why: papers, obligations of which none counts, changes not approved."""
    for one in found["evidence"]:
        if not one["counts"] and one["reason"] != "after_as_of":
            of = f", {one['obligation_id']}" if one["obligation_id"] else ""
            number = f" no. {one['number']}" if one["number"] else ""
            yield f"{one['kind']} of {one['event_date']}{of}{number} ({one['field']})", one["why"]
    for one in found["waiting"]:
        said = f"{one['reason']}; " if one["reason"] else ""
        cited = one["paragraphs"][0]
        yield f"{one['obligation_id']}: no paper of it counts", f"{said}{one['needs']} would ({cited})"
    for one in found["modifications"]:
        if not one["counts"]:
            price = amount(one["price_change"])
            what = f"modification {one['version']} from {one['effective_date']}, {price}"
            own = one["paragraphs"][: len(one["paragraphs"]) // 2]
            yield what, f"{one['why']} ({', '.join(own)})"


def left_in_words(found: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Day, what it is, and where it stands in the file, of what was not known yet."""
    for one in found["left_out"]:
        of = f", {one['of']}" if one["of"] else ""
        yield one["day"], f"{one['what']}{of}", one["field"]
