"""The company of examples/pencil: every position by hand, and the books read completely."""

from __future__ import annotations

from pathlib import Path

from tests.golden.cases import differences, read_case, run_tables

HERE = Path(__file__).parent


def test_every_figure_is_the_one_of_the_readme() -> None:
    case = read_case(HERE / "pencil.yaml")
    tables = run_tables(HERE.parents[1] / "examples" / "pencil", [*case.expect, *case.absent])
    wrong = differences(case, tables)
    assert not wrong, "\n".join([case.title, *wrong])
    assert len(tables["positions"]) == len(case.expect["positions"])
    assert len(tables["gap_parts"]) == len(case.expect["gap_parts"])
    assert len(tables["findings"]) == len(case.expect["findings"])
