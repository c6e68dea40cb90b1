"""Totals shared exactly: largest remainder, and prices whose parts earned add up to given totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction


def half_away(part: int, whole: int) -> int:
    """part / whole of whole numbers at or above zero, rounded halves away from zero (P3)."""
    return (2 * part + whole) // (2 * whole)


def largest_remainder(total: int, weights: Sequence[int], step: int = 1) -> list[int]:
    """`total` shared by weights in multiples of `step`; what no multiple holds goes to the first share."""
    units, rest = divmod(total, step)
    whole = sum(weights)
    shares = [units * w // whole for w in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(units * weights[i] % whole), i))
    for i in order[: units - sum(shares)]:
        shares[i] += 1
    shares = [s * step for s in shares]
    shares[0] += rest
    return shares


def capped(total: int, weights: Sequence[int], cap: int, step: int = 1) -> list[int]:
    """As largest_remainder, no share above `cap` where that is possible."""
    limited = list(weights)
    for _ in range(20):
        whole = sum(limited)
        most = max(1, whole * cap // max(total, 1))
        if max(limited) <= most or most * len(limited) < whole:
            break
        limited = [min(w, most) for w in limited]
    return largest_remainder(total, limited, step)


def prices_for(
    first: Sequence[int], total: int, done: Sequence[Sequence[tuple[int, int]]], earned: Sequence[int]
) -> list[int] | None:
    """Prices near `first` that add up to `total` and earn exactly `earned`.

    done[k][i] = (part, whole) of contract i at point k: it has earned price x part / whole, rounded (P3).
    None where the prices would have to move too far.
    """
    near = _solution(first, total, done, earned)
    if near is None or any(abs(n - f) * 8 > f for n, f in zip(near, first)):
        return None
    for moved in _around(near, total):
        sums = (sum(half_away(p * a, b) for p, (a, b) in zip(moved, row)) for row in done)
        if all(s == e for s, e in zip(sums, earned)):
            return moved
    return None


def _around(near: Sequence[Fraction], total: int) -> Iterator[list[int]]:
    """Whole prices around a solution, nearest first, that add up to the total."""
    base = [int(n) for n in near]
    span = [0] + [s * d for d in range(1, 60) for s in (1, -1)]
    for wide in (6, 30, 119):
        for a in span[:wide]:
            for b in span[:wide] if len(base) > 2 else (0,):
                prices = [base[0] + a, *base[1:]]
                if len(base) > 2:
                    prices[1] += b
                prices[-1] = total - sum(prices[:-1])
                yield prices


def _solution(
    first: Sequence[int], total: int, done: Sequence[Sequence[tuple[int, int]]], earned: Sequence[int]
) -> list[Fraction] | None:
    """The prices nearest to `first` (relative to their size) that meet every sum exactly, as fractions."""
    rows = [[Fraction(1)] * len(first), *([Fraction(a, b) for a, b in row] for row in done)]
    wanted = [Fraction(total), *map(Fraction, earned)]
    missing = [w - sum(r * f for r, f in zip(row, first)) for row, w in zip(rows, wanted)]
    normal = [[sum(a * b * f for a, b, f in zip(x, y, first)) for y in rows] for x in rows]
    steps = _gauss([[Fraction(c) for c in row] for row in normal], missing)
    if steps is None:
        return None
    moves = [sum((s * row[i] for s, row in zip(steps, rows)), Fraction(0)) for i in range(len(first))]
    return [f + f * m for f, m in zip(first, moves)]


def _gauss(matrix: list[list[Fraction]], right: list[Fraction]) -> list[Fraction] | None:
    """The solution of a small linear system in fractions; None where it has none or many."""
    size = len(right)
    rows = [[*line, value] for line, value in zip(matrix, right)]
    for i in range(size):
        pivot = next((j for j in range(i, size) if rows[j][i] != 0), None)
        if pivot is None:
            return None
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for j in range(size):
            if j != i and rows[j][i]:
                rows[j] = [x - rows[j][i] * y for x, y in zip(rows[j], rows[i])]
    return [row[-1] for row in rows]
