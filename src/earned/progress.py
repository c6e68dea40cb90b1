"""What is being done now, for a person at a terminal: stage, rows, time gone, time left.

Work reports through a callable, `progress("Reading journal.csv", 1_200_000)`, and knows nothing of
terminals. Nothing is written where no person is watching, and no colour is ever used.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

#: Called when a stage begins: what is done now, and over how many rows where that is known.
Progress = Callable[[str, int | None], None]

_WIDTH = 79
_BEAT = 0.25
_PATIENCE = 0.5


def silent(stage: str, rows: int | None = None) -> None:
    """Report to nobody."""


@contextmanager
def shown(stream: TextIO, stages: int | None = None) -> Iterator[Progress]:
    """A Progress that writes to a terminal, one line a stage; silent on anything but a terminal.

    `stages` is how many there will be where that is known; from it the time left is estimated.
    """
    if not stream.isatty():
        yield silent
        return
    board = _Board(stream, stages)
    ticker = threading.Thread(target=board.run, daemon=True)
    ticker.start()
    try:
        yield board.begin
    finally:
        board.over.set()
        ticker.join()
        board.finish()


class _Board:
    """The line that is rewritten while a stage runs and left behind when it ends."""

    def __init__(self, stream: TextIO, stages: int | None) -> None:
        self.stream, self.stages = stream, stages
        self.rewrites = os.environ.get("TERM") != "dumb"
        self.over, self.lock = threading.Event(), threading.Lock()
        self.began = self.stage_began = time.monotonic()
        self.stage, self.rows, self.number = "", None, 0  # type: str, int | None, int

    def begin(self, stage: str, rows: int | None = None) -> None:
        with self.lock:
            self._leave()
            self.stage, self.rows = stage, rows
            self.number += 1
            self.stage_began = time.monotonic()

    def run(self) -> None:
        while not self.over.wait(_BEAT):
            with self.lock:
                if self.rewrites and self.stage and time.monotonic() - self.began > _PATIENCE:
                    self._write(line(self.stage, self.rows, self._gone(), self._left()), "\r")

    def finish(self) -> None:
        with self.lock:
            self._leave()

    def _leave(self) -> None:
        if self.stage and time.monotonic() - self.began > _PATIENCE:
            self._write(line(self.stage, self.rows, self._gone(), None), "\n")
        self.stage = ""

    def _gone(self) -> float:
        return time.monotonic() - self.stage_began

    def _left(self) -> float | None:
        if not self.stages or self.number < 2 or self.number > self.stages:
            return None
        done = self.number - 1
        return (self.stage_began - self.began) / done * (self.stages - done)

    def _write(self, text: str, end: str) -> None:
        start = "\r" if self.rewrites else ""
        self.stream.write(f"{start}{text:<{_WIDTH}}{end}" if self.rewrites else text + end)
        self.stream.flush()


def line(stage: str, rows: int | None, gone: float, left: float | None) -> str:
    """One line of progress: `Positions   2,000,000 rows   12 s   about 30 s left`, at most 79 wide."""
    parts = [
        f"{rows:,} rows" if rows is not None else "",
        _duration(gone),
        f"about {_duration(max(left, 1))} left" if left is not None else "",
    ]
    tail = "   ".join(p for p in parts if p)
    room = _WIDTH - len(tail) - 3
    name = "".join(c if c.isprintable() else "?" for c in stage)
    return f"{name if len(name) <= room else name[: room - 1] + '…'}   {tail}"


def _duration(seconds: float) -> str:
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
