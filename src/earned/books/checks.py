"""What a row must hold beyond readable cells: filled columns, its contract, basis, window, as of.

Each check is a condition over the staged columns with the reason and the words of its rejection
(R5, R6, E1, E11, U6). They are tried in the order of the schema's columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from earned.books import moments, sql
from earned.books.schema import Column, Table

if TYPE_CHECKING:
    from earned.books.manifest import Manifest

#: Columns that say when a row came to be known (E1).
KNOWN = ("recorded_at", "known_at", "decided_at", "posted_at")


@dataclass(frozen=True)
class Check:
    """A condition that rejects a row, on a column, with the text found, the reason and what was expected."""

    column: str
    when: str
    value: str
    reason: str
    expected: str


def of(table: Table, column: Column, used: frozenset[str], manifest: Manifest) -> Iterator[Check]:
    """The checks that hang on one column."""
    c = column.name
    value = f"coalesce({sql.name(f'{c}:raw')}, '')" if c in used else "CAST(NULL AS VARCHAR)"
    final = sql.name(f"{c}:final")
    yield from _filled(table, column, value, final, used)
    yield from _group(table, column, value)
    if (table.name, c) == ("obligations", "unit_price"):
        measured = "\"measure:final\" = 'as_used'" if "measure" in used else "false"
        measured += ' AND "royalty_rate:final" IS NULL' if "royalty_rate" in used else ""
        expected = "'the price of one unit: the measure is as_used'"
        yield Check(c, f"{measured} AND {final} IS NULL", value, "'required'", expected)
    if column.of and c in used:
        yield _orphan(column, value)
    if table.name == "evidence" and c in ("contract_id", "obligation_id"):
        yield _orphan_evidence(c, value)
    if column.least is not None and c in used:
        yield _negative(column, value, used)
    if (table.name, c) == ("evidence", "basis"):
        filled = " OR ".join(f"{sql.name(f'{x}:final')} IS NOT NULL" for x in ("quantity", "amount"))
        expected = "'increment or cumulative: whether quantity and amount add up or state the total so far'"
        yield Check(c, f"({filled}) AND {final} IS NULL", value, "'basis'", expected)
    if (table.name, c) == ("entries", "effective_date"):
        yield from _window(value, final, manifest)
    if c in KNOWN and c in used and manifest.as_of:
        yield _after_as_of(column, value, final, manifest)


def _filled(table: Table, column: Column, value: str, final: str, used: frozenset[str]) -> Iterator[Check]:
    """A required column is empty after its `else`; entries may have a period instead of a date (R10)."""
    if column.need != "required" or column.null_ok:
        return
    empty = f"{final} IS NULL"
    if (table.name, column.name) == ("entries", "effective_date") and "period_id" in used:
        empty += ' AND "period_id:final" IS NULL'
    reason = "'key_missing'" if column.name in table.key else "'required'"
    yield Check(column.name, empty, value, reason, sql.text(f"a value: {column.meaning}"))


def _group(table: Table, column: Column, value: str) -> Iterator[Check]:
    """At least one column of a group is filled; the prices of obligations come later (U1)."""
    members = [c.name for c in table.columns if c.group == column.group]
    if not column.group or column.group == "price" or column.name != members[0]:
        return
    empty = " AND ".join(f"{sql.name(f'{m}:final')} IS NULL" for m in members)
    yield Check(column.name, empty, value, "'required'", sql.text(f"one of {', '.join(members)}"))


_CONTRACT = "'a contract_id of the table contracts'"


def _orphan(column: Column, value: str) -> Check:
    """What a row names must be in the books, and of its contract where it is of one (R6)."""
    c = column.name
    if column.of == "contracts":
        return Check(c, f'{c} IS NOT NULL AND NOT "row:known"', value, "'orphan'", _CONTRACT)
    article = "an" if c.startswith("o") else "a"
    expected = sql.text(f"{article} {c} of this contract in the table {column.of}")
    when = f"{sql.name(c)} IS NOT NULL AND NOT {sql.name(f'{c}:known')}"
    return Check(c, when, value, "'orphan'", expected)


def _orphan_evidence(column: str, value: str) -> Check:
    """Evidence needs its contract; that of a contract with several obligations one of them (R6, U1)."""
    if column == "contract_id":
        by_name = 'contract_id IS NOT NULL AND NOT "row:known"'
        return Check(column, by_name, value, "'orphan'", _CONTRACT)
    unknown = (
        "obligation_id IS NOT NULL AND "
        '(("row:known" AND "row:obligations" > 1 AND "obligation_id:final" IS NULL) '
        'OR (contract_id IS NULL AND NOT "row:known"))'
    )
    expected = "'an obligation_id of this contract in the table obligations'"
    return Check(column, unknown, value, "'orphan'", expected)


def _negative(column: Column, value: str, used: frozenset[str]) -> Check:
    """Below 0 where nothing of that meaning can be (`least` of the schema)."""
    when, words = f"{sql.name(f'{column.name}:final')} < {column.least}", f"{column.least} or more"
    for name, signed in column.signed_for:
        if name in used:
            when += f" AND NOT coalesce({sql.among(sql.name(f'{name}:final'), signed)}, false)"
        words += f"; below it only where {name} is {' or '.join(signed)}"
    return Check(column.name, when, value, "'negative'", sql.text(words))


def _window(value: str, final: str, manifest: Manifest) -> Iterator[Check]:
    """Entries outside the window; openings never, and a period of their own decides where given (U6)."""
    first, last = manifest.window.first, manifest.window.last
    outside = [f"{final} < DATE '{first}'"] if first else []
    outside += [f"{final} > DATE '{last}'"] if last else []
    if not outside:
        return
    when = f'({" OR ".join(outside)}) AND NOT "is_opening:final" AND "period_id:final" IS NULL'
    days = " ".join(part for part in (f"from {first}" if first else "", f"to {last}" if last else "") if part)
    expected = sql.text(f"a day {days}, the window of these books; an opening has is_opening true")
    yield Check("effective_date", when, value, "'window'", expected)


def _after_as_of(column: Column, value: str, final: str, manifest: Manifest) -> Check:
    """Known only after `as_of`, the end of that day (E1)."""
    day = f"DATE '{manifest.as_of}'"
    limit = day if column.type == "date" else moments.end_of_day(day, manifest.company.timezone)
    expected = sql.text(f"known by {manifest.as_of}, the day as of which the books are read")
    return Check(column.name, f"{final} > {limit}", value, "'after_as_of'", expected)
