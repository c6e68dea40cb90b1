"""Reading the books: every table of the schema, typed, with each row that is not used and why.

Rows in = rows used + rows rejected, for every table; a sum that does not hold is a defect (exit 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from earned.books import feeds, keys, schema, sql
from earned.books.feeds import Feed
from earned.books.missing import missing
from earned.books.quality_rows import quality
from earned.books.schema import Table
from earned.books.stage import stage
from earned.books.unread import say_unread
from earned.faults import Fault, InputError, TotalError
from earned.money import UNKNOWN, currencies

if TYPE_CHECKING:
    from earned.books.manifest import Manifest
    from earned.books.readers import Loaded
    from earned.engine import Engine

#: Tables that others look into; they are read first, in this order.
_FIRST = ("entities", "periods", "contracts", "obligations")
_DUCK = {"string": "VARCHAR", "int64": "BIGINT", "timestamp('UTC', 6)": "TIMESTAMPTZ"}
_MOST = 2**63 - 1
#: What a file of a name is expected to hold, and how what it holds is called.
_HOLDS = {".csv": "text", ".tsv": "text", ".txt": "text", ".xlsx": "workbook", ".xlsm": "workbook"}
_HOLDS |= {".parquet": "typed", ".duckdb": "typed"}
_WORDS = {"text": "text", "workbook": "a workbook", "typed": "a table of Parquet or DuckDB"}


@dataclass(frozen=True)
class Count:
    """Rows of a table: in the sources, used, rejected, and left out by `only` and `without`."""

    rows_in: int
    used: int
    rejected: int
    left_out: int = 0


@dataclass(frozen=True)
class Tables:
    """What was read: rows by table, the stored columns that hold a value, how each table was read, and
    the manifest with the currency that the rows gave where nobody named one (R7)."""

    manifest: Manifest
    counts: Mapping[str, Count]
    filled: Mapping[str, frozenset[str]]
    feeds: Mapping[str, tuple[Feed, ...]]


def read_tables(loaded: Loaded, manifest: Manifest, engine: Engine) -> Tables:
    """Write `books_<table>` for every table of the schema, `rejected`, `quality`, `evidence_unknown` and
    `contracts_untestable`. `Engine.shut_out` stands before it where a table is a SELECT.

    Raises InputError where a column that is required is missing or a total is beyond int64 (R11), and
    TotalError where rows in are not rows used and rejected.
    """
    _write_empty(engine)
    planned = feeds.plan(loaded, manifest, engine)
    faults = list(missing(planned))
    if "entries" not in planned:
        faults.insert(0, _no_entries(loaded))
    if faults:
        raise InputError(faults)
    manifest = _with_currency(planned, manifest, engine)
    order = [*_FIRST, *(name for name in schema.tables() if name not in _FIRST)]
    counts = {
        name: _read_table(schema.tables()[name], planned[name], manifest, engine)
        for name in order
        if name in planned
    }
    counts |= _unused(loaded, planned, engine)
    _misnamed(loaded, engine)
    say_unread(loaded, manifest, engine)
    _check_totals(planned, engine)
    filled = {name: _filled(table, engine) for name, table in schema.tables().items()}
    return Tables(manifest, counts, filled, planned)


# --- one table ------------------------------------------------------------------------------------------


def _read_table(table: Table, of_table: tuple[Feed, ...], manifest: Manifest, engine: Engine) -> Count:
    plan = stage(table, of_table, manifest, engine)
    keys.check(plan, engine)
    _write_rejected(table, of_table, engine)
    if table.name == "obligations":
        _write_untestable(engine)
    if table.name == "evidence":
        _write_unknown(table, engine)
    engine.sql(f'DELETE FROM stage_{table.name} WHERE "row:fault" IS NOT NULL OR {keys.LATE}')
    sizes = [feeds.rows(feed, engine) for feed in of_table]
    quality(plan, of_table, sizes, engine)
    _keep_used(table, engine)
    return _counted(table, of_table, sizes, engine)


def _keep_used(table: Table, engine: Engine) -> None:
    """The stage, rid of what it held beside the table's columns, becomes the table; nothing is copied."""
    engine.sql(f"DROP TABLE books_{table.name}")
    for row in engine.sql(f"DESCRIBE stage_{table.name}"):
        if row[0] not in table.stored:
            engine.sql(f"ALTER TABLE stage_{table.name} DROP COLUMN {sql.name(row[0])}")
    engine.sql(f"ALTER TABLE stage_{table.name} RENAME TO books_{table.name}")


