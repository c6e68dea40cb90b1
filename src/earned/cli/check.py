"""`earned check`: what reading the books gives, what will be tested and what not; nothing is computed."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from earned import exits
from earned.cli.options import AsOf, Json, Settings, day, setting
from earned.cli.options import Books as Given
from earned.faults import Fault, InputError

if TYPE_CHECKING:
    from earned.books import Books

_MOST_CAUSES = 3
_MOST_GUESSES = 8


def check(
    books: Given, as_of: AsOf = None, settings: Settings = None, as_json: Json = False
) -> Callable[[], int]:
    """Read the books and say what came in, what is missing and what will be tested; nothing is computed.

    Writes nothing; the result is printed.

    \b
    Examples:
      earned check books/
      earned check my_books.xlsx --set company.currency=USD --json
    """
    return partial(_check, books, [setting(text) for text in settings or ()], day(as_of), as_json)


def _check(path: Path, settings: Sequence[tuple[str, str]], day: Any, as_json: bool) -> int:
    from earned.progress import shown
    from earned.report.terminal import width_for

    if not path.exists():
        do = "Name a folder of tables, a workbook or a .duckdb file."
        raise InputError(
            [Fault("there is nothing of that name", do, str(path), fact=True, reason="path_missing")]
        )
    with shown(sys.stderr) as progress:
        progress("Reading the books", None)
        from earned.books import open_books

        books = open_books(path, overrides=settings, as_of=day, progress=progress)
        try:
            found = facts(books)
        finally:
            books.engine.close()
    exits.result(exits.as_json_text(found) if as_json else said(found, path, width_for(sys.stdout)))
    return exits.FOUND if found["stops"] else exits.DONE


def facts(books: Books) -> dict[str, Any]:
    """Everything that `earned check --json` prints."""
    from earned.books.check import checked
    from earned.books.check.most import would_add_most
    from earned.not_tested import foreseen
    from earned.recognition.price import require_distinct_units, require_tax

    stops: list[dict[str, Any]] = []
    for question in (require_tax, require_distinct_units):
        try:
            question(books)
        except InputError as wrong:
            stops += [fault.as_json() for fault in wrong.faults]
    found, open_ = checked(books), foreseen(books)
    return {
        "format": "earned.check/1",
        **found,
        "not_tested": open_,
        "would_add_most": would_add_most(books, found, open_),
        "stops": stops,
    }


def said(found: Mapping[str, Any], path: Path, width: int) -> str:
    """The screen: tables, rows set aside, joins, guesses, what is not tested, the next command."""
    from earned.report.numbers import plain

    blocks = [_tables(found), _set_aside(found, width), _joins(found), _guesses(found), _not_tested(found)]
    blocks.append(_next(found, path, width))
    lines = [line for block in blocks if block for line in (*block, "")][:-1]
    return "".join(plain(line, 400).rstrip() + "\n" for line in lines)


def _tables(found: Mapping[str, Any]) -> list[str]:
    lines = [f" {'':<14}{'rows in':>12}{'used':>12}{'set aside':>12}{'left out':>12}"]
    for table in found["tables"]:
        counts = "".join(f"{table[k]:>12,}" for k in ("rows_in", "used", "rejected", "left_out"))
        lines.append(f" {table['name']:<14}{counts}   {', '.join(table['files'][:3])}")
    if found["files_not_used"]:
        lines.append(f" Not read: {', '.join(found['files_not_used'][:5])}")
    return lines + _emptied(found["emptied"])


def _emptied(cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """How many cells could not be read and were emptied, and where the most are."""
    if not cells:
        return []
    every, most = sum(c["rows"] for c in cells), cells[0]
    where = f'{most["table"]}.{most["column"]} "{most["example"]}"'
    others = f" and {len(cells) - 1} more" if len(cells) > 1 else ""
    said = "1 cell" if every == 1 else f"{every:,} cells"
    return [f" {said} could not be read, left empty: {where}{others}; see --json, and table quality of a run"]


def _set_aside(found: Mapping[str, Any], width: int) -> list[str]:
    """A message for each cause of rows set aside, of each table the most frequent ones."""
    from earned.report.set_aside import message

    lines: list[str] = []
    for table in found["tables"]:
        causes = table["rejected_by"]
        for cause in causes[:_MOST_CAUSES]:
            lines += [*message(table, cause, width), ""]
        if len(causes) > _MOST_CAUSES:
            rest = len(causes) - _MOST_CAUSES
            lines += [f"and {rest} more cause{'s' * (rest != 1)} in {table['name']}: see --json", ""]
    return lines[:-1]


def _joins(found: Mapping[str, Any]) -> list[str]:
    lines = []
    for join in found["joins"]:
        matched = f"{join['matched']:,} of {join['rows']:,} rows{_share(join['amounts'])}"
        line = f" {join['from']} in {join['to']}: {matched}"
        if join["not_matched"]:
            line += f"; {join['not_matched']:,} not there, such as {join['example']}"
        if join["empty"]:
            line += f"; {join['empty']:,} empty"
        lines.append(line)
    if found["covered"]:
        lines.append(f" Revenue on contracts with any paper{_share(found['covered'])}")
    return lines


def _share(amounts: Sequence[Mapping[str, Any]]) -> str:
    from earned.money import as_text
    from earned.report.numbers import per_million, percent

    parts = [
        f"{as_text(a['matched_minor'], a['currency'])} of {as_text(a['amount_minor'], a['currency'])} "
        f"{a['currency']} ({percent(per_million(a['matched_minor'], a['amount_minor']))})"
        for a in amounts[:3]
        if a["amount_minor"]
    ]
    return f", {'; '.join(parts)}" if parts else ""


def _guesses(found: Mapping[str, Any]) -> list[str]:
    lines = [
        f" {g['what']}: {g['value'] or 'not known, examine asks'}   ({g['why']})"
        for g in found["guesses"][:_MOST_GUESSES]
    ]
    more = len(found["guesses"]) - _MOST_GUESSES
    return ["Assumed", *lines, *([f" and {more} more: see --json"] if more > 0 else [])] if lines else []


def _not_tested(found: Mapping[str, Any]) -> list[str]:
    used = {t["name"] for t in found["tables"] if t["used"]}
    first = "Tested: every revenue entry against its contract and its papers."
    if "contracts" not in used:
        first = "Tested: the entries alone."
    if "entries" not in used:
        first = "Tested: nothing that was booked; the table entries has no rows."
    lines = [f" {n['what']} (needs {n['needs']})" for n in found["not_tested"]]
    most = found["would_add_most"]
    added = [f"What would add most: {most['needs']}: {most['what']}."] if most else []
    return [first, "Not tested", *lines, *added]


def _next(found: Mapping[str, Any], path: Path, width: int) -> list[str]:
    if found["stops"]:
        from earned.report.messages import refused

        faults = [Fault(**{k: v for k, v in stop.items() if k != "code"}) for stop in found["stops"]]
        again = f"Next: {shlex.join(['earned', 'check', str(path)])} again"
        return ["Before it can be examined:", "", *refused(faults, width), again]
    return [f"Next: {shlex.join(['earned', 'examine', str(path), '--out', 'run'])}"]
