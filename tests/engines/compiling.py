"""An engine that computes nothing: every expression it is given is compiled for Spark, and read back.

What passes is SQL that Spark has words for: Ibis can write it, every function is Spark's own or one of the
built-ins that the engine declares, and no amount goes through a float.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot
from sqlglot import exp

from earned import run
from earned.books import Books
from earned.books.manifest import Manifest
from earned.books.schema import tables

SPARK = "pyspark"
#: functions of Spark that SQLGlot has no name for
SPARKS_OWN = {"make_date"}
#: built-ins of `earned.engine`; `test_builtins` holds them against what the engine declares
BUILTINS = {
    "earned_share",
    "earned_muldiv",
    "earned_quotient",
    "earned_remainder",
    "earned_priced",
    "earned_scaled",
    "earned_compounded",
    "earned_local_date",
    "earned_end_of_day",
    "earned_amount_text",
}


class NotForSparkError(Exception):
    """An expression that must not enter."""


def check(expression: ir.Expr) -> None:
    """Compile an expression for Spark. Raises what Ibis raises where it cannot, else NotForSparkError."""
    floating = expression.op().find(_is_inexact)
    if floating:
        raise NotForSparkError(f"through a float: {[n.name for n in floating]}")
    parsed = sqlglot.parse_one(ibis.to_sql(expression, dialect=SPARK), dialect="spark")
    unknown = {f.name.lower() for f in parsed.find_all(exp.Anonymous)} - BUILTINS - SPARKS_OWN
    if unknown:
        raise NotForSparkError(f"functions unknown to Spark: {sorted(unknown)}")
    # Ibis takes an expression that both sides of a join share for the right side's: the join is then lost.
    equal = (eq for eq in parsed.find_all(exp.EQ) if isinstance(eq.left, exp.Column))
    vain = [eq.sql() for eq in equal if eq.left == eq.right]
    if vain:
        raise NotForSparkError(f"compared with itself: {vain}")


def _is_inexact(node: Any) -> bool:
    """A float, or Ibis' `//`, which both engines compute through one."""
    return isinstance(node, ops.FloorDivide) or (isinstance(node, ops.Value) and node.dtype.is_floating())


class Compiling:
    """Stands in for the engine of Books: keeps schemas, gives no rows."""

    def __init__(self) -> None:
        self.kept: dict[str, ir.Table] = {}
        self.compiled = 0

    def keep(self, name: str, expression: ir.Table) -> ir.Table:
        self._compile(expression)
        self.kept[name] = ibis.table(expression.schema(), name=name)
        return self.kept[name]

    def small(self, name: str, rows: pa.Table) -> ir.Table:
        self.kept[name] = ibis.table(ibis.Schema.from_pyarrow(rows.schema), name=name)
        return self.kept[name]

    def table(self, name: str) -> ir.Table:
        return self.kept[name]

    def rows(self, expression: ir.Table) -> list[dict[str, Any]]:
        self._compile(expression)
        return []

    def arrow(self, expression: ir.Table) -> pa.Table:
        self._compile(expression)
        return expression.schema().to_pyarrow().empty_table()

    def one(self, expression: ir.Expr) -> pa.Scalar:
        """In place of a computed number: one, so that what depends on it is compiled too."""
        self._compile(expression)
        return pa.scalar(1)

    def _compile(self, expression: ir.Expr) -> None:
        check(expression)
        self.compiled += 1


def books(engine: Any, manifest: Manifest) -> Books:
    """Books of every table, bound to no database."""
    stored = {name: ibis.table(t.stored, name=f"books_{name}") for name, t in tables().items()}
    beside = {name: ibis.table(run.schema(name), name=name) for name in ("rejected", "quality")}
    beside["reconciliation_external"] = ibis.table(run.schema("reconciliation"), name="external")
    return Books(
        manifest=manifest,
        engine=engine,
        tables=stored | beside,
        calendar=_table("calendar", period_index="int64", period_id="string", **_SPAN),
        closes=_table("closes", entity_id="string", **_SPAN, closed_at="timestamp('UTC', 6)"),
        period_names=ibis.table({"name": "string", **_SPAN}, name="period_names"),
        currencies=_table("currencies", code="string", exponent="int64"),
        evidence_unknown=ibis.table(tables()["evidence"].stored, name="evidence_unknown"),
        contracts_untestable=_table("contracts_untestable", contract_id="string", reason="string"),
        company_exponent=2,
        as_of=datetime(2022, 3, 31, 23, 59, 59, tzinfo=UTC),
        filled={name: frozenset(t.stored) for name, t in tables().items()},
    )


_SPAN = {"first_date": "date", "last_date": "date"}


def _table(name: str, **columns: str) -> ir.Table:
    return ibis.table(columns, name=name)
