"""Every generator test for many seeds: `python -m tests.simulation.twenty_seeds [FIRST LAST] [--examine]`.

Too long for `make test`, which looks at two seeds. Prints one line a seed; leaves with 1 if any fails.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from earned.simulation.book import Spec
from tests.simulation import test_books, test_examined
from tests.simulation.made import Made


def of_books(made: Made) -> None:
    """The tests that read the books alone."""
    for name, test in vars(test_books).items():
        if name.startswith("test_") and "made" in test.__annotations__:
            test(made)


def of_runs(made: Made, honest: Made) -> None:
    """The tests that read runs: with decisions, without, and of honest books."""
    for name, test in vars(test_examined).items():
        if name.startswith("test_") and "made" in test.__annotations__:
            test(made)
    test_examined.test_t8_honest_books_give_no_finding(honest)


def main(arguments: list[str]) -> int:
    numbers = [int(a) for a in arguments if a.isdigit()] or [1, 20]
    failed = 0
    for seed in range(numbers[0], numbers[1] + 1):
        with tempfile.TemporaryDirectory() as scratch:
            try:
                made = Made(Spec(seed), Path(scratch) / "made")
                of_books(made)
                if "--examine" in arguments:
                    of_runs(made, Made(Spec(seed, scheme=False), Path(scratch) / "honest"))
                print(seed, "holds", flush=True)
            except AssertionError as wrong:
                failed += 1
                print(seed, "FAILS", str(wrong).splitlines()[0], flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
