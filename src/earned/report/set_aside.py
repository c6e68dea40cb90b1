"""Why rows of the books were not used: a line or a message for each cause, the most frequent first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from earned.faults import ended
from earned.faults.register import reasons
from earned.report.messages import headline, more, paragraph, row
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

    `B217 2 rows of evidence set aside: kind "Sign-off" is not one of start, …; evidence.csv row 2`.
    """
    code = reasons()[cause["reason"]].code
    before = f"{code} {_rows(cause['rows'])} of {plain(cause['table_name'], 30)} set aside: "
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


def message(table: Mapping[str, Any], cause: Mapping[str, Any], width: int) -> list[str]:
    """A cause of `earned check` with its first row as it stands, what was expected and what to do."""
    reason = reasons()[cause["reason"]]
    first, *others = cause["shown"]
    column = f', "{cause["column"]}"' if cause["column"] else ""
    sheet = f', sheet "{first["sheet"]}"' if first["sheet"] else ""
    used = f"{count(table['used'])} of {_rows(table['rows_in'])} of {table['name']}"
    return [
        headline(reason, f"{_rows(cause['rows'])} of {table['name']}", reason.meaning),
        *paragraph(f"{first['file']}{sheet}, row {first['row']}{column}", width),
        "",
        *row(first["row"], first["cells"], first["marked"], width),
        *_also(first, others, cause["rows"], width),
        "",
        *paragraph(ended(f"expected {cause['first']['expected']}"), width),
        *paragraph(f"The row{'s were' if cause['rows'] != 1 else ' was'} set aside; {used} are used.", width),
        *paragraph(reason.remedy, width),
        more(reason),
    ]


def _also(first: Mapping[str, Any], others: Sequence[Mapping[str, Any]], rows: int, width: int) -> list[str]:
    """Where else: two more rows, and how many there are besides."""
    places = []
    for other in others:
        file = "" if other["file"] == first["file"] else f"{plain(other['file'], 40)} "
        value = f" ({plain(other['value'], _VALUE)})" if other["value"] else ""
        places.append(f"{file}row {other['row']}{value}")
    rest = rows - 1 - len(others)
    places += [f"{count(rest)} more"] if rest else []
    return paragraph(f"also {', '.join(places)}", width) if places else []


def _rows(number: int) -> str:
    return f"{count(number)} row{'s' * (number != 1)}"
