"""A repurchase that is a financing: a financial liability, no contract liability, nothing left at its end."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from tests.unit.recognition.contract_file import Recognised, of_file

MILLION = Decimal(1_000_000)
MONTHS = [f"2017M{month:02d}" for month in range(1, 13)]
#: days from 1 January to each month's end, of 364 to 31 December
DAYS = [(date(2017, month + 1, 1) - date(2017, 1, 2)).days for month in range(1, 12)] + [364]


def sold(
    folder: Path,
    repurchase: str = "kind: call, price: 1100000, until_date: 2017-12-31",
    receipts: tuple[str, ...] = ("2017-01-01, amount: 1000000",),
    delivered: str = "2017-01-01",
    more: str = "",
    price: int = 1_000_000,
    others: str = "",
) -> Recognised:
    """An asset sold at 1,000,000 that may come back, month by month."""
    rows = "".join(
        f"\n  - {{receipt_id: R{n}, customer_id: C, receipt_date: {r}}}" for n, r in enumerate(receipts)
    )
    return of_file(
        folder,
        f"""contract: {{contract_id: K, price: {price}, currency: USD, bound_date: 2017-01-01}}
window: {{from: 2017-01-01, to: 2018-03-31}}
calendar: {{kind: months}}
policy: {{close_days: 0}}
obligations:
  - {{obligation_id: asset, pattern: point_in_time, ssp: 1000000}}{others}
repurchases:
  - {{obligation_id: asset, {repurchase}}}
evidence:
  - {{obligation_id: asset, kind: delivery, event_date: {delivered}}}
{"receipts:" + rows if rows else ""}
{more}
""",
    )


def interest_to(days: int, whole: int = 100_000) -> Decimal:
    return (Decimal(whole) * days / 364).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_the_call_that_lapses_month_by_month(tmp_path: Path) -> None:
    """IFRS 15 IE315-IE318 (Example 62 Case A), ASC 606-10-55-401 to 55-404: sold at 1,000,000 on 1 January
    2017, callable at 1,100,000 until 31 December; lapsed: interest of 100,000 and revenue of 1,100,000."""
    found = sold(tmp_path)
    before = Decimal(0)
    for month, days in zip(MONTHS[:-1], DAYS[:-1], strict=True):
        accrued = interest_to(days)
        assert found.balances(month) == {"financial_liability": MILLION + accrued}, month
        assert found.of("interest")[month] == accrued - before
        cash = {"Cash": MILLION} if month == "2017M01" else {}
        owed = -(accrued - before) - (MILLION if cash else 0)
        assert found.booked(month) == cash | {"Financial liability": owed, "Interest": accrued - before}
        assert found.remaining(month) == 0, "a financing is no sale"
        before = accrued
    assert found.booked("2017M12") == {
        "Financial liability": MILLION + before,
        "Interest": Decimal(100_000) - before,
        "Revenue": Decimal(-1_100_000),
    }
    for month in ("2017M12", "2018M01", "2018M03"):
        assert found.balances(month) == {} and found.remaining(month) == 0
    assert sum(found.of("interest").values()) == 100_000
    assert {m: r for m, r in found.of("revenue").items() if r} == {"2017M12": Decimal(1_100_000)}


def test_a_right_that_ended_before_the_sale_bears_no_interest(tmp_path: Path) -> None:
    # delivered on 15 January 2018, after the right ended: sold at 1,000,000 and nothing else
    found = sold(tmp_path, delivered="2018-01-15")
    assert found.figures["transaction_price"] == {"inception": "1000000.00"}
    assert {m: r for m, r in found.of("revenue").items() if r} == {"2018M01": MILLION}
    assert found.of("interest") == {}
    # paid in advance of a sale: once the right is gone that is what is left to be transferred
    assert found.balances("2017M12") == {"contract_liability": MILLION}
    assert found.remaining("2017M12") == MILLION
    assert found.balances("2018M01") == {} and found.remaining("2018M01") == 0


def test_a_paper_that_a_person_refused_shows_no_transfer(tmp_path: Path) -> None:
    # the sale on 1 January is refused; the asset passes on 15 January 2018, when the right is gone
    refused = """  - {evidence_id: late, obligation_id: asset, kind: delivery, event_date: 2018-01-15}
