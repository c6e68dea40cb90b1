"""How books.yaml says that files become tables: sources, and mappings from their columns to ours.

Values are kept in the shape in which books.yaml gives them (texts, lists, dicts; a number of
`scale` is a Decimal), checked for their keys and words; applying them is the typed layer's.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from earned.books import database_url, schema
from earned.books.given import Given

UNITS = ("major", "minor", "thousand", "ten_thousand")
SIGNS = ("credit_positive", "debit_positive", "indicator")
RATES = ("ppm", "percent", "fraction")
FOLDS = ("width", "case")


@dataclass(frozen=True)
class Source:
    """Files as they come, or a database. `paths` are exact names or patterns inside the books; `url` is
    the address of a database, of which `table` or the SELECT `query` is read."""

    name: str
    paths: tuple[str, ...]
    url: str | None = None
    query: str | None = None
    sheet: str | None = None
    table: str | None = None
    header_row: int | tuple[int, ...] | None = None
    fill_down: tuple[str, ...] = ()
    until: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    null_values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """One of our tables from one source, or from one SELECT over the sources (R2, R3, R8)."""

    table: str
    source: str | None = None
    select: str | None = None
    columns: Dict[str, Any] = field(default_factory=dict)
    date: str | list[str] | Dict[str, Any] | None = None
    decimal: str | None = None
    thousands: str | None = None
    unit: str | Dict[str, str] | None = None
    sign: str | None = None
    indicator: Dict[str, Any] | None = None
    rate: str | Dict[str, str] | None = None
    scale: Dict[str, Decimal] = field(default_factory=dict)
    only: Dict[str, Any] = field(default_factory=dict)
    without: Dict[str, Any] = field(default_factory=dict)
    ids: Dict[str, Dict[str, Any]] = field(default_factory=dict)
    values: Dict[str, Dict[str, str]] = field(default_factory=dict)


_SOURCE = ("path", *(k for k in Source.__dataclass_fields__ if k not in ("name", "paths")))
_DATABASE = ("url", "table", "query", "null_values")
_MAPPING = tuple(k for k in Mapping.__dataclass_fields__ if k != "table")


def sources(given: Given) -> dict[str, Source]:
    """The sources by name; what is wrong is collected in `given.faults`."""
    return {entry.key: _source(entry) for entry in given.entries()}


def _source(given: Given) -> Source:
    if not given.at("url").missing:
        return _database(given)
    list(given.entries([k for k in _SOURCE if k not in ("url", "query")], "a source"))
    paths = given.at("path").texts()
    if not paths:
        given.at("path").fault(
            "the name of a file, a list or a pattern", "write `path: ledger.csv`", reason="mapping"
        )
    return Source(
        name=given.key,
        paths=paths,
        sheet=given.at("sheet").text(),
        table=given.at("table").text(),
        header_row=_header_row(given.at("header_row")),
        fill_down=given.at("fill_down").texts(),
        until=given.at("until").text(),
        encoding=given.at("encoding").typed("an encoding, as gb18030", _encoding),
        delimiter=given.at("delimiter").typed("one character, or tab", _delimiter),
        null_values=given.at("null_values").texts(),
    )


def _database(given: Given) -> Source:
    """A database by its address; what is wrong with the address is said without repeating it."""
    list(given.entries(_DATABASE, "a source in a database"))
    url, table, query = (given.at(k).text() for k in ("url", "table", "query"))
    wrong = database_url.wrong(url, given.key) if url else None
    if wrong:
        given.at("url").fault(*wrong, reason="database_address")
    if bool(table) == bool(query):
        given.fault(
            "either `table` or `query` beside `url`", "name a table, or write one SELECT", reason="mapping"
        )
    nulls = given.at("null_values").texts()
    return Source(given.key, (), url=url, query=query, table=table, null_values=nulls)


def _header_row(given: Given) -> int | tuple[int, ...] | None:
    if not isinstance(given.value, list):
        return given.integer(1)
    rows = tuple(row for item in given.items() if (row := item.integer(1)))
    if rows != tuple(range(rows[0], rows[0] + len(rows))) if rows else True:
        given.fault("rows that follow one another, as [2, 3]", "name them from the upper to the lower")
    return rows


def _encoding(text: str) -> str | None:
    """The name of an encoding that files are written in; not of one that only programs use."""
    try:
        name = codecs.lookup(text).name if isinstance("".encode(text), bytes) else None
        return None if name in ("idna", "punycode", "unicode-escape", "raw-unicode-escape") else name
    except (LookupError, ValueError, TypeError):
        return None


def _delimiter(text: str) -> str | None:
    known = {"tab": "\t", "\\t": "\t"}.get(text, text)
    return known if len(known) == 1 and known not in '"\r\n' else None


def tables(given: Given, known: Dict[str, Source]) -> dict[str, tuple[Mapping, ...]]:
    """Our tables with their mappings; a table without `source` is read from the source of its name."""
    return {
        entry.key: tuple(_mapping(item, entry.key, known) for item in entry.items())
        for entry in given.entries(schema.tables())
    }


def _mapping(given: Given, table: str, known: Dict[str, Source]) -> Mapping:
    list(given.entries(_MAPPING, "a table"))
    names = schema.tables()[table].names
    ids = [c.name for c in schema.tables()[table].columns if c.type == "id"]
    source, select = given.at("source"), given.at("select").text()
    decimal = given.at("decimal").choice((".", ","))
    if not source.missing and select:
        given.fault("either `source` or `select`", "take one of them out", reason="mapping")
    sign, indicator = given.at("sign").choice(SIGNS), _indicator(given.at("indicator"))
    if (sign == "indicator") != bool(indicator):
        given.fault("`sign: indicator` together with `indicator`", "write both or neither", reason="mapping")
    return Mapping(
        table=table,
        source=None if select else source.choice([*known, *schema.tables()]) or table,
        select=select,
        columns={k.key: _column(k) for k in given.at("columns").entries(names, f"table {table}")},
        date=_by_column(given.at("date"), names, _formats),
        decimal=decimal,
        thousands=given.at("thousands").typed("one mark, not that of `decimal`", _mark(decimal)),
        unit=_by_column(given.at("unit"), names, lambda g: g.choice(UNITS)),
        sign=sign,
        indicator=indicator,
        rate=_by_column(given.at("rate"), names, lambda g: g.choice(RATES)),
        scale={k.key: n for k in given.at("scale").entries(names) if (n := k.decimal()) is not None},
        only={k.key: _filter(k) for k in given.at("only").entries()},
        without={k.key: _filter(k) for k in given.at("without").entries()},
        ids={k.key: _id(k) for k in given.at("ids").entries(ids, f"`ids` (columns of type id) of {table}")},
        values={
            k.key: {v.key: v.text() or "" for v in k.entries()} for k in given.at("values").entries(names)
        },
    )


def _mark(decimal: str | None) -> Callable[[str], str | None]:
    """What may stand between thousands: one character that is in no number and is not the decimal sign."""
    taken = {decimal, "-", "(", ")"}
    return lambda text: text if len(text) == 1 and not text.isalnum() and text not in taken else None


def _column(given: Given) -> Any:
    """A header, '=constant', a template, {from, match}, a list of these, or {debit, credit}."""
    if isinstance(given.value, list):
        return [_column(item) for item in given.items()]
    if not isinstance(given.value, dict):
        return given.text() or ""
    parts = {k.key: k.text() or "" for k in given.entries(("from", "match", "debit", "credit"))}
    if set(parts) not in ({"from", "match"}, {"debit", "credit"}, {"debit"}, {"credit"}):
        given.fault("{from, match} or {debit, credit}", "write the two keys of one of them", reason="mapping")
    if "match" in parts and (wrong := _no_pattern(parts["match"])):
        given.at("match").fault(
            f"an RE2 pattern; {wrong}", "correct it, as HT[0-9]{4}", parts["match"], reason="mapping"
        )
    return parts


def _no_pattern(pattern: str) -> str | None:
    """Why a text is no pattern for the engine that will run it; None where it is one."""
    import duckdb

    with duckdb.connect() as connection:
        try:
            connection.execute("SELECT regexp_extract('', ?, 0)", [pattern])
        except duckdb.Error as wrong:
            return str(wrong).splitlines()[0]
    return None


def _by_column(given: Given, names: tuple[str, ...], read: Any) -> Any:
    """One value for the table, or one by column."""
    if isinstance(given.value, dict):
        return {k.key: read(k) for k in given.entries(names)}
    return read(given)


def _formats(given: Given) -> Any:
    """A format as %Y%m%d, the word excel, or a list of them tried in order (R4)."""
    return list(given.texts()) if isinstance(given.value, list) else given.text()


def _indicator(given: Given) -> dict[str, Any] | None:
    if given.missing:
        return None
    list(given.entries(("column", "C", "D")))
    read = {"column": given.at("column").text(), "C": given.at("C").texts(), "D": given.at("D").texts()}
    if not all(read.values()):
        given.fault("the keys column, C and D", "write {column: SHKZG, C: [H], D: [S]}", reason="mapping")
    return {k: list(v) if isinstance(v, tuple) else v for k, v in read.items()}


def _filter(given: Given) -> str | list[str]:
    """`empty`, `filled`, or a list of values and prefixes (R8)."""
    values = list(given.texts())
    if not values:
        given.fault(
            "values, prefixes as 'Total*', `empty` or `filled`",
            "write the values in brackets",
            reason="mapping",
        )
    return values[0] if values in (["empty"], ["filled"]) else values


def _id(given: Given) -> dict[str, Any]:
    list(given.entries(("strip_zeros", "fold", "drop")))
    fold = [f for item in given.at("fold").items() if (f := item.choice(FOLDS))]
    return {"strip_zeros": given.at("strip_zeros").boolean() or False, "fold": fold} | {
        "drop": given.at("drop").text() or ""
    }
