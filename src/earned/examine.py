"""The main job: what was earned, what was booked, what the difference is made of and what it does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir

from earned import run as tables_of_run
from earned.attribution.people import people
from earned.books import Books
from earned.engine import Keep
from earned.faults import TotalError
from earned.misstatement import split
from earned.misstatement.announced import with_announced
from earned.misstatement.findings import findings
from earned.misstatement.guidance import guidance
from earned.misstatement.range import evidence_range
from earned.misstatement.rollforward import by_dimension, by_hand, by_part, roll_forward
from earned.misstatement.support import entry_support
from earned.misstatement.totals import internal
from earned.misstatement.translation import translated
from earned.recognition.admission import evidence_used
from earned.recognition.price import require_tax
from earned.recognition.recognise import Recognition, recognise
from earned.recognition.tables import allocations, positions, units, unlinked
from earned.run import Run, Table
from earned.version import VERSION

Progress = Callable[[str, int | None], None]


def examine(
    books: Books,
    *,
    progress: Progress | None = None,
    procedures: str | None = None,
    decisions: bool = True,
    from_period: str | None = None,
    to_period: str | None = None,
) -> Run:
    """Recompute earned revenue, compare it with what was booked, and return every table of the run.

    `decisions` false leaves out what people decided. `procedures` names those to run; none exists yet.
    Raises InputError for books that need an answer first (P5) and TotalError when an internal control
    total does not tie.
    """
    tell = progress or (lambda *_: None)
    engine = books.engine
    require_tax(books)

    def keep(name: str, expression: ir.Table) -> ir.Table:
        tell(name.replace("_", " "), None)
        return engine.keep(name, expression)

    results = outcome(books, keep, heed_decisions=decisions)
    totals = _require_ties(books, results["reconciliation"])
    parameters = _parameters(books, procedures, decisions)
    return Run(
        books=books,
        run_id=_run_id(books, parameters),
        tables={name: Table(name, results[name]) for name in tables_of_run.names()},
        parameters=parameters,
        control_totals=totals,
        not_tested=not_tested(books, results),
    )


def outcome(books: Books, keep: Keep, *, heed_decisions: bool = True) -> dict[str, ir.Table]:
    """Every table of a run by name, computed through `keep`; the same expressions on every engine."""
    rec = recognise(books, keep, heed_decisions=heed_decisions)
    parts = split.parts(books, rec, keep)
    support = keep("entry_support_all", entry_support(rec))
    cells = keep("cells_translated", translated(rec))
    rolled = keep("roll_forward", roll_forward(cells))
    found = keep("findings_made", findings(books, rec, parts, cells, support, keep))
    misstatements = keep("misstatements_made", _misstatements(books, rec, rolled, parts, support, cells))
    tables = {
        "rejected": books.tables["rejected"],
        "quality": books.tables["quality"],
        "reconciliation": _reconciliation(books, rec, parts, support, misstatements),
        "units": units(rec),
        "allocations": allocations(rec),
        "evidence_used": evidence_used(rec.judged, books.evidence_unknown, rec.units),
        "positions": positions(books, rec, split.resolutions(books, rec)),
        "gap_parts": _in_periods(books, parts),
        "entry_support": _in_periods(books, support),
        "unlinked": unlinked(rec, heed_decisions=heed_decisions),
        "findings": found,
        "misstatements": misstatements,
        "evidence_range": evidence_range(cells, books.calendar),
        "guidance": guidance(books, rec, cells),
        "people": people(books, rec, support, found),
    }
    return {name: keep(f"run_{name}", _shaped(name, tables.get(name))) for name in tables_of_run.names()}


def _misstatements(
    books: Books, rec: Recognition, rolled: ir.Table, parts: ir.Table, support: ir.Table, cells: ir.Table
) -> ir.Table:
    calendar = books.calendar
    rows = ibis.union(
        by_dimension(rolled, calendar),
        by_part(parts, cells, calendar),
        by_hand(support, rec.unit_entries, rec.units, calendar),
    )
    return with_announced(books, rows)


def _reconciliation(
    books: Books, rec: Recognition, parts: ir.Table, support: ir.Table, misstatements: ir.Table
) -> ir.Table:
    ours = internal(books, rec, parts, support, misstatements)
    difference = ours.left_minor - ours.right_minor
    ours = ours.mutate(kind=ibis.literal("internal"), difference_minor=difference, ties=difference == 0)
    columns = tables_of_run.schema("reconciliation")
    return ours.select(*columns).union(books.tables["reconciliation_external"].select(*columns))


def _in_periods(books: Books, rows: ir.Table) -> ir.Table:
    """With `period_id`; the point before the first period is no period."""
    return rows.join(books.calendar.select("period_index", "period_id"), "period_index")


def _shaped(name: str, rows: ir.Table | None) -> ir.Table:
    """The columns of a run table in their order and types; a table that nothing fills yet has no rows."""
    declared = tables_of_run.schema(name)
    if rows is None:
        empty = {column: ibis.null(kind) for column, kind in declared.items()}
        one = ibis.range(0, 1).unnest().name("one").as_table()
        return one.select(**empty).filter(ibis.literal(False))
    return rows.select(**{column: rows[column].cast(kind) for column, kind in declared.items()})


def _require_ties(books: Books, reconciliation: ir.Table) -> list[dict[str, Any]]:
    rows = reconciliation.filter(reconciliation.kind == "internal").order_by("total", "period_id")
    totals = books.engine.rows(rows)
    broken = [t for t in totals if not t["ties"]]
    if broken:
        lines = (f"{t['total']} {t['period_id']}: {t['left_minor']} against {t['right_minor']}" for t in broken)
        raise TotalError("internal control totals do not tie:\n" + "\n".join(lines))
    return totals


def _parameters(books: Books, procedures: str | None, decisions: bool) -> dict[str, Any]:
    from earned.books.manifest import as_used

    return {
        "books_yaml": as_used(books.manifest),
        "as_of": books.as_of.isoformat(),
        "decisions": decisions,
        "procedures": procedures,
    }


def _run_id(books: Books, parameters: dict[str, Any]) -> str:
    """First 12 hex digits of SHA-256 over input hashes, parameters and version."""
    inputs = [[i.path, i.sha256] for i in books.inputs]
    text = json.dumps([inputs, parameters, VERSION], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def not_tested(books: Books, results: dict[str, ir.Table]) -> list[dict[str, str]]:
    """What could not be tested, in words, and what would have to be supplied."""
    filled = books.filled or {}
    gaps = []
    if not filled.get("contracts"):
        gaps.append({"what": "revenue earned: there are no contracts to measure against", "needs": "contracts, evidence"})
    return gaps
