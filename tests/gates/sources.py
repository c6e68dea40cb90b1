"""What the gates read: the files of the project as they would be committed, and a copy to break."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def committed(root: Path) -> list[Path]:
    """Every file that git holds or would take, without those that it ignores."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    return [path for name in names if name and (path := root / name).is_file() and not path.is_symlink()]


def python_files(root: Path) -> list[Path]:
    """The files of the program."""
    return sorted((root / "src").rglob("*.py"))


def copy(root: Path, into: Path) -> Path:
    """The program and its settings, copied so that a test may break them."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(root / "src", into / "src", ignore=ignored)
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(root / name, into / name)
    return into