decisions:
  - {subject_type: evidence, subject_id: first, decision: refuse, reason: copied, decided_by: auditor,
     decided_at: 2018-02-01}"""
    found = sold(tmp_path, delivered="2017-01-01, evidence_id: first", receipts=(), more=refused)
    assert {m: r for m, r in found.of("revenue").items() if r} == {"2018M01": MILLION}
    assert found.of("interest") == {}


def test_cash_in_parts_is_owed_as_it_comes(tmp_path: Path) -> None:
    # 400,000 by the sale, 350,000 in June; 250,000 still to come when the right lapses
    found = sold(tmp_path, receipts=("2017-01-01, amount: 400000", "2017-06-10, amount: 350000"))
    assert found.balances("2017M01") == {"financial_liability": 400_000 + interest_to(30)}
    assert found.balances("2017M06") == {"financial_liability": 750_000 + interest_to(180)}
    assert found.balances("2017M12") == {"contract_asset": Decimal(250_000)}


def test_an_invoice_makes_no_receivable_of_a_financing(tmp_path: Path) -> None:
    invoices = "invoices:\n  - {invoice_id: I, invoice_date: 2017-01-01, amount: 1000000}"
    found = sold(tmp_path, receipts=("2017-02-01, amount: 600000",), more=invoices)
    assert found.balances("2017M01") == {"financial_liability": interest_to(30)}
    assert found.balances("2017M02") == {"financial_liability": 600_000 + interest_to(58)}
    # sold for good: what is due and unpaid is a receivable
    assert found.balances("2017M12") == {"receivable": Decimal(400_000)}


def test_without_receipts_the_price_counts_as_received(tmp_path: Path) -> None:
    found = sold(tmp_path, receipts=())
    assert found.balances("2017M01") == {"financial_liability": MILLION + interest_to(30)}
    assert found.booked("2017M01")["Consideration taken as received"] == MILLION
    assert found.balances("2017M12") == {}


FORWARD = "kind: forward, price: 1080000, until_date: 2017-12-31, exercised_date: 2017-12-31"
SERVICE = "\n  - {obligation_id: service, pattern: over_time, measure: months, ssp: 250000, "
SERVICE += "start_date: 2017-01-01, end_date: 2017-12-31}"


@pytest.mark.parametrize("others", ["", SERVICE])
def test_bought_back_and_paid_back_nothing_stays(tmp_path: Path, others: str) -> None:
    """lumatic2/kifrs-rag scenario_04: sold at 1,000,000, bought back at 1,080,000; with a year's service."""
    price = 1_250_000 if others else 1_000_000
    receipts = (f"2017-01-01, amount: {price}", "2017-12-31, amount: -1080000")
    found = sold(tmp_path, FORWARD, receipts, others=others, price=price)
    owed = {"financial_liability": MILLION + interest_to(180, 80_000)}
    # half of the service of 250,000 is still to come: that alone is a contract liability
    assert found.balances("2017M06") == owed | ({"contract_liability": Decimal(125_000)} if others else {})
    assert found.remaining("2017M06") == (125_000 if others else 0)
    assert found.balances("2017M12") == {} and found.balances("2018M03") == {}
    assert sum(found.of("revenue").values()) == (250_000 if others else 0)
    assert found.booked("2017M12")["Cash"] == -1_080_000


def test_what_is_bought_back_is_paid_even_where_no_receipt_says_so(tmp_path: Path) -> None:
    found = sold(tmp_path, FORWARD)
    assert found.balances("2017M12") == {}
    assert found.booked("2017M12")["Repurchase price, paid or to be paid"] == -1_080_000


def test_tax_is_no_part_of_what_is_owed(tmp_path: Path) -> None:
    # 1,130,000 with 13 % tax, bought back at 1,243,000 with tax: 1,000,000 and 1,100,000 without
    text = """contract:
  {contract_id: K, price: 1130000, currency: CNY, price_includes_tax: true, tax_rate: 130000}
window: {from: 2017-01-01, to: 2017-12-31}
calendar: {kind: months}
obligations:
  - {obligation_id: asset, pattern: point_in_time, ssp: 1130000}
repurchases:
  - {obligation_id: asset, kind: call, price: 1243000, until_date: 2017-12-31}
evidence:
  - {obligation_id: asset, kind: delivery, event_date: 2017-01-01}
receipts:
  - {receipt_id: R, customer_id: C, receipt_date: 2017-01-01, amount: 1130000}
"""
    found = of_file(tmp_path, text)
    assert found.balances("2017M01") == {"financial_liability": MILLION + interest_to(30)}
    assert found.balances("2017M12") == {}
    assert found.of("revenue")["2017M12"] == 1_100_000


def test_before_the_contract_binds_cash_is_a_deposit(tmp_path: Path) -> None:
    criteria = "criteria:\n  - {gate: contract, criterion: collectability, met_date: 2017-03-01}"
    found = sold(tmp_path, more=criteria)
    assert found.balances("2017M02") == {"deposit": MILLION}
    # from 1 March there is a contract: 305 days of interest to 31 December, 30 of them in March
    accrued = (Decimal(100_000) * 30 / 305).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert found.balances("2017M03") == {"financial_liability": MILLION + accrued}
    assert found.balances("2017M12") == {}
