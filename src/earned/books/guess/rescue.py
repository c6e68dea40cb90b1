"""A table of the main job that no file looks like, found by the numbers of contracts that files share.

What it then lacks is asked: a file that nobody knows is never read without a person's word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from earned.books import sql
from earned.books.guess import recognise, ties
from earned.books.guess.parts import cell
from earned.books.guess.recognise import Choice, Draft, by_table, with_column
from earned.books.guess.seen import Column
from earned.books.guess.survey import Found
from earned.engine import Engine

#: Percent of the numbers of a file that must be those of the others.
_ENOUGH = 60


def rescued(
    drafts: Sequence[Draft], unknown: Sequence[Found], engine: Engine
) -> tuple[list[Draft], list[Found]]:
    """The drafts with contracts, entries or evidence from an unknown file where they have none."""
    kept, rest = list(drafts), list(unknown)
    for table in ("contracts", "entries", "evidence"):
        if by_table(kept, table) or not kept:
            continue
        made = [d for one in rest if (d := _made(one, table, kept, engine))]
        if made:
            best = max(made, key=lambda d: d.score)
            kept.append(best)
            rest = [f for f in rest if f is not best.found]
    return kept, rest


def _made(one: Found, table: str, drafts: Sequence[Draft], engine: Engine) -> Draft | None:
    money = [c for c in one.columns if c.is_number and not c.is_date and c.filled]
    days = [c for c in one.columns if c.is_date and not (c.is_number and len(c.marks) == 2)]
    if not (money if table == "contracts" else days if table == "evidence" else money and days):
        return None
    if table == "contracts":
        number = next((c for c in one.columns if _names(one, c, drafts, engine)), None)
        return _with_number(recognise.draft(one, table), number) if number else None
    parents = by_table(drafts, "contracts")
    found = ties.linked(recognise.draft(one, table), parents, engine) if parents else None
    return (
        found
        if found and found.header("contract_id") and ties.names_contracts(found, parents, engine)
        else None
    )


def _with_number(one: Draft, number: Column) -> Draft:
    why = "its values are the contracts of the other files"
    taken = {c: v for c, v in one.columns.items() if v.spec != number.header}
    return with_column(
        replace(one, columns=taken), Choice("contract_id", number.header, 70, number.values[:3], why)
    )


def _names(one: Found, column: Column, drafts: Sequence[Draft], engine: Engine) -> bool:
    """Whether a column numbers the rows of its file once each, and other files name most of those numbers."""
    children = [(d, c) for d in drafts if (c := d.header("contract_id")) and d.table in ties.OF_CONTRACT]
    if not children or column.distinct < column.filled or column.distinct < 2:
        return False
    own = f"SELECT {cell(column.header)} FROM {sql.name(one.table.relation)}"
    for child, key in children:
        named = f"SELECT DISTINCT {cell(key.header)} AS k FROM {sql.name(child.found.table.relation)}"
        hit = f"100 * count(*) FILTER (k IN ({own})) // greatest(count(*), 1)"
        if engine.sql(f"SELECT {hit} FROM ({named}) WHERE k <> ''")[0][0] >= _ENOUGH:
            return True
    return False
