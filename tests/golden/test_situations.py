"""The situations of situations/*.yaml: what was calculated by hand is what the run says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden.cases import differences, read_case, run_tables, write_books

CASES = sorted((Path(__file__).parent / "situations").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_situation(path: Path, tmp_path: Path) -> None:
    case = read_case(path)
    tables = run_tables(write_books(case, tmp_path / "books"), [*case.expect, *case.absent])
    wrong = differences(case, tables)
    assert not wrong, "\n".join([case.title, *wrong])


def test_an_unknown_key_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("title: t\nsource: s\nexpects: {}\nexpect: {}\n", encoding="utf-8")
    with pytest.raises(ValueError, match="unknown keys \\['expects'\\]; allowed"):
        read_case(path)


def test_a_wrong_figure_is_shown_beside_the_right_one(tmp_path: Path) -> None:
    case = read_case(CASES[0])
    row = {"unit_id": "C1", "period_id": "2021Q2", "booked_minor": 1}
    wrong = differences(
        type(case)(title="", source="", expect={"positions": [row]}),
        {"positions": [{**row, "booked_minor": 100000}]},
    )
    assert wrong == ["positions C1 / 2021Q2: booked_minor: expected 1, found 100000"]
