"""What a contract file is refused for although books of a company may hold it, and what stays allowed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from earned.contract import recognise
from earned.contract.as_books import as_books
from earned.contract.document import read
from earned.faults import Fault, InputError

Written = Callable[[str], Path]


def faults(path: Path) -> list[Fault]:
    """What the reading refuses, before anything is recognised."""
    with pytest.raises(InputError) as wrong, as_books(read(path)):
        pass
    return list(wrong.value.faults)


DELIVERED = "evidence: [{obligation_id: P, kind: delivery, event_date: 2021-03-31}]\n"
TWO = """\
contract: {contract_id: C1, price: 1000}
obligations:
  - {obligation_id: P, pattern: point_in_time, ssp: 3000}
  - {obligation_id: Q, pattern: point_in_time, ssp: 2000}
"""


@pytest.mark.parametrize(
    ("changed", "line", "column", "expected"),
    [
        (("price: 1000", "price: -1000"), 1, "contract.price", "a price of 0 or more"),
        (("ssp: 2000", "ssp: -2000"), 4, "obligations[2].ssp", "a standalone selling price of 0 or more"),
        # As accountants write it; the amount is read as in books (R3).
        (("ssp: 2000", 'ssp: "(2,000)"'), 4, "obligations[2].ssp", "a standalone selling price of 0 or more"),
        (
            ("ssp: 3000", "ssp: 3000, ssp_low: -1, ssp_high: 4000"),
            3,
            "obligations[1].ssp_low",
            "a standalone selling price of 0 or more",
        ),
    ],
)
def test_a_price_below_0_is_refused(
    written: Written, changed: tuple[str, str], line: int, column: str, expected: str
) -> None:
    [fault] = faults(written((TWO + DELIVERED).replace(*changed)))
    assert (fault.file, fault.row, fault.column) == ("contract.yaml", line, column)
    assert (fault.reason, fault.expected) == ("negative_price", expected)


def test_every_price_below_0_is_named_at_once(written: Written) -> None:
    text = (TWO + DELIVERED).replace("price: 1000", "price: -1").replace("ssp: 2000", "ssp: -2")
    assert [f.row for f in faults(written(text))] == [1, 4]


def test_a_price_of_0_with_usage_is_none_of_them(written: Written) -> None:
    # U3: 7 x 5.00 = 35.00, whatever the fixed price is
    found = recognise(
        written(
            "contract: {contract_id: C1, price: 0}\n"
            "obligations: [{obligation_id: P, pattern: over_time, measure: as_used, unit_price: 5, ssp: 0}]\n"
            "evidence: [{obligation_id: P, kind: usage, event_date: 2021-03-31, quantity: 7,"
            " basis: increment}]\n"
        )
    )
    assert found["figures"]["revenue"] == {"2021Q1": "35.00"}


ONE = "contract: {contract_id: C1, price: 1000}\ncompany: {currency: USD}\n"
LATER = "evidence: [{kind: delivery, event_date: 2021-03-31}]\n"
BONUS = "estimates: [{kind: variable_price, item: x, known_at: 2021-01-01, method: expected_value}]\n"


def outcomes(*likely: int) -> str:
    rows = (
        f"  - {{item: x, known_at: 2021-01-01, amount: {n}, probability: {p}}}\n"
        for n, p in enumerate(likely)
    )
    return "outcomes:\n" + "".join(rows)


def test_outcomes_that_do_not_add_up_are_named_with_their_sum(written: Written) -> None:
    found = faults(written(ONE + LATER + BONUS + outcomes(600_000, 300_000)))
    assert [(f.row, f.column, f.reason) for f in found] == [
        (6, "outcomes[1].probability", "outcomes"),
        (7, "outcomes[2].probability", "outcomes"),
    ]
    # 600,000 + 300,000
    assert all("add up to 0.9 (900,000)" in f.expected and f.file == "contract.yaml" for f in found)


def test_an_outcome_that_cannot_be_read_is_the_fault_and_not_the_rest(written: Written) -> None:
    text = ONE + LATER + BONUS + outcomes(600_000, 400_000).replace("amount: 1", "amount: one")
    assert [(f.row, f.column, f.reason) for f in faults(written(text))] == [
        (7, "outcomes[2].amount", "number")
    ]


def test_an_estimate_that_nothing_gives_an_amount_is_refused(written: Written) -> None:
    [fault] = faults(written(ONE + LATER + BONUS))
    assert (fault.row, fault.column, fault.reason) == (4, "estimates[1].amount", "outcomes")


CHANGED = """\
modifications:
  - {version: 1, effective_date: 2021-02-01, approved_date: 2021-02-01, treatment: catch_up, price_change: -5}
  - {version: 3, effective_date: 2021-03-01, approved_date: 2021-03-01, treatment: catch_up, price_change: 5}
"""


def test_a_version_after_a_gap_names_the_one_that_is_missing(written: Written) -> None:
    [fault] = faults(written(ONE + LATER + CHANGED))
    assert (fault.row, fault.column, fault.reason) == (6, "modifications[2].version", "version_gap")
    assert fault.value == "3" and fault.expected == "version 2, which is missing"
    assert "1, 2, …" in fault.do and "books.yaml" not in fault.do


BILLED = """\
invoices:
  - {invoice_id: I1, invoice_date: 2021-03-31, amount: 600}
  - {invoice_id: I2, invoice_date: 2021-03-31, amount: 400, currency: EUR}
receipts:
  - {receipt_id: R1, invoice_id: I1, receipt_date: 2021-03-31, amount: 600, currency: EUR}
"""


def test_what_is_billed_or_paid_in_another_currency_is_refused(written: Written) -> None:
    found = faults(written(ONE + LATER + BILLED))
    assert [(f.row, f.column, f.value, f.reason) for f in found] == [
        (6, "invoices[2].currency", "EUR", "billed_currency"),
        (8, "receipts[1].currency", "EUR", "billed_currency"),
    ]
    assert all(f.expected.startswith("USD, the currency of the contract") for f in found)
    # The currency is that of the contract, where it names one.
    own = ONE.replace("price: 1000", "price: 1000, currency: EUR") + LATER
    with as_books(read(written(own + BILLED.replace("amount: 600}", "amount: 600, currency: EUR}")))):
        pass
