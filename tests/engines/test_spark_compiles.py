"""Nothing enters that Spark cannot run: every expression of the main job compiles for it, without Java."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest

import earned
from earned import run
from earned.books.manifest import load
from earned.engine import Keep
from tests.engines.compiling import Compiling, NotForSparkError, books, check

#: every policy stated, half of them dated: the other side of each branch that reads one
STATED = """
company: {currency: CNY, timezone: Asia/Shanghai}
window: {from: 2021-01-01, to: 2021-12-31}
policy:
  pattern: [{value: point_in_time}, {from: 2021-07-01, value: over_time}]
  measure: days
  convention: [{value: half_month}, {from: 2021-07-01, value: daily_ends}]
  binding_stage: final
  contract_binds_on: signed_both
  acceptance_needs: [signature, seal]
  price_includes_tax: true
  tax_rate: 60000
  least_grade: [{value: B}, {from: 2021-07-01, value: A}]
  close_days: [{value: 10}, {from: 2021-07-01, value: 5}]
  late_paper:
    - {value: {days: 30, corroborated: false}}
    - {from: 2021-07-01, value: {days: 5, corroborated: true}}
  unknown_recorded_at: not_admitted
  conditional_acceptance: counts
  tolerance: {minor: 50, ppm_of_price: 100}
"""


@pytest.mark.parametrize("settings", ["company: {currency: USD}", STATED], ids=["defaults", "stated"])
def test_the_main_job_compiles(settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "books.yaml").write_text(settings, encoding="utf-8")
    result, engine = compiled(tmp_path, monkeypatch)
    assert {f"run_{name}" for name in run.names()} <= set(engine.kept)
    assert engine.compiled > len(engine.kept) > 50
    for name, table in result.tables.items():
        found = {column: str(kind) for column, kind in table.expression.schema().items()}
        assert found == run.schema(name), name


def compiled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[run.Run, Compiling]:
    """Everything `earned.examine` asks of an engine, compiled; books.yaml stands in the folder."""
    engine = Compiling()
    monkeypatch.setattr(ir.Expr, "to_pyarrow", lambda expression, **_: engine.one(expression))
    decisions = "window" not in (folder / "books.yaml").read_text(encoding="utf-8")
    result: run.Run = earned.examine(books(engine, load(folder)), decisions=decisions)
    result.figures()
    return result, engine


def as_of_join(rows: ir.Table) -> ir.Table:
    other = rows.select(day="last_date", found="period_index").view()
    return rows.asof_join(other, rows.last_date >= other.day)


def own_function(rows: ir.Table) -> ir.Table:
    @ibis.udf.scalar.builtin(name="list_aggregate", signature=(("int64",), "int64"))
    def list_aggregate(value): ...  # type: ignore[no-untyped-def]

    return rows.mutate(found=list_aggregate(rows.period_index))


def shared_expression(rows: ir.Table) -> ir.Table:
    """A join on an expression that both sides have in common."""
    entity = rows.period_index.fill_null(0)
    days = rows.select(entity=entity, day="last_date").distinct()
    return rows.left_join(days, [entity == days.entity, rows.last_date == days.day])


VIOLATIONS: dict[str, Callable[[ir.Table], ir.Table]] = {
    "as-of join": as_of_join,
    "a function of one engine": own_function,
    "a float column": lambda t: t.mutate(half=t.period_index * 0.5),
    "a division": lambda t: t.mutate(half=(t.period_index / 2).cast("int64")),
    "a floor division": lambda t: t.mutate(half=t.period_index // 2),
    "a join with itself": shared_expression,
    "a detour through a float": lambda t: t.mutate(same=t.period_index.cast("float64").cast("int64")),
}


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_violation_is_refused(violation: str) -> None:
    rows = ibis.table({"period_index": "int64", "last_date": "date"}, name="calendar")
    check(rows)
    with pytest.raises((ibis.common.exceptions.UnsupportedOperationError, NotForSparkError)):
        check(VIOLATIONS[violation](rows))


@pytest.mark.parametrize("step", ["points", "scoped_entries"])
def test_a_violation_inside_the_job_is_found(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step of the job that gives an as-of join fails the gate."""
    calendar = ibis.table({"period_index": "int64", "last_date": "date"}, name="calendar")
    module = import_module("earned.recognition.recognise")
    monkeypatch.setattr(module, step, lambda *_: as_of_join(calendar))
    (tmp_path / "books.yaml").write_text("company: {currency: USD}", encoding="utf-8")
    with pytest.raises(ibis.common.exceptions.UnsupportedOperationError, match="ASOF"):
        compiled(tmp_path, monkeypatch)


def test_keep_is_the_only_way_in() -> None:
    """The stand-in keeps what the engine keeps: same signature."""
    kept: Keep = Compiling().keep
    assert kept("x", ibis.table({"a": "int64"}, name="y")).schema() == ibis.schema({"a": "int64"})
