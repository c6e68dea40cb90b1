"""Every reason for which something is refused or a row set aside: register.yaml, as it is asked for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

REFUSED, SET_ASIDE, STOPPED = "refused", "set aside", "stopped"


class Reason(NamedTuple):
    """A reason: its code, its word, how grave it is, what it means in one sentence, and what to do."""

    code: str
    word: str
    severity: str
    meaning: str
    remedy: str


@cache
def reasons() -> Mapping[str, Reason]:
    """Every reason by its word, in the order of the codes."""
    import yaml

    text = files("earned.faults").joinpath("register.yaml").read_text(encoding="utf-8")
    return registered(yaml.safe_load(text))


def of_rows() -> Mapping[str, Reason]:
    """Those for which a row is set aside: the values of `reason` in the table rejected."""
    return {word: reason for word, reason in reasons().items() if reason.severity == SET_ASIDE}


def registered(rows: Iterable[Sequence[str]]) -> Mapping[str, Reason]:
    """The reasons of a register by their word. Raises ValueError where a code or a word stands twice."""
    found = [Reason(*row) for row in rows]
    for key in ("code", "word"):
        every = [getattr(reason, key) for reason in found]
        if twice := sorted({value for value in every if every.count(value) > 1}):
            raise ValueError(f"{', '.join(twice)}: a {key} belongs to one reason")
    return {reason.word: reason for reason in sorted(found)}


def named(text: str) -> Reason | None:
    """The reason of a code or a word, in whatever case; None for any other text."""
    asked = text.casefold()
    return next((r for r in reasons().values() if asked in (r.code.casefold(), r.word)), None)


@cache
def _examples() -> Mapping[str, str]:
    text = files("earned.faults").joinpath("examples.json").read_text(encoding="utf-8")
    found: Mapping[str, str] = json.loads(text)
    return found


def example(code: str) -> str:
    """A message with this code as it was provoked; `make docs` prints examples.json anew."""
    return _examples().get(code, "")
