"""Raw export folders as real systems write them, small, with what a person works out of them by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from openpyxl import Workbook

Cell = str | int | float | date | None
#: The sheets of a workbook; "A1:C1" among the merged ranges of a sheet.
Sheets = Mapping[str, Sequence[Sequence[Cell]]]


@dataclass(frozen=True)
class Case:
    """A folder: text files by name with one encoding, workbooks by name; the answers to what `init` asks,
    by the key of the question; then booked and earned revenue by quarter in whole currency, by hand."""

    text: Mapping[str, str]
    booked: Mapping[str, int]
    earned: Mapping[str, int]
    answers: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    workbooks: Mapping[str, Sheets] = field(default_factory=dict)
    merged: Mapping[str, Sequence[str]] = field(default_factory=dict)
    other: Mapping[str, bytes] = field(default_factory=dict)
    decimals: int = 2

    def put(self, folder: Path) -> Path:
        """The folder, written."""
        folder.mkdir()
        for name, text in self.text.items():
            (folder / name).write_bytes(text.encode(self.encoding))
        for name, content in self.other.items():
            (folder / name).write_bytes(content)
        for name, sheets in self.workbooks.items():
            book = Workbook()
            book.remove(book.active)
            for title, rows in sheets.items():
                sheet = book.create_sheet(title)
                for row in rows:
                    sheet.append(row)
                for area in self.merged.get(title, ()):
                    sheet.merge_cells(area)
            book.save(folder / name)
        return folder


def answered(text: str, questions: Sequence[Mapping[str, str]], answers: Mapping[str, str]) -> str:
    """books.yaml with each answer in the place of its `?`: they stand in the order of the questions."""
    parts = text.split(": '?'   # one of")
    assert len(parts) == len(questions) + 1
    given = [f": {answers[q['key']]}   # one of" for q in questions]
    return parts[0] + "".join(g + p for g, p in zip(given, parts[1:], strict=True))
