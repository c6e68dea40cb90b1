"""Third-party files stay outside the project; their tests say so when the files are not there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import earned

PROJECT = Path(__file__).parents[2]


Rows = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Rows]:
    """Lay the named files beside the example's books.yaml, examine them, and give the rows of each table."""

    def examine(example: str, folder: str, calendar: str = "months") -> Rows:
        data = PROJECT.parent / "shared" / "ext" / folder
        if not data.is_dir():
            pytest.skip(
                f"{folder} is not there: these third-party files stand in shared/ext beside the project"
            )
        books = tmp_path_factory.mktemp(example)
        text = (PROJECT / "examples" / example / "books.yaml").read_text(encoding="utf-8")
        (books / "books.yaml").write_text(text, encoding="utf-8")
        for source in yaml.safe_load(text)["sources"].values():
            for file in data.glob(source["path"]):
                shutil.copy(file, books / file.name)
        run = earned.examine(earned.open_books(books, overrides=[("calendar.kind", calendar)]))
        return lambda table: (
            [dict(row) for row in run.not_tested]
            if table == "not tested"
            else _rows(run.tables[table].arrow())
        )

    return examine


def _rows(arrow: Any) -> list[dict[str, Any]]:
    table = arrow if hasattr(arrow, "to_pylist") else arrow.read_all()
    return list(table.to_pylist())
