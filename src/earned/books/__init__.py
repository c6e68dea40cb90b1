"""The books: every table and column, how they are read, and what could not be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from earned.books.feeds import Feed
    from earned.books.manifest import Manifest
    from earned.books.readers import Input
    from earned.books.tables import Count
    from earned.engine import Engine

#: engine tables beside those of the schema that later layers read
BESIDE = ("rejected", "quality", "reconciliation_external")


@dataclass(frozen=True)
class Books:
    """A company's books as typed tables, with what was rejected and assumed on the way in.

    `tables` holds every table of the schema (`books_<name>` in the engine; money as `<name>_minor`) and
    rejected, quality, reconciliation_external. `filled` names the columns with at least one value.
    `counts` are data rows `in`, `used`, `rejected`; `settings` the keys put over books.yaml,
    `limits` those that are not the usual ones; `sources` the sheets and tables read: source, file, sheet;
    `feeds` how each table was read.
    """

    manifest: Manifest
    engine: Engine
    tables: Mapping[str, ir.Table]
    calendar: ir.Table
    closes: ir.Table
    period_names: ir.Table
    currencies: ir.Table
    evidence_unknown: ir.Table
    contracts_untestable: ir.Table
    company_exponent: int
    as_of: datetime
    path: Path | None = None
    filled: Mapping[str, frozenset[str]] = field(default_factory=dict)
    inputs: tuple[Input, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    settings: tuple[tuple[str, str], ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    sources: tuple[tuple[str, str, str], ...] = ()
    feeds: Mapping[str, tuple[Feed, ...]] = field(default_factory=dict)


def open_books(
    path: str | Path,
    *,
    overrides: Sequence[tuple[str, str]] = (),
    as_of: date | None = None,
    limits: Mapping[str, str | int] | None = None,
    progress: Callable[[str, int | None], None] | None = None,
    strict: bool = False,
) -> Books:
    """Read the books at a folder, a workbook or a DuckDB file; `overrides` are dotted keys of books.yaml.

    `limits` puts other sizes in the place of those of docs/limits.md, as {"sheet_cells": 50_000_000}; with
    `strict` a cell that cannot be read rejects its row, where it would be emptied (R3).
    Raises InputError with every fault found where the books cannot be used at all.
    """
    from earned.books.limits import in_force, raised, read
    from earned.faults import InputError
    from earned.faults.standing import standing

    with in_force(read((limits or {}).items())):
        try:
            return replace(_opened(Path(path), overrides, as_of, progress, strict), limits=dict(raised()))
        except InputError as wrong:
            raise InputError(standing(wrong.faults, Path(path))) from None


def _opened(
    books: Path,
    overrides: Sequence[tuple[str, str]],
    as_of: date | None,
    progress: Callable[[str, int | None], None] | None,
    strict: bool,
) -> Books:
    from earned.books.manifest import load
    from earned.engine import Engine

    settings = (*overrides, *([("as_of", as_of.isoformat())] if as_of else []))
    manifest = replace(load(books if books.is_dir() else None, settings), strict=strict)
    engine = Engine()
    try:
        return replace(_read(books, manifest, engine, progress or (lambda *_: None)), settings=settings)
    except BaseException:
        engine.close()
        raise


def _read(path: Path, manifest: Manifest, engine: Engine, tell: Callable[[str, int | None], None]) -> Books:
    """Files in, typed tables out. No statement of the books' own runs while files can be reached."""
    from earned import money
    from earned.books import calendar, quality, reconciliation, schema
    from earned.books.as_of import as_of
    from earned.books.readers import load_sources
    from earned.books.tables import read_tables

    loaded = load_sources(path, manifest, engine)
    tell("Typing the rows", sum(t.rows for t in loaded.tables))
    engine.shut_out()
    read = read_tables(loaded, manifest, engine)
    manifest = read.manifest
    periods = calendar.prepare(engine, manifest)
    quality.check(engine, manifest)
    reconciliation.external(engine, manifest, periods)
    known_at = as_of(engine, manifest)
    engine.let_in()
    tables = {name: engine.table(f"books_{name}") for name in schema.tables()}
    return Books(
        manifest=manifest,
        engine=engine,
        tables=tables | {name: engine.table(name) for name in BESIDE},
        calendar=engine.table("calendar"),
        closes=engine.table("closes"),
        period_names=engine.table("period_names"),
        currencies=_currencies(engine),
        evidence_unknown=engine.table("evidence_unknown"),
        contracts_untestable=engine.table("contracts_untestable"),
        company_exponent=money.currencies()[manifest.company.currency],
        as_of=known_at,
        path=path,
        filled=read.filled,
        feeds=read.feeds,
        inputs=loaded.inputs,
        sources=tuple((t.name, file, inner) for t in loaded.tables for file, inner in t.inner),
        counts=_counts(engine, read.counts.values()),
    )


def _currencies(engine: Engine) -> ir.Table:
    """code, exponent: every currency of ISO 4217."""
    import pyarrow as pa

    from earned import money

    known = money.currencies()
    columns = {"code": list(known), "exponent": pa.array(known.values(), pa.int64())}
    return engine.small("currencies", pa.table(columns))


def _counts(engine: Engine, tables: Iterable[Count]) -> dict[str, int]:
    """Rows in, used and rejected, once every table, the calendar and the openings have had their say."""
    rejected = engine.sql("SELECT count(*) FROM rejected")[0][0]
    given = sum(t.rows_in - t.left_out for t in tables)
    return {"in": given, "used": given - rejected, "rejected": rejected}
