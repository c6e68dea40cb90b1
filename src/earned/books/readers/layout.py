"""Sheets laid out for people: a table that ends at a line of totals, cells meant for the rows below (R9)."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace

import pyarrow.compute as pc

from earned.books import sql
from earned.books.readers.part import Part, Wanted, count, quoted
from earned.engine import Engine


def flattened(part: Part, wanted: Wanted, engine: Engine) -> Part:
    """The part ended before the first row that has `until` in a cell, its `fill_down` columns filled."""
    if wanted.source.until is None and not wanted.source.fill_down:
        return part
    if wanted.source.until is not None:
        last = _end(part, wanted, engine)
        part = replace(part, refused=part.refused.filter(pc.less(part.refused["source_row"], last)))
    if wanted.source.fill_down:
        _fill(part, wanted, engine)
    return replace(part, kept=count(engine, wanted.relation))


def _end(part: Part, wanted: Wanted, engine: Engine) -> int:
    """Take out the rows from the end of the table on; the row it ends at."""
    relation, mark = quoted(wanted.relation), (wanted.source.until or "").strip(sql.BLANKS)
    hit = " OR ".join(f"{_bare(c)} = {sql.text(mark)}" for c in part.columns)
    ((found,),) = engine.sql(f"SELECT min(source_row) FROM {relation} WHERE {hit}")
    # A line of totals often has fewer cells than the table, and was refused for that.
    cell = rf"(^|[,;|\t])[\s\"]*{re.escape(mark)}[\s\"]*([,;|\t]|$)"
    short = part.refused.filter(pc.match_substring_regex(part.refused["value"], cell))["source_row"]
    row = min([r for r in (found, pc.min(short).as_py()) if r is not None], default=None)
    if row is None:
        raise wanted.file.refused(
            f"a cell {wanted.source.until}, at which the table ends",
            "correct or remove `until` in books.yaml",
            reason="mapping",
        )
    engine.sql(f"DELETE FROM {relation} WHERE source_row >= {row}")
    return int(row)


def _fill(part: Part, wanted: Wanted, engine: Engine) -> None:
    unknown = [c for c in wanted.source.fill_down if c not in part.columns]
    if unknown:
        near = difflib.get_close_matches(unknown[0], part.columns, n=1, cutoff=0) or ["none"]
        raise wanted.file.refused(
            f"a column {unknown[0]}; there are {', '.join(part.columns)}",
            f"correct `fill_down` in books.yaml: did you mean {near[0]}?",
            reason="column_missing",
        )
    filled = ", ".join(
        f"last_value({_or_null(c, part)} IGNORE NULLS) OVER (ORDER BY source_row) AS {quoted(c)}"
        for c in wanted.source.fill_down
    )
    relation = quoted(wanted.relation)
    engine.connection.execute(
        f"CREATE OR REPLACE TABLE {relation} AS "
        f"SELECT * REPLACE ({filled}) FROM {relation} ORDER BY source_row"
    )


def _or_null(column: str, part: Part) -> str:
    return quoted(column) if part.kind == "typed" else f"nullif({_bare(column)}, '')"


def _bare(column: str) -> str:
    return sql.trimmed(f"CAST({quoted(column)} AS VARCHAR)")
