"""`earned init`: what the files of a folder are, written as a commented books.yaml."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from earned import exits
from earned.cli.options import Json
from earned.faults import Fault, InputError

if TYPE_CHECKING:
    from earned.books.guess import Guess

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder with the files as they came.")]
_WIDTH = 78


def init(folder: Folder, as_json: Json = False) -> Callable[[], int]:
    """Look at every file of a folder and write a books.yaml that says how each is read.

    What it cannot tell stands there as '?', with the answers to choose from. A books.yaml that is there
    already is never written over: the new one is books.yaml.new.

    \b
    Examples:
      earned init my-exports/
      earned init my-exports/ --json
    """
    return partial(_init, folder, as_json)


def _init(folder: Path, as_json: bool) -> int:
    from earned.progress import shown

    if not folder.is_dir():
        what = "there is nothing of that name" if not folder.exists() else "this is a file"
        do = "Name the folder that holds the exports; a single file goes into a folder of its own."
        raise InputError([Fault(what, do, str(folder), fact=True, reason="path_missing")])
    with shown(sys.stderr) as progress:
        progress("Looking at the files", None)
        from earned.books.guess import guess, written

        found = guess(folder)
        place = written(found, folder)
    exits.result(exits.as_json_text(_json(found, folder, place)) if as_json else _said(found, folder, place))
    return exits.DONE


def _json(found: Guess, folder: Path, place: Path | None) -> dict[str, Any]:
    from earned.books.guess import report

    return {
        "format": "earned.init/1",
        "folder": str(folder),
        "written": str(place) if place else None,
    } | report(found, str(folder))


def _said(found: Guess, folder: Path, place: Path | None) -> str:
    """The files with the table that each is, what is open, and the next command; ending with a line feed."""
    from earned.report.numbers import plain

    lines = [
        line
        for block in (_tables(found), _rest(found, folder), _next(found, folder, place))
        for line in block
    ]
    return "".join(plain(line, 400).rstrip() + "\n" for line in lines)


def _tables(found: Guess) -> list[str]:
    lines = []
    for one in found.drafts:
        sure = [c.sure for c in one.columns.values()]
        least = f", the least sure {min(sure)} %" if sure else ""
        rows, times = one.found.table.rows, one.found.times
        many = (
            f"{rows:,} rows"
            if times == 1
            else f"about {rows * times:,} rows, of which {rows:,} were looked at"
        )
        lines.append(f" {one.table:<13} {one.found.place}: {many}, {len(sure)} columns{least}")
    return lines or [" No file looks like contracts, revenue entries or evidence of work."]


def _rest(found: Guess, folder: Path) -> list[str]:
    lines = [f" as it is      {u.place}" for u in found.by_name]
    lines += [f" not known     {u.place}: {len(u.columns)} columns" for u in found.unknown]
    lines += [f" not read      {name}: {why}" for name, why in found.survey.not_read[:10]]
    rest = len(found.survey.not_read) - 10
    lines += [f"               and {rest} more: see --json"] if rest > 0 else []
    for what, exports in groupby(found.survey.imports, lambda e: e.what):
        first, *others = list(exports)
        more = f" ({len(others)} more of them)" if others else ""
        lines += [f" {what}{more}: type", f"   {first.command(str(folder), f'{folder.name}-books')}"]
    return lines


def _next(found: Guess, folder: Path, place: Path | None) -> list[str]:
    if place is None:
        return []
    lines = ["", f"Written: {place}"]
    if found.questions:
        lines.append(f"{len(found.questions)} to answer in it, in the place of '?':")
        lines += [f" {q.key}: {' | '.join(q.candidates)}" for q in found.questions]
    then = f"earned check {folder}"
    if place.name.endswith(".new"):
        return [*lines, f"A books.yaml was there already: compare the two. Next: {then}"]
    return [*lines, f"Next: {then}"]
