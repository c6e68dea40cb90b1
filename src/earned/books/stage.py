"""All rows of one table with their first fault, if any: empty cells filled by their `else`, money in
minor units, then every check that a row can fail on its own or beside its contract.

Writes the engine table `stage_<table>`: the stored columns, and `row:fault` (column_name, value,
reason, expected; NULL where the row is used), `row:emptied` (cells that were unreadable and not
required) and `c:else` (1, 2 …: which of `else` filled the cell).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from earned.books import cells, checks, links, moments, numbers, sql
from earned.books.feeds import Feed
from earned.books.schema import Column, Table
from earned.books.typed import TYPES, typed
from earned.faults import Fault, InputError

if TYPE_CHECKING:
    from earned.books.manifest import Manifest
    from earned.engine import Engine

STEPS = "CASE {0} WHEN 2 THEN 10000000 WHEN 0 THEN 1000000000 WHEN 3 THEN 1000000 WHEN 4 THEN 100000 END"


@dataclass(frozen=True)
class Stage:
    """How a table is staged: the columns that any feed fills, and what stands in for the others."""

    table: Table
    used: frozenset[str]
    manifest: Manifest

    @property
    def company(self) -> str:
        """The company's currency."""
        return self.manifest.company.currency

    def otherwise(self, column: Column) -> list[tuple[str, str]]:
        """(name, SQL) of what fills an empty cell, in order; what the books do not have is left out."""
        found = [(o, self._other(column, o)) for o in column.otherwise]
        if column.name == "currency" and self.table.name in ("contracts", "entries"):
            found.append(("company.currency", '"row:currency"'))
        if column.name == "is_opening":
            found.append(("false", "false"))
        return [(name, expression) for name, expression in found if expression]

    def _other(self, column: Column, other: str) -> str | None:
        if other == "source_file:source_row":
            return "concat(source_file, ':', source_row)"
        if other == "journal_id-line_number":
            return "journal_id || '-' || line_number" if {"journal_id", "line_number"} <= self.used else None
        if other.startswith("contracts."):
            return sql.name(f"contract:{other.removeprefix('contracts.')}")
        if other.startswith("policy."):
            value: Any = self.manifest.policy.value(other.removeprefix("policy."))
            return sql.text(str(value)) if value is not None else None
        if other not in self.used:
            return None
        if column.type == "date" and self.table[other].type == "instant":
            return moments.in_zone(self.manifest.company.timezone, sql.name(other))
        return sql.name(other)


def stage(table: Table, feeds: tuple[Feed, ...], manifest: Manifest, engine: Engine) -> Stage:
    """Write `stage_<table>`. Needs books_contracts, books_obligations and books_entities."""
    used = [c for c in table.columns if any(c.name in f.cells for f in feeds)]
    plan = Stage(table, frozenset(c.name for c in used), manifest)
    rows = " UNION ALL ".join(typed(feed, used) for feed in feeds)
    query = links.linked(table, rows, plan.used, plan.company)
    query = sql.layer(query, {k: v for c in used if c.type == "money" for k, v in _wide(plan, c).items()})
    query = sql.layer(query, {k: v for c in table.columns for k, v in _final(plan, c).items()})
    query = sql.layer(query, {f"{c.name}:whole_why": _whole_why(plan, c) for c in used})
    query = sql.layer(query, {"row:fault": _fault(plan), "row:emptied": _emptied(plan)})
    stored = [f"{sql.name(f'{c.name}:final')} AS {sql.name(c.stored_name)}" for c in table.columns]
    others = [sql.name(f"{c.name}:else") for c in table.columns if plan.otherwise(c)]
    extra = ['"row:fault"', '"row:emptied"', *others]
    try:
        engine.sql(
            f"CREATE OR REPLACE TABLE stage_{table.name} AS "
            f"SELECT {', '.join([*stored, 'source_file', 'source_row', *extra])} FROM ({query})"
        )
    except duckdb.ParserException as wrong:
        raise _too_long(table, wrong) from None
    return plan


def _too_long(table: Table, wrong: duckdb.ParserException) -> InputError:
    """The error that a mapping has more parts than the engine can join; every text in it was quoted."""
    expected = f"a mapping with fewer parts ({str(wrong).splitlines()[0]})"
    do = "write the template, the list or the words shorter, or prepare the column outside"
    return InputError([Fault(expected, do, "books.yaml", column=f"tables.{table.name}", reason="mapping")])


def _wide(plan: Stage, column: Column) -> dict[str, str]:
    """Money in minor units of its currency, wide enough for any; NULL where its decimals do not fit (P3)."""
    c = column.name
    currency = links.currency_of(c, plan.used, plan.company)
    decimals = f"coalesce({sql.name(f'{c}:decimals')}, {links.decimals(currency, plan.company)})"
    step = f"({STEPS.format(decimals)})"
    foreign = f"NOT contains({sql.name(f'{c}:code')}, {currency})"
    return {
        f"{c}:minor": f"CASE WHEN NOT coalesce({foreign}, false) "
        f"THEN {numbers.minor(sql.name(c), step, sql.name(f'{c}:float'))} END",
        f"{c}:foreign": f"coalesce({foreign}, false)",
    }


