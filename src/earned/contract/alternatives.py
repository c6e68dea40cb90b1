"""What would change the answer: each judgement with its other words, and the figures under one of them.

A contract is recognised once more with one field changed, by the same expressions; what another word
would need beside it is said in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from earned.contract.document import Document, Row, key_of
from earned.contract.recognised import of_document
from earned.faults import InputError

#: recognised anew at most so often: a memo should not take longer than a cup of coffee
MOST = 12
_TREATMENTS = ("separate", "prospective", "catch_up")
_METHODS = ("expected_value", "most_likely")
_COMPOUNDING = ("annual", "monthly")


@dataclass(frozen=True)
class Change:
    """One field of a contract file changed: its key path, what stands there and what would."""

    field: str
    stands: str
    instead: str
    document: Document


def alternatives(
    document: Document, found: Mapping[str, Any], as_of: date | None = None
) -> list[dict[str, str | None]]:
    """field, stands, instead, revenue (to the end), difference, first_period (in which it differs), asks.

    `asks` says what the contract would need under the other word, where it cannot be recognised so.
    """
    changes = list(_changes(document))[:MOST]
    return [_outcome(change, found, as_of) for change in changes]


def _outcome(change: Change, found: Mapping[str, Any], as_of: date | None) -> dict[str, str | None]:
    said: dict[str, str | None] = {"field": change.field, "stands": change.stands, "instead": change.instead}
    none = dict.fromkeys(("revenue", "difference", "first_period", "asks"))
    try:
        other = of_document(change.document, as_of, found["framework"], translate=False)
    except InputError as wrong:
        return said | none | {"asks": wrong.faults[0].expected}
    ours, other = (of["figures"]["revenue_cumulative"] for of in (found, other))
    last = list(ours)[-1]
    places = len(ours[last].partition(".")[2])
    other = _carried(other, list(ours), _text(0, places))
    differing = [p for p in ours if _cents(other[p]) != _cents(ours[p])]
    moved = _cents(other[last]) - _cents(ours[last])
    return said | none | {
        "revenue": other[last],
        "difference": _text(moved, places),
        "first_period": differing[0] if differing else None,
    }  # fmt: skip


def _carried(to_date: Mapping[str, str], periods: Sequence[str], nothing: str) -> dict[str, str]:
    """Revenue to date by the periods given: where the other contract has fewer, what it had before."""
    found, latest = {}, nothing
    for period in periods:
        latest = found[period] = to_date.get(period, latest)
    return found


def _cents(text: str) -> int:
    return int(text.replace(".", ""))


def _text(minor: int, places: int) -> str:
    digits = f"{abs(minor):0{places + 1}d}"
    text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return f"-{text}" if minor < 0 else text


def _changes(document: Document) -> Iterator[Change]:
    yield from _treatments(document)
    yield from _estimates(document)
    yield from _compounding(document)
    yield from _without_evidence(document)


def _treatments(document: Document) -> Iterator[Change]:
    for number, row in enumerate(document.tables.get("modifications", ()), 1):
        stands = row.cells["treatment"]
        for word in _TREATMENTS if stands in _TREATMENTS else ():
            if word != stands:
                yield _changed(document, "modifications", number, "treatment", word)


def _estimates(document: Document) -> Iterator[Change]:
    """The whole amount instead of what the constraint lets in; the other way to weigh the outcomes."""
    for number, row in enumerate(document.tables.get("estimates", ()), 1):
        constrained, amount = row.cells.get("constrained_amount"), row.cells.get("amount")
        if constrained is not None and amount is not None and constrained != amount:
            yield _changed(document, "estimates", number, "constrained_amount", amount)
        method = row.cells.get("method")
        if amount is None and method in _METHODS:
            other = next(m for m in _METHODS if m != method)
            yield _changed(document, "estimates", number, "method", other)


def _compounding(document: Document) -> Iterator[Change]:
    stands = document.contract.cells.get("compounding")
    if stands in _COMPOUNDING:
        other = next(c for c in _COMPOUNDING if c != stands)
        yield _changed(document, "contracts", 1, "compounding", other)


def _without_evidence(document: Document) -> Iterator[Change]:
    """Each paper taken away: how much rests on it alone."""
    rows = document.tables.get("evidence", ())
    for number, row in enumerate(rows, 1):
        left = (*rows[: number - 1], *rows[number:])
        tables = {**document.tables, "evidence": left}
        if not left:
            tables.pop("evidence")
        said = f"{row.cells['kind']} of {row.cells.get('event_date', '')}"
        yield Change(key_of("evidence", number, None), said, "not there", replace(document, tables=tables))


def _changed(document: Document, table: str, number: int, column: str, value: str) -> Change:
    rows = document.tables[table]
    row = rows[number - 1]
    other = Row({**row.cells, column: value}, row.lines, row.line)
    tables = {**document.tables, table: (*rows[: number - 1], other, *rows[number:])}
    field = key_of(table, number, column)
    return Change(field, row.cells[column], value, replace(document, tables=tables))
