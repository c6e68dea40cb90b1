"""A few of the writes made to fail; `python -m tests.hostile.faults` makes every one fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile.faults import compiler, run

POINTS = 4


@pytest.mark.skipif(compiler() is None, reason="the library that makes writes fail needs a C compiler")
def test_a_disk_that_is_full_and_a_kill_leave_no_half_run(tmp_path: Path) -> None:
    *wrong, tried = run(POINTS, tmp_path)
    assert wrong == []
    assert tried.startswith("tried ")
