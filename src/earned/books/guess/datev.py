"""DATEV's Buchungsstapel: one line is both sides of a booking, its day has no year, its amount may hold VAT.

The side (S or H) is that of `Konto`; `Gegenkonto` is on the other one. The first line of the file begins
with EXTF or DTVF and states when the fiscal year begins (DATEV format, category 21).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from earned.books import sql
from earned.books.guess import joins, seen, words
from earned.books.guess.answer import ask
from earned.books.guess.survey import Found
from earned.engine import Engine

_MARKS = ("EXTF", "DTVF")
_FIELDS = ("umsatz", "sollhabenkennzeichen", "konto", "gegenkonto", "belegdatum")
#: Standard and reduced rate (§ 12 UStG), in percent.
_RATES = (19, 7)
_VAT = "is VAT in these amounts? with automatic accounts (8400, 4400) it is: take the column without it"


def two_sided(found: Sequence[Found], engine: Engine) -> list[Found]:
    """The tables, a Buchungsstapel as a ledger with a row for each side."""
    return [_ledger(one, engine) if one.above and one.above[0] in _MARKS else one for one in found]


def _ledger(one: Found, engine: Engine) -> Found:
    by_word = {words.fold(c.header): c.header for c in one.columns}
    begins = next((c for c in one.above if re.fullmatch(r"(19|20)\d{6}", c)), None)
    if begins is None or not all(f in by_word for f in _FIELDS):
        return one
    query = _query([by_word[f] for f in _FIELDS], begins)
    relation = f"sides_{one.table.relation}"
    engine.sql(f"CREATE OR REPLACE TABLE {relation} AS {joins.select(query, one.table.relation)}")
    columns = [str(row[0]) for row in engine.sql(f"DESCRIBE {relation}")]
    table = replace(
        one.table, relation=relation, columns=tuple(c for c in columns if not c.startswith("source_"))
    )
    amount = by_word[_FIELDS[0]]
    asked = ask(_VAT, (amount, *(f"{amount} ohne {r} % USt" for r in _RATES)))
    return replace(
        one,
        table=table,
        columns=seen.look(table, engine).columns,
        parts=(one,),
        query=query,
        asks={"amount": asked},
    )


def _query(fields: Sequence[str], begins: str) -> tuple[str, str]:
    """The SELECT before and after the name of the source."""
    amount, side, account, other, day = map(sql.name, fields)
    padded = f"lpad({day}, 4, '0')"
    first, second = begins[:4], int(begins[:4]) + 1
    year = f"CASE WHEN right({padded}, 2) >= '{begins[4:6]}' THEN '{first}' ELSE '{second}' END"
    whole = f"CASE WHEN {day} <> '' THEN {padded} || {year} END AS \"Buchungstag\""
    net = ", ".join(f"{_without(amount, r)} AS {sql.name(f'{fields[0]} ohne {r} % USt')}" for r in _RATES)
    lines = f"SELECT * EXCLUDE ({account}, {side}), {account} AS k, {side} AS s, {whole}, {net} FROM "
    turned = "CASE s WHEN 'S' THEN 'H' WHEN 'H' THEN 'S' END"
    return (
        f"WITH b AS ({lines}",
        ') SELECT * EXCLUDE (k, s), k AS "Konto", s AS "Seite", '
        "source_row || '-1' AS \"Buchungszeile\" FROM b "
        f"UNION ALL SELECT * EXCLUDE (k, s), {other}, {turned}, source_row || '-2' FROM b",
    )


def _without(amount: str, rate: int) -> str:
    """SQL of an amount such as 119,00 without the tax in it, to the nearest cent."""
    cents = f"TRY_CAST(replace(replace({amount}, '.', ''), ',', '') AS BIGINT)"
    net = f"({cents} * 200 + {100 + rate}) // {2 * (100 + rate)}"
    return f"regexp_replace(lpad(CAST({net} AS VARCHAR), 15, '0'), '(..)$', ',\\1')"
