"""Sheets laid out for people: a table that ends at a line of totals, cells meant for the rows below (R9)."""

from __future__ import annotations

import difflib
from dataclasses import replace

from earned.books.readers.part import Part, Wanted, count, literal, quoted
from earned.engine import Engine


def flattened(part: Part, wanted: Wanted, engine: Engine) -> Part:
    """The part ended before the first row that has `until` in a cell, its `fill_down` columns filled."""
    if wanted.source.until is None and not wanted.source.fill_down:
        return part
    if wanted.source.until is not None:
        _end(part, wanted, engine)
    if wanted.source.fill_down:
        _fill(part, wanted, engine)
    return replace(part, kept=count(engine, wanted.relation))


def _end(part: Part, wanted: Wanted, engine: Engine) -> None:
    relation, mark = quoted(wanted.relation), literal((wanted.source.until or "").strip())
    hit = " OR ".join(f"trim(CAST({quoted(c)} AS VARCHAR)) = {mark}" for c in part.columns)
    ((row,),) = engine.sql(f"SELECT min(source_row) FROM {relation} WHERE {hit}")
    if row is None:
        raise wanted.file.refused(
            f"a cell {wanted.source.until}, at which the table ends",
            "correct or remove `until` in books.yaml",
        )
    engine.sql(f"DELETE FROM {relation} WHERE source_row >= {row}")


def _fill(part: Part, wanted: Wanted, engine: Engine) -> None:
    unknown = [c for c in wanted.source.fill_down if c not in part.columns]
    if unknown:
        near = difflib.get_close_matches(unknown[0], part.columns, n=1, cutoff=0) or ["none"]
        raise wanted.file.refused(
            f"a column {unknown[0]}; there are {', '.join(part.columns)}",
            f"correct `fill_down` in books.yaml: did you mean {near[0]}?",
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
    return quoted(column) if part.kind == "typed" else f"nullif(trim({quoted(column)}), '')"