def _final(plan: Stage, column: Column) -> dict[str, str]:
    """The stored value after `else`, and which of `else` gave it."""
    c, kind = column.name, TYPES.get(column.type, "VARCHAR")
    if column.type == "money":
        own = f"TRY_CAST({sql.name(f'{c}:minor')} AS BIGINT)" if c in plan.used else "CAST(NULL AS BIGINT)"
        return {f"{c}:final": own}
    own = sql.name(c) if c in plan.used else f"CAST(NULL AS {kind})"
    if c == "contract_id" and plan.table.name in links.BY_OBLIGATION:
        own = '"row:contract"'
    if c == "obligation_id" and plan.table.name in links.BY_OBLIGATION:
        own = links.OBLIGATION
    others = plan.otherwise(column)
    if not others:
        return {f"{c}:final": own}
    cases = " ".join(f"WHEN {e} IS NOT NULL THEN {i}" for i, (_, e) in enumerate(others, 1))
    return {
        f"{c}:final": f"coalesce({', '.join([own, *(e for _, e in others)])})",
        f"{c}:else": f"CAST(CASE WHEN {own} IS NOT NULL THEN NULL {cases} END AS TINYINT)",
    }


def _whole_why(plan: Stage, column: Column) -> str:
    """Why a filled cell gave no value, its currency's decimals included."""
    c = column.name
    why = sql.name(f"{c}:why")
    if column.type != "money":
        return f"CASE WHEN {why} = 'scientific' THEN 'number' ELSE {why} END"
    return (
        f"CASE WHEN {why} IS NOT NULL THEN {why} WHEN {sql.name(c)} IS NULL THEN NULL "
        f"WHEN {sql.name(f'{c}:foreign')} THEN 'currency' "
        f"WHEN {sql.name(f'{c}:minor')} IS NULL THEN 'decimals' "
        f"WHEN {sql.name(f'{c}:final')} IS NULL THEN 'range' END"
    )


def want(plan: Stage, column: Column) -> str:
    """What was expected of an unreadable cell."""
    c = sql.name(f"{column.name}:want")
    if column.type != "money":
        return c
    currency = links.currency_of(column.name, plan.used, plan.company)
    decimals = f"coalesce({sql.name(f'{column.name}:decimals')}, {links.decimals(currency, plan.company)})"
    unit = f"CASE WHEN {sql.name(f'{column.name}:decimals')} = 0 THEN 'minor units' ELSE {currency} END"
    why, raw = sql.name(f"{column.name}:whole_why"), sql.name(f"{column.name}:raw")
    hint = '; if the point separates thousands, set decimal: "," under this table in books.yaml'
    point = f"CASE WHEN regexp_matches({raw}, '[.][0-9]{{3}}[^0-9]*$') THEN {sql.text(hint)} ELSE '' END"
    return (
        f"CASE {why} WHEN 'decimals' THEN concat('at most ', {decimals}, ' decimals in ', {unit}, {point}) "
        f"WHEN 'range' THEN 'an amount within 9,223,372,036,854,775,807 minor units' "
        f"WHEN 'currency' THEN concat('an amount in ', {currency}, ', the currency of this row') ELSE {c} END"
    )


def _rejects(plan: Stage, column: Column) -> bool:
    """Whether a cell of the column that cannot be read rejects its row (R3)."""
    return column.need == "required" or plan.manifest.strict


def _fault(plan: Stage) -> str:
    """The first fault of a row, columns in the order of the schema (R5)."""
    cases = [
        f"WHEN {f.when} THEN {sql.struct(column_name=sql.text(f.column), value=f.value, **_words(f))}"
        for f in _faults(plan)
    ]
    kind = "STRUCT(column_name VARCHAR, value VARCHAR, reason VARCHAR, expected VARCHAR)"
    return f"CAST(CASE {' '.join(cases)} END AS {kind})" if cases else f"CAST(NULL AS {kind})"


def _words(fault: checks.Check) -> dict[str, str]:
    return {"reason": fault.reason, "expected": fault.expected}


def _faults(plan: Stage) -> Iterator[checks.Check]:
    columns = plan.table.columns
    if plan.manifest.strict:  # each cell is refused; what its row hangs on is refused on its own row
        yield from (fault for c in columns if c.name in plan.used for fault in _cell_faults(plan, c))
    for column in columns:
        if column.name in plan.used and not plan.manifest.strict:
            yield from _cell_faults(plan, column)
        yield from checks.of(plan.table, column, plan.used, plan.manifest)


def _cell_faults(plan: Stage, column: Column) -> Iterator[checks.Check]:
    c = column.name
    raw, why = sql.name(f"{c}:raw"), sql.name(f"{c}:whole_why")
    strange = f"(contains({raw}, chr(0)) OR contains({raw}, chr(65533)))"
    readable = sql.text(
        "text without NUL or broken characters; name the encoding of the file under its source "
        "in books.yaml, such as encoding: windows-1252"
    )
    yield checks.Check(c, f'"row:bytes" AND {strange}', raw, "'bytes'", readable)
    hard = sql.among(sql.name(f"{c}:why"), cells.HARD)
    yield checks.Check(
        c, f"{why} IS NOT NULL" if _rejects(plan, column) else hard, raw, why, want(plan, column)
    )


def _emptied(plan: Stage) -> str:
    """Cells that were unreadable in columns that are not required: column, text and reason (R3)."""
    optional = [c for c in plan.table.columns if c.name in plan.used and not _rejects(plan, c)]
    if not optional:
        return "CAST(NULL AS STRUCT(c VARCHAR, v VARCHAR, r VARCHAR)[])"
    whys = {c.name: sql.name(f"{c.name}:whole_why") for c in optional}
    each = ", ".join(
        f"CASE WHEN {why} IS NOT NULL THEN "
        f"{sql.struct(c=sql.text(name), v=sql.name(f'{name}:raw'), r=why)} END"
        for name, why in whys.items()
    )
    return f"CASE WHEN coalesce({', '.join(whys.values())}) IS NOT NULL THEN [{each}] END"
