"""Why rows of the books were not used: a line for each cause, the most frequent first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from earned.report.numbers import count, cut, plain, wide

if TYPE_CHECKING:
    import ibis.expr.types as ir

_CAUSE = ("table_name", "column_name", "reason")
_KEPT, _VALUE = 24, 24


def causes(rejected: ir.Table) -> ir.Table:
    """table_name, column_name, reason, rows, values (how many different), and value, expected, source_file
    and source_row of the first row; the most frequent first."""
    import ibis

    own = ibis.window(group_by=_CAUSE, order_by=("source_file", "source_row"))
    first = rejected.mutate(turn=ibis.row_number().over(own))
    first = first.filter(first.turn == 0).drop("turn")
    sums = rejected.group_by(_CAUSE).agg(rows=rejected.count(), values=rejected["value"].nunique())
    return first.join(sums, _CAUSE).order_by(ibis.desc("rows"), *_CAUSE)


def line(cause: Mapping[str, Any], room: int) -> str:
    """A cause in words and its first row, in at most so many columns of a terminal.

    `2 rows of evidence set aside: kind "Sign-off" is not one of start, hours, …; evidence.csv row 2`.
    """
    rows = cause["rows"]
    before = f"{count(rows)} row{'s' * (rows != 1)} of {plain(cause['table_name'], 30)} set aside: "
    after = f"; {plain(cause['source_file'], 40)} row {cause['source_row']}"
    if wide(before + after) + _KEPT > room:
        after = ""
    return before + cut(_wrong(cause), room - wide(before + after)) + after


def _wrong(cause: Mapping[str, Any]) -> str:
    """What stood there and what was expected; of several values the first."""
    column, value, expected = (cause[k] or "" for k in ("column_name", "value", "expected"))
    if cause["reason"] == "repeat":
        return "it stands there twice"
    if not value:
        return f"{column} is empty; expected {expected}"
    others = ", …" if cause["values"] > 1 else ""
    found = f'{column} "{plain(value, _VALUE)}"{others}'
    is_noun = expected.startswith(("one of ", "a ", "an "))
    return f"{found} is not {expected}" if is_noun else f"{found}: expected {expected}"
