"""Several processes into one place, and a process stopped at any moment: many rounds in forked processes.

    python -m tests.hostile.together race COMMAND [ROUNDS]     eight at once: `import-fec`, `examine`, `init`
    python -m tests.hostile.together stop COMMAND [ROUNDS]     Ctrl-C, SIGTERM, a closed pipe, at any time
    python -m tests.hostile.together memory COMMAND [STEPS]    from 8 MiB more than it begins with to 2 GiB

print what was owed and not given. Of eight one writes the result and the others name it, or find the
place taken; who is stopped says so (exit 4) and leaves nothing; whose reader is gone ends in silence.
"""

from __future__ import annotations

import os
import random
import re
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.commands import COMMANDS, Command
from tests.hostile.faults import Good, contents, loaded

AT_ONCE = 8
MIB = 1 << 20
TAKEN = re.compile(r"process \d+ writes it now|does not exist yet or is empty|of that name already")


def prepared(name: str, place: Path) -> tuple[Good, list[str], float]:
    """A command, what it gives when nobody disturbs it, its arguments, and how long it takes in seconds."""
    command, world = COMMANDS[name], place / "world"
    for folder in ("inputs", "temporary"):
        (world / folder).mkdir(parents=True)
    tempfile.tempdir = str(world / "temporary")
    arguments = command.prepared(world / "inputs", world / "out")
    inputs = contents(world / "inputs")
    # In a process of its own: whoever forks must not have threads.
    began = time.monotonic()
    code, said = _waited(*_forked(command, arguments))
    good = Good(command, world, inputs, contents(world), code, said)
    assert code in (0, 1), said
    command.undone(world)
    return good, arguments, time.monotonic() - began


def race(name: str, rounds: int, place: Path) -> Iterator[str]:
    """What was wrong in any round of eight processes that begin together."""
    good, arguments, _ = prepared(name, place)
    for number in range(rounds):
        start, go = os.pipe()
        every = [_forked(good.command, arguments, start) for _ in range(AT_ONCE)]
        os.close(start)
        os.close(go)  # they wait for the end of the pipe
        ends = {process: _waited(process, told) for process, told in every}
        for what in _raced(good, ends):
            yield f"round {number}: {what}"
        good.command.undone(good.world)
        for more in good.world.glob("inputs/books/*.new"):
            more.unlink()


def _raced(good: Good, ends: dict[int, tuple[int, str]]) -> Iterator[str]:
    won = [process for process, (code, _) in ends.items() if code in (0, 1)]
    if len(won) != 1 and not good.command.again:
        yield f"{len(won)} wrote it: {[e[0] for e in ends.values()]}"
    for process, (code, said) in ends.items():
        if process in won:
            continue
        named = re.search(r"process (\d+) writes it now", said)
        if code != 2 or not TAKEN.search(said) or (named and int(named[1]) not in ends):
            yield f"exit {code}: {said[:500]!r}"
    found = {n: h for n, h in contents(good.world).items() if not n.endswith(".new")}
    if found != good.after:
        yield f"not what one alone writes: {sorted(set(found.items()) ^ set(good.after.items()))[:3]}"
    if left := [p.name for p in (good.world / "temporary").iterdir()]:
        yield f"left among temporary files: {left}"


def stop(name: str, rounds: int, place: Path, seed: int = 1) -> Iterator[str]:
    """What was wrong after a signal, or the end of who reads, at any moment of a command."""
    good, arguments, takes = prepared(name, place)
    chance = random.Random(seed)
    for number in range(rounds):
        way, after = ("SIGINT", "SIGTERM", "closed pipe")[number % 3], chance.uniform(0.1, takes)
        process, told = _forked(good.command, arguments)
        if way == "closed pipe":
            os.close(told)
            code, said = _waited(process, None)
        else:
            select.select([told], [], [], after)
            os.kill(process, getattr(signal, way))
            code, said = _waited(process, told)
        for what in _stopped(good, way, code, said):
            yield f"round {number}, {way} after {after:.1f} s: {what}"
        if contents(good.world) == good.after:
            good.command.undone(good.world)


def memory(name: str, steps: int, place: Path) -> Iterator[str]:
    """What was wrong where there was only so much memory."""
    good, arguments, _ = prepared(name, place)
    for number in range(steps):
        room = int(8 * MIB * 2 ** (8 * number / max(steps - 1, 1)))
        code, said = _waited(*_forked(good.command, arguments, room=room))
        whole = contents(good.world) == good.after
        if code != (good.code if whole else 4) or (not whole and "memory" not in said):
            yield f"{room // MIB} MiB: exit {code}: {said[-500:]!r}"
        if whole:
            good.command.undone(good.world)
        else:
            yield from (f"{room // MIB} MiB: {what}" for what in good.nothing(contents(good.world)))
        if left := [p.name for p in (good.world / "temporary").iterdir()]:
            yield f"{room // MIB} MiB: left among temporary files: {left}"
            for folder in left:
                shutil.rmtree(good.world / "temporary" / folder)


def _stopped(good: Good, way: str, code: int, said: str) -> Iterator[str]:
    whole = contents(good.world) == good.after
    if code not in (((4, good.code) if whole else (4,)) if way != "closed pipe" else (good.code,)):
        yield f"exit {code}: {said[-500:]!r}"
    if not whole:
        yield from good.nothing(contents(good.world))
    if "Traceback" in said or (code == 4 and "interrupted" not in said):
        yield f"not said in words: {said[-500:]!r}"
    if left := [p.name for p in (good.world / "temporary").iterdir()]:
        yield f"left among temporary files: {left}"


def _forked(
    command: Command, arguments: list[str], start: int | None = None, room: int = 0
) -> tuple[int, int]:
    """A process that runs a command, and where what it says is read: once `start` is at its end; with so
    many bytes of memory more than it has."""
    told, tell = os.pipe()
    if process := os.fork():
        os.close(tell)
        return process, told
    try:
        os.close(told)
        os.dup2(tell, 1)
        os.dup2(tell, 2)
        os.close(tell)
        sys.stdout, sys.stderr = (os.fdopen(n, "w", encoding="utf-8", closefd=False) for n in (1, 2))
        if start:
            os.closerange(start + 1, start + 2 * AT_ONCE)  # the other end, which all of them hold
            os.read(start, 1)
        if room:
            pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0])
            resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + room,) * 2)
        os._exit(_ended(command.run(arguments)))
    finally:
        os._exit(98)


def _ended(code: int) -> int:
    """As at the end of a process: what is to be done then is done, what was written is written."""
    import weakref

    weakref.finalize._exitfunc()  # type: ignore[attr-defined]
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    return code


def _waited(process: int, told: int | None) -> tuple[int, str]:
    said = b""
    if told is not None:
        with os.fdopen(told, "rb") as reader:
            said = reader.read()
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), " ".join(said.decode().split())


def main() -> int:
    """Print what was wrong, and how many rounds were tried."""
    os.environ["COLUMNS"] = "400"
    how, name, *rounds = sys.argv[1:]
    loaded()
    many = int(rounds[0]) if rounds else 20
    place = Path(tempfile.mkdtemp())  # no context: what is forked ends as a process does, and would remove it
    wrong = list({"race": race, "stop": stop, "memory": memory}[how](name, many, place))
    shutil.rmtree(place)
    print(*wrong, f"{how} {name}: {many} rounds", sep="\n")
    return len(wrong) > 0


if __name__ == "__main__":
    sys.exit(main())
