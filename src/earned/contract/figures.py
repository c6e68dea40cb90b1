"""The figures of one contract, read from the tables of recognition; amounts as decimal strings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from earned.contract.facts import Facts, Rows
from earned.contract.related import Related

#: the price and its allocation before the first change, whatever the day
INCEPTION = "inception"
#: amounts of a contract that stand in its balances, in the order of a balance sheet
BALANCES = (
    "receivable", "contract_asset", "return_asset", "incentive_asset", "contract_liability",
    "refund_liability", "deposit", "financial_liability",
)  # fmt: skip
#: balances that are shown also where they are never anything but 0
ALWAYS = ("receivable", "contract_asset", "contract_liability", "refund_liability", "deposit")
#: what becomes of a cost in a period
COST_MOVES = ("capitalised", "expensed", "amortised", "impaired")


def figures(facts: Facts, related: Related) -> dict[str, Any]:
    """The object `figures` of `earned recognise --json`; a key stands there only where it says something,
    but for price, allocation and revenue, which every contract has."""
    always = {**_prices(facts), **_revenue(facts)}
    others = {
        "progress": _progress(facts),
        "catch_up": _moving(facts, related.estimate_changes, "effect_minor"),
        "balances": _balances(facts, related.balances),
        "interest": _moving(facts, related.interest, "interest_minor"),
        "rates": related.rates,
        "remaining_obligations": _remaining(facts, related.remaining),
        "treatment": _treatment(facts),
        "contract_costs": _costs(facts, related.contract_costs),
        "option_ssp": _options(facts),
        "residual": _residual(facts),
        **_margin(facts, related),
    }
    return always | {key: value for key, value in others.items() if value}


def day_of(facts: Facts, version: Mapping[str, Any]) -> str:
    """The day from which a version of the price is in force; `inception` for the first, and for amounts that
    were known by then: the price has them in it from the start (606-10-32-5)."""
    begun = facts.terms[version["obligation_id"]].get("inception_day")
    known = version["kind"] == "price_estimate" and begun is not None and version["from_day"] <= begun
    at_first = version["step"] == 0 or known
    return INCEPTION if at_first else str(version["from_day"].isoformat())


def _prices(facts: Facts) -> dict[str, Any]:
    price: dict[str, str] = {}
    allocation: dict[str, dict[str, str]] = {}
    latest: dict[str, str] = {}
    for row in facts.versions:
        price[day_of(facts, row)] = facts.money.plain(row["price_minor"])
        # What a later version adds was not promised before: it has no share, not one of 0.
        added = row["step"] == 0 and facts.terms[row["obligation_id"]]["added_in_version"]
        if row["allocated_minor"] is not None and not (added and row["allocated_minor"] == 0):
            latest[row["obligation_id"]] = facts.money.plain(row["allocated_minor"])
        # An allocation names every obligation, also those that a change left as they were.
        allocation[day_of(facts, row)] = dict(latest)
    return {"transaction_price": price, "allocation": allocation}


def _revenue(facts: Facts) -> dict[str, Any]:
    plain, periods = facts.money.plain, _grouped(facts.cells, "period_id")
    return {
        "revenue": {p: plain(sum(c["revenue_minor"] for c in of)) for p, of in periods.items()},
        "revenue_by_obligation": {
            p: {c["obligation_id"]: plain(c["revenue_minor"]) for c in of} for p, of in periods.items()
        },
        "revenue_cumulative": {p: plain(sum(c["earned_minor"] for c in of)) for p, of in periods.items()},
    }


def _moving(facts: Facts, rows: Rows, column: str) -> dict[str, str]:
    """period_id -> the sum of a column, of the periods in which it is not 0."""
    sums = {p: sum(row[column] or 0 for row in of) for p, of in _grouped(rows, "period_id").items()}
    return {p: facts.money.plain(minor) for p, minor in sums.items() if minor}


def _balances(facts: Facts, rows: Rows) -> dict[str, dict[str, str]]:
    """The balances at every period's end, 0 where nothing has moved yet; a receivable with its tax."""
    by_period, plain = {row["period_id"]: row for row in rows}, facts.money.plain
    shown = [n for n in BALANCES if n in ALWAYS or any(balance(row, n) for row in rows)]
    return {
        period["period_id"]: {n: plain(balance(by_period.get(period["period_id"], {}), n)) for n in shown}
        for period in facts.calendar
        if rows
    }


