"""What the main job says of the books: every figure of cloopen.md 9.5, with and without the decisions."""

from __future__ import annotations

import pytest

from earned.simulation import figures, journals
from tests.simulation.made import Made

#: quarter -> arising, reversed, net, gap (thousands)
ROLL = {
    "2021Q1": (0, 0, 0, 0),
    "2021Q2": (11600, 0, 11600, 11600),
    "2021Q3": (24150, 6350, 17800, 29400),
    "2021Q4": (25400, 14170, 11230, 40630),
}
DEPARTMENTS = {
    "2021Q2": {"SKA-1": 5700, "SKA-2": 4200, "FIN": 520, "INT": 760, "SME": 420},
    "2021Q3": {"SKA-1": 9120, "SKA-2": 6800, "FIN": 120, "INT": 1460, "SME": 300},
    "2021Q4": {"SKA-1": 6270, "SKA-2": 4700, "FIN": -140, "INT": 400},
}
LINES = {
    "2021Q2": {"ucc_project": 6300, "cc_project": 3600, "cc_sub": 520, "text": 1180},
    "2021Q3": {"ucc_project": 8920, "cc_project": 7000, "cc_sub": 120, "text": 1760},
    "2021Q4": {"ucc_project": 6170, "cc_project": 4800, "cc_sub": -140, "text": 400},
}
CLASSES = {
    "2021Q2": {"A": 3180, "B": 2840, "C": 2450, "D": 1430},
    "2021Q3": {"A": 7420, "B": 6820, "C": 5260, "D": 2250},
    "2021Q4": {"A": 8300, "B": 6500, "C": 6200, "D": 3500},
}
REVERSED = {
    "2021Q3": {"A": 1240, "B": 2260, "C": 900, "D": 1430, "cut_off": 520},
    "2021Q4": {"A": 4240, "B": 5340, "C": 1700, "D": 2250, "cut_off": 640},
}
PARTS = {
    "A": "not_started", "B": "unfinished", "C": "evidence_refused", "D": "evidence_refused",
    "cut_off": "not_started", "loaded_twice": "above_usage", "agent_gross": "above_usage",
    "rebate": "above_usage",
}  # fmt: skip
BY_CLASS = """
    WITH moved AS (
        SELECT unit_id, period_id,
            lag(gap_minor) OVER (PARTITION BY unit_id ORDER BY period_id) - gap_minor AS fell
        FROM {positions})
    SELECT m.period_id, class, CAST(sum(fell) AS BIGINT) FROM moved m JOIN {truth} t USING (unit_id)
    WHERE m.period_id > t.period_id GROUP BY ALL HAVING sum(fell) <> 0"""
TOTAL = """
    SELECT period_id, arising_minor, reversed_by_work_minor + reversed_by_entry_minor, net_minor, gap_minor,
        under_arising_minor
    FROM {misstatements} WHERE dimension = 'total' ORDER BY 1"""
BY_LINE = """
    WITH line AS (SELECT unit_id, any_value(account) AS account FROM entry_of GROUP BY 1),
    moved AS (
        SELECT unit_id, period_id,
            gap_minor - coalesce(lag(gap_minor) OVER (PARTITION BY unit_id ORDER BY period_id), 0) AS net
        FROM {positions})
    SELECT period_id, account, CAST(sum(net) AS BIGINT) FROM moved JOIN line USING (unit_id)
    GROUP BY ALL HAVING sum(net) <> 0"""
OF_BALANCES = "total NOT IN ('contract_asset', 'contract_liability')"
UNPLANTED = "unit_id NOT IN (SELECT unit_id FROM {truth})"


def _nets(made: Made, expected: dict[str, dict[str, int]]) -> set[tuple[str, str, int]]:
    return {(q, k, made.k(v)) for q, row in expected.items() for k, v in row.items()}


def test_everything_is_read(made: Made) -> None:
    assert made.of_run("SELECT * FROM {rejected}") == []
    assert made.of_run(f"SELECT total FROM {{reconciliation}} WHERE NOT ties AND {OF_BALANCES}") == []
    assert len(made.of_run("SELECT DISTINCT total FROM {reconciliation} WHERE kind = 'external'")) >= 3


def test_the_company_s_contract_balances_are_off_by_what_was_booked_and_not_earned(made: Made) -> None:
    """An entry that was not earned stands in the ledger as a contract asset, or took from a liability."""
    found = made.of_run(
        "SELECT period_id, CAST(sum(CASE total WHEN 'contract_asset' THEN -difference_minor "
        "ELSE difference_minor END) AS BIGINT) FROM {reconciliation} "
        "WHERE total IN ('contract_asset', 'contract_liability') GROUP BY 1"
    )
    assert set(found) == {(q, made.k(row[3])) for q, row in ROLL.items()}


def test_t4_arising_reversed_net_and_gap(made: Made) -> None:
    found = {row[0]: row[1:] for row in made.of_run(TOTAL)}
    assert found == {q: (*map(made.k, row), 0) for q, row in ROLL.items()}
    assert found["2021Q2"][2] == 1_160_000_000
    assert found["2021Q3"][2] == 1_780_000_000


