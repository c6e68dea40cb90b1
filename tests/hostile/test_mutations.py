"""A sample of the byte mutations; `python -m tests.hostile.mutations 10000` runs them all."""

from __future__ import annotations

from collections import Counter

from earned.engine import Engine
from tests.hostile.mutations import in_process, seeds, tried

SAMPLE, EVERY = 300, 60


def test_mutated_books_are_read_whole_or_refused_in_words() -> None:
    engine, finds, names = Engine(threads=1, memory_limit="500MiB"), [], Counter[str]()
    try:
        with in_process():
            for number in range(SAMPLE):
                name, found = tried(number, number % EVERY == 0, engine)
                names[name] += 1
                finds += [f"{number} ({name}): {found}"] if found else []
    finally:
        engine.close()
    assert finds == []
    assert names.keys() == seeds().keys()
