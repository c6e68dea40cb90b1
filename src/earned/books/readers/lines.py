"""The line of a file on which each record begins, while records stream past in batches.

A reader numbers records; people count lines. They differ by the line breaks inside quoted cells
and by the records that were set aside. Everything is computed on whole columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

MOST_SHOWN = 1_000
Numbers = npt.NDArray[np.int64]


@dataclass
class Seen:
    """What has passed: `passed` lines (the header's included), rows kept, and rows set aside."""

    passed: int
    kept: int = 0
    record: int = 0
    lines: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    failure: Exception | None = None
    waiting: list[tuple[int, int]] = field(default_factory=list)

    def set_aside(self, number: int, text: str) -> None:
        """A record of the wrong shape: its number among the records, and its text."""
        self.waiting.append((number, _breaks_in(text)))
        self.texts.append(text[:MOST_SHOWN])

    def placed(self, batch: pa.RecordBatch, delimiter: str, quoted: bool) -> pa.RecordBatch:
        """The batch with `source_row`, without its blank rows and without rows that swallowed others."""
        breaks = _breaks(batch) if quoted else np.zeros(batch.num_rows, np.int64)
        lines = self._place(breaks)
        full = batch.append_column("source_row", pa.array(lines))
        keep = pc.invert(_blank(batch))
        if breaks.any() and batch.num_columns > 1:
            swallowed = pc.and_(pa.array(breaks > 0), _swallowed(batch, delimiter))
            self._swallow(full.filter(pc.and_(swallowed, keep)), delimiter)
            keep = pc.and_not(keep, swallowed)
        result = full.filter(keep)
        self.kept += result.num_rows
        return result

    def place_refused(self) -> None:
        """The records set aside after the last batch."""
        self._place(np.zeros(0, np.int64))

    def _place(self, breaks: Numbers) -> Numbers:
        """Lines of the next records; those set aside among them are placed on the way."""
        aside = np.array(self.waiting, np.int64).reshape(-1, 2)
        numbers = self.record + 1 + np.arange(len(breaks), dtype=np.int64)
        numbers += np.searchsorted(aside[:, 0] - np.arange(len(aside)), numbers, side="right")
        among = aside if not len(breaks) else aside[aside[:, 0] < numbers[-1]]
        every = np.concatenate([numbers, among[:, 0]])
        inside = np.concatenate([breaks, among[:, 1]])
        order = np.argsort(every, kind="stable")
        before = np.empty(len(every), np.int64)
        before[order] = np.cumsum(inside[order]) - inside[order]
        lines = self.passed + every - self.record + before
        self.lines.extend(int(line) for line in lines[len(breaks) :])
        self.waiting = self.waiting[len(among) :]
        self.passed += len(every) + int(inside.sum())
        self.record += len(every)
        return lines[: len(breaks)]

    def _swallow(self, rows: pa.RecordBatch, delimiter: str) -> None:
        *cells, lines = (column.to_pylist() for column in rows.columns)
        texts = [delimiter.join(row)[:MOST_SHOWN] for row in zip(*cells, strict=True)]
        # Those still waiting keep their place at the end: lines and texts run in parallel.
        at = len(self.lines)
        self.lines[at:at], self.texts[at:at] = lines, texts


def _breaks_in(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _breaks(batch: pa.RecordBatch) -> Numbers:
    total = np.zeros(batch.num_rows, np.int64)
    for column in filter(_has_break, batch.columns):
        for sign, mark in ((1, "\n"), (1, "\r"), (-1, "\r\n")):
            total += sign * pc.count_substring(column, mark).to_numpy(zero_copy_only=False)
    return total


def _has_break(column: pa.StringArray) -> bool:
    """A look at the bytes of a whole column, much faster than counting in each of its cells."""
    content = np.frombuffer(column.buffers()[2] or b"", np.uint8)
    return bool((content == ord("\n")).any() or (content == ord("\r")).any())


def _blank(batch: pa.RecordBatch) -> pa.BooleanArray:
    """Rows without a value in any cell are no rows."""
    blank = pc.equal(batch.column(0), "")
    for column in batch.columns[1:]:
        if not pc.any(blank).as_py():
            break
        blank = pc.and_(blank, pc.equal(column, ""))
    return blank


def _swallowed(batch: pa.RecordBatch, delimiter: str) -> pa.BooleanArray:
    """Rows with a cell that holds whole rows: a quote was left open and closed by a later one.

    Of two columns, where one comma in a text of several lines proves nothing: one for each line.
    """
    found = pa.array(np.zeros(batch.num_rows, bool))
    for at, column in enumerate(batch.columns):
        inside, breaks = pc.count_substring(column, delimiter), pa.array(_breaks(batch.select([at])))
        whole = pc.greater_equal(inside, batch.num_columns - 1)
        whole = pc.greater_equal(inside, breaks) if batch.num_columns == 2 else whole
        found = pc.or_(found, pc.and_(whole, pc.greater(breaks, 0)))
    return found
