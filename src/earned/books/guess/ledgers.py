"""A general ledger in the place of revenue entries: told by journals that have both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from earned.books import schema, sql
from earned.books.guess import words
from earned.books.guess.recognise import Draft, two_sides
from earned.books.guess.seen import Column
from earned.engine import Engine

_MOST_ACCOUNTS = 20
#: Share of the journals, in percent, that must have both sides.
_BOTH = 80


def split(one: Draft, engine: Engine) -> list[Draft]:
    """The draft itself; of a full ledger its revenue accounts (to be named) and the table `ledger`."""
    journal, account = one.header("journal_id"), one.header("account")
    if not journal or not account or account.distinct < 2 or not _two_sided(one, journal, engine):
        return [one]
    entries = replace(one, accounts=_accounts(one, account, engine))
    names = schema.tables()["ledger"].names
    columns = {c: choice for c, choice in one.columns.items() if c in names}
    if "line_number" not in columns:
        return [entries]
    return [entries, replace(one, table="ledger", columns=columns, doubtful=())]


def _two_sided(one: Draft, journal: Column, engine: Engine) -> bool:
    side = _side(one)
    if not side:
        return False
    relation, key = sql.name(one.found.table.relation), sql.name(journal.header)
    both = (
        f"SELECT count(DISTINCT s) > 1 AS b FROM (SELECT {key} AS k, {side} AS s FROM {relation}) GROUP BY k"
    )
    share = engine.sql(f"SELECT 100 * count(*) FILTER (b) // greatest(count(*), 1) FROM ({both})")[0][0]
    return bool(share >= _BOTH)


def _side(one: Draft) -> str | None:
    """SQL of the side that a row is on; NULL where it is on none."""
    indicator = next((c for c in one.found.columns if words.one_of("indicator_headers", c.header)), None)
    if indicator:
        return f"nullif(trim(CAST({sql.name(indicator.header)} AS VARCHAR)), '')"
    sides = two_sides(one.found)
    if sides:
        empty = "('', '0', '0.00', '0,00', '-')"
        credit, debit = (
            f"coalesce(trim(CAST({sql.name(sides[s])} AS VARCHAR)), '')" for s in ("credit", "debit")
        )
        return f"CASE WHEN {credit} NOT IN {empty} THEN 'C' WHEN {debit} NOT IN {empty} THEN 'D' END"
    amount = one.header("amount")
    if amount is None:
        return None
    cell = f"trim(CAST({sql.name(amount.header)} AS VARCHAR))"
    return f"CASE WHEN {cell} LIKE '-%' OR {cell} LIKE '(%' OR {cell} LIKE '%-' THEN 'D' ELSE 'C' END"


def _accounts(one: Draft, account: Column, engine: Engine) -> tuple[str, ...]:
    """The accounts with the most rows."""
    cell = f"nullif(trim(CAST({sql.name(account.header)} AS VARCHAR)), '')"
    rows = engine.sql(
        f"SELECT {cell} AS a FROM {sql.name(one.found.table.relation)} WHERE {cell} IS NOT NULL "
        f"GROUP BY a ORDER BY count(*) DESC, a LIMIT {_MOST_ACCOUNTS}"
    )
    return tuple(a for (a,) in rows)


def balanced(drafts: Sequence[Draft], engine: Engine) -> list[Draft]:
    """Entries that are a full ledger, both sides of each journal: only revenue accounts are entries."""
    return [made for one in drafts for made in (split(one, engine) if one.table == "entries" else [one])]
