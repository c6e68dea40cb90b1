"""What holds revenue back, and what is owed meanwhile: amounts of the standard's examples or by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from earned.books import Books, open_books
from earned.recognition.admission import POLICY
from earned.recognition.gates import gates, missing_judgements, with_gates
from earned.recognition.price import without_tax
from earned.recognition.recognise import Recognition
from earned.recognition.repurchase import agreements, treatments

SOLD = "2027-01-01"
MONTH_ENDS = [date(2027, m + 1, 1) for m in range(1, 12)] + [date(2028, 1, 1), date(2028, 2, 1)]


@dataclass(frozen=True)
class Given:
    """The part of a Recognition that agreements are computed from."""

    terms: ir.Table
    records: ir.Table
    marks: ir.Table


@contextmanager
def opened(folder: Path, price: str = "1000000.00", **tables: str) -> Iterator[tuple[Books, ir.Table]]:
    """Books of one contract C with one obligation O, and its terms; further tables as CSV text."""
    usual = {
        "contracts": f"contract_id,price,price_includes_tax,tax_rate\nC,{price},,\n",
        "obligations": "obligation_id,contract_id,pattern,ssp\nO,C,point_in_time,1000000.00\n",
        "entries": f"entry_id,contract_id,effective_date,amount\nE,C,{SOLD},0\n",
        "evidence": f"evidence_id,contract_id,obligation_id,kind,event_date\nD,C,O,delivery,{SOLD}\n",
    }
    (folder / "books.yaml").write_text("company: {name: X, currency: USD}\n", encoding="utf-8")
    for name, text in (usual | tables).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    books = open_books(folder)
    try:
        yield books, books.engine.keep("terms_given", _terms(books))
    finally:
        books.engine.close()


def _terms(books: Books) -> ir.Table:
    contracts = books.tables["contracts"]
    contracts = contracts.select(
        "contract_id", "price_minor", includes_tax=contracts.price_includes_tax.fill_null(False),
        rate=contracts.tax_rate.fill_null(0),
    )  # fmt: skip
    rows = books.tables["obligations"].join(contracts, "contract_id")
    net = ibis.ifelse(rows.includes_tax, without_tax(rows.ssp_minor, rows.rate), rows.ssp_minor)
    return rows.mutate(
        allocated_minor=net, contract_net_minor=net, bound_from=ibis.null("date"), never_bound=False,
        untestable=ibis.null("string"),
    )  # fmt: skip


def repurchase(kind: str, price: str, exercised: str = "", market: str = "", incentive: str = "") -> str:
    """Table repurchases of O, until 31 December 2027."""
    columns = "obligation_id,kind,price,until_date,exercised_date,expected_value,incentive"
    return f"{columns}\nO,{kind},{price},2027-12-31,{exercised},{market},{incentive}\n"


def owed(books: Books, terms: ir.Table, transfer: str = SOLD) -> dict[int, tuple[int, int]]:
    """Month -> (price and interest that it owes at its end, interest of the month) of contract C."""
    days = [date.fromordinal(day.toordinal() - 1) for day in MONTH_ENDS]
    marks = pa.table({"period_index": pa.array(range(len(days)), pa.int64()), "last_date": days})
    record = pa.table(
        {
            "obligation_id": ["O"],
            "scenario": pa.array([POLICY], pa.int64()),
            "is_rejection": [False],
            "own_date": [date.fromisoformat(transfer)],
        }
    )
    given = Given(terms, books.engine.small("one", record), books.engine.small("ends", marks))
    rows = books.engine.rows(agreements(books, cast("Recognition", given)).order_by("period_index"))
    found, before = {}, 0
    for row in rows:
        owes = row["running_minor"] + row["of_running_minor"]
        found[row["period_index"] + 1] = owes, row["accrued_minor"] - before
        before = row["accrued_minor"]
    return found


def only(books: Books, rows: ir.Table) -> Mapping[str, Any]:
    (row,) = books.engine.rows(rows)
    return row


# 606-10-55-68 to 55-76: against the price of 1,000,000; a price equal to it is not below it.
@pytest.mark.parametrize(
    ("kind", "price", "market", "incentive", "treatment", "paragraph"),
    [
        ("call", "999999.99", "", "", "lease", "55-68(a)"),
        ("call", "1000000.00", "", "", "financing", "55-68(b)"),
        ("forward", "900000.00", "", "", "lease", "55-68(a)"),
        ("forward", "1080000.00", "", "", "financing", "55-68(b)"),
        ("put", "900000.00", "750000.00", "true", "lease", "55-72"),  # Example 62 Case B
        ("put", "900000.00", "850000.00", "false", "right_of_return", "55-74"),
        ("put", "900000.00", "750000.00", "", "undecided", "55-73"),
        ("put", "1000000.00", "999999.99", "", "financing", "55-75"),
        ("put", "1000000.00", "1000000.00", "", "right_of_return", "55-76"),
        ("put", "1000000.00", "1200000.00", "true", "financing", "55-75"),
        ("put", "1000000.00", "", "false", "undecided", "55-75 to 55-76"),
    ],
)
def test_what_may_come_back_is_a_lease_a_financing_or_a_sale_with_returns(
    tmp_path: Path, kind: str, price: str, market: str, incentive: str, treatment: str, paragraph: str
) -> None:
    with opened(tmp_path, repurchases=repurchase(kind, price, "", market, incentive)) as (books, terms):
        row = only(books, treatments(books, terms))
        held = books.engine.rows(gates(books, terms))
    assert (row["treatment"], row["paragraph"]) == (treatment, f"ASC 606-10-{paragraph}")
    assert bool(held) == (treatment != "right_of_return")


def test_a_call_that_lapses_opens_on_its_last_day_with_the_interest(tmp_path: Path) -> None:
    # IFRS 15 Example 62 Case A: 1,000,000, call at 1,100,000 until 31 December
    with opened(tmp_path, repurchases=repurchase("call", "1100000.00")) as (books, terms):
        row = only(books, gates(books, terms))
    assert (row["gate_from"], row["gate_shut"]) == (date(2027, 12, 31), False)
    assert (row["lapse_date"], row["lapse_minor"]) == (date(2027, 12, 31), 10_000_000)


@pytest.mark.parametrize(("kind", "exercised"), [("call", "2027-09-30"), ("forward", "")])
def test_what_was_or_must_be_bought_back_never_opens(tmp_path: Path, kind: str, exercised: str) -> None:
    with opened(tmp_path, repurchases=repurchase(kind, "1100000.00", exercised)) as (books, terms):
        row = only(books, gates(books, terms))
    assert (row["gate_from"], row["gate_shut"], row["lapse_minor"]) == (None, True, 0)


def test_prices_are_compared_without_tax(tmp_path: Path) -> None:
    # 1,130,000 with 13 % tax is 1,000,000 without; bought back at 1,243,000 with tax: 1,100,000 without
    tables = {
        "contracts": "contract_id,price,price_includes_tax,tax_rate\nC,1130000.00,true,130000\n",
        "obligations": "obligation_id,contract_id,pattern,ssp\nO,C,point_in_time,1130000.00\n",
        "repurchases": repurchase("call", "1243000.00"),
    }
    with opened(tmp_path, **tables) as (books, terms):
        assert only(books, gates(books, terms))["lapse_minor"] == 10_000_000


def test_interest_runs_straight_by_days_and_ends_with_the_right(tmp_path: Path) -> None:
    with opened(tmp_path, repurchases=repurchase("call", "1100000.00")) as (books, terms):
        months = owed(books, terms)
    # 364 days from 1 January to 31 December: 100,000 x 30/364 = 8,241.76, x 58/364 = 15,934.07
    assert months[1] == (100_824_176, 824_176)
    assert months[2] == (101_593_407, 1_593_407 - 824_176)
    assert months[12][0] == 0
    assert sum(interest for _, interest in months.values()) == 10_000_000
    assert months[13] == (0, 0)


def test_at_transfer_the_price_is_owed_and_no_interest(tmp_path: Path) -> None:
    # lumatic2/kifrs-rag scenario_04: sold at 1,000,000, bought back at 1,080,000
    with opened(tmp_path, repurchases=repurchase("forward", "1080000.00")) as (books, terms):
        months = owed(books, terms, "2027-01-31")
    assert months[1] == (100_000_000, 0)
    # a duty does not lapse: all is owed until it is paid
    assert months[13] == (108_000_000, 0)
    assert sum(interest for _, interest in months.values()) == 8_000_000


def test_exercised_early_the_rest_of_the_interest_falls_due(tmp_path: Path) -> None:
    with opened(tmp_path, repurchases=repurchase("call", "1100000.00", "2027-02-15")) as (books, terms):
        months = owed(books, terms)
    assert months[1] == (100_824_176, 824_176)
    assert months[2] == (0, 10_000_000 - 824_176)


def test_a_sale_with_a_right_of_return_owes_nothing_here(tmp_path: Path) -> None:
    text = repurchase("put", "900000.00", "", "", "false")
    with opened(tmp_path, repurchases=text) as (books, terms):
        assert owed(books, terms) == {}


def test_what_only_a_person_can_say_is_asked(tmp_path: Path) -> None:
    with opened(tmp_path, repurchases=repurchase("put", "900000.00")) as (books, terms):
        row = only(books, missing_judgements(books, terms))
    assert (row["obligation_id"], row["field"], row["choices"]) == ("O", "incentive", "true, false")
    assert row["paragraph"] == "ASC 606-10-55-73"


def test_without_criteria_and_repurchases_nothing_holds(tmp_path: Path) -> None:
    with opened(tmp_path) as (books, terms):
        assert books.engine.rows(gates(books, terms)) == []
        assert books.engine.rows(missing_judgements(books, terms)) == []
        assert only(books, with_gates(books, terms))["gate_shut"] is False


def test_the_gate_that_holds_longest_decides(tmp_path: Path) -> None:
    criteria = "contract_id,obligation_id,gate,criterion,met_date\n"
    criteria += "C,,contract,approved,2027-01-01\nC,O,other,export licence,2027-03-01\n"
    with opened(tmp_path, criteria=criteria) as (books, terms):
        row = only(books, gates(books, terms))
    assert (row["gate_from"], row["gate_shut"]) == (date(2027, 3, 1), False)
    assert row["gate_reason"] == "criterion export licence is met"


def test_a_criterion_of_an_obligation_not_in_the_books_is_rejected_and_holds_nothing(tmp_path: Path) -> None:
    criteria = "contract_id,obligation_id,gate,criterion,met_date\nC,O7,other,export licence,\n"
    with opened(tmp_path, criteria=criteria) as (books, terms):
        assert books.engine.rows(gates(books, terms)) == []
        (rejected,) = books.engine.rows(books.tables["rejected"])
    assert (rejected["table_name"], rejected["value"]) == ("criteria", "O7")


@pytest.mark.parametrize(("written", "waits"), [("cannot_redirect", False), ("something else", True)])
def test_of_the_four_criteria_of_bill_and_hold_none_is_assumed(
    tmp_path: Path, written: str, waits: bool
) -> None:
    names = ("substantive_reason", "identified", "Ready ", written)
    criteria = "contract_id,obligation_id,gate,criterion,met_date\n"
    criteria += "".join(f"C,O,bill_and_hold,{name},2027-01-01\n" for name in names)
    columns = "obligation_id,contract_id,pattern,ssp,arrangement"
    obligations = f"{columns}\nO,C,point_in_time,1000000.00,bill_and_hold\n"
    with opened(tmp_path, criteria=criteria, obligations=obligations) as (books, terms):
        row = only(books, gates(books, terms))
    # what holds it back is in its acceptances: its delivery always counts
    assert (row["gate_from"], row["gate_shut"]) == (None, False)
    assert ("cannot_redirect is not met" in row["gate_reason"]) == waits
