"""The register of figures: it names every column, and its formulas give every stored value again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from earned import run as tables_of_run
from earned.report import figures
from earned.report.explain import cells
from earned.report.explain.derive import RunFolder, open_run
from earned.simulation import goods, simulate
from tests.properties.conftest import Once
from tests.properties.ran import Ran, examine

SEED, SAMPLE = 20210630, 150


def sampled(run: RunFolder, table: str) -> None:
    """Put some rows of a table into hand, by a seed and not by chance."""
    key = ", ".join(f'coalesce(CAST("{c}" AS VARCHAR), \'\') AS "{c}"' for c in figures.key(table))
    order = ", ".join(f'"{c}"' for c in figures.key(table))
    drawn = f"FROM (SELECT {key} FROM {table}) ORDER BY md5(concat_ws('/', {SEED}, {order})) LIMIT {SAMPLE}"
    keys = run.engine.connection.execute(drawn).to_arrow_table()
    cells.choose(run.engine, table, keys)


def wrong(run: RunFolder, *tables: str) -> list[str]:
    """Cells of the rows drawn whose formula, over all their children, gives another value."""
    found = []
    for table in tables or tables_of_run.names():
        sampled(run, table)
        for column, figure in figures.tables()[table].figures.items():
            for case, scope in cells.scopes(run.engine, figure):
                rows = cells.evaluated(run.engine, figure, case, scope)
                found += [
                    f"{table}/{'/'.join(map(str, r.cell.key))}/{column}: {r.cell.value} from {r.totals}"
                    for r in rows
                    if r.agrees is False
                ]
    return found


def test_every_column_of_a_run_has_a_figure() -> None:
    for table in tables_of_run.names():
        of = figures.tables()[table]
        assert list(of.figures) == list(tables_of_run.schema(table))
        for column, figure in of.figures.items():
            assert figure.label and figure.unit in figures.UNITS
            for case in figure.cases:
                assert case.says and case.says != figures.UNDESCRIBED, (table, column)


def test_amounts_have_a_paragraph_or_a_rule() -> None:
    for table in tables_of_run.names():
        for column, figure in figures.tables()[table].figures.items():
            if figure.unit in ("minor", "ppm") and table not in ("procedures", "exceptions", "queue"):
                named = all(case.standard for case in figure.cases)
                copied = [c.column for case in figure.cases for c in case.children] == ["amount_minor"]
                assert named or copied, (table, column)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("positions: {figures: {gone_minor: {label: x, says: y}}}", "unknown columns"),
        ("positions: {figures: {gap_minor: {label: x, says: y, verdict: z}}}", "unknown keys"),
        ("positions: {figures: {gap_minor: {label: x, says: '{a}'}}}", "no children"),
        ("positions: {figures: {gap_minor: {label: x, says: y, children: {a: gone_minor}}}}", "no column"),
        ("positions: {figures: {gap_minor: {label: x, says: y, unit: yuan}}}", "unit yuan"),
        ("gone: {row: x}", "no such table"),
    ],
)
def test_the_register_is_closed(
    said: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "register"
    folder.mkdir()
    (folder / "a.yaml").write_text(said, encoding="utf-8")
    monkeypatch.setattr(figures, "_folder", lambda: folder)
    with pytest.raises(ValueError, match=message):
        figures.tables.__wrapped__()


def test_formulas_give_the_stored_values(ran: Ran) -> None:
    with open_run(ran.folder) as run:
        assert wrong(run) == []


def test_formulas_give_the_stored_values_of_the_case(once: Once) -> None:
    def make(place: Path) -> None:
        simulate("cloopen", place, seed=1)

    books = once("case", make) / "books"
    with open_run(once("case.run", lambda place: examine(books, place))) as run:
        assert wrong(run) == []


def test_formulas_give_the_stored_values_of_a_company_that_sells_goods(once: Once) -> None:
    books = once("goods", lambda place: goods.company(5, place, early=25)) / "books"
    with open_run(once("goods.run", lambda place: examine(books, place))) as run:
        assert wrong(run) == []


@pytest.fixture
def copied(pencil: Ran, tmp_path: Path) -> Iterator[Path]:
    """A copy of a run, to be changed."""
    place = tmp_path / "run"
    shutil.copytree(pencil.folder, place)
    yield place


def change(folder: Path, table: str, replaced: str) -> None:
    """Write a table of a run again with other cells."""
    file = folder / f"{table}.parquet"
    duckdb.sql(f"CREATE OR REPLACE TABLE t AS SELECT * REPLACE ({replaced}) FROM read_parquet('{file}')")
    duckdb.sql(f"COPY t TO '{file}' (FORMAT parquet)")


@pytest.mark.parametrize(
    ("table", "replaced", "found"),
    [
        ("tables/positions", "earned_minor + 1 AS earned_minor", "positions"),
        ("tables/progress", "done + 1 AS done", "progress"),
        ("tables/misstatements", "net_minor + 1 AS net_minor", "misstatements"),
        ("tables/movements", "arising_minor + 1 AS arising_minor", "misstatements"),
        ("tables/gap_parts", "amount_minor - 1 AS amount_minor", "gap_parts"),
        ("tables/entry_support", "unsupported_minor - 1 AS unsupported_minor", "entry_support"),
        ("tables/evidence_used", "'B' AS grade", "evidence_used"),
        ("tables/findings", "'confirmed' AS status", "findings"),
        ("books/entries", "amount_minor + 1 AS amount_minor", "positions"),
        ("books/contracts", "price_minor + 100 AS price_minor", "allocations"),
        ("books/evidence", "event_date + 1 AS event_date", "evidence_used"),
    ],
)
def test_a_changed_cell_is_found(copied: Path, table: str, replaced: str, found: str) -> None:
    change(copied, table, replaced)
    with open_run(copied) as run:
        assert wrong(run, found)
