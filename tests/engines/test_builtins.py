"""The functions the engine declares beside Ibis: exact as Python's integers and fractions, or an error."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from earned import engine as engines
from earned.engine import Engine
from tests.engines.compiling import BUILTINS
from tests.oracle.model import end_of_day as last_instant
from tests.oracle.model import rounded

INT, QUANTITY, DAY, TEXT = pa.int64(), pa.decimal128(38, 9), pa.date32(), pa.string()
INSTANT = pa.timestamp("us", "UTC")
MOST = 2**63 - 1

few = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    opened = Engine(threads=1)
    yield opened
    opened.close()


def call(engine: Engine, function: Any, rows: list[tuple[Any, ...]], *types: pa.DataType) -> list[Any]:
    """One query: the function of every row."""
    columns = [pa.array(values, kind) for values, kind in zip(zip(*rows, strict=True), types, strict=True)]
    numbered = [pa.array(range(len(rows)), INT), *columns]
    table = engine.small("given", pa.table(numbered, names=["n", *"abc"[: len(types)]]))
    result = table.select("n", found=function(*(table[c] for c in "abc"[: len(types)])))
    return [row["found"] for row in engine.rows(result.order_by("n"))]


def fits(value: int) -> bool:
    return -MOST - 1 <= value <= MOST


def truncated(value: Fraction) -> int:
    return int(value)


def rest(a: int, b: int, c: int) -> int:
    return a * b - int(Fraction(a * b, c)) * c


#: both signs, halves, and the places where 64 bits or a float stop being enough
EDGES = [2**31, 2**53, 2 * 10**9, 4 * 10**18, MOST]
near = st.builds(
    lambda edge, off, sign: sign * (edge - abs(off)),
    st.sampled_from(EDGES),
    st.integers(0, 9),
    st.sampled_from([1, -1]),
)
whole = st.one_of(st.integers(-9, 9), st.integers(-(10**6), 10**6), near, st.integers(-MOST, MOST))
part = whole.filter(bool)
nano = st.one_of(
    st.builds(lambda n: Decimal(n).scaleb(-9), st.integers(-(10**15), 10**15)),
    st.builds(lambda n: Decimal(n).scaleb(-3), st.integers(-(10**9), 10**9)),
    st.builds(Decimal, st.integers(-(10**9), 10**9)),
)
large = st.builds(lambda n: Decimal(n).scaleb(-9), st.integers(10**24, 10**26))
shares = st.one_of(
    st.tuples(st.integers(-MOST, MOST), nano, nano.filter(bool)),
    st.tuples(st.integers(-(10**10), 10**10), large, large),
)

INTEGERS: dict[str, tuple[Any, Callable[[int, int, int], int]]] = {
    "muldiv": (engines.muldiv, lambda a, b, c: rounded(Fraction(a * b, c))),
    "quotient": (engines.quotient, lambda a, b, c: truncated(Fraction(a * b, c))),
    "remainder": (engines.remainder, rest),
}


@pytest.mark.parametrize("name", INTEGERS)
@few
@given(rows=st.lists(st.tuples(whole, whole, part), min_size=1, max_size=200))
@example(rows=[(1, 1, 2), (-1, 1, 2), (1, -1, -2), (5, 3, -10), (MOST, MOST, MOST), (2**53 + 1, 3, 3)])
@example(rows=[(2 * 10**9 + i, 2 * 10**9 - j, k) for i in range(3) for j in range(3) for k in (1, -7, 2**61)])
def test_integers_are_exact(name: str, rows: list[tuple[int, int, int]], engine: Engine) -> None:
    function, exact = INTEGERS[name]
    inside = [(row, exact(*row)) for row in rows if fits(exact(*row))]
    if inside:
        found = call(engine, function, [row for row, _ in inside], INT, INT, INT)
        assert found == [value for _, value in inside]


@few
@given(rows=st.lists(shares, min_size=1, max_size=200))
@example(
    rows=[(1, Decimal("0.5"), Decimal(1)), (-1, Decimal("0.5"), Decimal(1)), (MOST, Decimal(1), Decimal(1))]
)
@example(rows=[(2**53 + 1, Decimal("0.333333333"), Decimal("0.333333333")), (-3, Decimal(1), Decimal(-2))])
@example(rows=[(0, Decimal(9223372036854775), Decimal(10**15))])
def test_a_share_is_exact(rows: list[tuple[int, Decimal, Decimal]], engine: Engine) -> None:
    exact = [rounded(a * Fraction(p) / Fraction(w)) for a, p, w in rows]
    inside = [(row, value) for row, value in zip(rows, exact, strict=True) if fits(value)]
    if inside:
        found = call(engine, engines.share, [row for row, _ in inside], INT, QUANTITY, QUANTITY)
        assert found == [value for _, value in inside]


@few
@given(rows=st.lists(st.tuples(nano, nano, st.integers(0, 4)), min_size=1, max_size=200))
@example(rows=[(Decimal("0.5"), Decimal("0.01"), 2), (Decimal("-0.5"), Decimal("0.01"), 2)])
@example(rows=[(Decimal("33.3333"), Decimal("0.125"), 0), (Decimal(10**6), Decimal(10**6), 4)])
def test_a_quantity_times_its_price_is_exact(
    rows: list[tuple[Decimal, Decimal, int]], engine: Engine
) -> None:
    expected = [rounded(Fraction(q) * Fraction(u) * 10**e) for q, u, e in rows]
    assert call(engine, engines.priced, rows, QUANTITY, QUANTITY, INT) == expected


@few
@given(
    rows=st.lists(
        st.tuples(st.builds(lambda n: Decimal(n).scaleb(-9), st.integers(-(10**24), 10**24)), whole, part),
        min_size=1,
        max_size=200,
    )
)
@example(rows=[(Decimal("0.000000001"), 1, 2), (Decimal("-0.000000001"), 1, 2), (Decimal(1), MOST, MOST)])
@example(rows=[(Decimal(10**13), 10**16, 16288946267774420), (Decimal("2.5"), -3, -7)])
def test_an_amount_is_scaled_to_nine_decimals(rows: list[tuple[Decimal, int, int]], engine: Engine) -> None:
    exact = [rounded(Fraction(v) * a / b * 10**9) for v, a, b in rows]
    inside = [(row, nano) for row, nano in zip(rows, exact, strict=True) if abs(nano) < 10**29]
    if inside:
        found = call(engine, engines.scaled, [row for row, _ in inside], QUANTITY, INT, INT)
        assert found == [Decimal(nano).scaleb(-9) for _, nano in inside]


def growth_after(growth: int, periods: int, last: int) -> int:
    after = last
    for _ in range(periods):
        after = rounded(Fraction(after * growth, 10**16))
    return after


growths = st.integers(10**16, 10**16 + 10**14)


@few
@given(rows=st.lists(st.tuples(growths, st.integers(0, 600), growths), min_size=1, max_size=100))
@example(rows=[(106 * 10**14, 2, 10**16), (2 * 10**16, 9, 10**16), (10**16, 1200, 10**16)])
@example(rows=[(900 * 10**16 - 1, 1, 10**16), (30 * 10**16 - 1, 2, 10**16 - 1), (10**16, 3, 900 * 10**16)])
@example(rows=[(10**16 + 1, 1, 15 * 10**15), (10**16 + 1, 1, 5 * 10**15), (10**16 + 1, 1, 5 * 10**15 - 1)])
def test_growth_is_compounded(rows: list[tuple[int, int, int]], engine: Engine) -> None:
    found = call(engine, engines.compounded, rows, INT, INT, INT)
    assert found == [growth_after(*row) for row in rows]
    for (g, n, w), after in zip(rows, found, strict=True):
        assert abs(after - Fraction(g, 10**16) ** n * w) <= n * Fraction(after, 10**16) + 1


BEYOND: list[tuple[str, tuple[Any, ...]]] = [
    ("muldiv", (MOST, 2, 1)),
    ("muldiv", (-MOST, 3, 2)),
    ("muldiv", (MOST, MOST, 1)),
    ("quotient", (MOST, 2, 1)),
    ("share", (MOST, Decimal(2), Decimal(1))),
    ("share", (MOST, Decimal(10**28), Decimal(10**28))),
    ("scaled", (Decimal(10**20), MOST, 1)),
    ("scaled", (Decimal(10**28), 10, 1)),
    ("compounded", (2 * 10**16, 10, 10**16)),
    ("compounded", (2 * 10**16, 300, 10**16)),
    ("priced", (Decimal(10**10), Decimal(10**9), 4)),
    ("priced", (Decimal(10**28), Decimal(10**28), 0)),
]


@pytest.mark.parametrize(("name", "row"), BEYOND)
def test_what_does_not_fit_raises(name: str, row: tuple[Any, ...], engine: Engine) -> None:
    types = [QUANTITY if isinstance(v, Decimal) else INT for v in row]
    with pytest.raises(duckdb.Error):
        call(engine, getattr(engines, name), [row], *types)


@few
@given(row=st.tuples(st.integers(-MOST - 1, MOST), st.integers(-MOST - 1, MOST), part))
@example(row=(-MOST - 1, -MOST - 1, -MOST - 1))
def test_anything_is_exact_or_an_error(row: tuple[int, int, int], engine: Engine) -> None:
    for name, (function, exact) in INTEGERS.items():
        try:
            found = call(engine, function, [row], INT, INT, INT)
        except duckdb.Error:
            assert name == "muldiv" or not fits(exact(*row))
            continue
        assert found == [exact(*row)]


def test_empty_in_empty_out_and_nothing_is_divided_by_zero(engine: Engine) -> None:
    for function, _ in INTEGERS.values():
        rows = [(None, 1, 1), (1, None, 1), (1, 1, None), (1, 1, 0)]
        assert call(engine, function, rows, INT, INT, INT) == [None] * 4
    one = Decimal(1)
    sharing = [(None, one, one), (1, None, one), (1, one, None), (1, one, Decimal(0))]
    assert call(engine, engines.share, sharing, INT, QUANTITY, QUANTITY) == [None] * 4
    scaling = [(None, 1, 1), (one, None, 1), (one, 1, None), (one, 1, 0)]
    assert call(engine, engines.scaled, scaling, QUANTITY, INT, INT) == [None] * 4
    growing = [(None, 1, 1), (1, None, 1), (1, 1, None)]
    assert call(engine, engines.compounded, growing, INT, INT, INT) == [None] * 3
    assert call(engine, engines.priced, [(None, one, 2)], QUANTITY, QUANTITY, INT) == [None]


@few
@given(rows=st.lists(st.tuples(st.integers(-MOST, MOST), st.integers(0, 4)), min_size=1, max_size=200))
@example(rows=[(0, 2), (-5, 2), (99, 2), (100, 0), (-1200000_00, 2), (1, 3), (10**12, 4)])
def test_an_amount_in_words(rows: list[tuple[int, int]], engine: Engine) -> None:
    expected = [f"{Decimal(m).scaleb(-e):,.{e}f}" for m, e in rows]
    assert call(engine, engines.amount_text, rows, INT, INT) == expected


ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Europe/London"]
days = st.dates(date(2000, 1, 1), date(2035, 12, 31))
zones = st.sampled_from(ZONES)


@few
@given(rows=st.lists(st.tuples(days, zones), min_size=1, max_size=100))
@example(rows=[(date(2021, 3, 14), "America/New_York"), (date(2021, 11, 7), "America/New_York")])
def test_a_day_ends_at_its_last_microsecond(rows: list[tuple[date, str]], engine: Engine) -> None:
    expected = [last_instant(day, ZoneInfo(zone)) for day, zone in rows]
    assert call(engine, engines.end_of_day, rows, DAY, TEXT) == expected


@few
@given(rows=st.lists(st.tuples(days, st.times(), zones), min_size=1, max_size=100))
@example(
    rows=[
        (date(2021, 6, 30), time(16, 0), "Asia/Shanghai"),
        (date(2021, 6, 30), time(15, 59), "Asia/Shanghai"),
    ]
)
def test_an_instant_falls_on_a_local_day(rows: list[tuple[date, time, str]], engine: Engine) -> None:
    instants = [(datetime.combine(day, at, ZoneInfo("UTC")), zone) for day, at, zone in rows]
    expected = [at.astimezone(ZoneInfo(zone)).date() for at, zone in instants]
    assert call(engine, engines.local_date, instants, INSTANT, TEXT) == expected


def test_every_declared_function_is_defined(engine: Engine) -> None:
    declared = set(re.findall(r'_builtin\("(\w+)"', inspect.getsource(engines)))
    defined = {name for (name,) in engine.sql("SELECT function_name FROM duckdb_functions()")}
    assert declared == BUILTINS
    assert declared <= defined


def test_they_are_there_again_after_the_books_were_read() -> None:
    """`let_in` opens the database anew; macros are temporary."""
    engine = Engine(threads=1)
    try:
        engine.shut_out()
        engine.let_in()
        assert call(engine, engines.muldiv, [(7, 1, 2)], INT, INT, INT) == [4]
    finally:
        engine.close()
