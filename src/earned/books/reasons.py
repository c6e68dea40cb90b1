"""Why a row of the books is set aside: every value of `reason` in the table rejected, and what it says."""

from __future__ import annotations

from collections.abc import Mapping

REASONS: Mapping[str, str] = {
    "shape": "the row has more or fewer cells than the header, or a quote in it swallowed others",
    "too_long": "a cell is longer than the limit `cell_bytes`",
    "bytes": "a cell that is used has bytes that are no text",
    "number": "a number that cannot be read; also a formula without a value, or an error of a workbook",
    "decimals": "more decimals than can be kept exactly",
    "range": "a number beyond what can be kept exactly",
    "date": "a day or instant that cannot be read",
    "value": "a word that is not one of those the column knows",
    "currency": "no ISO 4217 code, or an amount in another currency than its row",
    "sign": "a debit or credit mark that the mapping does not name",
    "required": "a cell that must be filled is empty",
    "basis": "a quantity or amount of evidence without saying whether it adds up or states the total",
    "key_missing": "the key of the row is empty",
    "key_conflict": "two rows of one key contradict each other: neither is used",
    "repeat": "the same row once more: it counts once",
    "orphan": "it names a contract or obligation that is not in the books",
    "window": "an entry outside the window that books.yaml gives",
    "period": "an entry outside the measured periods, or in a period of no such name",
    "after_as_of": "not known yet on the day of the run",
    "opening": "openings that do not add up to what was booked before",
    "measure": "an obligation over time that nothing can measure",
}
