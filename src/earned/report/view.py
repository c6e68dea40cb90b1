"""What a report is made of: the tables of a run, the books' rows behind its findings, and what was used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import yaml

if TYPE_CHECKING:
    import ibis.expr.types as ir

Row = dict[str, Any]

#: What the report reads of each table; a table that is not given counts as one without rows.
COLUMNS: dict[str, str] = {
    "rejected": "source_file source_row table_name column_name value reason expected",
    "quality": "table_name column_name check rows example action",
    "reconciliation": "total period_id kind left_minor right_minor difference_minor ties",
    "units": "unit_id unit_level contract_id customer_id entity_id department_id owner_id currency "
    "pattern measure bound_date opening",
    "evidence_used": "evidence_id unit_id effective_date grade counts reason",
    "positions": "unit_id period_id booked_minor allocated_minor earned_minor earned_at_close_minor "
    "earned_all_minor gap_minor progress_ppm resolution resolved_period_id",
    "gap_parts": "unit_id period_id part amount_minor",
    "entry_support": "entry_id period_id unit_id amount_minor unsupported_minor preparer approver",
    "unlinked": "entry_id period_id amount_minor reason",
    "findings": "finding_id unit_id first_period_id part peak_gap_minor open_gap_minor first_entry_id "
    "owner_id department_id text status",
    "misstatements": "dimension member period_id booked_minor earned_minor arising_minor "
    "reversed_by_work_minor reversed_by_entry_minor under_arising_minor under_reversed_minor "
    "net_minor gap_minor announced_minor net_ppm_of_announced net_ppm_of_corrected",
    "evidence_range": "scenario period_id gap_minor net_minor not_gradable_minor",
    "on_papers": "period_id standing grade amount_minor net_minor",
    "published": "announced_id period_id dimension member status published_date used announced_minor "
    "net_minor corrected_minor growth_ppm corrected_growth_ppm translated_currency net_translated_minor",
    "guidance": "guidance_id period_id low_minor high_minor forecast_minor open_finding_minor "
    "booked_early_minor effect_minor",
    "changes": "unit_id period_id contract_id currency methods before_minor after_minor effect_minor",
    "change_sums": "period_id currency n effect_minor",
    "versions": "unit_id version effective_date price_minor allocated_minor method decided_by",
    "balances": "period_id currency receivable_minor contract_asset_minor contract_liability_minor "
    "refund_liability_minor deposit_minor",
    "balance_movements": "period_id currency balance opening_minor invoiced_minor received_minor "
    "written_off_minor revenue_minor other_minor closing_minor",
    "remaining": "period_id currency year amount_minor",
    "procedures": "procedure_id state missing coverage_ppm population exceptions amount_minor",
    "entries": "entry_id contract_id obligation_id effective_date posted_at amount_minor preparer "
    "approver kind description source_file source_row",
    "evidence": "evidence_id kind stage result event_date recorded_at maker made_by signer number "
    "quantity source_file source_row",
}


@dataclass(frozen=True)
class View:
    """A run as a report shows it. `tables` are Arrow tables by name, each with at least COLUMNS.

    `positions`, `gap_parts`, `entry_support`, `evidence_used`, `versions` are those of units with a finding;
    amounts there, and in rows with a currency, are minor units of the contract's, elsewhere of `currency`.
    """

    company: str
    currency: str
    timezone: str
    as_of: str
    version: str
    run_id: str
    inputs: tuple[Mapping[str, Any], ...]
    parameters: Mapping[str, Any]
    not_tested: tuple[Mapping[str, Any], ...]
    rows: Mapping[str, int]
    exponents: Mapping[str, int]
    calendar: tuple[Mapping[str, Any], ...]
    names: Mapping[str, Mapping[str, str]]
    policy_changes: tuple[Mapping[str, Any], ...]
    tables: Mapping[str, pa.Table]
    #: Every table behind, as an expression whose rows are streamed; none where `tables` is all there is.
    streams: Mapping[str, ir.Table] = field(default_factory=dict)

    @property
    def least_grade(self) -> str | None:
        """The lowest grade of evidence that the policy admits; of a dated policy, the last."""
        given = self.parameters.get("policy.least_grade")
        steps = given if isinstance(given, list) else [given]
        last = steps[-1] if steps else None
        return last.get("value") if isinstance(last, dict) else last

    def exponent(self, currency: str | None = None) -> int:
        """Decimals of a currency, of the company's by default."""
        return self.exponents.get(currency or self.currency, 2)

    def name(self, kind: str, key: str | None) -> str:
        """An id with the name that the books give it: `E07 Zhao`; the id alone where they give none."""
        if not key:
            return ""
        known = self.names.get(kind, {}).get(key)
        return f"{key} {known}" if known and known != key else key


