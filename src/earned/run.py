"""The tables of a run: names, columns, types and keys as scripts rely on them; what `examine` returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from earned.books import Books
from earned.books import schema as books_schema

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    import polars as pl
    import pyarrow as pa

#: columns whose type is not text, by name or by ending
_TYPES = {
    "source_row": "int64",
    "rows": "int64",
    "version": "int64",
    "population": "int64",
    "exceptions": "int64",
    "procedures": "int64",
    "units": "int64",
    "flagged_units": "int64",
    "rank": "int64",
    "ties": "boolean",
    "counts": "boolean",
    "used": "boolean",
    "p_value": "decimal(10, 9)",
    "q_value": "decimal(10, 9)",
    "score": "decimal(18, 6)",
    "place": "int64",
    "adds": "decimal(38, 9)",
    "begins_anew": "boolean",
    "done": "decimal(38, 9)",
    "done_at_close": "decimal(38, 9)",
    "done_all": "decimal(38, 9)",
    "whole": "decimal(38, 9)",
    "unit_price": "decimal(38, 9)",
    "base_done": "decimal(38, 9)",
    "royalty_rate": "int64",
}

#: name -> (key, other columns), in the order of the interface
_TABLES = {
    "rejected": ("source_file source_row", "table_name column_name value reason expected"),
    "quality": ("table_name column_name check", "rows example action"),
    "reconciliation": ("total period_id", "kind left_minor right_minor difference_minor ties"),
    "units": (
        "unit_id",
        "unit_level contract_id customer_id entity_id department_id owner_id currency pattern measure "
        "bound_date opening opening_minor rate_company_minor rate_unit_minor not_tested",
    ),
    "allocations": (
        "unit_id version",
        "effective_date price_minor allocated_minor ssp_minor method",
    ),
    "evidence_used": ("evidence_id unit_id", "effective_date grade counts reason"),
    "positions": (
        "unit_id period_id",
        "booked_minor allocated_minor earned_minor earned_at_close_minor earned_all_minor gap_minor "
        "progress_ppm resolution resolved_period_id",
    ),
    "gap_parts": ("unit_id period_id part", "amount_minor company_minor"),
    "entry_support": (
        "entry_id period_id",
        "unit_id amount_minor unsupported_minor preparer approver",
    ),
    "unlinked": ("entry_id", "period_id amount_minor reason"),
    "findings": (
        "finding_id",
        "unit_id first_period_id part peak_gap_minor open_gap_minor first_entry_id owner_id department_id "
        "text status",
    ),
    "misstatements": (
        "dimension member period_id",
        "booked_minor earned_minor arising_minor reversed_by_work_minor reversed_by_entry_minor "
        "under_arising_minor under_reversed_minor net_minor gap_minor announced_minor "
        "net_ppm_of_announced net_ppm_of_corrected",
    ),
    "evidence_range": ("scenario period_id", "gap_minor net_minor not_gradable_minor"),
    "guidance": (
        "guidance_id",
        "period_id low_minor high_minor forecast_minor open_finding_minor booked_early_minor effect_minor",
    ),
    "procedures": (
        "procedure_id",
        "state missing coverage_ppm population exceptions amount_minor",
    ),
    "exceptions": (
        "exception_id",
        "procedure_id subject_type subject_id unit_id period_id amount_minor text",
    ),
    "people": (
        "role employee_id",
        "name units flagged_units booked_minor unsupported_minor rank p_value q_value",
    ),
    "queue": ("rank", "finding_id score procedures amount_minor"),
    "progress": (
        "obligation_id period_id",
        "unit_id measure convention allocated_minor unit_price royalty_rate done done_at_close done_all "
        "whole base_minor base_done beside_minor progress_ppm earned_minor earned_at_close_minor "
        "earned_all_minor",
    ),
    "records": (
        "evidence_id obligation_id",
        "unit_id grade standing own_date place adds begins_anew counts_date at_close_date all_date "
        "every_date a_date b_date c_date d_date",
    ),
    "on_papers": ("period_id standing grade", "amount_minor net_minor"),
    "contract_balances": (
        "contract_id period_id",
        "revenue_minor interest_minor invoiced_minor received_minor receivable_minor contract_asset_minor "
        "contract_liability_minor refund_liability_minor deposit_minor",
    ),
    "balance_movements": (
        "contract_id period_id balance",
        "opening_minor invoiced_minor received_minor written_off_minor revenue_minor other_minor "
        "closing_minor",
    ),
    "remaining_obligations": ("contract_id period_id year", "amount_minor"),
    "disaggregation": ("dimension member period_id", "earned_minor"),
    "estimate_changes": ("obligation_id period_id", "unit_id effect_minor"),
    "financing": ("contract_id period_id", "interest_minor balance_minor"),
    "contract_costs": (
        "cost_id period_id",
        "contract_id capitalised_minor expensed_minor amortised_minor impaired_minor carrying_minor",
    ),
    "losses": ("contract_id period_id", "expected_cost_minor loss_minor provision_minor"),
    "published": (
        "announced_id",
        "period_id dimension member status published_date used announced_minor net_minor corrected_minor "
        "growth_ppm corrected_growth_ppm translated_currency translated_minor net_translated_minor",
    ),
    "movements": (
        "unit_id period_id",
        "booked_before_minor booked_to_date_minor booked_minor earned_before_minor earned_to_date_minor "
        "earned_minor gap_before_minor gap_minor arising_minor reversed_by_work_minor "
        "reversed_by_entry_minor under_arising_minor under_reversed_minor net_minor earned_a_minor "
        "earned_b_minor earned_c_minor earned_d_minor earned_every_minor not_gradable_minor",
    ),
}

#: the tables of the books that figures rest on: their typed rows are kept with a run
OF_BOOKS = (
    "contracts", "obligations", "estimates", "evidence", "entries", "accounts", "trial_balance", "invoices",
    "receipts", "entities", "periods", "rates", "customers", "employees", "departments", "targets",
    "announced", "guidance", "forecast", "decisions", "modifications", "modified_obligations", "outcomes",
    "bundles", "options", "criteria", "repurchases", "instalments", "costs", "impairments",
)  # fmt: skip
#: beside them what was made of periods: the measured ones, the days of every name, and when books closed
OF_CALENDAR = {
    "calendar": ("period_index", {"period_index": "int64", "period_id": "string"}),
    "period_names": ("name", {"name": "string"}),
    "closes": ("entity_id", {"entity_id": "string"}),
}
_DAYS = {"first_date": "date", "last_date": "date"}


def of_books(books: Books) -> dict[str, tuple[ir.Table, dict[str, str], tuple[str, ...]]]:
    """name -> (rows, column -> type, key) of what a run keeps of its books; tables without rows are left out.

    Every row has `source_file` and `source_row`, but those of the three tables of OF_CALENDAR. Beside the
    tables of the schema: evidence_unknown, the papers recorded after the day of the run.
    """
    kept = {}
    for name, table in books_schema.tables().items():
        if name in OF_BOOKS and books.filled.get(name):
            kept[name] = (books.tables[name].select(*table.stored), table.stored, key_of_books(name))
    for name, (first, columns) in OF_CALENDAR.items():
        closed = {"closed_at": "timestamp('UTC', 6)"} if name == "closes" else {}
        kept[name] = (getattr(books, name), columns | _DAYS | closed, (first, "first_date"))
    evidence = books_schema.tables()["evidence"]
    kept["evidence_unknown"] = (
        books.evidence_unknown.select(*evidence.stored),
        evidence.stored,
        evidence.key,
    )
    return kept


def key_of_books(name: str) -> tuple[str, ...]:
    """The key columns of a table of the books, as they are stored."""
    table = books_schema.tables()[name]
    stored = {c.name: c.stored_name for c in table.columns}
    return tuple(stored[c] for c in table.key)


def key(name: str) -> tuple[str, ...]:
    """The key columns of a run table."""
    return tuple(_TABLES[name][0].split())


def schema(name: str) -> dict[str, str]:
    """Column -> Ibis type of a run table, in the interface's order."""
    columns = [*key(name), *_TABLES[name][1].split()]
    return {c: _type(name, c) for c in columns}


