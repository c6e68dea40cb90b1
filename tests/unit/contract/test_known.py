"""What was known by a day, and what does not count: left out of the figures, and said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from earned.contract import recognise
from earned.contract.document import read
from earned.contract.known import known_by, left_out
from earned.contract.layout import html, markdown
from earned.contract.memo import memo_of
from earned.contract.page import page
from earned.faults import InputError

Written = Callable[[str], Path]

PLAN = """\
contract: {contract_id: S, price: 12000, bound_date: 2022-12-20, start_date: 2023-01-01, end_date: 2023-12-31}
company: {currency: USD}
obligations:
  - {obligation_id: plan, pattern: over_time, measure: days, ssp: 12000}
  - {obligation_id: kit, pattern: point_in_time, ssp: 1000}
evidence:
  - {obligation_id: kit, kind: delivery, event_date: 2023-05-20}
modifications:
  - {version: 1, effective_date: 2023-07-01, approved_date: 2023-06-25, treatment: prospective,
     price_change: 3000}
invoices:
  - {invoice_id: I-1, invoice_date: 2023-01-01, amount: 12000}
  - {invoice_id: I-2, invoice_date: 2023-07-01, amount: 3000}
receipts:
  - {receipt_id: R-1, receipt_date: 2023-05-16, amount: 12000}
"""


def test_by_a_day_later_facts_are_left_out_and_its_period_is_shown_whole(written: Written) -> None:
    # 12,000 by 12,000 and 1,000: the plan has 11,076.92, of which 90 and 181 of 365 days are served
    found = recognise(written(PLAN), as_of=date(2023, 5, 15))
    figures = found["figures"]
    assert figures["revenue"] == {"2023Q1": "2731.30", "2023Q2": "2761.64"}
    assert figures["transaction_price"] == {"inception": "12000.00"}
    # billed 12,000 in January, not yet paid by 15 May
    assert figures["balances"]["2023Q2"]["receivable"] == "12000.00"
    assert found["open_period"] == {"period_id": "2023Q2", "last_date": "2023-06-30"}
    assert [(one["day"], one["field"]) for one in found["left_out"]] == [
        ("2023-05-16", "receipts[1]"),
        ("2023-05-20", "evidence[1]"),
        ("2023-06-25", "modifications[1].approved_date"),
        ("2023-07-01", "invoices[2]"),
    ]
    text = page(found, 100)
    assert "2023Q2 is shown whole: service by time runs to 2023-06-30. Later periods are not shown." in text
    assert "2023-05-20   evidence: delivery, kit   (evidence[1])" in text


def test_what_was_approved_and_begins_later_stays(written: Written) -> None:
    # known by 30 June: the change was approved on the 25th; nothing of it is revenue before July
    found = recognise(written(PLAN), as_of=date(2023, 6, 30))
    assert [one["field"] for one in found["left_out"]] == ["invoices[2]"]
    assert found["modifications"][0]["counts"] and found["open_period"] is None
    assert list(found["figures"]["revenue"]) == ["2023Q1", "2023Q2"]
    assert found["figures"]["transaction_price"]["2023-07-01"] == "15000.00"


def test_the_day_of_the_file_is_as_that_of_the_option(written: Written) -> None:
    given = recognise(written(PLAN), as_of=date(2023, 5, 15))
    assert recognise(written(f"{PLAN}as_of: 2023-05-15\n"))["figures"] == given["figures"]
    assert not recognise(written(PLAN))["left_out"]


CELLS = """\
contract: {contract_id: S, price: 100, bound_date: 2023-03-20}
criteria: [{gate: contract, criterion: collectability, met_date: 2023-03-21}]
repurchases: [{obligation_id: a, kind: call, price: 5, until_date: 2023-12-31, exercised_date: 2023-04-01}]
obligations: [{obligation_id: a, pattern: point_in_time, ssp: 100, end_date: 2023-12-31}]
instalments: [{due_date: 2023-09-30, amount: 100}]
evidence:
  - {obligation_id: a, kind: acceptance, event_date: 2023-03-01, result: conditional,
     conditions_closed_date: 2023-04-01}
  - {obligation_id: a, kind: acceptance, event_date: 2023-03-01, signed_customer_date: 2023-03-16}
  - {obligation_id: a, kind: delivery, event_date: 2023-03-01, recorded_at: 2023-03-15T23:30:00Z}
