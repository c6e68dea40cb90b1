"""Losses expected on contracts, and what revenue had cost: ASC 605-35, IAS 37, and published examples."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from earned.books import Books
from earned.recognition.contract_costs import contract_costs
from earned.recognition.cost_of_revenue import cost_of_revenue
from earned.recognition.losses import losses
from earned.recognition.recognise import Recognition
from tests.unit.recognition.recognised import by_period, recognised

Found = Mapping[tuple[str, str], Mapping[str, Any]]

#: amounts of INDIANA and CAMPUS in thousands where their sources count in millions
CONTRACTS = """
    contract_id, price
    INDIANA, 164000
    CAMPUS, 90000
    AHEAD, 90000
    COSTPLUS, 1000
    BUILDING, 1000000
    REFIT, 5000000
    GOODS, 10000
    TRIAL, 100
    BELOW, 470000
    STOCK, 1000
    HIGHER, 1000
    TWO, 1000
    METERED, 0
    CHANGED, 1000
    LATE, 100
"""
OBLIGATIONS = """
    obligation_id, contract_id, pattern, measure, total_quantity, ssp, unit_cost, unit_price
    indiana, INDIANA, over_time, cost, , , ,
    campus, CAMPUS, over_time, given, 90000, , ,
    ahead, AHEAD, over_time, given, 90000, , ,
    costplus, COSTPLUS, over_time, cost, , , ,
    building, BUILDING, over_time, cost, , , ,
    refit, REFIT, over_time, cost, , , ,
    goods, GOODS, point_in_time, , 100, , 60,
    trial, TRIAL, point_in_time, , , , 80,
    below, BELOW, point_in_time, , , , 500000,
    stock, STOCK, point_in_time, , , , ,
    higher, HIGHER, over_time, cost, , , ,
    one, TWO, over_time, cost, , 500, ,
    other, TWO, over_time, cost, , 500, ,
    metered, METERED, over_time, as_used, , , , 2.00
    changed, CHANGED, over_time, cost, , , ,
    late, LATE, over_time, given, 100, , ,
"""
ESTIMATES = """
    obligation_id, kind, known_at, amount, quantity
    indiana, total_cost, 2018-01-01, 120000,
    indiana, total_cost, 2019-12-31, 156000,
    campus, total_cost, 2019-12-31, 110000,
    ahead, total_cost, 2019-12-31, 110000,
    costplus, total_cost, 2018-01-01, 1250,
    building, total_cost, 2018-01-01, 700000,
    refit, total_cost, 2018-01-01, 4000000,
    refit, uninstalled_materials, 2018-01-01, 1500000,
    goods, expected_returns, 2019-01-01, , 3
    goods, expected_returns, 2019-09-30, , 2
    trial, expected_returns, 2019-01-01, , 1
    higher, total_cost, 2018-01-01, 900,
    higher, total_cost, 2019-07-20, 1100,
    one, total_cost, 2018-01-01, 600,
    other, total_cost, 2018-01-01, 700,
    metered, total_cost, 2018-01-01, 100,
    changed, total_cost, 2018-01-01, 1100,
"""
EVIDENCE = """
    obligation_id, kind, event_date, amount, quantity, basis, counts_for_progress, uninstalled, recorded_at
    indiana, cost, 2018-12-31, 39000, , increment, ,,
    indiana, cost, 2019-12-31, 66000, , increment, ,,
    campus, cost, 2019-12-31, 77000, , increment, ,,
    campus, milestone, 2019-12-31, , 63000, cumulative, ,,
    ahead, cost, 2019-12-31, 40000, , increment, ,,
    ahead, milestone, 2019-12-31, , 63000, cumulative, ,,
    costplus, cost, 2018-12-31, 500, , cumulative, ,,
    costplus, cost, 2018-11-30, 90, , increment, false,,
    costplus, cost, 2019-12-31, 1250, , cumulative, ,,
    building, cost, 2019-12-31, 420000, , cumulative, ,,
    refit, cost, 2019-12-15, 1500000, , increment, false, true,
    refit, cost, 2019-12-31, 500000, , increment, ,,
    goods, delivery, 2019-03-01, , 100, increment, ,,
    goods, return, 2019-06-01, , 2, increment, ,,
    trial, delivery, 2019-03-01, , , , ,,
    below, delivery, 2019-01-01, , , , ,,
    stock, cost, 2018-12-01, 700, , increment, ,,
    stock, delivery, 2019-02-01, , , , ,,
    higher, cost, 2019-06-30, 450, , increment, ,,
    one, cost, 2019-06-30, 300, , increment, ,,
    metered, usage, 2019-06-30, , 10, increment, ,,
    changed, cost, 2018-12-31, 550, , increment, , ,
    late, cost, 2019-12-31, 40, , increment, , , 2020-02-20 10:00
