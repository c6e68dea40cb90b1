"""What the books of a company may hold, but no contract that a person writes by hand: refused in words.

Books of a company allocate by weights of both signs (U2), and leave out of the balances what is billed in
another currency; in a contract file either is a slip of the pen.
"""

from __future__ import annotations

from collections.abc import Iterator

from earned.books import Books
from earned.books.billed import in_other_currency
from earned.contract.document import Document, key_of
from earned.faults import Fault, InputError
from earned.faults.register import reasons

_PRICE = "a price of 0 or more"
_SELLING_PRICE = "a standalone selling price of 0 or more"
#: prices that books may hold below 0, and what each must be in a contract file; a price of 0 is one (U3)
PRICES = {
    ("contracts", "price"): _PRICE,
    ("obligations", "ssp"): _SELLING_PRICE,
    ("obligations", "ssp_low"): _SELLING_PRICE,
    ("obligations", "ssp_high"): _SELLING_PRICE,
    ("modified_obligations", "ssp"): _SELLING_PRICE,
}


def require(document: Document, books: Books) -> None:
    """Raise InputError for every price below 0, and for what is billed or paid in another currency."""
    faults = [*_negative(document, books), *_in_other_currency(document, books)]
    if faults:
        raise InputError(faults)


def _negative(document: Document, books: Books) -> Iterator[Fault]:
    for (table, column), expected in PRICES.items():
        if table not in document.tables:
            continue
        rows = books.tables[table]
        below = rows.filter(rows[f"{column}_minor"] < 0).select("source_row").order_by("source_row")
        do = reasons()["negative"].remedy
        for found in books.engine.rows(below):
            yield _fault(document, table, found["source_row"], column, expected, do, "negative")


def _in_other_currency(document: Document, books: Books) -> Iterator[Fault]:
    company = books.manifest.company.currency
    rows = in_other_currency(books.tables["contracts"], books.tables, company)
    for found in books.engine.rows(rows.order_by("table_name", "source_row")):
        table, own = found["table_name"], found["contract_currency"]
        expected = f"{own}, the currency of the contract: what is billed in another is not translated"
        do = f"Write the amount in {own}."
        yield _fault(document, table, found["source_row"], "currency", expected, do, "billed_currency")


def _fault(
    document: Document, table: str, source_row: int, column: str, expected: str, do: str, reason: str
) -> Fault:
    number = source_row - 1  # the first row of a table's file is that of its headers
    row = document.tables[table][number - 1]
    line, value = row.lines.get(column, row.line), row.cells.get(column)
    return Fault(expected, do, document.name, line, key_of(table, number, column), value, reason=reason)
