"""Arithmetic as an accountant writes it: hand calculations, and the figures beside revenue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from earned.contract import recognise
from earned.contract.page import page
from earned.contract.words import name_of, percent

Written = Callable[[str], Path]


def formulas(found: Mapping[str, Any]) -> dict[str, str]:
    return {step["figure"]: step["formula"] for step in found["steps"]}


UPGRADE = """\
contract: {contract_id: S, price: 12000, bound_date: 2022-12-20, start_date: 2023-01-01, end_date: 2023-12-31}
company: {currency: USD}
policy: {convention: CONVENTION}
obligations:
  - {obligation_id: basic, pattern: over_time, measure: months, ssp: 12000}
  - {obligation_id: pro, pattern: over_time, measure: months, ssp: 9000, start_date: 2023-07-01,
     end_date: 2023-12-31, added_in_version: 1}
modifications:
  - {version: 1, effective_date: 2023-07-01, approved_date: 2023-06-10, treatment: prospective,
     price_change: 3000}
modified_obligations:
  - {version: 1, obligation_id: basic, ended: true}
  - {version: 1, obligation_id: pro}
"""


@pytest.mark.parametrize(
    ("convention", "third"),
    [
        ("equal_months", "9,000.00 x 3 / 6 months = 4,500.00"),
        ("half_month", "9,000.00 x 6 / 12 half months = 4,500.00"),
        ("month_fractions", "9,000.00 x 1 / 2 = 4,500.00"),
    ],
)
def test_what_is_left_is_earned_over_what_is_left(convention: str, third: str, written: Written) -> None:
    # By 30 June 6 of 12 months of 12,000 are earned; 6,000 + 3,000 are left for six months.
    found = recognise(written(UPGRADE.replace("CONVENTION", convention)))
    said = formulas(found)
    assert said["revenue_by_obligation.2023Q3.pro"] == third
    assert "allocation.inception.pro" not in said  # a later version added it
    assert said["allocation.2023-07-01.pro"] == "15,000.00 - 6,000.00 = 9,000.00"


def test_a_price_that_changes_on_the_way_stands_on_what_was_earned(written: Written) -> None:
    # One plan: 6,000 earned by June, 9,000 over the six months left: 4,500 in the third quarter.
    text = UPGRADE.replace("CONVENTION", "equal_months").partition("  - {obligation_id: pro")[0]
    text += "modifications:" + UPGRADE.partition("modifications:")[2].partition("modified_obligations")[0]
    said = formulas(recognise(written(text)))
    third = "6,000.00 + 9,000.00 x 3 / 6 months - 6,000.00 = 4,500.00"
    assert said["revenue_by_obligation.2023Q3.basic"] == third
    assert said["revenue_by_obligation.2023Q1.basic"] == "12,000.00 x 3 / 12 months = 3,000.00"
    assert said["remaining_obligations.2023Q3.total"] == "15,000.00 - 10,500.00 = 4,500.00"


BONUS = """\
contract: {contract_id: B, price: 1000000, bound_date: 2023-01-01}
company: {currency: USD}
obligations: [{obligation_id: hall, pattern: over_time, measure: cost, ssp: 1000000}]
estimates:
  - {obligation_id: hall, kind: total_cost, known_at: 2023-01-01, amount: 800000, method: given}
  - {obligation_id: hall, kind: total_cost, known_at: 2023-06-30, amount: 1200000, method: given}
  - {kind: variable_price, item: speed, known_at: 2023-01-01, constrained_amount: 50000, method: METHOD}
outcomes:
  - {item: speed, known_at: 2023-01-01, amount: 100000, probability: 600000}
  - {item: speed, known_at: 2023-01-01, amount: 50000, probability: 300000}
  - {item: speed, known_at: 2023-01-01, amount: 0, probability: 100000}
evidence:
  - {obligation_id: hall, kind: cost, event_date: 2023-03-31, amount: 400000, basis: cumulative}
  - {obligation_id: hall, kind: cost, event_date: 2023-06-30, amount: 600000, basis: cumulative}
