"""The sheets on prices and estimates that changed, policies that changed, and where contracts stand.

Each is there only where the run has rows of it.
"""

from __future__ import annotations

from earned.report.page.changes import BALANCES, MOVEMENTS, PROGRESS, words_of
from earned.report.text import PAGE
from earned.report.view import View, ordered
from earned.report.workpaper.columns import Col, columns_of
from earned.report.workpaper.sheets import Book
from earned.report.workpaper.words import BOOK

_PERIOD = Col("period_id", PAGE["period"], width=16)
_CURRENCY = Col("currency", BOOK["currency"], width=10)
CHANGES = (
    _PERIOD,
    Col("contract_id", PAGE["contract"], width=18),
    Col("unit_id", PAGE["unit"], width=20),
    Col("methods", PAGE["changed_what"], width=48, say=words_of),
    _CURRENCY,
    Col("before_minor", PAGE["price_before"], "money", 20),
    Col("after_minor", PAGE["price_now"], "money", 20),
    Col("effect_minor", PAGE["effect_before"], "money", 22),
)
POLICIES = (
    Col("name", PAGE["policy"], width=28),
    Col("from", PAGE["from_day"].capitalize(), "date", 16),
    Col("old", PAGE["policy_old"], width=26),
    Col("new", PAGE["policy_new"], width=26),
    Col("decided_by", PAGE["decided_by"], width=20),
    Col("note", PAGE["note"], "wrap", 60),
)
SUMS = (_PERIOD, _CURRENCY, *(Col(c, PAGE[c], "money", 20) for c in BALANCES))
MOVED = (
    _PERIOD,
    _CURRENCY,
    Col("balance", PAGE["balance"], width=20, say=lambda name: PAGE[f"{name}_minor"]),
    *(Col(c, PAGE[c], "money", 18) for c in MOVEMENTS),
)
REMAINING = (
    _PERIOD,
    _CURRENCY,
    Col("year", PAGE["year"], width=16),
    Col("amount_minor", PAGE["amount"], "money", 20),
)


def extra(book: Book) -> None:
    """Changes, Policies, Balances, Movements and Remaining, those that the run has."""
    if "Changes" in book.sheets:
        rows = _in_time(book.view, "changes", "unit_id")
        for row in rows:
            row["methods"] = row["methods"] or PROGRESS
        book.table("Changes", CHANGES, [columns_of(rows)], PAGE["changes_note"])
    if "Policies" in book.sheets:
        policies = [dict(p) for p in book.view.policy_changes]
        book.table("Policies", POLICIES, [columns_of(policies)], PAGE["policies_note"])
    for name, table, columns, more in (
        ("Balances", "balances", SUMS, "currency"),
        ("Movements", "balance_movements", MOVED, "balance"),
        ("Remaining", "remaining", REMAINING, "year"),
    ):
        if name in book.sheets:
            rows = _in_time(book.view, table, more)
            book.table(name, columns, [columns_of(rows)], PAGE[f"{table}_note"])


def _in_time(view: View, table: str, *then: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = ordered(view.tables[table], "currency", *then).to_pylist()
    place = {p["period_id"]: i for i, p in enumerate(view.calendar)}
    return sorted(rows, key=lambda r: place.get(r["period_id"], 0))
