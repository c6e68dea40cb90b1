"""What `make first-answer` measures is judged: too many edits, too slow, or no result is a failure."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.gates.sources import ROOT
from tools.first_answer import EDITS, Measured, told, wrong
from tools.first_answer import timed as run

SCREEN = "Company\nCNY   1 period to 2021Q2\n\n         booked   supported\n2021Q2   1,500.00      500.00\n"


def measured(*, set_up: float = 540.0, each: float = 19.0, screen: str = SCREEN) -> Measured:
    return Measured(
        {"downloads": set_up}, {name: {"examine": each} for name in EDITS}, dict.fromkeys(EDITS, screen)
    )


def test_in_time_with_few_edits_is_right() -> None:
    assert wrong(measured(), EDITS) == []
    assert set(EDITS) == {p.name for p in (ROOT / "examples" / "exports").iterdir() if p.is_dir()}
    text = told(measured())
    assert "zh: 3 edits" in text and "2021Q2   1,500.00" in text
    assert "three results 57.0 s, with the set-up 597.0 s" in text


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (measured(each=21.0), ["603 s with the set-up, at most 600", "63 s without the set-up, at most 60"]),
        (measured(set_up=544.0), ["601 s with the set-up, at most 600"]),
        (measured(screen="Nothing was computed."), [f"{name}: no quarter on the screen" for name in EDITS]),
    ],
)
def test_too_slow_or_without_a_result_is_wrong(found: Measured, said: list[str]) -> None:
    assert wrong(found, EDITS) == said


def test_a_fourth_edit_is_wrong() -> None:
    edits = EDITS | {"zh": (*EDITS["zh"], "timezone: UTC")}
    assert wrong(measured(), edits) == ["zh: 4 edits, at most 3"]


def test_a_command_that_fails_ends_the_measurement(tmp_path: Path) -> None:
    assert run([sys.executable, "-c", "print(1)"], tmp_path)[1] == "1\n"
    with pytest.raises(SystemExit, match="exit code 3"):
        run([sys.executable, "-c", "raise SystemExit(3)"], tmp_path, (0, 1))
