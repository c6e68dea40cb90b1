"""Killed at any moment, `earned examine` leaves no half run: the folder is whole or not there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.gates.sources import ROOT
from tests.properties.conftest import PENCIL
from tests.properties.ran import Ran, hashes

PATIENCE = 240.0


def start(place: Path, *options: str) -> subprocess.Popen[str]:
    """`python -m earned examine`, its temporary files beside the run."""
    scratch = place.parent.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "earned", "examine", str(PENCIL), "--out", str(place), *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(scratch)}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def stop(process: subprocess.Popen[str], number: int, moment: Callable[[], bool]) -> bool:
    """Send a signal as soon as a moment has come; False where the run was done before it took effect."""
    patience = time.monotonic() + PATIENCE
    while not moment() and process.poll() is None:
        assert time.monotonic() < patience
        time.sleep(0.001)
    process.send_signal(number)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode in (1, 4, -number), said
    return process.returncode != 1


def beside(place: Path) -> list[str]:
    return [p.name for p in place.parent.iterdir() if p != place] if place.parent.exists() else []


def whole(place: Path) -> bool:
    """A run with every table and file that it names."""
    said = json.loads((place / "run.json").read_text(encoding="utf-8"))
    files = [place / "tables" / f"{name}.parquet" for name in said["tables"]]
    return all(f.exists() for f in [*files, *(place / name for name in said["files"])])


def test_killed_while_it_writes_it_leaves_no_run_and_the_next_one_tidies(tmp_path: Path, pencil: Ran) -> None:
    """Killed at its first table, killed at its report, then left alone: only the third run is there."""
    place = tmp_path / "out" / "run"
    for moment in ("tables/rejected.parquet", "report.html"):
        killed = start(place)
        half = place.parent / f".run.unfinished-{killed.pid}"
        assert stop(killed, signal.SIGKILL, (half / moment).exists), "done before it could be killed"
        assert not place.exists()
        assert beside(place) == [half.name]
    done = start(place, "--no-report")
    _, said = done.communicate(timeout=PATIENCE)
    assert done.returncode == 1, said
    assert whole(place)
    assert beside(place) == []
    assert hashes(place) == hashes(pencil.folder)


def test_stopped_while_it_writes_over_a_run_the_former_one_stands(tmp_path: Path) -> None:
    place = tmp_path / "out" / "run"
    place.mkdir(parents=True)
    former = json.dumps({"format": "earned.run/1", "tables": {}, "files": {}})
    (place / "run.json").write_text(former, encoding="utf-8")
    process = start(place, "--force")
    half = place.parent / f".run.unfinished-{process.pid}"
    assert stop(process, signal.SIGTERM, (half / "tables" / "units.parquet").exists), (
        "done before it was stopped"
    )
    assert process.returncode == 4
    assert [p.name for p in place.iterdir()] == ["run.json"]
    assert (place / "run.json").read_text(encoding="utf-8") == former
    assert beside(place) == []
    assert list((tmp_path / "scratch").iterdir()) == []
