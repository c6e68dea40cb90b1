"""The SAP training ledger of the AICPA Audit Data Analytics group: a book without contracts or evidence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="module")
def rows(run_of: Callable[..., Any]) -> Any:
    return run_of("aicpa", "aicpa_ads_sap_gl")


def test_no_row_is_rejected_for_its_sentinel_date(rows: Callable[[str], Any]) -> None:
    assert rows("rejected") == []


def test_each_use_of_the_voucher_date_is_counted(rows: Callable[[str], Any]) -> None:
    used = {
        row["table_name"]: row["rows"]
        for row in rows("quality")
        if row["column_name"] == "effective_date" and row["action"] == "else_used"
    }
    assert used == {"entries": 287, "ledger": 23_137}


def test_all_revenue_is_unlinked_and_nothing_is_recognised(rows: Callable[[str], Any]) -> None:
    unlinked = rows("unlinked")
    assert len(unlinked) == 287
    assert {row["reason"] for row in unlinked} == {"no_contract"}
    for table in ("units", "positions", "gap_parts", "findings"):
        assert rows(table) == []
    (earned,) = (row for row in rows("not tested") if row["what"].startswith("revenue earned"))
    assert earned["needs"] == "`contracts` and `evidence`"


def test_dollars_and_euros_are_not_added(rows: Callable[[str], Any]) -> None:
    revenue = dict.fromkeys(("revenue in", "revenue in, EUR"), 0)
    for row in rows("reconciliation"):
        if row["total"] in revenue:
            revenue[row["total"]] += row["left_minor"]
    assert revenue == {"revenue in": 47_011_897, "revenue in, EUR": 1_045_350}


def test_the_months_are_the_ledger_s_own(rows: Callable[[str], Any]) -> None:
    months = sorted({row["period_id"] for row in rows("unlinked")})
    assert months == [f"2007M{month:02}" for month in range(1, 13)]


def test_the_four_unbalanced_journals_are_results(rows: Callable[[str], Any]) -> None:
    unbalanced = [row for row in rows("quality") if row["check"] == "journal_out_of_balance"]
    assert [row["rows"] for row in unbalanced] == [4]
