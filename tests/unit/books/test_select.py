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


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT *, repeat('x', 1000000000) AS d FROM e", "repeat()"),
        ("SELECT *, repeat(repeat('x', 1000), 1000) AS d FROM e", "repeat() around another"),
        ("SELECT *, LPAD(contract_id, CAST(amount AS BIGINT), '0') AS d FROM e", "lpad()"),
        ("SELECT *, unnest(range(1000000000)) AS d FROM e", "range()"),
        ("SELECT *, printf('%1000000000d', 1) AS d FROM e", "printf()"),
        ("SELECT *, format('{:{}}', 1, 1000000000) AS d FROM e", "format()"),
        ("SELECT *, levenshtein(contract_id, contract_id) AS d FROM e", "levenshtein()"),
    ],
)
def test_one_call_without_an_end_is_refused_before_it_runs(tmp_path: Path, query: str, said: str) -> None:
    """Such a call cannot be interrupted."""
    assert said in refused(tmp_path, query)


def test_keys_are_padded_and_numbers_formatted(tmp_path: Path) -> None:
    query = (
        "SELECT lpad(contract_id, 4, '0') AS contract_id, effective_date, printf('%05d', 7) AS amount FROM e"
    )
    yaml = f'{COMPANY}sources: {{e: {{path: entries.csv}}}}\ntables: {{entries: {{select: "{query}"}}}}\n'
    books = read(tmp_path, yaml)
    assert books.column("entries", "contract_id") == ["00C1"]
    assert books.column("entries", "amount_minor") == [700]


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
