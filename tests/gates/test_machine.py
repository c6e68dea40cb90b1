"""No file names a path or a tool of the machine that it was made on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.gates.sources import ROOT, committed

#: With a letter in brackets, so that this file passes its own gate.
NAMES = (
    r"/w[o]rk/",
    r"/r[o]ot/",
    r"/h[o]me/\w",
    r"/U[s]ers/\w",
    r"[A-Z]:\\+U[s]ers",
    r"/opt/(w[h]eels|p[y]pi)",
    r"/f[a]rm/",
    r"f[a]rm-\w",
    r"bash_j[o]bs",
    r"\.l[i]brary",
    r"/t[m]p/\w",
    r"f[i]le:///",
    r"--(extra-)?index-u[r]l[= ]",
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
    ("line", "letter"),
    [
        ("cd /w*rk/main", "o"),
        ("--index-u*l https://example.org/simple", "r"),
        ("see /h*me/ada/notes", "o"),
        ("f*le:///srv/x", "i"),
        ("C:\\U*ers\\ada", "s"),
    ],
)
def test_a_path_of_a_machine_is_found(line: str, letter: str, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "notes.md").write_text("# Notes\n" + line.replace("*", letter) + "\n")
    (tmp_path / "clean.md").write_text("runs/2021/report.html, src/earned\n")
    assert [f.split(":")[1] for f in machine_names(committed(tmp_path))] == ["2"]
