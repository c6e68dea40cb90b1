"""`earned` alone: the books and the last run of the current folder, and the one next command."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from earned.version import VERSION

#: Files by which books are known without opening one.
_BOOKS = re.compile(r"books\.yaml|entries\.(csv|tsv|txt|parquet|xlsx|duckdb)(\.(gz|zst))?", re.IGNORECASE)
_ONE_FILE = re.compile(r"(?!~\$).+\.(xlsx|duckdb)", re.IGNORECASE)
_EXPORTS = (".csv", ".tsv", ".txt", ".parquet", ".gz", ".zst")
_MOST = 200
_OPEN = re.compile(r"^[^#\n]*: '\?'", re.MULTILINE)
_SHEET = re.compile(r"<sheet [^>]*?name=\"([^\"]*)\"")
#: Bytes of a file that are read at most.
_READ = 1 << 20


def here(folder: Path) -> str:
    """Where one is, from the names in a folder and in the folders directly in it; ends with a line feed."""
    inner = [p for p in sorted(folder.iterdir()) if not p.name.startswith(".")][:_MOST]
    places = [folder, *(p for p in inner if p.is_dir())]
    runs = _runs([*places, *_folders(folder / "runs")])
    books = [_name(p, folder) for p in places if _is_books(p)] or [
        p.name for p in inner if p.is_file() and _ONE_FILE.fullmatch(p.name) and _has_tables(p)
    ]
    questions = {_name(p, folder): n for p in places if (n := _questions(p / "books.yaml"))}
    last = max(runs, key=lambda run: run[0], default=None)
    lines = [f"earned {VERSION}: was the revenue earned?", ""]
    lines.append(f" Books here   {_some(books) or 'none'}")
    lines.append(f" Last run     {_told(last[1], last[2], folder) if last else 'none'}")
    for place, many in questions.items():
        lines.append(f" To answer    {many} question{'s' * (many != 1)}, marked '?', in {place}/books.yaml")
    exports = any(
        p.is_file() and (p.suffix.lower() in _EXPORTS or _ONE_FILE.fullmatch(p.name)) for p in inner
    )
    after = ["check", next(iter(questions))] if questions else _next(books, exports, last and last[1], folder)
    lines += ["", f" Next: {shlex.join(['earned', *after])}", " All commands: earned --help"]
    return "\n".join(lines) + "\n"


def _next(books: list[str], exports: bool, run: Path | None, folder: Path) -> list[str]:
    """A run is read, books are examined, files of other names are looked at; else a made-up company."""
    if run:
        return ["explain", _name(run, folder)]
    if books:
        return ["examine", books[0]]
    return ["init", "."] if exports else ["simulate", "cloopen", "case"]


def _questions(manifest: Path) -> int:
    """How many questions of `earned init` are open in a books.yaml."""
    try:
        with manifest.open(encoding="utf-8", errors="replace") as opened:
            return len(_OPEN.findall(opened.read(_READ)))
    except OSError:
        return 0


def _has_tables(workbook: Path) -> bool:
    """Whether a workbook has a sheet of our names, as far as its list of sheets can be read; one of a
    person's own is an export."""
    import zipfile

    try:
        with zipfile.ZipFile(workbook) as packed, packed.open("xl/workbook.xml") as opened:
            sheets = _SHEET.findall(opened.read(_READ).decode("utf-8", "replace"))
    except (OSError, ValueError, KeyError, NotImplementedError, RuntimeError, zipfile.BadZipFile):
        return True
    return any(s.strip().casefold() in ("contracts", "entries", "evidence") for s in sheets)


def _is_books(place: Path) -> bool:
    """Whether a folder holds tables; a run folder holds a books.yaml too, and is none."""
    names = [p.name for p in _entries(place)]
    return "run.json" not in names and any(_BOOKS.fullmatch(name) for name in names)


def _runs(places: Iterable[Path]) -> list[tuple[float, Path, dict[str, Any]]]:
    """When it was written, the folder and run.json of each run."""
    found = []
    for place in places:
        try:
            record = place / "run.json"
            said = json.loads(record.read_text(encoding="utf-8"))
            if str(said["format"]).startswith("earned.run/"):
                found.append((record.stat().st_mtime, place, said))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def _told(run: Path, said: dict[str, Any], folder: Path) -> str:
    try:
        number = int(said["tables"]["findings"]["rows"])
        return f"{_name(run, folder)}   {number:,} finding{'s' * (number != 1)}, as of {said['as_of'][:10]}"
    except (KeyError, TypeError, ValueError):
        return _name(run, folder)


def _folders(place: Path) -> list[Path]:
    return [p for p in _entries(place) if p.is_dir()]


def _entries(place: Path) -> list[Path]:
    try:
        return sorted(place.iterdir())[:_MOST] if place.is_dir() else []
    except OSError:
        return []


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _name(place: Path, folder: Path) -> str:
    return str(place.relative_to(folder)) if place != folder else "."
