"""Which keys find their partner in another table: in rows, and in money where the rows have amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from earned.books import Books, sql


@dataclass(frozen=True)
class Join:
    """A column whose values stand in a column of another table; `amount` is the money of its rows."""

    table: str
    column: str
    to: str
    to_column: str
    amount: str | None = None


JOINS = (
    Join("entries", "contract_id", "contracts", "contract_id", "amount_minor"),
    Join("entries", "obligation_id", "obligations", "obligation_id", "amount_minor"),
    Join("evidence", "contract_id", "contracts", "contract_id"),
    Join("evidence", "obligation_id", "obligations", "obligation_id"),
    Join("obligations", "contract_id", "contracts", "contract_id"),
    Join("estimates", "obligation_id", "obligations", "obligation_id"),
    Join("entries", "account", "accounts", "account", "amount_minor"),
    Join("entries", "journal_id", "ledger", "journal_id", "amount_minor"),
    Join("entries", "preparer", "employees", "user_id", "amount_minor"),
    Join("contracts", "customer_id", "customers", "customer_id", "price_minor"),
    Join("contracts", "owner_id", "employees", "employee_id", "price_minor"),
    Join("contracts", "department_id", "departments", "department_id", "price_minor"),
    Join("invoices", "contract_id", "contracts", "contract_id", "amount_minor"),
    Join("forecast", "contract_id", "contracts", "contract_id", "amount_minor"),
)


def joins(books: Books) -> list[dict[str, Any]]:
    """from, to, rows, matched, empty, not_matched, example, amounts of each join whose tables have rows.

    Evidence and obligations without their contract were rejected (R6); they are counted here.
    """
    return [_joined(books, j) for j in JOINS if _both_filled(books, j)]


def _both_filled(books: Books, join: Join) -> bool:
    has = books.filled
    if not has.get(join.to) or not (has.get(join.table) or _orphans(books, join)):
        return False
    return join.column in has.get(join.table, frozenset()) or bool(_orphans(books, join))


def _joined(books: Books, join: Join) -> dict[str, Any]:
    key = sql.name(join.column)
    known = (
        f"SELECT {sql.name(join.to_column)} FROM books_{join.to} WHERE {sql.name(join.to_column)} IS NOT NULL"
    )
    rows, empty, matched, example = books.engine.sql(
        f"SELECT count(*), count(*) FILTER ({key} IS NULL), count(*) FILTER ({key} IN ({known})), "
        f"min({key}) FILTER ({key} NOT IN ({known})) FROM books_{join.table}"
    )[0]
    orphans = _orphans(books, join)
    if orphans:
        example = example or books.engine.sql(f"SELECT min(value) FROM ({_orphaned(join)})")[0][0]
    return {
        "from": f"{join.table}.{join.column}",
        "to": f"{join.to}.{join.to_column}",
        "rows": rows + orphans,
        "matched": matched,
        "empty": empty,
        "not_matched": rows - matched - empty + orphans,
        "example": example,
        "amounts": _amounts(books, join.table, join.amount, f"{key} IN ({known})") if join.amount else [],
    }


def _orphaned(join: Join) -> str:
    return (
        f"SELECT value FROM rejected WHERE table_name = {sql.text(join.table)} "
        f"AND column_name = {sql.text(join.column)} AND reason = 'orphan'"
    )


def _orphans(books: Books, join: Join) -> int:
    return int(books.engine.sql(f"SELECT count(*) FROM ({_orphaned(join)})")[0][0])


def _amounts(books: Books, table: str, amount: str, condition: str) -> list[dict[str, Any]]:
    """currency, amount_minor, matched_minor: sums of absolute amounts, exact."""
    currency = (
        "currency"
        if table in ("entries", "contracts", "invoices")
        else sql.text(books.manifest.company.currency)
    )
    absolute = f"abs(CAST({amount} AS HUGEINT))"
    rows = books.engine.sql(
        f"SELECT {currency} AS c, coalesce(sum({absolute}), 0), "
        f"coalesce(sum({absolute}) FILTER ({condition}), 0) FROM books_{table} GROUP BY c ORDER BY 2 DESC, 1"
    )
    return [{"currency": c, "amount_minor": int(a), "matched_minor": int(m)} for c, a, m in rows]


def covered(books: Books) -> list[dict[str, Any]]:
    """currency, amount_minor, matched_minor: revenue booked, and that on contracts with any paper at all."""
    has = "contract_id IN (SELECT contract_id FROM books_evidence WHERE contract_id IS NOT NULL)"
    return _amounts(books, "entries", "amount_minor", has) if books.filled.get("contracts") else []
