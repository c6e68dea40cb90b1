"""Lines and heads of one document in two files (BSEG and BKPF, LIPS and LIKP): the day stands in the heads.

Told by headers that both files have, whose values name one row of the heads; `earned init` writes the
SELECT, and the result is recognised as any other table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from earned.books import sql
from earned.books.guess import recognise, seen
from earned.books.guess.parts import cell
from earned.books.guess.recognise import Draft
from earned.books.guess.survey import Found
from earned.engine import Engine

#: Tables that need a day, and the column that holds it.
_DAY: Mapping[str, str] = {"entries": "effective_date", "evidence": "event_date", "invoices": "invoice_date"}
#: Percent of the lines whose head must be there, and most columns that name a head.
_ENOUGH, _MOST = 90, 3


def joined(found: Sequence[Found], engine: Engine) -> list[Found]:
    """The tables, lines without a day joined with their heads; such heads are no tables of their own."""
    result, heads = [], []
    for one in found:
        head = next((h for t in _DAY if (h := _head(recognise.draft(one, t), found, engine))), None)
        result.append(head[0] if head else one)
        heads += [head[1]] if head else []
    return [f for f in result if f not in heads]


def _head(lines: Draft, found: Sequence[Found], engine: Engine) -> tuple[Found, Found] | None:
    """The lines with the heads that give them their day, and the heads; None where they need none.

    Either side must look like the table: lines of journals, or heads of deliveries.
    """
    day, ours = _DAY[lines.table], recognise.best(lines.found).table
    if day in lines.columns or ours == "contracts":
        return None
    for other in found:
        heads = recognise.draft(other, lines.table)
        theirs = recognise.best(other).table
        if other is lines.found or day not in heads.columns or "contract_id" in heads.columns:
            continue
        if lines.table not in (ours, theirs) or (ours != lines.table and "contract_id" not in lines.columns):
            continue
        if by := _by(lines.found, other, engine):
            return _join(lines.found, other, by, engine), other
    return None


def _by(lines: Found, heads: Found, engine: Engine) -> tuple[str, ...]:
    """The headers that both have and that name one head for nearly every line: the fewest that do, and
    the others that agree with them."""
    theirs = {c.header: c for c in heads.columns}
    both = [c for c in lines.columns if c.header in theirs and c.filled and theirs[c.header].filled]
    keys = [c.header for c in both if not (c.is_date and not c.is_number) and not _is_money(c)]
    for by in _sets(keys):
        key, relation = ", ".join(map(cell, by)), sql.name(heads.table.relation)
        rows, named = engine.sql(f"SELECT count(*), count(DISTINCT ({key})) FROM {relation}")[0]
        if rows != named or _share(lines, heads, by, engine) < _ENOUGH:
            continue
        rest = [k for k in keys if k not in by and _share(lines, heads, (*by, k), engine) >= _ENOUGH]
        return (*by, *rest)
    return ()


def _sets(keys: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for many in range(1, _MOST + 1):
        yield from combinations(keys, many)


def _is_money(column: seen.Column) -> bool:
    return column.is_number and any("." in v or "," in v for v in column.values)


def _share(lines: Found, heads: Found, by: Sequence[str], engine: Engine) -> int:
    """Percent of the lines whose head is there."""
    key = f"({', '.join(map(cell, by))})"
    known = f"SELECT {key} FROM {sql.name(heads.table.relation)}"
    hit = f"count(*) FILTER ({key} IN ({known}))"
    return int(
        engine.sql(f"SELECT 100 * {hit} // greatest(count(*), 1) FROM {sql.name(lines.table.relation)}")[0][0]
    )


def _join(lines: Found, heads: Found, by: Sequence[str], engine: Engine) -> Found:
    """The lines with the columns that only their heads have; every line is kept."""
    own = {c.casefold() for c in lines.table.columns}
    more = tuple(c for c in heads.table.columns if c.casefold() not in own)
    shown = "".join(f", h.{sql.name(c)}" for c in more)
    on = " AND ".join(f"h.{sql.name(k)} = l.{sql.name(k)}" for k in by)
    query = (f"SELECT l.*{shown} FROM ", " l LEFT JOIN ", f" h ON {on}")
    relation = f"joined_{lines.table.relation}"
    engine.sql(
        f"CREATE OR REPLACE TABLE {relation} AS {select(query, lines.table.relation, heads.table.relation)}"
    )
    table = replace(lines.table, relation=relation, columns=(*lines.table.columns, *more))
    looked = seen.look(table, engine)
    totals = tuple(looked.totals.items())
    return replace(
        lines, table=table, columns=looked.columns, totals=totals, parts=(lines, heads), query=query
    )


def select(query: Sequence[str], *names: str) -> str:
    """A query around the names of its sources; the last of them stands wherever names run out."""
    named = [*names, *[names[-1]] * (len(query) - 1 - len(names))]
    return query[0] + "".join(sql.name(n) + rest for n, rest in zip(named, query[1:], strict=True))