"""
MODIFICATIONS = """
    contract_id, version, effective_date, approved_date, treatment, price_change
    CHANGED, 1, 2019-07-01, 2019-07-01, catch_up, 200
"""
COSTS = """
    cost_id, contract_id, kind, amount, incurred_date, end_date
    setup, BUILDING, fulfil, 1200, 2020-01-01, 2020-12-31
    commission, BUILDING, obtain, 2400, 2020-01-01, 2020-12-31
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Books, Recognition]:
    return recognised(
        tmp_path_factory.mktemp("books"),
        "2018-03-31",
        "2020-06-30",
        contracts=CONTRACTS,
        obligations=OBLIGATIONS,
        estimates=ESTIMATES,
        evidence=EVIDENCE,
        costs=COSTS,
        modifications=MODIFICATIONS,
    )


@pytest.fixture(scope="module")
def expected(made: tuple[Books, Recognition]) -> Found:
    """(contract, period) -> the row of losses."""
    table = losses(*made)
    assert table is not None
    return by_period(made[0], table, "contract_id")


@pytest.fixture(scope="module")
def cost(made: tuple[Books, Recognition]) -> Found:
    """(contract, period) -> the row of cost of revenue, with what was earned."""
    books, rec = made
    table = cost_of_revenue(books, rec, contract_costs(books, rec, books.engine.keep), losses(books, rec))
    of = rec.terms.select("obligation_id", "contract_id")
    earned = rec.earned.select("obligation_id", "period_index", "earned_minor").join(of, "obligation_id")
    earned = earned.group_by("contract_id", "period_index").agg(revenue_minor=earned.earned_minor.sum())
    table = table.left_join(earned, ["contract_id", "period_index"])
    return by_period(books, table.drop("contract_id_right", "period_index_right"), "contract_id")


def test_an_output_method_on_a_contract_that_loses(expected: Found, cost: Found) -> None:
    # Exam kit, campus: price 90, spent 77, 33 to come, surveyed 63: loss 20, 14 of it in 77 - 63.
    row = expected["CAMPUS", "2019Q4"]
    assert (row["expected_cost_minor"], row["loss_minor"], row["provision_minor"]) == (
        11000000,
        2000000,
        600000,
    )
    assert cost["CAMPUS", "2019Q4"]["cost_minor"] == 8300000
    assert cost["CAMPUS", "2019Q4"]["revenue_minor"] == 6300000


def test_the_entire_loss_is_recognised_where_revenue_runs_ahead(expected: Found, cost: Found) -> None:
    # By hand (605-35-25-45, the entire loss): 40 spent, 63 earned, 70 to come for 27: provision 43, so that
    # 63 - 40 - 43 is the loss of 20.
    assert expected["AHEAD", "2019Q4"]["provision_minor"] == 4300000
    row = cost["AHEAD", "2019Q4"]
    assert row["revenue_minor"] - row["cost_minor"] == -2000000


def test_by_cost_the_provision_is_the_part_of_the_loss_still_to_come(expected: Found, cost: Found) -> None:
    # By hand: 250 lost in all; at 500 of 1,250 the margin shows 100 (500 - 400), the provision the other 150;
    # when all is done nothing. 90 of waste is a cost of its own, and no part of the loss expected.
    assert expected["COSTPLUS", "2018Q4"]["provision_minor"] == 15000
    assert expected["COSTPLUS", "2019Q4"]["provision_minor"] == 0
    assert expected["COSTPLUS", "2019Q4"]["loss_minor"] == 25000
    assert cost["COSTPLUS", "2018Q4"]["cost_minor"] == 50000 + 9000 + 15000
    assert cost["COSTPLUS", "2019Q4"]["cost_minor"] == 125000 + 9000


def test_a_loss_of_a_year_is_not_a_loss_of_the_contract(expected: Found, cost: Found) -> None:
    # Indiana Co.: gross profit of 2019 57.08 - 66 = -8.92; the contract as a whole earns 164 - 156 = 8.
    assert expected["INDIANA", "2019Q4"]["loss_minor"] == 0
    now, before = cost["INDIANA", "2019Q4"], cost["INDIANA", "2018Q4"]
    spent = now["cost_minor"] - before["cost_minor"]
    assert spent == 6600000
    assert now["revenue_minor"] - before["revenue_minor"] - spent == -891538  # 164 x (105/156 - 39/120) - 66


