"""What the register of figures says of contract costs and losses gives the stored values again."""

from __future__ import annotations

from pathlib import Path

from earned.report.explain.derive import RunFolder, open_run
from tests.properties.ran import examine
from tests.properties.test_figures import wrong
from tests.unit.recognition import test_losses
from tests.unit.recognition.recognised import write_books


def run_of(folder: Path) -> Path:
    """A run over the contracts of test_losses, and of one whose cost of obtaining has a first day."""
    costs = f"{test_losses.COSTS.rstrip()}\n    late, CAMPUS, obtain, 1000, 2019-12-31, 2020-05-31\n"
    costs = "\n".join(
        f"{line}, {'start_date' if 'cost_id' in line else '2020-01-01'}"
        for line in costs.strip().splitlines()
    )
    books = write_books(
        folder,
        "2018-03-31",
        "2020-06-30",
        contracts=test_losses.CONTRACTS,
        obligations=test_losses.OBLIGATIONS,
        estimates=test_losses.ESTIMATES,
        evidence=test_losses.EVIDENCE,
        costs=costs,
    )
    return examine(books, folder / "run")


def test_formulas_give_the_stored_values(tmp_path: Path) -> None:
    with open_run(run_of(tmp_path)) as run:
        assert wrong(run, "contract_costs", "losses") == []
        assert rows(run, "losses") > 30
        assert rows(run, "contract_costs") > 5
        for table, column in (("losses", "loss_minor"), ("contract_costs", "amortised_minor")):
            shift(run, table, column)
            assert wrong(run, table), (table, column)


def rows(run: RunFolder, table: str) -> int:
    return int(run.engine.sql(f"SELECT count(*) FROM {table}")[0][0])


def shift(run: RunFolder, table: str, column: str) -> None:
    """One more in every cell of a column."""
    run.engine.sql(f"UPDATE {table} SET {column} = {column} + 1")
