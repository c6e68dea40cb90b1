"""Costs of contracts as assets: ASC 340-40 and IFRS 15.91-104, with the standards' examples."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from earned.recognition.contract_costs import contract_costs
from tests.unit.recognition.recognised import by_period, recognised

Found = Mapping[tuple[str, str], Mapping[str, Any]]

CONTRACTS = """
    contract_id, price, start_date, end_date, terminated_date
    IE36, 1, 2020-01-01, 2024-12-31,
    IE37, 1, 2020-01-01, 2024-12-31,
    SEVEN, 1, 2020-01-01, 2026-12-31,
    STARTS, 1, 2020-01-01, 2024-12-31,
    LOSS, 470000, 2020-01-01, 2024-12-31,
    GOODS, 1000, , ,
    ENDED, 1, 2020-01-01, 2024-12-31, 2020-06-30
    TESTED, 1, 2020-01-01, 2024-12-31,
    ENOUGH, 1, 2020-01-01, 2026-12-31,
    AFTER, 1, 2020-01-01, 2024-12-31,
    ALL, 1, 2020-01-01, 2024-12-31,
    SOME, 1, 2020-01-01, 2024-12-31,
    MORE, 1, 2020-01-01, 2024-12-31,
"""
OBLIGATIONS = """
    obligation_id, contract_id, pattern, total_quantity
    goods, GOODS, point_in_time, 100
"""
EVIDENCE = """
    evidence_id, contract_id, kind, event_date, quantity, basis
    V1, GOODS, delivery, 2021-02-01, 25, increment
"""
COSTS = """
    cost_id, contract_id, kind, amount, incurred_date, incremental, recoverable, start_date, end_date
    legal, IE36, obtain, 15000, 2020-03-31, false, , ,
    travel, IE36, obtain, 25000, 2020-03-31, false, , ,
    won, IE36, obtain, 10000, 2020-03-31, true, , ,
    commission, IE37, obtain, 10000, 2019-12-15, , , , 2026-12-31
    design, IE37, fulfil, 40000, 2019-12-15, , , , 2026-12-31
    hardware, IE37, other_standard, 120000, 2019-12-15, , , , 2026-12-31
    software, IE37, other_standard, 90000, 2019-12-15, , , , 2026-12-31
    migration, IE37, fulfil, 100000, 2019-12-15, , , , 2026-12-31
    seven, SEVEN, obtain, 10000, 2020-01-01, , , 2020-01-01, 2026-12-31
    early, STARTS, fulfil, 6000, 2019-10-01, , , ,
    later, STARTS, fulfil, 4800, 2021-01-01, , , ,
    lost, LOSS, fulfil, 500000, 2020-01-01, , false, ,
    followed, GOODS, fulfil, 900, 2021-01-05, , , ,
    ended, ENDED, obtain, 6000, 2020-01-01, , , ,
    A, TESTED, obtain, 6000, 2020-01-01, , , ,
    B, TESTED, fulfil, 3000, 2020-01-01, , , ,
    enough, ENOUGH, obtain, 10000, 2020-01-01, , , ,
    before, AFTER, obtain, 6000, 2020-01-01, , , ,
    behind, AFTER, obtain, 4800, 2021-01-01, , , ,
    A-ALL, ALL, obtain, 6000, 2020-01-01, , , ,
    B-ALL, ALL, fulfil, 3000, 2020-01-01, , , ,
    A-SOME, SOME, obtain, 6000, 2020-01-01, , , ,
    B-SOME, SOME, fulfil, 3000, 2020-01-01, , , ,
    A-MORE, MORE, obtain, 6000, 2020-01-01, , , ,
    B-MORE, MORE, fulfil, 3000, 2020-01-01, , , ,
"""
#: A and B are carried at 4,800 and 2,400 on 31 December 2020; 3,600 recoverable leaves 2,400 and 1,200, and
#: a year later 1,800 and 900. Without impairment that would be 3,600 and 1,800.
IMPAIRMENTS = """
    contract_id, tested_date, recoverable
    TESTED, 2020-12-31, 3600
    ENOUGH, 2020-03-31, 50000
    ENOUGH, 2021-02-15, 50000
    AFTER, 2020-12-31, 1000
    ALL, 2020-12-31, 3600
    ALL, 2021-12-31, 9000
    SOME, 2020-12-31, 3600
    SOME, 2021-12-31, 3150
    MORE, 2020-12-31, 3600
    MORE, 2021-12-31, 2000
