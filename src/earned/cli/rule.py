"""`earned rule`: what a code of a message means, and every code there is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Annotated

import typer

from earned import exits
from earned.cli.options import Json
from earned.faults import Fault, InputError, meant
from earned.faults.register import REFUSED, SET_ASIDE, STOPPED, Reason, example, named, reasons

Code = Annotated[
    str | None,
    typer.Argument(metavar="CODE", help="A code such as B214, or its word such as decimals; none: all."),
]
#: How grave it is -> what happens.
HAPPENS = {
    REFUSED: "Refused: nothing is computed and nothing is written (exit code 2).",
    SET_ASIDE: "Set aside: the row is not used and is listed in the table rejected; the others are.",
    STOPPED: "Stopped: no run folder is written (exit code 3 for a defect of ours, else 4).",
}


def rule(code: Code = None, as_json: Json = False) -> Callable[[], int]:
    """Say what a code of a message means, what happens then and what to do, with an example.

    Without CODE every code is listed. The result is printed.

    \b
    Examples:
      earned rule
      earned rule B214
    """
    return partial(_rule, code, as_json)


def _rule(code: str | None, as_json: bool) -> int:
    found = list(reasons().values()) if code is None else [_known(code)]
    if as_json:
        rules = [reason._asdict() | {"example": example(reason.code)} for reason in found]
        exits.result(exits.as_json_text({"format": "earned.rule/1", "rules": rules}))
    else:
        exits.result(_listed(found) if code is None else _explained(found[0]))
    return exits.DONE


def _known(code: str) -> Reason:
    if found := named(code):
        return found
    every = [name for reason in reasons().values() for name in (reason.code, reason.word)]
    do = meant(code, every, "`earned rule` lists them.")
    fault = Fault("a code or a word of `earned rule`", do, column="CODE", value=code, reason="option_value")
    raise InputError([fault])


def _listed(every: list[Reason]) -> str:
    wide = max(len(reason.word) for reason in every)
    lines = [f"{r.code}  {r.word:<{wide}}  {r.severity:<9}  {r.meaning}" for r in every]
    return "\n".join([*lines, "", "Next: earned rule CODE"]) + "\n"


def _explained(reason: Reason) -> str:
    from earned.report.messages import headline, paragraph
    from earned.report.terminal import width_for

    width = width_for(sys.stdout)
    lines = [headline(reason, reason.word, reason.meaning)]
    for text in (HAPPENS[reason.severity], reason.remedy):
        lines += ["", *paragraph(text, width)]
    if shown := example(reason.code):
        lines += ["", "Example", "", shown.rstrip()]
    return "\n".join(lines) + "\n"
