"""The one form of a message: code and sentence, place, the row as it stands with the cell marked, what was
expected, what to do, and where to read more. Whatever comes from the books is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from earned.faults import Fault, ended
from earned.faults.register import Reason, reasons
from earned.report.numbers import cut, plain, wide

#: How many of a kind are shown; the first line is whole by itself, whatever the terminal.
SHOWN, FIRST, INDENT = 3, 100, 6
BETWEEN = " | "
LONGEST = 2_000
_CELL, _MARKED, _LINE, _NAME = 24, 48, 400, 48


def refused(faults: Sequence[Fault], width: int) -> list[str]:
    """Every fault, grouped by reason and column; of each group the first three, and how many more."""
    lines: list[str] = []
    for group in _groups(faults):
        lines += [*_group(group, width), ""]
    return lines


def headline(reason: Reason, where: str, sentence: str, count: str = "") -> str:
    """The first line of a message: `B214  2 rows of entries: more decimals than can be kept exactly`."""
    before = f"{reason.code}  {f'{plain(where, _NAME)}: ' if where else ''}"
    return before + cut(plain(sentence), FIRST - wide(before + count)) + count


def more(reason: Reason) -> str:
    """The last line of a message."""
    return f"{' ' * INDENT}More: earned rule {reason.code}"


def paragraph(text: str, width: int) -> list[str]:
    """A text under a message, escaped and broken at blanks; what stands in backquotes stays whole."""
    text = plain(" ".join(text.split()), LONGEST)
    kept = re.sub(r"`[^`]*`", lambda quoted: quoted[0].replace(" ", "\0"), text)
    lines, room = [""], width - INDENT
    for word in kept.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        lines[-1:] = [joined] if wide(joined) <= room or not lines[-1] else [lines[-1], word]
    return [" " * INDENT + line.replace("\0", " ") for line in lines]


def row(number: int, cells: Sequence[str], marked: int | None, width: int) -> list[str]:
    """A row of a table with its number, and a line that marks one of its cells; cut around that cell."""
    shown = [cut(plain(c, _LINE), _MARKED if i == marked else _CELL) for i, c in enumerate(cells)]
    line = BETWEEN.join(shown)
    if marked is None:
        return text_row(number, line, 0, 0, width)
    start = len(BETWEEN.join([*shown[:marked], ""])) if marked else 0
    return text_row(number, line, start, max(len(shown[marked]), 1), width)


def text_row(number: int, line: str, start: int, length: int, width: int) -> list[str]:
    """A line of a file with its number, and a line below that marks a part of it; cut around that part."""
    lead = f"{' ' * INDENT}{number}   "
    room = width - len(lead)
    before, part, after = (
        plain(s, _LINE) for s in (line[:start][-_LINE:], line[start:][:length], line[start + length :])
    )
    part = cut(part, room * 2 // 3)
    rest = room - wide(part)
    behind = min(wide(after), max(rest - wide(before), rest // 2))
    before = cut(before[::-1], rest - behind)[::-1]
    lines = [(lead + before + part + cut(after, behind)).rstrip()]
    return lines + [" " * wide(lead + before) + "^" * max(wide(part), 1)] * bool(length)


def _groups(faults: Iterable[Fault]) -> Iterator[list[Fault]]:
    """Faults of one reason and column together, in the order in which the first of each was found."""
    order: dict[tuple[str, str | None], int] = {}
    for fault in faults:
        order.setdefault((fault.reason, _kind(fault)), len(order))
    keyed = sorted(faults, key=lambda f: order[f.reason, _kind(f)])
    for _, group in groupby(keyed, key=lambda f: order[f.reason, _kind(f)]):
        yield sorted(group, key=lambda f: (f.file or "", f.row or 0))


def _kind(fault: Fault) -> str | None:
    """The column of a table; a key of books.yaml is its own place, not a column."""
    return None if fault.file == "books.yaml" else fault.column


def _group(faults: Sequence[Fault], width: int) -> list[str]:
    reason, first, alone = reasons()[faults[0].reason], faults[0], len(faults) == 1
    where = (first.file or "") if {f.file for f in faults} == {first.file} else ""
    stated = alone and first.fact and wide(where + first.expected) < FIRST - 8
    count = "" if alone else f" ({len(faults):,} times)"
    lines = [headline(reason, where, first.expected if stated else reason.meaning, count)]
    for fault in faults[:SHOWN]:
        lines += _one(fault, width, where, stated=stated)
    if len(faults) > SHOWN:
        lines.append(f"{' ' * INDENT}and {len(faults) - SHOWN:,} more\n")
    return [*lines, more(reason)]


def _one(fault: Fault, width: int, where: str, *, stated: bool) -> list[str]:
    """Place, row, what was found and expected, and what to do about one fault."""
    lines = paragraph(fault.place, width) if fault.place != where else []
    if fault.line is not None and fault.row:
        lines += ["", *_standing(fault, width), ""]
    elif fault.value is not None:
        lines += paragraph(f"found {cut(repr(fault.value), 110)}", width)
    if not stated:
        lines += paragraph(ended(fault.wanted), width)
    return [*lines, *paragraph(fault.remedy, width), ""]


def _standing(fault: Fault, width: int) -> list[str]:
    """The line of the file, the part in question marked where it is found."""
    line = fault.line or ""
    key = re.split(r"[.\[]", fault.column or "")
    for part in (fault.value, fault.column, *reversed(key)):
        if part and part in line:
            return text_row(fault.row or 0, line, line.index(part), len(part), width)
    return text_row(fault.row or 0, line, 0, 0, width)