def build(
    tables: Mapping[str, pa.Table], meta: Mapping[str, Any], streams: Mapping[str, ir.Table] | None = None
) -> View:
    """The view of a run.

    `meta`: company, currency, as_of, version, run_id, inputs [{path, bytes, sha256}], parameters,
    not_tested [{what, needs}], rows {in, used, rejected}; optional timezone, exponents {code: decimals},
    calendar [{period_id, first_date, last_date}], names {owner | department | customer: {id: name}},
    policy_changes [{name, from, old, new, decided_by, note}].
    """
    complete = {name: _complete(tables.get(name), columns.split()) for name, columns in COLUMNS.items()}
    flagged = complete["findings"]["unit_id"]
    for name in ("positions", "gap_parts", "entry_support", "evidence_used", "units", "versions"):
        complete[name] = among(complete[name], "unit_id", flagged)
    return View(
        company=str(meta["company"] or "Books"),
        currency=str(meta["currency"]),
        timezone=str(meta.get("timezone") or "UTC"),
        as_of=str(meta["as_of"]),
        version=str(meta["version"]),
        run_id=str(meta["run_id"]),
        inputs=tuple(meta.get("inputs", ())),
        parameters=dict(_flat(meta.get("parameters", {}))),
        not_tested=tuple(meta.get("not_tested", ())),
        rows=dict(meta.get("rows", {})),
        exponents=dict(meta.get("exponents", {})),
        calendar=tuple(meta.get("calendar", ())),
        names={kind: dict(known) for kind, known in meta.get("names", {}).items()},
        policy_changes=tuple(meta.get("policy_changes", ())),
        tables=complete,
        streams=streams or {},
    )


def _flat(given: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Parameters by dotted path; the books.yaml of a run is read into its keys."""
    for key, value in given.items():
        if key == "books_yaml" and isinstance(value, str):
            yield from _flat(yaml.safe_load(value) or {}, prefix)
        elif isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def among(table: pa.Table, column: str, values: pa.ChunkedArray | Sequence[Any]) -> pa.Table:
    """The rows whose cell in a column is one of the values."""
    chosen = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else pa.array(values)
    if not table.num_rows or not len(chosen):
        return table.slice(0, 0)
    cells = table[column]
    return table.filter(pc.is_in(cells, value_set=chosen.cast(cells.type)))


def where(table: pa.Table, column: str, value: Any) -> pa.Table:
    """The rows whose cell in a column is the value."""
    return table.filter(pc.equal(table[column], pa.scalar(value))) if table.num_rows else table


def ordered(table: pa.Table, *columns: str) -> pa.Table:
    """The rows sorted by columns; a leading `-` sorts one downwards."""
    keys = [(c.lstrip("-"), "descending" if c.startswith("-") else "ascending") for c in columns]
    return table.sort_by(keys) if table.num_rows else table


def totals(view: View) -> list[Row]:
    """The misstatement of the whole company, a row a period, in the order of time.

    `corrected_minor` is the announced figure, else what was booked, less the difference (G6).
    """
    rows: list[Row] = where(view.tables["misstatements"], "dimension", "total").to_pylist()
    for row in rows:
        stated = row["booked_minor"] if row["announced_minor"] is None else row["announced_minor"]
        known = stated is not None and row["net_minor"] is not None
        row["corrected_minor"] = stated - row["net_minor"] if known else None
    place = {str(p["period_id"]): i for i, p in enumerate(view.calendar)}
    return sorted(rows, key=lambda r: (place.get(r["period_id"], len(place)), r["period_id"]))


def unlinked(view: View) -> dict[str, int]:
    """Revenue that names no contract, by period."""
    table = view.tables["unlinked"]
    if not table.num_rows:
        return {}
    summed = table.group_by("period_id").aggregate([("amount_minor", "sum")])
    return {r["period_id"]: r["amount_minor_sum"] or 0 for r in summed.to_pylist()}


def _complete(table: pa.Table | None, columns: Sequence[str]) -> pa.Table:
    """A table with every column that is read; one that is missing is empty."""
    given = table if table is not None else pa.table({c: _nothing(c, 0) for c in columns})
    for column in columns:
        if column not in given.column_names:
            given = given.append_column(column, _nothing(column, given.num_rows))
    return given


def _nothing(column: str, rows: int) -> pa.Array:
    kind = pa.string()
    if column.endswith(("_minor", "_ppm")) or column in ("source_row", "rows", "population", "n", "version"):
        kind = pa.int64()
    elif column.endswith("_date"):
        kind = pa.date32()
    elif column.endswith("_at"):
        kind = pa.timestamp("us", "UTC")
    elif column in ("counts", "ties", "used"):
        kind = pa.bool_()
    return pa.nulls(rows, kind)


def as_date(value: Any) -> date:
    """A calendar day given as a date or as ISO text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
