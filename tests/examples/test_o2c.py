"""Book `o2c` of DataSynth: figures that follow from its deliveries and journals alone, to the cent."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

EXPECTED = {
    "months": SimpleNamespace(unfinished=10, unfinished_minor=69_987_948, late=26, late_minor=-783_613_472),
    "quarters": SimpleNamespace(unfinished=4, unfinished_minor=29_333_020, late=8, late_minor=-218_634_152),
}
LAST = {"months": "2022M01", "quarters": "2022Q1"}


@pytest.fixture(scope="module", params=["months", "quarters"])
def book(request: pytest.FixtureRequest, run_of: Callable[..., Any]) -> SimpleNamespace:
    """The run with one kind of period, and what must come out with it."""
    kind = request.param
    return SimpleNamespace(
        rows=run_of("o2c", "datasynth_o2c", kind), last=LAST[kind], expected=EXPECTED[kind]
    )


def part(book: SimpleNamespace, name: str) -> list[dict[str, Any]]:
    return [row for row in book.rows("gap_parts") if row["part"] == name]


def test_goods_booked_whole_after_the_first_of_two_deliveries_are_unfinished(book: SimpleNamespace) -> None:
    unfinished = part(book, "unfinished")
    assert len({row["unit_id"] for row in unfinished}) == book.expected.unfinished == len(unfinished)
    assert sum(row["amount_minor"] for row in unfinished) == book.expected.unfinished_minor


def test_thirteen_orders_are_booked_over_their_price(book: SimpleNamespace) -> None:
    over = part(book, "over_price")
    assert len({row["unit_id"] for row in over}) == 13
    assert sum(row["amount_minor"] for row in over if row["period_id"] == book.last) == 947_396_553


def test_goods_delivered_before_their_invoice_are_recognised_late(book: SimpleNamespace) -> None:
    late = part(book, "late_recognition")
    assert len({row["unit_id"] for row in late}) == book.expected.late
    assert sum(row["amount_minor"] for row in late) == book.expected.late_minor


def test_no_other_order_has_a_gap(book: SimpleNamespace) -> None:
    named = {row["unit_id"] for name in ("unfinished", "over_price") for row in part(book, name)}
    positions = book.rows("positions")
    assert {row["unit_id"] for row in positions if row["gap_minor"] > 0} == named
    parts = {row["part"] for row in book.rows("gap_parts")}
    assert parts == {"unfinished", "over_price", "late_recognition"}
    findings = {row["unit_id"] for row in book.rows("findings")}
    assert findings == named | {row["unit_id"] for row in part(book, "late_recognition")}


def test_revenue_of_no_order_is_unlinked_and_other_income_is_no_revenue(book: SimpleNamespace) -> None:
    unlinked = book.rows("unlinked")
    assert {row["reason"] for row in unlinked} == {"no_contract"}
    assert len(unlinked) == 13_829
    assert sum(row["amount_minor"] for row in unlinked) == 5_963_482_179


def test_all_that_names_an_order_is_booked(book: SimpleNamespace) -> None:
    booked = [row["booked_minor"] for row in book.rows("misstatements") if row["dimension"] == "total"]
    assert sum(booked) == 13_668_107_084


def test_what_cannot_be_read_are_the_lines_without_a_journal(book: SimpleNamespace) -> None:
    rejected = book.rows("rejected")
    assert len(rejected) == 79
    assert {row["table_name"] for row in rejected} == {"ledger"}


def test_the_three_unbalanced_journals_are_results(book: SimpleNamespace) -> None:
    unbalanced = [row for row in book.rows("quality") if row["check"] == "journal_out_of_balance"]
    assert [row["rows"] for row in unbalanced] == [3]
