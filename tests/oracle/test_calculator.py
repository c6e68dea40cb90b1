"""The oracle against figures worked out by hand, and against identities that hold on any books."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .allocation import allocate
from .books import books, random_books, write_books
from .calculator import examine
from .compare import compare
from .model import Row, Tables, rounded
from .periods import period_of
from .reading import read
from .rollforward import flows
from .straight_line import progress

USD: Row = {"company": {"currency": "USD", "timezone": "UTC", "fiscal_year_end": "12-31", "entity_id": "E1"}}


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2021, month, day, hour, tzinfo=UTC)


def paper(name: str, kind: str, event: date, recorded: datetime | None, **more: object) -> Row:
    return {
        "evidence_id": name,
        "contract_id": "K1",
        "kind": kind,
        "event_date": event,
        "recorded_at": recorded,
    } | more


def entry(name: str, day: date, amount: str) -> Row:
    return {"entry_id": name, "contract_id": "K1", "effective_date": day, "amount": Decimal(amount)}


def one(papers: list[Row], entries: list[Row], **contract: object) -> Tables:
    return {
        "contracts": [{"contract_id": "K1", "price": Decimal("1000.00")} | contract],
        "entries": entries,
        "evidence": papers,
    }


def column(tables: Tables, table: str, name: str) -> list[object]:
    return [row[name] for row in tables[table]]


def total(tables: Tables, name: str) -> list[object]:
    return [row[name] for row in tables["misstatements"] if row["dimension"] == "total"]


def test_booked_before_the_work() -> None:
    """Booked 29 June, accepted 14 September: not started at the end of June, performed a quarter later."""
    accepted = paper("V1", "acceptance", date(2021, 9, 14), at(9, 14), maker="customer")
    out = examine(
        one([accepted], [entry("N1", date(2021, 6, 29), "1000.00")]),
        USD | {"window": {"to": date(2021, 9, 30)}},
    )
    assert column(out, "positions", "gap_minor") == [100000, 0]
    assert column(out, "positions", "resolution") == ["performed", None]
    assert column(out, "gap_parts", "part") == ["not_started"]
    assert total(out, "net_minor") == [100000, -100000]
    assert total(out, "reversed_by_work_minor") == [0, 100000]
    assert column(out, "findings", "first_entry_id") == ["N1"]


def test_late_paper_speaks_from_its_recording() -> None:
    """E3: recorded in August for June, uncorroborated: earned in Q3, in Q2 only with every paper."""
    late = paper("V1", "acceptance", date(2021, 6, 20), at(8, 2), maker="customer")
    out = examine(
        one([late], [entry("N1", date(2021, 6, 29), "1000"), entry("N2", date(2021, 9, 1), "1")]), USD
    )
    assert column(out, "positions", "earned_minor") == [0, 100000]
    assert column(out, "positions", "earned_all_minor") == [100000, 100000]
    assert column(out, "positions", "earned_at_close_minor") == [0, 100000]
    assert out["evidence_used"][0]["reason"] == "late" and out["evidence_used"][0]["effective_date"] == date(
        2021, 8, 2
    )
    assert out["gap_parts"][0]["part"] == "evidence_refused"


def test_corroborated_late_paper_counts_from_its_event() -> None:
    """E4: another maker's record of the same stage, recorded by the close."""
    papers = [
        paper("V1", "acceptance", date(2021, 6, 20), at(7, 19), maker="customer"),
        paper("V2", "delivery", date(2021, 6, 18), at(6, 18), maker="system"),
    ]
    out = examine(one(papers, [entry("N1", date(2021, 6, 29), "1000")]), USD)
    assert column(out, "positions", "earned_minor") == [100000]
    assert column(out, "positions", "earned_at_close_minor") == [0]
    assert column(out, "evidence_used", "reason") == ["admitted", "kind"]


