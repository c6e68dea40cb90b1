"""`earned explain`: what a figure of a run is made of, down to the rows of the books' own files."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from earned import exits
from earned.cli.completion import complete_address
from earned.cli.options import Json, option
from earned.faults import Fault, InputError

if TYPE_CHECKING:
    from earned.report.explain.derive import RunFolder


def _completed(ctx: typer.Context, incomplete: str) -> list[str]:
    return complete_address(ctx, incomplete)


Run = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder, as `earned examine` wrote it.")]
Address = Annotated[
    str | None,
    typer.Argument(
        metavar="ADDRESS",
        help="table/key/column, or 2021Q2, F-…, a unit, an entry, a paper; none: where to begin.",
        autocompletion=_completed,
    ),
]
Depth = Annotated[
    int | None,
    option("--depth", "N", "Levels of cells below: 3, but 1 for a row that is shown on the screen."),
]
Limit = Annotated[int, option("--limit", "N", "Cells of one kind under a figure, the largest first.")]


def explain(
    run: Run, address: Address = None, depth: Depth = None, limit: Limit = 20, as_json: Json = False
) -> Callable[[], int]:
    """Say what a figure of a run is made of, down to the rows of the books' own files.

    Reads the run folder only; the books need not be there. The result is printed.

    \b
    Examples:
      earned explain run/ 2021Q2
      earned explain run/ misstatements/total/total/2021Q2/gap_minor --depth 2 --json
    """
    for name, value, least in (("--depth", depth, 0), ("--limit", limit, 1)):
        if value is not None and value < least:
            fault = Fault(
                f"{least} or more",
                "Leave it out for the default.",
                column=name,
                value=str(value),
                reason="option_value",
            )
            raise InputError([fault])
    return partial(_explain, run, address, depth, limit, as_json)


def _explain(folder: Path, address: str | None, depth: int | None, limit: int, as_json: bool) -> int:
    from earned.report.explain.derive import is_row, open_run, tree
    from earned.report.explain.explained import explained
    from earned.report.terminal import paint_for, width_for
    from earned.unfinished import refuse_unfinished

    refuse_unfinished(folder)
    with open_run(folder) as run:
        if address is None:
            text = _begin(run, str(folder), as_json)
        else:
            levels = 1 if not as_json and is_row(run, address) else 3
            node = tree(run, address, levels if depth is None else depth, limit)
            text = (
                exits.as_json_text({"format": "earned.explain/1"} | node.as_json())
                if as_json
                else explained(node, str(folder), width_for(sys.stdout), paint_for(sys.stdout))
            )
    exits.result(text)
    return exits.DONE


def _begin(run: RunFolder, folder: str, as_json: bool) -> str:
    """The addresses of the first screen: periods and the largest findings."""
    from earned.report.explain.derive import beginnings
    from earned.report.explain.explained import addresses
    from earned.report.terminal import width_for

    rows: list[tuple[str, Any]] = beginnings(run)
    if as_json:
        listed = [node.as_json() for _, node in rows]
        return exits.as_json_text({"format": "earned.explain/1", "addresses": listed})
    shown = [(short, node.label, f"{node.text} {node.currency or ''}".strip()) for short, node in rows]
    return addresses(shown, folder, width_for(sys.stdout))
