"""What is odd in small books, one sort at a time, and what is left alone beside it."""

from __future__ import annotations

from typing import Any

import pytest

from earned.books import quality
from earned.engine import Engine
from tests.unit.books.small_books import books, manifest

Row = dict[str, Any]


def found(engine: Engine, **settings: str) -> list[tuple[Any, ...]]:
    quality.check(engine, manifest(company__currency="CNY", **settings))
    return engine.sql(
        'SELECT table_name, column_name, "check", "rows", example, action FROM quality ORDER BY ALL'
    )


def entry(contract: str | None, on: str, amount: int, **more: Any) -> Row:
    return {"contract_id": contract, "effective_date": on, "amount_minor": amount, **more}


def opening(amount: int, **more: Any) -> Row:
    return entry("C", "2020-12-31", amount, is_opening=True, **more)


def test_nothing_is_odd_in_empty_books() -> None:
    assert found(books()) == []


def test_ids_that_differ_in_case_width_or_leading_zeros() -> None:
    engine = books(
        contracts=[{"contract_id": c} for c in ("HT-01", "ht-01", "ＨＴ-01", "HT-1", "007", "7", "X")],
        entries=[entry("x", "2021-01-01", 1), entry("0X", "2021-01-01", 1), entry("Y", "2021-01-01", 1)],
    )
    assert found(engine) == [
        ("contracts", "contract_id", "near_key", 5, "007 / 7", "warning"),
        ("entries", "contract_id", "near_key", 2, "0X / X", "warning"),
    ]


def test_entries_outside_the_chart() -> None:
    chart = [{"account": "6001", "role": "revenue"}]
    lines = [entry("C", "2021-01-01", 1, account=a) for a in ("6001", "6051", None)]
    assert found(books(accounts=chart, entries=lines)) == [
        ("entries", "account", "account_not_in_chart", 1, "6051", "warning")
    ]


def test_a_journal_balances_in_each_currency() -> None:
    lines = [  # J1 balances; J2 debits 1,234.56 more than it credits; J3 balances only over both currencies
        ("J1", 500, "CNY"), ("J1", -500, None), ("J2", 223456, "CNY"), ("J2", -100000, "CNY"),
        ("J3", 700, "JPY"), ("J3", -700, "CNY"),
    ]  # fmt: skip
    rows = [
        {"journal_id": j, "amount_minor": a, "currency": c, "effective_date": "2021-01-01"}
        for j, a, c in lines
    ]
    assert found(books(ledger=rows)) == [
        ("ledger", "amount", "journal_out_of_balance", 3, "J2: debits less credits 1,234.56 CNY", "warning")
    ]


def test_a_difference_is_printed_with_the_decimals_of_its_currency() -> None:
    def example(amount: int, currency: str) -> str:
        line = {
            "journal_id": "J",
            "amount_minor": amount,
            "currency": currency,
            "effective_date": "2021-01-01",
        }
        text: str = found(books(ledger=[line]))[0][4]
        return text.removeprefix("J: debits less credits ")

    assert [example(-1234567, "JPY"), example(5, "KWD"), example(-5, "CNY")] == [
        "-1,234,567 JPY",
        "0.005 KWD",
        "-0.05 CNY",
    ]


def test_entries_before_the_contract_binds() -> None:
    engine = books(
        contracts=[{"contract_id": "C", "bound_date": "2021-04-01"}, {"contract_id": "D"}],
        entries=[entry("C", "2021-03-31", 1), entry("C", "2021-04-01", 1), entry("D", "2021-01-01", 1)],
    )
    assert found(engine) == [
        (
            "entries",
            "effective_date",
            "before_bound_date",
            1,
            "E2: 2021-03-31, contract C bound 2021-04-01",
            "warning",
        )
    ]


def test_a_record_older_than_its_event_by_the_companys_own_day() -> None:
    def paper(number: str, recorded: str | None) -> Row:
        return {"evidence_id": number, "event_date": "2021-06-30", "recorded_at": recorded}

    papers = [  # 16:00 UTC of the 29th is midnight of the 30th in Shanghai
        paper("P1", "2021-06-29 15:59:59+00"),
        paper("P2", "2021-06-29 16:00:00+00"),
        paper("P3", None),
    ]
    assert found(books(evidence=papers), company__timezone="Asia/Shanghai") == [
        (
            "evidence",
            "recorded_at",
            "recorded_before_event",
            1,
            "P1: event 2021-06-30, recorded 2021-06-29",
            "warning",
        )
    ]


def test_ends_before_starts_and_days_that_cannot_be() -> None:
    engine = books(
        contracts=[
            {"contract_id": "C", "start_date": "2021-05-01", "end_date": "2021-04-30"},
            {"contract_id": "D", "start_date": "2021-05-01", "end_date": "9999-12-31"},
            {"contract_id": "E", "start_date": "1900-01-01", "end_date": "2021-04-30"},
        ],
        employees=[{"employee_id": "A", "valid_from": "2021-01-01", "valid_to": "9999-12-31"}],
    )
    assert found(engine) == [
        ("contracts", "end_date", "end_before_start", 1, "C: 2021-05-01 to 2021-04-30", "warning"),
        ("contracts", "end_date", "impossible_date", 1, "9999-12-31", "warning"),
        ("contracts", "start_date", "impossible_date", 1, "1900-01-01", "warning"),
    ]


