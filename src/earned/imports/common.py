"""The books that an import fills: rows in, a folder of tables with books.yaml out, and the result.

A reader of a format calls `add`, `line`, `account`, `reject`, `total` and `leave` row by row; nothing it
says is kept in memory but the chart of accounts. The engine makes the tables out of that: `ledger` is the
whole journal, `entries` its lines on accounts of role revenue with the sign turned (credit positive).
Each row carries `from_file` and `from_row`, where it stood in the export; books.yaml hands both on as the
row's source_file and source_row, so that every figure leads back to the original file.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import IO, Any

from earned import money
from earned.books import schema
from earned.engine import Engine
from earned.imports import cells, result
from earned.imports.result import Defect, Rejected, Total

PLACE = ("from_file", "from_row")
#: The journal as it is collected: the columns of `entries` and `ledger`, debit positive.
JOURNAL = "journal"
#: What is collected beside the tables of the books and not written: totals of an export's own log (side 1
#: or -1), and document headers that are joined to their lines.
LOG, HEADERS, LINES = "journal_log", "document_headers", "document_lines"
_BESIDE = {
    LOG: ("journal_id", "side", "total"),
    HEADERS: (
        "journal_id", "effective_date", "document_date", "created_at", "period_id", "currency",
        "preparer", "source", "reversal_of", "description",
    ),
    LINES: (
        "journal_id", "line_number", "account", "amount", "functional_amount", "entity_id",
        "customer_id", "invoice_id", "description",
    ),
}  # fmt: skip
_RESERVED = frozenset((JOURNAL, "books", "import", *_BESIDE))
_BLANKS = str.maketrans({"\r": " ", "\n": " ", "\t": " ", "\0": "\ufffd"})


@dataclass(frozen=True)
class Account:
    """An account of the chart: role is one of the schema's, type and caption as the format gives them."""

    name: str = ""
    role: str = "other"
    type: str = ""
    caption: str = ""
    place: tuple[str, int] = ("", 0)


@dataclass
class Company:
    """What the export says of the company; empty is not said."""

    name: str = ""
    currency: str = ""
    entity_id: str = ""
    fiscal_year_end: str = ""
    timezone_of: str = ""

    @property
    def code(self) -> str:
        """The currency where it is one of ISO 4217, else empty: no row carries another word."""
        return self.currency if money.exponent(self.currency) is not None else ""


