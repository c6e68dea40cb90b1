"""What the reading assumed or emptied on the way, one row of `quality` each (R3, R5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earned.books import sql
from earned.books.feeds import Feed
from earned.books.stage import Stage

if TYPE_CHECKING:
    from earned.engine import Engine


def quality(plan: Stage, feeds: tuple[Feed, ...], sizes: list[tuple[int, int]], engine: Engine) -> None:
    """Add what the used rows of a staged table show to `quality`: cells emptied, `else` used; and what
    its feeds show: no rows, columns not known, rows left out by a filter, lineage that ends at a SELECT."""
    _emptied(plan, engine)
    _else_used(plan, engine)
    _small_rates(plan, engine)
    unknown = dict.fromkeys(h for f in feeds for h in f.unknown)
    read = sum(every for every, _ in sizes)
    if not read and not engine.sql(
        f"SELECT 1 FROM rejected WHERE table_name = {sql.text(plan.table.name)} LIMIT 1"
    ):
        _add(engine, plan, "", "no_rows", 0, feeds[0].header.file, "warning")
    for header in unknown:
        _add(engine, plan, header, "unknown_column", read, None, "warning")
    for feed, (_, left_out) in zip(feeds, sizes):
        if left_out:
            _add(engine, plan, "", "left_out", left_out, feed.kept, "warning")
        if not feed.lineage:
            _add(engine, plan, "", "lineage_ends", read, "source_file and source_row", "warning")


def _add(
    engine: Engine, plan: Stage, column: str, check: str, rows: int, example: str | None, action: str
) -> None:
    values = f"{sql.text(column)}, {sql.text(check)}, {rows}, {sql.text(example)}, {sql.text(action)}"
    engine.sql(f"INSERT INTO quality VALUES ({sql.text(plan.table.name)}, {values})")


def _emptied(plan: Stage, engine: Engine) -> None:
    each = f'SELECT unnest("row:emptied") AS e FROM stage_{plan.table.name} WHERE "row:emptied" IS NOT NULL'
    engine.sql(
        f"INSERT INTO quality SELECT {sql.text(plan.table.name)}, e.c, e.r, count(*), "
        f"min(e.v), 'emptied' FROM ({each}) "
        "WHERE e IS NOT NULL GROUP BY e.c, e.r ORDER BY e.c, e.r"
    )


def _else_used(plan: Stage, engine: Engine) -> None:
    """Each use of an `else`, by what stood in; a currency or flag that is only a default is assumed."""
    for column in plan.table.columns:
        others = plan.otherwise(column)
        if (
            not others
            or column.name == "is_opening"
            or (plan.table.name, column.name) == ("entries", "currency")
        ):
            continue
        mark = sql.name(f"{column.name}:else")
        example = f"min(CAST({sql.name(column.stored_name)} AS VARCHAR))"
        counted = engine.sql(
            f"SELECT {mark}, count(*), {example} FROM stage_{plan.table.name} "
            f"WHERE {mark} IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        for place, rows, shown in counted:
            name = others[place - 1][0]
            action = "assumed" if name.startswith("company.") else "else_used"
            _add(engine, plan, column.name, f"else:{name}", rows, shown, action)


def _small_rates(plan: Stage, engine: Engine) -> None:
    """Rates of a few parts per million are most likely percent: said, not changed."""
    for column in (c for c in plan.table.columns if c.type == "ppm" and c.name in plan.used):
        name = sql.name(column.stored_name)
        rows = engine.sql(
            f"SELECT count(*), min({name}) FROM stage_{plan.table.name} WHERE abs({name}) BETWEEN 1 AND 100"
        )[0]
        if rows[0]:
            _add(engine, plan, column.name, "rate_below_100_ppm", rows[0], str(rows[1]), "warning")
