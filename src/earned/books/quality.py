"""What is odd in the books before anything is computed: counted, with an example, never a stop.

Every check is one statement that gives (table_name, column_name, rows, example), one row for each place
where it found something. A new check is a function and a line in CHECKS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from earned.books import billed, journals, openings, outcomes, schema, sql
from earned.books.amounts import in_words

if TYPE_CHECKING:
    from earned.books.manifest import Manifest
    from earned.engine import Engine

#: Days outside these are sentinels or slips of the pen; `valid_to` may say "for ever".
EARLIEST, LATEST = "1950-01-01", "2100-12-31"

#: The columns by which tables are joined: two spellings of one id split what belongs together.
IDS = (
    ("contracts", "contract_id"),
    ("obligations", "obligation_id"),
    ("customers", "customer_id"),
    ("employees", "employee_id"),
    ("departments", "department_id"),
    ("accounts", "account"),
    ("entities", "entity_id"),
)

#: First and last day of one thing.
TERMS = (
    ("contracts", "contract_id", "start_date", "end_date"),
    ("obligations", "obligation_id", "start_date", "end_date"),
    ("employees", "employee_id", "valid_from", "valid_to"),
    ("departments", "department_id", "valid_from", "valid_to"),
    ("contacts", "customer_id", "valid_from", "valid_to"),
    ("controls", "control_id", "valid_from", "valid_to"),
)


@dataclass(frozen=True)
class Check:
    """A check: its name in `quality`, the tables it needs filled, its statement, what was done about it."""

    name: str
    needs: tuple[str, ...]
    statement: Callable[[Manifest], str]
    action: str = "warning"


def check(engine: Engine, manifest: Manifest) -> None:
    """Append what every check finds to `quality` (table_name, column_name, check, rows, example, action).

    An opening that `booked_before` contradicts goes to `rejected` instead (U6), and so does an estimate that
    nothing gives an amount.
    """
    openings.reject_contradicted(engine)
    outcomes.reject_without_amount(engine)
    billed.say_not_balanced(engine, manifest)
    filled = {name for name in schema.tables() if engine.sql(f"SELECT 1 FROM books_{name} LIMIT 1")}
    for one in CHECKS:
        if filled.issuperset(one.needs):
            engine.sql(
                f"""
                INSERT INTO quality BY NAME
                SELECT table_name, column_name, {sql.text(one.name)} AS "check",
                    CAST("rows" AS BIGINT) AS "rows", example, {sql.text(one.action)} AS action
                FROM ({one.statement(manifest)}) WHERE "rows" > 0 ORDER BY table_name, column_name"""
            )


def folded(identifier: str) -> str:
    """SQL for an id without what people write in two ways: case, width, leading zeros."""
    wide = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
    narrow = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F))
    # Most ids have no wide character; translating is the slow part.
    plain = f"CASE WHEN length({identifier}) = strlen({identifier}) THEN {identifier} ELSE"
    return f"ltrim(lower({plain} translate({identifier}, {sql.text(wide)}, {sql.text(narrow)}) END), '0')"


def near_keys(_: Manifest) -> str:
    """Ids of one table that differ only in case, width or leading zeros; rows are ids."""
    return " UNION ALL ".join(
        f"""
        SELECT {sql.text(table)} AS table_name, {sql.text(column)} AS column_name,
            sum(ids) AS "rows", min(example) AS example
        FROM (
            SELECT count(*) AS ids, concat(min(id), ' / ', max(id)) AS example
            FROM (SELECT DISTINCT {column} AS id FROM books_{table} WHERE {column} IS NOT NULL)
            GROUP BY {folded("id")} HAVING count(*) > 1
        )"""
        for table, column in IDS
    )


def nearly_linked(_: Manifest) -> str:
    """Entries whose contract is not in the books, although one of nearly that number is (R6, R8)."""
    return f"""
        WITH lost AS (
            SELECT contract_id, count(*) AS "rows" FROM books_entries e
            WHERE NOT EXISTS (FROM books_contracts c WHERE c.contract_id = e.contract_id)
            GROUP BY contract_id
        ),
        near AS (
            SELECT {folded("contract_id")} AS near_id, min(contract_id) AS known
            FROM books_contracts GROUP BY 1
        )
        SELECT 'entries' AS table_name, 'contract_id' AS column_name, sum("rows") AS "rows",
            min(concat(contract_id, ' / ', known)) AS example
        FROM lost JOIN near ON near_id = {folded("contract_id")}"""


def accounts_outside_chart(_: Manifest) -> str:
    """Entries on an account that the chart of accounts does not have."""
    return """
        SELECT 'entries' AS table_name, 'account' AS column_name, count(*) AS "rows", min(account) AS example
        FROM books_entries e
        WHERE account IS NOT NULL AND NOT EXISTS (FROM books_accounts a WHERE a.account = e.account)"""


def journals_out_of_balance(manifest: Manifest) -> str:
    """Journals of the ledger whose debits are not their credits, in each currency; rows are journals."""
    return f"""
        SELECT 'ledger' AS table_name, 'amount' AS column_name, count(*) AS "rows",
            arg_min(concat(journal_id, ': debits less credits ', {in_words("amount_minor", "currency")}),
                (journal_id, currency)) AS example
        FROM ({journals.out_of_balance(manifest.company.currency)})"""


def before_bound(_: Manifest) -> str:
    """Entries dated before the day their contract became binding (U5)."""
    return """
        SELECT 'entries' AS table_name, 'effective_date' AS column_name, count(*) AS "rows",
            arg_min(concat(entry_id, ': ', effective_date, ', contract ', contract_id, ' bound ', bound_date),
                (effective_date, entry_id)) AS example
        FROM books_entries JOIN books_contracts USING (contract_id)
        WHERE NOT is_opening AND effective_date < bound_date"""


def recorded_before_event(manifest: Manifest) -> str:
    """Evidence recorded on a day before the event it records."""
    zone = sql.text(manifest.company.timezone)
    return f"""
        SELECT 'evidence' AS table_name, 'recorded_at' AS column_name, count(*) AS "rows",
            arg_min(concat(evidence_id, ': event ', event_date, ', recorded ', day),
                (event_date, evidence_id)) AS example
        FROM (SELECT *, CAST(timezone({zone}, recorded_at) AS DATE) AS day FROM books_evidence)
        WHERE day < event_date"""


def end_before_start(_: Manifest) -> str:
    """Rows that end before they begin."""
    return " UNION ALL ".join(
        f"""
        SELECT {sql.text(table)} AS table_name, {sql.text(last)} AS column_name, count(*) AS "rows",
            min(concat({key}, ': ', {first}, ' to ', {last})) AS example
        FROM books_{table} WHERE {last} < {first}"""
        for table, key, first, last in TERMS
    )


def impossible_dates(_: Manifest) -> str:
    """Days before 1950 or after 2100."""
    return " UNION ALL ".join(
        f"""
        SELECT {sql.text(name)} AS table_name, {sql.text(column.name)} AS column_name, count(*) AS "rows",
            CAST(min("{column.name}") AS VARCHAR) AS example
        FROM books_{name} WHERE "{column.name}" NOT BETWEEN {sql.text(EARLIEST)} AND {sql.text(LATEST)}"""
        for name, table in schema.tables().items()
        for column in table.columns
        if column.type in ("date", "instant") and column.name != "valid_to"
    )


def obligation_of_other_contract(_: Manifest) -> str:
    """Entries that name one contract and an obligation of another."""
    return """
        SELECT 'entries' AS table_name, 'obligation_id' AS column_name, count(*) AS "rows",
            arg_min(concat(entry_id, ': contract ', e.contract_id, ', obligation ', o.obligation_id,
                ' of contract ', o.contract_id), entry_id) AS example
        FROM books_entries e JOIN books_obligations o USING (obligation_id)
        WHERE e.contract_id <> o.contract_id"""


def allocated_not_price(manifest: Manifest) -> str:
    """Contracts whose own allocation does not add up to the price net of tax (P5, U3); rows are contracts."""
    inside = str(bool(manifest.policy.value("price_includes_tax"))).lower()
    rate = int(manifest.policy.value("tax_rate") or 0)
    net = f"""
        CASE WHEN coalesce(price_includes_tax, {inside})
            THEN earned_muldiv(price_minor, 1000000, 1000000 + coalesce(c.tax_rate, {rate}))
            ELSE price_minor END"""
    told = f"{in_words('allocated', 'currency')}, ' of ', {in_words('net', 'currency')}"
    return f"""
        SELECT 'obligations' AS table_name, 'allocated_price' AS column_name, count(*) AS "rows",
            arg_min(concat(contract_id, ': ', {told}), contract_id) AS example
        FROM (
            SELECT contract_id, any_value(c.currency) AS currency, any_value({net}) AS net,
                CAST(sum(allocated_price_minor) AS HUGEINT) AS allocated
            FROM books_contracts c JOIN books_obligations o USING (contract_id)
            WHERE o.measure IS DISTINCT FROM 'as_used'
            GROUP BY contract_id
            HAVING count(*) = count(allocated_price_minor) AND count(o.tax_rate) = 0
        ) WHERE allocated <> net"""


def openings_missing(manifest: Manifest) -> str:
    """Contracts begun before window.from without an opening: measured on their movement only (U6)."""
    if not manifest.window.first:
        return 'SELECT NULL AS table_name, NULL AS column_name, 0 AS "rows", NULL AS example'
    return f"""
        SELECT 'contracts' AS table_name, 'contract_id' AS column_name, count(*) AS "rows",
            arg_min(concat(contract_id, ': begun ', begun), contract_id) AS example
        FROM (
            SELECT contract_id, least(bound_date, start_date, (
                SELECT min(event_date) FROM books_evidence v WHERE v.contract_id = c.contract_id)) AS begun
            FROM books_contracts c
        ) b
        WHERE begun < DATE '{manifest.window.first}'
        AND NOT EXISTS (FROM books_entries e WHERE e.contract_id = b.contract_id AND is_opening)
        AND NOT EXISTS (FROM books_obligations o
            WHERE o.contract_id = b.contract_id AND booked_before_minor IS NOT NULL)"""


def mostly_negative(_: Manifest) -> str:
    """Nine of ten entries are negative: revenue is credit, and the file may write debits as positive (R3)."""
    return """
        SELECT 'entries' AS table_name, 'amount' AS column_name, count(*) AS "rows",
            'if credits are written as negative: sign: debit_positive under tables.entries' AS example
        FROM books_entries WHERE amount_minor < 0
        HAVING count(*) >= 0.9 * (SELECT count(*) FROM books_entries WHERE amount_minor <> 0)"""


def far_ahead(_: Manifest) -> str:
    """Days more than five years after the middle one of their table: each adds periods to the measured."""
    return " UNION ALL ".join(
        f"""
        SELECT {sql.text(table)} AS table_name, {sql.text(day)} AS column_name, count(*) AS "rows",
            arg_max(concat({day}, ': ', source_file, ' row ', source_row), ({day}, source_file, source_row))
                AS example
        FROM books_{table}
        WHERE {day} > (SELECT quantile_disc({day}, 0.5) FROM books_{table}) + INTERVAL 5 YEAR"""
        for table, day in (("entries", "effective_date"), ("evidence", "event_date"))
    )


CHECKS = (
    Check("near_key", (), near_keys),
    Check("near_key", ("entries", "contracts"), nearly_linked),
    Check("account_not_in_chart", ("entries", "accounts"), accounts_outside_chart),
    Check("journal_out_of_balance", ("ledger",), journals_out_of_balance),
    Check("before_bound_date", ("entries", "contracts"), before_bound),
    Check("recorded_before_event", ("evidence",), recorded_before_event),
    Check("end_before_start", (), end_before_start),
    Check("impossible_date", (), impossible_dates),
    Check("obligation_of_other_contract", ("entries", "obligations"), obligation_of_other_contract),
    Check("allocated_not_price", ("contracts", "obligations"), allocated_not_price),
    Check("mostly_negative", ("entries",), mostly_negative),
    Check("far_ahead", (), far_ahead),
    Check("opening_missing", ("contracts",), openings_missing, action="assumed"),
)
