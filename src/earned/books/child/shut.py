"""The reading process shut in, as far as the system lets a process without privileges shut itself in.

A library that a workbook takes over is the attacker: what holds it must be the kernel. On Linux a filter of
calls (seccomp) takes away sockets, other programs and a look into other processes, and rules of paths
(Landlock, from 5.13 on) take away writing. Elsewhere only what Python itself is asked for is refused.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

#: Calls that are refused, by machine: socket, socketpair, execve, execveat, ptrace, writing into and reading
#: another process, io_uring (which does all of them unseen), new namespaces, mounts.
_CALLS = {
    "x86_64": (0xC000003E, (41, 53, 59, 322, 101, 310, 311, 425, 272, 308, 165)),
    "aarch64": (0xC00000B7, (198, 199, 221, 281, 117, 270, 271, 425, 97, 268, 40)),
}
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER, _EPERM = 38, 22, 2, 1
_LANDLOCK = 444, 445, 446
#: Rights of a path that change something: write, remove, make, and by version of Landlock move, truncate.
_CHANGE, _MOVE, _TRUNCATE = 0b1_1111_1111_0010, 1 << 13, 1 << 14
_WRITE = 1 << 1
#: What Python announces (audit events) and does not get.
_EVENTS = ("socket.", "subprocess.", "os.system", "os.exec", "os.spawn", "os.posix_spawn", "os.fork")
#: Open files at most: the parts of a workbook are read one by one.
_FILES = 64


def shut_in(into: Path | None, most_bytes: int) -> None:
    """No network, no other program, and no file written but `into`, which may have so many bytes."""
    for kind, most in ((resource.RLIMIT_FSIZE, most_bytes), (resource.RLIMIT_NOFILE, _FILES)):
        with suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, most))
    sys.addaudithook(partial(_heard, None if into is None else os.fspath(into)))
    if sys.platform == "linux":
        library = ctypes.CDLL(None, use_errno=True)
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _write_only(library, into)
        _without_calls(library)


def _heard(into: str | None, event: str, arguments: tuple[object, ...]) -> None:
    """Refuse what Python says that it is about to do; native code does not ask."""
    if event == "open":
        path, _, flags = arguments
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if not writes or path == into:
            return
    elif not event.startswith(_EVENTS):
        return
    raise PermissionError(f"the reader of workbooks may not: {event}")


def _write_only(library: ctypes.CDLL, into: Path | None) -> None:
    """Landlock: every path is closed to writing but one file. Nothing where the kernel has no Landlock."""
    create, add, restrict = _LANDLOCK
    version = library.syscall(create, None, 0, 1)
    if version < 1:
        return
    rights = _CHANGE | (_MOVE if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    rules = ctypes.create_string_buffer(struct.pack("=Q", rights))
    held = library.syscall(create, rules, 8, 0)
    if held < 0:
        return
    if into is not None:
        file = os.open(into, os.O_WRONLY | os.O_CREAT, 0o600)
        allowed = rights & (_WRITE | _TRUNCATE)
        library.syscall(add, held, 1, ctypes.create_string_buffer(struct.pack("=Qi", allowed, file)), 0)
        os.close(file)
    library.syscall(restrict, held, 0)
    os.close(held)


def _without_calls(library: ctypes.CDLL) -> None:
    """seccomp: a program for the kernel that refuses the calls above, and every call of another machine."""
    if platform.machine() not in _CALLS:
        return
    machine, calls = _CALLS[platform.machine()]
    load, equal, at_least, give = 0x20, 0x15, 0x35, 0x06
    refuse, allow = 0x00050000 | _EPERM, 0x7FFF0000
    end = 5 + len(calls)
    steps = [
        (load, 0, 0, 4),
        (equal, 0, end - 2, machine),
        (load, 0, 0, 0),
        # The numbers from 2^30 on are the same calls once more, for another size of pointers.
        (at_least, end - 4, 0, 1 << 30),
        *((equal, end - 5 - at, 0, call) for at, call in enumerate(calls)),
        (give, 0, 0, allow),
        (give, 0, 0, refuse),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = struct.pack("@HP", len(steps), ctypes.addressof(code))
    library.prctl(_SECCOMP, _FILTER, ctypes.create_string_buffer(program), 0, 0)