def test_rejection_takes_back_and_never_below_zero() -> None:
    """E8: accept 4, reject 6, accept 3 of 10 leave 3."""
    base: Row = {
        "obligation_id": "O1",
        "contract_id": "K1",
        "pattern": "point_in_time",
        "total_quantity": Decimal(10),
    }
    papers = [
        paper("V1", "acceptance", date(2021, 4, 1), at(4, 1), quantity=Decimal(4), basis="increment"),
        paper("V2", "rejection", date(2021, 4, 2), at(4, 2), quantity=Decimal(6), basis="increment"),
        paper("V3", "acceptance", date(2021, 4, 3), at(4, 3), quantity=Decimal(3), basis="increment"),
    ]
    tables = one(papers, [entry("N1", date(2021, 4, 29), "1000")]) | {"obligations": [base]}
    assert column(examine(tables, USD), "positions", "earned_minor") == [30000]


def test_better_grade_wins_between_rivals() -> None:
    """E9: the customer's date stands, the company's own earlier paper is contradicted."""
    papers = [
        paper("V1", "acceptance", date(2021, 6, 20), at(6, 20)),
        paper("V2", "acceptance", date(2021, 7, 20), at(7, 25), maker="customer"),
    ]
    out = examine(
        one(papers, [entry("N1", date(2021, 6, 29), "1000"), entry("N2", date(2021, 9, 1), "1")]), USD
    )
    assert column(out, "evidence_used", "reason") == ["contradicted", "admitted"]
    assert column(out, "positions", "earned_all_minor") == [0, 100000]


def test_tax_inside_is_taken_out_once() -> None:
    """P5: 1000.00 with 6 % inside is 943.40."""
    out = examine(
        one([], [entry("N1", date(2021, 6, 29), "1")], price_includes_tax=True, tax_rate=60000), USD
    )
    assert column(out, "allocations", "allocated_minor") == [94340]


@pytest.mark.parametrize(
    ("amount", "weights", "expected"),
    [
        (100, {"a": 1, "b": 1, "c": 1}, {"a": 34, "b": 33, "c": 33}),
        (-100, {"a": 1, "b": 1, "c": 1}, {"a": -34, "b": -33, "c": -33}),
        (10, {"a": 5, "b": -2}, {"a": 16, "b": -6}),
        (10, {"a": 4, "b": 3, "c": 2, "d": -2}, {"a": 5, "b": 4, "c": 3, "d": -2}),
        (10, {"a": 7, "b": 5, "c": -5}, {"a": 10, "b": 7, "c": -7}),
    ],
)
def test_allocation(amount: int, weights: dict[str, int], expected: dict[str, int]) -> None:
    """U2."""
    assert allocate(amount, weights) == expected


@pytest.mark.parametrize(
    ("convention", "start", "end", "day", "expected"),
    [
        ("daily_inclusive", date(2021, 1, 1), date(2021, 12, 31), date(2021, 3, 31), Fraction(90, 365)),
        ("daily_end_exclusive", date(2021, 1, 1), date(2021, 1, 11), date(2021, 1, 5), Fraction(5, 10)),
        ("equal_months", date(2021, 1, 31), date(2021, 4, 29), date(2021, 2, 28), Fraction(1, 3)),
        ("equal_months", date(2021, 1, 31), date(2021, 4, 29), date(2021, 3, 29), Fraction(1, 3)),
        ("equal_months", date(2021, 1, 31), date(2021, 4, 29), date(2021, 3, 30), Fraction(2, 3)),
        ("equal_months", date(2021, 1, 15), date(2021, 3, 20), date(2021, 3, 20), Fraction(1)),
        ("calendar_months", date(2021, 1, 15), date(2021, 3, 20), date(2021, 1, 31), Fraction(1, 3)),
        ("half_month", date(2021, 1, 15), date(2021, 3, 20), date(2021, 2, 28), Fraction(3, 4)),
        ("month_fractions", date(2021, 1, 17), date(2021, 2, 28), date(2021, 1, 31), Fraction(15, 46)),
        ("daily_ends", date(2021, 1, 17), date(2021, 2, 28), date(2021, 1, 31), Fraction(15, 43)),
        (
            "daily_ends",
            date(2021, 1, 17),
            date(2021, 2, 28),
            date(2021, 2, 14),
            Fraction(15, 43) + Fraction(14, 43),
        ),
    ],
)
def test_straight_line(convention: str, start: date, end: date, day: date, expected: Fraction) -> None:
    """S2."""
    assert progress(convention, start, end, day) == expected


