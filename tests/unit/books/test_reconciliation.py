"""The books against ledger, trial balance and announcements, with sums done by hand."""

from __future__ import annotations

from typing import Any

from earned.books import calendar, reconciliation
from earned.engine import Engine
from tests.unit.books.small_books import books, manifest

Row = dict[str, Any]


def entry(on: str, amount: int, **more: Any) -> Row:
    return {"effective_date": on, "amount_minor": amount, "account": "6001", **more}


def line(journal: str, account: str, on: str, amount: int, **more: Any) -> Row:
    return {"journal_id": journal, "account": account, "effective_date": on, "amount_minor": amount, **more}


def run(engine: Engine, **settings: str) -> dict[tuple[str, str], tuple[int, int, int, bool]]:
    given = manifest(company__currency="CNY", **settings)
    reconciliation.external(engine, given, calendar.prepare(engine, given))
    rows = engine.sql("SELECT * FROM reconciliation_external")
    assert {row[2] for row in rows} <= {"external"}
    types = engine.sql("SELECT DISTINCT data_type FROM duckdb_columns() WHERE table_name = "
                       "'reconciliation_external' AND column_name LIKE '%_minor'")  # fmt: skip
    assert types == [("BIGINT",)]
    return {(row[0], row[1]): row[3:] for row in rows}


CHART = [{"account": "6001", "role": "revenue"}, {"account": "6051", "role": "other_income"}]


def test_nothing_to_compare_gives_no_row() -> None:
    assert run(books(entries=[entry("2021-05-01", 100)])) == {}
    assert run(books()) == {}


def test_entries_against_ledger() -> None:
    engine = books(
        accounts=[*CHART, {"account": "1122", "role": "receivable"}],
        entries=[
            entry("2021-05-01", 100_00),
            entry("2021-06-30", -20_00),
            entry("2021-08-01", 50_00),
            entry("2021-05-01", 7_00, account="6051"),
            entry("2021-05-01", 9_00, kind="elimination"),
            entry("2020-12-31", 1000_00, is_opening=True),
        ],
        ledger=[
            line("J1", "6001", "2021-05-01", -100_00),
            line("J1", "1122", "2021-05-01", 100_00),
            line("J2", "6001", "2021-06-30", 20_00),
            line("J2", "1122", "2021-06-30", -20_00),
            line("J3", "6001", "2021-08-01", -60_00),
            line("J3", "1122", "2021-08-01", 60_00),
            line("J4", "6051", "2021-08-01", -7_00),
            line("J4", "1122", "2021-08-01", 7_00),
        ],
    )
    assert run(engine) == {
        ("entries against ledger", "2021Q2"): (80_00, 80_00, 0, True),
        ("entries against ledger", "2021Q3"): (50_00, 60_00, -10_00, False),
        ("unbalanced journals in ledger", "2021Q2"): (0, 0, 0, True),
        ("unbalanced journals in ledger", "2021Q3"): (0, 0, 0, True),
    }


def test_without_a_chart_revenue_is_what_the_entries_stand_on_and_a_line_s_own_period_wins() -> None:
    engine = books(
        entries=[entry("2021-07-02", 100, period_id="2021M06"), entry("2021-07-02", 5)],
        ledger=[
            line("J1", "6001", "2021-07-02", -100, period_id="2021M06"),
            line("J1", "1122", "2021-07-02", 100, period_id="2021M06"),
            line("J2", "6001", "2021-07-02", -5),
            line("J2", "1122", "2021-07-02", 5),
        ],
    )
    found = run(engine)
    assert found["entries against ledger", "2021Q2"] == (100, 100, 0, True)
    assert found["entries against ledger", "2021Q3"] == (5, 5, 0, True)


def test_unbalanced_journals_add_up_without_signs() -> None:
    engine = books(
        entries=[entry("2021-05-01", 100), entry("2021-07-01", 100)],
        rates=[{"from_currency": "JPY", "to_currency": "CNY", "rate_date": "2021-01-01", "kind": "spot",
                "rate": "0.055"}],
        ledger=[
            line("J1", "1122", "2021-05-01", 300),
            line("J1", "6001", "2021-06-30", -100),
            line("J2", "6001", "2021-06-30", -40),
            line("J3", "6001", "2021-07-01", -40),
            line("J3", "1122", "2021-07-01", 40),
            line("J4", "1122", "2021-07-01", 50, currency="JPY"),  # 50 yen at 0.055 = 2.75
            line("J5", "1122", "2021-09-01", 50, currency="USD"),  # no rate: left out, and still no tie
        ],
    )  # fmt: skip
    found = run(engine)
    assert found["unbalanced journals in ledger", "2021Q2"] == (240, 0, 240, False)
    assert found["unbalanced journals in ledger", "2021Q3"] == (275, 0, 275, False)


