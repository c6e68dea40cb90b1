"""Every example of docs/mapping.md is read as the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.books.reading import Read, read
from tests.unit.mapping.page import COMPANY, PAGE, Example, examples

EXAMPLES = examples(PAGE.read_text(encoding="utf-8"))
SHOWN = {
    "amount": "printf('%.2f', amount_minor / 100)",
    "price": "printf('%.2f', price_minor / 100)",
    "posted_at": "strftime(posted_at, '%Y-%m-%dT%H:%M:%SZ')",
}


def shown(books: Read, table: str, columns: list[str]) -> list[list[str]]:
    """Columns of a table as the page writes them; an empty cell is a dash."""
    cells = ", ".join(f"coalesce(CAST({SHOWN.get(c, c)} AS VARCHAR), '–')" for c in columns)
    where = table if table == "rejected" else f"books_{table}"
    rows = books.engine.sql(f"SELECT {cells} FROM {where} ORDER BY source_file, source_row")
    return [list(row) for row in rows]


@pytest.mark.parametrize("example", EXAMPLES, ids=[str(n) for n in range(1, len(EXAMPLES) + 1)])
def test_an_example_is_read_as_the_page_says(tmp_path: Path, example: Example) -> None:
    for name, text in example.files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    usual = {t: "" for t in ("contracts", "entries") if t in example.tables or f"{t}.csv" in example.files}
    books = read(tmp_path, COMPANY + example.yaml, **usual)
    assert example.tables
    for table, (columns, *rows) in example.tables.items():
        assert shown(books, table, columns) == rows
    if "rejected" not in example.tables:
        assert books.engine.sql("SELECT * FROM rejected") == []


def test_a_page_that_is_wrong_is_found(tmp_path: Path) -> None:
    wrong = examples("`gl.csv`\n\n```csv\nK\n1\n```\n\n```yaml\na: 1\n```\n\n```entries\nK\n2\n```\n")
    assert wrong == [Example("a: 1\n", {"gl.csv": "K\n1\n"}, {"entries": [["K"], ["2"]]})]
    assert len(EXAMPLES) >= 11
