"""Openings that contradict each other: what was booked before the window, told twice (U6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from earned.books.amounts import in_words

if TYPE_CHECKING:
    from earned.engine import Engine

#: Every obligation with the unit it belongs to (U1): itself, or its contract where several obligations
#: share entries or evidence that name none of them.
_UNITS = """
    WITH counted AS (SELECT contract_id, count(*) AS obligations FROM books_obligations GROUP BY ALL),
    whole AS (
        SELECT contract_id FROM counted c WHERE obligations > 1 AND (
            EXISTS (FROM books_evidence v WHERE v.contract_id = c.contract_id AND v.obligation_id IS NULL)
            OR EXISTS (
                FROM books_entries e LEFT JOIN books_obligations o USING (contract_id, obligation_id)
                WHERE e.contract_id = c.contract_id AND o.obligation_id IS NULL
            )
        )
    )
    SELECT contract_id, obligation_id, booked_before_minor, obligations = 1 AS alone,
        CASE WHEN contract_id IN (FROM whole) THEN contract_id ELSE obligation_id END AS unit_id
    FROM books_obligations JOIN counted USING (contract_id)"""

#: Units whose two openings differ; one that is only partly told in booked_before says nothing.
_CONTRADICTED = """
    WITH units AS (FROM opening_units),
    told AS (
        SELECT unit_id, CAST(sum(booked_before_minor) AS BIGINT) AS told_minor FROM units
        GROUP BY unit_id HAVING count(*) = count(booked_before_minor)
    ),
    opened AS (
        SELECT e.entry_id, e.source_file, e.source_row, e.amount_minor, e.currency, u.unit_id,
            CAST(sum(e.amount_minor) OVER (PARTITION BY u.unit_id) AS BIGINT) AS opened_minor
        FROM books_entries e JOIN (SELECT DISTINCT ON (contract_id, unit_id) * FROM units) u
        ON e.contract_id = u.contract_id
        AND (u.alone OR u.unit_id = u.contract_id OR u.unit_id = e.obligation_id)
        WHERE e.is_opening
    )
    SELECT opened.*, told_minor FROM opened JOIN told USING (unit_id) WHERE opened_minor <> told_minor"""


def reject_contradicted(engine: Engine) -> None:
    """Move is_opening rows whose sum is not their unit's booked_before from books_entries to `rejected`.

    Reason `opening` (U6).
    """
    engine.sql(f"CREATE OR REPLACE TEMP TABLE opening_units AS {_UNITS}")
    engine.sql(f"CREATE OR REPLACE TEMP TABLE openings_contradicted AS {_CONTRADICTED}")
    engine.sql(
        f"""
        INSERT INTO rejected BY NAME
        SELECT source_file, source_row, 'entries' AS table_name, 'amount' AS column_name,
            {in_words("amount_minor", "currency")} AS value, 'opening' AS reason,
            concat('openings of ', unit_id, ' that add up to its booked_before, ',
                {in_words("told_minor", "currency")}, ', not to ',
                {in_words("opened_minor", "currency")}) AS expected
        FROM openings_contradicted ORDER BY source_file, source_row"""
    )
    engine.sql("DELETE FROM books_entries WHERE entry_id IN (SELECT entry_id FROM openings_contradicted)")
