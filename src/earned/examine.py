"""The main job: what was earned, what was booked, what the difference is made of and what it does."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from earned import run as tables_of_run
from earned.attribution.people import people
from earned.books import Books
from earned.books.reconciliation import own_balances
from earned.engine import Keep
from earned.faults import Fault, InputError, TotalError
from earned.misstatement import split
from earned.misstatement.announced import with_announced
from earned.misstatement.findings import findings
from earned.misstatement.guidance import guidance
from earned.misstatement.movements import movements, with_company_amount
from earned.misstatement.papers import on_papers
from earned.misstatement.published import against_year, published
from earned.misstatement.range import evidence_range
from earned.misstatement.rollforward import by_dimension, by_hand, by_part, roll_forward
from earned.misstatement.support import entry_support
from earned.misstatement.totals import internal
from earned.misstatement.translation import translated
from earned.not_tested import gaps
from earned.recognition.admission import evidence_used
from earned.recognition.balance_movements import balance_movements
from earned.recognition.balances import at_period_ends, balances_at
from earned.recognition.contract_costs import contract_costs
from earned.recognition.disaggregation import disaggregation
from earned.recognition.estimate_changes import estimate_changes
from earned.recognition.interest import interest
from earned.recognition.losses import losses
from earned.recognition.price import require_distinct_units, require_tax
from earned.recognition.recognise import Recognition, recognise
from earned.recognition.records import records
from earned.recognition.remaining import remaining_obligations
from earned.recognition.repurchase_liability import financing_of
from earned.recognition.tables import allocations, positions, progress, units, unlinked, unmeasured
from earned.run import Run, Table
from earned.version import VERSION

Progress = Callable[[str, int | None], None]

#: tables of which only the reported periods are given
IN_PERIODS = (
    "positions", "gap_parts", "entry_support", "unlinked", "misstatements", "evidence_range", "on_papers",
    "contract_balances", "balance_movements", "remaining_obligations", "disaggregation", "contract_costs",
    "losses", "estimate_changes", "financing",
)  # fmt: skip


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
    `from_period` and `to_period` bound what is reported, not what is measured.
    Raises InputError for books that need an answer first (P5) and TotalError when an internal control
    total does not tie.
    """
    tell = progress or (lambda *_: None)
    engine = books.engine
    require_tax(books)
    require_distinct_units(books)

    def keep(name: str, expression: ir.Table) -> ir.Table:
        tell(name.replace("_", " "), None)
        return engine.keep(name, expression)

    rec = recognise(books, keep, heed_decisions=decisions)
    results = outcome(books, rec, keep, reported(books, from_period, to_period))
    totals = _require_ties(books, results["reconciliation"])
    parameters = _parameters(books, procedures, decisions, from_period, to_period)
    return Run(
        books=books,
        run_id=run_id([[i.path, i.sha256] for i in books.inputs], parameters, VERSION),
        tables={name: Table(name, results[name]) for name in tables_of_run.names()},
        periods=_periods(books, results),
        parameters=parameters,
        control_totals=totals,
        not_tested=gaps(books, rec),
    )


def reported(books: Books, first: str | None, last: str | None) -> ir.Table:
    """The measured periods from `first` to `last`. Raises InputError for a name that is none of them."""
    known = {r["period_id"]: r["period_index"] for r in books.engine.rows(books.calendar)}
    for option, name in (("--from-period", first), ("--to-period", last)):
        if name is not None and name not in known:
            expected = f"one of {', '.join(known)}"
            raise InputError(
                [Fault(expected, "Name a measured period.", column=option, value=name, reason="option_value")]
            )
    calendar = books.calendar
    if first is not None:
        calendar = calendar.filter(calendar.period_index >= known[first])
    if last is not None:
        calendar = calendar.filter(calendar.period_index <= known[last])
    return calendar


