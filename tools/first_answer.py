"""How long a new user takes from raw exports to the result, measured from a new clone (`make first-answer`).

For each of the three folders of examples/exports, none of which has our names: `earned init`, the answers to
its questions, `earned check`, `earned examine` with its report. It needs git, make and Python, and no .venv.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.answers import change

ROOT = Path(__file__).resolve().parents[1]
#: What a user writes in the place of each '?' that `init` prints; README.md beside the files says why.
EDITS = {
    "zh": ("进度说明: other", "price_includes_tax: true", "binding_stage: final"),
    "sap": ("basis: '=increment'", "pattern: point_in_time"),
    "netsuite": ("Project Task: milestone",),
}
MOST_EDITS, MOST_ALL, MOST_AFTER_SET_UP = 3, 600.0, 60.0
SHOWN = 8
_QUARTER = re.compile(r"^\d{4}Q\d +[\d(–]", re.MULTILINE)


@dataclass
class Measured:
    """Seconds of the set-up by step, and of each export by command; what `examine` printed of each.

    `processor` is how much of the commands' time a processor worked on them: far less on a busy machine.
    """

    set_up: dict[str, float] = field(default_factory=dict)
    commands: dict[str, dict[str, float]] = field(default_factory=dict)
    screens: dict[str, str] = field(default_factory=dict)
    processor: float = 0.0

    @property
    def after_set_up(self) -> float:
        return sum(sum(steps.values()) for steps in self.commands.values())

    @property
    def all(self) -> float:
        return sum(self.set_up.values()) + self.after_set_up


def wrong(measured: Measured, edits: dict[str, tuple[str, ...]]) -> list[str]:
    """What is not as it must be, in words; empty where a new user gets there in time."""
    said = [
        f"{name}: {len(e)} edits, at most {MOST_EDITS}" for name, e in edits.items() if len(e) > MOST_EDITS
    ]
    said += [
        f"{name}: no quarter on the screen"
        for name in edits
        if not _QUARTER.search(measured.screens.get(name, ""))
    ]
    if measured.all > MOST_ALL:
        said.append(f"{measured.all:.0f} s with the set-up, at most {MOST_ALL:.0f}")
    if measured.after_set_up > MOST_AFTER_SET_UP:
        said.append(f"{measured.after_set_up:.0f} s without the set-up, at most {MOST_AFTER_SET_UP:.0f}")
    return said


def timed(
    words: Sequence[object], folder: Path, codes: tuple[int, ...] = (0,), **more: str
) -> tuple[float, str]:
    """Seconds of a command and its stdout; any other exit code ends the measurement with what it said."""
    began = time.monotonic()
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=os.environ | more,
        capture_output=True,
        encoding="utf-8",
    )
    if done.returncode not in codes:
        sys.exit(f"{' '.join(map(str, words))}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return time.monotonic() - began, done.stdout


def worked() -> float:
    """Seconds that processors worked on finished commands so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def set_up(folder: Path, measured: Measured) -> Path:
    """Clone the project, fetch its packages, install them; returns the clone."""
    clone, wheels = folder / "earned", folder / "wheels"
    step = measured.set_up
    step["clone"], _ = timed(["git", "clone", "--quiet", ROOT, clone], folder)
    timed([sys.executable, "-m", "venv", ".venv"], clone)
    fetch = [".venv/bin/python", "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    fetch += [
        "--no-cache-dir",
        "--require-hashes",
        "--dest",
        str(wheels),
        "--requirement",
        "requirements.lock",
    ]
    step["downloads"], _ = timed(fetch, clone)
    step["make setup"], _ = timed(["make", "setup"], clone, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels))
    return clone


def answer(clone: Path, name: str, measured: Measured) -> None:
    """From one raw export to its result."""
    earned, books = clone / ".venv" / "bin" / "earned", clone / "first" / name
    shutil.copytree(clone / "examples" / "exports" / name, books)
    step = measured.commands.setdefault(name, {})
    step["init"], _ = timed([earned, "init", books], clone)
    change(books / "books.yaml", "\n".join(EDITS[name]))
    step["check"], _ = timed([earned, "check", books], clone)
    out = clone / "first" / f"{name}-run"
    step["examine"], measured.screens[name] = timed([earned, "examine", books, "--out", out], clone, (0, 1))


def told(measured: Measured) -> str:
    """The measurement as a table, and the first lines of each result."""
    lines = [f"{step:<12}{seconds:7.1f} s" for step, seconds in measured.set_up.items()]
    for name, steps in measured.commands.items():
        each = "  ".join(f"{step} {seconds:.1f} s" for step, seconds in steps.items())
        lines += [
            "",
            f"{name}: {len(EDITS[name])} edits of books.yaml; {each}",
            *(f"    {e}" for e in EDITS[name]),
        ]
        lines += [f"  | {line}" for line in measured.screens[name].splitlines()[:SHOWN]]
    lines += ["", f"three results {measured.after_set_up:.1f} s, with the set-up {measured.all:.1f} s"]
    lines += [f"of the three results {measured.processor:.1f} s were work of a processor"]
    return "\n".join(lines)


def main() -> int:
    """Measure, print, judge; returns the exit code."""
    measured = Measured()
    with tempfile.TemporaryDirectory() as name:
        clone = set_up(Path(name), measured)
        before = worked()
        for export in EDITS:
            answer(clone, export, measured)
        measured.processor = worked() - before
    print(told(measured))
    said = wrong(measured, EDITS)
    print("\n".join(f"too much: {line}" for line in said) or "In time.")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
