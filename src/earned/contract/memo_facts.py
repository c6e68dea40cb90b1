"""The facts of a memo: what stands in the contract file, and of each paper whether it counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from earned.contract.document import Row, key_of
from earned.contract.known import Known
from earned.contract.layout import Block, Heading, Lines
from earned.contract.words import cell

#: title -> table of the file and the columns that are shown where filled
_FACTS = {
    "Obligations": ("obligations", (
        "obligation_id", "description", "pattern", "measure", "convention", "ssp", "ssp_method", "ssp_low",
        "ssp_high", "stated_price", "total_quantity", "unit_price", "unit_cost", "royalty_rate",
        "minimum_guarantee", "arrangement", "role", "bundle_id", "added_in_version", "start_date", "end_date",
    )),
    "Bundles": ("bundles", ("bundle_id", "price", "regularly_sold", "decided_by")),
    "Options": ("options", (
        "obligation_id", "purchase", "discount", "discount_anyway", "worth", "worth_anyway", "likelihood",
    )),
    "Changes of the contract": ("modifications", (
        "version", "effective_date", "approved_date", "treatment", "price_change", "obligation_id",
        "past_credit", "decided_by",
    )),
    "What they change": ("modified_obligations", (
        "version", "obligation_id", "treatment", "ssp", "total_quantity", "end_date", "ended",
    )),
    "Estimates": ("estimates", (
        "known_at", "kind", "item", "nature", "obligation_id", "amount", "quantity", "constrained_amount",
        "method", "made_by",
    )),
    "Outcomes": ("outcomes", ("known_at", "item", "obligation_id", "amount", "probability")),
    "Criteria": ("criteria", ("gate", "criterion", "obligation_id", "met_date", "decided_by")),
    "Repurchases": ("repurchases", (
        "obligation_id", "kind", "price", "until_date", "exercised_date", "expected_value", "incentive",
    )),
    "Evidence": ("evidence", (
        "event_date", "kind", "obligation_id", "quantity", "amount", "basis", "stage", "result", "maker",
        "number", "recorded_at",
    )),
    "Instalments": ("instalments", ("due_date", "amount")),
    "Invoices": ("invoices", (
        "invoice_date", "invoice_id", "amount", "tax", "due_date", "unconditional_date", "reason",
    )),
    "Receipts": ("receipts", ("receipt_date", "receipt_id", "invoice_id", "amount", "kind")),
    "Costs": ("costs", (
        "incurred_date", "cost_id", "kind", "amount", "incremental", "recoverable", "start_date", "end_date",
    )),
    "Impairment tests": ("impairments", ("tested_date", "recoverable")),
    "Exchange rates": ("rates", ("rate_date", "kind", "from_currency", "to_currency", "rate")),
}  # fmt: skip


def facts(known: Known, found: Mapping[str, Any]) -> Iterator[Block]:
    """What was known of the contract; rates in per cent, and papers with whether they count."""
    document = known.document
    yield Heading(2, "Facts")
    contract = document.contract.cells.items()
    yield Lines(("Contract", ""), [(k.replace("_", " "), cell("contracts", k, v)) for k, v in contract])
    for title, (table, columns) in _FACTS.items():
        rows = document.tables.get(table, ())
        filled = [c for c in columns if any(c in row.cells for row in rows)]
        if rows:
            yield Heading(3, title)
            yield _table(known, found, table, rows, filled)


def _table(
    known: Known, found: Mapping[str, Any], table: str, rows: tuple[Row, ...], columns: list[str]
) -> Block:
    counts = _counting(known, found, table)
    heads = (*(column.replace("_", " ") for column in columns), *(["counts"] if counts else []))
    lines = [
        (*(cell(table, c, row.cells.get(c, "")) for c in columns), *([counts[number]] if counts else []))
        for number, row in enumerate(rows, 1)
    ]
    return Lines(heads, lines)


def _counting(known: Known, found: Mapping[str, Any], table: str) -> dict[int, str]:
    """Place of the row -> yes or no, of papers and changes."""
    if table not in ("evidence", "modifications"):
        return {}
    by_field = {one["field"]: one for one in found[table]}
    return {
        number: "yes" if by_field[key_of(table, known.number(table, number), None)]["counts"] else "no"
        for number in range(1, len(known.document.tables[table]) + 1)
    }