costs: [{cost_id: c, kind: obtain, amount: 1, incurred_date: 2023-03-16}]
impairments: [{tested_date: 2023-03-16, recoverable: 1}]
estimates: [{kind: variable_price, item: b, known_at: 2023-03-16, amount: 1, method: given}]
outcomes: [{item: b, known_at: 2023-03-16, amount: 1, probability: 1000000}]
"""


@pytest.mark.parametrize(("zone", "recorded"), [("UTC", False), ("Asia/Shanghai", True)])
def test_each_row_has_its_own_day(zone: str, recorded: bool, written: Written) -> None:
    # 23:30 UTC on the 15th is the 16th in Shanghai
    path = written(f"{CELLS}company: {{timezone: {zone}}}\n")
    known = known_by(read(path), date(2023, 3, 15))
    fields = {one["field"] for one in left_out(known)}
    assert fields == {
        "contract.bound_date", "criteria[1].met_date", "repurchases[1].exercised_date",
        "evidence[1].conditions_closed_date", "evidence[2]", "costs[1]", "impairments[1]", "estimates[1]",
        "outcomes[1]", *(["evidence[3]"] if recorded else []),
    }  # fmt: skip
    tables = known.document.tables
    assert tables["instalments"] and tables["obligations"][0].cells["end_date"] == "2023-12-31"
    assert known.document.contract.cells["status"] == "pending"
    # what is left is named as it is in the file
    assert recorded or known.path("evidence[2].kind") == "evidence[3].kind"


def test_a_fault_keeps_its_place_in_the_file(written: Written) -> None:
    text = PLAN.replace(
        "evidence:\n", "evidence:\n  - {obligation_id: kit, kind: delivery, event_date: 2023-06-01}\n"
    )
    text = text.replace("event_date: 2023-05-20", "event_date: 2023-02-01, quantity: 1")
    with pytest.raises(InputError) as wrong:
        recognise(written(text), as_of=date(2023, 5, 15))
    assert wrong.value.faults[0].column == "evidence[2].basis" and wrong.value.faults[0].row == 8


def test_before_anything_happened_nothing_is_revenue(written: Written) -> None:
    found = recognise(written(PLAN), as_of=date(2022, 12, 1))
    assert set(found["figures"]["revenue"].values()) == {"0.00"} and found["binds"]["never"]


# --- what does not count ------------------------------------------------------------------------------------

LICENCE = """\
contract: {contract_id: L, price: 100, bound_date: 2023-01-02}
company: {currency: USD}
obligations: [{obligation_id: film, pattern: point_in_time, ssp: 100}]
evidence:
  - {obligation_id: film, kind: access, event_date: 2023-01-02, number: A-7}
"""
HELD = """\
contract: {contract_id: B, price: 100, bound_date: 2023-01-05}
company: {currency: USD}
obligations: [{obligation_id: machine, pattern: point_in_time, ssp: 100, arrangement: bill_and_hold}]
criteria:
  - {obligation_id: machine, gate: bill_and_hold, criterion: substantive_reason, met_date: 2023-02-01}
  - {obligation_id: machine, gate: bill_and_hold, criterion: identified, met_date: 2023-02-01}
  - {obligation_id: machine, gate: bill_and_hold, criterion: ready}
  - {obligation_id: machine, gate: bill_and_hold, criterion: cannot_redirect, met_date: 2023-02-01}
evidence:
  - {obligation_id: machine, kind: acceptance, event_date: 2023-03-15}
