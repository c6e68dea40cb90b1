"""Take away the acceptances, and exactly their units are findings, of exactly the amount booked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.model import STAGES, Row
from tests.properties.made_up import monthly
from tests.properties.ran import Ran, examine

TOLERANCE = 100


@pytest.fixture(scope="module")
def units(by_month: Ran) -> dict[str, Row]:
    """Tested point-in-time units of one obligation that names a binding stage and no deemed acceptance."""
    named = {
        o["obligation_id"]: o
        for o in by_month.used("obligations")
        if o["pattern"] == "point_in_time" and o["binding_stage"] and not o["deemed_after_days"]
    }
    tested = {p["unit_id"] for p in by_month.tables["positions"] if p["gap_minor"] is not None}
    own = {u["unit_id"] for u in by_month.tables["units"] if u["unit_level"] == "obligation"}
    return {name: o for name, o in named.items() if name in tested & own}


@pytest.fixture(scope="module")
def without(by_month: Ran, units: dict[str, Row], tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The run over the same books without those acceptances."""
    made = monthly(7, 80)
    alone = {units[u]["contract_id"]: u for u in units}
    kept = []
    for paper in made.tables["evidence"]:
        unit = paper["obligation_id"] or alone.get(paper["contract_id"])
        if unit not in units or not binding(paper, units[unit]["binding_stage"]):
            kept.append(paper)
    assert len(kept) <= len(made.tables["evidence"]) - 20
    folder: Path = tmp_path_factory.mktemp("without")
    books = made.having(evidence=kept).write(folder / "books")
    return Ran(books, examine(books, folder / "run"), by_month.currency, by_month.period_of)


def binding(paper: Row, stage: str) -> bool:
    """An acceptance of that stage or a later one; a delivery on arrival where arrival binds."""
    if not paper["stage"] or STAGES[paper["stage"]] < STAGES[stage]:
        return False
    return bool(paper["kind"] == "acceptance" or (paper["kind"] == "delivery" and stage == "arrival"))


def test_exactly_these_units_are_findings_of_exactly_the_booked_amount(
    without: Ran, units: dict[str, Row]
) -> None:
    booked: dict[str, list[int]] = {unit: [] for unit in units}
    for row in sorted(without.tables["positions"], key=lambda r: r["period_id"]):
        if row["unit_id"] in units:
            assert (row["earned_minor"], row["gap_minor"]) == (0, row["booked_minor"]), row
            booked[row["unit_id"]].append(row["booked_minor"])
    above = {unit for unit, amounts in booked.items() if max(map(abs, amounts)) > TOLERANCE}
    found = without.of("findings", "unit_id")
    assert {unit for unit in found if unit in units} == above
    assert len(above) > 20
    assert units.keys() - above >= {"A01-1", "A02-1"}
    for unit in above:
        peak = max(booked[unit], key=abs)
        assert found[unit]["peak_gap_minor"] == without.worth(unit, peak), unit
        assert found[unit]["open_gap_minor"] == without.worth(unit, booked[unit][-1]), unit


def test_nothing_else_changes(by_month: Ran, without: Ran, units: dict[str, Row]) -> None:
    """Every other unit keeps its findings and positions to the cent; the contracts in order had none."""
    before, after = (ran.of("findings", "unit_id") for ran in (by_month, without))
    assert {u: f for u, f in before.items() if u not in units} == {
        u: f for u, f in after.items() if u not in units
    }
    assert not any(unit.startswith("A") for unit in before)
    assert len(after) >= len(before) + 18
    old, new = (ran.of("positions", "unit_id", "period_id") for ran in (by_month, without))
    assert {k: p for k, p in old.items() if k[0] not in units} == {
        k: p for k, p in new.items() if k[0] not in units
    }
    assert {k: p["booked_minor"] for k, p in old.items() if p["booked_minor"]} == {
        k: p["booked_minor"] for k, p in new.items() if p["booked_minor"]
    }
