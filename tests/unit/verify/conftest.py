"""A finished run with its report and books, shared with the properties, and copies of it to change."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from earned.verify import again, verify
from tests.properties.conftest import by_month, once  # noqa: F401
from tests.properties.ran import Ran


@dataclass(frozen=True)
class Copy:
    """A copy of a run and of its books, side by side."""

    run: Path
    books: Path

    def table(self, name: str) -> Path:
        return self.run / "tables" / f"{name}.parquet"

    def rewrite(self, name: str, query: str) -> None:
        """Write a table anew from a query over it, where it is called `{t}`."""
        path, other = self.table(name), self.run.parent / "other.parquet"
        rows = query.format(t=f"read_parquet('{path}')")
        duckdb.sql(f"COPY ({rows}) TO '{other}' (FORMAT parquet)")
        other.replace(path)

    def edit(self, change: Callable[[dict[str, Any]], None]) -> None:
        """Change run.json."""
        path = self.run / "run.json"
        said = json.loads(path.read_text(encoding="utf-8"))
        change(said)
        text = json.dumps(said, sort_keys=True, indent=2, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")

    def first(self, table: str, column: str, where: str = "true") -> Any:
        """The first cell of a column by the table's own order."""
        query = f"SELECT {column} FROM read_parquet('{self.table(table)}') WHERE {where} LIMIT 1"
        return duckdb.sql(query).fetchall()[0][0]


@pytest.fixture
def copy(by_month: Ran, tmp_path: Path) -> Copy:  # noqa: F811
    """`runs/x` next to `books`, as `earned examine books` leaves them."""
    shutil.copytree(by_month.folder, tmp_path / "runs" / "x")
    shutil.copytree(by_month.books, tmp_path / "books")
    return Copy(tmp_path / "runs" / "x", tmp_path / "books")


@pytest.fixture
def verified(by_month: Ran, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:  # noqa: F811
    """`verify` whose recomputation is the untouched run: what it finds is what was changed in the copy.

    That recomputation gives the untouched run is proved in test_same.py.
    """
    monkeypatch.setattr(again, "examined", lambda *_: (by_month.folder, []))
    return verify
