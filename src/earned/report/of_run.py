"""From a run to what its report shows: only the rows behind findings leave the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from earned.report import changed
from earned.report.view import COLUMNS, View, build
from earned.version import VERSION

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from earned.books import Books
    from earned.run import Run

#: Tables of which a report shows the units with a finding only.
_OF_FINDINGS = ("units", "positions", "gap_parts", "entry_support", "evidence_used", "versions")
#: Tables that are no table of the run, but made of several.
_MADE = {
    "changes": changed.changes,
    "change_sums": changed.change_sums,
    "versions": changed.versions,
    "balances": changed.balances,
    "balance_movements": changed.balance_movements,
    "remaining": changed.remaining,
}
#: So many findings, the largest, are held for the page.
_OPENED = 200
#: A dimension of misstatement, the table that has its names, and the key there.
_NAMES = {
    "owner": ("employees", "employee_id"),
    "preparer": ("employees", "employee_id"),
    "approver": ("employees", "employee_id"),
    "department": ("departments", "department_id"),
    "customer": ("customers", "customer_id"),
}


def view_of(run: Run) -> View:
    """The view of a run, for `write_page` and `write_workbook`."""
    streams = {name: table.expression for name, table in run.tables.items()}
    streams |= {name: run.books.tables[name] for name in ("entries", "evidence")}
    return build({name: _rows(run, name) for name in COLUMNS}, _meta(run), streams)


def title(books: Books) -> str:
    """What the books are called: the company, else their folder or file."""
    return books.manifest.company.name or (books.path.resolve().name if books.path else "")


def _rows(run: Run, name: str) -> pa.Table:
    """The columns that a report reads of a table of the run, or of the books for entries and evidence."""
    if name == "entries":
        rows = _behind(run, "entries", "entry_id", "entry_support")
    elif name == "evidence":
        rows = _behind(run, "evidence", "evidence_id", "evidence_used")
    else:
        rows = _of_findings(run, name) if name in _OF_FINDINGS else _made(run, name)
    if name == "misstatements":  # of contracts there are as many as of findings: the workbook streams them
        rows = rows.filter(rows.dimension != "contract")
    return rows.select(*[c for c in COLUMNS[name].split() if c in rows.columns]).to_pyarrow()


def _of_findings(run: Run, name: str) -> ir.Table:
    """The rows of the findings that the page opens out; the workbook streams its own."""
    import ibis

    found = run.tables["findings"].expression
    size = found.peak_gap_minor.abs().fill_null(0)
    flagged = found.order_by(ibis.desc(size), found.finding_id).limit(_OPENED).select("unit_id")
    return _made(run, name).semi_join(flagged, "unit_id")


def _made(run: Run, name: str) -> ir.Table:
    return _MADE[name](run) if name in _MADE else run.tables[name].expression


def _behind(run: Run, table: str, key: str, link: str) -> ir.Table:
    """The rows of the books that stand behind findings."""
    return run.books.tables[table].semi_join(_of_findings(run, link).select(key).distinct(), key)


def _meta(run: Run) -> dict[str, Any]:
    books, company = run.books, run.books.manifest.company
    return {
        "company": title(books),
        "currency": company.currency,
        "timezone": company.timezone,
        "as_of": books.as_of.date().isoformat(),
        "version": VERSION,
        "run_id": run.run_id,
        "inputs": [{"path": i.path, "bytes": i.bytes, "sha256": i.sha256} for i in books.inputs],
        "parameters": run.parameters,
        "not_tested": list(run.not_tested),
        "rows": run.figures()["rows"],
        "exponents": {r["code"]: r["exponent"] for r in books.engine.rows(books.currencies)},
        "calendar": books.engine.rows(books.calendar.order_by("period_index")),
        "policy_changes": changed.policy_changes(run),
        "names": {role: _names(run, *where) for role, where in _NAMES.items()},
    }


def _names(run: Run, table: str, key: str) -> dict[str, str]:
    """id -> name of those who stand in `misstatements`; of several the last in force."""
    members = run.tables["misstatements"].expression.select(**{key: "member"}).distinct()
    known = run.books.tables[table]
    rows = known.filter(known["name"].notnull()).semi_join(members, key)
    order = [c for c in ("valid_from", "name") if c in rows.columns]
    return {r[key]: r["name"] for r in run.books.engine.rows(rows.select(key, *order).order_by(key, *order))}
