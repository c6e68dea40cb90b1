"""What the books should agree with outside themselves: ledger, trial balance, announced revenue.

These are results, shown as they are; none of them stops a run. All amounts are int64 minor units of
company.currency, and what has no rate to it is left out (P4).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import ibis

from earned.books import journals, sql
from earned.books.amounts import at_spot, spot_rates
from earned.books.billed import in_other_currency

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from earned.books import Books
    from earned.books.calendar import Period
    from earned.books.manifest import Manifest
    from earned.engine import Engine

#: Accounts of revenue: those the chart calls so, without a chart those the entries stand on.
_REVENUE = """
    SELECT account FROM books_accounts WHERE role = 'revenue'
    UNION SELECT account FROM books_entries WHERE NOT EXISTS (FROM books_accounts)"""

#: The day by which a line belongs to a period: its date, but never outside the period it names itself.
_DAY = """CASE WHEN n.name IS NULL THEN l.effective_date
    ELSE greatest(n.first_date, least(n.last_date, l.effective_date)) END"""


def external(engine: Engine, manifest: Manifest, periods: Sequence[Period]) -> None:
    """Write the engine table `reconciliation_external`, one row for each total and measured period.

    total, period_id, kind, left_minor (ours), right_minor (theirs), difference_minor (left less right),
    ties; no row where there is nothing to compare. Reads what calendar.prepare wrote.
    """
    company = manifest.company.currency
    engine.sql(f"CREATE OR REPLACE TEMP TABLE ours AS {_ours(company)}")
    totals = (_against_ledger, _against_trial_balance, _out_of_balance, _against_announced)
    every = " UNION ALL ".join(f"({total(company)})" for total in totals)
    measured = sql.among("period_id", (p.period_id for p in periods))
    engine.sql(
        f"""
        CREATE OR REPLACE TABLE reconciliation_external AS
        SELECT total, period_id, 'external' AS kind, left_minor, right_minor,
            CAST(left_minor - right_minor AS BIGINT) AS difference_minor, ties
        FROM ({every}) WHERE {measured} ORDER BY total, period_id"""
    )


def _ours(company: str) -> str:
    """Revenue of each measured period by the entries in scope, in company currency."""
    ours = sql.text(company)
    return f"""
        WITH scoped AS (
            SELECT e.*, coalesce(n.currency, {ours}) = {ours} AS books_in_ours
            FROM books_entries e
            LEFT JOIN books_accounts a USING (account) LEFT JOIN books_entities n USING (entity_id)
            WHERE NOT e.is_opening AND coalesce(a.role, 'revenue') = 'revenue'
            AND coalesce(e.kind, '') NOT IN ('elimination', 'reclassification')
        ),
        translated AS (
            SELECT e.period_id, CASE WHEN e.currency = {ours} THEN e.amount_minor ELSE coalesce(
                CASE WHEN books_in_ours THEN e.functional_amount_minor END, e.reporting_amount_minor,
                {at_spot("e.amount_minor", "e.currency", company)}) END AS amount_minor
            FROM scoped e ASOF LEFT JOIN {spot_rates(company)} r
            ON e.currency = r.from_currency AND e.effective_date >= r.rate_date
        )
        SELECT c.period_id, c.first_date, c.last_date, {_total("amount_minor")} AS ours_minor
        FROM calendar c LEFT JOIN translated USING (period_id) GROUP BY ALL"""


def _against_ledger(company: str) -> str:
    """Revenue accounts of the ledger, credits less debits, by the line's own period, else its date."""
    return f"""
        WITH lines AS (
            SELECT amount_minor, coalesce(currency, {sql.text(company)}) AS currency,
                effective_date, period_id
            FROM books_ledger WHERE account IN ({_REVENUE})
        ),
        theirs AS ({_placed("lines", company)})
        SELECT 'entries against ledger' AS total, period_id, ours_minor AS left_minor,
            CAST(-{_total("amount_minor")} AS BIGINT) AS right_minor, left_minor = right_minor AS ties
        FROM ours LEFT JOIN theirs ON day BETWEEN first_date AND last_date
        WHERE EXISTS (FROM books_ledger) GROUP BY period_id, ours_minor"""


def _against_trial_balance(company: str) -> str:
    """Movement of the revenue accounts over the balances' own periods that lie inside a measured one."""
    return f"""
        WITH balances AS (
            SELECT n.first_date, n.last_date, coalesce(currency, {sql.text(company)}) AS currency,
                CAST(opening_minor - closing_minor AS BIGINT) AS moved_minor
            FROM books_trial_balance b JOIN period_names n ON n.name = b.period_id
            WHERE account IN ({_REVENUE})
        ),
        theirs AS (
            SELECT b.first_date, b.last_date, {at_spot("moved_minor", "b.currency", company)} AS amount_minor
            FROM balances b ASOF LEFT JOIN {spot_rates(company)} r
            ON b.currency = r.from_currency AND b.last_date >= r.rate_date
        )
        SELECT 'entries against trial balance' AS total, period_id, ours_minor AS left_minor,
            {_total("amount_minor")} AS right_minor, left_minor = right_minor AS ties
        FROM ours o JOIN theirs t ON t.first_date >= o.first_date AND t.last_date <= o.last_date
        GROUP BY period_id, ours_minor"""


