"""Small pieces of the embedded engine's SQL: names, texts, and layers of computed columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

#: Characters that surround a cell without being part of it: blanks of every width, tabs, line ends, marks.
BLANKS = " \t\r\n\u00a0\u1680\u2000\u2002\u2003\u2007\u2009\u200a\u200b\u202f\u3000\ufeff"


def name(identifier: str) -> str:
    """An identifier, quoted: nothing in a header is ever executed."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str | None) -> str:
    """A text literal, or NULL."""
    if value is None:
        return "CAST(NULL AS VARCHAR)"
    return "'" + value.replace("\0", "").replace("'", "''") + "'"


def among(expression: str, values: Iterable[str]) -> str:
    """Whether a text is one of the values (an IN of many constants becomes a join, which is slow)."""
    return f"list_contains([{', '.join(text(v) for v in values)}], {expression})"


def plain(value: object) -> str | None:
    """A value of books.yaml as the text that stands for it in a cell (R1)."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def trimmed(column: str) -> str:
    """A text without the blanks around it; the many without any are told by a cheap look first."""
    last = " AND ".join(f"NOT ends_with({column}, {text(c)})" for c in " \t\r\n")
    clean = f"strlen({column}) = length({column}) AND ascii({column}) > 32 AND {last}"
    return f"CASE WHEN {clean} THEN {column} ELSE trim({column}, {text(BLANKS)}) END"


def layer(query: str, columns: Mapping[str, str]) -> str:
    """The query with further columns, each an expression over the query's own columns."""
    if not columns:
        return query
    added = ", ".join(f"{expression} AS {name(column)}" for column, expression in columns.items())
    return f"SELECT *, {added} FROM ({query})"


def struct(**fields: str) -> str:
    """A record of expressions."""
    return "{" + ", ".join(f"'{key}': {value}" for key, value in fields.items()) + "}"


def texts(values: Iterable[str]) -> str:
    """A list of text literals in brackets, for IN with a few values."""
    return "(" + ", ".join(text(v) for v in values) + ")"
