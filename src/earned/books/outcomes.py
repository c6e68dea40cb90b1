"""Outcomes of an estimate, and the estimates that have no amount without them (606-10-32-8, IFRS 15.53).

An estimate of a variable amount states it, or what may be included of it, or its amount follows from its rows
in `outcomes`. Where none of these can be used, it has no amount, and to count it as 0 would be a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from earned.engine import Engine

#: What says which estimate an outcome is of; `placed` gives each as a text or day that is never empty.
KEY = ("of_contract", "of_obligation", "of_item", "known_at")

_EXPECTED = "an amount, or outcomes whose probabilities add up to 1: without either the estimate has no value"


def placed(rows: str) -> str:
    """Rows of estimates or outcomes (SQL) with KEY: an obligation says of which contract it is."""
    return (
        "SELECT r.*, coalesce(r.contract_id, o.contract_id, '') AS of_contract, "
        "coalesce(r.obligation_id, '') AS of_obligation, coalesce(r.item, '') AS of_item "
        f"FROM ({rows}) r LEFT JOIN (SELECT obligation_id AS named, contract_id FROM books_obligations) o "
        "ON o.named = r.obligation_id"
    )


def reject_without_amount(engine: Engine) -> None:
    """Move estimates of a variable amount that nothing gives an amount from books_estimates to `rejected`.

    Reason `outcomes`. The version before, where there is one, stays in force.
    """
    silent = (
        "SELECT rowid AS place, * FROM books_estimates WHERE kind = 'variable_price' "
        "AND amount_minor IS NULL AND constrained_amount_minor IS NULL"
    )
    key = ", ".join(KEY)
    known = f"SELECT DISTINCT {key} FROM ({placed('FROM books_outcomes')})"
    lost = f"SELECT e.* FROM ({placed(silent)}) e ANTI JOIN ({known}) k USING ({key})"
    engine.sql(f"CREATE OR REPLACE TEMP TABLE estimates_without_amount AS {lost}")
    engine.sql(
        f"""
        INSERT INTO rejected BY NAME
        SELECT source_file, source_row, 'estimates' AS table_name, 'amount' AS column_name,
            CAST(NULL AS VARCHAR) AS value, 'outcomes' AS reason, '{_EXPECTED}' AS expected
        FROM estimates_without_amount ORDER BY source_file, source_row"""
    )
    engine.sql("DELETE FROM books_estimates WHERE rowid IN (SELECT place FROM estimates_without_amount)")
