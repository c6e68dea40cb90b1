"""Everything a command does on the disk made to fail: full, over quota, broken, or the process killed there.

    python -m tests.hostile.faults [--every N] [--all] [COMMAND ...]

runs `check`, `examine`, `import` (three formats), `init`, `template` on small books and, at every write, new
file, rename, sync, close, removal and read of the inputs (or at each N-th), tries in a forked child the kill
and one of the things that can go wrong there in turn, or --all (`failing.c`). `examine` begins where `check`
ends. The whole takes about half an hour on one core. What is owed (`owed`): the
end says so in words (exit 4, or 2 where an input cannot be read), nothing half-written stands there, the
inputs are untouched, nothing is left among temporary files; what a killed process left is tidied by the next
one. Needs Linux, a C compiler, and to be allowed a mount namespace.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib
import io
import os
import pkgutil
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import nullcontext, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

import earned
from tests.gates.sources import ROOT
from tests.hostile.commands import COMMANDS, Command

SOURCE = Path(__file__).with_name("failing.c")
LIBRARY, WORLD, SPARE, REPORT = "failing.so", "world", "spare", "report"


@dataclass(frozen=True)
class Tried:
    """How many points a command has, how many faults were tried at them, and what was owed and not given."""

    points: int
    faults: int
    wrong: tuple[str, ...]


def impossible() -> str | None:
    """Why faults cannot be injected on this machine, if they cannot."""
    if not (shutil.which("cc") or shutil.which("gcc")):
        return "the library that makes writes fail needs a C compiler"
    as_root = ["unshare", "--mount", "true"]
    as_user = ["unshare", "--user", "--map-root-user", "--mount", "true"]
    with suppress(OSError):
        if any(subprocess.run(c, capture_output=True).returncode == 0 for c in (as_root, as_user)):
            return None
    return "a world of its own for each fault needs mount namespaces, which are not allowed here"


def tried(command: str, place: Path, every: int = 1, all_errors: bool = False) -> Tried:
    """Run a command with faults at every N-th point, in a process that loads the library before others."""
    (place / WORLD / "temporary").mkdir(parents=True)
    (place / SPARE).mkdir()
    compiler = str(shutil.which("cc") or shutil.which("gcc"))
    build = [compiler, "-shared", "-fPIC", "-w", "-o", place / LIBRARY, SOURCE, "-ldl"]
    subprocess.run(build, check=True)
    inside = [sys.executable, "-m", "tests.hostile.faults", "--inside", str(place), "--every", str(every)]
    more = {
        "LD_PRELOAD": str(place / LIBRARY),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "src"))),
        "TMPDIR": str(place / WORLD / "temporary"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
    }
    inside += [*(["--all"] * all_errors), command]
    done = subprocess.run(inside, env=os.environ | more, cwd=ROOT, capture_output=True, text=True)
    said = (place / REPORT).read_text(encoding="utf-8").splitlines() if (place / REPORT).exists() else []
    rows = [line.split("\t") for line in said]
    wrong = [f"point {n}, {fault}, {call}: {what}" for n, fault, call, what in rows if what]
    if done.returncode:
        wrong.append(f"the harness ended with {done.returncode}: {done.stderr[-2000:]}")
    return Tried(int(done.stdout or 0), sum(not what for *_, what in rows), tuple(wrong))


def inside(place: Path, command: Command, every: int, all_errors: bool) -> int:
    """The armed run; its number of points. A forked child checks itself, reports, and never returns."""
    world = place / WORLD
    (world / "inputs").mkdir()
    arguments = command.prepared(world / "inputs", world / "out")
    inputs = contents(world / "inputs")
    code, said = ran(command, arguments)
    good = Good(command, world, inputs, contents(world), code, said)
    assert code in (0, 1), said
    command.undone(world)
    assert contents(world) == {f"inputs/{n}": h for n, h in inputs.items()}
    library = ctypes.CDLL(str(place / LIBRARY))
    library.failing_fault.restype = library.failing_call.restype = ctypes.c_char_p
    report = os.open(place / REPORT, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    killed = ctypes.CFUNCTYPE(None)(lambda: told(library, report, good.killed()))
    paths = [os.fsencode(p) for p in (world, world / "inputs", place / SPARE)]
    library.failing_world(*paths, report, killed)
    arm = partial(library.failing_arm, *map(ctypes.c_long, ((every + 1) // 2, every, all_errors)))
    code, said = ran(command, arguments, arm)
    if library.failing_child():
        told(library, report, good.failed(code, said, library.failing_call().decode()))
    library.failing_disarm()
    count, apart = library.failing_count(), library.failing_apart()
    command.undone(world)
    for which in range(1, apart + 1, every):
        if (child := os.fork()) == 0:
            code, said = ran(command, arguments, partial(library.failing_alone, ctypes.c_long(which)))
            told(library, report, good.failed(code, said, library.failing_call().decode()))
        os.waitpid(child, 0)
    return int(count + apart)


def told(library: ctypes.CDLL, report: int, wrong: Iterator[str]) -> None:
    """A child writes down what is wrong in its world, and ends."""
    try:
        what_failed = f"{library.failing_fault().decode()}\t{library.failing_call().decode()}"
        where = f"{library.failing_child()}\t{what_failed}"
        for what in wrong:
            os.write(report, f"{where}\t{what}\n".replace("\\n", " ").encode())
        os._exit(0)
    finally:
        os._exit(96)


@dataclass(frozen=True)
class Good:
    """A command on the world as it was, and what it gives where nothing fails."""

    command: Command
    world: Path
    inputs: dict[str, str]
    after: dict[str, str]
    code: int
    said: str

    def failed(self, code: int, said: str, call: str) -> Iterator[str]:
        """What is owed after a fault: the same as ever, or nothing and words that say why."""
        found = contents(self.world)
        whole = found == self.after and (code == self.code or bool(self.command.writes))
        if found != self.after:
            yield from self.nothing(found)
        reads = f"{self.world}/inputs" in call and ".unfinished-" not in call
        expected = {self.code} if whole else {2, 4} if reads else {4}
        if code == self.code and said != self.said:
            yield f"other words than ever: {said!r}"
        if code not in expected:
            yield f"exit {code}, not one of {expected}: {said!r}"
        if not whole and (not said or "Traceback" in said or "defect" in said):
            yield f"not said in words: {said!r}"
        if not whole and reads and Path(call.split(" ", 1)[1]).name not in said:
            yield f"the file is not named: {said!r}"
        weakref.finalize._exitfunc()  # type: ignore[attr-defined]  # as at the end of a process
        left = [p.name for p in (self.world / "temporary").iterdir()]
        if left:
            yield f"left among temporary files: {left}"

    def killed(self) -> Iterator[str]:
        """What is owed after a kill: as before or as after, once the next one to come has tidied."""
        self.command.tidied(self.world)
        found = contents(self.world)
        if found != self.after:
            yield from self.nothing(found)
        left = [p.name for p in (self.world / "temporary").iterdir() if any(p.iterdir())]
        if left:
            yield f"the next one leaves among temporary files: {left}"

    def nothing(self, found: dict[str, str]) -> Iterator[str]:
        """What stands there beside the inputs as they were."""
        before = {f"inputs/{name}": text for name, text in self.inputs.items()}
        changed = sorted(n for n in {*found, *before} if found.get(n) != before.get(n))
        changed = [n for n in changed if not n.startswith("temporary/")]
        if changed:
            yield f"half of it stands there: {changed[:5]}"


def ran(command: Command, arguments: list[str], arm: object = None) -> tuple[int, str]:
    """The exit code, and what was said; armed just before."""
    said = io.StringIO()
    begun = command.beginning(arm) if callable(arm) else nullcontext()
    with redirect_stdout(said), redirect_stderr(said), begun:
        code = command.run(arguments)
    return code, said.getvalue()


def contents(folder: Path) -> dict[str, str]:
    """The hash of every file of a folder, but the one that says when and where; folders as such."""
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else ""
        for p in sorted(folder.rglob("*"))
        if p.name not in ("environment.json", "inputs") and "temporary" not in p.relative_to(folder).parts
    }


def loaded() -> None:
    """Everything loaded once, before anything is forked."""
    for module in pkgutil.walk_packages(earned.__path__, "earned."):
        if not module.name.endswith("__main__"):
            with suppress(ImportError):  # an extra that is not installed
                importlib.import_module(module.name)


def one_thread() -> None:
    """The engine in one thread: what is forked has no other."""
    connect = duckdb.connect
    duckdb.connect = lambda path=":memory:", config={}: connect(path, config={**config, "threads": 1})


def main() -> int:
    """Print what was owed and not given, and how many faults were tried."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    given.add_argument("--every", type=int, default=1, help="only each N-th point")
    given.add_argument("--all", action="store_true", help="every error at every point, not one in turn")
    given.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    given.add_argument("commands", nargs="*", help=", ".join(COMMANDS))
    asked = given.parse_args()
    if asked.inside:
        loaded()
        one_thread()
        print(inside(asked.inside, COMMANDS[asked.commands[0]], asked.every, asked.all))
        return 0
    wrong = 0
    for name in asked.commands or COMMANDS:
        with tempfile.TemporaryDirectory() as place:
            done = tried(name, Path(place), asked.every, asked.all)
        print(*done.wrong, f"{name}: {done.faults} faults at {done.points} points", sep="\n", flush=True)
        wrong += len(done.wrong)
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
