"""Ask the reading process: start it, wait with two clocks, and say how it ended where it did not answer."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from earned.books import limits
from earned.books.file import File
from earned.faults import Fault, InputError

_BLOCK = 1 << 16
#: How a process ends that was given no more memory (a library aborts, or the system kills it).
_NO_MEMORY = {signal.SIGABRT, signal.SIGKILL}


def ask(task: str, file: File, **arguments: str) -> Any:
    """What the child answers to a task ("inspect" or "sheet") on a workbook.

    Raises InputError where it refuses the workbook, or runs out of memory or time over it.
    """
    request = {"task": task, "path": os.fspath(file.path), "name": file.name, "arguments": arguments}
    request["limits"] = dict(limits.raised())
    command = [sys.executable, "-P", "-m", "earned.books.child", json.dumps(request)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
    )
    try:
        said = _listen(process, file)
        code = process.wait()
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
    return _answer(said, code, file)


def _environment() -> dict[str, str]:
    """Where `earned` is found; memory of the system, not of pools that reserve more than is allowed."""
    source = Path(__file__).resolve().parents[3]
    path = os.pathsep.join(p for p in (str(source), os.environ.get("PYTHONPATH", "")) if p)
    more = {"PYTHONPATH": path, "ARROW_DEFAULT_MEMORY_POOL": "system", "RAYON_NUM_THREADS": "1"}
    return os.environ | more | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _listen(process: subprocess.Popen[bytes], file: File) -> bytes:
    """Everything the child says until it ends; InputError where one of the two clocks runs out."""
    assert process.stdout is not None
    began, said, pipe = time.monotonic(), bytearray(), process.stdout.fileno()
    while True:
        rest = limits.most("reader_time") - (time.monotonic() - began)
        silence = limits.most("reader_silence")
        ready, _, _ = select.select([pipe], [], [], max(min(rest, silence), 0))
        if not ready:
            raise _stopped("reader_time" if rest <= silence else "reader_silence", file)
        block = os.read(pipe, _BLOCK)
        if not block:
            return bytes(said)
        said += block


def _answer(said: bytes, code: int, file: File) -> Any:
    """The last line of what was said, if the child came to its end."""
    reply: Mapping[str, Any] = json.loads(said.splitlines()[-1]) if code == 0 else {}
    if "answer" in reply:
        return reply["answer"]
    if "faults" in reply:
        raise InputError([Fault(**fault) for fault in reply["faults"]])
    if reply.get("ended") == "memory" or -code in _NO_MEMORY:
        raise _stopped("reader_memory", file)
    if -code == signal.SIGXCPU:
        raise _stopped("reader_time", file)
    do = "open it in a spreadsheet and save it as a new workbook, or save each sheet as CSV"
    raise file.refused("a whole .xlsx workbook; the reader broke off over this one", do, reason="corrupt")


def _stopped(limit: str, file: File) -> InputError:
    return limits.beyond(limit, file.name, "save each sheet as CSV")
