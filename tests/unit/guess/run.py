"""`earned` in this process, and small files to look at."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import yaml

from earned import cli


def earned(*arguments: object) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            cli.main([str(a) for a in arguments])
        except SystemExit as left:
            return int(left.code or 0), out.getvalue(), err.getvalue()
    raise AssertionError("a command leaves with its exit code")


def as_json(*arguments: object) -> tuple[int, dict[str, Any]]:
    """Exit code and the object that a command prints with --json."""
    code, out, _ = earned(*arguments, "--json")
    return code, json.loads(out)


def put(folder: Path, **files: str) -> Path:
    """A folder with CSV files of these names and texts."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def init(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `init --json` says of a folder, and the books.yaml that it wrote, as YAML reads it."""
    code, said = as_json("init", folder)
    assert code == 0, said
    written = yaml.safe_load(Path(said["written"]).read_text(encoding="utf-8")) if said["written"] else {}
    return said, written