"""


def test_both_the_estimate_and_what_may_be_included_are_shown(written: Written) -> None:
    # 606-10-32-8(a): 100,000 x 60 % + 50,000 x 30 % = 75,000, of which 50,000 may be included (32-11)
    found = recognise(written(BONUS.replace("METHOD", "expected_value")))
    both = {"estimate": "75000.00", "included": "50000.00"}
    assert found["figures"]["variable_amounts"] == {"speed": {"2023-01-01": both}}
    said = formulas(found)
    figure = "variable_amounts.speed.2023-01-01"
    wanted = "100,000.00 x 60 % + 50,000.00 x 30 % + 0.00 x 10 % = 75,000.00"
    assert said[f"{figure}.estimate"] == wanted
    assert said[f"{figure}.included"] == "75,000.00 - 25,000.00 = 50,000.00"
    # 606-10-32-8(b): the single most likely amount
    likely = recognise(written(BONUS.replace("METHOD", "most_likely")))
    assert formulas(likely)[f"{figure}.estimate"] == "the likeliest of 3 outcomes (60 %) = 100,000.00"
    assert "speed, what may be included" in page(found, 80) and "60 %" in page(found, 80)


def test_a_new_estimate_of_cost_is_a_change_of_estimate_and_a_loss(written: Written) -> None:
    # Half of 1,050,000 is earned by March (525,000); of 1,200,000 it is a third: 350,000, 175,000 less.
    # The contract then loses 150,000, of which 600,000 - 525,000 = 75,000 shows by 30 June: 75,000 provided.
    found = recognise(written(BONUS.replace("METHOD", "expected_value")))
    steps = {step["figure"]: step for step in found["steps"]}
    assert steps["catch_up.2023Q2"]["value"] == "-175000.00"
    assert steps["catch_up.2023Q2"]["paragraphs"][0] == "ASC 606-10-25-35"
    assert found["figures"]["losses"]["2023Q2"] == {
        "expected_cost": "1200000.00", "loss": "150000.00", "provision": "75000.00",
    }  # fmt: skip
    cost = steps["cost_of_revenue.2023Q2"]
    assert cost["formula"] == "600,000.00 - 400,000.00 + 75,000.00 = 275,000.00"
    assert cost["paragraphs"][0] == "ASC 340-40-25-8"


COSTS = """\
contract: {contract_id: C, price: 100, bound_date: 2023-01-01}
company: {currency: USD}
obligations: [{obligation_id: a, pattern: point_in_time, ssp: 100}]
evidence: [{obligation_id: a, kind: delivery, event_date: 2023-05-01}]
costs:
  - {cost_id: com, kind: obtain, amount: 30, incurred_date: 2023-01-01, incremental: true,
     start_date: 2023-01-01, end_date: 2023-12-31}
impairments: [{tested_date: 2023-06-30, recoverable: 10}]
"""


def test_costs_are_carried_amortised_and_impaired_in_words(written: Written) -> None:
    # 30 over twelve months: 15 by June, of which 10 is recoverable: 5 impaired
    found = recognise(written(COSTS))
    said = formulas(found)
    assert said["contract_costs.com.2023Q2.impaired"] == "22.50 - 7.50 - 10.00 = 5.00"
    assert said["contract_costs.com.2023Q2.carrying"] == "22.50 - 7.50 - 5.00 = 10.00"
    text = page(found, 80)
    assert "2023Q2 com carried at the end" in text and "ASC 340-40-35-3" in text
    assert "7.50" in text and "Still to be earned" in text


def test_every_balance_of_the_last_period_is_shown(written: Written) -> None:
    found = recognise(written(COSTS))
    last = list(found["figures"]["balances"])[-1]
    figures = {step["figure"] for step in found["steps"]}
    assert {f"balances.{last}.{name}" for name in found["figures"]["balances"][last]} <= figures


def test_every_step_is_a_figure(written: Written) -> None:
    for text in (
        COSTS,
        BONUS.replace("METHOD", "expected_value"),
        UPGRADE.replace("CONVENTION", "daily_ends"),
    ):
        found = recognise(written(text))
        for step in found["steps"]:
            here: Any = found["figures"]
            for key in step["figure"].split("."):
                here = here[key]
            assert here == step["value"], step


def test_a_bundle_s_obligations_are_judged_under_their_own_names(written: Written) -> None:
    rows = "".join(
        f"  - {{obligation_id: {o}, pattern: point_in_time, ssp: 50, bundle_id: bc}}\n" for o in "bc"
    )
    text = "contract: {contract_id: C, price: 60, start_date: 2023-01-01}\nobligations:\n" + rows
    text += "  - {obligation_id: a, pattern: point_in_time, ssp: 40}\n"
    text += "bundles: [{bundle_id: bc, price: 60, regularly_sold: true, decided_by: c}]\n"
    found = recognise(written(text))
    assert [one["of"] for one in found["judgements"] if one["field"].endswith("pattern")] == ["b", "c", "a"]


def test_rates_are_in_per_cent() -> None:
    from fractions import Fraction

    assert percent(Fraction(60_000, 1_000_000)) == "6 %" and percent(Fraction(1, 3)) == "33.3333 %"
    assert percent(Fraction(1, 2)) == "50 %" and percent(Fraction(1)) == "100 %"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("variable_amounts.speed.2023-01-01.estimate", "2023-01-01 speed, estimated"),
        ("contract_costs.setup.2021Q3.carrying", "2021Q3 setup carried at the end"),
        ("remaining_obligations.2023Q1.total", "2023Q1 still to be earned"),
        ("remaining_obligations.2023Q1.unknown", "2023Q1 of it at a time not known"),
        ("losses.2023Q2.provision", "2023Q2 provision for it"),
        ("rates.annual", "annual rate"),
    ],
)
def test_the_other_paths_have_names(path: str, name: str) -> None:
    assert name_of(path) == name
