"""Several processes at once, and what a killed one leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from earned.engine import Engine
from earned.faults import InputError
from earned.unfinished import held, unfinished
from tests.gates.sources import ROOT
from tests.mistakes.small import folder

PATIENCE = 600
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "src")}


def started(code: str, **more: str) -> subprocess.Popen[str]:
    """A Python process that says one line and then waits to be killed."""
    command = [sys.executable, "-c", code]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT | more)


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_of_eight_processes_one_writes_the_run_and_the_others_name_it(tmp_path: Path) -> None:
    books, place = folder(tmp_path / "books"), tmp_path / "out" / "run"
    command = [sys.executable, "-m", "earned", "examine", str(books), "--out", str(place), "--no-report"]
    every = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
        for _ in range(8)
    ]
    ends = {p.pid: (p.communicate(timeout=PATIENCE)[1], p.returncode) for p in every}
    (winner,) = [pid for pid, (_, code) in ends.items() if code in (0, 1)]
    for pid, (words, code) in ends.items():
        if pid != winner:
            late = "a folder that does not exist yet or is empty"
            assert code == 2 and (f"process {winner} writes it now" in words or late in words), words
    assert (place / "run.json").exists()
    assert [p.name for p in place.parent.iterdir()] == ["run"]


def test_who_writes_is_named_until_it_is_dead(tmp_path: Path) -> None:
    place = tmp_path / "run"
    code = "import sys, time; from pathlib import Path; from earned.unfinished import held\n"
    code += "with held(Path(sys.argv[-1])): print('here', flush=True); time.sleep(600)"
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(place)], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    assert said(other) == "here"
    with pytest.raises(InputError) as caught, held(place):
        pass
    assert f"process {other.pid} writes it now" in str(caught.value)
    other.send_signal(signal.SIGKILL)
    other.wait()
    with unfinished(place, lambda _: None) as half:
        assert [p.name for p in tmp_path.iterdir()] == [half.name]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_place_is_held_once_by_a_process_however_often_it_asks(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "run"
    with held(place) as outer:
        with unfinished(place, lambda _: None) as inner:
            assert inner == outer
        assert place.is_dir()
    assert [p.name for p in place.parent.iterdir()] == ["run"]
    with pytest.raises(ValueError), held(tmp_path / "new" / "run"):
        raise ValueError
    assert not (tmp_path / "new").exists()


def test_temporary_files_of_a_killed_process_go_and_those_of_a_living_one_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "earned-somebody").mkdir()
    code = "import time; from earned.engine import Engine\n"
    code += "engine = Engine(); print(engine.folder, flush=True); time.sleep(600)"
    killed, living = (started(code, TMPDIR=str(tmp_path)) for _ in range(2))
    left, used = Path(said(killed)), Path(said(living))
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert left.exists()
    try:
        mine = Engine()
        assert {p.name for p in tmp_path.iterdir()} == {"earned-somebody", used.name, mine.folder.name}
        mine.close()
        assert {p.name for p in tmp_path.iterdir()} == {"earned-somebody", used.name}
    finally:
        living.kill()
        living.wait()
