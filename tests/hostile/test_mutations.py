"""A sample of the byte mutations; `python -m tests.hostile.many 10000` runs them all."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from earned.engine import Engine
from tests.hostile.many import main
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


ENDS = {
    5: ("os.kill(os.getpid(), signal.SIGSEGV)", "signal 11 (SIGSEGV)"),
    6: ("os._exit(127)", "exit 127 (the loader found no program, no symbol or no memory for a thread)"),
    8: ("os._exit(0)", "exit 0"),
}


def test_a_worker_that_ends_over_a_mutation_is_a_find_that_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The canary of the harness: workers that die over three of nine mutations."""

    def command(*arguments: object) -> list[str]:
        if arguments[0] == "--again":
            return [sys.executable, "-c", "print('nothing wrong')"]
        code = f"import os, signal, sys\nfor number in range({arguments[1]}, {arguments[2]}):\n"
        code += " print(number, flush=True)\n if number in (5, 6, 8): sys.stderr.write('last words'); "
        code += f"sys.stderr.flush(); exec({ {n: e for n, (e, _) in ENDS.items()} }[number])\nprint('DONE')"
        return [sys.executable, "-c", code]

    assert main(9, 100, tmp_path, command) == len(ENDS)
    said = capsys.readouterr().out
    for number, (_, words) in ENDS.items():
        name = list(seeds())[number]
        kept = tmp_path / f"mutation-{number}"
        crash = (
            f"CRASH {number} ({name}): {words}; last words; kept in {kept}; once more alone: nothing wrong"
        )
        assert crash in said
        assert list(kept.iterdir())
