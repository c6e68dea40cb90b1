"""A run folder against its own run.json: every file is there, none is besides, each is as it was written."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from earned import run as tables_of_run
from earned.engine import Engine, Written
from earned.examine import run_id
from earned.faults import Fault, InputError
from earned.unfinished import refuse_unfinished

IGNORED = "environment.json"
RECORD = "run.json"

#: why a file is not the one that was written
MISSING = "missing"
NOT_NAMED = "not named in run.json"
CHANGED = "not what run.json says"
UNREADABLE = "cannot be read as a table"

_KEYS: Mapping[str, type] = {
    "run_id": str,
    "version": str,
    "inputs": list,
    "parameters": dict,
    "tables": dict,
    "files": dict,
    "books": dict,
    "source": dict,
}
_REQUIRED = ("run_id", "version", "inputs", "parameters", "tables", "files")


@dataclass(frozen=True)
class Held:
    """What a run folder holds: `files` as [{name, same, why}], the content of its tables, and `record`,
    whether the run id is that of the inputs, parameters and version that run.json names."""

    files: Sequence[Mapping[str, Any]]
    written: Mapping[str, Written | None]
    record: Mapping[str, Any]

    @property
    def intact(self) -> bool:
        """Whether nothing in the folder contradicts run.json."""
        return bool(self.record["same"]) and all(f["same"] for f in self.files)

    def tables(self, said: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The tables against run.json, before anything is recomputed."""
        same = {f["name"]: f["same"] for f in self.files}
        return [
            {
                "name": name,
                "same": same[path_of(name)],
                "rows_expected": table.get("rows"),
                "rows_found": found.rows if (found := self.written[path_of(name)]) else None,
                "first_difference": None,
            }
            for name, table in sorted(said["tables"].items())
        ]


def path_of(table: str) -> str:
    """The file of a table of the run."""
    return f"tables/{table}.parquet"


def record(folder: Path) -> dict[str, Any]:
    """What run.json says. Raises InputError where the folder is no run, or its run.json no record of one."""
    refuse_unfinished(folder)
    try:
        said: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except OSError:
        raise _no_run(folder, "a run folder with its run.json") from None
    except ValueError:
        raise _no_run(folder / RECORD, "JSON as `earned examine` writes it") from None
    if not isinstance(said, dict) or not str(said.get("format", "")).startswith("earned.run/"):
        raise _no_run(folder / RECORD, 'an object with "format": "earned.run/1"')
    wrong = next((key for key, kind in _KEYS.items() if not isinstance(said.get(key, kind()), kind)), None)
    missing = next((key for key in _REQUIRED if key not in said), None)
    if wrong or missing:
        raise _no_run(folder / RECORD, f"the key {wrong or missing}, as `earned examine` writes it")
    parts = [*said["tables"].values(), *said.get("books", {}).values()]
    parts.append(said["parameters"].get("limits", {}))
    settings = said["parameters"].get("settings", [])
    if not all(isinstance(p, dict) for p in parts) or not isinstance(settings, list):
        raise _no_run(folder / RECORD, "an object for each table, and a list of settings")
    named = [*_inputs(folder, said), *(path for path, _, _ in _written(said)), *said["files"]]
    outside = [n for n in named if PurePosixPath(n).is_absolute() or ".." in PurePosixPath(n).parts]
    if outside:
        raise _no_run(folder / RECORD, f"names of files inside the folder, not {outside[0]!r}")
    return said


def _inputs(folder: Path, said: Mapping[str, Any]) -> list[str]:
    inputs = said["inputs"]
    if not inputs or not all(isinstance(i, dict) and {"path", "sha256"} <= i.keys() for i in inputs):
        raise _no_run(folder / RECORD, "inputs, each with path and sha256")
    return [str(i["path"]) for i in inputs]


def _no_run(place: Path, expected: str) -> InputError:
    return InputError(
        [Fault(expected, "Name the folder that `earned examine` wrote.", str(place), reason="run_folder")]
    )


def held(folder: Path, said: Mapping[str, Any], engine: Engine) -> Held:
    """Every file of the folder but environment.json against run.json."""
    content = {p: _content(folder / p, key, engine) for p, key, _ in _written(said)}
    recorded = {p: r for p, _, r in _written(said)}
    files = []
    for name in sorted({*recorded, *said["files"], *listing(folder)} - {RECORD}):
        if not (folder / name).is_file():
            why: str | None = MISSING
        elif name in recorded:
            why = _table_differs(content[name], recorded[name])
        elif name in said["files"]:
            why = None if sha256(folder / name) == said["files"][name] else CHANGED
        else:
            why = NOT_NAMED
        files.append({"name": name, "same": why is None, "why": why})
    return Held(files, content, _run_id(said))


def listing(folder: Path) -> list[str]:
    """Every file of a run folder by its name with forward slashes, but environment.json."""
    found = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())
    return sorted(name for name in found if name != IGNORED)


def sha256(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _written(said: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...], Mapping[str, Any]]]:
    """Path, key and record of every Parquet file that run.json names: tables of the run, rows of the books.

    Rows of the books, and tables that this version does not know, have no key here: they are hashed in
    the order in which they stand, which is that of their key.
    """
    known = tables_of_run.names()
    tables = [(path_of(n), tables_of_run.key(n) if n in known else (), t) for n, t in said["tables"].items()]
    return tables + [(f"books/{n}.parquet", (), t) for n, t in said.get("books", {}).items()]


def _content(path: Path, key: Sequence[str], engine: Engine) -> Written | None:
    """Rows and content hash of a Parquet file; None where it is missing or cannot be read."""
    try:
        columns = pq.read_schema(path).names
        if any('"' in c for c in columns):  # none of ours: a name is not to end its quotes in a query
            return None
        known = bool(key) and set(key) <= set(columns)
        order = ", ".join(f'"{c}" NULLS FIRST' for c in [*key, *columns]) if known else "file_row_number"
        return engine.content(path, columns, order)
    except (OSError, pa.ArrowException, duckdb.Error):
        return None


def _table_differs(found: Written | None, recorded: Mapping[str, Any]) -> str | None:
    if found is None:
        return UNREADABLE
    same = (found.rows, found.content_sha256) == (recorded.get("rows"), recorded.get("content_sha256"))
    return None if same else CHANGED


def _run_id(said: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the run id is that of the inputs, parameters and version beside it."""
    inputs = [[i["path"], i["sha256"]] for i in said["inputs"]]
    expected = run_id(inputs, said["parameters"], said["version"])
    if expected == said["run_id"] and re.fullmatch(r"[0-9a-f]{12}", said["run_id"]):
        return {"same": True, "first_difference": None}
    difference = {"key": "run_id", "expected": expected, "found": said["run_id"]}
    return {"same": False, "first_difference": difference}
