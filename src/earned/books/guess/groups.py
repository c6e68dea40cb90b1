"""Ledgers printed for people: what stands once above the rows of a group, and rows that are no entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from earned.books.guess import recognise, survey
from earned.books.guess.parts import cell, two_sides
from earned.books.guess.recognise import Draft, rows
from earned.engine import Engine


def opened(folder: Path, drafts: Sequence[Draft], engine: Engine) -> list[Draft]:
    """The drafts, entries with the cells repeated that their files write once a group."""
    return [_opened(folder, d, engine) if d.table == "entries" else d for d in drafts]


def _opened(folder: Path, one: Draft, engine: Engine) -> Draft:
    day, amounts = one.header("effective_date"), _amounts(one)
    if not day or not amounts or one.found.query:
        return one
    group = _group(one, day.header, amounts, engine)
    fill = [*_once(one, day.header, amounts, engine), *([group] if group else [])]
    if fill:
        order = [c.header for c in one.found.columns if c.header in fill]
        found = replace(one.found, source=replace(one.found.source, fill_down=tuple(order)))
        one = recognise.draft(survey.again(folder, found, engine), one.table)
    none, lost = engine.sql(
        f"SELECT count(*) FILTER (NOT ({_any(amounts)})), count(*) FILTER ({_any(amounts)}) "
        f"FROM {rows(one)} AND {cell(day.header)} = ''"
    )[0]
    return replace(one, group=group, without=(day.header,) if none and not lost else ())


def _once(one: Draft, day: str, amounts: Sequence[str], engine: Engine) -> list[str]:
    """The columns that are empty in the same rows with an amount as the day: a journal states them once."""
    others = [c.header for c in one.found.columns if c.filled and c.header not in amounts]
    differ = ", ".join(f"count(*) FILTER (({cell(h)} = '') <> ({cell(day)} = ''))" for h in others)
    empty = f"count(*) FILTER ({cell(day)} = '')"
    counted = engine.sql(f"SELECT {empty}, {differ} FROM {rows(one)} AND ({_any(amounts)})")[0]
    alike = [h for h, n in zip(others, counted[1:], strict=True) if n == 0]
    journal = one.header("journal_id")
    return alike if counted[0] and (not journal or journal.header in alike) else []


def _group(one: Draft, day: str, amounts: Sequence[str], engine: Engine) -> str | None:
    """The column whose cells stand alone on a row of their own above the rows they name, and nowhere else."""
    headers = [c.header for c in one.found.columns]
    alone = " + ".join(f"CAST({cell(h)} <> '' AS INTEGER)" for h in headers)
    for column in one.found.columns:
        if not column.filled or column.header in (day, *amounts):
            continue
        filled = f"{cell(column.header)} <> ''"
        on, off = engine.sql(
            f"SELECT count(*) FILTER ({alone} = 1), count(*) FILTER ({alone} > 1) "
            f"FROM {rows(one)} AND {filled}"
        )[0]
        if on and not off:
            return column.header
    return None


def _amounts(one: Draft) -> list[str]:
    if sides := two_sides(one.found):
        return list(sides.values())
    amount = one.header("amount")
    return [amount.header] if amount else []


def _any(headers: Sequence[str]) -> str:
    return " OR ".join(f"{cell(h)} <> ''" for h in headers)
