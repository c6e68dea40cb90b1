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
    assert (fault.reason, fault.expected) == ("negative", expected)


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


# --- what books only empty, and what a row names --------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "value", "expected", "reason"),
    [
        ("criteria: [{gate: contract, criterion: terms, met_date: 31/01/2023}]", "criteria[1].met_date",
         "31/01/2023", "a date such as 2021-06-30, from 1901 to 2199", "date"),
        ("costs: [{cost_id: k, kind: obtain, amount: 5, incurred_date: 2021-01-01, incremental: perhaps}]",
         "costs[1].incremental", "perhaps", "true or false", "value"),
        ("repurchases: [{obligation_id: C1, kind: put, price: 5, until_date: 2021-12-1, expected_value: x}]",
         "repurchases[1].expected_value", "x", "an amount such as 1234.56", "number"),
        ("options: [{obligation_id: C1, likelihood: 800000, discount: 0.4}]", "options[1].discount", "0.4",
         "parts per million (60000 for 6 %)", "decimals"),
        ("receipts: [{receipt_id: R, receipt_date: 2021-12-31, amount: 5, currency: Euro}]",
         "receipts[1].currency", "Euro", "an ISO 4217 currency code such as CNY", "currency"),
    ],
)  # fmt: skip
def test_an_optional_cell_that_cannot_be_read_is_refused(
    written: Written, row: str, column: str, value: str, expected: str, reason: str
) -> None:
    [fault] = faults(written(ONE + LATER + row + "\n"))
    assert (fault.file, fault.row, fault.column, fault.value) == ("contract.yaml", 4, column, value)
    assert (fault.expected, fault.reason) == (expected, reason)


def test_cells_of_the_contract_and_of_its_rows_are_named_at_once(written: Written) -> None:
    text = ONE.replace("price: 1000", "price: 1000, bound_date: 2023-02-30") + LATER
    found = faults(written(text.replace("kind: delivery", "kind: delivery, stage: last")))
    assert [(f.row, f.column, f.reason) for f in found] == [
        (1, "contract.bound_date", "date"),
        (3, "evidence[1].stage", "value"),
    ]


def test_an_empty_cell_is_no_fault(written: Written) -> None:
    text = ONE + LATER + "criteria: [{gate: contract, criterion: terms, met_date: , decided_by: null}]\n"
    with as_books(read(written(text))) as books:
        assert books.tables["criteria"].met_date.to_pyarrow().to_pylist() == [None]


CHANGE = "modifications:\n  - {version: 1, effective_date: 2021-02-01, treatment: mixed, price_change: 5}\n"


def test_a_row_that_names_nothing_of_the_file_says_what_it_may_name(written: Written) -> None:
    text = TWO + DELIVERED + CHANGE + (
        "modified_obligations:\n  - {version: 2, obligation_id: P, treatment: catch_up}\n"
        "  - {version: 1, obligation_id: R, treatment: catch_up}\n"
        "  - {version: 1, obligation_id: P, treatment: catch_up}\n"
    )  # fmt: skip
    assert [(f.row, f.column, f.value, f.expected, f.reason) for f in faults(written(text))] == [
        (9, "modified_obligations[1].version", "2", "a version of modifications: 1", "orphan"),
        (10, "modified_obligations[2].obligation_id", "R", "an obligation of the contract: P, Q", "orphan"),
    ]


def test_what_hangs_on_a_refused_row_is_no_fault_of_its_own(written: Written) -> None:
    changed = CHANGE.replace("price_change: 5", "price_change: five")
    text = TWO + DELIVERED + changed + "modified_obligations: [{version: 1, obligation_id: P}]\n"
    assert [f.column for f in faults(written(text))] == ["modifications[1].price_change"]


def test_a_change_not_yet_recorded_takes_what_hangs_on_it_along_without_a_fault(written: Written) -> None:
    # E1: recorded a year after the day of the run; the row of modified_obligations goes with it.
    changed = CHANGE.replace("price_change: 5", "price_change: 5, recorded_at: 2022-06-30")
    text = "as_of: 2021-06-30\n" + TWO + DELIVERED + changed
    with as_books(read(written(text + "modified_obligations: [{version: 1, obligation_id: P}]\n"))) as books:
        assert books.counts["rejected"] == 2


def test_rows_of_one_key_name_each_other_as_they_stand_in_the_file(written: Written) -> None:
    found = faults(written(TWO.replace("obligation_id: Q", "obligation_id: P") + DELIVERED))
    assert [(f.file, f.row, f.reason) for f in found] == [
        ("contract.yaml", 3, "key_conflict"),
        ("contract.yaml", 4, "key_conflict"),
    ]
    assert all(f.expected.endswith("see obligations[1], row 3") for f in found)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (TWO, [(1, "contract", "no_day")]),
        # The day stands there, but cannot be read: both are said, and the misspelt word with them.
        (
            TWO.replace("point_in_time, ssp: 3000", "point_in_tme, ssp: 3000")
            + DELIVERED.replace("2021-03-31", "31.03.2021"),
            [
                (3, "obligations[1].pattern", "value"),
                (5, "evidence[1].event_date", "date"),
                (1, "contract", "no_day"),
            ],
        ),
    ],
)
def test_a_file_without_a_day_hides_no_other_fault(
    written: Written, text: str, places: list[tuple[int, str, str]]
) -> None:
    found = faults(written(text))
    assert sorted((f.row, f.column, f.reason) for f in found) == sorted(places)
    assert all(f.file == "contract.yaml" for f in found)


def test_a_day_without_its_zeros_is_one(written: Written) -> None:
    with as_books(read(written(TWO + DELIVERED.replace("2021-03-31", "2021-3-31")))) as books:
        assert str(books.as_of.date()) == "2021-03-31"


RATE = "rates: [{from_currency: EUR, to_currency: USD, rate_date: %s, rate: 1.2, kind: spot}]\n"


def test_a_rate_that_is_missing_has_a_reason_of_its_own(written: Written) -> None:
    own = ONE.replace("price: 1000", "price: 1000, currency: EUR") + LATER
    with pytest.raises(InputError) as wrong:
        recognise(written(own + RATE % "2021-04-01"))
    [fault] = wrong.value.faults
    assert (fault.file, fault.row, fault.column, fault.reason) == ("contract.yaml", 4, "rates", "rate")
    assert recognise(written(own + RATE % "2021-03-31"))["functional_currency"] == "USD"


def test_what_the_policy_lacks_is_placed_in_the_file(written: Written) -> None:
    with pytest.raises(InputError) as wrong:
        recognise(written(ONE.replace("price: 1000", "price: 1000, price_includes_tax: true") + LATER))
    assert [(f.file, f.row, f.reason) for f in wrong.value.faults] == [("contract.yaml", 1, "tax")]


@pytest.mark.parametrize(
    ("text", "row", "column"),
    [
        ("policy: 5\n", 4, "policy"),
        ("window: soon\n", 4, "window"),
        ("as_of: soon\n", 4, "as_of"),
        ("window: {from: 2021-05-01, to: 2021-04-01}\n", 4, "window"),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_and_not_passed_over(
    written: Written, text: str, row: int, column: str
) -> None:
    assert [(f.file, f.row, f.column) for f in faults(written(ONE + LATER + text))] == [
        ("contract.yaml", row, column)
    ]


def test_the_number_of_the_contract_is_refused_where_it_stands(written: Written) -> None:
    # A spreadsheet makes this of a long number; the rows that take it over are no faults of their own.
    assert [(f.row, f.column) for f in faults(written(ONE.replace("C1", "1.0E+11") + LATER))] == [
        (1, "contract.contract_id")
    ]
