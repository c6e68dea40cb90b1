"""The folder that an import writes: tables as CSV with our column names, books.yaml, import.json."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from earned import money
from earned.books import schema
from earned.faults import Fault, InputError
from earned.imports import cells
from earned.imports.common import JOURNAL, PLACE, Collected, columns_of
from earned.imports.result import Result

_LINEAGE = "* EXCLUDE (from_file, from_row) REPLACE (from_file AS source_file, from_row AS source_row)"
_ROLE = "WHERE role = 'revenue'"
_WHICH = (
    "Which accounts carry revenue from customers? No account of the export is known to. Give them the role "
    "`revenue` in accounts.csv: the entries are then the ledger's lines on them, with the sign turned."
)
_NOTHING = "Look whether the export is complete and of this format"
_MAP = (
    "Does one of them say who ordered, received or owes what ({0})? They are none of our tables: map them "
    "under `tables` in books.yaml, or move them away."
)
_SIGNED = ("amount", "functional_amount", "reporting_amount")
_NEGATED = (
    "CASE WHEN starts_with({0}, '-') THEN substr({0}, 2) "
    "WHEN regexp_full_match({0}, '[0.]+') THEN {0} ELSE concat('-', {0}) END"
)


def refuse(out: Path) -> None:
    """Raise InputError where the books must not be written: something stands there."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        expected = "a folder that does not exist yet or is empty"
        raise InputError([Fault(expected, "Name another folder with --out", str(out), reason="out_taken")])


def write(found: Collected, folder: Path, name: str, title: str, source: str, out: str) -> Result:
    """Write the tables, books.yaml and import.json, and return the result that is printed.

    Raises InputError where the export gave no row at all.
    """
    if not any(found.rows[table] for table in (JOURNAL, *schema.tables(), *found.others)):
        raise _nothing(found, source)
    if found.others:
        found.questions.append(_MAP.format(", ".join(f"{name}.csv" for name in found.others)))
    tables = _tables(found, folder)
    text = _books_yaml(found, [n for n, _ in tables], title, source)
    (folder / "books.yaml").write_text(text, encoding="utf-8", newline="\n")
    result = Result(
        source=name,
        title=title,
        version=found.version,
        out=out,
        tables=tables,
        totals=found.every_total(),
        defects=tuple(found.defects),
        defects_found=found.defects_found,
        not_taken=tuple(f"{what}: {n:,}" if n > 1 else what for what, n in sorted(found.left.items())),
        rejected=tuple(found.rejected),
        rejected_rows=found.rejected_rows,
        questions=tuple(found.questions),
    )
    kept = json.dumps(result.as_json() | {"out": ""}, sort_keys=True, indent=2, ensure_ascii=False)
    (folder / "import.json").write_text(kept + "\n", encoding="utf-8", newline="\n")
    return result


def _nothing(found: Collected, source: str) -> InputError:
    """No row could be taken: the rejected ones say why, else what the export holds instead."""
    faults = [
        Fault(r.expected, _NOTHING, r.file, r.row, r.column, r.value, reason="all_set_aside")
        for r in found.rejected[:10]
    ]
    holds = "; ".join(found.left) or "nothing"
    return InputError(
        faults
        or [Fault("rows that the books can take", _NOTHING, source, value=holds, reason="import_content")]
    )


def _tables(found: Collected, folder: Path) -> tuple[tuple[str, int], ...]:
    """Write every table that has rows, and `entries` always; the tables with their rows."""
    queries = {n: f"SELECT {_columns(found, n)} FROM {n}" for n in schema.tables() if found.rows[n]}
    if found.rows[JOURNAL]:
        queries["ledger"] = f"SELECT {_columns(found, 'ledger')} FROM {JOURNAL}"
        found.rows["ledger"] = found.rows[JOURNAL]
        revenue = _revenue_lines(found)
        if revenue and not found.rows["entries"]:
            queries["entries"] = _revenue(found)
            found.rows["entries"] = revenue
        elif not revenue:
            found.questions.append(_WHICH)
    for name, query in queries.items():
        _copy(found, name, query, folder)
    if not found.rows["entries"] and not found.rows[JOURNAL]:
        header = ",".join(("journal_id", "line_number", "effective_date", "amount", *PLACE))
        (folder / "entries.csv").write_text(header + "\n", encoding="utf-8")
    for name, columns in found.others.items():
        _other(found.staged(name), folder / f"{name}.csv", [*columns])
    ours = (n for n in schema.tables() if n in {*queries, "entries"})
    return tuple((n, found.rows[n]) for n in (*ours, *found.others))


def _other(staged: Path, target: Path, columns: list[str]) -> None:
    """A table that is none of ours, under its own columns."""
    with staged.open(encoding="utf-8") as rows, target.open("w", encoding="utf-8", newline="") as opened:
        out = csv.writer(opened, lineterminator="\n")
        out.writerow([*columns, *PLACE])
        for line in rows:
            cells_of, file, number = json.loads(line)
            out.writerow([*(cells_of.get(c, "") for c in columns), file, number])


def _revenue_lines(found: Collected) -> int:
    """How many journal lines stand on revenue accounts."""
    rows = found.engine.sql(f"SELECT count(*) FROM {JOURNAL} JOIN accounts USING (account) {_ROLE}")
    return int(rows[0][0])


def _revenue(found: Collected) -> str:
    """The journal's lines on revenue accounts, with the sign of every amount turned."""
    columns = [c for c in columns_of("entries") if c in found.used[JOURNAL]]
    shown = ", ".join(f"{_NEGATED.format(c)} AS {c}" if c in _SIGNED else f"j.{c}" for c in columns)
    return (
        f"SELECT {shown}, j.from_file, j.from_row FROM {JOURNAL} j "
        f"WHERE account IN (SELECT account FROM accounts {_ROLE})"
    )


