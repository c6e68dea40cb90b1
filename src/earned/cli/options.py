"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated, Any

import typer

EXITS = (
    "Exit codes: 0 done, nothing to report; 1 done, exceptions or differences found; 2 bad usage or input, "
    "nothing computed; 3 an internal control total did not tie; 4 interrupted or out of resources."
)


def option(name: str, metavar: str | None, said: str) -> Any:
    """An option of one name, with a word for its value and a line of help."""
    return typer.Option(name, metavar=metavar, help=said)


Json = Annotated[bool, option("--json", None, "Print one JSON object instead of the screen.")]
ExitZero = Annotated[bool, option("--exit-zero", None, "Exit 0 also when something was found.")]
