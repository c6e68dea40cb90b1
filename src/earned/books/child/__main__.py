"""The reading process: `python -m earned.books.child REQUEST`, one JSON request in, one JSON line out.

A dot is a sign of work; the last line is the answer, the faults, or that memory ran out. It has no network,
starts no other program and writes no file but the one that it is asked for (`shut`).
"""

from __future__ import annotations

import json
import os
import resource
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from earned.books import limits
from earned.books.child.shut import shut_in
from earned.books.file import File
from earned.faults import InputError


def main() -> None:
    """Answer the request of the command line on stdout."""
    request = json.loads(sys.argv[1])
    with limits.in_force(request["limits"]):
        _bound()
        into = request["arguments"].get("into")
        shut_in(Path(into) if into else None, limits.most("reader_memory"))
        reply = _reply(request)
    os.write(1, b"\n" + json.dumps(reply).encode())


def _bound() -> None:
    """Memory and time of this process; no core file is left behind."""
    bounds = {
        resource.RLIMIT_AS: limits.most("reader_memory"),
        resource.RLIMIT_CPU: limits.most("reader_time"),
        resource.RLIMIT_CORE: 0,
    }
    for kind, most in bounds.items():
        # A system that does not know one of them (RLIMIT_AS on a Mac) still has the two clocks.
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))


def _reply(request: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"answer": _done(request["task"], _file(request), request["arguments"])}
    except InputError as refused:
        return {"faults": [asdict(f) for f in refused.faults]}
    except MemoryError:
        return {"ended": "memory"}


def _file(request: dict[str, Any]) -> File:
    return File(Path(request["path"]), request["name"])


def _done(task: str, file: File, arguments: dict[str, str]) -> Any:
    if task == "inspect":
        from earned.books.child.sheets import inspected

        return inspected(file)
    from earned.books.child.grid import read

    return read(file, **arguments)


def alive() -> None:
    """A sign of work to the parent, where there is one."""
    if __name__ == "__main__":
        os.write(1, b".")


if __name__ == "__main__":
    main()
