"""A folder that appears whole or not at all: written beside its place, then renamed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_BESIDE = re.compile(r"\.(?P<name>.+)\.(?P<kind>unfinished|replaced)-(?P<pid>\d+)", re.DOTALL)


@contextmanager
def unfinished(place: Path, replace: Callable[[Path], Path | None]) -> Iterator[Path]:
    """An empty folder beside `place` that becomes `place` when the block ends, and goes when it fails.

    What stands at `place` already goes where `replace(place)` says, or is removed where it says None.
    Also tidies what a killed process left here. Raises OSError where the folder cannot be written.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    tidy(place.parent)
    folder = _beside(place, "unfinished")
    folder.mkdir()
    try:
        yield folder
        _settle(folder)
        _swap(folder, place, replace)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def tidy(parent: Path) -> None:
    """Remove what processes that no longer run left half-written; put back what they had moved away."""
    for folder in parent.glob(".*-*"):
        found = _BESIDE.fullmatch(folder.name)
        if not found or not folder.is_dir() or _runs(int(found["pid"])):
            continue
        if found["kind"] == "replaced" and not (parent / found["name"]).exists():
            folder.rename(parent / found["name"])
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _swap(folder: Path, place: Path, replace: Callable[[Path], Path | None]) -> None:
    """Rename the folder into its place; what stood there is put back if that fails."""
    if not place.exists():
        folder.rename(place)
        _sync(place.parent)
        return
    kept = replace(place)
    away = kept or _beside(place, "replaced")
    place.rename(away)
    try:
        folder.rename(place)
    except BaseException:
        away.rename(place)
        raise
    _sync(place.parent)
    if kept is None:
        shutil.rmtree(away, ignore_errors=True)


def _settle(folder: Path) -> None:
    """Wait until every file and folder is on the disk: a rename must not outlive its content."""
    for root, _, files in os.walk(folder):
        for path in (*files, ""):
            _sync(Path(root, path))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _beside(place: Path, kind: str) -> Path:
    return place.with_name(f".{place.name}.{kind}-{os.getpid()}")


def _runs(pid: int) -> bool:
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
