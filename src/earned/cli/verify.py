"""`earned verify`: re-performance of a run, and what a difference means in words."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from earned import exits
from earned.cli.options import Json, option
from earned.report.terminal import WIDTH, Paint, bare

Run = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as `earned examine` wrote it.")]
Books = Annotated[Path | None, option("--books", "PATH", "The books; else they are looked for near the run.")]

#: What a cause means, and what to do about it.
_MEANING = {
    "run_changed": (
        "What stands in the run folder is not what was computed from these books, or not all of it.",
        "Do not rely on this copy: get the run again from where it was made, or examine the books anew.",
    ),
    "inputs_changed": (
        "The books are not those that the run was made from; its results were not compared.",
        "Name the books as they were with --books, or examine these into another folder.",
    ),
    "another_version": (
        "The run was made by another version of earned, whose figures differ from this one's.",
        "Verify it with the version that made it; CHANGELOG.md says which figures change.",
    ),
    "not_recomputed": (
        "Nothing was recomputed.",
        "Put that right and verify again; --books names the books.",
    ),
}
#: Differences of one kind that are listed.
_SHOWN = 10


def verify(run: Run, books: Books = None, as_json: Json = False) -> Callable[[], int]:
    """Compute a run once more from its books and say where it differs, if anywhere.

    Every file of the run but environment.json is checked; nothing is left behind. The result is printed.

    \b
    Examples:
      earned verify run/
      earned verify run/ --books books/ --json
    """
    return partial(_verify, run, books, as_json)


def _verify(run: Path, books: Path | None, as_json: bool) -> int:
    from earned.progress import shown
    from earned.report.terminal import paint_for, width_for

    with shown(sys.stderr) as progress:
        progress("Starting", None)
        from earned.verify import verify as verified

        found = verified(run, books, progress=progress)
    look = (width_for(sys.stdout), paint_for(sys.stdout))
    exits.result(exits.as_json_text(found) if as_json else said(found, *look))
    return exits.DONE if found["same"] else exits.FOUND


def said(found: Mapping[str, Any], width: int = WIDTH, paint: Paint = bare) -> str:
    """What was checked, the first differences, what they mean and what to do; ending with a line feed."""
    from earned.report.numbers import plain

    agreed = "agreed" if found["same"] else "judgement"
    lines: list[str] = []
    for tone, block in (("", _checked(found)), ("exception", _differences(found)), (agreed, _meaning(found))):
        parts = [part for text in block for part in _wrapped(plain(text, 400), width)]
        lines += [paint(tone, part) if tone else part for part in parts] + [""] * bool(parts)
    return "\n".join(lines[:-1]) + "\n"


def _wrapped(text: str, width: int) -> list[str]:
    """A line over as many as it needs; an address is never broken."""
    return textwrap.wrap(text, width, subsequent_indent="   ", break_long_words=False, break_on_hyphens=False)


def _checked(found: Mapping[str, Any]) -> list[str]:
    version = found["version"]
    made = f"earned {version['here']}"
    if version["run"] != version["here"]:
        made += f"; the run was made by {version['run']}"
    lines = [f"Run {found['run']} ({found['run_id']})"]
    if found["books"]:
        lines.append(f" inputs   {_ratio(found['inputs'])} as they were, in {found['books']}")
    lines.append(f" files    {_ratio(found['files'])} as they were written")
    if found["recomputed"]:
        lines.append(f" tables   {_ratio(found['tables'])} recomputed the same ({made})")
    else:
        lines.append(f" tables   not recomputed: {found['not_recomputed']}")
    return lines


def _ratio(parts: Sequence[Mapping[str, Any]]) -> str:
    same = sum(p["same"] for p in parts)
    return f"{same} of {len(parts)}" if same < len(parts) else f"all {len(parts)}"


def _differences(found: Mapping[str, Any]) -> list[str]:
    lines = [f" input {i['path']}: {_input(i)}" for i in found["inputs"] if not i["same"]]
    lines += [line for table in found["tables"] if not table["same"] for line in _table(table)]
    told = {f"tables/{t['name']}.parquet" for t in found["tables"] if t["first_difference"]}
    lines += [f" {f['name']}: {f['why']}" for f in found["files"] if not f["same"] and f["name"] not in told]
    first = found["record"]["first_difference"]
    if first:
        lines.append(f" run.json: {first['key']} is {_cell(first['found'])}, not {_cell(first['expected'])}")
    rest = len(lines) - _SHOWN
    return lines if rest <= 1 else [*lines[:_SHOWN], f" and {rest} more: see --json"]


def _input(given: Mapping[str, Any]) -> str:
    if given["expected"] is None:
        return "added since; the run was made without it"
    return "changed since" if given["found"] else "missing"


def _table(table: Mapping[str, Any]) -> list[str]:
    """A line on the first row that differs, or on the rows where no row can be named."""
    name, first = table["name"], table["first_difference"]
    if first is None:
        rows = (table["rows_expected"], table["rows_found"])
        many = f"{_rows(rows[1])} instead of {_rows(rows[0])}" if rows[0] != rows[1] else "other content"
        return [f" {name}: {many}"]
    if first["key"] is None:
        return [f" {name}: the column is {first['found']}, not {first['expected']}"]
    address = "/".join([name, *(quote(str(k), safe="") for k in first["key"])])
    if first["column"] is None:
        return [f" {address}: {'missing in' if first['expected'] else 'only in'} the run"]
    values = f"{_cell(first['found'])} in the run, {_cell(first['expected'])} by the books"
    return [f" {address}/{first['column']}: {values}"]


def _rows(number: int | None) -> str:
    return "no table" if number is None else f"{number:,} row{'s' * (number != 1)}"


def _cell(value: Any) -> str:
    text = "empty" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _meaning(found: Mapping[str, Any]) -> list[str]:
    if found["same"]:
        return [" Nothing differs: this is what these books give."]
    return [f" {text}" for cause in found["causes"] for text in _MEANING[cause]]
