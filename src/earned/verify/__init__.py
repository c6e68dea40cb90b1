"""Re-performance: a run folder against its own record, its books, and the same computation once more."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from earned import unfinished
from earned.engine import Engine
from earned.faults import InputError
from earned.verify import again, folder, inputs
from earned.version import VERSION

Progress = Callable[[str, int | None], None]

__all__ = ["verify"]


def verify(run: Path, books: Path | None = None, *, progress: Progress | None = None) -> dict[str, Any]:
    """What `earned verify --json` prints: whether a run is what its books give, and where it is not.

    In `inputs` `expected` is the hash that run.json holds and `found` that of the file. In `tables`
    `expected` is what recomputation gives (what run.json says, where nothing was recomputed) and `found`
    what stands in the run folder. `causes` says what a difference means: `run_changed`, `inputs_changed`,
    `another_version`, `not_recomputed`. Raises InputError where `run` is no run, and where its books are
    not found and nothing else is to be said.
    """
    tell = progress or (lambda *_: None)
    said = folder.record(run)
    tell("Reading the run folder", None)
    engine = Engine()
    try:
        held = folder.held(run, said, engine)
    finally:
        engine.close()
    tell("Reading the books", None)
    found = inputs.located(books, run, said)
    if found is None and held.intact:
        raise inputs.not_found(run, said)
    result = _result(run, said, held, found)
    if found and all(i["same"] for i in found.inputs):
        _recompute(result, run, said, held, found, tell)
    return _concluded(result, held)


def _result(
    run: Path, said: Mapping[str, Any], held: folder.Held, found: inputs.Found | None
) -> dict[str, Any]:
    """The object before anything is recomputed."""
    return {
        "format": "earned.verify/1",
        "run": str(run),
        "run_id": said["run_id"],
        "version": {"run": said["version"], "here": VERSION},
        "books": str(found.place) if found else None,
        "inputs": list(found.inputs) if found else [],
        "files": [dict(f) for f in held.files],
        "tables": held.tables(said),
        "record": held.record,
        "recomputed": False,
        "not_recomputed": None if found else "the books were not found",
    }


def _recompute(
    result: dict[str, Any],
    run: Path,
    said: Mapping[str, Any],
    held: folder.Held,
    found: inputs.Found,
    tell: Progress,
) -> None:
    """Examine the books once more and put what differs into the result."""
    with _scratch(run) as scratch:
        try:
            fresh, others = again.examined(found.place, said, scratch, tell)
        except InputError as wrong:
            result["not_recomputed"] = str(wrong)
            return
        result["inputs"] += others
        if others:
            return
        tell("Comparing", None)
        result["recomputed"] = True
        result["tables"] = again.tables(run, fresh, held)
        if said["version"] == VERSION:
            result["files"] = again.files(run, fresh, held, result["tables"])
            if result["record"]["same"]:
                result["record"] = again.record(said, folder.record(fresh))


def _concluded(result: dict[str, Any], held: folder.Held) -> dict[str, Any]:
    """With what the differences mean, and whether there are none."""
    same_inputs = all(i["same"] for i in result["inputs"])
    differs = not all(part["same"] for part in (*result["files"], *result["tables"], result["record"]))
    other = result["version"]["run"] != result["version"]["here"]
    causes = []
    if not held.intact or (differs and not other):
        causes.append("run_changed")
    elif differs:
        causes.append("another_version")
    if not same_inputs:
        causes.append("inputs_changed")
    if same_inputs and not result["recomputed"]:
        causes.append("not_recomputed")
        result["not_recomputed"] = result["not_recomputed"] or "the books were not read"
    elif not same_inputs:
        result["not_recomputed"] = "the inputs are not those of the run"
    return result | {"causes": causes, "same": not causes}


@contextmanager
def _scratch(run: Path) -> Iterator[Path]:
    """A folder beside the run, or among temporary files where none may be made there; it goes at the end.

    It is held as an unfinished run is, so that what a killed process leaves is tidied by the next one.
    """
    ground = run.resolve().parent
    if not os.access(ground, os.W_OK | os.X_OK):
        ground = Path(tempfile.gettempdir())
    with unfinished.held(ground / f"{run.resolve().name}.verify-{os.getpid()}") as place:
        inner = place / "again"  # what holds a folder locks it, and whoever writes a run locks its parent
        inner.mkdir()
        yield inner
