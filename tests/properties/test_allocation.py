"""Largest remainder over many groups in one expression, against the fractions of the oracle (U2)."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from earned.engine import Engine
from earned.recognition.allocation import largest_remainder
from tests.oracle.allocation import allocate

Group = tuple[int, dict[str, int]]

#: small weights tie; large ones need more than 64 bits on the way
weight = st.one_of(st.integers(0, 4), st.integers(-3, 9), st.integers(1, 10**6), st.integers(-(2**40), 2**60))
keys = st.one_of(
    st.sampled_from(["a", "b", "B", "a1", "a10", "a2", "é", "验", "😀", "ﬀ"]), st.text("ab-", min_size=1)
)
amount = st.one_of(st.integers(-7, 7), st.integers(-(10**9), 10**9), st.integers(-(2**62), 2**62))
group = st.tuples(amount, st.dictionaries(keys, weight, min_size=1, max_size=6))


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    opened = Engine(threads=1)
    yield opened
    opened.close()


def shares(engine: Engine, groups: list[Group]) -> list[dict[str, int | None]]:
    """All groups in one query."""
    found: list[dict[str, int | None]] = [{} for _ in groups]
    rows = [(str(g), k, total, w) for g, (total, weights) in enumerate(groups) for k, w in weights.items()]
    types = {"contract": pa.string(), "unit": pa.string(), "price": pa.int64(), "weight": pa.int64()}
    columns = [
        pa.array(cells, kind) for cells, kind in zip(zip(*rows, strict=True), types.values(), strict=True)
    ]
    table = engine.small("given", pa.table(columns, names=list(types)))
    for row in engine.rows(largest_remainder(table, "contract", "unit", "price", "weight")):
        found[int(row["contract"])][row["unit"]] = row["share_minor"]
    return found


def usable(group: Group) -> bool:
    """Weights that do not cancel out, and shares of single units that stay within int64 on the way."""
    total, weights = group
    whole = sum(weights.values())
    return (
        whole != 0
        and abs(whole) < 2**63
        and all(abs(total * w) < abs(whole) * 2**62 for w in weights.values())
    )


@settings(
    max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=[*HealthCheck]
)
@given(groups=st.lists(group.filter(usable), min_size=1, max_size=80))
@example(groups=[(100, {"a": 1, "b": 1, "c": 1}), (-100, {"a": 1, "b": 1, "c": 1})])
@example(groups=[(100, {"a": 5, "b": -2}), (-7, {"a": 5, "b": -2, "c": 1}), (10, {"a": -5, "b": 2})])
@example(groups=[(1, {"b": 1, "B": 1, "é": 1}), (2, {"😀": 1, "ﬀ": 1, "验": 1}), (0, {"a": 3, "b": 0})])
def test_shares_are_exact(groups: list[Group], engine: Engine) -> None:
    found = shares(engine, groups)
    for (total, weights), mine in zip(groups, found, strict=True):
        assert sum(v or 0 for v in mine.values()) == total, (total, weights)
        assert mine == allocate(total, weights), (total, weights)


def test_weights_that_cancel_out_give_no_share(engine: Engine) -> None:
    assert shares(engine, [(10, {"a": 0, "b": 0}), (10, {"a": 2, "b": -2}), (3, {"a": 1})]) == [
        {"a": None, "b": None},
        {"a": None, "b": None},
        {"a": 3},
    ]
