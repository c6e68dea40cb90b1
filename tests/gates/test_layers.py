"""Imports point up only (DESIGN section 3), and a folder that the contract does not name is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gates.sources import ROOT, copy


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(root / "src"), "NO_COLOR": "1"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


def test_imports_point_up() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("engine.py", "import earned.books"),
        ("books/schema.py", "from earned.recognition import scope"),
        ("recognition/scope.py", "from earned import cli"),
        ("report/screen.py", "import earned.runfolder"),
        ("unlisted/__init__.py", '"""A folder that no line of the contract names."""'),
        ("unlisted.py", "import earned.cli"),
    ],
)
def test_a_violation_is_refused(file: str, line: str, tmp_path: Path) -> None:
    broken = copy(ROOT, tmp_path) / "src" / "earned" / file
    broken.parent.mkdir(exist_ok=True)
    before = broken.read_text(encoding="utf-8") if broken.exists() else ""
    broken.write_text(f"{before}\n{line}\n", encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "0 kept, 1 broken" in done.stdout
