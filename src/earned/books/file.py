"""A file of the books, and how it is refused."""

from __future__ import annotations

import errno
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from earned import machine
from earned.faults import Fault, InputError

#: What a disk or network drive says that has lost a file.
_LOST = {errno.EIO, errno.ENXIO, errno.ENODEV, errno.ESTALE, errno.ETIMEDOUT}


@dataclass(frozen=True)
class File:
    """A file of the books: where it is, and its name inside the books with forward slashes."""

    path: Path
    name: str

    def refused(self, expected: str, do: str, *, reason: str, **where: Any) -> InputError:
        """The error that this file cannot be used."""
        return InputError([Fault(expected, do, self.name, reason=reason, **where)])


class LostError(InputError):
    """The disk does not give a file that it has: nothing is said about the file, but that it is lost."""


def opened(path: Path) -> io.BufferedReader:
    """The bytes of a file, to be read. Raises LostError where the disk or network drive fails over it."""
    return io.BufferedReader(_Raw(path))


class _Raw(io.FileIO):
    """A file whose errors name it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            super().__init__(path)
        except OSError as wrong:
            raise self._named(wrong) from None

    def readinto(self, buffer: Any) -> int | None:
        try:
            return super().readinto(buffer)
        except OSError as wrong:
            raise self._named(wrong) from None

    def readall(self) -> bytes:
        try:
            return super().readall()
        except OSError as wrong:
            raise self._named(wrong) from None

    def _named(self, wrong: OSError) -> Exception:
        if wrong.errno not in _LOST:
            wrong.filename = wrong.filename or str(self._path)
            return wrong
        return _lost(str(self._path), str(wrong.strerror))


def _lost(name: str, said: str) -> LostError:
    expected = f"a file that can be read to its end; {said}"
    do = "copy it anew from where it came, or from a backup"
    return LostError([Fault(expected, do, name, reason="access")])


def not_the_machine(wrong: BaseException, file: File, reading: bool = False) -> None:
    """Raise what is no fault of a file but a failure of the machine: the error anew (a full disk, no memory),
    or LostError where it names the file, or came while `reading` it."""
    failed = machine.failure(wrong)
    if failed is machine.LOST and (reading or str(file.path) in str(wrong)):
        raise _lost(file.name, failed.fact) from None
    if failed:
        raise wrong
