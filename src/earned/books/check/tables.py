"""Each table that was read: where from, rows in, used, set aside by cause, columns filled and not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from earned.books import Books, schema, sql
from earned.books.check.rows import rows_of
from earned.books.readers import paths
from earned.faults.register import reasons

_MOST_FILES = 20


def tables(books: Books) -> list[dict[str, Any]]:
    """name, files, rows_in, used, rejected, left_out, filled, not_read, rejected_by of every table that was
    read, in the order of the schema; of one without rows the file that has none."""
    found = (_table(books, name) for name in schema.tables())
    return [t for t in found if t["rows_in"] or t["files"]]


def _table(books: Books, name: str) -> dict[str, Any]:
    engine = books.engine
    used = engine.sql(f"SELECT count(*) FROM books_{name}")[0][0]
    causes = list(_causes(books, name))
    rejected = sum(c["rows"] for c in causes)
    left_out = _quality(books, name, "left_out")
    refused = f"SELECT source_file FROM rejected WHERE table_name = {sql.text(name)}"
    files = engine.sql(
        f"SELECT source_file FROM (SELECT source_file FROM books_{name} UNION {refused}) "
        f"ORDER BY 1 LIMIT {_MOST_FILES}"
    )
    filled = books.filled.get(name, frozenset())
    return {
        "name": name,
        "files": [file for (file,) in files] or _empty(books, name),
        "rows_in": used + rejected + left_out,
        "used": used,
        "rejected": rejected,
        "left_out": left_out,
        "filled": [c.name for c in schema.tables()[name].columns if c.stored_name in filled],
        "not_read": _headers(books, name),
        "rejected_by": causes,
    }


def _causes(books: Books, name: str) -> Iterator[dict[str, Any]]:
    """code, column, reason, rows and the first cell of each cause of rejected rows, the most frequent
    first; `shown` are up to three of its rows as they stand in the files."""
    standing = rows_of(books, name)
    first = "arg_min({'file': source_file, 'row': source_row, 'value': value, 'expected': expected}, "
    rows = books.engine.sql(
        f"SELECT column_name, reason, count(*), {first}(source_file, source_row)) "
        f"FROM rejected WHERE table_name = {sql.text(name)} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
    )
    for column, reason, number, cell in rows:
        shown = standing[column, reason]
        code = reasons()[reason].code
        yield {
            "code": code,
            "column": column,
            "reason": reason,
            "rows": number,
            "first": cell,
            "shown": shown,
        }


def _quality(books: Books, name: str, check: str) -> int:
    query = (
        f'SELECT sum("rows") FROM quality WHERE table_name = {sql.text(name)} AND "check" = {sql.text(check)}'
    )
    return int(books.engine.sql(query)[0][0] or 0)


def emptied(books: Books) -> list[dict[str, Any]]:
    """table, column, reason, rows and an example of the optional cells that could not be read (R3)."""
    rows = books.engine.sql(
        'SELECT table_name, column_name, "check", "rows", example FROM quality '
        'WHERE action = \'emptied\' ORDER BY "rows" DESC, table_name, column_name, "check"'
    )
    return [dict(zip(("table", "column", "reason", "rows", "example"), row)) for row in rows]


def _empty(books: Books, name: str) -> list[str]:
    """The file of a table that holds no rows."""
    query = f"SELECT example FROM quality WHERE table_name = {sql.text(name)} AND \"check\" = 'no_rows'"
    return [file for (file,) in books.engine.sql(query)]


def _headers(books: Books, name: str) -> list[str]:
    """The headers that nothing reads."""
    unknown = f"table_name = {sql.text(name)} AND \"check\" = 'unknown_column'"
    rows = books.engine.sql(f"SELECT column_name FROM quality WHERE {unknown}")
    return [header for (header,) in rows]


def not_used(books: Books) -> list[str]:
    """Files of the books that no table was read from."""
    if books.path is None or not books.path.is_dir():
        return []
    read = {i.path for i in books.inputs}
    return [n for n in paths.listing(books.path) if n not in read and not n.startswith("books.yaml")]
