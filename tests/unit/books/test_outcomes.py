"""Outcomes that do not add up to 1 are not used, and the estimate that rests on them has no amount."""

from __future__ import annotations

from pathlib import Path

import pytest

from earned.books import outcomes
from tests.unit.books.reading import Read, read
from tests.unit.recognition.recognised import recognised

OUTCOMES = "contract_id,obligation_id,item,known_at,amount,probability\n"
ESTIMATES = "contract_id,obligation_id,kind,item,known_at,amount,constrained_amount,method\n"
OBLIGATIONS = "obligation_id,contract_id,pattern\nO1,C1,point_in_time\n"


def _read(folder: Path, rows: str, estimates: str = "") -> Read:
    tables = {"obligations": OBLIGATIONS, "outcomes": OUTCOMES + rows}
    return read(folder, **tables, **({"estimates": ESTIMATES + estimates} if estimates else {}))


def test_every_outcome_of_the_estimate_is_rejected_and_the_sum_is_named(tmp_path: Path) -> None:
    # 600,000 + 300,000 are 900,000 parts per million; the estimate of item y adds up.
    rows = (
        "C1,,x,2021-01-01,100,600000\nC1,,x,2021-01-01,50,300000\n"
        "C1,,y,2021-01-01,100,333334\nC1,,y,2021-01-01,50,666666\n"
    )
    books = _read(tmp_path, rows)
    assert books.rejected("outcomes") == [
        (2, "probability", "600000", "outcomes"),
        (3, "probability", "300000", "outcomes"),
    ]
    assert "add up to 0.9 (900,000)" in books.expected("outcomes")
    assert books.column("outcomes", "probability") == [333334, 666666]


@pytest.mark.parametrize(
    ("rows", "rejected"),
    [
        # They add up, but nothing is likelier than 1 or less likely than never.
        ("C1,,x,2021-01-01,1,1200000\nC1,,x,2021-01-01,2,-200000\n", {(2, "outcomes"), (3, "outcomes")}),
        # A row once more is the same outcome; without it the sum is 1.
        (
            "C1,,x,2021-01-01,1,400000\nC1,,x,2021-01-01,2,600000\nC1,,x,2021-01-01,1,400000\n",
            {(4, "repeat")},
        ),
        # One that cannot be read leaves 0.4 of the whole.
        ("C1,,x,2021-01-01,one,600000\nC1,,x,2021-01-01,2,400000\n", {(2, "number"), (3, "outcomes")}),
        # Each day is an estimate of its own.
        ("C1,,x,2021-01-01,1,1000000\nC1,,x,2021-02-01,1,999999\n", {(3, "outcomes")}),
        # An obligation says of which contract it is: both rows are of one estimate.
        ("C1,O1,x,2021-01-01,1,400000\n,O1,x,2021-01-01,2,600000\n", set()),
        # That of the contract is another estimate than that of its obligation.
        ("C1,,x,2021-01-01,1,400000\nC1,O1,x,2021-01-01,2,600000\n", {(2, "outcomes"), (3, "outcomes")}),
    ],
)
def test_what_belongs_to_one_estimate(tmp_path: Path, rows: str, rejected: set[tuple[int, str]]) -> None:
    books = _read(tmp_path, rows)
    assert {(row, reason) for row, _, _, reason in books.rejected("outcomes")} == rejected


def test_an_estimate_without_an_amount_is_rejected(tmp_path: Path) -> None:
    rows = "C1,,x,2021-01-01,100,900000\nC1,,y,2021-01-01,100,1000000\n"
    estimates = (
        "C1,,variable_price,x,2021-01-01,,,expected_value\n"  # its outcomes add up to 0.9
        "C1,,variable_price,y,2021-01-01,,,most_likely\n"
        "C1,,variable_price,z,2021-01-01,,,expected_value\n"  # has no outcomes
        "C1,,variable_price,a,2021-01-01,0,,expected_value\n"  # 0 is an amount
        "C1,,variable_price,c,2021-01-01,,7,given\n"  # what may be included is stated
    )
    books = _read(tmp_path, rows, estimates)
    outcomes.reject_without_amount(books.engine)
    assert books.rejected("estimates") == [
        (2, "amount", None, "outcomes"),
        (4, "amount", None, "outcomes"),
    ]
    assert books.column("estimates", "item") == ["y", "a", "c"]


def test_the_version_before_stays_in_force(tmp_path: Path) -> None:
    """60 % of 100 and 30 % of 50 lack a tenth: the 50 estimated before count on beside the price of 1,000,
    and neither 75 nor 0."""
    books, rec = recognised(
        tmp_path,
        "2021-01-01",
        "2021-03-31",
        contracts="contract_id,price\nC,1000.00",
        obligations="obligation_id,contract_id,pattern\nO,C,point_in_time",
        evidence="contract_id,kind,event_date\nC,delivery,2021-03-01",
        estimates="contract_id,kind,item,known_at,amount,method\n"
        "C,variable_price,x,2021-01-05,50,given\nC,variable_price,x,2021-02-05,,expected_value",
        outcomes="contract_id,item,known_at,amount,probability\n"
        "C,x,2021-02-05,100,600000\nC,x,2021-02-05,50,300000",
    )
    last = rec.earned.filter(rec.earned.period_index == 0)
    assert [row["earned_minor"] for row in books.engine.rows(last)] == [1_050_00]
    lost = books.engine.rows(books.tables["rejected"])
    assert sorted((row["table_name"], row["source_row"], row["reason"]) for row in lost) == [
        ("estimates", 3, "outcomes"),
        ("outcomes", 2, "outcomes"),
        ("outcomes", 3, "outcomes"),
    ]
    assert books.counts["rejected"] == 3
    assert books.counts["in"] == books.counts["used"] + books.counts["rejected"]
