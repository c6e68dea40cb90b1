"""Every write of `earned examine` made to fail once: the disk is full, or the process is killed.

    python -m tests.hostile.faults [POINTS]

counts what an examination of small books writes (writes, renames, folders, syncs, new files, of whatever
library), then repeats it once for each of them, or for POINTS spread evenly, in a process that is forked for
it. What is owed: the end says so (exit 4), no run stands there, the books are untouched, nothing is left in
the folder for temporary files, and the next run gives the same bytes. Needs a C compiler.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import earned
from tests.gates.sources import ROOT
from tests.mistakes.small import folder

FULL, KILLED = 0, 1
SOURCE = Path(__file__).with_name("failing.c")


def compiler() -> str | None:
    """A C compiler, if there is one."""
    return shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def run(points: int | None, place: Path) -> list[str]:
    """What was owed and not given, a line each, as a process says that loads the library before others."""
    library = place / "failing.so"
    subprocess.run([str(compiler()), "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
    (place / "temporary").mkdir()
    command = [sys.executable, "-m", "tests.hostile.faults", "--inside", str(place), str(points or 0)]
    paths = os.pathsep.join((str(ROOT), str(ROOT / "src")))
    more = {"LD_PRELOAD": str(library), "PYTHONPATH": paths, "TMPDIR": str(place / "temporary")}
    done = subprocess.run(command, env=os.environ | more, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines = done.stdout.splitlines()
    return lines if lines and lines[-1].startswith("tried ") else [*lines, f"ended with {done.returncode}"]


def _inside(place: Path, points: int) -> Iterator[str]:
    books = folder(place / "books")
    before = contents(books)
    total = _forked(place, books, 0, FULL, place / "first")[1]
    good = contents(place / "first")
    step = max(total // points, 1) if points else 1
    tried = range(1, total + 1, step)
    for at in tried:
        for mode in (FULL, KILLED):
            for wrong in _owed(place, books, at, mode, good):
                yield f"{at} of {total} ({'full' if mode == FULL else 'killed'}): {wrong}"
        if contents(books) != before:
            yield f"{at} of {total}: the books were changed"
    yield f"tried {len(tried)} of {total} writes, each full and killed"


def _owed(place: Path, books: Path, at: int, mode: int, good: dict[str, str]) -> Iterator[str]:
    runs = place / "runs"
    shutil.rmtree(runs, ignore_errors=True)
    runs.mkdir()
    code, _ = _forked(place, books, at, mode, runs / "run")
    done = (runs / "run").exists()
    if done and contents(runs / "run") != good:
        yield f"a run that is not whole (exit {code})"
    if mode == FULL:
        if code not in (4, 1) or (code == 1) != done:
            yield f"exit {code}, a run: {done}"
        left = [p.name for p in (*runs.glob(".*"), *(place / "temporary").iterdir())]
        if left:
            yield f"left behind: {left}"
    elif code != -signal.SIGKILL:
        yield f"not killed: {code}"
    elif at % 4 == 1:
        shutil.rmtree(runs / "run", ignore_errors=True)
        _forked(place, books, 0, FULL, runs / "run")
        found = contents(runs / "run")
        if differs := sorted(n for n in {*found, *good} if found.get(n) != good.get(n)):
            yield f"the next run differs in {differs}"
        if len(names := [p.name for p in runs.iterdir()]) > 1:
            yield f"the next run leaves {names}"
        if left := [p.name for p in (place / "temporary").iterdir() if not p.name.startswith(".")]:
            yield f"the next run leaves {left}"


def _forked(place: Path, books: Path, at: int, mode: int, out: Path) -> tuple[int, int]:
    """How an examination in a forked process ended, and what it wrote in number."""
    told, tell = os.pipe()
    if child := os.fork():
        os.close(tell)
        with os.fdopen(told) as reader:
            said = reader.read()
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return code, int(said or 0)
    os.close(told)
    library = ctypes.CDLL(str(place / "failing.so"))
    code = _examined(books, out, lambda: library.failing_arm(ctypes.c_long(at), ctypes.c_long(mode)))
    os.write(tell, str(library.failing_count()).encode())
    os._exit(code)


def _examined(books: Path, out: Path, arm: Callable[[], object]) -> int:
    from earned import cli

    with open(os.devnull, "a") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):  # noqa: PTH123
        arm()
        try:
            cli.main(["examine", str(books), "--out", str(out)])
        except SystemExit as left:
            return int(left.code or 0)
    return 99


def contents(folder: Path) -> dict[str, str]:
    """The hash of every file of a folder, but the one that says when and where."""
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name != "environment.json"
    }


def main() -> int:
    """Print what was owed and not given, and how many writes were tried."""
    with tempfile.TemporaryDirectory() as place:
        lines = run(int(sys.argv[1]) if len(sys.argv) > 1 else None, Path(place))
    print("\n".join(lines))
    return len(lines) > 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        for module in pkgutil.walk_packages(earned.__path__, "earned."):
            if not module.name.endswith("__main__"):
                with suppress(ImportError):  # an extra that is not installed
                    importlib.import_module(module.name)  # loaded once: what is forked has them
        for line in _inside(Path(sys.argv[2]), int(sys.argv[3])):
            print(line, flush=True)
    else:
        sys.exit(main())
