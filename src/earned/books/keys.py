"""What only shows between rows: repeats, contradictions, prices of several obligations, versions, outcomes.

Each check adds to the engine table `late_faults` (stage_row, column_name, value, reason, expected) for
rows of `stage_<table>` that have no fault of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from earned.books import outcomes, sql
from earned.books.stage import Stage

if TYPE_CHECKING:
    from earned.engine import Engine

MILLION = 1_000_000
#: The rows of a stage that fail beside other rows.
LATE = "rowid IN (SELECT stage_row FROM late_faults)"


def check(plan: Stage, engine: Engine) -> None:
    """Write `late_faults` for a staged table."""
    engine.sql(
        "CREATE OR REPLACE TABLE late_faults "
        "(stage_row BIGINT, column_name VARCHAR, value VARCHAR, reason VARCHAR, expected VARCHAR)"
    )
    _same_key(plan, engine)
    if plan.table.name == "obligations":
        _prices(plan, engine)
    if plan.table.name == "modifications":
        _versions(engine)
    if plan.table.name == "outcomes":
        _likelihoods(engine)


def _good(table: str) -> str:
    """The rows that have no fault so far."""
    return (
        f'SELECT rowid AS stage_row, * FROM stage_{table} WHERE "row:fault" IS NULL '
        "AND rowid NOT IN (SELECT stage_row FROM late_faults)"
    )


def _same_key(plan: Stage, engine: Engine) -> None:
    """Rows of one key: equal ones count once, the first in file and row; others are all rejected.

    An empty part of a key is one value of its own; source_file and source_row are no part of a row (R5).
    """
    table = plan.table
    key = [sql.name(table[k].stored_name) for k in table.key]
    keys = ", ".join(key)
    content = ", ".join(sql.name(c.stored_name) for c in table.columns if c.name not in table.key)
    same = " AND ".join(f"g.{k} IS NOT DISTINCT FROM m.{k}" for k in key)
    many = f"SELECT {keys} FROM ({_good(table.name)}) GROUP BY {keys} HAVING count(*) > 1"
    if not engine.sql(f"SELECT 1 FROM ({many}) LIMIT 1"):
        return
    rows = f"SELECT g.* FROM ({_good(table.name)}) g JOIN ({many}) m ON {same}"
    value = " || ' / ' || ".join(f"coalesce(CAST({k} AS VARCHAR), '')" for k in key)
    over = f"OVER (PARTITION BY {keys}"
    order = f"{over} ORDER BY source_file, source_row, stage_row)"
    ranked = (
        f"SELECT stage_row, {value} AS value, count(DISTINCT {_row(content)}) {over}) > 1 AS differs, "
        f"row_number() {order} AS place, "
        f"concat(first(source_file) {order}, ' row ', first(source_row) {order}) AS first_place FROM ({rows})"
    )
    named = " and ".join(table.key)
    conflict = f"one row for each {named}; the rows with this one contradict each other, see "
    engine.sql(
        f"INSERT INTO late_faults SELECT stage_row, {sql.text(table.key[0])}, value, "
        "CASE WHEN differs THEN 'key_conflict' ELSE 'repeat' END, "
        f"concat(CASE WHEN differs THEN {sql.text(conflict)} ELSE 'each row once; the same as ' END, "
        "first_place) "
        f"FROM ({ranked}) WHERE differs OR place > 1"
    )


def _row(content: str) -> str:
    return f"row({content})" if content else "1"


def _prices(plan: Stage, engine: Engine) -> None:
    """A contract with several obligations of a fixed price needs a price for each (U1, U3)."""
    good = f"SELECT * FROM ({_good('obligations')}) WHERE measure IS DISTINCT FROM 'as_used'"
    several = f"SELECT contract_id FROM ({good}) GROUP BY 1 HAVING count(*) > 1"
    empty = (
        "ssp_minor IS NULL AND allocated_price_minor IS NULL AND unit_price IS NULL "
        "AND stated_price_minor IS NULL AND coalesce(ssp_method, '') NOT IN ('residual', 'option') "
        "AND coalesce(added_in_version, 0) = 0"
    )
    expected = "a price (ssp or allocated_price): the contract has several obligations"
    engine.sql(
        f"INSERT INTO late_faults SELECT stage_row, 'ssp', '', 'required', {sql.text(expected)} "
        f"FROM ({good}) WHERE {empty} AND contract_id IN ({several})"
    )


def _versions(engine: Engine) -> None:
    """Versions count 1, 2, …: after a gap the later ones are rejected (M1)."""
    place = "row_number() OVER (PARTITION BY contract_id ORDER BY version)"
    counted = f"SELECT *, {place} AS place FROM ({_good('modifications')})"
    engine.sql(
        "INSERT INTO late_faults SELECT stage_row, 'version', CAST(version AS VARCHAR), 'version_gap', "
        f"concat('version ', place, ', which is missing') FROM ({counted}) WHERE version <> place"
    )


def _likelihoods(engine: Engine) -> None:
    """The outcomes of an estimate add up to 1, none below 0; else none of them is used (606-10-32-8)."""
    rows = outcomes.placed(_good("outcomes"))
    key = ", ".join(outcomes.KEY)
    sums = f"SELECT {key}, sum(probability) AS total, min(probability) AS least FROM ({rows}) GROUP BY {key}"
    wrong = f"SELECT * FROM ({sums}) WHERE total <> {MILLION} OR least < 0"
    engine.sql(
        "INSERT INTO late_faults SELECT stage_row, 'probability', CAST(probability AS VARCHAR), 'outcomes', "
        "concat('probabilities from 0 to 1 that add up to 1 (1,000,000 parts per million); those of this "
        f"estimate add up to ', {_fraction('total')}, ' (', format('{{:,}}', CAST(total AS BIGINT)), ')', "
        "CASE WHEN least < 0 THEN ', and one is below 0' END) "
        f"FROM ({rows}) JOIN ({wrong}) USING ({key})"
    )


def _fraction(parts: str) -> str:
    """SQL for parts per million as a plain number: 0.9."""
    exact = f"CAST(CAST({parts} AS DECIMAL(38, 0)) * CAST(0.000001 AS DECIMAL(7, 6)) AS VARCHAR)"
    return f"rtrim(rtrim({exact}, '0'), '.')"
