"""Which source feeds which of our tables, and how each of its columns is written (R2, R7, R12).

A feed is one source, or one SELECT over the sources, read as one of our tables. Without a mapping
a source named as a table is taken by our column names, else by their names in the AICPA standards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from earned.books import columns, schema, select, sql
from earned.books.cells import Writing, filled
from earned.books.columns import Cells, Header
from earned.books.mapping import Mapping as TableMapping
from earned.books.moments import Clock, fitting
from earned.books.schema import Table
from earned.faults import Fault, InputError, meant

if TYPE_CHECKING:
    from earned.books.manifest import Manifest
    from earned.books.readers import Loaded, SourceTable
    from earned.engine import Engine

#: Tables whose amounts are debit positive; in all others credit is (R3).
_DEBIT_POSITIVE = ("ledger", "trial_balance")
_LINEAGE = ("source_file", "source_row")
#: The sign column of the AICPA ledger; S and H are how SAP fills it.
_ADS_SIDE = "Amount_Credit_Debit_Indicator"
_ADS_SIDES = {"column": _ADS_SIDE, "C": ["C", "H"], "D": ["D", "S"]}


@dataclass(frozen=True)
class Feed:
    """One source of one table: the rows that `where` keeps (`kept`: in words), the text of each of our
    columns, the `headers` it is made of, and how it is written."""

    table: Table
    relation: str
    where: str
    kept: str
    cells: Mapping[str, Cells]
    writing: Mapping[str, Writing]
    values: Mapping[str, Mapping[str, str | None]]
    nulls: tuple[str, ...]
    refused: tuple[str, ...]
    header: Header
    headers: Mapping[str, tuple[str, ...]]
    side: tuple[str, list[str], list[str]] | None = None
    unknown: tuple[str, ...] = ()
    lineage: bool = True


@dataclass(frozen=True)
class _Origin:
    """Where a mapping's rows come from."""

    relation: str
    header: Header
    nulls: tuple[str, ...]
    refused: tuple[str, ...]
    workbook: bool = False
    date1904: bool = False
    database: bool = False
    lineage: bool = True


def plan(loaded: Loaded, manifest: Manifest, engine: Engine) -> dict[str, tuple[Feed, ...]]:
    """The feeds of every table that has any. Raises InputError with every fault of every mapping."""
    by_name = {s.name: s for s in loaded.tables}
    feeds: dict[str, tuple[Feed, ...]] = {}
    faults: list[Fault] = []
    for name in schema.tables():
        mappings = manifest.tables.get(name) or (
            (TableMapping(name, source=name),) if name in by_name else ()
        )
        try:
            feeds[name] = tuple(_feed(m, i, by_name, manifest, engine) for i, m in enumerate(mappings))
        except InputError as wrong:
            faults.extend(wrong.faults)
    if faults:
        raise InputError(faults)
    return {name: f for name, f in feeds.items() if f}


def _feed(
    mapping: TableMapping, index: int, sources: Mapping[str, SourceTable], manifest: Manifest, engine: Engine
) -> Feed:
    table = schema.tables()[mapping.table]
    origin = _origin(mapping, index, sources, manifest, engine)
    specs, indicator = dict(mapping.columns), mapping.indicator
    if not specs:
        specs = _by_name(table, origin.header.types)
        if specs.get("amount") == "Amount" and _ADS_SIDE in origin.header.types:
            indicator = indicator or _ADS_SIDES
    read = {c: columns.cells(specs[c], origin.header, origin.nulls) for c in table.names if c in specs}
    if origin.database:
        columns.require_exact(table, read, origin.header)
    values = {c: {k: sql.plain(v) or None for k, v in m.items()} for c, m in mapping.values.items()}
    feed = Feed(
        table=table,
        relation=origin.relation,
        where=columns.kept(mapping.only, mapping.without, origin.header, origin.nulls),
        kept=columns.kept_in_words(mapping.only, mapping.without),
        cells=read,
        writing={},
        values=values,
        nulls=origin.nulls,
        refused=origin.refused,
        header=origin.header,
        headers={c: tuple(columns.headers_in(specs[c], origin.header.types)) for c in read},
        side=_side(indicator, origin.header),
        unknown=_unknown(specs, mapping, indicator, origin.header.types),
        lineage=origin.lineage,
    )
    return replace(feed, writing=_writing(feed, mapping, origin, manifest, engine))


def _origin(
    mapping: TableMapping, index: int, sources: Mapping[str, SourceTable], manifest: Manifest, engine: Engine
) -> _Origin:
    place = f"tables.{mapping.table}"
    if mapping.select:
        found = select.run(mapping.select, place, f"select_{mapping.table}_{index}", sources.values(), engine)
        read, kinds = found.sources, [s.kind for s in found.sources]
        return _Origin(
            relation=found.relation,
            header=Header(f"books.yaml: {place}", _types(found.relation, engine), place),
            nulls=tuple(dict.fromkeys(n for s in read for n in s.null_values)),
            refused=tuple(s.refused for s in read),
            workbook="workbook" in kinds,
            database="database" in kinds,
            date1904=any(s.date1904 for s in read),
            lineage=found.lineage,
        )
    source = sources.get(mapping.source or mapping.table)
    if source is None:
        wanted = mapping.source or mapping.table
        do = meant(wanted, sources, f"The sources are {', '.join(sources)}")
        fault = Fault(f"a source, for {place}", do, "books.yaml", None, place, wanted, reason="mapping")
        raise InputError([fault])
    header = Header(source.place or source.name, _types(source.relation, engine), place)
    return _Origin(
        relation=source.relation,
        header=header,
        nulls=source.null_values,
        refused=(source.refused,),
        workbook=source.kind == "workbook",
        database=source.kind == "database",
        date1904=source.date1904,
    )


