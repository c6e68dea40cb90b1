"""Named random streams from one seed: integers only, the same on every machine.

Each stream is seeded by its name alone, so a new stream leaves all others unchanged.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import TypeVar

T = TypeVar("T")

_EXACT = Context(prec=16)
#: the weight of a draw of mean zero; weights are whole numbers
ONE = 1_000_000


def digest(seed: int, *names: object) -> int:
    """A whole number below 2^256 that belongs to a seed and names."""
    text = "/".join(map(str, (seed, *names)))
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


class Stream:
    """A source of whole numbers, days and choices."""

    def __init__(self, seed: int, *names: object) -> None:
        self._source = random.Random(digest(seed, *names))

    def between(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + self._source.getrandbits(64) * (high - low + 1) // 2**64

    def chance(self, per_mille: int) -> bool:
        """True so many times in a thousand."""
        return self.between(1, 1000) <= per_mille

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices, each as likely."""
        return choices[self.between(0, len(choices) - 1)]

    def weighted(self, choices: Sequence[tuple[T, int]]) -> T:
        """One of the choices, as likely as its weight says."""
        place = self.between(1, sum(weight for _, weight in choices))
        for choice, weight in choices:
            place -= weight
            if place <= 0:
                return choice
        raise AssertionError("weights add up to the whole")

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """So many different choices, in random order."""
        pool = list(choices)
        for i in range(min(count, len(pool))):
            j = self.between(i, len(pool) - 1)
            pool[i], pool[j] = pool[j], pool[i]
        return pool[:count]

    def day(self, first: date, last: date) -> date:
        """A day from first to last, both included."""
        return first + timedelta(self.between(0, (last - first).days))

    def lognormal(self, sigma_percent: int) -> int:
        """A lognormal weight with median ONE: the normal draw is the sum of twelve uniform ones."""
        bits = self._source.getrandbits(192)
        total = sum((bits >> 16 * i) & 0xFFFF for i in range(12)) - 6 * 0xFFFF
        exponent = _EXACT.divide(Decimal(total * sigma_percent), Decimal(0xFFFF * 100))
        return max(1, int(_EXACT.exp(exponent) * ONE))
