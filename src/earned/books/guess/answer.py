"""What is written for a key of books.yaml: a value with its reason, or a question with its candidates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from earned.books.questions import MARK


@dataclass(frozen=True)
class Answer:
    """A value, why it is so, and, where it is a question, the answers to choose from."""

    value: Any
    why: str = ""
    candidates: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """It is a question."""
        return bool(self.value == MARK)


@dataclass(frozen=True)
class Note:
    """A line that is only said."""

    text: str


Tree = Mapping[str, Any]


def ask(why: str, candidates: Sequence[str]) -> Answer:
    """A question."""
    return Answer(MARK, why, tuple(candidates))
