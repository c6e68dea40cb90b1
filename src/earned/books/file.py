"""A file of the books, and how it is refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earned.faults import Fault, InputError


@dataclass(frozen=True)
class File:
    """A file of the books: where it is, and its name inside the books with forward slashes."""

    path: Path
    name: str

    def refused(self, expected: str, do: str, **where: Any) -> InputError:
        """The error that this file cannot be used."""
        return InputError([Fault(expected, do, self.name, **where)])
