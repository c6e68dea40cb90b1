"""Whole contracts: figures of the standards' examples and of hand calculation, arithmetic and entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from earned.contract import recognise
from earned.contract.alternatives import alternatives
from earned.contract.compared import compared
from earned.contract.document import read
from earned.contract.page import page
from earned.faults import Fault, InputError
from tests.gates.sources import ROOT

Example = Callable[[str], dict[str, Any]]
Written = Callable[[str], Path]
EXAMPLES = ROOT / "examples" / "contracts"
#: ASC 606 Example 8 (55-129 to 55-133): 60 % of 1,000,000 earned; then 420,000 / 820,000 of 1,350,000
BUILDING = {"2020Q4": "600000.00", "2021Q1": "91463.41"}


def test_a_building_with_a_bonus_and_a_change_of_scope(example: Example) -> None:
    found = example("building")
    figures = found["figures"]
    assert figures["transaction_price"] == {"inception": "1000000.00", "2021-03-31": "1350000.00"}
    assert figures["revenue"] == BUILDING
    assert figures["gross_profit"]["2020Q4"] == "180000.00"
    # what the change and the bonus do to work done before
    assert figures["catch_up"] == {"2021Q1": "91463.41"}
    assert figures["revenue_cumulative"]["2021Q1"] == "691463.41"
    assert figures["treatment"] == {"1": "catch_up"} and found["refused"] is None
    assert (found["currency"], found["framework"], found["as_of"]) == ("USD", "us_gaap", "2021-03-31")


def test_every_figure_comes_with_its_arithmetic_and_paragraph(example: Example) -> None:
    steps = {s["figure"]: s for s in example("building")["steps"]}
    revenue = steps["revenue.2021Q1"]
    assert revenue["value"] == "91463.41"
    assert revenue["formula"] == "1,350,000.00 x 420,000.00 / 820,000.00 - 600,000.00 = 91,463.41"
    assert revenue["paragraphs"][:2] == ["ASC 606-10-25-31", "ASC 606-10-55-20"]
    price = steps["transaction_price.2021-03-31"]
    assert price["formula"] == "1,000,000.00 + 150,000.00 + 200,000.00 = 1,350,000.00"
    assert all(s["paragraphs"] for s in steps.values())


def test_a_step_names_a_figure_and_has_its_value(example: Example) -> None:
    for name in ("building", "subscription", "collectability"):
        found = example(name)
        for step in found["steps"]:
            here: Any = found["figures"]
            for key in step["figure"].split("."):
                here = here[key]
            assert here == step["value"], step


def test_a_price_is_shared_and_service_earned_by_days(example: Example) -> None:
    # 12,000 by 9,000 and 6,000; the service 92, 184, 274 and 365 of 365 days of 4,800
    figures = example("subscription")["figures"]
    assert figures["allocation"] == {"inception": {"machine": "7200.00", "service": "4800.00"}}
    by = figures["revenue_by_obligation"]
    assert [of["service"] for of in by.values()] == ["1209.86", "1209.87", "1183.56", "1196.71"]
    assert [of["machine"] for of in by.values()] == ["7200.00", "0.00", "0.00", "0.00"]
    # billed 12,000 less what is earned
    liabilities = [of["contract_liability"] for of in figures["balances"].values()]
    assert liabilities == ["3590.14", "2380.27", "1196.71", "0.00"]


@pytest.mark.parametrize("name", ["building", "subscription", "collectability"])
def test_the_entries_of_a_period_add_up(name: str, example: Example) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in example(name)["entries"]:
        assert bool(line["debit"]) != bool(line["credit"])
        sums[line["period_id"]] += Decimal(line["debit"] or 0) - Decimal(line["credit"] or 0)
    assert sums and not any(sums.values())


def test_without_a_contract_nothing_is_revenue(example: Example) -> None:
    # ASC 606 Example 1 Case A (55-95 to 55-98): 50,000 received stays a deposit
    found = example("collectability")
    assert set(found["figures"]["revenue"].values()) == {"0.00"}
    assert found["refused"]["paragraph"] == "ASC 606-10-25-1"
    assert "collectability" in found["refused"]["reason"]
    assert found["figures"]["balances"]["2020Q1"]["deposit"] == "50000.00"
    assert "No revenue: " in page(found, 80)


def test_what_was_known_by_a_day_is_all_that_counts() -> None:
    found = recognise(EXAMPLES / "building.yaml", as_of=date(2020, 12, 31))
    assert found["as_of"] == "2020-12-31"
    assert found["figures"]["revenue"]["2020Q4"] == "600000.00"


COSTS = """\
contract: {contract_id: C1, price: 100}
obligations: [{obligation_id: a, pattern: point_in_time, ssp: 100}]
window: {to: 2021-09-30}
costs:
  - {cost_id: setup, kind: fulfil, amount: 1000, incurred_date: 2021-01-01, start_date: 2021-01-01,
     end_date: 2021-12-31, recoverable: true}
impairments:
  - {tested_date: 2021-06-30, recoverable: 200}
  - {tested_date: 2021-09-30, recoverable: 900}
