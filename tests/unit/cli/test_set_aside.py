"""The screen says why rows were set aside, the most frequent cause first, and claims only what was tested."""

from __future__ import annotations

from typing import Any

import pytest

from earned.report.numbers import wide
from earned.report.screen import screen
from earned.report.set_aside import causes, line
from tests.unit.cli.fake_run import FakeRun, figures, period

KINDS = "one of start, hours, delivery, acceptance, milestone; map other words under `values` in books.yaml"


def rejected(row: int, value: str | None, **changed: Any) -> dict[str, Any]:
    return {
        "source_file": "evidence.csv",
        "source_row": row,
        "table_name": "evidence",
        "column_name": "kind",
        "value": value,
        "reason": "value",
        "expected": KINDS,
    } | changed


@pytest.fixture
def found(run: FakeRun) -> list[dict[str, Any]]:
    run.rejected = [
        rejected(9, "C9", column_name="contract_id", reason="orphan", expected="a contract_id of the books"),
        rejected(3, "终验报告"),
        rejected(2, "Sign-off"),
    ]
    return run.books.engine.rows(causes(run.tables["rejected"].expression))


def test_causes_are_counted_with_their_first_row(found: list[dict[str, Any]]) -> None:
    assert [(c["rows"], c["values"], c["value"], c["source_row"]) for c in found] == [
        (2, 2, "Sign-off", 2),
        (1, 1, "C9", 9),
    ]


def test_a_cause_is_a_line(found: list[dict[str, Any]]) -> None:
    said = line(found[0], 79)
    assert said.startswith('B217 2 rows of evidence set aside: kind "Sign-off", … is n')
    assert said.endswith("…; evidence.csv row 2")
    said = line(found[0] | {"values": 1}, 100)
    assert said.startswith('B217 2 rows of evidence set aside: kind "Sign-off" is not one of start, hours')
    assert line(found[0] | {"value": ""}, 120).startswith(
        "B217 2 rows of evidence set aside: kind is empty; expected"
    )
    assert "stands there twice" in line(found[0] | {"reason": "repeat"}, 79)
    for name in ("evidence.csv", "资料/二〇二一年/验收单据.xlsx" * 5):
        assert wide(line(found[0] | {"source_file": name}, 79)) <= 79


@pytest.mark.parametrize("many", [1, 2, 5, 40])
@pytest.mark.parametrize("periods", [1, 40])
@pytest.mark.parametrize("findings", [0, 7])
def test_the_screen_with_causes_fits(
    many: int, periods: int, findings: int, found: list[dict[str, Any]]
) -> None:
    rows = [period(f"2021P{i:02}", 7 * 10**9 + i, 5, 2, 9) | {"unlinked_minor": 5} for i in range(periods)]
    given = figures(
        periods=rows, findings=findings, reconciliation={"internal_ok": True, "external_untied": 3}
    )
    row = {"finding_id": "F-0123456789", "unit_id": "C-1", "text": "long words " * 30}
    lines = screen(
        given, [row] * findings, ["gap (needs x)"] * 9, ["a", "b" * 79], "XXX", set_aside=found[:1] * many
    ).splitlines()
    assert len(lines) <= 24 and max(map(wide, lines)) <= 80
    assert "set company.currency" in lines[1]
    assert "rows of evidence set aside" in lines[2] or "causes of rows set aside" in lines[2]


def test_no_findings_is_said_only_of_what_was_tested() -> None:
    whole = {"in": 5, "used": 5, "rejected": 0}
    clean = figures(findings=0, rows=whole)
    assert "what is booked is what the evidence supports" in screen(clean, [], [], [], "CNY")
    for changed in (
        {"rows": {"in": 5, "used": 4, "rejected": 1}},
        {"periods": [p | {"unlinked_minor": 7} for p in clean["periods"]]},
    ):
        said = screen(clean | changed, [], [], [], "CNY")
        assert "what is booked is what" not in said
        assert "No findings in what was tested" in said
    assert "names no contract in the books" in said
