"""Several processes at once, and what a killed one leaves behind."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import pytest

from earned import cli
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
            words = " ".join(words.split())
            assert code == 2 and (f"process {winner} writes it now" in words or late in words), words
    assert (place / "run.json").exists()
    assert [p.name for p in place.parent.iterdir()] == ["run"]


@pytest.mark.parametrize("asked", ["race import-fec 2", "race template 4", "stop import-fec 4"])
def test_many_at_once_and_stopped_at_any_moment(asked: str) -> None:
    """`python -m tests.hostile.together race examine 200` is the long one."""
    command = [sys.executable, "-m", "tests.hostile.together", *asked.split()]
    done = subprocess.run(
        command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stdout + done.stderr
    how, name, rounds = asked.split()
    assert done.stdout == f"{how} {name}: {rounds} rounds\n"


def test_ctrl_c_while_the_options_are_read_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Typer answers it with a number, which is not that of a command that did its work."""

    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_module("earned.cli.examine"), "_known_engine", interrupted)
    with pytest.raises(SystemExit) as ended:
        cli.main(["examine", "books"])
    assert ended.value.code == 4
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize("reader", [["explain"], ["verify"]])
def test_a_run_that_is_not_finished_is_not_read(
    reader: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    half = tmp_path / ".run.unfinished-4711"
    half.mkdir()
    (half / "run.json").write_text('{"format": "earned.run/1", "books": {}}', encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        cli.main([*reader, str(half)])
    said = " ".join(capsys.readouterr().err.split())
    assert ended.value.code == 2
    assert "process 4711 was stopped before it was whole" in said
    descriptor = os.open(half, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(SystemExit):
        cli.main([*reader, str(half)])
    os.close(descriptor)
    assert "process 4711 writes it now" in " ".join(capsys.readouterr().err.split())


def without_rights(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """`earned`, for whom the rights of files hold also where the tests run as the user for whom none do."""
    before = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    if before and not shutil.which("setpriv"):
        pytest.skip("the tests run as root, and there is no setpriv to give up its rights")
    command = [*before, sys.executable, "-m", "earned", *map(str, arguments), "--json"]
    return subprocess.run(command, env=ENVIRONMENT | more, capture_output=True, text=True, timeout=PATIENCE)


def refusal(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    assert done.returncode == 2, done.stdout + done.stderr
    first: dict[str, str] = json.loads(done.stdout)["errors"][0]
    return first


@pytest.mark.parametrize("command", ["examine", "import"])
def test_a_place_that_may_not_be_written_is_said_before_anything_is_read(
    command: str, tmp_path: Path
) -> None:
    """The books are no books, which is not said: nobody looked."""
    (tmp_path / "books").mkdir()
    (tmp_path / "closed").mkdir(mode=0o555)
    given = ["examine"] if command == "examine" else ["import", "fec"]
    said = refusal(without_rights(*given, tmp_path / "books", "--out", tmp_path / "closed" / "run"))
    assert said["file"] == str(tmp_path / "closed" / "run")
    assert "may be written to" in said["expected"]
    assert list((tmp_path / "closed").iterdir()) == []


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    books = folder(tmp_path / "books")
    (books / "entries.csv").chmod(0)
    said = refusal(without_rights("examine", books, "--out", tmp_path / "run"))
    assert str(said["file"]).endswith("entries.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["books"]


def test_temporary_files_that_have_no_place_are_said(tmp_path: Path) -> None:
    """Not written elsewhere instead: who names a folder has a reason."""
    books, closed = folder(tmp_path / "books"), tmp_path / "closed"
    closed.mkdir(mode=0o555)
    said = refusal(without_rights("examine", books, "--out", tmp_path / "run", TMPDIR=str(closed)))
    assert said["file"] == str(closed)
    assert "TMPDIR" in said["do"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["books", "closed"]


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
