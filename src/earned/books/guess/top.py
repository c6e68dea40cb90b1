"""Where the headers of a table stand: among titles, in one row or in two with groups above."""

from __future__ import annotations

from collections.abc import Sequence

from earned.books.guess import seen, words

#: From this sum of percents on a row of known words is the row of headers.
_KNOWN = 120


def header_row(rows: Sequence[Sequence[str]]) -> int | tuple[int, int]:
    """The row, from 1, that holds the headers: most known words, else the first that is as full as the
    rows below it and holds no number; two rows where one of them groups the other."""
    at = _main(rows)
    for upper in (at, at - 1):
        if not 1 <= upper < len(rows):
            continue
        lower = rows[upper]
        whole = "" not in lower and len(set(lower)) == len(lower)
        if not (whole and upper < at) and _grouped(rows[upper - 1], lower):
            return upper, upper + 1
    return at


def last(at: int | Sequence[int] | None) -> int:
    """The last row of headers."""
    return at if isinstance(at, int) else at[-1] if at else 1


def _main(rows: Sequence[Sequence[str]]) -> int:
    known = [sum(words.known(c) for c in dict.fromkeys(row) if c) for row in rows]
    if max(known, default=0) >= _KNOWN:
        return known.index(max(known)) + 1
    full = [sum(bool(c) for c in row) for row in rows]
    for at, row in enumerate(rows, 1):
        if full[at - 1] * 5 >= max(full) * 4 and not any(seen.number(c, ".") for c in row if c):
            return at
    return 1


def _grouped(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Whether the lower row divides columns that the upper one names in common, and only those.

    A common header stands once with nothing, or itself again, to its right; every other column is empty
    below, or says the same.
    """
    width = max(len(upper), len(lower))
    above, below = ([*row, *[""] * (width - len(row))] for row in (upper, lower))
    if sum(bool(c) for c in above) < 2 or any(seen.number(c, ".") or seen.days([c]) for c in below if c):
        return False
    divided = 0
    for i, cell in enumerate(above):
        group = _same_group(above, i)
        if group and below[i]:
            divided += 1
        elif below[i] and below[i] != cell:
            return False
    return divided > 1


def _same_group(above: Sequence[str], i: int) -> bool:
    """The header stands over more than one column, at or beside this one."""
    left = above[i - 1] if i else ""
    right = above[i + 1] if i + 1 < len(above) else None
    if above[i]:
        return right == "" or above[i] in (left, right)
    return bool(left) or _same_group(above, i - 1) if i else False