def _types(relation: str, engine: Engine) -> dict[str, str]:
    described = engine.sql(f"DESCRIBE {sql.name(relation)}")
    return {row[0]: row[1] for row in described if row[0] not in _LINEAGE}


def _by_name(table: Table, headers: Mapping[str, str]) -> dict[str, Any]:
    """Our names exactly, else the AICPA names (R12)."""
    found = {c.name: c.name for c in table.columns if c.name in headers}
    ads = {c.name: c.ads for c in table.columns if c.ads in headers and c.name not in found}
    if table.name == "ledger" and {"Amount", _ADS_SIDE} <= set(headers) and "amount" not in found:
        ads["amount"] = "Amount"
    return {**found, **ads}


def _side(indicator: Mapping[str, Any] | None, header: Header) -> tuple[str, list[str], list[str]] | None:
    if not indicator:
        return None
    credit, debit = ([str(v) for v in indicator[k]] for k in ("C", "D"))
    return header.text(str(indicator["column"])), credit, debit


def _unknown(
    specs: Mapping[str, Any],
    mapping: TableMapping,
    indicator: Mapping[str, Any] | None,
    headers: Mapping[str, str],
) -> tuple[str, ...]:
    used = {h for spec in specs.values() for h in columns.headers_in(spec, headers)}
    used |= {*mapping.only, *mapping.without}
    used |= {str(indicator["column"])} if indicator else set()
    return tuple(h for h in headers if h not in used)


def _writing(
    feed: Feed, mapping: TableMapping, origin: _Origin, manifest: Manifest, engine: Engine
) -> dict[str, Writing]:
    """How each mapped column is written; lists of date formats are settled against the cells (R4)."""
    own_sign = "debit_positive" if mapping.table in _DEBIT_POSITIVE else "credit_positive"
    negated = mapping.sign in ("credit_positive", "debit_positive") and mapping.sign != own_sign
    formats = {c: _formats(mapping.date, c) for c in feed.cells if feed.table[c].type in ("date", "instant")}
    _check_formats(formats, mapping, engine)
    written = {}
    for c, source in feed.cells.items():
        clock = Clock(formats.get(c, ()), manifest.company.timezone, origin.workbook, origin.date1904)
        written[c] = Writing(
            clock=_settled(feed, c, clock, engine),
            decimal=mapping.decimal,
            thousands=mapping.thousands,
            unit=_of(mapping.unit, c) or "major",
            rate=_of(mapping.rate, c) or "ppm",
            scale=Fraction(str(mapping.scale.get(c, 1))),
            negated=negated and source.debit is None,
            ids=mapping.ids.get(c, {}),
        )
    return written


def _of(value: Any, column: str) -> str | None:
    found = value.get(column) if isinstance(value, Mapping) else value
    return str(found) if found else None


def _formats(value: Any, column: str) -> tuple[str, ...]:
    found = value.get(column) if isinstance(value, Mapping) else value
    return (found,) if isinstance(found, str) else tuple(str(f) for f in found or ())


def _check_formats(formats: Mapping[str, tuple[str, ...]], mapping: TableMapping, engine: Engine) -> None:
    for form in sorted({f for fs in formats.values() for f in fs if f != "excel"}):
        try:
            usable = "%" in form and engine.sql(f"SELECT try_strptime('2021-06-30', {sql.text(form)})")
        except Exception:
            usable = False
        if not usable:
            do = "Write %Y for the year, %m for the month, %d for the day, as in %d.%m.%Y; or excel"
            place = f"tables.{mapping.table}.date"
            fault = Fault("a date format", do, "books.yaml", None, place, form, reason="manifest_value")
            raise InputError([fault])


def _settled(feed: Feed, column: str, clock: Clock, engine: Engine) -> Clock:
    """Of several formats the first that fits the column wholly, else the one that fits most (R4)."""
    if len(clock.formats) < 2:
        return clock
    raw = feed.cells[column].text
    bare = f"({sql.trimmed(raw)})"
    cell = filled(raw, bare, feed.table[column], feed.nulls, feed.values.get(column, {}))
    query = f"SELECT {cell} AS cell FROM {source_rows(feed)}"
    misfits = engine.sql(f"SELECT {', '.join(fitting(['cell'], clock))} FROM ({query})")[0]
    best = min(range(len(misfits)), key=lambda i: misfits[i])
    return Clock((clock.formats[best],), clock.zone, clock.workbook, clock.date1904)


def source_rows(feed: Feed) -> str:
    """The rows of a feed that its filters keep, for FROM."""
    return f"{sql.name(feed.relation)} WHERE {feed.where}" if feed.where else sql.name(feed.relation)


def rows(feed: Feed, engine: Engine) -> tuple[int, int]:
    """Rows of the source that were read, and those that `only` and `without` leave out."""
    every = engine.sql(f"SELECT count(*) FROM {sql.name(feed.relation)}")[0][0]
    return every, every - engine.sql(f"SELECT count(*) FROM {source_rows(feed)}")[0][0]
