"""Options that several commands share."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from earned.faults import Fault, InputError

EXITS = (
    "Exit codes: 0 done, nothing to report; 1 done, exceptions or differences found; 2 bad usage or input, "
    "nothing computed; 3 an internal control total did not tie; 4 interrupted or out of resources."
)


def option(name: str, metavar: str | None, said: str) -> Any:
    """An option of one name, with a word for its value and a line of help."""
    return typer.Option(name, metavar=metavar, help=said)


_BOOKS = "A folder with books.yaml, a folder of tables with our names, one workbook, or a .duckdb file."
Books = Annotated[Path, typer.Argument(metavar="BOOKS", help=_BOOKS)]
AsOf = Annotated[str | None, option("--as-of", "DATE", "What was known at the end of this day, YYYY-MM-DD.")]
Settings = Annotated[
    list[str] | None, option("--set", "KEY=VALUE", "A key of books.yaml: policy.least_grade=A; repeatable.")
]
Json = Annotated[bool, option("--json", None, "Print one JSON object instead of the screen.")]
ExitZero = Annotated[bool, option("--exit-zero", None, "Exit 0 also when something was found.")]


def setting(text: str) -> tuple[str, str]:
    """Key and value of a `--set`. Raises InputError for anything else."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        do = "Write it as in books.yaml with dots, for example --set policy.least_grade=A."
        raise InputError(
            [Fault(column="--set", value=text, expected="KEY=VALUE", do=do, reason="option_value")]
        )
    return key.strip(), value


def day(text: str | None) -> date | None:
    """The day of an `--as-of`, if one is given. Raises InputError for anything else."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        do = "Write it as year, month, day, for example --as-of 2022-03-31."
        raise InputError(
            [Fault(column="--as-of", value=text, expected="a day", do=do, reason="option_value")]
        ) from None
