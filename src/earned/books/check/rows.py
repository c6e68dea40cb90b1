"""Rows that were set aside, as they stand in their files: from the raw rows that reading left in the engine,
so that it is the same for text, workbooks, Parquet and databases.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from earned.books import Books, sql
from earned.books.feeds import Feed

_SHOWN = 3
_Cause = tuple[str | None, str]


def rows_of(books: Books, table: str) -> Mapping[_Cause, list[dict[str, Any]]]:
    """(column, reason) -> file, sheet, row, value, cells and marked (which of them) of up to three rows."""
    first = (
        "SELECT column_name, reason, source_file, source_row, value FROM rejected "
        f"WHERE table_name = {sql.text(table)} QUALIFY row_number() OVER "
        f"(PARTITION BY column_name, reason ORDER BY source_file, source_row, value) <= {_SHOWN}"
    )
    places = books.engine.sql(f"FROM ({first}) ORDER BY ALL")
    raw: dict[tuple[Any, ...], list[tuple[list[str], int | None]]] = defaultdict(list)
    for feed in books.feeds.get(table, ()):
        headers = list(feed.header.types)
        cells = ", ".join(f"coalesce(CAST(s.{sql.name(h)} AS VARCHAR), '')" for h in headers)
        query = (
            f"SELECT f.*, [{cells}] FROM ({first}) f JOIN {sql.name(feed.relation)} s "
            "USING (source_file, source_row)"
        )
        for column, reason, file, row, value, found in books.engine.sql(query):
            marked = _marked(feed, headers, found, column, value)
            raw[column, reason, file, row, value].append((found, marked))
    result: dict[_Cause, list[dict[str, Any]]] = defaultdict(list)
    for place in places:
        result[place[0], place[1]].append(_row(books, place, raw[place]))
    return result


def _marked(
    feed: Feed, headers: Sequence[str], cells: Sequence[str], column: str | None, value: str | None
) -> int | None:
    """Which cell is meant: of the headers that a column is made of the one with the value in it."""
    mine = [headers.index(h) for h in feed.headers.get(column or "", ()) if h in headers]
    return next((i for i in mine if value and value.strip() in cells[i]), mine[0] if mine else None)


def _row(books: Books, place: Sequence[Any], raw: Sequence[tuple[list[str], int | None]]) -> dict[str, Any]:
    """A row with its cells; of one that no reader could cut into cells, its text or the cell in question."""
    _, _, file, row, value = place
    # Two sheets of a workbook have a row of each number: the one that holds the value is meant.
    fits = [r for r in raw if r[1] is not None and value and value.strip() in r[0][r[1]]]
    cells, marked = next(iter([*fits, *raw]), ([value or ""], 0))
    sheets = {inner for _, name, inner in books.sources if name == file}
    sheet = sheets.pop() if len(sheets) == 1 else None
    return {"file": file, "sheet": sheet, "row": row, "value": value, "cells": cells, "marked": marked}