@dataclass
class Collected:
    """Everything one import has found so far."""

    engine: Engine
    version: str = ""
    company: Company = field(default_factory=Company)
    accounts: dict[str, Account] = field(default_factory=dict)
    totals: list[Total] = field(default_factory=list)
    untied: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    rejected_rows: int = 0
    defects: list[Defect] = field(default_factory=list)
    defects_found: int = 0
    questions: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    used: dict[str, set[str]] = field(default_factory=dict)
    others: dict[str, dict[str, None]] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)
    torn: set[str] = field(default_factory=set)
    has_chart: bool = False
    adjustments: set[str] = field(default_factory=set)
    covered: tuple[str, str] = ("", "")
    _files: dict[str, tuple[IO[str], Any]] = field(default_factory=dict)

    def add(self, table: str, row: Mapping[str, str], file: str, number: int) -> None:
        """A row of one of our tables under our column names; texts as they are to stand in the file."""
        if "\ufffd" in "".join(row.values()):
            bad = next(c for c, v in row.items() if "\ufffd" in v)
            self.reject(file, number, bad, row[bad], "text in the encoding of the file")
            return
        columns = columns_of(table)
        if table not in self._files:
            opened = self.staged(table).open("w", encoding="utf-8", newline="")
            self._files[table] = (opened, csv.writer(opened, lineterminator="\n", quoting=csv.QUOTE_ALL))
            self._files[table][1].writerow([*columns, *PLACE])
        clean = {c: v.translate(_BLANKS).strip() for c, v in row.items()}
        self.used.setdefault(table, set()).update([c for c, v in clean.items() if v])
        self._files[table][1].writerow([*[clean.get(c, "") for c in columns], file, number])
        self.rows[table] += 1

    def other(self, table: str, row: Mapping[str, str], file: str, number: int) -> None:
        """A row of a table that is none of ours, under its own columns: it is written beside the books, for a
        person to map."""
        if "\ufffd" in "".join(row.values()):
            bad = next(c for c, v in row.items() if "\ufffd" in v)
            self.reject(file, number, bad, row[bad], "text in the encoding of the file")
            return
        name = re.sub(r"\W+", "_", table.casefold()).strip("_")[:60] or "table"
        name = f"{name}_of_export" if name in _RESERVED or name in schema.tables() else name
        columns = self.others.setdefault(name, {})
        if name not in self._files:
            self._files[name] = (self.staged(name).open("w", encoding="utf-8"), None)
        columns.update(dict.fromkeys(row))
        kept = {c: v.translate(_BLANKS).strip() for c, v in row.items() if v}
        self._files[name][0].write(json.dumps([kept, file, number]) + "\n")
        self.rows[name] += 1

    def line(self, row: Mapping[str, str], amount: Decimal, file: str, number: int) -> None:
        """A journal line, debit positive; `row` under the names of `entries`. Journal, account and a day
        are needed: where one is missing the row is rejected."""
        for column, wanted in (("journal_id", "the number of its journal"), ("account", "an account")):
            if not row.get(column):
                self.reject(file, number, column, "", wanted)
                return
        if not any(row.get(c) for c in ("effective_date", "document_date", "created_at")):
            self.reject(file, number, "effective_date", "", "the day of the entry")
            return
        self.missing_account(row["account"], file, number)
        self.add(JOURNAL, {**row, "amount": cells.written(amount)}, file, number)

    def missing_account(self, account: str, file: str, number: int) -> None:
        """Add an account that a line names and no chart has; where there is a chart that is a defect."""
        if account in self.accounts:
            return
        self.accounts[account] = Account(place=(file, number))
        if self.has_chart:
            said = "is booked on, but the chart of accounts does not have it"
            self.defect(file, number, f"Account {account}", said)

    def reject(
        self, file: str, row: int, column: str, value: str, expected: str, *, journal: str = ""
    ) -> None:
        """A row that is not taken; the first thousand are listed, all are counted. A `journal` that lost a
        line is not said to be out of balance."""
        self.rejected_rows += 1
        if journal:
            self.torn.add(journal)
        if len(self.rejected) < result.LISTED:
            self.rejected.append(Rejected(file, row, column, value, expected))

    def defect(self, file: str, row: int, about: str, said: str) -> None:
        """Something that contradicts the format or the export itself; the first thousand are listed."""
        self.defects_found += 1
        if len(self.defects) < result.LISTED:
            self.defects.append(Defect(file, row, about, said))

    def total(self, name: str, stated: Decimal | int | None, found: Decimal | int) -> None:
        """A total that the export states against what its rows give; beyond the first thousands counted."""
        total = Total.of(name, stated, found)
        if len(self.totals) < 3 * result.LISTED:
            self.totals.append(total)
        else:
            self.untied += not total.ties

    def every_total(self) -> tuple[Total, ...]:
        """The totals that are listed, and how many others do not tie."""
        more = [Total.of("totals that do not tie beside those listed", 0, self.untied)] if self.untied else []
        return (*self.totals, *more)

    def leave(self, what: str, count: int = 1) -> None:
        """Something the export has and the books have no place for."""
        if count:
            self.left[what] += count

    def staged(self, table: str) -> Path:
        """Where a table is collected, in the engine's own folder."""
        return self.engine.folder / f"{table}.csv"

    def settle(self) -> None:
        """End the collection: each table becomes a view of the engine, all columns text."""
        for opened, _ in self._files.values():
            opened.close()
        self._files.clear()
        for name, account in self.accounts.items():
            row = {"account": name, "name": account.name, "role": account.role}
            row |= {"type": account.type, "caption": account.caption}
            self.add("accounts", row, *account.place)
        for opened, _ in self._files.values():
            opened.close()
        for table in (t for t in self.rows if t not in self.others):
            columns = ", ".join(f"'{c}': 'VARCHAR'" for c in (*columns_of(table), *PLACE))
            quoted = str(self.staged(table)).replace("'", "''")
            self.engine.sql(
                f"CREATE TABLE {table} AS FROM read_csv('{quoted}', header = true, "
                f"delim = ',', quote = '\"', escape = '\"', auto_detect = false, columns = {{{columns}}}, "
                "max_line_size = 4194304)"
            )


@cache
def columns_of(table: str) -> tuple[str, ...]:
    """The columns a table is collected with."""
    if table in _BESIDE:
        return _BESIDE[table]
    return schema.tables()["entries" if table == JOURNAL else table].names


def balanced(found: Collected) -> None:
    """A total for the journals whose debits are their credits, by currency, and one for each other."""
    if not found.rows[JOURNAL]:
        return
    every = found.engine.sql(f"SELECT count(DISTINCT journal_id) FROM {JOURNAL}")[0][0]
    untied = found.engine.sql(
        f"SELECT journal_id, currency, sum(CAST(amount AS DECIMAL(38, 9))) AS rest, min(from_row) "
        f"FROM {JOURNAL} GROUP BY journal_id, currency HAVING rest <> 0 ORDER BY journal_id, currency"
    )
    torn = sorted({row[0] for row in untied} & found.torn)
    untied = [row for row in untied if row[0] not in found.torn]
    lost = f"balance of journals that lost a rejected line, the first {torn[0]}" if torn else ""
    found.leave(lost, len(torn))
    out_of_balance = {row[0] for row in untied}
    found.total("journals that balance", every - len(torn), every - len(torn) - len(out_of_balance))
    for journal, _, rest, _ in untied[: result.LISTED]:
        found.total(f"debit less credit of journal {journal}", 0, rest.normalize())