def test_an_estimate_is_not_read_with_hindsight(expected: Found) -> None:
    # By hand: 1,100 for a price of 1,000 is known on 20 July, after the close of June on 15 July.
    assert expected["HIGHER", "2019Q2"]["loss_minor"] == 0
    assert expected["HIGHER", "2019Q3"]["loss_minor"] == 10000


def test_the_loss_is_against_the_price_in_force(expected: Found) -> None:
    # By hand: 1,100 to be spent for 1,000; 200 more from July 2019. Spent 550 and earned 500 show 50 of 100.
    row = expected["CHANGED", "2019Q2"]
    assert (row["loss_minor"], row["provision_minor"]) == (10000, 5000)
    row = expected["CHANGED", "2019Q3"]
    assert (row["loss_minor"], row["provision_minor"]) == (0, 0)


def test_a_late_paper_of_cost_speaks_from_the_day_it_was_recorded(cost: Found) -> None:
    # DEFINITIONS E3, also where progress is not read from cost: recorded on 20 February, after the close.
    assert ("LATE", "2019Q4") not in cost
    assert cost["LATE", "2020Q1"]["cost_minor"] == 4000


def test_the_loss_is_the_contracts(expected: Found) -> None:
    # By hand: 600 + 700 against 1,000; spent 300 and earned 250 show 50 of the 300.
    row = expected["TWO", "2019Q2"]
    assert (row["loss_minor"], row["provision_minor"]) == (30000, 25000)


def test_a_price_by_use_is_not_known_in_advance(expected: Found) -> None:
    assert not [key for key in expected if key[0] == "METERED"]


def test_cost_to_date_of_work_over_time(cost: Found) -> None:
    # IFRS 15 IE37-IE41 (Example 8): revenue 600,000, cost 420,000, gross profit 180,000.
    row = cost["BUILDING", "2019Q4"]
    assert (row["revenue_minor"], row["cost_minor"]) == (60000000, 42000000)


def test_uninstalled_materials_are_a_cost(cost: Found) -> None:
    # IFRS 15 IE95-IE100 (Example 19): cost of revenue 2,000,000 with 1,500,000 of materials.
    row = cost["REFIT", "2019Q4"]
    assert (row["revenue_minor"], row["cost_minor"]) == (220000000, 200000000)


def test_goods_cost_what_is_not_expected_back(cost: Found) -> None:
    # IFRS 15 IE110-IE115 (Example 22): 97 x 60 = 5,820, return asset 180; erev-cloud CHK-029: 60 after
    # two came back, nothing when the third is no longer expected.
    rows = [cost["GOODS", period] for period in ("2019Q1", "2019Q2", "2019Q3")]
    assert [r["cost_minor"] for r in rows] == [582000, 582000, 588000]
    assert [r["return_asset_minor"] for r in rows] == [18000, 6000, 0]


def test_goods_that_may_all_come_back_are_an_asset(cost: Found) -> None:
    # IFRS 15 IE135-IE140 (Example 26): nothing shows that it is kept; the right to it is its cost, 80.
    row = cost["TRIAL", "2019Q1"]
    assert (row["revenue_minor"], row["cost_minor"], row["return_asset_minor"]) == (0, 0, 8000)


def test_a_loss_on_goods_is_recognised_at_transfer(cost: Found) -> None:
    # EY International GAAP 2019, 10.3.2 A: price 470,000, cost 500,000: the loss is not an asset.
    row = cost["BELOW", "2019Q1"]
    assert row["revenue_minor"] - row["cost_minor"] == -3000000


def test_goods_cost_nothing_before_they_pass(cost: Found) -> None:
    # By hand: 700 spent in 2018 on what passes in February 2019.
    assert cost["STOCK", "2018Q4"]["cost_minor"] == 0
    assert cost["STOCK", "2019Q1"]["cost_minor"] == 70000


def test_costs_to_fulfil_are_cost_of_revenue_and_costs_to_obtain_are_not(cost: Found) -> None:
    # By hand: 3 of 12 months of 1,200.
    assert cost["BUILDING", "2020Q1"]["cost_minor"] == 42000000 + 30000


def test_books_without_estimates_or_costs_pay_nothing(tmp_path: Path) -> None:
    books, rec = recognised(tmp_path, "2020-01-01", "2020-06-30", contracts="contract_id,price\nC,1")
    assert losses(books, rec) is None
    assert contract_costs(books, rec, lambda name, rows: pytest.fail(name)) is None
