"""What to look at before any figure is believed: a wrong sign, no rows, a name that misleads."""

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
    return lines
