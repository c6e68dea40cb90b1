"""Journals of the general ledger whose debits are not their credits."""

from __future__ import annotations

from earned.books import sql


def out_of_balance(company: str) -> str:
    """SQL: journal_id, currency, effective_date (its first), period_id, amount_minor (debits less credits).

    One row for each journal and currency whose lines do not add up to zero.
    """
    ours = sql.text(company)
    return f"""
        SELECT journal_id, coalesce(currency, {ours}) AS currency, min(effective_date) AS effective_date,
            min(period_id) AS period_id, CAST(sum(amount_minor) AS BIGINT) AS amount_minor
        FROM books_ledger GROUP BY journal_id, coalesce(currency, {ours}) HAVING sum(amount_minor) <> 0"""
