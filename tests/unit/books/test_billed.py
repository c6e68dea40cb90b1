"""What is billed or paid in another currency than the contract's: no balances, and the books say so."""

from __future__ import annotations

from pathlib import Path

import earned
from tests.unit.books.small_books import books as small_books
from tests.unit.books.test_quality import found
from tests.unit.recognition.recognised import write_books

CONTRACTS = [{"contract_id": c, "currency": code} for c, code in (("C", "CNY"), ("D", "CNY"), ("E", "EUR"))]


def test_what_is_in_its_contracts_currency_is_not_said() -> None:
    invoices = [
        {"invoice_id": "I1", "contract_id": "C", "currency": "CNY"},
        {"invoice_id": "I2", "contract_id": "E"},  # in the contract's own
        {"invoice_id": "I3", "contract_id": "Z", "currency": "USD"},  # of no contract of the books
    ]
    receipts = [
        {"receipt_id": "R1", "contract_id": "E"},
        {"receipt_id": "R2", "contract_id": "E", "currency": "EUR"},
        {"receipt_id": "R3", "invoice_id": "I1"},  # read in the company's, CNY
        {"receipt_id": "R4", "currency": "USD"},  # of no contract
    ]
    assert found(small_books(contracts=CONTRACTS, invoices=invoices, receipts=receipts)) == []


def test_rows_and_contracts_in_another_currency_are_counted() -> None:
    invoices = [
        {"invoice_id": "I1", "contract_id": "C", "currency": "USD"},
        {"invoice_id": "I2", "contract_id": "C", "currency": "EUR"},
        {"invoice_id": "I3", "contract_id": "D", "currency": "USD"},
        {"invoice_id": "I4", "contract_id": "E", "currency": "EUR"},
    ]
    # It names only its invoice, of a contract in EUR, and no currency: it was read in the company's.
    receipts = [{"receipt_id": "R1", "invoice_id": "I4"}]
    engine = small_books(contracts=CONTRACTS, invoices=invoices, receipts=receipts)
    assert found(engine) == [
        (
            "invoices",
            "currency",
            "not_in_contract_currency",
            3,
            "I1: in USD, contract C in CNY; the balances of 2 contracts are not computed",
            "warning",
        ),
        (
            "receipts",
            "currency",
            "not_in_contract_currency",
            1,
            "R1: in CNY, contract E in EUR; the balances of 1 contract are not computed",
            "warning",
        ),
    ]


def test_such_a_contract_has_no_balances(tmp_path: Path) -> None:
    """Each has earned 1,000 and was billed 600: an asset of 400; but a part of F was billed in CNY too, and a
    part of G was paid in it."""
    write_books(
        tmp_path,
        "2021-01-01",
        "2021-03-31",
        contracts="contract_id,price\nC,1000.00\nF,1000.00\nG,1000.00",
        evidence="contract_id,kind,event_date\n" + "\n".join(f"{c},delivery,2021-03-01" for c in "CFG"),
        invoices="invoice_id,contract_id,invoice_date,amount,currency\n"
        "I1,C,2021-02-01,600.00,USD\nI2,F,2021-02-01,600.00,\nI3,F,2021-02-01,10.00,CNY\n"
        "I4,G,2021-02-01,600.00,USD",
        receipts="receipt_id,customer_id,invoice_id,receipt_date,amount,currency\n"
        "R1,X,I1,2021-03-01,600.00,USD\nR2,X,I4,2021-03-01,10.00,CNY",
    )
    books = earned.open_books(tmp_path)
    try:
        run = earned.examine(books)
        rows = books.engine.rows(run.tables["contract_balances"].expression)
        assert [(r["contract_id"], r["contract_asset_minor"]) for r in rows] == [("C", 400_00)]
        quality = books.tables["quality"].filter(lambda t: t.check == "not_in_contract_currency")
        assert sorted(r["table_name"] for r in books.engine.rows(quality)) == ["invoices", "receipts"]
    finally:
        books.engine.close()