"""


def test_a_paper_that_does_not_count_is_named_with_its_reason(written: Written) -> None:
    found = recognise(written(LICENCE))
    [paper] = found["evidence"]
    assert (paper["field"], paper["number"], paper["counts"], paper["reason"]) == (
        "evidence[1]", "A-7", False, "kind",
    )  # fmt: skip
    assert [one["obligation_id"] for one in found["waiting"]] == ["film"]
    assert "access of 2023-01-02, film no. A-7 (evidence[1])" in page(found, 100)
    assert "a delivery or an acceptance would count" in page(found, 100)
    counted = recognise(written(LICENCE.replace("access", "delivery")))
    assert counted["evidence"][0]["counts"] and not counted["waiting"]


def test_goods_billed_and_held_say_what_is_lacking(written: Written) -> None:
    # 606-10-55-83: each of the four criteria; the third has no day
    found = recognise(written(HELD))
    [paper] = found["evidence"]
    assert paper["reason"] == "not_closed" and "ready not met (606-10-55-83)" in paper["why"]
    assert found["waiting"][0]["paragraphs"][0] == "ASC 606-10-55-83"
    none = recognise(written(HELD.partition("evidence:")[0] + "window: {to: 2023-03-31}\n"))
    assert none["waiting"][0]["needs"] == "an acceptance once ready is met, or a delivery"


def test_the_memo_cites_the_paragraph_of_each_gate_and_estimate(written: Written, tmp_path: Path) -> None:
    text = HELD + (
        "estimates:\n  - {obligation_id: machine, kind: expected_returns, known_at: 2023-01-05, quantity: 0,"
        " method: given}\n"
    )
    path = written(text.replace("ssp: 100,", "ssp: 100, total_quantity: 1,"))
    blocks = memo_of(path, recognise(path))
    made = markdown(blocks)
    [ready] = [line for line in made.splitlines() if line.startswith("| met date, ready")]
    assert "ASC 606-10-55-83" in ready and "25-1" not in ready
    [method] = [line for line in made.splitlines() if line.startswith("| method, machine")]
    assert "ASC 606-10-55-22" in method  # returns are no variable amount of their own (55-22 to 55-29)
    assert "What does not count, and why" in html(blocks)


def test_a_change_that_is_not_approved_is_said(written: Written) -> None:
    # 606-10-25-10: without approval the contract goes on as it was: 181 of 365 days of 12,000 by 30 June
    kit = "  - {obligation_id: kit, pattern: point_in_time, ssp: 1000}\n"
    text = PLAN.replace("approved_date: 2023-06-25, ", "").replace(kit, "")
    text = text.partition("evidence:")[0] + "modifications:" + text.partition("modifications:")[2]
    found = recognise(written(text), as_of=date(2023, 6, 30))
    [change] = found["modifications"]
    assert not change["counts"] and change["paragraphs"][:2] == ["ASC 606-10-25-10", "ASC 606-10-25-11"]
    assert found["figures"]["revenue_cumulative"]["2023Q2"] == "5950.68"
    assert "modification 1 from 2023-07-01, 3,000" in page(found, 100) and "approved_date" in page(found, 100)


# --- what nobody wrote --------------------------------------------------------------------------------------


def test_defaults_that_move_a_figure_are_judgements(written: Written) -> None:
    found = recognise(written(PLAN))
    by_default = {one["field"]: one["value"] for one in found["judgements"] if one["decided_by"] == "default"}
    assert by_default == {"policy.convention": "daily_inclusive", "policy.odd_cent": "cumulative"}
    stated = recognise(written(f"{PLAN}policy: {{convention: daily_end_exclusive, odd_cent: last}}\n"))
    assert not [one for one in stated["judgements"] if one["decided_by"] == "default"]


def test_a_currency_that_nobody_wrote_is_no_code(written: Written) -> None:
    found: dict[str, Any] = recognise(written(LICENCE.replace("company: {currency: USD}\n", "")))
    assert found["currency"] == "XXX"
    assert page(found, 100).startswith("L   currency not stated   ")