def _counted(table: Table, of_table: tuple[Feed, ...], sizes: list[tuple[int, int]], engine: Engine) -> Count:
    """Rows of a table. Raises TotalError when rows in are not those used, rejected and left out."""
    refused = [engine.sql(f"SELECT count(*) FROM {sql.name(r)}")[0][0] for f in of_table for r in f.refused]
    count = Count(
        rows_in=sum(every for every, _ in sizes) + sum(refused),
        used=engine.sql(f"SELECT count(*) FROM books_{table.name}")[0][0],
        rejected=engine.sql(f"SELECT count(*) FROM rejected WHERE table_name = '{table.name}'")[0][0],
        left_out=sum(left for _, left in sizes),
    )
    if count.rows_in != count.used + count.rejected + count.left_out:
        raise TotalError(
            f"{table.name}: {count.rows_in} rows in, but {count.used} used, "
            f"{count.rejected} rejected and {count.left_out} left out"
        )
    return count


def _write_rejected(table: Table, of_table: tuple[Feed, ...], engine: Engine) -> None:
    """One row for each source row that is not used (R5): refused, faulty, or faulty beside others."""
    name = sql.text(table.name)
    parts = [
        f"SELECT source_file, source_row, {name}, column_name, value, reason, expected FROM {sql.name(r)}"
        for feed in of_table
        for r in feed.refused
    ]
    own = ", ".join(f'"row:fault".{f}' for f in ("column_name", "value", "reason", "expected"))
    parts.append(
        f'SELECT source_file, source_row, {name}, {own} FROM stage_{table.name} WHERE "row:fault" IS NOT NULL'
    )
    late = ", ".join(f"f.{f}" for f in ("column_name", "value", "reason", "expected"))
    parts.append(
        f"SELECT s.source_file, s.source_row, {name}, {late} FROM stage_{table.name} s "
        "JOIN late_faults f ON f.stage_row = s.rowid"
    )
    engine.sql(f"INSERT INTO rejected {' UNION ALL '.join(parts)}")


def _write_untestable(engine: Engine) -> None:
    """Contracts of the books that lost an obligation: they cannot be allocated."""
    lost = (
        'SELECT contract_id, "row:fault".column_name AS c, "row:fault".reason AS r, source_file, source_row '
        'FROM stage_obligations WHERE "row:fault" IS NOT NULL UNION ALL '
        "SELECT s.contract_id, f.column_name, f.reason, source_file, source_row FROM stage_obligations s "
        "JOIN late_faults f ON f.stage_row = s.rowid WHERE f.reason <> 'repeat'"
    )
    engine.sql(
        "INSERT INTO contracts_untestable SELECT contract_id, concat('an obligation was rejected: ', "
        "first(concat(source_file, ' row ', source_row, ', ', c, ', ', r) ORDER BY source_file, source_row)) "
        f"FROM ({lost}) WHERE contract_id IN (SELECT contract_id FROM books_contracts) GROUP BY contract_id"
    )


def _write_unknown(table: Table, engine: Engine) -> None:
    stored = ", ".join(sql.name(c) for c in table.stored)
    engine.sql(
        f"INSERT INTO evidence_unknown SELECT {stored} FROM stage_evidence "
        "WHERE \"row:fault\".reason = 'after_as_of'"
    )


# --- all tables -----------------------------------------------------------------------------------------


def _write_empty(engine: Engine) -> None:
    """Every table of the books without rows, and the tables that reading fills."""
    for name, table in schema.tables().items():
        engine.sql(f"CREATE OR REPLACE TABLE books_{name} ({_declared(table)})")
    place = "source_file VARCHAR, source_row BIGINT, table_name VARCHAR, column_name VARCHAR"
    engine.sql(f"CREATE OR REPLACE TABLE rejected ({place}, value VARCHAR, reason VARCHAR, expected VARCHAR)")
    engine.sql(
        'CREATE OR REPLACE TABLE quality (table_name VARCHAR, column_name VARCHAR, "check" VARCHAR, '
        '"rows" BIGINT, example VARCHAR, action VARCHAR)'
    )
    engine.sql(f"CREATE OR REPLACE TABLE evidence_unknown ({_declared(schema.tables()['evidence'])})")
    engine.sql("CREATE OR REPLACE TABLE contracts_untestable (contract_id VARCHAR, reason VARCHAR)")


def _declared(table: Table) -> str:
    return ", ".join(f"{sql.name(c)} {_DUCK.get(t, t.upper())}" for c, t in table.stored.items())