@pytest.mark.parametrize(
    ("ends", "kind", "day", "name"),
    [
        ("12-31", "quarters", date(2021, 6, 30), "2021Q2"),
        ("03-31", "months", date(2021, 4, 1), "2022M01"),
        ("06-30", "quarters", date(2021, 6, 30), "2021Q4"),
        ("12-31", "4-4-5", date(2021, 1, 31), "2021P01"),
        ("12-31", "4-4-5", date(2021, 4, 4), "2021P03"),
        ("12-31", "4-4-5", date(2022, 1, 2), "2021P12"),
        ("12-31", "4-4-5", date(2027, 1, 3), "2026P12"),
    ],
)
def test_period_names(ends: str, kind: str, day: date, name: str) -> None:
    """P2; 2026 has a 53rd week when a year begins on the Monday nearest 4 January."""
    company = USD["company"] | {"fiscal_year_end": ends}
    book = read({}, {"company": company, "calendar": {"kind": kind, "first_day": date(2021, 1, 4)}})
    period = period_of(book, day)
    assert period is not None and period[0] == name


@pytest.mark.parametrize(
    ("value", "expected"), [(Fraction(5, 2), 3), (Fraction(-5, 2), -3), (Fraction(12, 5), 2)]
)
def test_rounding(value: Fraction, expected: int) -> None:
    """P3."""
    assert rounded(value) == expected


@given(st.tuples(*[st.integers(-1000, 1000)] * 4))
def test_roll_forward_identity(four: tuple[int, int, int, int]) -> None:
    """All six parts are at least 0 and add up to the change of the gap."""
    row = flows(*four)
    names = ("arising", "reversed_by_work", "reversed_by_entry", "under_arising", "under_reversed")
    arising, work, by_entry, under, back = (row[f"{n}_minor"] for n in names)
    assert min(arising, work, by_entry, under, back) >= 0
    assert row["net_minor"] == arising - work - by_entry - under + back


def check_identities(tables: Tables, given_settings: Row) -> None:
    """What holds on any books: parts add up to gaps, dimensions to the total, papers are listed once."""
    out = examine(tables, given_settings)
    gaps = {(r["unit_id"], r["period_id"]): r["gap_minor"] for r in out["positions"] if r["gap_minor"]}
    parts: dict[tuple[str, str], int] = {}
    for r in out["gap_parts"]:
        parts[r["unit_id"], r["period_id"]] = parts.get((r["unit_id"], r["period_id"]), 0) + r["amount_minor"]
    assert parts == gaps
    for dimension in ("entity", "department", "owner", "customer", "contract", "part"):
        for r in out["misstatements"]:
            if r["dimension"] == "total":
                rows = [x for x in out["misstatements"] if x["dimension"] == dimension]
                for name in ("gap_minor", "net_minor"):
                    assert sum(x[name] for x in rows if x["period_id"] == r["period_id"]) == r[name]
    policy = {
        r["period_id"]: r["gap_minor"] for r in out["evidence_range"] if r["scenario"] == "without_flagged"
    }
    assert policy == {
        r["period_id"]: r["gap_minor"] for r in out["misstatements"] if r["dimension"] == "total"
    }
    assert compare(out, out) == []


@pytest.mark.parametrize("seed", range(20))
def test_identities(seed: int) -> None:
    check_identities(*random_books(Random(seed)))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(books())
def test_identities_shrink(case: tuple[Tables, Row]) -> None:
    check_identities(*case)


def test_compare_names_the_cell() -> None:
    expected = {"positions": [{"unit_id": "K1", "period_id": "2021Q2", "gap_minor": 5}]}
    found = {"positions": [{"unit_id": "K1", "period_id": "2021Q2", "gap_minor": 6}]}
    assert compare(expected, found) == ["positions/K1/2021Q2/gap_minor: oracle 5, run 6"]


def test_books_are_written(tmp_path: Path) -> None:
    tables, given_settings = random_books(Random(3))
    write_books(tables, given_settings, tmp_path)
    assert {p.stem for p in tmp_path.iterdir()} == {*tables, "books"}
