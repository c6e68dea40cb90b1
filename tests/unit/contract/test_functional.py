"""A contract in another currency, in the company's: figures of hand calculation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from earned.contract import recognise
from earned.contract.alternatives import alternatives
from earned.contract.document import read
from earned.contract.layout import markdown
from earned.contract.memo import memo_of
from earned.contract.page import page
from earned.faults import InputError

Written = Callable[[str], Path]
HEAD = """\
contract: {contract_id: C1, price: PRICE, currency: EUR, price_includes_tax: false}
company: {currency: USD}
calendar: {kind: months}
"""
SERVICE = """\
obligations:
  - {obligation_id: a, pattern: over_time, measure: months, ssp: 2000, start_date: 2020-01-01,
     end_date: 2020-02-29}
"""
GOODS = """\
obligations: [{obligation_id: a, pattern: point_in_time, ssp: 1000}]
evidence: [{obligation_id: a, kind: delivery, event_date: 2020-01-15}]
"""


def rates(**given: dict[str, str]) -> str:
    lines = [
        f"  - {{from_currency: EUR, to_currency: USD, rate_date: {day}, kind: {kind}, rate: {rate}}}\n"
        for kind, of in given.items()
        for day, rate in of.items()
    ]
    return "rates:\n" + "".join(lines)


def head(price: str, last: str) -> str:
    return HEAD.replace("PRICE", price) + f"window: {{from: 2020-01-01, to: {last}}}\n"


@pytest.fixture
def found(written: Written) -> Callable[..., dict[str, Any]]:
    """What is recognised of a text, with its steps by figure."""

    def recognised(*parts: str) -> dict[str, Any]:
        result = recognise(written("".join(parts)))
        for step in result["steps"]:
            here: Any = result["figures"]
            for key in step["figure"].split("."):
                here = here[key]
            assert here == step["value"] and step["paragraphs"], step
        return result

    return recognised


Found = Callable[..., dict[str, Any]]
SPOTS = {"2020-01-31": "1.12", "2020-02-29": "1.14", "2020-03-31": "1.10"}


def test_over_time_at_the_average_and_the_contract_asset_at_the_closing_rate(found: Found) -> None:
    # 1,000 a month: 1,110 and 1,130; the asset 1,000 x 1.12 and 2,000 x 1.14; 2,000 paid at 1.10.
    result = found(
        head("2000", "2020-03-31"),
        SERVICE,
        "receipts: [{receipt_id: R, receipt_date: 2020-03-31, amount: 2000}]\n",
        rates(spot=SPOTS, average={"2020-01-31": "1.11", "2020-02-29": "1.13"}),
    )
    of = result["figures"]["functional"]
    assert result["functional_currency"] == "USD"
    assert of["revenue"] == {"2020M01": "1110.00", "2020M02": "1130.00", "2020M03": "0.00"}
    assert list(of["contract_asset"].values()) == ["1120.00", "2280.00", "0.00"]
    # 1,120 - 1,110; 2,280 - 1,120 - 1,130; 2,280 - 2,200: in all 2,240 earned and 2,200 received
    assert list(of["exchange_loss"].values()) == ["-10.00", "-30.00", "80.00"]
    assert of["exchange_loss_cumulative"]["2020M03"] == "40.00"
    steps = {s["figure"]: s for s in result["steps"]}
    revenue = steps["functional.revenue.2020M02"]
    assert revenue["formula"] == "1,000.00 x 1.13 (average of 2020-02-29) = 1,130.00"
    assert revenue["paragraphs"] == [
        "ASC 830-20-30-1", "ASC 830-10-55-10", "IAS 21.21", "IAS 21.22",
    ]  # fmt: skip
    loss = steps["functional.exchange_loss.2020M02"]
    assert loss["formula"] == "1,130.00 - 1,160.00 = -30.00" and "IAS 21.28" in loss["paragraphs"]


def test_an_advance_keeps_the_rate_of_its_day(found: Found) -> None:
    # 1,500 at 1.10 and 500 at 1.20: January 1,000 x 1.10; February 500 x 1.10 + 500 x 1.20. The averages
    # are for what nobody had paid; a contract liability is never remeasured.
    result = found(
        head("2000", "2020-02-29"),
        SERVICE,
        "receipts:\n  - {receipt_id: R1, receipt_date: 2020-01-01, amount: 1500}\n"
        "  - {receipt_id: R2, receipt_date: 2020-02-01, amount: 500}\n",
        rates(
            spot={"2020-01-01": "1.10", "2020-02-01": "1.20"},
            average={"2020-01-31": "1.30", "2020-02-29": "1.40"},
        ),
    )
    of = result["figures"]["functional"]
    assert of["revenue"] == {"2020M01": "1100.00", "2020M02": "1150.00"}
    assert of["contract_liability"] == {"2020M01": "550.00", "2020M02": "0.00"}
    assert set(of["exchange_loss"].values()) == {"0.00"}
    steps = {s["figure"]: s for s in result["steps"]}
    assert steps["functional.contract_liability.2020M01"]["formula"] == (
        "500.00 x 1.1 (spot of 2020-01-01) = 550.00"
    )
    revenue = steps["functional.revenue.2020M02"]
    assert revenue["formula"] == (
        "500.00 x 1.1 (advance, spot of 2020-01-01) + 500.00 x 1.2 (advance, spot of 2020-02-01) = 1,150.00"
    )
    assert "IFRIC 22.8" in revenue["paragraphs"]


@pytest.mark.parametrize(
    ("paid", "revenue", "loss"),
    [
        # 100 a day for ten days. Paid on the first day at 1.10: all of it from the advance.
        ("2020-01-01", "1100.00", "0.00"),
        # Paid on the last at 1.05: earned before it was paid, at the average of 1.20.
        ("2020-01-10", "1200.00", "150.00"),
    ],
)
def test_what_is_paid_on_a_day_of_service(paid: str, revenue: str, loss: str, found: Found) -> None:
    of = found(
        head("1000", "2020-01-31"),
        "obligations:\n  - {obligation_id: a, pattern: over_time, measure: days, ssp: 1000,\n"
        "     start_date: 2020-01-01, end_date: 2020-01-10}\n",
        f"receipts: [{{receipt_id: R, receipt_date: {paid}, amount: 1000}}]\n",
        rates(spot={"2020-01-01": "1.10", "2020-01-10": "1.05"}, average={"2020-01-31": "1.20"}),
    )["figures"]["functional"]
    assert (of["revenue"]["2020M01"], of["exchange_loss"]["2020M01"]) == (revenue, loss)


def test_a_receivable_is_remeasured_with_its_tax(found: Found) -> None:
    # 1,000 and 190 of tax at 1.10: 1,100 and 209. The receivable 1,190 x 1.12 = 1,332.80, gain 23.80;
    # paid at 1.05: 1,249.50, loss 83.30.
    of = found(
        head("1000", "2020-02-29"),
        GOODS,
        "invoices: [{invoice_id: I, invoice_date: 2020-01-15, amount: 1000, tax: 190}]\n"
        "receipts: [{receipt_id: R, receipt_date: 2020-02-20, amount: 1190, invoice_id: I}]\n",
        rates(spot={"2020-01-15": "1.10", "2020-01-31": "1.12", "2020-02-20": "1.05"}),
    )["figures"]["functional"]
    assert of["revenue"] == {"2020M01": "1100.00", "2020M02": "0.00"}
    assert of["receivable"] == {"2020M01": "1332.80", "2020M02": "0.00"}
    assert of["tax"]["2020M01"] == "209.00"
    assert of["settled"]["2020M02"] == "1249.50"
    assert of["exchange_loss"] == {"2020M01": "-23.80", "2020M02": "83.30"}


def test_interest_on_an_advance_is_worth_the_average(found: Found) -> None:
    # 4,000 at 1.10, 6 % a year: interest 240 and 254.40 at the averages 1.20 and 1.30; earned 4,494.40:
    # 4,400 + 288 + 330.72 = 5,018.72. Nothing is monetary.
    of = found(
        "contract: {contract_id: C1, price: 4000, cash_price: 5000, financing_rate: 60000, currency: EUR,\n"
        "  compounding: annual, transfer_date: 2022-01-01, price_includes_tax: false}\n"
        "company: {currency: USD}\nwindow: {to: 2022-12-31}\nperiods:\n"
        "  - {period_id: Y1, first_date: 2020-01-01, last_date: 2020-12-31}\n"
        "  - {period_id: Y2, first_date: 2021-01-01, last_date: 2021-12-31}\n"
        "  - {period_id: Y3, first_date: 2022-01-01, last_date: 2022-12-31}\n"
        "obligations: [{obligation_id: asset, pattern: point_in_time, ssp: 5000}]\n"
        "instalments: [{due_date: 2020-01-01, amount: 4000}]\n"
        "receipts: [{receipt_id: R1, receipt_date: 2020-01-01, amount: 4000}]\n"
        "evidence: [{obligation_id: asset, kind: delivery, event_date: 2022-01-01}]\n",
        rates(spot={"2020-01-01": "1.10"}, average={"2020-12-31": "1.20", "2021-12-31": "1.30"}),
    )["figures"]["functional"]
    assert of["interest"] == {"Y1": "-288.00", "Y2": "-330.72", "Y3": "0.00"}
    assert of["contract_liability"] == {"Y1": "4688.00", "Y2": "5018.72", "Y3": "0.00"}
    assert of["revenue"]["Y3"] == "5018.72"
    assert set(of["exchange_loss"].values()) == {"0.00"}


def test_at_one_rate_nothing_is_lost_and_every_figure_to_date_is_rounded_once(found: Found) -> None:
    # 100 over three months: 33.33, 66.67, 100.00 to date; x 1.123457 = 37.4448, 74.9009, 112.3457.
    result = found(
        head("100", "2020-03-31"),
        SERVICE.replace("2020-02-29", "2020-03-31"),
        "invoices: [{invoice_id: I, invoice_date: 2020-02-10, amount: 100}]\n",
        rates(spot={"2020-01-01": "1.123457"}),
    )
    of = result["figures"]["functional"]
    assert list(of["revenue_cumulative"].values()) == ["37.44", "74.90", "112.35"]
    assert list(of["revenue"].values()) == ["37.44", "37.46", "37.45"]
    assert set(of["exchange_loss"].values()) == {"0.00"}
    steps = {s["figure"]: s["formula"] for s in result["steps"]}
    # 33.34 x 1.123457 = 37.4561
    assert steps["functional.revenue.2020M02"].endswith(" = 37.46")


def test_currencies_without_minor_units(found: Found) -> None:
    # 100,000 yen at 0.0091: 910.00 dollars
    of = found(
        head("100000", "2020-01-31").replace("EUR", "JPY"),
        GOODS,
        rates(spot={"2020-01-15": "0.0091"}).replace("EUR", "JPY"),
    )["figures"]["functional"]
    assert of["revenue"] == {"2020M01": "910.00"}


def test_an_estimate_is_worth_the_rate_of_the_day_it_was_made(found: Found) -> None:
    # Ten sold, one expected back until 20 February; paid on the 10th. 900 x 1.10, then 100 x 1.30.
    of = found(
        head("1000", "2020-02-29"),
        "obligations: [{obligation_id: a, pattern: point_in_time, ssp: 1000, total_quantity: 10}]\n"
        "evidence: [{obligation_id: a, kind: delivery, event_date: 2020-01-15, quantity: 10,\n"
        "  basis: increment}]\n"
        "estimates:\n"
        "  - {obligation_id: a, kind: expected_returns, known_at: 2020-01-15, quantity: 1, method: given}\n"
        "  - {obligation_id: a, kind: expected_returns, known_at: 2020-02-20, quantity: 0, method: given}\n"
        "receipts: [{receipt_id: R, receipt_date: 2020-02-10, amount: 1000}]\n",
        rates(spot={"2020-01-15": "1.10", "2020-02-10": "1.20", "2020-02-20": "1.30"}),
    )["figures"]["functional"]
    assert of["revenue"] == {"2020M01": "990.00", "2020M02": "130.00"}
    # an asset of 900 x 0.10 and a liability of 100 x 0.10 by the 10th; the liability 100 x 0.10 by the 20th
    assert of["exchange_loss_cumulative"]["2020M02"] == "-80.00"


def test_an_estimate_made_before_the_books_close_is_of_their_last_day(found: Found) -> None:
    # 50 of 100 spent on 20 January: 400 of 800, at 1.10. On 10 February, before January closes, the whole is
    # 80: 500 for January, 100 more on its last day at 1.20. Nothing is earned in February, paid at 1.30.
    of = found(
        head("800", "2020-02-29"),
        "obligations: [{obligation_id: a, pattern: over_time, measure: cost, ssp: 800}]\n"
        "evidence: [{obligation_id: a, kind: cost, event_date: 2020-01-20, amount: 50, basis: increment,\n"
        "  recorded_at: 2020-02-03}]\n"
        "estimates:\n"
        "  - {obligation_id: a, kind: total_cost, known_at: 2020-01-01, amount: 100}\n"
        "  - {obligation_id: a, kind: total_cost, known_at: 2020-02-10, amount: 80}\n"
        "receipts: [{receipt_id: R, receipt_date: 2020-02-05, amount: 500}]\n",
        rates(spot={"2020-01-20": "1.10", "2020-01-31": "1.20", "2020-02-05": "1.30"}),
    )["figures"]["functional"]
    assert of["revenue"] == {"2020M01": "560.00", "2020M02": "0.00"}
    # 600 - 560; 650 - 600
    assert of["exchange_loss"] == {"2020M01": "-40.00", "2020M02": "-50.00"}


def test_a_missing_rate_is_asked_for_by_its_day(written: Written) -> None:
    text = head("1000", "2020-01-31") + GOODS + rates(spot={"2020-01-31": "1.12"})
    with pytest.raises(InputError) as wrong:
        recognise(written(text))
    [fault] = wrong.value.faults
    assert fault.expected == "a rate of kind spot from EUR to USD of 2020-01-15 or a day before it"
    # the line of the first rate
    assert (fault.file, fault.row, fault.column) == ("contract.yaml", 8, "rates")
    assert "2020-01-15" in fault.do


@pytest.mark.parametrize(
    "text",
    [
        head("1000", "2020-01-31") + GOODS,
        head("1000", "2020-01-31") + GOODS + rates(spot={"2020-01-15": "1.10"}).replace("USD", "GBP"),
        head("1000", "2020-01-31").replace("EUR", "USD") + GOODS + rates(spot={"2020-01-15": "1.10"}),
    ],
)
def test_without_another_currency_or_its_rates_nothing_is_translated(text: str, written: Written) -> None:
    result = recognise(written(text))
    assert "functional" not in result["figures"] and result["functional_currency"] is None


def test_page_and_memo_show_them_and_what_would_change_stays_in_the_contract_s_currency(
    written: Written,
) -> None:
    path = written(head("1000", "2020-01-31") + GOODS + rates(spot={"2020-01-15": "1.10"}))
    result = recognise(path)
    text = page(result, 100)
    assert "In the company's currency, USD" in text
    assert "1,000.00 x 1.1 (spot of 2020-01-15) = 1,100.00" in text
    memo = markdown(memo_of(path, result))
    assert "| Period | revenue | revenue cumulative | contract asset |" in memo
    assert "| 2020M01 | 1,100.00 | 1,100.00 | 1,100.00 |" in memo
    [paper] = [o for o in alternatives(read(path), result) if o["field"] == "evidence[1]"]
    assert paper["difference"] == "-1000.00"
