"""The SQL behind `derive`: cells of many rows at once, their children by joins, their formulas.

Aliases: p is the parent row, c the child. The rows in hand stand in the table `parents`, numbered by `of_pk`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from earned.engine import Engine
from earned.report import figures
from earned.report.figures import Case, Child, Figure, Of

NUMERIC = ("minor", "ppm", "count", "quantity")


@dataclass(frozen=True)
class Cell:
    """A cell with what names it: `of` is the number of its parent, `count` how many there are for it."""

    of: int
    key: tuple[Any, ...]
    value: Any
    currency: str | None
    row: str
    source: dict[str, Any] | None
    count: int = 1


@dataclass(frozen=True)
class Evaluated:
    """A stored cell, what the formula sees of each child, and whether it gives the stored value."""

    cell: Cell
    totals: dict[str, Any]
    agrees: bool | None


def choose(engine: Engine, table: str, keys: pa.Table | None) -> None:
    """Put the rows of a table with those keys (None: all) into `parents`, in their order, numbered from 1."""
    of, relation = figures.tables()[table], figures.relation(table)
    columns = figures.key(table)
    order = ", ".join(f'p."{c}" NULLS FIRST' for c in columns)
    joined = f"{relation} p"
    if keys is not None:
        engine.small("asked", keys)
        same = " AND ".join(f"{_text(f'p.{_q(c)}')} = {_text(f'a.{_q(c)}')}" for c in columns)
        joined += f" JOIN (SELECT *, row_number() OVER () AS of_place FROM asked) a ON {same}"
        order = "a.of_place"
    engine.sql(
        f"CREATE OR REPLACE TEMP TABLE parents AS SELECT row_number() OVER (ORDER BY {order}) AS of_pk, p.*, "
        f"{_named(of)} FROM {joined} {_with_source(of)}"
    )


def scopes(engine: Engine, figure: Figure) -> list[tuple[Case, str]]:
    """The cases of a figure that occur in `parents`, each with the rows for which it holds first."""
    if len(figure.cases) == 1:
        return [(figure.cases[0], "parents")]
    whens = " ".join(f"WHEN ({case.when}) THEN {i}" for i, case in enumerate(figure.cases))
    engine.sql(
        f"CREATE OR REPLACE TEMP TABLE cased AS SELECT p.*, CASE {whens} END AS of_case FROM parents p"
    )
    numbers = [n for (n,) in engine.sql("SELECT DISTINCT of_case FROM cased ORDER BY 1") if n is not None]
    return [
        (figure.cases[n], f"(SELECT * EXCLUDE (of_case) FROM cased WHERE of_case = {n})") for n in numbers
    ]


def listed(engine: Engine, child: Child, scope: str, limit: int) -> list[Cell]:
    """The cells of a child for every row of `scope`, largest first, at most `limit` each."""
    assert child.table
    of, columns = figures.tables()[child.table], figures.key(child.table)
    figure = of.figures[child.column]
    size = [f"abs({child.value}) DESC NULLS LAST"] if figure.unit in NUMERIC else []
    order = ", ".join([*([child.order] if child.order else []), *size, *(f'c."{c}"' for c in columns)])
    # What adds nothing to a sum is not listed.
    nothing = f" AND ({child.value}) <> 0" if child.take == "sum" else ""
    ranked = (
        f"SELECT p.of_pk, c.*, count(*) OVER (PARTITION BY p.of_pk) AS of_count, "
        f"row_number() OVER (PARTITION BY p.of_pk ORDER BY {order}) AS of_rank "
        f"{_from(child, scope)} AND ({child.show}){nothing}"
    )
    found = rows(
        engine,
        f'SELECT p.of_pk, p.of_count, p."{child.column}", {_named(of)}, {_keys(columns)} '
        f"FROM ({ranked}) p {_with_source(of)} WHERE p.of_rank <= {limit} ORDER BY p.of_pk, p.of_rank",
    )
    return [
        Cell(pk, tuple(key), value, currency, row, _source(file, line), count)
        for pk, count, value, currency, row, file, line, *key in found
    ]


def evaluated(engine: Engine, figure: Figure, case: Case, scope: str) -> list[Evaluated]:
    """Every row of `scope` with what its children add up to, over all of them, and the formula's answer."""
    columns = figures.key(figure.table)
    names = [c.name for c in case.children]
    outer = [c for c in case.children if c.table]
    parts = [f"t_{c.name} AS ({_total(c, scope)})" for c in outer]
    seen = ", ".join([f'{_seen(c)} AS "{c.name}"' for c in case.children] + [_EXPONENT])
    joins = " ".join(f"LEFT JOIN t_{c.name} USING (of_pk)" for c in outer)
    inner = f'SELECT p.*, p."{figure.column}" AS of_stored FROM {scope} p'
    derived = f"({case.formula}) IS NOT DISTINCT FROM of_stored" if case.formula else "NULL"
    told = "".join(f', "{n}"' for n in names)
    # The children's names hide the columns of the row, so that a formula reads nothing but them.
    found = rows(
        engine,
        f"{'WITH ' if parts else ''}{', '.join(parts)} "
        f"SELECT of_pk, of_stored, of_currency, of_row, of_file, of_line, of_key, {derived}{told} FROM ("
        f"SELECT p.of_pk, p.of_stored, p.of_currency, p.of_row, p.of_file, p.of_line, "
        f"[{', '.join(_text(f'p.{_q(c)}') for c in columns)}] AS of_key, {seen} "
        f"FROM ({inner}) p {joins}) ORDER BY of_pk",
    )
    return [
        Evaluated(
            Cell(pk, tuple(key), value, currency, row, _source(file, line)), dict(zip(names, totals)), agrees
        )
        for pk, value, currency, row, file, line, key, agrees, *totals in found
    ]


