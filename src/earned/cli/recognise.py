"""`earned recognise`: one contract through the five steps, each figure with its arithmetic and paragraph."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from earned import exits
from earned.cli.options import AsOf, Json, day, option
from earned.faults import Fault, InputError

_FILE = "A contract file, YAML or JSON: the books' tables of one contract as one document."
File = Annotated[Path, typer.Argument(metavar="FILE", help=_FILE)]
Framework = Annotated[
    str | None,
    option("--framework", "NAME", "us_gaap, ifrs, or both: what differs stands side by side."),
]
Memo = Annotated[
    Path | None,
    option("--memo", "OUT", "Write the accounting memo, Markdown (.md) or one HTML page (.html)."),
]
BOTH = "both"
FRAMEWORKS = ("us_gaap", "ifrs")
_MEMOS = (".md", ".html")


def recognise(
    file: File, as_of: AsOf = None, framework: Framework = None, memo: Memo = None, as_json: Json = False
) -> Callable[[], int]:
    """Recognise one contract: its price, allocation and revenue, with arithmetic, paragraphs and judgements.

    The same expressions as `examine`, over one contract. A judgement that is missing is asked for, never
    made. The result is printed.

    \b
    Examples:
      earned recognise contract.yaml
      earned recognise contract.yaml --as-of 2021-06-30 --framework both --json
    """
    if framework is not None and framework not in (*FRAMEWORKS, BOTH):
        _refuse("--framework", framework, f"one of {', '.join((*FRAMEWORKS, BOTH))}")
    if memo is not None and memo.suffix.lower() not in _MEMOS:
        _refuse("--memo", str(memo), f"a file name that ends in {' or '.join(_MEMOS)}")
    return partial(_recognise, file, day(as_of), framework, memo, as_json)


def _refuse(name: str, value: str, expected: str) -> None:
    do = "`earned recognise --help` says what it takes."
    raise InputError([Fault(expected, do, column=name, value=value, reason="option_value")])


def _recognise(path: Path, day: Any, framework: str | None, memo: Path | None, as_json: bool) -> int:
    from earned.progress import shown
    from earned.report.terminal import width_for

    if not path.is_file():
        do = "Name a contract file, YAML or JSON."
        fault = Fault("there is no file of that name", do, str(path), fact=True, reason="path_missing")
        raise InputError([fault])
    with shown(sys.stderr) as progress:
        progress("Recognising the contract", None)
        from earned.contract.compared import compared
        from earned.contract.memo import memo_of, written
        from earned.contract.page import page

        found = compared(path, as_of=day, framework=framework)
        blocks = memo_of(path, found, as_of=day) if memo else []
    if memo:
        written(memo, blocks)
        exits.note(f"Memo: {memo}")
    exits.result(exits.as_json_text(found) if as_json else page(found, width_for(sys.stdout)))
    return exits.DONE
