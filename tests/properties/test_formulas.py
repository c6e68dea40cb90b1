"""Formulas of `earned explain` on situations calculated by hand: each gives every stored value, or says no.

The situations are those of tests/golden, whose figures were worked out before any program saw them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import earned
from earned import run as tables_of_run
from earned.faults import InputError
from earned.report import figures
from earned.report.explain import cells
from earned.report.explain.derive import RunFolder, nodes, open_run, tree
from earned.report.explain.derive import keys_of as keys
from earned.runfolder import write_run
from tests.golden.cases import read_case, write_books
from tests.properties.conftest import Once
from tests.properties.ran import examine
from tests.properties.test_figures import change

SITUATIONS = Path(__file__).parents[1] / "golden" / "situations"
#: situation -> cells that must have a formula in every row: what it was made to show
SHOWN = {
    "04_begun_before_window": ("units.opening_minor", "movements.earned_before_minor"),
    "06_rejection_after_acceptance": ("progress.done", "records.adds"),
    "17_straight_line_conventions": ("progress.done", "progress.whole"),
    "24_grade_d": ("movements.earned_c_minor", "movements.earned_d_minor", "evidence_used.grade"),
    "31_own_tax_rate": ("allocations.allocated_minor", "allocations.price_minor"),
    "46_modifications": (
        "positions.allocated_minor", "progress.earned_minor", "progress.earned_all_minor",
        "estimate_changes.effect_minor", "movements.earned_c_minor", "gap_parts.amount_minor",
    ),
    "47_beside_progress": ("progress.done", "progress.beside_minor", "progress.earned_minor"),
}  # fmt: skip


def situation(once: Once, name: str) -> Path:
    """The run folder of a situation."""

    def make(place: Path) -> None:
        books = place.with_suffix(".books")
        examine(write_books(read_case(SITUATIONS / f"{name}.yaml"), books), place)

    return once(f"situation.{name}", make)


def verdicts(run: RunFolder, table: str, column: str) -> list[bool | None]:
    """Of every row of a table, whether the formula of a column gives the stored value; None: it has none."""
    cells.choose(run.engine, table, None)
    figure = figures.tables()[table].figures[column]
    scopes = cells.scopes(run.engine, figure)
    return [r.agrees for case, scope in scopes for r in cells.evaluated(run.engine, figure, case, scope)]


@pytest.mark.parametrize("name", SHOWN)
def test_every_formula_gives_the_stored_value_in_every_row(once: Once, name: str) -> None:
    with open_run(situation(once, name)) as run:
        for table in tables_of_run.names():
            for column in figures.tables()[table].figures:
                assert False not in verdicts(run, table, column), (table, column)
        for place in SHOWN[name]:
            found = verdicts(run, *place.split("."))
            assert found and set(found) == {True}, place


CONVENTIONS = {
    "daily_inclusive", "daily_end_exclusive", "equal_months", "calendar_months", "half_month",
    "month_fractions", "daily_ends",
}  # fmt: skip


def test_every_convention_occurs(once: Once) -> None:
    with open_run(situation(once, "17_straight_line_conventions")) as run:
        found = {row[0] for row in run.engine.sql("SELECT DISTINCT convention FROM progress")}
    assert found >= CONVENTIONS


@pytest.mark.parametrize(
    ("name", "table", "replaced", "cell"),
    [
        *(
            ("17_straight_line_conventions", "progress",
             f"CASE WHEN convention = '{c}' THEN {f} + 1 ELSE {f} END AS {f}", f"progress.{f}")
            for c in sorted(CONVENTIONS) for f in ("done", "whole")
        ),
        ("06_rejection_after_acceptance", "records", "adds + 1 AS adds", "progress.done"),
        ("06_rejection_after_acceptance", "progress", "done + 1 AS done", "progress.done"),
        ("06_rejection_after_acceptance", "progress", "done_all + 1 AS done_all", "progress.done_all"),
        ("06_rejection_after_acceptance", "progress", "done_at_close + 1 AS done_at_close",
         "progress.done_at_close"),
        ("24_grade_d", "movements", "earned_d_minor + 1 AS earned_d_minor", "movements.earned_d_minor"),
        ("24_grade_d", "records", "CAST(NULL AS DATE) AS d_date", "movements.earned_d_minor"),
        ("04_begun_before_window", "units", "opening_minor + 1 AS opening_minor", "units.opening_minor"),
        ("31_own_tax_rate", "allocations", "allocated_minor + 1 AS allocated_minor",
         "allocations.allocated_minor"),
        ("23_rivals", "on_papers", "amount_minor + 1 AS amount_minor", "on_papers.amount_minor"),
        *(
            ("46_modifications", table, f"{column} + 1 AS {column}", cell)
            for table, column, cell in (
                ("allocations", "allocated_minor", "positions.allocated_minor"),
                ("allocations", "price_minor", "allocations.price_minor"),
                ("progress", "base_minor", "progress.earned_minor"),
                ("progress", "base_done", "progress.base_done"),
                ("progress", "whole", "progress.whole"),
                ("estimate_changes", "effect_minor", "estimate_changes.effect_minor"),
            )
        ),
        ("47_beside_progress", "progress", "done + 1 AS done", "progress.done"),
        ("47_beside_progress", "progress", "beside_minor + 1 AS beside_minor", "progress.beside_minor"),
        ("47_beside_progress", "progress", "royalty_rate + 1 AS royalty_rate", "progress.earned_minor"),
    ],
)  # fmt: skip
def test_a_changed_cell_does_not_follow(
    once: Once, tmp_path: Path, name: str, table: str, replaced: str, cell: str
) -> None:
    shutil.copytree(situation(once, name), tmp_path / "run")
    change(tmp_path / "run", f"tables/{table}", replaced)
    with open_run(tmp_path / "run") as run:
        assert False in verdicts(run, *cell.split("."))


def test_a_rejection_is_walked_down_to_its_papers(once: Once) -> None:
    """Situation 06: what was done is told by the records, each with what it adds."""
    with open_run(situation(once, "06_rejection_after_acceptance")) as run:
        found = nodes(run, "progress", ["done"], None, 20)
        assert all(node.formula for node in found)
        listed = {c.address.split("/")[0] for node in found for c in node.children}
    assert {"records", "evidence_used"} <= listed


BOUNDED = Path(__file__).parents[2] / "examples" / "pencil"


@pytest.fixture
def bounded(once: Once) -> Path:
    """examples/pencil, of which only the third quarter of four is reported."""

    def make(place: Path) -> None:
        run = earned.examine(earned.open_books(BOUNDED), from_period="2021Q3", to_period="2021Q3")
        write_run(run, place, report=False)
        run.books.engine.close()

    return once("pencil.bounded", make)


def test_a_bounded_run_is_explained(bounded: Path) -> None:
    """README of examples/pencil: third quarter 48,000 net, 80,000 gap, before it in the movements."""
    with open_run(bounded) as run:
        net = tree(run, "2021Q3", depth=3, limit=20)
        assert (net.value, net.agrees) == (4_800_000, True)
        before = tree(run, "movements/C12/2021Q3/gap_before_minor", depth=1, limit=5)
        assert (before.value, before.agrees) == (2_000_000, True)
        wanted = keys("misstatements", [("total", "total", "2021Q3")])
        (gap,) = nodes(run, "misstatements", ["gap_minor"], wanted, 20)
        assert (gap.value, gap.agrees) == (8_000_000, True)
        with pytest.raises(InputError, match="2021Q3"):
            tree(run, "2021Q2", depth=1, limit=5)


def test_nothing_of_a_bounded_run_is_said_not_to_follow(bounded: Path) -> None:
    with open_run(bounded) as run:
        for table in tables_of_run.names():
            for column in figures.tables()[table].figures:
                assert False not in verdicts(run, table, column), (table, column)