def test_entries_against_trial_balance() -> None:
    def balance(period: str, opening: int, closing: int, account: str = "6001", entity: str = "E1") -> Row:
        return {
            "account": account,
            "entity_id": entity,
            "period_id": period,
            "opening_minor": opening,
            "closing_minor": closing,
        }

    engine = books(
        accounts=CHART,
        entries=[
            entry("2021-04-10", 100),
            entry("2021-06-30", 30),
            entry("2021-08-10", 70),
            entry("2021-12-31", 9),
        ],
        trial_balance=[  # credits are negative: 100 in April, 20 and 10 by two entities in June
            balance("2021M04", -500, -600),
            balance("2021M05", -600, -600),
            balance("2021M06", -600, -620),
            balance("2021M06", 0, -10, entity="E2"),
            balance("2021Q3", -620, -680),
            balance("2021Q3", 0, -99, account="6051"),
            balance("2021M12", -680, -680),
            balance("2021M13", -680, -689),
            balance("2020Q4", 0, -1),
        ],
    )
    found = run(engine, calendar__adjustment_periods="{'2021M13': '2021M12'}")
    assert found == {
        ("entries against trial balance", "2021Q2"): (130, 130, 0, True),
        ("entries against trial balance", "2021Q3"): (70, 60, 10, False),
        ("entries against trial balance", "2021Q4"): (9, 9, 0, True),
    }


def figure(period: str, amount: int, published: str = "2021-08-20", **more: Any) -> Row:
    return {
        "announced_id": f"{period}-{published}",
        "period_id": period,
        "figure": "revenue",
        "amount_minor": amount,
        "published_date": published,
        **more,
    }


def test_the_first_published_figure_agrees_within_half_its_rounding() -> None:
    engine = books(
        entries=[entry(f"2021-{month}-15", 273_850_000_00) for month in ("02", "05", "08", "11")],
        announced=[
            figure("2021Q1", 273_900_000_00, rounded_to_minor=100_000_00),  # 50,000.00 off: just within
            figure("2021Q2", 273_900_000_01, rounded_to_minor=100_000_00),  # one fen more
            figure("2021Q2", 273_850_000_00, "2022-03-01", status="restated"),
            figure("2021Q3", 273_850_000_00),
            figure("2021Q3", 1, scope="E1", published="2021-01-01"),
            figure("2021Q3", 1, figure="net_income", published="2021-01-01"),
            figure("2021M11", 273_850_000_00),
        ],
    )
    assert run(engine) == {
        ("entries against announced", "2021Q1"): (273_850_000_00, 273_900_000_00, -50_000_00, True),
        ("entries against announced", "2021Q2"): (273_850_000_00, 273_900_000_01, -50_000_01, False),
        ("entries against announced", "2021Q3"): (273_850_000_00, 273_850_000_00, 0, True),
    }


def test_a_figure_in_another_currency_is_read_by_its_own_translation() -> None:
    dollars = {"currency": "USD", "translated_currency": "CNY", "rounded_to_minor": 10_00}
    engine = books(
        entries=[entry("2021-05-01", 650_00), entry("2021-08-01", 650_00)],
        announced=[
            figure(
                "2021Q2", 100_00, translated_amount_minor=640_00, **dollars
            ),  # 10.00 dollars are 64.00 yuan
            figure("2021Q3", 100_00, currency="USD"),
        ],
    )
    assert run(engine) == {("entries against announced", "2021Q2"): (650_00, 640_00, 10_00, True)}


def test_entries_in_company_currency() -> None:
    def rate(on: str, value: str, currency: str = "USD", kind: str = "spot") -> Row:
        return {"from_currency": currency, "to_currency": "CNY", "rate_date": on, "kind": kind, "rate": value}

    engine = books(
        entities=[{"entity_id": "US", "currency": "USD"}],
        rates=[
            rate("2021-04-30", "6.465"),
            rate("2021-05-02", "9"),
            rate("2021-05-01", "8", kind="average"),
            rate("2021-01-01", "0.0551", "JPY"),
        ],
        entries=[
            entry("2021-04-01", 1),  # our own: 1
            entry("2021-05-01", 101, currency="USD"),  # 1.01 x 6.465 = 6.52965 -> 6.53
            entry("2021-05-01", -101, currency="USD"),  # halves and signs alike: -6.53
            entry("2021-05-01", 1000, currency="JPY"),  # 1,000 yen x 0.0551 = 55.10
            entry("2021-05-01", 100, currency="USD", functional_amount_minor=700),  # 7.00 as booked
            entry("2021-05-01", 100, currency="USD", functional_amount_minor=100, entity_id="US"),  # 6.47
            entry("2021-05-01", 100, currency="USD", entity_id="US", reporting_amount_minor=640),  # 6.40
            entry("2021-04-29", 100, currency="USD"),  # before the first rate: left out
        ],
        announced=[figure("2021Q2", 0)],
    )
    found = run(engine)
    # 0.01 + 6.53 - 6.53 + 55.10 + 7.00 + 6.47 (6.465, half away) + 6.40
    assert found["entries against announced", "2021Q2"][0] == 1 + 653 - 653 + 5510 + 700 + 647 + 640
