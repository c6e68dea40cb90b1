"""Where the books of a run are, and whether its inputs are still those that were read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from earned.books.databases import PREFIX
from earned.faults import Fault, InputError
from earned.verify.folder import sha256

#: How far the neighbourhood of a run goes: levels of folders below, folders looked at, and places whose
#: files have the names of the inputs.
_DEPTH, _FOLDERS, _PLACES = 2, 2000, 8


@dataclass(frozen=True)
class Found:
    """The books to open (a folder or a file), and their inputs as [{path, expected, found, same}]."""

    place: Path
    inputs: list[dict[str, Any]]


def located(given: Path | None, run: Path, said: Mapping[str, Any]) -> Found | None:
    """The books of a run: those given, else those near the run whose files are all the inputs.

    Of several places the first where every hash is right, else the nearest. None where there is none.
    Raises InputError for a given path where nothing stands.
    """
    if given and not given.exists():
        raise InputError(
            [
                Fault(
                    "there is nothing of that name",
                    "Name the books.",
                    str(given),
                    fact=True,
                    reason="path_missing",
                )
            ]
        )
    if given:
        return _compared(given if given.is_dir() else given.parent, said)
    names = [i["path"] for i in _files(said)]
    there = (root for root in _near(run) if all((root / name).is_file() for name in names))
    found = [_compared(root, said) for root in islice(there, _PLACES)]
    right = [f for f in found if all(i["same"] for i in f.inputs)]
    return next(iter(right + found), None)


def not_found(run: Path, said: Mapping[str, Any]) -> InputError:
    """What is said where the books are not near the run: what was looked for, and where."""
    names = [i["path"] for i in _files(said)]
    many = f", … ({len(names)} files)" if len(names) > 5 else ""
    expected = f"the books of this run near it: a folder with {', '.join(names[:5])}{many}"
    do = (
        f"Looked in {', '.join(map(str, _grounds(run)))} and {_DEPTH} levels below. "
        "Name the books with --books; every file of the run is as run.json says"
    )
    return InputError([Fault(expected, do, str(run), reason="books_of_run")])


def _compared(root: Path, said: Mapping[str, Any]) -> Found:
    """The inputs below a folder against the hashes that run.json holds."""
    inputs = []
    for given in _files(said):
        path = root / given["path"]
        found = sha256(path) if path.is_file() else None
        same = found == given["sha256"]
        inputs.append({"path": given["path"], "expected": given["sha256"], "found": found, "same": same})
    one_file = said.get("source", {}).get("kind") == "file" and len(inputs) == 1
    return Found(root / inputs[0]["path"] if one_file else root, inputs)


def _files(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The inputs that are files; what a database was asked is compared when it is asked again."""
    return [i for i in said["inputs"] if not str(i["path"]).startswith(PREFIX)]


def _grounds(run: Path) -> list[Path]:
    """Where a search begins: beside the run, one level up, and here."""
    place = run.resolve()
    return list(dict.fromkeys([place.parent, place.parent.parent, Path.cwd()]))


def _near(run: Path) -> Iterator[Path]:
    """The folders near a run, nearest first; hidden ones and links are left out."""
    seen: set[Path] = {run.resolve()}
    for ground in _grounds(run):
        waiting = deque([(ground, 0)])
        while waiting and len(seen) < _FOLDERS:
            place, depth = waiting.popleft()
            if place in seen:
                continue
            seen.add(place)
            yield place
            if depth < _DEPTH:
                waiting.extend((inner, depth + 1) for inner in _below(place))


def _below(place: Path) -> list[Path]:
    try:
        inner = sorted(place.iterdir())
        return [p for p in inner if p.is_dir() and not p.is_symlink() and not p.name.startswith(".")]
    except OSError:
        return []