def _out_of_balance(company: str) -> str:
    """What the ledger's journals lack to balance, without signs, in the period of a journal's first day."""
    return f"""
        WITH theirs AS ({_placed(f"({journals.out_of_balance(company)})", company)})
        SELECT 'unbalanced journals in ledger' AS total, period_id,
            {_total("abs(amount_minor)")} AS left_minor,
            CAST(0 AS BIGINT) AS right_minor, count(day) = 0 AS ties
        FROM ours LEFT JOIN theirs ON day BETWEEN first_date AND last_date
        WHERE EXISTS (FROM books_ledger) GROUP BY period_id"""


def _placed(lines: str, company: str) -> str:
    """Lines (amount_minor, currency, effective_date, period_id) in company currency, each with its day."""
    return f"""
        SELECT {at_spot("l.amount_minor", "l.currency", company)} AS amount_minor, {_DAY} AS day
        FROM {lines} l
        LEFT JOIN period_names n ON n.name = l.period_id
        ASOF LEFT JOIN {spot_rates(company)} r
        ON l.currency = r.from_currency AND l.effective_date >= r.rate_date"""


def _against_announced(company: str) -> str:
    """The first published group revenue of a period; as printed it agrees within half its rounding (G6)."""
    ours = sql.text(company)
    return f"""
        WITH figures AS (
            SELECT n.first_date, n.last_date, CASE
                    WHEN coalesce(currency, {ours}) = {ours} THEN amount_minor
                    WHEN translated_currency = {ours} THEN translated_amount_minor
                END AS theirs_minor,
                CASE
                    WHEN coalesce(currency, {ours}) = {ours} THEN rounded_to_minor
                    WHEN amount_minor <> 0
                        THEN earned_muldiv(rounded_to_minor, translated_amount_minor, amount_minor)
                END AS rounded_minor
            FROM books_announced a JOIN period_names n ON n.name = a.period_id
            WHERE figure = 'revenue' AND scope IS NULL
            QUALIFY row_number() OVER (
                PARTITION BY n.first_date, n.last_date ORDER BY published_date, announced_id) = 1
        )
        SELECT 'entries against announced' AS total, period_id, ours_minor AS left_minor,
            theirs_minor AS right_minor,
            2 * abs(CAST(left_minor - right_minor AS HUGEINT)) <= coalesce(rounded_minor, 0) AS ties
        FROM ours JOIN figures USING (first_date, last_date) WHERE theirs_minor IS NOT NULL"""


def _total(column: str) -> str:
    return f"coalesce(CAST(sum({column}) AS BIGINT), CAST(0 AS BIGINT))"


#: role of an account -> the column of contract balances that it is to hold, and the sign of its balance
_BALANCES = {
    "receivable": ("due_minor", 1),
    "contract_asset": ("contract_asset_minor", 1),
    "contract_liability": ("contract_liability_minor", -1),
    "refund_liability": ("refund_liability_minor", -1),
}


def own_balances(books: Books, balances: ir.Table) -> ir.Table:
    """Rows of reconciliation: contracts' balances (left) against the closing trial balance (right).

    One row for each period end and role of account that the trial balance has; the receivable with its tax.
    `balances` is what `contract_balances` gives; contracts in other currencies, or billed in them, are left
    out, and the row's `total` says so. Without invoices and receipts there is nothing to compare.
    """
    company = books.manifest.company.currency
    ours = balances.filter(balances.currency == company)
    contracts = books.tables["contracts"]
    others = contracts.filter(contracts.currency != company).select("contract_id")
    others = others.union(in_other_currency(contracts, books.tables, company).select("contract_id"))
    apart = ibis.ifelse(others.count().as_scalar() > 0, f" of contracts in {company}", "")
    theirs = _closing(books, company)
    rows = []
    for role, (column, sign) in _BALANCES.items():
        sums = ours.group_by("period_id").agg(left_minor=ours[column].sum().cast("int64"))
        held = theirs.filter(theirs.role == role)
        both = held.left_join(sums, "period_id").drop("period_id_right")
        left, right = both.left_minor.fill_null(0), both.minor * sign
        rows.append(
            both.select(
                total=ibis.literal(role) + apart,
                period_id=both.period_id,
                kind=ibis.literal("external"),
                left_minor=left,
                right_minor=right,
                difference_minor=left - right,
                ties=left == right,
            )
        )
    billed = bool(books.filled.get("invoices") or books.filled.get("receipts"))
    return ibis.union(*rows).filter(ibis.literal(billed))


def _closing(books: Books, company: str) -> ir.Table:
    """role, period_id, `minor`: closing balances (debit positive) at the ends of measured periods.

    Of an account's balances at one day the one of the last period counts: that of an adjustment period, or of
    a quarter beside its months.
    """
    given = books.tables["trial_balance"].filter(lambda t: t.currency.fill_null(company) == company)
    given = given.select("account", "entity_id", "closing_minor", name="period_id")
    rows = given.join(books.period_names.select("name", "last_date"), "name")
    rows = rows.join(books.calendar.select("period_id", "last_date"), "last_date")
    rows = rows.join(books.tables["accounts"].select("account", "role"), "account")
    one = rows.group_by("account", "entity_id", "role", "period_id").agg(
        minor=rows.closing_minor.argmax(rows.name)
    )
    return one.group_by("role", "period_id").agg(minor=one.minor.sum().cast("int64"))