def test_c1_and_c2_percentages_of_announced_and_of_corrected(made: Made) -> None:
    found = made.of_run(
        "SELECT period_id, announced_minor, net_ppm_of_announced, net_ppm_of_corrected FROM {misstatements} "
        "WHERE dimension = 'total' AND period_id IN ('2021Q2', '2021Q3') ORDER BY 1"
    )
    assert found == [
        ("2021Q2", made.k(273_900), 42_351, 44_224),
        ("2021Q3", made.k(276_100), 64_469, 68_912),
    ]


def test_t5_by_department(made: Made) -> None:
    found = made.of_run(
        "SELECT period_id, member, net_minor FROM {misstatements} "
        "WHERE dimension = 'department' AND net_minor <> 0"
    )
    assert set(found) == _nets(made, DEPARTMENTS)
    booked = made.of_run(
        "SELECT period_id, member, booked_minor FROM {misstatements} WHERE dimension = 'department'"
    )
    expected = {
        (q, d, made.k(figures.DEPARTMENT_TOTALS[d][n]))
        for n, q in enumerate(figures.QUARTERS)
        for d in figures.DEPARTMENTS
    }
    assert set(booked) == expected


def test_t5_by_line(made: Made) -> None:
    made.sql.execute(
        "CREATE OR REPLACE VIEW entry_of AS SELECT obligation_id AS unit_id, account FROM entries"
    )
    lines = {account: line for line, account in journals.REVENUE.items()}
    found = {(q, lines[a], net) for q, a, net in made.of_run(BY_LINE)}
    assert found == _nets(made, LINES)


def test_t5_by_class_and_part_in_the_quarter_of_origin(made: Made) -> None:
    found = made.of_run(
        "SELECT t.period_id, t.class, part, CAST(sum(amount_minor) AS BIGINT) FROM {truth} t "
        "JOIN {gap_parts} USING (unit_id, period_id) GROUP BY ALL"
    )
    classes = {(q, c, a) for q, c, _, a in found if len(c) == 1}
    assert classes == _nets(made, CLASSES)
    assert {(c, part) for _, c, part, _ in found} == set(PARTS.items())
    late = made.of_run(f"SELECT DISTINCT unit_id FROM {{gap_parts}} WHERE {UNPLANTED}")
    assert late == []


def test_t5_by_class_what_work_reverses_later(made: Made) -> None:
    assert set(made.of_run(BY_CLASS)) == _nets(made, REVERSED)


def test_each_planted_unit_has_the_gap_of_the_truth(made: Made) -> None:
    wrong = made.of_run(
        "SELECT unit_id FROM {truth} t LEFT JOIN {positions} p USING (unit_id, period_id) "
        "WHERE p.gap_minor IS DISTINCT FROM t.arising_minor"
    )
    assert wrong == []


@pytest.mark.parametrize("made", [1], indirect=True)
def test_without_decisions_never_above_the_truth(made: Made) -> None:
    run = made.run_by_papers
    for period, _, _, net, gap, _ in made.of_run(TOTAL, run):
        assert 0 <= net <= made.k(ROLL[period][2])
        assert gap <= made.k(ROLL[period][3])
    short = made.of_run(
        "SELECT class, count(*) FROM {truth} t LEFT JOIN {positions} p USING (unit_id, period_id) "
        "WHERE p.gap_minor IS DISTINCT FROM t.arising_minor GROUP BY 1",
        run,
    )
    assert {c for c, _ in short} <= {"C", "D"}
    assert made.of_run(f"SELECT unit_id FROM {{findings}} WHERE {UNPLANTED}", run) == []


def test_guidance_rests_on_open_findings(made: Made) -> None:
    rows = made.of_run(
        "SELECT period_id, low_minor, high_minor, forecast_minor, effect_minor FROM {guidance}"
    )
    assert rows == [("2021Q4", made.k(322_000), made.k(336_000), made.k(329_000), made.k(3_000))]


def test_t8_honest_books_give_no_finding(honest: Made) -> None:
    assert honest.of_run("SELECT * FROM {findings}") == []
    assert honest.of_run("SELECT * FROM {gap_parts}") == []
    assert honest.of_run("SELECT * FROM {rejected}") == []
    assert honest.of_run("SELECT * FROM {reconciliation} WHERE NOT ties") == []
    booked = honest.of_run(
        "SELECT booked_minor, earned_minor FROM {misstatements} WHERE dimension = 'total' ORDER BY period_id"
    )
    assert booked == [(honest.k(t), honest.k(t)) for t in figures.TOTALS]


def test_t8_noise_closing_days_and_currency_change_no_quarter(other: Made) -> None:
    found = {row[0]: row[1:] for row in other.of_run(TOTAL)}
    assert found == {q: (*map(other.k, row), 0) for q, row in ROLL.items()}
    assert other.of_run(f"SELECT unit_id FROM {{gap_parts}} WHERE {UNPLANTED}") == []
