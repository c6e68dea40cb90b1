"""A login stands for the employee who had it on the entry's day; the manager is the owner's on that day."""

from __future__ import annotations

from pathlib import Path

from tests.golden.cases import Case, run_tables, write_books

CASE = Case(
    title="",
    source="hand calculation; INTERFACE (role in people)",
    expect={},
    books_yaml="company: {name: SIM People Co, currency: USD}\n",
    tables={
        "employees": (
            "employee_id,user_id,name,manager_id,valid_from,valid_to\n"
            "SIM-8,U9,SIM Zhou,SIM-3,2020-01-01,2021-03-31\n"
            "SIM-9,U7,SIM Wu,SIM-1,2020-01-01,2021-03-31\n"
            "SIM-9,U9,SIM Wu-Lin,SIM-2,2021-04-01,\n"
        ),
        "contracts": "contract_id,price,owner_id\nC1,1000.00,SIM-9\n",
        "entries": (
            "entry_id,contract_id,effective_date,amount,preparer,approver\n"
            "c1-1,C1,2021-02-20,400.00,U9,U7\n"
            "c1-2,C1,2021-06-20,600.00,U9,U0\n"
        ),
        "evidence": "contract_id,kind,event_date\nC1,other,2021-02-01\n",
    },
)

#: role, employee, name, units, flagged, booked, unsupported. Nothing is earned: each entry is unsupported.
EXPECTED = {
    # U9 was SIM-8 in February, SIM-9 in June
    ("preparer", "SIM-8", "SIM Zhou", 1, 1, 40000, 40000),
    ("preparer", "SIM-9", "SIM Wu-Lin", 1, 1, 60000, 60000),
    # U7 was SIM-9 in February; nobody has U0
    ("approver", "SIM-9", "SIM Wu", 1, 1, 40000, 40000),
    ("approver", "U0", None, 1, 1, 60000, 60000),
    # 400 + 600, once, although the owner has two rows
    ("owner", "SIM-9", "SIM Wu-Lin", 1, 1, 100000, 100000),
    ("manager", "SIM-1", None, 1, 1, 40000, 40000),
    ("manager", "SIM-2", None, 1, 1, 60000, 60000),
}
COLUMNS = ("role", "employee_id", "name", "units", "flagged_units", "booked_minor", "unsupported_minor")


def test_logins_and_managers_are_those_of_the_day(tmp_path: Path) -> None:
    rows = run_tables(write_books(CASE, tmp_path / "books"), ["people"])["people"]
    assert len(rows) == len(EXPECTED)
    assert {tuple(row[column] for column in COLUMNS) for row in rows} == EXPECTED
