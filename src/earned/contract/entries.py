"""The entries that a contract brings in each period: what moved in its balances, as debits and credits.

The lines of a period add up: balances move by revenue, interest and cash (ASC 606-10-45-1 to 45-4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from earned.contract.arithmetic import Money
from earned.contract.facts import Facts
from earned.contract.related import Related

#: column of the balances to date -> name of the account, of those that stand in debit when they grow
_DEBITS = {
    "received": "Cash",
    "receivable": "Receivable",
    "contract_asset": "Contract asset",
    "written_off": "Impairment of receivables",
    "taken": "Consideration taken as received",
}
#: the same of those that stand in credit when they grow
_CREDITS = {
    "contract_liability": "Contract liability",
    "refund_liability": "Refund liability",
    "deposit": "Deposit received",
    "financial_liability": "Financial liability",
    "repurchased": "Repurchase price, paid or to be paid",
    "incentive": "Consideration payable to the customer",
    "interest": "Interest",
    "revenue": "Revenue",
}


def entries(facts: Facts, related: Related) -> list[dict[str, str]]:
    """period_id, account, debit, credit (decimal strings, one of the two empty), oldest first."""
    before: Mapping[str, Any] = {}
    lines = []
    costs = {row["period_id"]: row for row in related.cost_of_revenue}
    for row in related.balances:
        lines += list(_of_period(facts.money, row, before))
        lines += list(_of_costs(facts.money, row["period_id"], costs.get(row["period_id"], {})))
        before = row
    return lines


def _of_period(money: Money, row: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for names, sign in ((_DEBITS, 1), (_CREDITS, -1)):
        for column, account in names.items():
            key = f"{column}_minor"
            moved = ((row.get(key) or 0) - (before.get(key) or 0)) * sign
            if moved:
                yield _line(money, row["period_id"], account, moved)


def _of_costs(money: Money, period: str, cost: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Cost of revenue, and the right to goods that come back, against what bore them."""
    spent, back = cost.get("cost_minor", 0), cost.get("return_asset_minor", 0)
    for account, moved in (("Cost of revenue", spent), ("Right to returned goods", back)):
        if moved:
            yield _line(money, period, account, moved)
    if spent + back:
        yield _line(money, period, "Inventory, costs incurred and provisions", -spent - back)


def _line(money: Money, period: str, account: str, debit: int) -> dict[str, str]:
    sides = (money.plain(debit), "") if debit > 0 else ("", money.plain(-debit))
    return {"period_id": period, "account": account, "debit": sides[0], "credit": sides[1]}
