"""A fault in words: place, value, what was expected or what happened, what to do."""

from __future__ import annotations

import pytest

from earned.faults import Fault


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            Fault("a day", "correct it", "a.csv", 2, "day", "x"),
            "a.csv, row 2, \"day\": found 'x'; expected a day. Correct it.",
        ),
        (Fault("expected a day", "Correct it."), "expected a day. Correct it."),
        (Fault("out of memory", "close programs", fact=True), "out of memory. Close programs."),
        (Fault("a key", "did you mean path?"), "expected a key. Did you mean path?"),
        (Fault("a cell", "cut it", value="1" * 200), f"found '{'1' * 100}…'; expected a cell. Cut it."),
    ],
)
def test_words(fault: Fault, said: str) -> None:
    assert str(fault) == said


def test_as_json_it_has_the_keys_of_the_interface() -> None:
    keys = {"file", "row", "column", "value", "expected", "do"}
    assert set(Fault("a", "b", fact=True).as_json()) == keys
