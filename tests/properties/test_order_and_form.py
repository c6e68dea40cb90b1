"""What the rows say counts, not their order and not the file they stand in: equal content hashes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from tests.properties import forms
from tests.properties.made_up import MadeUp, monthly, quarterly
from tests.properties.ran import Ran, examine, hashes


def different(one: Path, other: Path) -> list[str]:
    """The tables of two runs that differ; rejected rows are named by where they stand."""
    mine, its = hashes(one), hashes(other)
    assert mine.keys() == its.keys()
    return [name for name in mine if name != "rejected" and mine[name] != its[name]]


def refused(run: Path) -> list[tuple[str, ...]]:
    columns = ("source_file", "table_name", "column_name", "value", "reason")
    rows = parquet.read_table(run / "tables" / "rejected.parquet").to_pylist()
    return sorted(tuple(row[c] for c in columns) for row in rows)


def test_the_order_of_rows_and_columns_changes_nothing(by_month: Ran, tmp_path: Path) -> None:
    made = forms.shuffled(monthly(7, 80), seed=1)
    run = examine(made.write(tmp_path / "books"), tmp_path / "run")
    assert different(by_month.folder, run) == []
    assert refused(by_month.folder) == refused(run) != []


@pytest.mark.parametrize("form", [forms.as_parquet, forms.as_duckdb, forms.as_workbook])
def test_the_form_of_the_files_changes_nothing(
    form: Callable[[MadeUp, Path], Path], by_quarter: Ran, tmp_path: Path
) -> None:
    run = examine(form(quarterly(11, 60), tmp_path / "books"), tmp_path / "run")
    assert different(by_quarter.folder, run) == []


def test_one_cent_changes_the_hashes(by_quarter: Ran, tmp_path: Path) -> None:
    """The comparison sees a difference of one minor unit in one cell."""
    path = tmp_path / "positions.parquet"
    table = parquet.read_table(by_quarter.folder / "tables" / "positions.parquet")
    rows = table.to_pylist()
    rows[-1]["booked_minor"] += 1
    parquet.write_table(table.from_pylist(rows, table.schema), path)
    from earned.engine import Engine
    from earned.run import key, schema

    engine = Engine(threads=1)
    columns, order = list(schema("positions")), ", ".join(key("positions"))
    found = engine.content(path, columns, order)
    engine.close()
    assert found.rows == len(rows)
    assert found.content_sha256 != hashes(by_quarter.folder)["positions"]
