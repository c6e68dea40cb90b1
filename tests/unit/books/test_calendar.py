"""P1, P2, E2, R10: which periods are measured, when they close, and where each entry stands."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import ibis
import pytest

from earned.books import calendar
from earned.books.fiscal import FiscalCalendar
from earned.engine import Engine
from earned.faults import InputError
from tests.unit.books.small_books import books, manifest


def day(text: str) -> date:
    return date.fromisoformat(text)


def spans(found: tuple[Any, ...]) -> list[tuple[str, str, str]]:
    return [(s.name, str(s.first_date), str(s.last_date)) for s in found]


def entry(on: str | None, period: str | None = None, **more: Any) -> dict[str, Any]:
    return {"effective_date": on, "amount_minor": 100, "period_id": period, **more}


def ids(periods: tuple[calendar.Period, ...]) -> list[str]:
    return [p.period_id for p in periods]


def placed(engine: Engine) -> list[tuple[Any, ...]]:
    return engine.sql(
        "SELECT source_row, CAST(effective_date AS VARCHAR), period_id FROM books_entries ORDER BY 1"
    )


# --- names and dates (P2) -------------------------------------------------------------------------------


def test_quarters_of_a_fiscal_year_that_ends_in_march_carry_the_year_it_ends_in() -> None:
    found = FiscalCalendar("quarters", "03-31").between(day("2021-02-10"), day("2021-04-01"))
    assert spans(found) == [("2021Q4", "2021-01-01", "2021-03-31"), ("2022Q1", "2021-04-01", "2021-06-30")]


def test_months_count_from_the_start_of_the_fiscal_year() -> None:
    found = FiscalCalendar("months", "06-30").between(day("2020-06-30"), day("2020-07-01"))
    assert spans(found) == [("2020M12", "2020-06-01", "2020-06-30"), ("2021M01", "2020-07-01", "2020-07-31")]


@pytest.mark.parametrize("end", ["02-28", "02-29"])
def test_a_fiscal_year_that_ends_with_february_ends_on_its_last_day(end: str) -> None:
    found = FiscalCalendar("months", end).between(day("2020-02-29"), day("2020-03-01"))
    assert spans(found) == [("2020M12", "2020-02-01", "2020-02-29"), ("2021M01", "2020-03-01", "2020-03-31")]


def test_a_fiscal_year_that_ends_inside_a_month() -> None:
    found = FiscalCalendar("quarters", "06-15").between(day("2021-06-15"), day("2021-06-16"))
    assert spans(found) == [("2021Q4", "2021-03-16", "2021-06-15"), ("2022Q1", "2021-06-16", "2021-09-15")]


@pytest.mark.parametrize(
    ("kind", "ends"),
    [  # the year of Monday 2020-12-28: 13 weeks a quarter, quarters end 03-28, 06-27, 09-26, 12-26 + 1
        ("4-4-5", ["2021-01-24", "2021-02-21", "2021-03-28"]),
        ("4-5-4", ["2021-01-24", "2021-02-28", "2021-03-28"]),
        ("5-4-4", ["2021-01-31", "2021-02-28", "2021-03-28"]),
    ],
)
def test_weeks_of_the_first_quarter(kind: str, ends: list[str]) -> None:
    found = FiscalCalendar(kind, "12-31", day("2020-12-28")).between(day("2020-12-28"), day("2021-03-28"))
    assert [s.name for s in found] == ["2020P01", "2020P02", "2020P03"]
    assert [str(s.last_date) for s in found] == ends


def test_a_year_of_weeks_begins_on_the_weekday_nearest_its_anniversary_and_week_53_joins_p12() -> None:
    # first_day Sunday 2017-01-29. Sundays nearest 29 January: 2018-01-28, 2019-01-27, 2020-01-26,
    # 2021-01-31 (29 Jan 2021 is a Friday: two days ahead, not five back), 2022-01-30, 2023-01-29.
    retail = FiscalCalendar("4-5-4", "12-31", day("2017-01-29"))
    starts = [str(retail.year("P", year)[0].first_date) for year in range(2017, 2024)]
    assert starts == [
        "2017-01-29", "2018-01-28", "2019-01-27", "2020-01-26", "2021-01-31", "2022-01-30", "2023-01-29",
    ]  # fmt: skip
    last = retail.year("P", 2020)[-1]  # 2020-01-26 to 2021-01-30 are 371 days: 53 weeks
    assert spans((last,)) == [("2020P12", "2020-12-27", "2021-01-30")]  # 4 weeks and the 53rd: 35 days
    usual = retail.year("P", 2021)[-1]  # 364 days: the last four weeks
    assert spans((usual,)) == [("2021P12", "2022-01-02", "2022-01-29")]


def test_the_year_of_weeks_is_that_of_first_day_plus_whole_years() -> None:
    weeks = FiscalCalendar("4-4-5", "12-31", day("2020-12-28"))  # a Monday; year 2020 by name
    assert spans(weeks.between(day("2021-12-26"), day("2021-12-27"))) == [
        ("2020P12", "2021-11-22", "2021-12-26"),
        ("2021P01", "2021-12-27", "2022-01-23"),
    ]


@pytest.mark.parametrize("kind", ["quarters", "months", "4-4-5", "4-5-4", "5-4-4"])
def test_thirty_years_without_gap_or_overlap(kind: str) -> None:
    found = FiscalCalendar(kind, "02-28", day("2016-02-29")).between(day("2000-01-01"), day("2030-01-01"))
    assert all((b.first_date - a.last_date).days == 1 for a, b in pairwise(found))
    assert len({s.name for s in found}) == len(found)


def test_names() -> None:
    quarters = FiscalCalendar("quarters", "12-31")
    assert quarters.named("2021M6") == quarters.named("2021M06")
    assert [quarters.named(n) for n in ("2021M13", "2021Q0", "2021P06", "06", "9999Q1")] == [None] * 5


# --- which are measured (P1) ----------------------------------------------------------------------------


def test_from_the_first_day_in_the_books_to_the_last_entry() -> None:
    engine = books(
        entries=[entry("2021-04-02"), entry("2021-08-30"), entry("2015-01-01", is_opening=True)],
        evidence=[
            {"contract_id": "C", "kind": "delivery", "event_date": "2021-01-20"},
            {"contract_id": "C", "kind": "acceptance", "event_date": "2022-03-01"},
        ],
    )
    assert ids(calendar.measured(engine, manifest())) == ["2021Q1", "2021Q2", "2021Q3"]


@pytest.mark.parametrize(
    ("terms", "first"),
    [
        ({"pattern": "over_time", "measure": "days"}, "2020Q3"),
        ({"pattern": "over_time", "end_date": "2022-08-01"}, "2020Q3"),
        ({"pattern": "over_time"}, "2021Q2"),
        ({"pattern": "over_time", "measure": "hours"}, "2021Q2"),
        ({"pattern": "point_in_time"}, "2021Q2"),
    ],
)
def test_the_first_day_of_straight_line_service_counts(terms: dict[str, str], first: str) -> None:
    term = {"contract_id": "C", "start_date": "2020-08-01", **terms}
    alone = books(entries=[entry("2021-05-01")], contracts=[term])
    named = books(
        entries=[entry("2021-05-01")],
        contracts=[
            {"contract_id": "C", "start_date": "2010-01-01", "pattern": "over_time", "measure": "days"}
        ],
        obligations=[{"obligation_id": "O", **term}],
    )
    for engine in (alone, named):
        assert ids(calendar.measured(engine, manifest()))[0] == first


def test_hours_without_a_measure_are_no_straight_line() -> None:
    term = {"contract_id": "C", "pattern": "over_time", "start_date": "2020-08-01", "end_date": "2022-08-01"}
    work = {"contract_id": "C", "kind": "hours", "event_date": "2021-05-02"}
    engine = books(entries=[entry("2021-05-01")], contracts=[term], evidence=[work])
    assert ids(calendar.measured(engine, manifest())) == ["2021Q2"]


def test_the_window_bounds_the_periods_and_what_lies_outside_is_rejected() -> None:
    engine = books(
        entries=[entry("2020-12-31"), entry("2021-01-01"), entry("2021-06-01"), entry("2022-01-01")],
        evidence=[{"contract_id": "C", "kind": "delivery", "event_date": "2020-01-20"}],
    )
    given = manifest(window__from="2021-01-01", window__to="2021-12-31")
    assert ids(calendar.prepare(engine, given)) == ["2021Q1", "2021Q2", "2021Q3", "2021Q4"]
    assert placed(engine) == [(3, "2021-01-01", "2021Q1"), (4, "2021-06-01", "2021Q2")]
    assert engine.sql("SELECT source_row, column_name, value, reason, expected FROM rejected ORDER BY 1") == [
        (2, "effective_date", "2020-12-31", "period", "a day from 2021-01-01 to 2021-12-31"),
        (5, "effective_date", "2022-01-01", "period", "a day from 2021-01-01 to 2021-12-31"),
    ]


def test_books_without_a_day_have_no_period() -> None:
    engine = books(contracts=[{"contract_id": "C"}])
    assert calendar.prepare(engine, manifest()) == ()
    assert engine.sql("SELECT count(*) FROM calendar") == [(0,)]


def test_a_date_of_the_year_204_is_named_instead_of_seven_thousand_quarters() -> None:
    engine = books(entries=[entry("0204-06-30"), entry("2021-06-30")])
    with pytest.raises(InputError) as raised:
        calendar.measured(engine, manifest())
    first = raised.value.faults[0]
    assert (first.file, first.row, first.value) == ("entries.csv", 2, "0204-06-30")
    assert "at most 1,200" in first.expected


# --- where entries stand (P2, R10) ----------------------------------------------------------------------


def test_an_entrys_own_period_wins_over_its_date() -> None:
    engine = books(
        entries=[
            entry("2021-07-02", "2021Q2"),
            entry("2021-07-02", "2021M06"),
            entry("2021-07-02"),
            entry(None, "2021M8"),
            entry("2021-12-31", "2021M13"),
            entry("2021-07-02", "06"),
            entry("2020-12-31", is_opening=True),
        ]
    )
    given = manifest(calendar__adjustment_periods="{'2021M13': '2021M12'}")
    assert ids(calendar.prepare(engine, given)) == ["2021Q2", "2021Q3", "2021Q4"]
    assert placed(engine) == [
        (2, "2021-07-02", "2021Q2"),
        (3, "2021-07-02", "2021Q2"),
        (4, "2021-07-02", "2021Q3"),
        (5, "2021-08-31", "2021Q3"),
        (6, "2021-12-31", "2021Q4"),
        (8, "2020-12-31", None),
    ]
    assert engine.sql("SELECT source_row, table_name, column_name, value, reason FROM rejected") == [
        (7, "entries", "period_id", "06", "period")
    ]
    assert "2021Q2, 2021Q3, 2021Q4" in engine.sql("SELECT expected FROM rejected")[0][0]


def test_a_quarter_under_months_keeps_the_entry_inside_the_quarter() -> None:
    engine = books(entries=[entry("2021-05-03", "2021Q2"), entry("2021-07-02", "2021Q2")])
    calendar.prepare(engine, manifest(calendar__kind="months"))
    assert [row[2] for row in placed(engine)] == ["2021M05", "2021M06"]


def test_an_adjustment_period_goes_to_a_period() -> None:
    with pytest.raises(InputError, match="2021M14"):
        calendar.prepare(books(), manifest(calendar__adjustment_periods="{'2021M13': '2021M14'}"))


# --- the table `periods` --------------------------------------------------------------------------------


def period(name: str, first: str, last: str, **more: Any) -> dict[str, Any]:
    return {"period_id": name, "first_date": first, "last_date": last, **more}


def test_given_periods() -> None:
    engine = books(
        periods=[
            period("FY20H2", "2020-07-01", "2020-12-31"),
            period("FY21H1", "2021-01-01", "2021-06-30"),
            period("FY21H2", "2021-07-01", "2021-12-31"),
            period("FY21X", "2021-12-31", "2021-12-31"),
            period("FY22H1", "2022-01-01", "2022-06-30"),
        ],
        entries=[
            entry("2021-02-01"), entry("2021-12-31", "FY21X"), entry("2022-01-05", "FY21H2"),
            entry("2019-01-01"),
        ],
    )  # fmt: skip
    given = manifest(calendar__adjustment_periods="{'FY21X': 'FY21H2'}", window__from="2021-01-01")
    assert ids(calendar.prepare(engine, given)) == ["FY21H1", "FY21H2"]
    assert [row[2] for row in placed(engine)] == ["FY21H1", "FY21H2", "FY21H2"]
    assert engine.sql("SELECT count(*) FROM closes") == [(4,)]


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (period("B", "2021-03-31", "2021-06-30"), "overlaps A"),
        (period("B", "2021-04-02", "2021-06-30"), "leaves a gap after A"),
        (period("A", "2021-01-01", "2021-03-30", entity_id="E2"), "other days in another row"),
        (period("B", "2021-04-01", "2021-03-31"), "ends on or after its first day"),
    ],
)
def test_periods_that_do_not_fit_together(second: dict[str, Any], words: str) -> None:
    engine = books(periods=[period("A", "2021-01-01", "2021-03-31"), second])
    with pytest.raises(InputError, match=words) as raised:
        calendar.prepare(engine, manifest())
    assert raised.value.faults[0].file == "periods.csv"


# --- closes (E2) ----------------------------------------------------------------------------------------


def closes(engine: Engine) -> list[tuple[Any, ...]]:
    return engine.sql(
        "SELECT entity_id, CAST(first_date AS VARCHAR), CAST(closed_at AS VARCHAR) FROM closes ORDER BY 1, 2"
    )


def test_a_period_closes_at_the_end_of_the_fifteenth_day_after_it_in_the_companys_time() -> None:
    engine = books(entries=[entry("2021-05-01"), entry("2021-12-01")])
    late = '[{"value": 15}, {"from": "2021-12-31", "value": 30}]'
    calendar.prepare(engine, manifest(company__timezone="Asia/Shanghai", policy__close_days=late))
    assert closes(engine) == [  # Shanghai is eight hours ahead of UTC
        ("", "2021-04-01", "2021-07-15 15:59:59.999999+00"),
        ("", "2021-07-01", "2021-10-15 15:59:59.999999+00"),
        ("", "2021-10-01", "2022-01-30 15:59:59.999999+00"),
    ]


def test_a_given_close_wins_for_its_entity_and_periods_before_the_measured_ones_are_known() -> None:
    engine = books(
        entries=[entry("2021-05-01")],
        periods=[
            period("2021Q2", "2021-04-01", "2021-06-30", entity_id="E1", closed_at="2021-07-08 10:00:00+00"),
            period("2021Q2", "2021-04-01", "2021-06-30", closed_at="2021-07-09 10:00:00+00"),
            period("2021Q2", "2021-04-01", "2021-06-30", entity_id="E2"),
            period("2020Q4", "2020-10-01", "2020-12-31", entity_id="E1"),
            period("2020M12", "2020-12-01", "2020-12-31", closed_at="2021-01-01 10:00:00+00"),
        ],
    )
    calendar.prepare(engine, manifest(calendar__kind="quarters"))
    assert closes(engine) == [
        ("", "2020-10-01", "2021-01-15 23:59:59.999999+00"),
        ("", "2021-04-01", "2021-07-09 10:00:00+00"),
        ("E1", "2020-10-01", "2021-01-15 23:59:59.999999+00"),
        ("E1", "2021-04-01", "2021-07-08 10:00:00+00"),
        ("E2", "2021-04-01", "2021-07-09 10:00:00+00"),
    ]


def test_the_company_itself_stands_for_any_entity() -> None:
    shut = {"E0": "2021-07-05 10:00:00+00", "E1": "2021-07-08 10:00:00+00"}
    rows = [period("2021Q2", "2021-04-01", "2021-06-30", entity_id=e, closed_at=at) for e, at in shut.items()]
    engine = books(entries=[entry("2021-05-01")], periods=rows)
    calendar.prepare(engine, manifest(company__entity_id="E0"))
    assert closes(engine)[0] == ("", "2021-04-01", "2021-07-05 10:00:00+00")


def test_a_day_outside_every_period_closes_with_its_calendar_quarter_on_both_engines() -> None:
    engine = books()
    engine.sql("CREATE TABLE days AS SELECT unnest([DATE '2021-05-03', '2021-12-31', '2020-02-29']) AS d")
    days = engine.table("days")
    given = manifest(
        company__timezone="Asia/Shanghai", policy__close_days='[{"from": "2021-12-31", "value": 31}]'
    )
    found = days.select("d", closed=calendar.default_close(days.d, given))
    assert found.schema()["closed"].timezone == "UTC"
    assert engine.rows(found.mutate(closed=found.closed.cast("string")).order_by("d")) == [
        {"d": day("2020-02-29"), "closed": "2020-04-15 15:59:59.999999+00"},
        {"d": day("2021-05-03"), "closed": "2021-07-15 15:59:59.999999+00"},
        {"d": day("2021-12-31"), "closed": "2022-01-31 15:59:59.999999+00"},
    ]
    assert "Asia/Shanghai" in str(ibis.to_sql(found, dialect="pyspark"))


def test_a_close_beyond_the_calendar_is_answered_in_words() -> None:
    engine = books(periods=[period("ALL", "2021-01-01", "9999-12-31")], entries=[entry("2021-05-01")])
    with pytest.raises(InputError, match="9999-12-31"):
        calendar.prepare(engine, manifest())
