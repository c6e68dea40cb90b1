"""Contracts as a person would write them, priced and allocated at inception; amounts as decimal text."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis

from earned.books import Books, open_books
from earned.recognition.allocation import allocate
from earned.recognition.price import without_tax
from earned.recognition.selling_price import selling_prices

Row = Mapping[str, Any]
#: contract_id -> obligation_id -> what `allocate` left
Found = dict[str, dict[str, dict[str, Any]]]


def write(folder: Path, *, policy: str = "{}", **tables: Sequence[Row]) -> Path:
    """Books of the tables named, as CSV files; columns are those that any row has. Nothing was booked."""
    folder.mkdir(parents=True, exist_ok=True)
    booked = {
        "contract_id": tables["contracts"][0]["contract_id"],
        "effective_date": "2021-06-30",
        "amount": 0,
    }
    tables = {"entries": [booked]} | tables
    text = f"company: {{currency: USD}}\npolicy: {policy}\n"
    (folder / "books.yaml").write_text(text, encoding="utf-8")
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def terms(books: Books, added: Iterable[str] = (), targeted: Mapping[str, int] | None = None) -> ibis.Table:
    """Obligations with what the steps before give: measure, price and tax; `targeted` in minor units."""
    contracts = books.tables["contracts"].select(
        "contract_id",
        "price_minor",
        "bound_date",
        includes_tax=lambda t: t.price_includes_tax.fill_null(False),
        contract_rate=lambda t: t.tax_rate.fill_null(0),
    )
    rows = books.tables["obligations"].join(contracts, "contract_id")
    rows = rows.mutate(
        from_start=rows.obligation_id.notin(list(added)),
        rate=ibis.coalesce(rows.tax_rate, rows.contract_rate),
        own_rates=rows.tax_rate.notnull().any().over(group_by=rows.contract_id),
        untestable=ibis.null("string"),
        targeted_minor=rows.obligation_id.cases(
            *(targeted or {"": 0}).items(), else_=ibis.literal(0, "int64")
        ).cast("int64"),
    )
    net = without_tax(rows.price_minor, rows.contract_rate)
    return rows.mutate(
        to_allocate_minor=ibis.ifelse(rows.includes_tax & ~rows.own_rates, net, rows.price_minor)
    )


def allocations(folder: Path, **of_terms: Any) -> Found:
    """Every obligation of books written by `write`; checks that the shares of each contract add up."""
    books = open_books(folder)
    try:
        rows = books.engine.keep("terms_given", terms(books, **of_terms))
        found: Found = {}
        for row in books.engine.rows(allocate(selling_prices(books, rows))):
            found.setdefault(row["contract_id"], {})[row["obligation_id"]] = row
    finally:
        books.engine.close()
    for contract, obligations in found.items():
        shares = [row["allocated_minor"] or 0 for row in obligations.values()]
        nets = {row["contract_net_minor"] for row in obligations.values()}
        testable = all(row["untestable"] is None for row in obligations.values())
        assert not testable or {sum(shares)} == nets, contract
    return found


def amounts(rows: Mapping[str, Mapping[str, Any]], column: str = "allocated_minor") -> dict[str, str]:
    """Amounts of a contract's obligations in units of the currency: {"A": "33.33"}."""
    return {key: f"{Decimal(row[column]) / 100:.2f}" for key, row in sorted(rows.items())}
