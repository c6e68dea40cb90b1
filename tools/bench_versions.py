"""Speed of contracts with modifications and versions of estimates against the same contracts as signed.

usage: bench_versions.py --contracts N [--out FILE.json]

Every contract has two obligations over time. Changed ones have a prospective modification, a change caught
up, and a variable amount in two versions. Each step runs in a process of its own; the ratio is what can be
compared between machines.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import duckdb

from tools.bench import EXAMINE, measured

CONTRACTS, OBLIGATIONS = "range({contracts})", "range(2 * {contracts})"
PLAIN = {
    "contracts": f"""
        SELECT 'C' || i AS contract_id, 12000 + i % 700 AS price, 'USD' AS currency,
            'E' || (i % 53) AS owner_id, 'D' || (i % 7) AS department_id, DATE '2021-01-01' AS bound_date
        FROM {CONTRACTS} t(i)""",
    "obligations": f"""
        SELECT 'O' || i AS obligation_id, 'C' || (i // 2) AS contract_id, 5000 + i % 300 AS ssp,
            'over_time' AS pattern, CASE i % 2 WHEN 0 THEN 'days' ELSE 'units' END AS measure,
            CASE i % 2 WHEN 1 THEN 90 END AS total_quantity,
            DATE '2021-01-01' AS start_date, DATE '2021-12-31' AS end_date
        FROM {OBLIGATIONS} t(i)""",
    "evidence": """
        SELECT 'P' || i AS evidence_id, 'C' || (i // 3) AS contract_id,
            'O' || (2 * (i // 3) + 1) AS obligation_id, 'units' AS kind,
            DATE '2021-03-10' + CAST(90 * (i % 3) AS INTEGER) AS event_date,
            CAST(event_date AS TIMESTAMP) + INTERVAL 26 HOUR AS recorded_at,
            30 AS quantity, 'increment' AS basis, 'customer' AS maker
        FROM range(3 * {contracts}) t(i)""",
    "entries": f"""
        SELECT 'J' || i AS entry_id, 'C' || (i // 2) AS contract_id, 'O' || i AS obligation_id,
            DATE '2021-06-30' AS effective_date, 3000 AS amount
        FROM {OBLIGATIONS} t(i)""",
}
CHANGED = PLAIN | {
    "modifications": f"""
        SELECT 'C' || (i // 2) AS contract_id, 1 + i % 2 AS version,
            DATE '2021-05-01' + CAST(100 * (i % 2) AS INTEGER) AS effective_date,
            effective_date AS approved_date,
            CASE i % 2 WHEN 0 THEN 'prospective' ELSE 'catch_up' END AS treatment,
            300 - 500 * (i % 2) AS price_change, 'X' AS decided_by
        FROM {OBLIGATIONS} t(i)""",
    "estimates": f"""
        SELECT 'C' || (i // 2) AS contract_id, 'variable_price' AS kind, 'bonus' AS item, 'bonus' AS nature,
            DATE '2021-01-01' + CAST(180 * (i % 2) AS INTEGER) AS known_at, 500 + 250 * (i % 2) AS amount,
            'expected_value' AS method, 'X' AS made_by
        FROM {OBLIGATIONS} t(i)""",
}


def examined(folder: Path, name: str, tables: dict[str, str], contracts: int) -> tuple[float, float]:
    """Seconds and peak MiB of examining the books that the queries write."""
    books = folder / name
    books.mkdir()
    for table, query in tables.items():
        query = query.format(contracts=contracts)
        duckdb.sql(f"COPY ({query}) TO '{books / table}.parquet' (FORMAT parquet)")
    (books / "books.yaml").write_text("company: {currency: USD}\n", encoding="utf-8")
    run = str(folder / f"{name}-run")
    return measured([EXAMINE, "examine", str(books), "--out", run, "--no-report", "--exit-zero"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--contracts", type=int, required=True)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        plain = examined(Path(scratch), "plain", PLAIN, given.contracts)
        changed = examined(Path(scratch), "changed", CHANGED, given.contracts)
    result = {
        "format": "earned.bench_versions/1",
        "contracts": given.contracts,
        "seconds": {"plain": round(plain[0], 2), "changed": round(changed[0], 2)},
        "peak_mib": {"plain": round(plain[1]), "changed": round(changed[1])},
        "ratios": {"changed_to_plain": round(changed[0] / plain[0], 2)},
    }
    text = json.dumps(result, indent=2, sort_keys=True)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    sys.exit(main())
