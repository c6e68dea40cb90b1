"""`earned simulate`: made-up companies with known truth."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from earned import exits
from earned.cli.options import option

Kind = Annotated[str, typer.Argument(metavar="KIND", help="Which company: cloopen.")]
New = Annotated[Path, typer.Argument(metavar="OUT", help="A new folder, for OUT/books and OUT/truth.")]
Seed = Annotated[int, option("--seed", "N", "The same seed gives the same bytes, on any machine.")]
Scale = Annotated[int, option("--scale", "N", "So many times the usage customers.")]
NoScheme = Annotated[bool, option("--no-scheme", None, "Honest books: nothing planted, only noise.")]
Full = Annotated[bool, option("--full", None, "Every customer singly, not the small ones as one.")]


def simulate(
    kind: Kind, out: New, seed: Seed = 1, scale: Scale = 1, no_scheme: NoScheme = False, full: Full = False
) -> Callable[[], int]:
    """Write the books of a made-up company, and beside them what is true of it.

    The books go to OUT/books, the truth to OUT/truth; one line says so.

    \b
    Examples:
      earned simulate cloopen case/ --seed 1
      earned simulate cloopen honest/ --seed 2 --no-scheme
    """
    return partial(_simulate, kind, out, seed=seed, scale=scale, no_scheme=no_scheme, full=full)


def _simulate(kind: str, out: Path, **options: Any) -> int:
    from earned.simulation import simulate as make

    exits.result(f"{make(kind, out, **options)}\n")
    return exits.DONE
