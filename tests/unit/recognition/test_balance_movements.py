"""Opening, what moved it, closing: what holds for every history of a contract."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pyarrow as pa
import pytest

from earned.engine import Engine
from earned.recognition.balance_movements import BALANCES, MOVEMENTS, balance_movements
from earned.recognition.balances import position

Row = dict[str, Any]
SIDES = (
    "revenue", "interest", "incentive", "conceded", "refundable", "invoiced", "received", "written_off",
    "billed", "settled", "unearned",
)  # fmt: skip
PERIODS = range(-1, 6)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine(threads=1)
    yield made
    made.close()


def history(rng: Random, contract: str) -> list[Row]:
    """What stood to date at the eve of the first period and at six period ends; it may bind on the way."""
    binds = rng.choice((-1, -1, 0, 2, 9))
    sides = dict.fromkeys(SIDES, 0)
    rows = []
    for index in PERIODS:
        for side in rng.sample(SIDES, 4):
            sides[side] += rng.choice((0, 5, 300, 10_000)) * rng.choice((1, 1, 1, -1))
        for side in ("conceded", "refundable", "incentive", "unearned", "received", "written_off"):
            sides[side] = max(sides[side], 0)
        bound = index >= binds
        earned = sides if bound else sides | {"revenue": 0, "interest": 0, "incentive": 0}
        rows.append({"contract_id": contract, "period_index": index, "is_bound": bound} | earned)
    return rows


def points(engine: Engine, rows: list[Row]) -> Any:
    of = ("contract_id", "period_index", "is_bound")
    given = [{k: row[k] for k in of} | {f"{s}_minor": row[s] for s in SIDES} for row in rows]
    types = [("contract_id", pa.string()), ("period_index", pa.int64()), ("is_bound", pa.bool_())]
    schema = pa.schema(types + [(f"{s}_minor", pa.int64()) for s in SIDES])
    return position(engine.small("points", pa.Table.from_pylist(given, schema)))


def test_openings_and_movements_make_closings(engine: Engine) -> None:
    rng = Random(506)
    made = points(engine, [row for n in range(300) for row in history(rng, f"K{n:03}")])
    stood = {(r["contract_id"], r["period_index"]): r for r in engine.rows(made)}
    moved = {
        (r["contract_id"], r["period_index"], r["balance"]): r for r in engine.rows(balance_movements(made))
    }
    for (contract, index), row in stood.items():
        if index < 0:
            continue
        before = stood[contract, index - 1]
        for balance in BALANCES:
            opening, closing = before[f"{balance}_minor"], row[f"{balance}_minor"]
            found = moved.pop((contract, index, balance), None)
            if found is None:
                assert opening == closing == 0, (contract, index, balance)
                continue
            assert (found["opening_minor"], found["closing_minor"]) == (opening, closing), found
            assert opening + sum(found[m] for m in MOVEMENTS) == closing, found
            of = {c: row[c] - before[c] for c in ("invoiced_minor", "received_minor", "written_off_minor")}
            if balance == "receivable" and row["is_bound"]:
                assert {m: abs(found[m]) for m in of} == {m: abs(of[m]) for m in of}, found
            if balance == "contract_liability":
                names = ("revenue_minor", "interest_minor", "incentive_minor")
                earned = sum(row[name] - before[name] for name in names)
                assert found["revenue_minor"] == -min(opening, max(earned, 0)), found
            if balance == "contract_asset":
                assert -opening <= found["invoiced_minor"] <= 0, found
    assert not moved


def test_what_cannot_be_measured_moves_its_receivable_only(engine: Engine) -> None:
    rows = [
        {"contract_id": "K", "period_index": i, "is_bound": True}
        | dict.fromkeys(SIDES, 0)
        | {"revenue": None}
        for i in (-1, 0)
    ]
    rows[1] |= {"invoiced": 50, "received": 20}
    found = engine.rows(balance_movements(points(engine, rows)))
    assert [(r["balance"], r["closing_minor"], r["other_minor"]) for r in found] == [("receivable", 30, 0)]
