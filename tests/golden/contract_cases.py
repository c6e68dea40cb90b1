"""Published cases as files: what a source prints, the contract, the figures expected, and what differs."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import earned
from earned.books import Books
from earned.books.schema import tables as books_tables
from earned.contract import recognise
from earned.contract.document import TABLES
from earned.recognition.recognise import Recognition
from earned.recognition.recognise import recognise as recognise_books

FILES = sorted((Path(__file__).parent / "contracts").glob("*/*.yaml"))
REQUIRED = ("case", "title", "source", "use", "paragraphs", "rules", "prints", "contract", "expect")
KEYS = (*REQUIRED, "differs")
#: figures that are no amounts: compared to the digits expected
RATES = ("rates", "progress")


def read_case(path: Path) -> dict[str, Any]:
    """A case file; a key that is not known or is missing is an error that lists the known ones."""
    case: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    if unknown := set(case) - set(KEYS):
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)}; allowed: {list(KEYS)}")
    if missing := set(REQUIRED) - set(case):
        raise ValueError(f"{path.name}: missing {sorted(missing)}")
    return case


def figures(contract: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    """What the program recognises of a contract, written to a contract file."""
    path = folder / "contract.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(contract, file)
    found: Mapping[str, Any] = recognise(path)["figures"]
    return found


def leaves(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every value of a tree with the keys that lead to it."""
    if not isinstance(tree, Mapping):
        yield path, tree
        return
    for key, below in tree.items():
        yield from leaves(below, (*path, str(key)))


def differences(expect: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Every expected figure that was not found so, in words."""
    given = {path: str(value) for path, value in leaves(found)}
    wrong = []
    for path, wanted in leaves(expect):
        have = given.get(path)
        if have is not None and path[0] in RATES:
            have = str(Decimal(have).quantize(Decimal(wanted), ROUND_HALF_UP))
        if have != str(wanted):
            wrong.append(f"{' / '.join(path)}: expected {wanted}, found {have or 'no such figure'}")
    return wrong


def unexplained(case: Mapping[str, Any]) -> list[str]:
    """Printed figures that are neither expected nor named, with a reason, under `differs`."""
    expected = {_number(value) for _, value in leaves(case["expect"])}
    named = [str(name) for name in case.get("differs", {})]
    printed = ((".".join(path), value) for path, value in leaves(case["prints"]))
    return [
        f"{path}: {value} is printed"
        for path, value in printed
        if _number(value) not in expected and not any(f"{path}.".startswith(f"{name}.") for name in named)
    ]


def _number(value: Any) -> Decimal | str:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value).lower()


# --- many contracts as one company's books -----------------------------------------------------------------

#: ids that are unique in one contract file only
_OWN = ("obligation_id", "cost_id", "invoice_id", "receipt_id")
#: judgements that some contracts need and none contradicts
POLICY = {
    "close_days": 0,
    "compounding": "annual",
    "price_includes_tax": False,
    "ssp_outside_range": "nearest_bound",
}


@contextmanager
def in_books(contracts: Mapping[str, Mapping[str, Any]], folder: Path) -> Iterator[tuple[Books, Recognition]]:
    """Many contracts as the books of one company, in months, and what is recognised of them.

    Ids become "<name>/<own id>". Their own calendars, windows and policies are left aside.
    """
    folder.mkdir()
    tables = {"contracts": [_row(name, of["contract"]) for name, of in contracts.items()], "entries": []}
    for table in (t for t in TABLES if t not in ("periods", "rates")):
        rows = [_row(name, row, table) for name, of in contracts.items() for row in of.get(table, ())]
        tables |= {table: rows} if rows else {}
    for table, rows in tables.items():
        _write(folder / f"{table}.csv", rows)
    window = {
        "from": str(min(map(_first, contracts.values()))),
        "to": str(max(map(_last, contracts.values()))),
    }
    document = {
        "company": {"name": "All", "currency": "XXX"},
        "calendar": {"kind": "months"},
        "window": window,
        "as_of": window["to"],
        "policy": POLICY,
    }
    (folder / "books.yaml").write_text(json.dumps(document), encoding="utf-8")
    books = earned.open_books(folder)
    try:
        yield books, recognise_books(books, books.engine.keep)
    finally:
        books.engine.close()


def earned_in_books(contracts: Mapping[str, Mapping[str, Any]], folder: Path) -> list[Mapping[str, Any]]:
    """Of every obligation and month: obligation_id, last_date, earned_minor (cumulative), done and whole."""
    with in_books(contracts, folder) as (books, rec):
        marks = books.calendar.select("period_index", "last_date")
        rows = rec.earned.select("obligation_id", "period_index", "earned_minor", "done", "whole")
        rows = rows.join(marks, "period_index").order_by("obligation_id", "last_date")
        return list(books.engine.rows(rows))


def _row(name: str, row: Mapping[str, Any], table: str = "") -> dict[str, str]:
    own = {c: f"{name}/{row[c]}" for c in _OWN if c in row}
    # An estimate of an obligation belongs to it alone, one of the contract is shared (606-10-32-40).
    if not (table in ("estimates", "outcomes") and own):
        own["contract_id"] = name
    plain = {k: json.dumps(v) if isinstance(v, bool) else str(v) for k, v in row.items()}
    return {"customer_id": name} | plain | own


def _write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    columns = dict.fromkeys(c for row in rows for c in row) or ("contract_id", "effective_date", "amount")
    known = books_tables()[path.stem].names
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [c for c in columns if c in known], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def _first(contract: Mapping[str, Any]) -> date:
    days = [row["event_date"] for row in contract.get("evidence", ())]
    starts = [row["start_date"] for row in contract["obligations"] if "start_date" in row]
    return min([*days, *starts], default=_last(contract))


def _last(contract: Mapping[str, Any]) -> date:
    day: date = contract["window"]["to"]
    return day