def test_an_obligation_of_another_contract() -> None:
    engine = books(
        contracts=[{"contract_id": "C"}, {"contract_id": "D"}],
        obligations=[{"obligation_id": "O", "contract_id": "D"}],
        entries=[
            entry("C", "2021-01-01", 1, obligation_id="O"),
            entry("D", "2021-01-01", 1, obligation_id="O"),
        ],
    )
    assert [row[2:5] for row in found(engine)] == [
        ("obligation_of_other_contract", 1, "E2: contract C, obligation O of contract D")
    ]


@pytest.mark.parametrize(
    ("terms", "parts", "example"),
    [
        ({"price_minor": 10000}, [6000, 4000], None),
        ({"price_minor": 10000}, [6000, 4001], "C: 100.01 CNY of 100.00 CNY"),
        ({"price_minor": 10000}, [6000, None], None),
        ({"price_minor": 11300, "price_includes_tax": True, "tax_rate": 130000}, [6000, 4000], None),
        ({"price_minor": 11300, "price_includes_tax": True}, [6000, 4000], "C: 100.00 CNY of 106.60 CNY"),
    ],
)
def test_the_companys_allocation_adds_up_to_the_price_net_of_tax(
    terms: Row, parts: list[int | None], example: str | None
) -> None:
    # 113.00 / 1.13 = 100.00; at the policy's six per cent 113.00 / 1.06 = 106.6038
    promised = [
        {"obligation_id": f"O{i}", "contract_id": "C", "allocated_price_minor": p}
        for i, p in enumerate(parts)
    ]
    engine = books(contracts=[{"contract_id": "C", "currency": "CNY", **terms}], obligations=promised)
    rows = found(engine, policy__tax_rate="60000")
    assert [row[4] for row in rows] == ([example] if example else [])


def test_contracts_begun_before_the_window_without_an_opening() -> None:
    begun = {"start_date": "2020-12-31"}
    engine = books(
        contracts=[
            {"contract_id": "A", **begun},
            {"contract_id": "B", **begun},
            {"contract_id": "C", **begun},
            {"contract_id": "D", "start_date": "2021-01-01"},
            {"contract_id": "E", "start_date": "2021-01-01"},
        ],
        obligations=[{"obligation_id": "OB", "contract_id": "B", "booked_before_minor": 0}],
        entries=[opening(5)],
        evidence=[{"contract_id": "E", "kind": "start", "event_date": "2020-11-30"}],
    )
    assert found(engine) == []
    assert found(engine, window__from="2021-01-01") == [
        ("contracts", "contract_id", "opening_missing", 2, "A: begun 2020-12-31", "assumed")
    ]


def test_openings_that_booked_before_contradicts_are_rejected() -> None:
    before = [{"obligation_id": "O", "contract_id": "C", "booked_before_minor": 30000}]
    contract = [{"contract_id": "C"}]
    agrees = books(contracts=contract, obligations=before, entries=[opening(10000), opening(20000)])
    assert found(agrees) == []
    assert agrees.sql("SELECT count(*) FROM rejected") == [(0,)]
    other = books(
        contracts=contract, obligations=before, entries=[opening(10000), entry("C", "2021-01-01", 7)]
    )
    found(other)
    assert other.sql("SELECT source_row, column_name, value, reason, expected FROM rejected") == [
        (
            2,
            "amount",
            "100.00 CNY",
            "opening",
            "openings of O that add up to its booked_before, 300.00 CNY, not to 100.00 CNY",
        )
    ]
    assert other.sql("SELECT amount_minor FROM books_entries") == [(7,)]


def test_openings_are_compared_for_the_contract_as_a_whole_where_entries_name_no_obligation() -> None:
    def two(*told: int | None) -> list[Row]:
        return [
            {"obligation_id": f"O{i}", "contract_id": "C", "booked_before_minor": t}
            for i, t in enumerate(told)
        ]

    def rejected(told: list[Row], *openings: Row) -> int:
        engine = books(contracts=[{"contract_id": "C"}], obligations=told, entries=list(openings))
        found(engine)
        return int(engine.sql("SELECT count(*) FROM rejected")[0][0])

    assert rejected(two(100, 200), opening(300)) == 0
    assert rejected(two(100, 200), opening(200)) == 1
    assert rejected(two(100, None), opening(200)) == 0
    assert rejected(two(100, 200), opening(100, obligation_id="O0"), opening(250, obligation_id="O1")) == 1
    assert rejected(two(100, None), opening(101, obligation_id="O0"), opening(250, obligation_id="O1")) == 1


def test_nine_of_ten_entries_negative_name_the_sign_and_a_far_day_its_row() -> None:
    engine = books(entries=[entry("C", "2021-01-01", -1) for _ in range(9)] + [entry("C", "2150-01-01", 5)])
    said = {row[2]: row[1:5:2] + row[4:5] for row in found(engine)}
    assert said["mostly_negative"][:2] == ("amount", 9)
    assert "sign: debit_positive" in said["mostly_negative"][2]
    assert said["far_ahead"] == ("effective_date", 1, "2150-01-01: entries.csv row 11")
    engine = books(entries=[entry("C", "2021-01-01", -1), entry("C", "2026-01-01", 5)])
    assert found(engine) == []
