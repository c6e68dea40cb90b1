"""From raw exports with foreign headers to the result: `init`, at most three answers, `examine`.

The exports in examples/exports are made by hand; README.md there works out every figure below.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.gates.sources import ROOT
from tests.unit.guess.run import earned, init

EXPORTS = ROOT / "examples" / "exports"

#: folder -> the line of each question and the answer, then period: booked, earned, gap, net in minor units.
CASES: dict[str, tuple[dict[str, str], dict[str, tuple[int, int, int, int]]]] = {
    "zh": (
        {"进度说明": "other", "price_includes_tax": "true", "binding_stage": "final"},
        {
            "2021Q2": (162_000_000, 62_000_000, 100_000_000, 100_000_000),
            "2021Q3": (80_000_000, 100_000_000, 80_000_000, -20_000_000),
            "2021Q4": (-60_000_000, 20_000_000, 0, -80_000_000),
        },
    ),
    "sap": (
        {"basis": "'=increment'", "pattern": "point_in_time"},
        {
            "2021Q1": (30_000_000, 20_000_000, 10_000_000, 10_000_000),
            "2021Q2": (24_000_000, 19_000_000, 15_000_000, 5_000_000),
            "2021Q3": (0, 15_000_000, 0, -15_000_000),
        },
    ),
    "netsuite": (
        {"Project Task": "milestone"},
        {
            "2021Q1": (6_800_000, 2_000_000, 4_800_000, 4_800_000),
            "2021Q2": (3_000_000, 4_800_000, 3_000_000, -1_800_000),
            "2021Q3": (1_000_000, 4_000_000, 0, -3_000_000),
        },
    ),
}


def answered(folder: Path, answers: dict[str, str]) -> None:
    """Each answer put in the place of the `?` of its line, as a person does it."""
    place = folder / "books.yaml"
    lines = place.read_text(encoding="utf-8").splitlines()
    for key, answer in answers.items():
        (at,) = [i for i, line in enumerate(lines) if line.lstrip().startswith(f"{key}: '?'")]
        lines[at] = lines[at].partition("'?'")[0] + answer
    place.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_raw_exports_to_hand_calculated_figures(name: str, tmp_path: Path) -> None:
    answers, expected = CASES[name]
    books = tmp_path / name
    shutil.copytree(EXPORTS / name, books, ignore=shutil.ignore_patterns("*.md"))
    said, _ = init(books)
    assert len(said["questions"]) == len(answers) <= 3
    assert all(q["candidates"] for q in said["questions"])

    code, _, err = earned("examine", books, "--out", tmp_path / "early")
    assert code == 2 and not (tmp_path / "early").exists()
    for question in said["questions"]:
        assert question["key"] in err and question["candidates"][0] in err

    answered(books, answers)
    code, out, err = earned("examine", books, "--out", tmp_path / "run", "--no-report", "--json")
    assert code == 1, err
    found: dict[str, Any] = json.loads(out)
    keys = ("booked_minor", "earned_minor", "gap_minor", "net_minor")
    assert {p["period_id"]: tuple(p[k] for k in keys) for p in found["periods"]} == expected
    assert found["rows"]["rejected"] == 0


def test_the_chinese_ledger_has_revenue_without_a_contract(tmp_path: Path) -> None:
    """8,000.00 of training names no contract: it stands beside the misstatement."""
    books = tmp_path / "zh"
    shutil.copytree(EXPORTS / "zh", books)
    init(books)
    answered(books, CASES["zh"][0])
    code, out, _ = earned("check", books, "--json")
    assert code == 0
    (join,) = [j for j in json.loads(out)["joins"] if j["from"] == "entries.contract_id"]
    assert (join["rows"], join["matched"], join["empty"]) == (7, 6, 1)
    # 500,000 + 1,000,000 + 120,000 + 200,000 + 600,000 + 600,000 (the reversal), and the 8,000
    assert join["amounts"] == [{"currency": "CNY", "amount_minor": 302_800_000, "matched_minor": 302_000_000}]
