"""The run of many byte mutations, by workers.

    python -m tests.hostile.many 10000 [EVERY]

runs that many by their numbers; each EVERY-th that can be read (20) is typed and checked whole. A worker says
each number before it tries it, so that a crash or a hang has a number: its file is kept, the way the worker
ended is said, and the number is tried once more alone, as `earned` does it, workbooks in the child.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from earned.engine import Engine
from tests.gates.sources import ROOT
from tests.hostile.mutations import books, in_process, tried

Command = Callable[..., list[str]]
#: Numbers a worker tries: its bound of memory is for one book, not for what thousands leave behind.
EACH = 2_000


def worker(first: int, last: int, every: int) -> None:
    """Try the numbers one after the other; `number`, then what was found, a line each."""
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    engine = Engine(threads=1, memory_limit="500MiB")
    with in_process():
        for number in range(first, last):
            print(number, flush=True)
            name, found = tried(number, number % every == 0, engine)
            if found:
                print(f"FIND {number} ({name}): {' '.join(found.split())}", flush=True)
    print("DONE", flush=True)


def started(*arguments: object) -> list[str]:
    """The command that runs this module in a process of its own."""
    return [sys.executable, "-m", "tests.hostile.many", *map(str, arguments)]


def ended(code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        return f"signal {-code} ({signal.Signals(-code).name})"
    return f"exit {code}" + (
        " (the loader found no program, no symbol or no memory for a thread)" if code == 127 else ""
    )


def crashed(number: int, code: int, said: str, keep: Path, command: Command) -> str:
    """What is said of a number over which a worker ended: its seed, how it ended, its last words, the kept
    file, and what a process of its own makes of it as `earned` reads it."""
    place = keep / f"mutation-{number}"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    name, _ = books(number, place)
    again = subprocess.run(
        command("--again", number), env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True
    )
    words = " ".join(said.split()[-60:]) or "no words"
    once_more = again.stdout.strip().splitlines()[-1:] or [ended(again.returncode)]
    return (
        f"CRASH {number} ({name}): {ended(code)}; {words}; kept in {place}; once more alone: {once_more[0]}"
    )


def again(number: int) -> None:
    """One number as `earned` reads it, workbooks in the child."""
    engine = Engine(threads=1, memory_limit="500MiB")
    name, found = tried(number, True, engine)
    print(f"{name}: {found or 'nothing wrong'}")


ENVIRONMENT = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}


def main(count: int, every: int, keep: Path | None = None, command: Command = started) -> int:
    """Run the numbers below `count`; how many finds there were. Files that crash a worker stay in `keep`."""
    began, next_, finds = time.monotonic(), 0, Counter[str]()
    keep = keep or Path(tempfile.gettempdir())
    while next_ < count:
        first, last = next_, min(next_ + EACH, count)
        with tempfile.TemporaryFile("w+", errors="replace") as words:
            arguments = command("--worker", first, last, every)
            process = subprocess.Popen(
                arguments, stdout=subprocess.PIPE, stderr=words, text=True, env=ENVIRONMENT, cwd=ROOT
            )
            next_ = _listened(process, first, last, finds, began)
            code = process.wait()
            words.seek(0)
            said = words.read()
        if next_ > last:
            next_ = last
        else:
            # It ended without the word DONE, whatever its exit code says.
            finds["crash"] += 1
            number = max(next_ - 1, first)
            next_ = number + 1
            print(crashed(number, code, said, keep, command), flush=True)
    print(f"{count:,} mutations, {finds.total()} finds, {time.monotonic() - began:,.0f} s")
    return finds.total()


def _listened(
    process: subprocess.Popen[str], next_: int, last: int, finds: Counter[str], began: float
) -> int:
    """The number after the one that the worker began; beyond `last` where it came to its end."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("FIND"):
            finds[line.split(":")[0]] += 1
            print(line, end="", flush=True)
        elif line.strip() == "DONE":
            return last + 1
        elif line.strip().isdigit():
            next_ = int(line) + 1
            if next_ % 500 == 0:
                print(f"{next_:,}, {time.monotonic() - began:,.0f} s", flush=True)
    return next_


if __name__ == "__main__":
    if sys.argv[1] == "--worker":
        worker(*map(int, sys.argv[2:5]))
    elif sys.argv[1] == "--again":
        again(int(sys.argv[2]))
    else:
        sys.exit(bool(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20)))
