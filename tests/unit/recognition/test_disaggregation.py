"""Every way to divide revenue comes to the same total (ASC 606-10-50-5; IFRS 15 IE210-IE211, Example 41)."""

from __future__ import annotations

from collections import defaultdict
from random import Random
from types import SimpleNamespace
from typing import Any

import ibis

from earned.engine import Engine
from earned.recognition.disaggregation import DIMENSIONS, disaggregation
from tests.oracle.model import Fraction, rounded

PERIODS = range(-1, 4)


def made(rng: Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Units at odd rates, some of several obligations of mixed kinds, and their cumulative revenue."""
    units, terms, earned = [], [], []
    for n in range(40):
        unit = {"unit_id": f"U{n:02d}", "rate_in": rng.randrange(1, 900), "rate_of": rng.randrange(1, 900)}
        unit |= {c: rng.choice(("a", "b", None)) for c in ("entity_id", "customer_id", "department_id")}
        units.append(unit | {"currency": rng.choice(("USD", "EUR"))})
        for k in range(rng.randrange(1, 5)):
            measure = rng.choice(("point", "days", "cost"))
            pattern = "point_in_time" if measure == "point" else "over_time"
            name = f"U{n:02d}-{k}"
            terms.append(
                {"obligation_id": name, "unit_id": unit["unit_id"], "pattern": pattern, "measure": measure}
            )
            begin = rng.randrange(-1, 4)
            earned += [
                {"obligation_id": name, "period_index": i, "earned_minor": rng.randrange(-50, 10_000)}
                for i in range(begin, 4)
            ]
    return units, terms, earned


def test_each_dimension_foots_to_the_revenue_of_the_units() -> None:
    units, terms, earned = made(Random(41))
    rates = {u["unit_id"]: Fraction(u["rate_in"], u["rate_of"]) for u in units}
    cells = [{"unit_id": u["unit_id"], "period_index": i, "gap_minor": 0} for u in units for i in PERIODS]
    # a unit that is not tested has no gap, and no revenue here
    for cell in cells:
        if cell["unit_id"] == "U00":
            cell["gap_minor"] = None
    text = dict.fromkeys(("unit_id", "entity_id", "customer_id", "department_id", "currency"), "string")
    whole = dict.fromkeys(("period_index", "gap_minor", "earned_minor", "rate_in", "rate_of"), "int64")
    types = text | whole | dict.fromkeys(("obligation_id", "pattern", "measure", "period_id"), "string")
    engine = Engine(threads=1)

    def table(name: str, rows: list[dict[str, Any]]) -> Any:
        schema = {c: types[c] for c in rows[0]}
        return engine.small(name, ibis.memtable(rows, schema=schema).to_pyarrow())

    periods = [{"period_index": i, "period_id": f"P{i}"} for i in range(4)]
    books = SimpleNamespace(calendar=table("calendar", periods))
    rec = SimpleNamespace(
        units=table("units", units), terms=table("terms", terms), earned=table("earned", earned),
        cells=table("cells", cells),
    )  # fmt: skip
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for row in engine.rows(disaggregation(books, rec)):
        sums[row["dimension"], row["period_id"]] += row["earned_minor"]
    engine.close()
    unit = {t["obligation_id"]: t["unit_id"] for t in terms}
    for i in range(4):
        total = 0
        for name, rate in rates.items():
            now, was = (
                sum(
                    e["earned_minor"]
                    for e in earned
                    if unit[e["obligation_id"]] == name and e["period_index"] == at
                )
                for at in (i, i - 1)
            )
            total += rounded(now * rate) - rounded(was * rate) if name != "U00" else 0
        assert {sums[d, f"P{i}"] for d in DIMENSIONS} == {total}, i
