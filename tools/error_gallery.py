"""docs/errors.md: every reason with a message that was provoked; and the same messages for `earned rule`."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

import earned
from earned import cli, exits
from earned.faults import Fault
from earned.faults.register import Reason, reasons
from earned.report.messages import refused
from earned.report.set_aside import message
from tools.error_cases import CASES, GOOD, Case
from tools.error_rows import causes

WIDTH = 80
EXAMPLES = Path(earned.__file__).parent / "faults" / "examples.json"
#: Reasons of no place: what stops a machine, books as a whole, and a command line, which one has before one.
NO_PLACE = {
    "option", "as_of", "interrupted", "memory", "disk_full", "disk_failed", "control_total", "defect",
}  # fmt: skip
#: Reasons that are about something written, which is owed in the message.
VALUED = {
    "manifest_value", "question", "option_value", "address", "all_set_aside", "key_of_unit",
    "shape", "too_long", "bytes", "number", "range", "currency", "decimals", "sign", "date", "value",
    "key_conflict", "repeat", "orphan", "version_gap", "outcomes", "negative", "window", "period",
    "after_as_of", "opening",
}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A provoked message: its command and exit code, whether it says place, value, expectation and remedy,
    and how it stands on the screen."""

    command: str
    code: int | None
    place: bool
    value: bool
    expected: bool
    remedy: bool
    text: str


def errors_page() -> str:
    """The page. Raises ValueError where a reason has no case, or its message says less than is owed."""
    found = provoked()
    if wrong := owed(found, reasons()):
        raise ValueError("; ".join(wrong))
    parts = [
        "# What is refused and what is set aside\n",
        "Each message begins with a code, which `earned rule CODE` explains. *Refused*: nothing is computed.",
        "*Set aside*: the row is not used; it is in the table `rejected` of the run with file, row, column,",
        "value, `reason` (the word below) and what was expected, never dropped in silence. *Stopped*: no run",
        "folder is written. Every message on this page was provoked when the page was printed.\n",
        *_table(found),
    ]
    for reason in reasons().values():
        said = found[reason.word]
        parts += [
            f"\n## {reason.code} `{reason.word}`\n",
            f"{reason.meaning[:1].upper()}{reason.meaning[1:]}. {reason.remedy}\n",
            f"```\n$ {said.command}\n{said.text}```",
        ]
    return "\n".join(parts) + "\n"


def _table(found: Mapping[str, Said]) -> list[str]:
    lines = [
        "| code | word | what happens | place | value | expected | remedy | exit code |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for reason in reasons().values():
        said = found[reason.word]
        marks = ("yes" if there else "–" for there in (said.place, said.value, said.expected, said.remedy))
        code = "–" if said.code is None else str(said.code)
        lines.append(f"| {' | '.join([reason.code, f'`{reason.word}`', reason.severity, *marks, code])} |")
    return lines


def examples_text() -> str:
    """examples.json beside the register: code -> message, for `earned rule`."""
    texts = {reason.code: provoked()[reason.word].text for reason in reasons().values()}
    return json.dumps(texts, ensure_ascii=False, indent=1) + "\n"


def owed(found: Mapping[str, Said], known: Mapping[str, Reason]) -> list[str]:
    """What is missing: reasons without a case, and blanks where something is owed."""
    wrong = [f"{word}: no case provokes it" for word in known if word not in found]
    for word, said in found.items():
        has = {"place": said.place or word in NO_PLACE, "value": said.value or word not in VALUED}
        has |= {"expected": said.expected, "remedy": said.remedy}
        wrong += [f"{word}: its message has no {what}" for what, there in has.items() if not there]
    return wrong


@cache
def provoked() -> Mapping[str, Said]:
    """The message of every case by its reason."""
    with tempfile.TemporaryDirectory() as place:
        found = set_aside(Path(place) / "rows")
        for number, case in enumerate(CASES):
            here = Path(place) / str(number) / "home" / "here"
            if case.run:
                shutil.copytree(Path(place) / "rows" / "run", here / "run")
            found[case.word] = refusal(case, here)
    return found


def set_aside(place: Path) -> dict[str, Said]:
    """The message of each reason for setting a row aside, in books that have each of them."""
    return {
        cause["reason"]: Said(
            command="earned check books",
            code=None,
            place=bool(cause["first"]["file"] and cause["first"]["row"]),
            value=bool(cause["first"]["value"]),
            expected=bool(cause["first"]["expected"]),
            remedy=bool(reasons()[cause["reason"]].remedy),
            text="\n".join(message(table, cause, WIDTH)) + "\n",
        )
        for table, cause in causes(place)
    }


def refusal(case: Case, place: Path) -> Said:
    """The message of a case. Raises ValueError where it is not refused, or for another reason."""
    _write(case, place)
    with contextlib.chdir(place), _environment(case), case.meanwhile():
        code, faults = _stopped(case.command)
    faults = [_anywhere(fault, place) for fault in faults]
    if {fault.reason for fault in faults} != {case.word}:
        raise ValueError(f"{case.word}: its case says {[str(fault) for fault in faults]}")
    return Said(
        command=shlex.join(["earned", *case.command]),
        code=code,
        place=all(fault.place for fault in faults),
        value=all(fault.value is not None or fault.line is not None for fault in faults),
        expected=all(fault.expected for fault in faults),
        remedy=all(fault.do for fault in faults),
        text="\n".join(refused(faults, WIDTH)).rstrip() + "\n",
    )


def _write(case: Case, place: Path) -> None:
    for name, content in {**GOOD, **case.files}.items():
        if content is not None:
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)


def _environment(case: Case) -> contextlib.AbstractContextManager[object]:
    """Nothing of this machine's own passwords or settings, but what the case sets."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("EARNED_", "PG"))}
    return patch.dict(os.environ, kept | dict(case.environment), clear=True)


def _stopped(command: Iterable[str]) -> tuple[int, Iterable[Fault]]:
    """The exit code and the faults with which a command ends."""
    try:
        _run(command)
    except BaseException as error:
        return exits.why(error, stopped=False)
    raise ValueError(f"{list(command)}: not refused")


def _run(command: Iterable[str]) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        cli.run(list(command))


def _anywhere(fault: Fault, place: Path) -> Fault:
    """The fault as on any machine: without the folder in which it was provoked."""
    texts = {name: getattr(fault, name) for name in ("expected", "do", "file", "value")}
    for folder in (place.resolve(), place.resolve().parent):
        texts = {n: t and t.replace(str(folder), f"/{folder.name}") for n, t in texts.items()}
    return replace(fault, **texts)
