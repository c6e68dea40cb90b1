"""The columns that a table needs and that no source of it has (R7, R12)."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping

from earned.books.feeds import Feed
from earned.faults import Fault

#: What two columns are called of which one holds debits and one credits.
_SIDES = (("soll", "haben"), ("debit", "credit"), ("借方", "贷方"), ("débit", "crédit"), ("debe", "haber"))


def missing(feeds: Mapping[str, tuple[Feed, ...]]) -> Iterator[Fault]:
    """The required columns that a table does not have; entries alone may leave contract_id out (R7)."""
    for name, of_table in feeds.items():
        for feed in of_table:
            yield from _missing_columns(feed, ledger_only=name == "entries" and "contracts" not in feeds)


def _missing_columns(feed: Feed, *, ledger_only: bool) -> Iterator[Fault]:
    table, has = feed.table, feed.cells.keys()
    for column in table.columns:
        if column.need != "required" or column.name in has or (ledger_only and column.null_ok):
            continue
        otherwise = {o for o in column.otherwise if o in has or "." in o or ":" in o}
        # What R10 puts in the place of an empty one.
        stand_in = {"effective_date": "period_id", "contract_id": "obligation_id"}.get(column.name)
        if not otherwise and not (table.name == "entries" and stand_in in has):
            yield _missing_fault(feed, f"a column {column.name}", column.name)
    for group in sorted({c.group for c in table.columns if c.group} - {"price"}):
        names = [c.name for c in table.columns if c.group == group]
        if not has & set(names):
            yield _missing_fault(feed, f"one of the columns {', '.join(names)}", names[0])


def _sides(headers: Iterable[str]) -> str:
    """How a debit and a credit column are mapped as one amount, where the headers look like that (R3)."""
    for debit, credit in _SIDES:
        found = [next((h for h in headers if word in h.casefold()), None) for word in (debit, credit)]
        if all(found):
            return f": amount: {{debit: {found[0]}, credit: {found[1]}}}"
    return ""


def _missing_fault(feed: Feed, expected: str, column: str) -> Fault:
    headers = list(feed.header.types)
    near = difflib.get_close_matches(column, [h.casefold() for h in headers], n=1, cutoff=0.6)
    nearest = next((f"; the nearest is {h!r}" for h in headers if near and h.casefold() == near[0]), "")
    sides = _sides(headers) if column == "amount" else ""
    do = (
        f"Rename the column, or map it under tables.{feed.table.name}.columns in a books.yaml beside the "
        f"file{sides or nearest}. The columns found are: {', '.join(headers[:60]) or 'none'}"
    )
    expected = f"{expected} for the table {feed.table.name}"
    return Fault(expected, do, feed.header.file, column=column, reason="column_missing")
