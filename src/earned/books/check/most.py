"""The one table or column that would add most to what can be tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from earned.books import Books

#: Percent of revenue, in any currency, from which a gap in the keys or papers outweighs a missing column.
UNLINKED, UNCOVERED = 5, 20
#: What weighs most of what is missing altogether, in this order.
ORDER = (
    "`evidence.recorded_at`",
    "`contracts.bound_date`",
    "`evidence.maker`",
    "`announced`",
    "`trial_balance`",
)


def would_add_most(
    books: Books, checked: Mapping[str, Any], not_tested: Sequence[Mapping[str, str]]
) -> dict[str, str] | None:
    """what is not known without it, and what it needs; None where nothing is missing."""
    if not books.filled.get("contracts"):
        return {"what": "nothing can be measured without contracts", "needs": "`contracts`"}
    if not books.filled.get("entries"):
        return {"what": "nothing booked can be compared: the table has no rows", "needs": "`entries`"}
    if not books.filled.get("evidence"):
        return {"what": "whatever needs a paper has none", "needs": "`evidence`"}
    linked = next((j for j in checked["joins"] if j["from"] == "entries.contract_id"), None)
    amounts = linked["amounts"] if linked else checked["covered"]
    if (share := _without(amounts) if linked else 100) >= UNLINKED:
        what = f"{share} % of the revenue names no contract of the books"
        return {"what": what, "needs": "`entries.contract_id` and the `contracts` that it names"}
    if (share := _without(checked["covered"])) >= UNCOVERED:
        what = f"{share} % of the revenue is on contracts without any paper"
        return {"what": what, "needs": "`evidence` of those contracts"}
    missing = {n["needs"]: n for n in not_tested}
    first = next((missing[need] for need in ORDER if need in missing), None)
    return dict(first) if first else None


def _without(amounts: Sequence[Mapping[str, Any]]) -> int:
    """Percent of the money that found no partner, in the currency where it is most."""
    shares = [100 - 100 * a["matched_minor"] // a["amount_minor"] for a in amounts if a["amount_minor"]]
    return max(shares, default=0)
