"""The command as a person runs it, in a process of its own, over `examples/pencil`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest

from earned.report.numbers import wide
from tests.gates.sources import ROOT
from tests.gates.verdict_words import verdicts

BOOKS = ROOT / "examples" / "pencil"
#: Packages that the program must do without; openpyxl is a second reader of the tests.
BLOCKED = "import sys; sys.modules.update(dict.fromkeys(['pandas', 'polars', 'openpyxl', 'pyspark', 'rich']))"
START = f"{BLOCKED}; from earned.cli import main; main()"


def start(*arguments: object, scratch: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(scratch), "LC_ALL": "C"}
    command = [sys.executable, "-c", START, *map(str, arguments)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """One run with its report, and what it said."""
    folder = tmp_path_factory.mktemp("real")
    (folder / "scratch").mkdir()
    place = folder / "run"
    process = start("examine", BOOKS, "--out", place, "--json", scratch=folder / "scratch")
    out, err = process.communicate(timeout=600)
    assert process.returncode == 1, err
    return SimpleNamespace(place=place, said=json.loads(out), err=err, scratch=folder / "scratch")


def texts(place: Path) -> dict[str, str]:
    """Every text of a run's outputs by file."""
    found = {
        p.name: p.read_text(encoding="utf-8")
        for p in place.iterdir()
        if p.suffix in (".json", ".txt", ".html")
    }
    for path in (place / "tables").iterdir():
        rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
        found[path.name] = json.dumps(rows, default=str, ensure_ascii=False)
    with zipfile.ZipFile(place / "workpaper.xlsx") as workbook:
        for name in workbook.namelist():
            found[f"workpaper.xlsx/{name}"] = workbook.read(name).decode()
    return found


def test_it_says_what_the_run_holds(done: SimpleNamespace) -> None:
    run = json.loads((done.place / "run.json").read_text(encoding="utf-8"))
    assert (done.said["format"], done.said["run_id"]) == ("earned.examine/1", run["run_id"])
    assert done.said["run"] == str(done.place)
    assert done.said["findings"] == run["tables"]["findings"]["rows"] > 0
    assert done.err == ""
    rows = done.said["rows"]
    assert rows["in"] == rows["used"] + rows["rejected"] > 0
    assert {i["path"] for i in run["inputs"]} == {
        p.name for p in BOOKS.iterdir() if p.suffix in (".csv", ".yaml")
    }


def test_the_summary_is_one_screen(done: SimpleNamespace) -> None:
    lines = (done.place / "summary.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 24
    assert max(map(wide, lines)) <= 80


def test_no_output_names_this_machine_or_gives_a_verdict(done: SimpleNamespace) -> None:
    found = texts(done.place)
    assert {"report.html", "summary.txt", "run.json", "findings.parquet"} <= set(found)
    for name, text in found.items():
        assert verdicts(text) == [], name
        assert str(done.place.parent) not in text, name
        assert str(ROOT) not in text, name


def test_nothing_is_left_in_the_temporary_folder(done: SimpleNamespace) -> None:
    assert list(done.scratch.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_half_way_it_leaves_nothing(number: int, tmp_path: Path) -> None:
    scratch, place = tmp_path / "scratch", tmp_path / "out" / "run"
    scratch.mkdir()
    process = start("examine", BOOKS, "--out", place, scratch=scratch)
    patience = time.monotonic() + 120
    while not any(scratch.glob("earned-*")) and time.monotonic() < patience:
        time.sleep(0.01)
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 4, err
    assert "interrupted" in err
    assert out == ""
    assert not place.parent.exists()
    assert list(scratch.iterdir()) == []