"""


def test_where_the_standards_part_stands_side_by_side(written: Written) -> None:
    # By 30 June six of twelve months are amortised, and 500 is impaired to 200; then 3/6 of 200: 100 is left.
    # IFRS 15.104 reverses up to what would be carried without the impairment, 1,000 x 3/12 = 250;
    # ASC 340-40-35-6 reverses nothing.
    found = compared(written(COSTS), framework="both")
    carried = found["differs"]["contract_costs.setup.2021Q3.carrying"]
    assert carried == {"us_gaap": "100.00", "ifrs": "250.00"}
    assert found["framework"] == "us_gaap"
    text = page(found, 100)
    assert "100.00" in text.splitlines()[-1] or "250.00" in text


def test_the_same_under_both_is_said(example: Example) -> None:
    text = page({**example("building"), "differs": {}}, 80)
    assert "US GAAP and IFRS give the same figures." in text


BAD = """\
contract:
  contract_id: C1
  price: 1000,50
obligations:
  - {obligation_id: a, pattern: over_timee, ssp: 100}
evidence:
  - {obligation_id: b, kind: delivery, event_date: 2020-12-31}
  - kind: cost
    obligation_id: a
    event_date: 2020-13-31
"""


def faults(path: Path) -> list[Fault]:
    with pytest.raises(InputError) as wrong:
        recognise(path)
    return list(wrong.value.faults)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (
            BAD,
            {
                (3, "contract.price", "number"),
                (5, "obligations[1].pattern", "value"),
                (7, "evidence[1].obligation_id", "orphan"),
                (10, "evidence[2].event_date", "date"),
            },
        ),
        (
            BAD.replace("1000,50", "1000"),
            {
                (5, "obligations[1].pattern", "value"),
                (7, "evidence[1].obligation_id", "orphan"),
                (10, "evidence[2].event_date", "date"),
            },
        ),
        (
            BAD.replace("1000,50", "1000").replace("over_timee", "over_time").replace("-13-31", "-12-31"),
            {(7, "evidence[1].obligation_id", "orphan")},
        ),
        ("contract: {contract_id: C1, price: 5}\n", {(1, "contract", "no_day")}),
        (
            "contract: {contract_id: C1, price: 5, start_date: 2021-01-01}\ncompany:\n  currency: USDD\n"
            "calendar: {kind: weeks}\n",
            {(3, "company.currency", "manifest_value"), (4, "calendar.kind", "manifest_value")},
        ),
    ],
)
def test_what_cannot_be_used_names_its_line_and_key(
    text: str, places: set[tuple[int | None, str | None, str]], written: Written
) -> None:
    found = faults(written(text))
    assert {(f.row, f.column, f.reason) for f in found} == places
    assert {f.file for f in found} == {"contract.yaml"}
    assert not any("books.yaml" in f.expected for f in found)


ASKED = """\
contract: {contract_id: C1, price: 100}
obligations:
  - {obligation_id: a, pattern: point_in_time, ssp: 90, ssp_low: 80, ssp_high: 95, stated_price: 120}
  - {obligation_id: b, pattern: point_in_time, ssp: 50}
evidence: [{obligation_id: a, kind: delivery, event_date: 2021-03-31}]
"""


def test_a_judgement_that_recognition_misses_is_asked_for(written: Written) -> None:
    # 606-10-32-33: the stated price is no standalone selling price by itself
    [fault] = faults(written(ASKED))
    assert (fault.reason, fault.column, fault.row) == ("judgement", "policy.ssp_outside_range", 1)
    assert "nearest_bound" in fault.do and "ASC 606-10-32-33" in fault.expected
    found = recognise(written(f"{ASKED}policy: {{ssp_outside_range: nearest_bound}}\n"))
    # 95 and 50 of 145: 100 x 95 / 145
    assert found["figures"]["allocation"]["inception"]["a"] == "65.52"


def test_what_cannot_be_measured_is_no_figure(written: Written) -> None:
    text = ASKED.replace(", ssp_low: 80, ssp_high: 95, stated_price: 120", "").replace(
        "pattern: point_in_time, ssp: 50", "pattern: over_time, measure: cost, ssp: 50"
    )
    assert all(f.reason == "measure" for f in faults(written(text)))


def test_what_would_change_the_answer_is_computed(example: Example) -> None:
    path = EXAMPLES / "building.yaml"
    others = {(o["field"], o["instead"]): o for o in alternatives(read(path), example("building"))}
    # The whole bonus from the first: 60 % of 1,200,000 in 2020Q4, the same to date.
    bonus = others["estimates[3].constrained_amount", "200000"]
    assert (bonus["difference"], bonus["first_period"]) == ("0.00", "2020Q4")
    paper = others["evidence[1]", "not there"]
    assert (paper["revenue"], paper["difference"]) == ("0.00", "-691463.41")
    assert ("modifications[1].treatment", "prospective") in others


def test_without_its_only_paper_a_contract_has_earned_nothing(written: Written) -> None:
    text = (
        "contract: {contract_id: C, price: 10, bound_date: 2021-01-01}\n"
        "obligations: [{obligation_id: a, pattern: point_in_time, ssp: 10}]\n"
        "evidence: [{obligation_id: a, kind: delivery, event_date: 2021-05-01}]\n"
    )
    path = written(text)
    [paper] = alternatives(read(path), recognise(path))
    assert (paper["revenue"], paper["difference"], paper["first_period"]) == ("0.00", "-10.00", "2021Q2")
