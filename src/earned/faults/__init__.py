"""What is said when books cannot be used: why, place, value, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from earned.faults.register import reasons


@dataclass(frozen=True)
class Fault:
    """One thing that stops the books from being used, in words for an accountant.

    `expected` is what should have stood there; with `fact` it is a sentence of what happened instead.
    `reason` is a word of the register; `line` the row as it stands in its file, where it can be had.
    Raises ValueError for a reason that the register does not have.
    """

    expected: str
    do: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    fact: bool = False
    reason: str = field(kw_only=True)
    line: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if self.reason not in reasons():
            raise ValueError(f"{self.reason} is no reason of the register")

    def __str__(self) -> str:
        found = f"found {_shown(self.value)}; " if self.value is not None else ""
        place = f"{self.place}: " if self.place else ""
        return f"{place}{found}{ended(self.wanted)} {self.remedy}".strip()

    @property
    def code(self) -> str:
        """The code of its reason: B104."""
        return reasons()[self.reason].code

    @property
    def place(self) -> str:
        """Where it is: file, row and column, as far as they are known."""
        row, column = f"row {self.row}" if self.row else "", f'"{self.column}"' if self.column else ""
        return ", ".join(part for part in (self.file, row, column) if part)

    @property
    def wanted(self) -> str:
        """What was expected, with that word before it, or what happened."""
        return (
            self.expected
            if self.fact or self.expected.startswith("expected ")
            else f"expected {self.expected}"
        )

    @property
    def remedy(self) -> str:
        """What to do, as a sentence."""
        return ended(self.do[:1].upper() + self.do[1:])

    def as_json(self) -> dict[str, str | int | None]:
        """The fault as the interface prints it."""
        keys = ("code", "reason", "file", "row", "column", "value", "expected", "do")
        return {key: getattr(self, key) for key in keys}


def _shown(value: str) -> str:
    """A cell as it stands, cut where it is long."""
    return repr(value if len(value) <= 100 else f"{value[:100]}…")


def ended(sentence: str) -> str:
    """With its full stop, where it has none of its own."""
    return sentence if not sentence or sentence.endswith((".", "?", "!", "…")) else f"{sentence}."


def meant(word: str, known: Iterable[str], otherwise: str) -> str:
    """What to do about a word that is none of the known: the nearest, else something else."""
    import difflib

    by_fold = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word.casefold(), by_fold, n=1)
    return f"Did you mean {by_fold[near[0]]}?" if near else otherwise


class InputError(Exception):
    """Bad usage or input: nothing was computed (exit 2). Carries every fault found, not the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(f) for f in self.faults))


class TotalError(Exception):
    """An internal control total does not tie: a defect of this program (exit 3)."""


class ResourceError(Exception):
    """Interrupted, or out of memory or disk (exit 4)."""