def rows(engine: Engine, query: str, parameters: Sequence[str] = ()) -> list[tuple[Any, ...]]:
    """The rows of a query, instants with their zone."""
    table = engine.connection.execute(query, list(parameters)).to_arrow_table()
    return list(zip(*(column.to_pylist() for column in table.columns)))


_EXPONENT = "(SELECT k.exponent FROM currencies k WHERE k.code = p.of_currency) AS exponent"


def _seen(child: Child) -> str:
    if not child.table:
        return f'p."{child.column}"'
    return f"coalesce(t_{child.name}.total, 0)" if child.take in ("sum", "count") else f"t_{child.name}.total"


def _total(child: Child, scope: str) -> str:
    assert child.table
    value = child.value
    joined = _from(child, scope)
    if child.by:
        groups = f"SELECT p.of_pk, {child.each} AS total {joined} GROUP BY p.of_pk, {child.by}"
        return f"SELECT of_pk, CAST(sum(total) AS BIGINT) AS total FROM ({groups}) GROUP BY of_pk"
    order = ", ".join(f'c."{c}"' for c in figures.key(child.table))
    is_amount = figures.tables()[child.table].figures[child.column].unit in ("minor", "count")
    known = {
        "one": f"first({value} ORDER BY {order})",
        "sum": f"CAST(sum({value}) AS BIGINT)" if is_amount else f"sum({value})",
        "count": "count(*)",
    }
    return f"SELECT p.of_pk, {known.get(child.take, child.take)} AS total {joined} GROUP BY p.of_pk"


def _from(child: Child, scope: str) -> str:
    assert child.table
    more = f", {child.joins}" if child.joins else ""
    return f"FROM {scope} p, {figures.relation(child.table)} c{more} WHERE ({child.on})"


def _named(of: Of) -> str:
    """Currency, name and source of the rows of a table under the alias p."""
    row = ", ".join(
        f"'{part.replace(chr(39), chr(39) * 2)}'" if i % 2 == 0 else _text(_cell(part))
        for i, part in enumerate(re.split(r"\{([\w.]+)\}", of.row))
    )
    own = "source_file" in figures.columns(of.name)
    where = "p" if own else "s" if of.source else ""
    place = f"{where}.source_file AS of_file, {where}.source_row AS of_line"
    return (
        f"{of.currency} AS of_currency, concat({row}) AS of_row, "
        f"{place if where else 'NULL AS of_file, NULL AS of_line'}"
    )


def _cell(name: str) -> str:
    """A cell of the row, or with `s.` of the row of the books behind it."""
    return f's."{name[2:]}"' if name.startswith("s.") else f'p."{name}"'


def _with_source(of: Of) -> str:
    """Joins the row of the books that stands behind a row."""
    if not of.source or "source_file" in figures.columns(of.name):
        return ""
    same = " AND ".join(f's."{c}" = p."{c}"' for c in figures.key(of.source))
    return f"LEFT JOIN {figures.relation(of.source)} s ON {same}"


def _source(file: str | None, line: int | None) -> dict[str, Any] | None:
    return {"file": file, "row": line} if file is not None else None


def _keys(columns: tuple[str, ...]) -> str:
    return ", ".join(_text(f"p.{_q(c)}") for c in columns)


def _text(expression: str) -> str:
    return f"coalesce(CAST({expression} AS VARCHAR), '')"


def _q(column: str) -> str:
    return f'"{column}"'