def _columns(found: Collected, table: str) -> str:
    """The columns of a table that any row fills, in the order of the schema, and where the row stood. The
    file of the ledger has those of its entries, too: they may be made of it."""
    used = found.used[JOURNAL if table == "ledger" else table]
    every = [*schema.tables()[table].names, *(_beside() if table == "ledger" else ())]
    return ", ".join([*(c for c in every if c in used), *PLACE])


def _beside() -> list[str]:
    """The columns of `entries` that `ledger` does not have."""
    tables = schema.tables()
    return [c for c in tables["entries"].names if c not in tables["ledger"].names]


def _copy(found: Collected, name: str, query: str, folder: Path) -> None:
    target = str(folder / f"{name}.csv").replace("'", "''")
    found.engine.sql(f"COPY ({query}) TO '{target}' (FORMAT csv, HEADER true)")


# --- books.yaml -----------------------------------------------------------------------------------------


def _books_yaml(found: Collected, tables: list[str], title: str, source: str) -> str:
    lines = [
        f"# Written by `earned import` from {_said(source)}: {title}, {_said(found.version)}.",
        "# Each row keeps the file and row of the export it came from (from_file, from_row); the SELECTs",
        "# below hand both on, so that every figure and every rejected row leads back to the export.",
        *(f"# {_said(note)}" for note in found.notes),
        *(f"# QUESTION: {_said(question)}" for question in found.questions),
        "",
        "company:",
        *_company(found),
        "",
        *_calendar(found),
        *_bounds(found),
        "tables:",
    ]
    for table in (t for t in tables if t not in found.others):
        derived = table == "entries" and not found.rows["entries"] and found.rows[JOURNAL]
        query = _by_role(found) if derived else f"SELECT {_LINEAGE} FROM {table}"
        if table == "ledger" and (more := [c for c in _beside() if c in found.used[JOURNAL]]):
            query = query.replace("(from_file", f"({', '.join(more)}, from_file", 1)
        lines.append(f"  {table}: {{select: {json.dumps(query)}}}")
    return "\n".join(lines) + "\n"


def _by_role(found: Collected) -> str:
    """`entries` while no revenue account is known: the ledger's lines on what accounts.csv calls revenue."""
    kept = [c for c in columns_of("entries") if c in found.used[JOURNAL]]
    shown = ", ".join(f"{_NEGATED.format(f'l.{c}')} AS {c}" if c in _SIGNED else f"l.{c}" for c in kept)
    place = "l.from_file AS source_file, l.from_row AS source_row"
    return f"SELECT {shown}, {place} FROM ledger l JOIN accounts a ON a.account = l.account {_ROLE}"


def _company(found: Collected) -> list[str]:
    """What the export says of the company, and beside it what it does not say or nobody can read."""
    company = found.company
    known = company.code
    frequent = "" if known else _frequent(found)
    closing = company.fiscal_year_end if cells.day(f"2000-{company.fiscal_year_end}") else ""
    given = {
        "name": company.name, "entity_id": company.entity_id,
        "currency": known or frequent, "fiscal_year_end": closing,
    }  # fmt: skip
    lines = [f"  {key}: {json.dumps(_said(text), ensure_ascii=False)}" for key, text in given.items() if text]
    if not company.name:
        lines.append("  # name: the export does not say it")
    if not known:
        stated = (
            f"says {_said(company.currency)}" if company.currency else "does not say that of the accounts"
        )
        said = "it is the most frequent of the rows" if frequent else "the rows name none"
        lines.append(f"  # currency: the export {stated}; {said}")
    if not closing:
        lines.append("  # fiscal_year_end: the export does not say it; 12-31 is taken")
    zone = f", perhaps {company.timezone_of}" if company.timezone_of else ""
    said = f"  # timezone: the export does not say it{zone}; times are read as UTC"
    return [*(lines if any(given.values()) else ['  name: ""', *lines]), said]


def _frequent(found: Collected) -> str:
    """The currency of most rows, the first by name of several; empty where no row names one."""
    table = next((t for t in (JOURNAL, "entries", "announced") if found.rows[t]), None)
    if table is None or "currency" not in found.used[table]:
        return ""
    query = f"SELECT currency FROM {table} WHERE currency IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1"
    named = (str(row[0]) for row in found.engine.sql(query))
    return next((code for code in named if money.exponent(code) is not None), "")


def _calendar(found: Collected) -> list[str]:
    if not found.rows[JOURNAL] and not found.rows["entries"]:
        return ["calendar: {kind: quarters}"]
    moved = {p: f"{p[:4]}M12" for p in sorted(found.adjustments)}
    extra = f", adjustment_periods: {json.dumps(moved)}" if moved else ""
    return [f"calendar: {{kind: months{extra}}}"]


def _bounds(found: Collected) -> list[str]:
    """Where there is no entry yet, nothing else says which days the books are about."""
    if found.rows["entries"]:
        return []
    table, day = ("announced", "published_date")
    if found.rows[JOURNAL]:
        table, day = (JOURNAL, "coalesce(effective_date, document_date, created_at)")
    low, high = found.covered
    if found.rows[table]:
        days = f"SELECT TRY_CAST(substr({day}, 1, 10) AS DATE) AS day FROM {table}"
        low, high = found.engine.sql(f"SELECT min(day), max(day) FROM ({days})")[0]
    if not low or not high:
        return ["# as_of: no row of the export has a day; write one before `earned examine`"]
    return [
        "# No entry stands in the books yet: these days come from the other rows; take both out later.",
        f"as_of: {high}",
        f"window: {{from: {low}, to: {high}}}",
    ]


def _said(text: str) -> str:
    """A text of the export on one line, without characters that YAML does not take."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