def _no_entries(loaded: Loaded) -> Fault:
    found = "; ".join(f"{s.name} ({', '.join(s.columns[:12])})" for s in loaded.tables) or "no table"
    do = (
        "Name a file or sheet `entries` with contract_id, effective_date and amount, "
        f"or map one under `tables` in books.yaml. Found: {found}"
    )
    return Fault("a table of entries (the revenue that was booked)", do, reason="table_missing")


def _with_currency(planned: Mapping[str, tuple[Feed, ...]], manifest: Manifest, engine: Engine) -> Manifest:
    """Where nobody named a currency: the most frequent one of the rows, else XXX, kept as a guess (R7)."""
    if not manifest.currency_guessed:
        return manifest
    named = [
        f"SELECT upper({sql.trimmed(f.cells['currency'].text)}) AS code FROM {feeds.source_rows(f)}"
        for name in ("contracts", "entries")
        for f in planned.get(name, ())
        if "currency" in f.cells
    ]
    code = UNKNOWN
    if named:
        found = engine.sql(
            f"SELECT code FROM ({' UNION ALL '.join(named)}) WHERE {sql.among('code', currencies())} "
            "GROUP BY code ORDER BY count(*) DESC, code LIMIT 1"
        )
        code = found[0][0] if found else UNKNOWN
    hint = "XXX: no row names a currency; set company.currency in books.yaml"
    shown = sql.text(hint if code == UNKNOWN else code)
    engine.sql(
        f"INSERT INTO quality VALUES ('contracts', 'currency', 'company.currency', 1, {shown}, 'assumed')"
    )
    return replace(manifest, company=replace(manifest.company, currency=code))


def _unused(loaded: Loaded, planned: Mapping[str, tuple[Feed, ...]], engine: Engine) -> dict[str, Count]:
    """Sources that feed no table: listed once; their rows that could not be read are rejected rows."""
    taken = {r for of_table in planned.values() for f in of_table for r in f.refused}
    counts = {}
    for s in loaded.tables:
        if s.refused in taken:
            continue
        name = sql.text(s.name)
        engine.sql(f"INSERT INTO quality VALUES ({name}, '', 'unused_source', {s.rows}, NULL, 'warning')")
        refused = engine.sql(f"SELECT count(*) FROM {sql.name(s.refused)}")[0][0]
        if refused:
            counts[s.name] = Count(refused, 0, refused)
            engine.sql(
                f"INSERT INTO rejected SELECT source_file, source_row, {name}, column_name, value, reason, "
                f"expected FROM {sql.name(s.refused)}"
            )
    return counts


def _misnamed(loaded: Loaded, engine: Engine) -> None:
    """Files that hold something else than their name says: read by what is in them, and said."""
    for s in loaded.tables:
        file = s.inner[0][0] if s.inner else s.place
        suffix = PurePosixPath(file).suffix.lower()
        if suffix in _HOLDS and s.kind in _WORDS and _HOLDS[suffix] != s.kind:
            said = sql.text(f"{file} holds {_WORDS[s.kind]}, whatever its name says, and was read as that")
            name = sql.text(s.name)
            engine.sql(f"INSERT INTO quality VALUES ({name}, '', 'misnamed', {s.rows}, {said}, 'warning')")


def _check_totals(planned: Iterable[str], engine: Engine) -> None:
    """No sum of amounts may leave int64 (R11)."""
    faults = []
    for name in planned:
        money = [c for c in schema.tables()[name].columns if c.type == "money"]
        if not money:
            continue
        sums = ", ".join(f"sum(abs(CAST({sql.name(c.stored_name)} AS HUGEINT)))" for c in money)
        for c, total in zip(money, engine.sql(f"SELECT {sums} FROM books_{name}")[0]):
            if total is not None and total > _MOST:
                expected = f"a total of {name}.{c.name} within {_MOST:,} minor units, found {int(total):,}"
                faults.append(
                    Fault(
                        expected, "Check the unit and the decimal sign", column=c.name, reason="total_range"
                    )
                )
    if faults:
        raise InputError(faults)


def _filled(table: Table, engine: Engine) -> frozenset[str]:
    """The stored columns with at least one value."""
    names = [c.stored_name for c in table.columns]
    found = engine.sql(
        f"SELECT {', '.join(f'count({sql.name(c)}) > 0' for c in names)} FROM books_{table.name}"
    )
    return frozenset(n for n, any_ in zip(names, found[0]) if any_)
