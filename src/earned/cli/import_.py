"""`earned import`: known audit formats into books."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from earned import exits
from earned.cli.options import ExitZero, Json, option
from earned.imports import FORMATS

LIST = "\n".join(
    f"  {f.name:<8} {f.what}\n           earned import {f.name} {f.example} --out books/"
    for f in FORMATS.values()
)
HELP = f"""Make books of an export in a known audit format, and check the totals that it states.

BOOKS is a new folder of tables and a books.yaml that asks what the export does not say. The result is
printed, and kept there as import.json; a total that the rows do not give is a difference.

\b
Formats, each with an example:
{LIST}
"""

Name = Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of {', '.join(FORMATS)}.")]
Export = Annotated[
    Path, typer.Argument(metavar="PATH", help="The file, folder or zip archive of the export.")
]
Out = Annotated[Path, option("--out", "BOOKS", "A new folder for the books.")]


def import_(
    name: Name, path: Export, out: Out, as_json: Json = False, exit_zero: ExitZero = False
) -> Callable[[], int]:
    """The work of `earned import`; its help is HELP."""
    return partial(_import, name, path, out, as_json=as_json, exit_zero=exit_zero)


def _import(name: str, path: Path, out: Path, *, as_json: bool, exit_zero: bool) -> int:
    from earned.imports import run
    from earned.progress import shown

    with shown(sys.stderr) as progress:
        result = run(name, path, out, progress)
    exits.result(exits.as_json_text(result.as_json()) if as_json else result.text())
    return exits.FOUND if result.has_differences and not exit_zero else exits.DONE
