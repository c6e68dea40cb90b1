"""A goods company from the same parts: honest books tie, early entries are found, whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from earned.simulation import goods
from tests.gates.sources import ROOT


def _examined(out: Path) -> duckdb.DuckDBPyConnection:
    run = out / "run"
    command = [
        sys.executable,
        "-m",
        "earned",
        "examine",
        str(out / "books"),
        "--out",
        str(run),
        "--no-report",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    sql = duckdb.connect()
    for path in (run / "tables").glob("*.parquet"):
        sql.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM read_parquet('{path}')")
    sql.execute(f"CREATE VIEW truth AS SELECT * FROM read_parquet('{out / 'truth' / 'units.parquet'}')")
    return sql


@pytest.mark.parametrize("early", [0, 25])
def test_the_gap_of_a_goods_company_is_what_was_planted(tmp_path: Path, early: int) -> None:
    goods.company(5, tmp_path, early=early)
    sql = _examined(tmp_path)
    assert sql.execute("SELECT * FROM rejected").fetchall() == []
    found = sql.execute("SELECT unit_id, period_id, amount_minor FROM gap_parts ORDER BY 1").fetchall()
    planted = sql.execute("SELECT unit_id, period_id, arising_minor FROM truth ORDER BY 1").fetchall()
    assert found == planted and len(planted) == early