def outcome(books: Books, rec: Recognition, keep: Keep, periods: ir.Table) -> dict[str, ir.Table]:
    """Every table of a run by name, computed through `keep`; the same expressions on every engine.

    `periods` are those reported; what was measured before them stays in the cumulative figures.
    """
    parts = split.parts(books, rec, keep)
    shown = keep("records_made", records(rec))
    support = keep("entry_support_all", entry_support(rec))
    cells = keep("cells_translated", translated(rec))
    rolled = keep("roll_forward", roll_forward(cells))
    found = keep("findings_made", findings(books, rec, parts, cells, support, keep))
    misstatements = keep("misstatements_made", _misstatements(books, rec, rolled, parts, support, cells))
    stated = keep("published_made", published(books, misstatements))
    beside = _beside_revenue(books, rec, keep)
    tied = _reconciliation(books, rec, parts, support, misstatements, stated)
    tables = beside | {
        "rejected": books.tables["rejected"].union(unmeasured(rec)),
        "quality": books.tables["quality"],
        "reconciliation": tied.union(own_balances(books, beside["contract_balances"])),
        "units": units(rec),
        "allocations": allocations(rec),
        "evidence_used": evidence_used(rec.judged, books.evidence_unknown, rec.units),
        "positions": positions(books, rec, split.resolutions(books, rec)),
        "gap_parts": _in_periods(books, with_company_amount(parts, cells)),
        "entry_support": _in_periods(books, support),
        "unlinked": unlinked(rec),
        "findings": found,
        "misstatements": misstatements,
        "evidence_range": evidence_range(cells, books.calendar),
        "guidance": guidance(books, rec, cells),
        "records": shown,
        "on_papers": on_papers(books, parts, cells, shown, rec.marks),
        "people": people(books, rec, support, found, keep),
        "progress": progress(books, rec),
        "published": stated,
        "movements": movements(books, rolled, cells),
    }
    for name in tables.keys() & set(IN_PERIODS):
        tables[name] = tables[name].semi_join(periods.select("period_id"), "period_id")
    return {name: keep(f"run_{name}", _shaped(name, tables.get(name))) for name in tables_of_run.names()}


def _beside_revenue(books: Books, rec: Recognition, keep: Keep) -> dict[str, ir.Table]:
    """What stands beside revenue: balances, what remains, its kinds; where contracts have them, costs,
    losses, financing and changes of estimate."""
    found = {
        "contract_costs": contract_costs(books, rec, keep),
        "losses": losses(books, rec),
        "estimate_changes": estimate_changes(rec),
    }
    tables = {name: _in_periods(books, rows) for name, rows in found.items() if rows is not None}
    accrued = None if rec.financed is None else keep("interest_accrued", interest(books, rec.financed))
    if accrued is not None:
        tables["financing"] = accrued
    points = keep("balances_made", balances_at(books, rec, accrued))
    if books.filled.get("repurchases"):
        tables["financing"] = financing_of(accrued, at_period_ends(books, points))
    return tables | {
        "contract_balances": at_period_ends(books, points),
        "balance_movements": _in_periods(books, balance_movements(points)),
        "remaining_obligations": remaining_obligations(books, rec),
        "disaggregation": disaggregation(books, rec),
    }


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
    books: Books,
    rec: Recognition,
    parts: ir.Table,
    support: ir.Table,
    misstatements: ir.Table,
    stated: ir.Table,
) -> ir.Table:
    ours = internal(books, rec, parts, support, misstatements)
    difference = ours.left_minor - ours.right_minor
    ours = ours.mutate(kind=ibis.literal("internal"), difference_minor=difference, ties=difference == 0)
    columns = tables_of_run.schema("reconciliation")
    theirs = books.tables["reconciliation_external"].select(*columns)
    return ibis.union(ours.select(*columns), theirs, against_year(books, stated).select(*columns))


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
        lines = (
            f"{t['total']} {t['period_id']}: {t['left_minor']} against {t['right_minor']}" for t in broken
        )
        raise TotalError("internal control totals do not tie:\n" + "\n".join(lines))
    return totals


def _parameters(
    books: Books, procedures: str | None, decisions: bool, first: str | None, last: str | None
) -> dict[str, Any]:
    """Everything besides the inputs that a figure depends on; `settings` are the keys of `--set`."""
    from earned.books.written import as_used

    return {
        "books_yaml": as_used(books.manifest),
        "settings": [f"{key}={value}" for key, value in books.settings],
        "as_of": books.as_of.isoformat(),
        "decisions": decisions,
        "procedures": procedures,
        "from_period": first,
        "to_period": last,
    } | ({"limits": dict(books.limits)} if books.limits else {})


def run_id(inputs: Sequence[Sequence[str]], parameters: Mapping[str, Any], version: str) -> str:
    """First 12 hex digits of SHA-256 over input paths and hashes, parameters and version."""
    text = json.dumps([inputs, parameters, version], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _periods(books: Books, results: dict[str, ir.Table]) -> list[dict[str, Any]]:
    """The periods of the --json object: totals in company currency, oldest first."""
    rows = results["misstatements"]
    rows = rows.filter(rows.dimension == "total")
    loose = books.engine.table("entries_scoped")
    loose = loose.filter((loose.place == "unlinked") & ~loose.is_opening)
    sums = loose.group_by("period_id").agg(unlinked_minor=loose.company_minor.sum().cast("int64"))
    rows = rows.left_join(sums, "period_id").drop("period_id_right")
    rows = rows.join(books.calendar.select("period_id", "period_index"), "period_id").order_by("period_index")
    return books.engine.rows(
        rows.select(
            "period_id", "booked_minor", "earned_minor", "gap_minor", "net_minor",
            rows.unlinked_minor.fill_null(0).name("unlinked_minor"),
            "announced_minor", "net_ppm_of_announced",
        )
    )  # fmt: skip
