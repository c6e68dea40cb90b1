"""What an import says: the tables it wrote, the file's own totals against what was found, what was left."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal

from earned.imports import cells

FORMAT = "earned.import/1"
#: How many rows of each kind the screen and the JSON list; the rest is counted.
SCREEN, LISTED = 12, 1_000


@dataclass(frozen=True)
class Total:
    """A total: what the file (or its format) states and what its rows give, as texts."""

    name: str
    stated: str
    found: str
    ties: bool

    @staticmethod
    def of(name: str, stated: Decimal | int | None, found: Decimal | int) -> Total:
        """Two figures side by side; a stated one that is no number (None) does not tie."""
        left, right = ("" if v is None else cells.written(Decimal(v)) for v in (stated, found))
        return Total(name, left or "not a number", right, stated is not None and stated == found)


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken: where it stands, what was found, what was expected."""

    file: str
    row: int
    column: str
    value: str
    expected: str


@dataclass(frozen=True)
class Defect:
    """Something that contradicts the format or itself: where, which record it is about, and what is wrong.
    The record is taken all the same."""

    file: str
    row: int
    about: str
    said: str


@dataclass(frozen=True)
class Result:
    """A finished import, as it is printed. `has_differences` is exit code 1: a total does not tie, the
    export contradicts its format or itself, or a row could not be read."""

    source: str
    title: str
    version: str
    out: str
    tables: tuple[tuple[str, int], ...]
    totals: tuple[Total, ...]
    defects: tuple[Defect, ...]
    defects_found: int
    not_taken: tuple[str, ...]
    rejected: tuple[Rejected, ...]
    rejected_rows: int
    questions: tuple[str, ...]

    @property
    def has_differences(self) -> bool:
        """Whether a total of the file is not what its rows give, a defect was found or a row rejected."""
        return self.defects_found + self.rejected_rows > 0 or not all(t.ties for t in self.totals)

    def as_json(self) -> dict[str, object]:
        """`earned.import/1`. Totals are decimal texts, as the file states them."""
        return {
            "format": FORMAT,
            "from": self.source,
            "version": self.version,
            "out": self.out,
            "tables": [{"name": name, "rows": rows} for name, rows in self.tables],
            "totals": [asdict(t) for t in self.totals],
            "defects": [asdict(d) for d in self.defects],
            "defects_found": self.defects_found,
            "not_taken": list(self.not_taken),
            "rejected": [asdict(r) for r in self.rejected],
            "rejected_rows": self.rejected_rows,
            "questions": list(self.questions),
        }

    def text(self) -> str:
        """The result for a person, ending with the next command."""
        lines = [f"{self.title}, {self.version}", f"written to {self.out}", ""]
        lines += [f"  {name:<16} {rows:>12,} rows" for name, rows in self.tables]
        lines += _block("Totals", [_total(t) for t in sorted(self.totals, key=lambda t: t.ties)])
        lines += _block(f"Wrong in the export: {self.defects_found:,}", [_defect(d) for d in self.defects])
        lines += _block(f"Rows not read: {self.rejected_rows:,}", [_rejected(r) for r in self.rejected])
        lines += _block("Not taken, because the books have no place for it", self.not_taken)
        lines += _block("To be answered (also in books.yaml)", self.questions)
        empty = dict(self.tables).get("entries") == 0 and self.questions
        first = "Next: answer what is asked, then earned check" if empty else "Next: earned examine"
        return "\n".join([*lines, "", f"{first} {self.out}", ""])


def _block(title: str, lines: Iterable[str]) -> list[str]:
    every = list(lines)
    if not every:
        return []
    more = [f"  and {len(every) - SCREEN:,} more: see import.json"] if len(every) > SCREEN else []
    return ["", title, *(f"  {line}" for line in every[:SCREEN]), *more]


def _total(total: Total) -> str:
    said = "ties" if total.ties else f"DOES NOT TIE: the rows give {total.found}"
    return f"{total.name}: {total.stated}, {said}"


def _defect(defect: Defect) -> str:
    return f"{defect.file}, row {defect.row}: {defect.about} {defect.said}"


def _rejected(row: Rejected) -> str:
    shown = row.value if len(row.value) <= 60 else f"{row.value[:60]}…"
    return f"{row.file} row {row.row}, {row.column}: found {shown!r}, expected {row.expected}"
