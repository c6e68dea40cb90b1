"""Progress is for a person at a terminal, and for nobody else."""

from __future__ import annotations

import io

import pytest

from earned import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_pipe_sees_nothing() -> None:
    stream = io.StringIO()
    with progress.shown(stream) as report:
        report("Reading", 10)
    assert stream.getvalue() == ""


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_terminal_gets_one_line_a_stage(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setattr(progress, "_PATIENCE", -1)
    stream = Terminal()
    with progress.shown(stream) as report:
        report("Reading journal.csv", 1_200_000)
        report("Positions", None)
    lines = [line.rsplit("\r", 1)[-1].rstrip() for line in stream.getvalue().rstrip("\n").split("\n")]
    assert [line.split("   ")[0] for line in lines] == ["Reading journal.csv", "Positions"]
    assert "1,200,000 rows" in lines[0]
    assert "\x1b" not in stream.getvalue()
    assert ("\r" in stream.getvalue()) == (term == "xterm")


def test_a_short_run_says_nothing() -> None:
    stream = Terminal()
    with progress.shown(stream) as report:
        report("Reading", 10)
    assert stream.getvalue() == ""


def test_a_line_says_stage_rows_time_gone_and_left() -> None:
    assert (
        progress.line("Positions", 2_000_000, 12.3, 31)
        == "Positions   2,000,000 rows   12 s   about 31 s left"
    )
    assert progress.line("Positions", None, 0.04, None) == "Positions   0.0 s"
    assert progress.line("x", None, 300, None) == "x   5 min"
    assert len(progress.line("n" * 200, 10**9, 100, 100)) == 79
    assert "\x1b" not in progress.line("a\x1b[2J", None, 1, None)


def test_a_failure_ends_the_line_and_passes_on() -> None:
    stream = Terminal()
    with pytest.raises(ValueError, match="odd"), progress.shown(stream) as report:
        report("Reading", 1)
        raise ValueError("odd")
