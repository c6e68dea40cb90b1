"""Books in which every reason for setting a row aside occurs, and what `earned check` says of each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import earned
from earned.books.check.tables import tables
from earned.runfolder import write_run

ENTRIES = (
    "entry_id,contract_id,effective_date,amount,currency,side,created_at,period_id,is_opening,description\n"
)
BOOKS = {
    "books.yaml": "company: {name: SIM, currency: USD}\n"
    "window: {from: 2021-01-01, to: 2021-12-31}\n"
    "as_of: 2022-03-31\n"
    "tables:\n"
    "  entries:\n"
    "    sign: indicator\n"
    "    indicator: {column: side, C: [C], D: [D]}\n"
    "    columns:\n" + "".join(f"      {c}: {c}\n" for c in ENTRIES.strip().split(",") if c != "side"),
    "contracts.csv": "contract_id,price\nC1,1000.00\nC2,500.00\n,1.00\n",
    "obligations.csv": "obligation_id,contract_id,ssp,pattern,booked_before\n"
    "O1,C1,1000.00,over_time,\nO2,C2,500.00,point_in_time,100.00\n",
    "modifications.csv": "contract_id,version,effective_date,approved_date,treatment,price_change\n"
    "C2,1,2021-03-01,2021-03-01,catch_up,10.00\n"
    "C2,3,2021-09-01,2021-09-01,catch_up,20.00\n",
    "estimates.csv": "contract_id,kind,item,known_at,method\n"
    "C2,variable_price,bonus,2021-02-01,expected_value\n",
    "outcomes.csv": "contract_id,item,known_at,amount,probability\n"
    "C2,bonus,2021-02-01,100.00,600000\n"
    "C2,bonus,2021-02-01,50.00,300000\n",
    "costs.csv": "cost_id,contract_id,kind,amount,incurred_date\nK1,C2,obtain,-50.00,2021-01-15\n",
    "evidence.csv": "evidence_id,contract_id,kind,event_date,recorded_at,quantity,basis\n"
    "P1,C1,lunch,2021-06-28,,,\n"
    "P2,C9,acceptance,2021-06-28,,,\n"
    "P3,C2,hours,2021-06-28,,8,\n"
    "P4,C2,acceptance,2021-06-29,2022-04-01T00:00:00Z,,\n",
    "entries.csv": ENTRIES + "E1,C2,2021-06-30,10.00,USD,C,,,,ok\n"
    "E2,C2,2021-06-30,10.00\n"
    f"E3,C2,2021-06-30,10.00,USD,C,,,,{'a description without end ' * 9}\n"
    "E4,C\0,2021-06-30,10.00,USD,C,,,,\n"
    "E5,C2,2021-06-30,ten,USD,C,,,,\n"
    "E6,C2,2021-06-30,10.005,USD,C,,,,\n"
    "E7,C2,2021-06-30,1000000000000000000000000,USD,C,,,,\n"
    "E8,C2,31.06.2021,10.00,USD,C,,,,\n"
    "E9,C2,2021-06-30,10.00,XYZ,C,,,,\n"
    "E10,C2,2021-06-30,10.00,USD,Q,,,,\n"
    "E11,C2,2021-06-30,,USD,C,,,,\n"
    "E12,C2,2021-06-30,10.00,USD,C,,,,\n"
    "E12,C2,2021-06-30,11.00,USD,C,,,,\n"
    "E13,C2,2021-06-30,10.00,USD,C,,,,\n"
    "E13,C2,2021-06-30,10.00,USD,C,,,,\n"
    "E14,C2,2020-06-30,10.00,USD,C,,,,\n"
    "E15,C2,2021-06-30,10.00,USD,C,,2021Q9,,\n"
    "E16,C2,2021-01-01,90.00,USD,C,,,true,\n",
}
LIMITS = {"cell_bytes": 200}


def causes(place: Path) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Each table of the books above with each cause of its rows set aside; the books are examined in a new
    folder, and `run` there is the run."""
    place.mkdir(parents=True)
    for name, text in BOOKS.items():
        (place / name).write_text(text, encoding="utf-8")
    books = earned.open_books(place, limits=LIMITS)
    try:
        run = earned.examine(books)
        write_run(run, place / "run", report=False)
        books.engine.keep("rejected", run.tables["rejected"].expression)
        books.engine.sql("DELETE FROM books_obligations WHERE obligation_id = 'O1'")  # has no measure
        return [(table, cause) for table in tables(books) for cause in table["rejected_by"]]
    finally:
        books.engine.close()
