"""What is said when books cannot be used: place, value, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that stops the books from being used, in words for an accountant.

    `expected` is what should have stood there; with `fact` it is a sentence of what happened instead.
    """

    expected: str
    do: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    fact: bool = False

    def __str__(self) -> str:
        row, column = f"row {self.row}" if self.row else "", f'"{self.column}"' if self.column else ""
        place = ", ".join(part for part in (self.file, row, column) if part)
        found = f"found {_shown(self.value)}; " if self.value is not None else ""
        wanted = self.expected
        if not self.fact and not wanted.startswith("expected "):
            wanted = f"expected {wanted}"
        do = self.do[:1].upper() + self.do[1:]
        return f"{place}{': ' if place else ''}{found}{_ended(wanted)} {_ended(do)}".strip()

    def as_json(self) -> dict[str, str | int | None]:
        """The fault as the interface prints it."""
        return {k: v for k, v in asdict(self).items() if k != "fact"}


def _shown(value: str) -> str:
    """A cell as it stands, cut where it is long."""
    return repr(value if len(value) <= 100 else f"{value[:100]}…")


def _ended(sentence: str) -> str:
    """With its full stop, where it has none of its own."""
    return sentence if not sentence or sentence.endswith((".", "?", "!", "…")) else f"{sentence}."


class InputError(Exception):
    """Bad usage or input: nothing was computed (exit 2). Carries every fault found, not the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(f) for f in self.faults))


class TotalError(Exception):
    """An internal control total does not tie: a defect of this program (exit 3)."""


class ResourceError(Exception):
    """Interrupted, or out of memory or disk (exit 4)."""
