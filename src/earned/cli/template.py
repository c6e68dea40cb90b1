"""`earned template`: a workbook of three sheets to fill in."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from earned import exits
from earned.faults import Fault, InputError

Out = Annotated[Path, typer.Argument(metavar="OUT.xlsx", help="A new workbook.")]


def template(out: Out) -> Callable[[], int]:
    """Write a workbook with the sheets contracts, entries and evidence, notes, lists and one example row.

    \b
    Examples:
      earned template my_books.xlsx
    """
    return partial(_template, out)


def _template(out: Path) -> int:
    if out.suffix.lower() != ".xlsx":
        do = f"Name it {out.name}.xlsx."
        raise InputError(
            [Fault("a name that ends in .xlsx", do, column="OUT.xlsx", value=str(out), reason="option_value")]
        )
    if not out.absolute().parent.is_dir():
        do = "Make the folder, or name a file in one that is there."
        raise InputError(
            [Fault("there is no such folder", do, str(out.parent), fact=True, reason="path_missing")]
        )
    from earned.books.template import workbook
    from earned.unfinished import held, write_whole

    with held(out.absolute()):
        if out.exists() or out.is_symlink():
            do = "Name another file, or move this one away."
            raise InputError(
                [Fault("there is a file of that name already", do, str(out), fact=True, reason="out_taken")]
            )
        write_whole(out.absolute(), workbook())
    then = shlex.join(["earned", "check", str(out)])
    exits.result(f"Written: {out}. Delete the example row, fill in your own.\nNext: {then}\n")
    return exits.DONE