def names() -> tuple[str, ...]:
    """The tables of a run."""
    return tuple(_TABLES)


def _type(table: str, column: str) -> str:
    if column.endswith(("_minor", "_ppm")) or "_ppm_" in column:
        return "int64"
    if column.endswith("_date"):
        return "date"
    if (table, column) in (("people", "procedures"), ("procedures", "missing")):
        return "string"
    return _TYPES.get(column, "string")


@dataclass(frozen=True)
class Table:
    """A table of a run; converts to Arrow, pandas and Polars."""

    name: str
    expression: ir.Table

    @property
    def schema(self) -> Mapping[str, str]:
        """Column -> type, in the interface's order."""
        return schema(self.name)

    @property
    def key(self) -> Sequence[str]:
        """The columns that identify a row."""
        return key(self.name)

    def arrow(self) -> pa.Table:
        """The rows in key order as an Arrow table of the declared types."""
        ordered = self.expression.order_by([*self.key])
        result: pa.Table = ordered.to_pyarrow()
        return result

    def df(self) -> pd.DataFrame:
        """The rows as a pandas frame (the extra `pandas`)."""
        frame: pd.DataFrame = self.arrow().to_pandas()
        return frame

    def pl(self) -> pl.DataFrame:
        """The rows as a Polars frame (the extra `polars`)."""
        import polars

        return polars.DataFrame(self.arrow())


@dataclass(frozen=True)
class Run:
    """What `earned.examine` returns: every table, the control totals, and what could not be tested.

    `periods` are the rows of the --json object, oldest first, in company currency.
    """

    books: Books
    run_id: str
    tables: Mapping[str, Table]
    periods: Sequence[Mapping[str, Any]]
    parameters: Mapping[str, Any]
    control_totals: Sequence[Mapping[str, Any]]
    not_tested: Sequence[Mapping[str, str]]

    @property
    def has_exceptions(self) -> bool:
        """Whether anything was found that exit code 1 stands for (G3)."""
        return bool(self._count("findings") or self._count("exceptions"))

    def figures(self) -> dict[str, Any]:
        """The object that `earned examine --json` prints, but for the run's folder."""
        given, rejected = self.books.counts.get("in", 0), self._count("rejected")
        external = self.tables["reconciliation"].expression
        untied = external.filter((external.kind == "external") & ~external.ties)
        return {
            "format": "earned.examine/1",
            "run_id": self.run_id,
            "rows": {"in": given, "used": given - rejected, "rejected": rejected},
            "periods": [dict(period) for period in self.periods],
            "findings": self._count("findings"),
            "units_not_tested": self._units_not_tested(),
            "exceptions": self._count("exceptions"),
            "procedures": dict.fromkeys(("run", "run_partly", "not_run", "off"), 0),
            "reconciliation": {
                "internal_ok": True,
                "external_untied": int(untied.count().to_pyarrow().as_py()),
            },
        }

    def _units_not_tested(self) -> int:
        """Units without a gap: nothing could be said of them (P4, U4)."""
        rows = self.tables["positions"].expression
        found = rows.filter(rows.gap_minor.isnull()).unit_id.nunique()
        return int(found.to_pyarrow().as_py())

    def _count(self, table: str) -> int:
        return int(self.tables[table].expression.count().to_pyarrow().as_py())