"""


@pytest.fixture(scope="module", params=["us_gaap", "ifrs"])
def framework(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def found(framework: str, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """(cost, period) -> the row of the table."""
    books, rec = recognised(
        tmp_path_factory.mktemp("books"),
        "2020-01-01",
        "2026-12-31",
        framework=framework,
        contracts=CONTRACTS,
        obligations=OBLIGATIONS,
        evidence=EVIDENCE,
        costs=COSTS,
        impairments=IMPAIRMENTS,
    )
    table = contract_costs(books, rec, books.engine.keep)
    assert table is not None
    return by_period(books, table, "cost_id")


def column(found: Found, name: str, period: str, *costs: str) -> list[int]:
    return [found[cost, period][f"{name}_minor"] for cost in costs]


def test_what_is_carried_is_what_is_neither_amortised_nor_impaired(found: Found) -> None:
    assert found
    for cell, row in found.items():
        spent = row["amortised_minor"] + row["impaired_minor"]
        assert row["carrying_minor"] == row["capitalised_minor"] - spent >= 0, cell


def test_only_the_incremental_cost_of_obtaining_is_an_asset(found: Found) -> None:
    # ASC 340-40-55-2 to 55-4, IFRS 15 IE189-IE191: 10,000 commission is an asset, 15,000 and 25,000 are not.
    assert column(found, "capitalised", "2020Q1", "legal", "travel", "won") == [0, 0, 1000000]
    assert sum(column(found, "expensed", "2020Q1", "legal", "travel", "won")) == 4000000


def test_setting_up_a_service_is_amortised_over_the_expected_renewals(found: Found) -> None:
    # ASC 340-40-55-5 to 55-9, IFRS 15 IE192-IE196: 10,000 and 140,000 over 5 + 2 years, 20,000 a year of the
    # latter; hardware and software are assets of other standards.
    assert column(found, "capitalised", "2020Q4", "commission", "design", "migration") == [
        1000000, 4000000, 10000000,
    ]  # fmt: skip
    assert sum(column(found, "amortised", "2020Q4", "design", "migration")) == 2000000
    assert sum(column(found, "amortised", "2026Q4", "design", "migration")) == 14000000
    for name in ("capitalised", "expensed"):
        assert column(found, name, "2020Q4", "hardware", "software") == [0, 0]


@pytest.mark.parametrize("cost", ["seven", "enough"])
def test_the_odd_cent_of_seven_years_falls_in_the_fourth(found: Found, cost: str) -> None:
    # erev-cloud CHK-130 (ASC 340-40-35-1): 10,000 over 7 years by cumulative rounding, 1,428.58 in year 4.
    # Tests that find no loss, one of them inside a month, move no cent.
    ends = [0, *(found[cost, f"{year}Q4"]["amortised_minor"] for year in range(2020, 2027))]
    assert [b - a for a, b in pairwise(ends)] == [142857, 142857, 142857, 142858, 142857, 142857, 142857]
    assert found[cost, "2026Q4"]["carrying_minor"] == 0


def test_amortisation_begins_with_the_service_and_never_before_the_cost(found: Found) -> None:
    # By hand, service of 60 months 2020 to 2024: 6,000 paid in 2019 is 100 a month from January 2020; 4,800
    # paid on 1 January 2021 has 48 months left and is 100 a month as well.
    assert column(found, "amortised", "2021Q1", "early", "later") == [150000, 30000]
    assert ("later", "2020Q4") not in found


def test_what_is_not_recovered_is_expensed_at_once(found: Found) -> None:
    # ASC 340-40-25-5(c), IFRS 15.95(c): a loss on goods is no asset (EY International GAAP 2019, 10.3.2 A).
    row = found["lost", "2020Q1"]
    assert (row["capitalised_minor"], row["expensed_minor"], row["carrying_minor"]) == (0, 50000000, 0)


def test_without_an_end_a_cost_follows_what_is_earned(found: Found) -> None:
    # By hand (ASC 340-40-35-1: consistent with the transfer): 25 of 100 units passed, a quarter of 900.00.
    assert column(found, "amortised", "2021Q1", "followed") == [22500]


def test_an_impairment_is_shared_by_carrying_amount(found: Found) -> None:
    assert column(found, "impaired", "2020Q4", "A", "B") == [240000, 120000]
    assert column(found, "carrying", "2020Q4", "A", "B") == [240000, 120000]
    # What is left, 2,400 and 1,200, is amortised over the four years left.
    assert column(found, "carrying", "2021Q4", "A", "B") == [180000, 90000]
    assert column(found, "amortised", "2021Q4", "A", "B") == [180000, 90000]


@pytest.mark.parametrize(
    ("contract", "us_gaap", "ifrs"),
    [
        # IFRS 15.104: never above what it would be without impairment, 3,600 and 1,800; 340-40-35-6: never
        ("ALL", [180000, 90000], [360000, 180000]),
        # 3,150 recoverable, 2,700 carried: 450 comes back, shared by what was lost, 1,800 and 900
        ("SOME", [180000, 90000], [210000, 105000]),
        # 2,000 recoverable, 700 lost by 1,800 to 900: 466.67 and 233.33
        ("MORE", [133333, 66667], [133333, 66667]),
    ],
)
def test_only_under_ifrs_an_impairment_is_reversed(
    found: Found, framework: str, contract: str, us_gaap: list[int], ifrs: list[int]
) -> None:
    costs = (f"A-{contract}", f"B-{contract}")
    carried = ifrs if framework == "ifrs" else us_gaap
    assert column(found, "carrying", "2021Q4", *costs) == carried
    # The amortisation of two years stays as it was: 1,200 and 600, then 600 and 300.
    assert column(found, "amortised", "2021Q4", *costs) == [180000, 90000]
    assert column(found, "impaired", "2021Q4", *costs) == [420000 - carried[0], 210000 - carried[1]]
    # It is amortised over the three years left.
    assert column(found, "carrying", "2022Q4", *costs) == [c - round(c / 3) for c in carried]


def test_a_cost_incurred_after_a_test_is_not_in_it(found: Found) -> None:
    # By hand: 6,000 is carried at 4,800 on 31 December 2020 and written down to 1,000; 4,800 of 2021 is not.
    assert column(found, "impaired", "2020Q4", "before") == [380000]
    assert column(found, "impaired", "2021Q1", "behind") == [0]
    assert column(found, "amortised", "2021Q1", "behind") == [30000]


def test_nothing_is_carried_of_a_contract_that_ended(found: Found) -> None:
    # By hand: 6,000 over 60 months, the contract ends with the sixth: 600 amortised, 5,400 lost.
    row = found["ended", "2020Q3"]
    assert (row["amortised_minor"], row["impaired_minor"], row["carrying_minor"]) == (60000, 540000, 0)
    assert found["ended", "2020Q1"]["amortised_minor"] == 30000
