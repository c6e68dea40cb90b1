"""A simulated company on disk: its books as tables, its truth, and what `earned examine` says of it."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from earned.simulation.book import Book, Spec
from earned.simulation.build import company
from tests.gates.sources import ROOT


class Made:
    """One company; every query is answered from its files."""

    def __init__(self, spec: Spec, out: Path, runs: Path | None = None) -> None:
        self.spec, self.out, self.runs = spec, out, runs or out
        self.book: Book = company(spec, out)
        self.sql = duckdb.connect()
        for name in ("entries", "invoices", "receipts", "ledger"):
            self.sql.execute(f"CREATE VIEW {name} AS {self._both(name)}")
        accounts = f"SELECT account, name FROM read_csv('{self.file('accounts.csv')}', all_varchar = true)"
        self.sql.execute(f"CREATE VIEW accounts AS {accounts}")

    def file(self, name: str) -> Path:
        return self.out / "books" / name

    def _both(self, name: str) -> str:
        """The file of single contracts and the one that grows by chunks, amounts in minor units."""
        money = [c for c in ("amount", "tax") if c == "amount" or name == "invoices"]
        minor = ", ".join(
            f"CAST(CAST({c} AS DECIMAL(38, 2)) * {self.spec.major} AS BIGINT) AS {c}" for c in money
        )
        grown = f"SELECT * FROM read_parquet('{self.file(f'usage_{name}.parquet')}')"
        if name == "ledger":
            return f"SELECT * FROM read_parquet('{self.file('ledger.parquet')}') UNION ALL BY NAME {grown}"
        own = f"SELECT * REPLACE ({minor}) FROM read_csv('{self.file(f'{name}.csv')}', all_varchar = true)"
        texts = f"SELECT COLUMNS(*)::VARCHAR FROM ({grown})"
        typed = ", ".join(f"CAST({c} AS BIGINT) AS {c}" for c in money)
        return f"{own} UNION ALL BY NAME SELECT * REPLACE ({typed}) FROM ({texts})"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.sql.execute(query).fetchall()

    def k(self, thousands: int) -> int:
        return self.spec.minor(thousands)

    @cached_property
    def run(self) -> Path:
        return self.examined("run")

    @cached_property
    def run_by_papers(self) -> Path:
        return self.examined("run-by-papers", "--no-decisions")

    def examined(self, name: str, *options: str) -> Path:
        """The run folder of the books; a run that fails fails the test."""
        place = self.runs / f"{name}-{self.spec.seed}-{self.spec.scheme}"
        command = [sys.executable, "-m", "earned", "examine", str(self.out / "books"), "--out", str(place)]
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
        self.runs.mkdir(parents=True, exist_ok=True)
        with (self.runs / "lock").open("w") as lock:  # another worker may be about the same run
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not place.exists():
                done = subprocess.run(
                    [*command, "--no-report", "--procedures", "none", *options],
                    env=environment,
                    capture_output=True,
                    text=True,
                )
                assert done.returncode in (0, 1), done.stderr
        return place

    def of_run(self, query: str, run: Path | None = None) -> list[tuple[Any, ...]]:
        """A query in which `{table}` names tables of the run, and `{truth}` the truth's units."""
        place = run or self.run
        names = {p.stem: f"read_parquet('{p}')" for p in (place / "tables").glob("*.parquet")}
        truth = f"read_parquet('{self.out / 'truth' / 'units.parquet'}')"
        return self.rows(query.format(**names, truth=truth))
