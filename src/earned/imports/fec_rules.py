"""What article A47 A-1 and the tax administration's note on it demand of a FEC beside its columns.

Each departure is said once, with how often it occurs and where first; no row is left out for it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from earned.imports.common import Collected

Row = dict[str, str]
#: Columns that the article wants filled in every row.
_FILLED = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "PieceRef",
    "PieceDate", "EcritureLib", "ValidDate",
)  # fmt: skip
_TAIL = re.compile(r"(.*?)(\d{1,18})")


@dataclass
class Rules:
    """The rows of one FEC while they pass: what departs from the article, how often and where first."""

    file: str
    found: Collected
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    days: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[str, str], dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    last: str = ""

    def take(self, row: Row, number: int) -> None:
        """Look at one row."""
        for column in _FILLED:
            if not row[column]:
                self._note(f"have no {column}", number)
        if not row["CompteNum"][:3].isdecimal() or len(row["CompteNum"]) < 3:
            self._note("have a CompteNum that does not begin with three digits", number)
        if row["CompteLib"] and row["CompteLib"] == row["CompteNum"]:
            self._note("have the number of the account as its name (CompteLib)", number)
        self._amounts(row, number)
        self._order(row, number)
        if self.labels.setdefault(row["JournalCode"], row["JournalLib"]) != row["JournalLib"]:
            self._note(f"of journal {row['JournalCode']} have another JournalLib than its first", number)
        entry = f"{row['JournalCode']}-{row['EcritureNum']}"
        if self.days.setdefault(entry, row["EcritureDate"]) != row["EcritureDate"]:
            self._note("have another EcritureDate than the first row of their entry", number)
        tail = _TAIL.fullmatch(row["EcritureNum"])
        if tail:
            self.numbers[row["JournalCode"], tail[1]].setdefault(int(tail[2]), number)

    def _amounts(self, row: Row, number: int) -> None:
        sides = [row[c] for c in ("Montant", "Debit", "Credit") if row.get(c)]
        if any("." in cell for cell in sides):
            self._note("write amounts with a point; the article has a comma", number)
        filled = [cell for cell in sides if cell.strip("0,.+- ")]
        if len(filled) > 1:
            self._note("have both a debit and a credit", number)
        elif not filled:
            self._note("have an amount of zero", number)
        foreign = row["Idevise"] and row["Idevise"].upper() != "EUR"
        if foreign and filled and row["Montantdevise"].lstrip("+-") == filled[0].lstrip("+-"):
            self._note("have the same amount in euro and in a foreign currency (Idevise)", number)
        if bool(row["Montantdevise"]) != bool(row["Idevise"]):
            self._note("have only one of Montantdevise and Idevise", number)

    def _order(self, row: Row, number: int) -> None:
        day = row["ValidDate"]
        if day and day < self.last:
            self._note("are validated before the row above them; the article wants this order", number)
        self.last = day or self.last
        if row["PieceDate"] and row["PieceDate"] > row["EcritureDate"] > "":
            self._note("are dated before their document (PieceDate)", number)
        if day and day < row["EcritureDate"]:
            self._note("are validated before their own day (EcritureDate)", number)

    def _note(self, said: str, number: int) -> None:
        count, first = self.seen.get(said, (0, number))
        self.seen[said] = (count + 1, first)

    def say(self) -> None:
        """Every departure that was seen, and the numbers that are missing in a journal."""
        for said, (count, first) in self.seen.items():
            self.found.defect(self.file, first, f"{count:,} rows", said)
        together = {n for numbers in self.numbers.values() for n in numbers}
        if together and len(together) == max(together) - min(together) + 1:
            return  # one sequence over all journals, which the article allows
        for (journal, prefix), numbers in self.numbers.items():
            low, high = min(numbers), max(numbers)
            missing = high - low + 1 - len(numbers)
            if missing:
                gap = next(n for n in range(low, high) if n not in numbers)
                after = min(n for n in numbers if n > gap)
                said = f"has {len(numbers):,} entries from {prefix}{low} to {prefix}{high}: {missing:,} of"
                said += f" the numbers are missing, the first {prefix}{gap}"
                self.found.defect(self.file, numbers[after], f"Journal {journal}", said)
