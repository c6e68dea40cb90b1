"""No file names a path or a tool of the machine that it was made on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from tests.gates.sources import ROOT, committed

#: Written in pieces, so that this file passes its own gate.
NAMES = (
    r"/wo" r"rk/",
    r"/ro" r"ot/",
    r"/ho" r"me/\w",
    r"/Us" r"ers/\w",
    r"[A-Z]:\\+Us" r"ers",
    r"/opt/(wh" r"eels|py" r"pi)",
    r"/fa" r"rm/",
    r"fa" r"rm-\w",
    r"bash_" r"jobs",
    r"\.\./\.lib" r"rary",
    r"/tmp/\w" r"+/",
    r"fi" r"le:///",
    r"--(extra-)?index-u" r"rl[= ]",
)
PATTERN = re.compile("|".join(NAMES))


def machine_names(files: list[Path]) -> list[str]:
    found = []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            hit = PATTERN.search(line)
            if hit:
                found.append(f"{path}:{number}: {hit[0]}")
    return found


def test_no_file_names_this_machine() -> None:
    files = committed(ROOT)
    assert ROOT / "pyproject.toml" in files
    assert machine_names(files) == []


@pytest.mark.parametrize(
    "line",
    [
        "cd /work/main",
        "--index-url https://example.org/simple",
        "see /home/ada/notes",
        "file:///srv/x",
        "C:\\Users\\ada",
    ],
)
def test_a_path_of_a_machine_is_found(line: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "notes.md").write_text(f"# Notes\n{line}\n")
    (tmp_path / "clean.md").write_text("runs/2021/report.html, src/earned\n")
    assert [f.split(":")[1] for f in machine_names(committed(tmp_path))] == ["2"]
