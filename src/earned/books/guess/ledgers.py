"""A general ledger in the place of revenue entries: which of its rows are revenue, and on which side.

A full ledger is told by journals that have both sides, or by debits and credits that are equal in sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from earned.books import schema, sql
from earned.books.guess import words
from earned.books.guess.answer import Answer, ask
from earned.books.guess.parts import cell, two_sides
from earned.books.guess.recognise import Choice, Draft, rows, with_column
from earned.books.guess.seen import Column
from earned.engine import Engine

_MOST_ACCOUNTS = 20
#: Share of the journals, in percent, that must have both sides.
_BOTH = 80
_NEGATIVE = "'^[^0-9]*[-(\u2212]|[-\u2212]\\s*$'"
_WHOLE = "TRY_CAST(nullif(regexp_replace({0}, '[^0-9]', '', 'g'), '') AS HUGEINT)"


def settled(drafts: Sequence[Draft], engine: Engine) -> list[Draft]:
    """Entries with the rows that are revenue and the side that is positive; of a full ledger the table
    `ledger` beside them."""
    return [made for one in drafts for made in (_split(one, engine) if one.table == "entries" else [one])]


def _split(one: Draft, engine: Engine) -> list[Draft]:
    one = _of_its_currency(one)
    account = one.header("account")
    full = account is not None and account.distinct > 1 and _is_full(one, engine)
    named = _named(one)
    only = named or (_asked(one, account, engine) if full and account else None)
    entries = replace(one, only=only, sign=_sign(one, named, full, engine))
    columns = {c: choice for c, choice in one.columns.items() if c in schema.tables()["ledger"].names}
    if not full or not {"line_number", "journal_id", "account"} <= set(columns):
        return [entries]
    return [entries, replace(entries, table="ledger", columns=columns, doubtful=(), only=None)]


def _of_its_currency(one: Draft) -> Draft:
    """Entries in several currencies with the amount that the column of currencies speaks of: not the local
    one. Where the file has no such amount it is asked in which currency the local one is."""
    currency, amount, sides = one.header("currency"), one.header("amount"), two_sides(one.found)
    if currency is None or currency.distinct < 2:
        return one
    headers = {c.header for c in one.found.columns}
    other = words.foreign_amount(amount.header) if amount else None
    if amount and other in headers:
        seen = next(c for c in one.found.columns if c.header == other)
        why = f"in {currency.header}; {amount.header} is in local currency"
        return with_column(one, Choice("amount", seen.header, 90, seen.values[:3], why))
    if not other and not (sides and any(words.one_of("foreign_headers", h) for h in headers)):
        return one
    codes = [words.currency_of(v) or v for v in currency.values[:4]]
    asked = ask(
        f"{currency.header} is not the currency of these amounts: which one is it?", [f"={c}" for c in codes]
    )
    return replace(one, found=replace(one.found, asks={**one.found.asks, "currency": asked}))


# --- which rows are revenue -----------------------------------------------------------------------------


def _named(one: Draft) -> tuple[str, Answer] | None:
    """The accounts of revenue by their names, where a column names others too."""
    for column in one.found.columns:
        means = {m.column for m in words.meanings("accounts", column.header)}
        if not means & {"name", "account"} and column.header != one.group:
            continue
        revenue = [v for v in column.values if words.is_revenue(v)]
        if revenue and len(revenue) < len(column.values):
            return column.header, Answer(
                revenue, "accounts of revenue by their names; only these rows are entries"
            )
    return None


def _asked(one: Draft, account: Column, engine: Engine) -> tuple[str, Answer]:
    """The question which accounts are revenue: those with the most rows, with their names."""
    code = cell(account.header)
    name = next((c.header for c in one.found.columns if _names_accounts(c)), None)
    shown = f"any_value({cell(name)})" if name else "NULL"
    most = engine.sql(
        f"SELECT {code} AS a, {shown} FROM {rows(one)} AND {code} <> '' "
        f"GROUP BY a ORDER BY count(*) DESC, a LIMIT {_MOST_ACCOUNTS}"
    )
    names = "; ".join(f"{a} {n}" for a, n in most if n)
    why = f"which accounts are revenue?{f' {names}' if names else ''}"
    return account.header, ask(why, [a for a, _ in most])


def _names_accounts(column: Column) -> bool:
    return bool(column.filled) and any(m.column == "name" for m in words.meanings("accounts", column.header))


# --- both sides -----------------------------------------------------------------------------------------


def _is_full(one: Draft, engine: Engine) -> bool:
    side = _side(one)
    if not side:
        return False
    debit, credit = (f"sum({_size(one, s)}) FILTER ({side} = '{s}')" for s in ("D", "C"))
    sums = engine.sql(f"SELECT {debit}, {credit} FROM {rows(one)}")[0]
    if all(sums) and sums[0] == sums[1]:
        return True
    journal = one.header("journal_id")
    if not journal:
        return False
    both = f"SELECT count(DISTINCT {side}) > 1 AS b FROM {rows(one)} GROUP BY {cell(journal.header)}"
    share = engine.sql(f"SELECT 100 * count(*) FILTER (b) // greatest(count(*), 1) FROM ({both})")[0][0]
    return bool(share >= _BOTH)


def _side(one: Draft) -> str | None:
    """SQL of the side that a row is on, D or C (of a signed amount: its sign); NULL where it is on none."""
    if indicator := side_column(one):
        said = " ".join(
            f"WHEN {cell(indicator.header)} = {sql.text(v)} THEN '{words.side(v)}'" for v in indicator.values
        )
        return f"CASE {said} END"
    if sides := two_sides(one.found):
        credit, debit = (f"coalesce({_WHOLE.format(cell(sides[s]))}, 0) <> 0" for s in ("credit", "debit"))
        return f"CASE WHEN {credit} THEN 'C' WHEN {debit} THEN 'D' END"
    amount = one.header("amount")
    return f"CASE WHEN {_is_negative(amount.header)} THEN 'D' ELSE 'C' END" if amount else None


def _size(one: Draft, side: str) -> str:
    """SQL of the amount of a row without its marks and with its sign; of a signed column without its sign."""
    sides = two_sides(one.found)
    if sides:
        return _signed(sides["debit" if side == "D" else "credit"])
    amount = one.header("amount")
    if amount is None:
        return "NULL"
    return _signed(amount.header) if side_column(one) else _WHOLE.format(cell(amount.header))


def _signed(header: str) -> str:
    return f"CASE WHEN {_is_negative(header)} THEN -1 ELSE 1 END * {_WHOLE.format(cell(header))}"


# --- which side is positive -----------------------------------------------------------------------------


def side_column(one: Draft) -> Column | None:
    """The column that says on which side each amount is (SHKZG, 方向)."""
    return next((c for c in one.found.columns if _indicates(c)), None)


def _indicates(column: Column) -> bool:
    named = words.one_of("indicator_headers", column.header)
    return named and 0 < column.distinct <= 6 and all(words.side(v) for v in column.values)


def _sign(one: Draft, named: tuple[str, Answer] | None, full: bool, engine: Engine) -> Answer | None:
    """How amounts are signed: by a column of sides, unless they carry their own sign as well (ACDOCA); by
    the revenue rows; a question where a full ledger does not say which rows those are."""
    amount = one.header("amount")
    if amount is None or two_sides(one.found):
        return None
    minus = _is_negative(amount.header)
    if indicator := side_column(one):
        side = _side(one)
        share = f"100 * count(*) FILTER ({minus} AND {side} = '{{0}}') / count(*) FILTER ({side} = '{{0}}')"
        credit, debit = engine.sql(f"SELECT {share.format('C')}, {share.format('D')} FROM {rows(one)}")[0]
        if (credit or 0) > 50 >= (debit or 0):
            return Answer(
                "debit_positive", f"amounts carry their sign: credits of {indicator.header} are negative"
            )
        if debit is not None and debit > 50 >= (credit or 0):
            return Answer(
                "credit_positive", f"amounts carry their sign: debits of {indicator.header} are negative"
            )
        return Answer("indicator", f"{indicator.header} says the side: {', '.join(indicator.values[:4])}")
    if full and not named:
        return ask(
            "is revenue, a credit, written with a minus here (debit_positive)?",
            ("debit_positive", "credit_positive"),
        )
    where = f" AND {sql.among(cell(named[0]), named[1].value)}" if named else ""
    negative = engine.sql(f"SELECT 100 * count(*) FILTER ({minus}) / count(*) FROM {rows(one)}{where}")[0][0]
    if (negative or 0) > 50:
        return Answer("debit_positive", "most amounts are negative, and revenue is credit")
    return None


def _is_negative(header: str) -> str:
    return f"regexp_matches({cell(header)}, {_NEGATIVE})"
