"""What a machine runs out of or fails at, told from the error that a library raised over it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from typing import NamedTuple


class Failure(NamedTuple):
    """What happened, what to do about it, and its reason in the register."""

    fact: str
    do: str
    reason: str


_SPACE = "Free space on the disk of the results, and of the temporary folder (TMPDIR names another one)."
_DISK = "Look whether the disk or network drive is sound, or name another one for results and TMPDIR."
_OPEN = "Close other programs, or raise the number of files that a process may open (ulimit -n)."
_MEMORY = "Close other programs, run on a machine with more memory, or leave out the report with --no-report."
FULL = Failure("the disk is full", _SPACE, "disk_full")
LOST = Failure("the disk failed (input/output error)", _DISK, "disk_failed")
MEMORY = Failure("out of memory", _MEMORY, "memory")

#: by the system's number of the error
_FAILURES = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: Failure("the quota of disk space is used up", _SPACE, "disk_full"),
    errno.EIO: LOST,
    errno.EMFILE: Failure("too many files are open", _OPEN, "disk_failed"),
    errno.ENFILE: Failure("too many files are open", _OPEN, "disk_failed"),
    errno.ENOMEM: MEMORY,
}


def failure(error: BaseException) -> Failure | None:
    """The machine's failure behind an error, if that is its cause."""
    return next((found for cause in _chain(error) if (found := _FAILURES.get(_number(cause)))), None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _number(error: BaseException) -> int:
    """The system's number of an error; of an engine's, known by name so as not to load it, by its words."""
    name, text = type(error).__name__, str(error)
    if isinstance(error, MemoryError) or name == "OutOfMemoryException":
        return errno.ENOMEM
    if isinstance(error, OSError) and error.errno:
        return error.errno
    if "fsync failed" in text:
        return errno.EIO
    return next((number for number in _FAILURES if os.strerror(number) in text), 0)
