"""Columns of typed files: single values only where they are used, bytes as the text they are."""

from __future__ import annotations

from collections.abc import Sequence

from earned.books.readers.part import Wanted, quoted

_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT")


def cells(columns: Sequence[str], types: Sequence[str], wanted: Wanted) -> str:
    """The SELECT list of a typed file: each column under its name, bytes decoded as UTF-8.

    Bytes that are no text get U+FFFD before them, which the typed layer refuses where the cell is used
    (R11). Raises InputError for a column of lists or records that a mapping uses.
    """
    for column, kind in zip(columns, types, strict=True):
        if (kind.endswith("]") or kind.startswith(_NESTED)) and column in wanted.expected:
            do = "export it with one value in each cell"
            raise wanted.file.refused(
                f"a column of single values, not {kind[:60]}", do, column=column, reason="column_type"
            )
    return ", ".join(_cell(c, t) for c, t in zip(columns, types, strict=True))


def _cell(column: str, kind: str) -> str:
    cell = quoted(column)
    if kind != "BLOB":
        return cell
    return (
        f"CASE WHEN {cell} IS NOT NULL THEN coalesce(TRY(decode({cell})), "
        f"concat(chr(65533), CAST({cell} AS VARCHAR))) END AS {cell}"
    )
