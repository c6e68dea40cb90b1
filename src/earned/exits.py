"""How a command ends: its exit code, and what is said about it, in words on stderr or as JSON on stdout."""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from earned import machine
from earned.faults import Fault, InputError, ResourceError, TotalError

DONE, FOUND, INPUT, TOTAL, RESOURCE = range(5)

_REFUSED = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOENT,
    errno.EEXIST,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ELOOP,
    errno.ENAMETOOLONG,
}
_LEFT = "; nothing is left half-written"


def ended(command: Callable[[], int], as_json: bool = False) -> int:
    """Run a command and return its exit code; whatever stops it is said, never raised."""
    with _stoppable() as stopped:
        try:
            return command()
        except BaseException as error:
            if isinstance(error, SystemExit | GeneratorExit):
                raise
            code, faults = why(error, bool(stopped))
            _say(code, faults, as_json)
            return code


def result(text: str) -> None:
    """Write a result to stdout; a reader who has gone away (`| head`) is no error."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def as_json_text(content: Mapping[str, Any]) -> str:
    """JSON as every command prints it: keys sorted, UTF-8, one object."""
    return json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def why(error: BaseException, stopped: bool) -> tuple[int, tuple[Fault, ...]]:
    """The exit code of an error, and what to say about it."""
    if isinstance(error, InputError):
        return INPUT, error.faults
    if isinstance(error, KeyboardInterrupt) or stopped:
        return RESOURCE, (_stated(f"interrupted{_LEFT}", "Run the command again.", reason="interrupted"),)
    if isinstance(error, ResourceError):
        return RESOURCE, (_stated(str(error), machine.MEMORY.do, reason="memory"),)
    if found := machine.failure(error):
        place = getattr(error, "filename", None)
        fault = _stated(found.fact + _LEFT, found.do, str(place) if place else None, reason=found.reason)
        return RESOURCE, (fault,)
    if isinstance(error, OSError) and error.errno in _REFUSED and error.filename:
        do = "Check the name and who may read and write it."
        return INPUT, (_stated(error.strerror or "not accessible", do, str(error.filename), reason="access"),)
    if isinstance(error, TotalError):
        return TOTAL, (
            _stated(f"an internal control total does not tie: {error}", _report(), reason="control_total"),
        )
    if os.environ.get("EARNED_DEBUG") == "1":
        traceback.print_exception(error)
    first = (str(error).splitlines() or [""])[0][:200]
    said = f"a defect of this program stopped it ({type(error).__name__}{': ' + first if first else ''})"
    return TOTAL, (_stated(said, _report(), reason="defect"),)


def _stated(fact: str, do: str, file: str | None = None, *, reason: str) -> Fault:
    """A fault that says what happened."""
    return Fault(fact, do, file, fact=True, reason=reason)


def _report() -> str:
    return "Nothing was written. Please report it, with the output of the same command under EARNED_DEBUG=1."


def _say(code: int, faults: tuple[Fault, ...], as_json: bool) -> None:
    if as_json:
        errors = [fault.as_json() for fault in faults]
        result(as_json_text({"format": "earned.error/1", "code": code, "errors": errors}))
        return
    from earned.report.messages import refused
    from earned.report.terminal import width_for

    said = [*refused(faults, width_for(sys.stderr)), *(["Nothing was computed."] * (code == INPUT))]
    note("\n".join(said).rstrip())


def note(text: str) -> None:
    """Write a line to stderr; control characters of the books' own cells do not reach the terminal."""
    shown = "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
    with suppress(BrokenPipeError):
        sys.stderr.write(shown + "\n")


@contextmanager
def _stoppable() -> Iterator[list[int]]:
    """Ctrl-C, a closed terminal and a polite kill all raise KeyboardInterrupt once; the list says which.

    DuckDB turns an interrupt inside a statement into an error of its own, so the list is what counts.
    """
    stopped: list[int] = []

    def stop(number: int, _: FrameType | None) -> None:
        if not stopped:
            stopped.append(number)
            raise KeyboardInterrupt

    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {getattr(signal, name): signal.signal(getattr(signal, name), stop) for name in names}
    hook = sys.unraisablehook
    if os.environ.get("EARNED_DEBUG") != "1":
        # An archive that is given up tries once more to write: what stopped it is said already.
        sys.unraisablehook = lambda _: None
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        sys.unraisablehook = hook
