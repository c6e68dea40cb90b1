"""What a row takes from other tables: its contract, its obligation, its currency (P4, R6, R10, R12).

Adds to the typed rows: `row:contract` (the contract it belongs to), `row:known` (that contract is in
the books), `row:currency`, the contract's columns that stand in for empty ones, and for each column that
names a row of a table below the contract (`of` of the schema) `<column>:known`.
"""

from __future__ import annotations

from collections.abc import Mapping

from earned.books import sql
from earned.books.schema import Table
from earned.money import UNKNOWN, currencies

#: Rows of these tables may name their contract by its obligation alone, and any obligation name maps
#: to the only obligation of a contract (U1).
BY_OBLIGATION = ("entries", "evidence")
#: Each obligation with its contract; a contract without obligations is its own only one (U1).
_OBLIGATIONS = (
    "SELECT obligation_id, contract_id FROM books_obligations UNION ALL "
    "SELECT c.contract_id, c.contract_id FROM books_contracts c "
    "ANTI JOIN books_obligations o ON o.contract_id = c.contract_id "
    "ANTI JOIN books_obligations n ON n.obligation_id = c.contract_id"
)


def linked(table: Table, rows: str, used: frozenset[str], company_currency: str) -> str:
    """The rows with what their contract gives them; needs books_contracts and books_obligations."""
    if table.name in BY_OBLIGATION:
        rows = _by_obligation(table, rows, used)
    elif "obligation_id" in used and "contract_id" not in used:
        rows = (
            f'SELECT r.*, o.contract_id AS "row:contract" FROM ({rows}) r '
            f"LEFT JOIN ({_OBLIGATIONS}) o ON o.obligation_id = r.obligation_id"
        )
    elif "obligation_id" in used and table["contract_id"].group:
        rows = (
            f'SELECT r.*, coalesce(r.contract_id, o.contract_id) AS "row:contract" FROM ({rows}) r '
            f"LEFT JOIN ({_OBLIGATIONS}) o ON o.obligation_id = r.obligation_id"
        )
    elif table.name != "contracts" and "contract_id" in used:
        rows = f'SELECT r.*, r.contract_id AS "row:contract" FROM ({rows}) r'
    else:
        rows = f'SELECT r.*, CAST(NULL AS VARCHAR) AS "row:contract" FROM ({rows}) r'
    rows = _with_named(table, _with_contract(table, rows), used)
    return _with_currency(table, rows, used, company_currency)


def _with_named(table: Table, rows: str, used: frozenset[str]) -> str:
    """Whether the books have what a row names of its contract: an obligation, a version (R6)."""
    for column in table.columns:
        if column.of and column.of != "contracts" and column.name in used:
            named = sql.name(column.name)
            known = _OBLIGATIONS if column.of == "obligations" else f"SELECT * FROM books_{column.of}"
            rows = (
                f"SELECT r.*, n.it IS NOT NULL AS {sql.name(f'{column.name}:known')} FROM ({rows}) r "
                f"LEFT JOIN (SELECT DISTINCT contract_id AS of_contract, {named} AS it FROM ({known})) n "
                f'ON n.of_contract = r."row:contract" AND n.it = r.{named}'
            )
    return rows


def _by_obligation(table: Table, rows: str, used: frozenset[str]) -> str:
    """The contract that a row names, else that of its obligation; a contract without obligations is its
    own only one (R10, U1)."""
    absent = [c for c in ("contract_id", "obligation_id") if c not in used]
    if absent:
        nulls = ", ".join(f"CAST(NULL AS VARCHAR) AS {c}" for c in absent)
        rows = f"SELECT *, {nulls} FROM ({rows})"
    return (
        'SELECT r.*, coalesce(r.contract_id, o.contract_id, k.contract_id) AS "row:contract", '
        'o.contract_id AS "row:contract_of_obligation" '
        f"FROM ({rows}) r LEFT JOIN books_obligations o ON o.obligation_id = r.obligation_id "
        "LEFT JOIN books_contracts k ON k.contract_id = r.obligation_id"
    )


def _with_contract(table: Table, rows: str) -> str:
    if table.name == "contracts":
        return (
            f'SELECT r.*, false AS "row:known", CAST(NULL AS VARCHAR) AS "contract:currency" FROM ({rows}) r'
        )
    columns = ", ".join(
        f"c.{column} AS {sql.name(f'contract:{column}')}"
        for column in ("currency", "pattern", "start_date", "end_date")
    )
    query = (
        f'SELECT r.*, c.contract_id IS NOT NULL AS "row:known", {columns} FROM ({rows}) r '
        'LEFT JOIN books_contracts c ON c.contract_id = r."row:contract"'
    )
    if table.name not in BY_OBLIGATION:
        return query
    count = "SELECT contract_id, count(*) AS n, min(obligation_id) AS one FROM books_obligations GROUP BY 1"
    return (
        f'SELECT r.*, s.n AS "row:obligations", s.one AS "row:only_obligation" FROM ({query}) r '
        f'LEFT JOIN ({count}) s ON s.contract_id = r."row:contract"'
    )


#: The obligation a row is about: of a contract with one it is that one, with several the one named.
OBLIGATION = (
    'CASE WHEN NOT "row:known" THEN obligation_id '
    'WHEN "row:obligations" = 1 AND obligation_id IS NOT NULL THEN "row:only_obligation" '
    'WHEN "row:obligations" > 1 AND "row:contract_of_obligation" = "row:contract" THEN obligation_id END'
)


def _with_currency(table: Table, rows: str, used: frozenset[str], company: str) -> str:
    """`row:currency`: the row's own, else its contract's, else the company's."""
    own = ["currency"] if "currency" in used else []
    contract = ['"contract:currency"'] if table.name != "forecast" else []
    currency = f"coalesce({', '.join([*own, *contract, sql.text(company)])})"
    query = sql.layer(rows, {"row:currency": currency})
    if "functional_amount" not in used:
        return query
    entity = "r.entity_id" if "entity_id" in used else "NULL"
    return (
        f'SELECT r.*, coalesce(e.currency, {sql.text(company)}) AS "row:functional" FROM ({query}) r '
        f"LEFT JOIN books_entities e ON e.entity_id = {entity}"
    )


def currency_of(column: str, used: frozenset[str], company: str) -> str:
    """The currency of a money column."""
    special: Mapping[str, str] = {
        "functional_amount": '"row:functional"',
        "reporting_amount": sql.text(company),
        "translated_amount": 'coalesce(translated_currency, "row:currency")'
        if "translated_currency" in used
        else '"row:currency"',
    }
    return special.get(column, '"row:currency"')


def decimals(currency: str, usual: str) -> str:
    """How many decimals a currency has (ISO 4217), the usual one asked for first."""
    known = currencies()
    by_exponent: dict[int, list[str]] = {}
    for code, exponent in known.items():
        by_exponent.setdefault(exponent, []).append(code)
    cases = " ".join(f"WHEN {sql.among(currency, c)} THEN {e}" for e, c in sorted(by_exponent.items()))
    return f"CASE WHEN {currency} = {sql.text(usual)} THEN {known.get(usual, known[UNKNOWN])} {cases} END"
