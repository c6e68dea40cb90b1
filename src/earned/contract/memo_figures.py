"""The figures of a memo as tables: revenue, balances, what remains, costs, the company's currency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from earned.contract.layout import Block, Heading, Lines
from earned.contract.words import IN_COMPANY, amount

_MARGIN = ("cost_of_revenue", "gross_profit", "interest", "catch_up")
_MARGIN_NAMES = {"catch_up": "of it for work done before"}


def figures(found: Mapping[str, Any]) -> Iterator[Block]:
    """Every figure that has a period, in one table for each kind."""
    yield Heading(2, "Figures")
    of = found["figures"]
    yield from _revenue(of)
    yield from _by_obligation(of)
    yield from _balances(of.get("balances", {}))
    yield from _remaining(of.get("remaining_obligations", {}))
    for cost, periods in of.get("contract_costs", {}).items():
        yield Heading(3, f"Cost {cost}")
        yield _table("Period", {p: dict(moved) for p, moved in periods.items()})
    if in_company := of.get("functional"):
        yield Heading(3, f"{IN_COMPANY}, {found['functional_currency']}")
        periods = {p: {n: one[p] for n, one in in_company.items()} for p in of["revenue"]}
        yield _table("Period", periods)


def _revenue(of: Mapping[str, Any]) -> Iterator[Block]:
    names = [name for name in _MARGIN if name in of]
    beside = (_MARGIN_NAMES.get(name, name.replace("_", " ")) for name in names)
    heads = ("Period", "Revenue", *beside, "Revenue to date")
    rows = [
        (p, amount(v), *(_amount(of[n].get(p)) for n in names), amount(of["revenue_cumulative"][p]))
        for p, v in of["revenue"].items()
    ]
    yield Lines(heads, rows, amounts=tuple(range(1, len(heads))))


def _by_obligation(of: Mapping[str, Any]) -> Iterator[Block]:
    """Revenue by obligation, where there are several."""
    periods = of["revenue_by_obligation"]
    if any(len(one) > 1 for one in periods.values()):
        yield Heading(3, "Revenue by obligation")
        yield _table("Period", periods)


def _balances(balances: Mapping[str, Mapping[str, str]]) -> Iterator[Block]:
    if balances:
        yield Heading(3, "Balances")
        yield _table("At the end of", balances, keep=("receivable", "contract_asset", "contract_liability"))


def _remaining(remaining: Mapping[str, Mapping[str, str]]) -> Iterator[Block]:
    if any(_is_some(one) for of in remaining.values() for one in of.values()):
        yield Heading(3, "Still to be earned, by the year in which it is expected")
        yield _table("At the end of", remaining, last="total")


def _table(
    first: str, rows: Mapping[str, Mapping[str, str]], keep: Sequence[str] = (), last: str | None = None
) -> Block:
    """A row a period; a column of nothing but zeros is left out, but for those to be kept."""
    names = dict.fromkeys(name for of in rows.values() for name in of)
    shown = [n for n in names if n in keep or any(_is_some(of.get(n)) for of in rows.values())]
    shown.sort(key=lambda name: (name == last, name if last else ""))
    heads = (first, *(name.replace("_", " ") for name in shown))
    lines = [(period, *(_amount(of.get(n)) for n in shown)) for period, of in rows.items()]
    return Lines(heads, lines, amounts=tuple(range(1, len(heads))))


def _amount(value: str | None) -> str:
    return amount(value) if value is not None else ""


def _is_some(value: str | None) -> bool:
    return value is not None and value.strip("-0.") != ""
