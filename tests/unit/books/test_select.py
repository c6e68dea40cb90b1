"""A SELECT of books.yaml reads the sources and nothing else, the same every time, and it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from earned.books import limits
from earned.faults import InputError
from tests.unit.books.reading import COMPANY, read


def refused(folder: Path, query: str) -> str:
    yaml = f'{COMPANY}sources: {{e: {{path: entries.csv}}}}\ntables: {{entries: {{select: "{query}"}}}}\n'
    with pytest.raises(InputError) as caught:
        read(folder, yaml)
    return str(caught.value)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("PRAGMA database_list", "pragma_database_list"),
        ("SHOW TABLES", "exactly one SELECT"),
        ("DESCRIBE e", "exactly one SELECT"),
        ("SELECT * FROM duckdb_tables()", "duckdb_tables()"),
        ("SELECT * FROM duckdb_settings", "without duckdb_settings"),
        ("SELECT table_name FROM information_schema.tables", "without tables"),
        (
            "SELECT contract_id, current_date AS effective_date, random() AS amount FROM e",
            "current_date, random",
        ),
        ("SELECT *, uuid() AS entry_id FROM e", "uuid()"),
        ("SELECT * FROM e WHERE now() > '2021-01-01'", "now()"),
        ("SELECT * FROM e USING SAMPLE 1", "a sample"),
    ],
)
def test_what_reads_the_engine_or_differs_each_time_is_refused(tmp_path: Path, query: str, said: str) -> None:
    assert said in refused(tmp_path, query)


ENDLESS = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT e.* FROM e, t"
CROSSED = "SELECT e.* FROM e, range(10000000) a, range(10000000) b"


@pytest.mark.parametrize("query", [ENDLESS, CROSSED], ids=["recursion", "cross join"])
def test_a_select_without_an_end_is_stopped(tmp_path: Path, query: str) -> None:
    with limits.in_force({"select_time": 1}):
        said = refused(tmp_path, query)
    assert "at most 1 seconds" in said and "--limit select_time=2" in said


def test_a_select_that_fills_the_disk_is_stopped(tmp_path: Path) -> None:
    with limits.in_force({"select_disk": 50 * limits.MIB}):
        said = refused(tmp_path, CROSSED)
    assert "at most 50 MiB" in said and "--limit select_disk=100MiB" in said
