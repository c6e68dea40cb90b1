"""What changed in estimates, prices and policies, and where contracts stand, as rows of plain values."""

from __future__ import annotations

from collections.abc import Sequence

from earned.report.codes import CHANGES, word
from earned.report.view import Row, View, ordered

#: Changes that the page lists, the largest; years of transfer that stand beside each other.
LINES, YEARS = 25, 5
BALANCES = (
    "receivable_minor", "contract_asset_minor", "contract_liability_minor", "refund_liability_minor",
    "deposit_minor",
)  # fmt: skip
BALANCE_NAMES = tuple(c.removesuffix("_minor") for c in BALANCES)
ENDS = ("opening_minor", "closing_minor")
MOVEMENTS = (
    "opening_minor", "invoiced_minor", "received_minor", "written_off_minor", "revenue_minor", "other_minor",
    "closing_minor",
)  # fmt: skip
UNKNOWN, LATER = "unknown", "later"
#: What changed where no price did.
PROGRESS = "progress"


def changed(view: View, periods: Sequence[str]) -> Row:
    """The largest changes by period, each period with the sum of all; and policies that changed."""
    rows = view.tables["changes"].slice(0, LINES).to_pylist()
    for row in rows:
        row["words"] = words_of(row["methods"])
    place = {p: i for i, p in enumerate(periods)}
    rows.sort(key=lambda r: (place.get(r["period_id"], 0), -abs(r["effect_minor"]), r["unit_id"]))
    sums = ordered(view.tables["change_sums"], "period_id", "currency").to_pylist()
    sums.sort(key=lambda r: (place.get(r["period_id"], 0), r["currency"] or ""))
    return {
        "rows": rows,
        "sums": [s for s in sums if s["period_id"] in place],
        "all": sum(s["n"] for s in sums),
        "policies": view.policy_changes,
    }


def words_of(methods: str | None) -> str:
    """What changed a price, in words; of several things each."""
    return "; ".join(word(CHANGES, kind) for kind in (methods or PROGRESS).split(" "))


def balances(view: View, periods: Sequence[str]) -> Row:
    """Sums of balances, a row a period and currency; columns that are nil throughout are left out."""
    rows = _in_time(view, "balances", periods)
    columns = [c for c in BALANCES if any(r[c] for r in rows)]
    return {"rows": rows if columns else [], "columns": columns, "several": _several(rows)}


def balance_movements(view: View, periods: Sequence[str]) -> Row:
    """How each balance came from its opening to its closing in the last period reported."""
    last = periods[-1:]
    rows = _in_time(view, "balance_movements", last)
    rows.sort(key=lambda r: (r["currency"] or "", BALANCE_NAMES.index(r["balance"])))
    columns = [c for c in MOVEMENTS if c in ENDS or any(r[c] for r in rows)]
    return {"rows": rows, "columns": columns, "period": "".join(last), "several": _several(rows)}


def remaining(view: View, periods: Sequence[str]) -> Row:
    """What is still to be transferred, a row a period and currency, a column a year; far years together."""
    cells = _in_time(view, "remaining", periods)
    known = sorted({r["year"] for r in cells if r["year"] != UNKNOWN})
    shown = [*known[:YEARS], *([LATER] if known[YEARS:] else [])]
    shown += [UNKNOWN] if any(r["year"] == UNKNOWN for r in cells) else []
    rows: dict[tuple[str, str], Row] = {}
    for cell in cells:
        year = cell["year"] if cell["year"] in shown else LATER
        key = (cell["period_id"], cell["currency"])
        row = rows.setdefault(
            key, dict(zip(("period_id", "currency"), key)) | {"years": dict.fromkeys(shown, 0)}
        )
        row["years"][year] += cell["amount_minor"]
    return {"rows": list(rows.values()), "years": shown, "several": _several(cells)}


def _in_time(view: View, table: str, periods: Sequence[str]) -> list[Row]:
    place = {p: i for i, p in enumerate(periods)}
    rows = [r for r in view.tables[table].to_pylist() if r["period_id"] in place]
    return sorted(rows, key=lambda r: (place[r["period_id"]], r["currency"] or ""))


def _several(rows: Sequence[Row]) -> bool:
    return len({r["currency"] for r in rows}) > 1