def balance(row: Mapping[str, Any], name: str) -> int:
    """A balance of a period in minor units: of a receivable what is due, its tax included."""
    column = "due" if name == "receivable" else name
    return row.get(f"{column}_minor") or 0


def _remaining(facts: Facts, rows: Rows) -> dict[str, dict[str, str]]:
    """What is still to be earned at each period's end, by the fiscal year in which it is expected."""
    by_period, plain = _grouped(rows, "period_id"), facts.money.plain
    found = {}
    for period in (row["period_id"] for row in facts.calendar):
        of = by_period.get(period, [])
        years = {str(row["year"]): plain(row["amount_minor"]) for row in of}
        found[period] = years | {"total": plain(sum(row["amount_minor"] for row in of))}
    return found


def _treatment(facts: Facts) -> dict[str, str]:
    rows = facts.document.tables.get("modifications", ())
    return {row.cells["version"]: row.cells["treatment"] for row in rows}


def _costs(facts: Facts, rows: Rows) -> dict[str, dict[str, Any]]:
    """Of each cost and period what became an asset or an expense in it, and what is carried at its end."""
    plain, found = facts.money.plain, dict[str, dict[str, Any]]()
    for cost, of in _grouped(rows, "cost_id").items():
        before: Mapping[str, Any] = {}
        found[cost] = {}
        for row in of:
            moved = {n: row[f"{n}_minor"] - before.get(f"{n}_minor", 0) for n in COST_MOVES}
            named = {n: plain(minor) for n, minor in moved.items()}
            found[cost][row["period_id"]] = named | {"carrying": plain(row["carrying_minor"])}
            before = row
    return found


def _options(facts: Facts) -> dict[str, str]:
    """The standalone selling price of each option, as its row in the file makes it."""
    rights = [row.cells["obligation_id"] for row in facts.document.tables.get("options", ())]
    known = {o: facts.terms[o]["ssp_minor"] for o in rights if o in facts.terms}
    return {o: facts.money.plain(minor) for o, minor in known.items() if minor is not None}


def _residual(facts: Facts) -> dict[str, dict[str, str]]:
    """What the residual approach gives, and whether it lies within the observed prices (32-34(c))."""
    rows = [t for t in facts.terms.values() if t["residual_minor"] is not None]
    return {
        t["obligation_id"]: {
            "amount": facts.money.plain(t["residual_minor"]),
            "accepted": str(t["residual_accepted"]).lower(),
        }
        for t in rows
    }


def _progress(facts: Facts) -> dict[str, dict[str, str]]:
    """Done of the whole at each period's end, from the first on which something was done."""
    found: dict[str, dict[str, str]] = {}
    for cell in facts.cells:
        if cell["done"] and cell["whole"]:
            part = (Decimal(cell["done"]) / Decimal(cell["whole"])).quantize(Decimal("1e-9")).normalize()
            found.setdefault(cell["period_id"], {})[cell["obligation_id"]] = f"{part:f}"
    return found


def _margin(facts: Facts, related: Related) -> dict[str, dict[str, str]]:
    """Cost of revenue and gross profit of the periods of which the file has costs."""
    costs = {row["period_id"]: row["cost_minor"] for row in related.cost_of_revenue}
    if not any(costs.values()):
        return {}
    plain, revenue = facts.money.plain, _grouped(facts.cells, "period_id")
    profit = {p: sum(c["revenue_minor"] for c in revenue[p]) - cost for p, cost in costs.items()}
    return {
        "cost_of_revenue": {p: plain(cost) for p, cost in costs.items()},
        "gross_profit": {p: plain(minor) for p, minor in profit.items()},
    }


def _grouped(rows: Iterable[Mapping[str, Any]], key: str) -> dict[str, list[Mapping[str, Any]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row[key], []).append(row)
    return groups
