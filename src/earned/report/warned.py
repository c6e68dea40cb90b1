"""What to look at before any figure is believed: a wrong sign, no rows, a name that misleads or that nobody
reads, cells that were emptied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from earned.report.numbers import count, plain

#: Tables without which nothing is measured or compared.
_NEEDED = ("contracts", "entries", "evidence")


def warned(quality: Sequence[Mapping[str, Any]]) -> list[str]:
    """A sentence, with what to do, for each row of `quality` that comes before the figures."""
    lines = []
    for row in quality:
        if row["check"] == "mostly_negative":
            lines.append(
                f"{count(row['rows'])} entries are negative, nearly all: if the export writes credits as "
                "negative, set sign: debit_positive under tables.entries in books.yaml"
            )
        if row["check"] == "misnamed":
            lines.append(f"{plain(row['example'], 160)}; give it the name of its kind")
        if row["check"] == "no_rows" and row["table_name"] in _NEEDED:
            file = plain(row["example"], 60)
            what = f"{row['table_name']} has no rows: {file} holds none below its header"
            lines.append(f"{what}; export it again")
        if row["check"] == "file_not_read":
            lines.append(f"{plain(row['table_name'], 60)} is not read: {plain(row['example'], 120)}")
    emptied = sum(row["rows"] for row in quality if row["action"] == "emptied")
    if emptied:
        cells = "1 cell" if emptied == 1 else f"{count(emptied)} cells"
        lines.append(f"{cells} could not be read, left empty: see table quality")
    return lines
