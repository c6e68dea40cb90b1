"""A finished run and the books it came from, read again from their files without any code of `earned`."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet

import earned
from earned.runfolder import write_run
from tests.oracle.model import EXPONENTS, Row, rounded

OUT_OF_SCOPE = ("elimination", "reclassification")


def examine(books: Path, out: Path, *, report: bool = False) -> Path:
    """The run folder of some books."""
    run = earned.examine(earned.open_books(books))
    try:
        return write_run(run, out, report=report)
    finally:
        run.books.engine.close()


def hashes(run: Path) -> dict[str, str]:
    """The content hash of every table of a run folder."""
    said = json.loads((run / "run.json").read_text(encoding="utf-8"))
    return {name: table["content_sha256"] for name, table in said["tables"].items()}


@dataclass(frozen=True)
class Ran:
    """A run folder, its books of CSV files, their currency, and the name of the period of a day."""

    books: Path
    folder: Path
    currency: str
    period_of: Callable[[date], str]

    @cached_property
    def tables(self) -> dict[str, list[Row]]:
        """Every table of the run as rows."""
        return {p.stem: parquet.read_table(p).to_pylist() for p in (self.folder / "tables").iterdir()}

    def of(self, table: str, *columns: str) -> dict[Any, Row]:
        """A table's rows by the columns named."""
        rows = self.tables[table]
        found = {tuple(r[c] for c in columns) if len(columns) > 1 else r[columns[0]]: r for r in rows}
        assert len(found) == len(rows), f"{table} repeats {columns}"
        return found

    def used(self, table: str) -> list[dict[str, str]]:
        """The rows of a CSV file that the run does not list as rejected."""
        refused = {(r["source_file"], r["source_row"]) for r in self.tables["rejected"]}
        path = self.books / f"{table}.csv"
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        return [r for n, r in enumerate(rows, 2) if (path.name, n) not in refused]

    @cached_property
    def entries(self) -> list[Row]:
        """Used entries with `minor`, `worth` (company minor units), `period_id`, `place` and `unit_id`."""
        contracts = {r["contract_id"]: r for r in self.used("contracts")}
        roles = {r["account"]: r["role"] for r in self.used("accounts")}
        found = []
        for row in self.used("entries"):
            contract = contracts.get(row["contract_id"], {})
            currency = row.get("currency") or contract.get("currency") or self.currency
            out = row.get("kind") in OUT_OF_SCOPE or roles.get(row["account"], "revenue") != "revenue"
            place = "out of scope" if out else "linked" if contract else "unlinked"
            functional = row.get("functional_amount") if currency != self.currency else row["amount"]
            more: Row = {
                "currency": currency,
                "minor": self._minor(row["amount"], currency),
                "worth": self._minor(functional, self.currency) if functional else None,
                "period_id": self._period(row),
                "place": place,
                "unit_id": self._unit(row) if place == "linked" else None,
                "opening": row.get("is_opening") == "true",
            }
            found.append(row | more)
        return found

    def _minor(self, amount: str, currency: str) -> int:
        exact = Fraction(Decimal(amount)) * 10 ** EXPONENTS[currency]
        assert exact.denominator == 1
        return int(exact)

    def _period(self, row: Row) -> str:
        name = row.get("period_id") or self.period_of(date.fromisoformat(row["effective_date"]))
        return name.replace("M13", "M06")

    def _unit(self, row: Row) -> str:
        """U1: the obligation named, else the contract as a whole, else its only obligation."""
        mine = [u for u in self.tables["units"] if u["contract_id"] == row["contract_id"]]
        names = [u["unit_id"] for u in mine]
        if row["obligation_id"] in names:
            return str(row["obligation_id"])
        return str(row["contract_id"]) if row["contract_id"] in names else str(names[0])

    @cached_property
    def rates(self) -> dict[str, Fraction]:
        """P4: company minor units per minor unit of the contract, of every unit with entries."""
        of_unit: dict[str, list[Row]] = defaultdict(list)
        for entry in self.entries:
            if entry["place"] == "linked":
                of_unit[entry["unit_id"]].append(entry)
        found = {}
        for unit, entries in of_unit.items():
            if any(e["worth"] is None for e in entries):
                continue
            total = sum(e["minor"] for e in entries)
            first = min(entries, key=lambda e: (e["effective_date"], e["entry_id"]))
            pair = (sum(e["worth"] for e in entries), total) if total else (first["worth"], first["minor"])
            found[unit] = Fraction(*pair)
        return found

    def worth(self, unit: str, minor: int) -> int:
        """A cumulative figure of a unit in company currency, rounded once (P3, P4)."""
        return rounded(minor * self.rates.get(unit, Fraction(1)))

    @cached_property
    def periods(self) -> list[str]:
        """The measured periods, oldest first."""
        return sorted(r["period_id"] for r in self.tables["misstatements"] if r["dimension"] == "total")


def sums(pairs: Iterable[tuple[Any, int]]) -> dict[Any, int]:
    """Amounts added up by key; a sum of 0 is left out."""
    found: dict[Any, int] = defaultdict(int)
    for key, amount in pairs:
        found[key] += amount
    return {key: amount for key, amount in found.items() if amount}
