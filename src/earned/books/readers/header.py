"""Which row holds the headers, and the name that each column gets.

Headers keep their spelling; unnamed and repeated ones become `#3` and `Amount#2` (R9). Names are
compared without case here because tables are: `amount` beside `Amount` is `amount#2`.
"""

from __future__ import annotations

from collections.abc import Sequence

from earned.books import limits
from earned.books.file import File

LOOKED_AT = 20
LINEAGE = ("source_file", "source_row")
Cell = str | None


def choose(
    rows: Sequence[Sequence[Cell]], given: int | tuple[int, ...] | None, expected: frozenset[str]
) -> tuple[int, ...]:
    """The rows, from 1, that hold the headers: those given, else of the first 20 the one that holds
    most of the expected names (the earlier of equals), else the first with anything in it."""
    if given:
        return given if isinstance(given, tuple) else (given,)
    filled = [i for i, row in enumerate(rows[:LOOKED_AT], 1) if any(clean(c) for c in row)]
    if not filled:
        return ()
    return (max(filled, key=lambda i: (matches(rows[i - 1], expected), -i)),)


def matches(row: Sequence[Cell], expected: frozenset[str]) -> int:
    """How many of the expected names stand in a row."""
    return len(expected & {clean(c) for c in row})


def fits(row: Sequence[Cell], expected: frozenset[str]) -> bool:
    """Whether a row holds one of the expected names, in whatever case."""
    return bool({e.casefold() for e in expected} & {clean(c).casefold() for c in row})


def clean(cell: Cell) -> str:
    """A header without surrounding blanks (U+00A0, U+3000 and a stray byte order mark included)."""
    return " ".join((cell or "").replace("\ufeff", "").split()) if cell else ""


def joined(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Headers of several rows: the parts of a column joined by `/`, equal neighbours once."""
    width = max((len(r) for r in rows), default=0)
    columns = [[clean(r[i]) if i < len(r) else "" for r in rows] for i in range(width)]
    return ["/".join(dict.fromkeys(p for p in parts if p)) for parts in columns]


def names(file: File, headers: Sequence[str]) -> tuple[str, ...]:
    """Unique column names, in order. Raises InputError when there are too many."""
    if len(headers) > limits.most("table_columns"):
        do = "delete the columns that nobody needs"
        raise limits.beyond("table_columns", file.name, do, len(headers))
    taken = set(LINEAGE)
    result: list[str] = []
    for position, header in enumerate(headers, 1):
        name, turn = header or f"#{position}", 1
        while name.casefold() in taken:
            turn += 1
            name = f"{header}#{turn}"
        taken.add(name.casefold())
        result.append(name)
    return tuple(result)


def none_fits(file: File, table: str, looked_at: int, sheet: str | None = None) -> Exception:
    """The error that no row holds a header of one of our tables."""
    where = f" in sheet {sheet}" if sheet else ""
    return file.refused(
        f"a row with column names of `{table}`{where}; none of the first {looked_at} rows holds one",
        "name the columns as in the table, or map them in a books.yaml beside the file (sources, tables; "
        "`header_row` says which row holds the headers)",
        row=1,
        reason="header",
    )
