"""The same books give the same files, byte for byte, on any machine and at any time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.gates.sources import ROOT
from tests.properties.ran import Ran

#: another time zone, language, order of sets and number of threads than those of the tests
ELSEWHERE = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "77", "COLUMNS": "40"}


def contents(folder: Path) -> dict[str, bytes]:
    files = [p for p in folder.rglob("*") if p.is_file()]
    return {str(p.relative_to(folder)): p.read_bytes() for p in files if p.name != "environment.json"}


def test_the_same_run_twice_gives_the_same_bytes(by_month: Ran, tmp_path: Path) -> None:
    """In another process and surroundings, by the command; the first run came from Python."""
    place = tmp_path / "run"
    command = [sys.executable, "-m", "earned", "examine", str(by_month.books), "--out", str(place)]
    environment = os.environ | ELSEWHERE | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    mine, its = contents(by_month.folder), contents(place)
    assert mine.keys() == its.keys() >= {"run.json", "report.html", "workpaper.xlsx", "summary.txt"}
    assert [name for name in mine if mine[name] != its[name]] == []
    said = json.loads((place / "environment.json").read_text(encoding="utf-8"))
    assert {"started_at", "seconds", "host", "python"} <= said.keys()
