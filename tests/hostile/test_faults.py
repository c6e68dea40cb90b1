"""A few of the faults of `python -m tests.hostile.faults`, which tries every one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.faults import impossible, tried

why_not = impossible()
injected = pytest.mark.skipif(why_not is not None, reason=str(why_not))


@injected
@pytest.mark.parametrize(("command", "every"), [("tables", 150), ("import-fec", 9), ("init", 40)])
def test_a_fault_leaves_nothing_half_done(command: str, every: int, tmp_path: Path) -> None:
    done = tried(command, tmp_path, every)
    assert done.wrong == ()
    assert done.faults >= done.points // every > 1, "a kill or an error at each point that was tried"


@injected
def test_who_writes_where_the_result_is_to_stand_is_found_out(tmp_path: Path) -> None:
    """Killed or out of space between its two files: the first of them stands there."""
    wrong = tried("careless", tmp_path, all_errors=True).wrong
    for fault in ("killed", "disk full", "device error"):
        assert any(f", {fault}, open" in line and "half of it stands there" in line for line in wrong), fault
