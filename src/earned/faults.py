"""What is said when books cannot be used: place, value, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that stops the books from being used, in words for an accountant."""

    expected: str
    do: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.file,
                f"row {self.row}" if self.row else None,
                f'"{self.column}"' if self.column else None,
            )
            if part
        )
        found = f" found {self.value!r};" if self.value is not None else ""
        return f"{place + ':' if place else ''}{found} {self.expected}. {self.do}".strip()

    def as_json(self) -> dict[str, str | int | None]:
        """The fault as the interface prints it."""
        return asdict(self)


class InputError(Exception):
    """Bad usage or input: nothing was computed (exit 2). Carries every fault found, not the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(f) for f in self.faults))


class TotalError(Exception):
    """An internal control total does not tie: a defect of this program (exit 3)."""


class ResourceError(Exception):
    """Interrupted, or out of memory or disk (exit 4)."""
