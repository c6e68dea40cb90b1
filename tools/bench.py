"""Time and memory of the main job on made-up books, against reading them once and writing the same output.

usage: bench.py --size ENTRIES --out FILE.json

For each 10 entries there is 1 obligation and 3 rows of evidence. Every step runs in a process of its own;
the ratios, not the seconds, are what can be compared between machines.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

#: A year of books: points in time, days, units and usage in equal shares; one obligation in fifty is booked
#: a quarter before its work, everything else on the day of its work.
SHARE = "900 * (1 + ({0} * 31) % 9)"
DAY = "DATE '2021-04-15' + CAST(({0} * 37) % 250 AS INTEGER)"
TABLES = {
    "contracts": f"""
        SELECT 'C' || i // 2 AS contract_id,
            {SHARE.format("i")} + CASE i % 4 WHEN 0 THEN {SHARE.format("(i + 1)")} ELSE 0 END AS price,
            'USD' AS currency, 'K' || (i % 997) AS customer_id, 'E' || (i % 53) AS owner_id,
            'D' || (i % 7) AS department_id, DATE '2021-01-01' AS bound_date
        FROM range(0, {{obligations}}, 2) t(i)""",
    "obligations": f"""
        SELECT 'O' || i AS obligation_id, 'C' || i // 2 AS contract_id,
            CASE WHEN i % 4 <> 3 THEN {SHARE.format("i")} END AS ssp,
            CASE i % 4 WHEN 0 THEN 'point_in_time' ELSE 'over_time' END AS pattern,
            CASE i % 4 WHEN 1 THEN 'days' WHEN 2 THEN 'units' WHEN 3 THEN 'as_used' END AS measure,
            CASE i % 4 WHEN 2 THEN 90 END AS total_quantity,
            CASE i % 4 WHEN 3 THEN {SHARE.format("i")} / 90 END AS unit_price,
            {DAY.format("i")} - 9 AS start_date, {DAY.format("i")} AS end_date
        FROM range({{obligations}}) t(i)""",
    "evidence": f"""
        SELECT 'P' || i AS evidence_id, 'C' || (i // 6) AS contract_id, 'O' || (i // 3) AS obligation_id,
            CASE (i // 3) % 4 WHEN 0 THEN 'acceptance' WHEN 1 THEN 'access' WHEN 2 THEN 'units'
                ELSE 'usage' END AS kind,
            {DAY.format("(i // 3)")} AS event_date,
            CAST({DAY.format("(i // 3)")} AS TIMESTAMP) + INTERVAL 26 HOUR AS recorded_at,
            CASE WHEN (i // 3) % 4 IN (2, 3) THEN 30 END AS quantity,
            CASE WHEN (i // 3) % 4 IN (2, 3) THEN 'increment' END AS basis,
            CASE i % 3 WHEN 0 THEN 'customer' WHEN 1 THEN 'system' ELSE 'company' END AS maker
        FROM range({{evidence}}) t(i)""",
    "entries": f"""
        SELECT 'J' || i AS entry_id, 'C' || (i // 20) AS contract_id, 'O' || (i // 10) AS obligation_id,
            {DAY.format("(i // 10)")} - CASE WHEN (i // 10) % 50 = 0 THEN 92 ELSE 0 END AS effective_date,
            {SHARE.format("(i // 10)")} / 10 AS amount, '6001' AS account,
            'U' || (i % 20) AS preparer, 'A' || (i % 5) AS approver
        FROM range({{size}}) t(i)""",
}

FLOOR = """
import duckdb, pathlib, sys
books, run, out = map(pathlib.Path, sys.argv[1:])
con = duckdb.connect(config={"threads": 2})
for file in sorted(books.glob("*.parquet")):
    con.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM read_parquet('{file}')")
for file in sorted((run / "tables").glob("*.parquet")):
    con.execute(f"COPY (SELECT * FROM read_parquet('{file}')) TO '{out / file.name}' (FORMAT parquet)")
"""

EXAMINE = "import sys; from earned.cli import main; main(sys.argv[1:])"


def make(folder: Path, size: int) -> None:
    """Write the books: `size` entries and what belongs to them."""
    counts = {"size": size, "obligations": size // 10, "evidence": size // 10 * 3}
    for name, query in TABLES.items():
        duckdb.sql(f"COPY ({query.format(**counts)}) TO '{folder / name}.parquet' (FORMAT parquet)")
    (folder / "books.yaml").write_text("company: {currency: USD}\n", encoding="utf-8")


def measured(arguments: list[str]) -> tuple[float, float]:
    """Seconds and peak MiB of a Python process; leaves in words when it fails."""
    script = (
        "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(code)"
    )
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", script, sys.executable, "-c", *arguments], capture_output=True, text=True
    )
    seconds = time.perf_counter() - began
    if done.returncode not in (0, 1):
        sys.exit(done.stdout + done.stderr)
    return seconds, int(done.stderr.split()[-1]) / 1024


def bench(size: int) -> dict[str, object]:
    """One run of each: the whole job without report, and the floor."""
    with tempfile.TemporaryDirectory() as scratch:
        books, run, out = (Path(scratch) / name for name in ("books", "run", "out"))
        books.mkdir()
        out.mkdir()
        make(books, size)
        examined = measured([EXAMINE, "examine", str(books), "--out", str(run), "--no-report", "--exit-zero"])
        floor = measured([FLOOR, str(books), str(run), str(out)])
    rows = size + size // 10 * 4 + size // 20
    return {
        "format": "earned.bench/1",
        "size": size,
        "seconds": {"examine": round(examined[0], 2), "floor": round(floor[0], 2)},
        "peak_mib": {"examine": round(examined[1]), "floor": round(floor[1])},
        "rows_per_second": {"examine": round(rows / examined[0]), "floor": round(rows / floor[0])},
        "ratios": {"core_to_floor": round(examined[0] / floor[0], 2)},
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    result = bench(given.size)
    given.out.write_text(json.dumps(result, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2, sort_keys=True))


if __name__ == "__main__":
    sys.exit(main())
