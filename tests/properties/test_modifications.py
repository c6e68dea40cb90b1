"""What holds of any modified contract (606-10-25-10 to 25-13, 606-10-32-42 to 32-45), on random ones.

Every contract stands in one company's books five times: as drawn; with every amount doubled; with its rows in
reverse; with its obligations named in reverse; and behind a gate. The books run once by quarters and once by
months. Standalone prices are so large that rounding a weight moves no cent, records have no recorded_at and
books close on a period's last day, so that a period's end is all that the two calendars could differ in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

import earned
from tests.oracle.model import Row, Tables
from tests.oracle.writing import write_books

CONTRACTS = 30
GATE = date(2021, 8, 15)
MONEY = ("price", "ssp", "price_change", "past_credit", "amount", "constrained_amount")
QUARTERS = {f"2021Q{n}": f"2021M{3 * n:02d}" for n in range(1, 5)}
A_FEW = 4  # minor units: one for each rounding on the way from a price to what is earned
TREATMENTS = ["prospective", "prospective", "mixed", "catch_up", "separate", "price_estimate"]
Made = tuple[Tables, dict[str, list[Row]], dict[str, list[Row]]]


def _day(rng: Random, first: date = date(2021, 1, 2)) -> date:
    return first + timedelta(days=rng.randint(0, (date(2021, 12, 20) - first).days))


def _obligation(rng: Random, name: str, first: date) -> Row:
    """By delivered units, by units over time, by milestones, or by days."""
    row: Row = {"obligation_id": name, "ssp": Decimal(rng.randint(1, 9) * 10**8), "pattern": "over_time"}
    kind = rng.choice(["point", "units", "milestones", "days"])
    if kind == "point":
        row |= {"pattern": "point_in_time", "total_quantity": 10}
    elif kind == "days":
        last = first + timedelta(days=rng.randint(30, 400))
        row |= {"measure": kind, "start_date": first, "end_date": last}
    else:
        row |= {"measure": kind, "total_quantity": 10 if kind == "units" else None}
    return row


def _evidence(rng: Random, obligation: Row, first: date) -> list[Row]:
    measure = obligation.get("measure") or "point"
    kind = {"point": "delivery", "units": "units", "milestones": "milestone"}.get(measure)
    rows = []
    for _ in range(rng.randint(0, 4) if kind else 0):
        quantity = Decimal(1) / 4 if measure == "milestones" else Decimal(rng.randint(1, 3))
        row: Row = {"obligation_id": obligation["obligation_id"], "kind": kind, "quantity": quantity}
        rows.append(row | {"event_date": _day(rng, first), "basis": "increment"})
    return rows


def _drawn(rng: Random, name: str) -> Tables:
    """The rows of one contract; ids of rows begin with its name."""
    first = date(2021, 1, 1)
    contract: Row = {"contract_id": name, "bound_date": first, "price": Decimal(rng.randint(100, 999) * 1000)}
    tables: Tables = {"contracts": [contract], "obligations": [], "evidence": [], "estimates": []}
    tables |= {"modifications": [], "modified_obligations": []}
    for n in range(rng.randint(1, 3)):
        _promise(rng, tables, f"{name}.{n}", first, 0)
    day = _day(rng, date(2021, 2, 1))
    for version in range(1, rng.randint(1, 3) + 1):
        _modify(rng, tables, name, version, day)
        day = min(day + timedelta(days=rng.choice([0, 30, 75])), date(2021, 12, 10))
    for item in rng.choice(["", "v", "vw"]):
        _vary(rng, tables, name, item)
    return tables


def _promise(rng: Random, tables: Tables, name: str, first: date, version: int) -> None:
    obligation = _obligation(rng, name, first) | {"added_in_version": version or None}
    tables["obligations"].append(obligation)
    tables["evidence"] += _evidence(rng, obligation, first)


def _modify(rng: Random, tables: Tables, name: str, version: int, day: date) -> None:
    row: Row = {"version": version, "effective_date": day, "approved_date": day, "decided_by": "P1"}
    row["treatment"] = rng.choice(TREATMENTS)
    row["price_change"] = Decimal(rng.randint(-30, 60) * 1000)
    there = [o["obligation_id"] for o in tables["obligations"]]
    if row["treatment"] in ("prospective", "mixed") and rng.random() < 0.4:
        for reached in rng.sample(there, rng.randint(1, len(there))):
            how = rng.choice(["prospective", "catch_up"]) if row["treatment"] == "mixed" else None
            said: Row = {"version": version, "obligation_id": reached, "treatment": how}
            said["ssp"] = Decimal(rng.randint(1, 9) * 10**8) if rng.random() < 0.5 else None
            tables["modified_obligations"].append(said)
    elif row["treatment"] != "price_estimate" and (row["treatment"] == "separate" or rng.random() < 0.4):
        _promise(rng, tables, f"{name}.{version + 4}", day, version)
    tables["modifications"].append(row)


def _vary(rng: Random, tables: Tables, name: str, item: str) -> None:
    row: Row = {"contract_id": name, "kind": "variable_price", "item": item, "method": "given"}
    row["nature"] = rng.choice(["bonus", "penalty", "rebate"])
    day = rng.choice([date(2020, 12, 1), _day(rng)])
    for _ in range(rng.randint(1, 3)):
        amount = Decimal(rng.randint(-20, 20) * 1000)
        tables["estimates"].append(row | {"known_at": day, "amount": amount, "constrained_amount": None})
        day += timedelta(days=rng.randint(20, 90))


# the five copies


def _renamed(tables: Tables, rename: Callable[[str], str]) -> Tables:
    def row(given: Row, contract: str) -> Row:
        found = given | {"contract_id": contract}
        named = found.get("obligation_id")
        return found | {"obligation_id": rename(named)} if named else found

    name = rename(tables["contracts"][0]["contract_id"])
    return {table: [row(given, name) for given in rows] for table, rows in tables.items()}


def _copies(rng: Random, number: int) -> list[Tables]:
    drawn = _drawn(rng, f"K{number:02d}")
    plain = _renamed(drawn, lambda name: f"a{name}")
    doubled = {
        table: [{c: v * 2 if c in MONEY and v is not None else v for c, v in row.items()} for row in rows]
        for table, rows in _renamed(drawn, lambda name: f"b{name}").items()
    }
    turned = {table: rows[::-1] for table, rows in _renamed(drawn, lambda name: f"c{name}").items()}
    renamed = _renamed(drawn, lambda name: f"d{_reversed(name)}")
    gated = _renamed(drawn, lambda name: f"e{name}")
    met = rng.choice([GATE, GATE, None])
    gate: Row = {"contract_id": f"eK{number:02d}", "gate": "contract", "criterion": "collectability"}
    criteria = [gate | {"met_date": met, "decided_by": "P1"}]
    return [plain, doubled, turned, renamed, gated | {"criteria": criteria}]


def _reversed(name: str) -> str:
    """Its obligations in the other order: .0 is .9, .1 is .8."""
    contract, _, number = name.partition(".")
    return f"{contract}.{9 - int(number)}" if number else contract


def _examined(tables: Tables, kind: str, place: Path) -> dict[str, list[Row]]:
    company = {"name": "Example", "currency": "USD", "timezone": "UTC", "fiscal_year_end": "12-31"}
    window = {"from": date(2021, 1, 1), "to": date(2021, 12, 31)}
    policy = {"close_days": 0, "price_includes_tax": False}
    settings = {"company": company, "window": window, "policy": policy, "calendar": {"kind": kind}}
    write_books(tables, settings | {"as_of": date(2022, 6, 30)}, place)
    books = earned.open_books(place)
    try:
        run = earned.examine(books)
        assert not run.tables["rejected"].arrow().num_rows
        return {name: run.tables[name].arrow().to_pylist() for name in ("positions", "allocations", "units")}
    finally:
        books.engine.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The books' tables, and the two runs."""
    rng = Random(606)
    tables: Tables = {"entries": []}
    for number in range(CONTRACTS):
        for copy in _copies(rng, number):
            for table, rows in copy.items():
                tables[table] = tables.get(table, []) + rows
    for number, row in enumerate(tables["evidence"]):
        row["evidence_id"] = f"V{number}"
    place = tmp_path_factory.mktemp("modifications")
    return tables, _examined(tables, "quarters", place / "q"), _examined(tables, "months", place / "m")


Figures = dict[tuple[str, str], tuple[int, int]]


def _figures(run: dict[str, list[Row]], copy: str) -> Figures:
    """Unit and period -> allocated and earned, of one of the copies."""
    return {
        (row["unit_id"][1:], row["period_id"]): (row["allocated_minor"], row["earned_minor"])
        for row in run["positions"]
        if row["unit_id"].startswith(copy)
    }


def _apart(one: Figures, other: Figures, times: int = 1) -> int:
    """The largest difference between the figures of two copies."""
    assert one and one.keys() == other.keys()
    return max(abs(a * times - b) for key in one for a, b in zip(one[key], other[key], strict=True))


def test_shares_add_up_to_the_price_in_force(made: Made) -> None:
    """At inception and after every step, over the obligations of each contract."""
    _, run, _ = made
    contract_of = {u["unit_id"]: u["contract_id"] for u in run["units"]}
    steps = 0
    now: dict[str, dict[str, int]] = {}
    prices: dict[tuple[str, int], int] = {}
    for row in sorted(run["allocations"], key=lambda r: r["version"]):
        prices[contract_of[row["unit_id"]], row["version"]] = row["price_minor"]
    for (contract, version), price in sorted(prices.items()):
        for row in run["allocations"]:
            if contract_of[row["unit_id"]] == contract and row["version"] == version:
                now.setdefault(contract, {})[row["unit_id"]] = row["allocated_minor"]
        assert sum(now[contract].values()) == price, (contract, version)
        steps += version > 0
    assert steps > CONTRACTS


def test_the_price_ends_as_the_sum_of_its_changes(made: Made) -> None:
    """Price, approved changes and the last version of each variable amount: nothing is lost on the way."""
    tables, run, _ = made
    contract_of = {u["unit_id"]: u["contract_id"] for u in run["units"]}
    last: dict[str, int] = {}
    for row in sorted(run["allocations"], key=lambda r: r["version"]):
        last[contract_of[row["unit_id"]]] = row["price_minor"]
    owed = {c["contract_id"]: c["price"] for c in tables["contracts"]}
    for change in tables["modifications"]:
        owed[change["contract_id"]] += change["price_change"]
    ordered = sorted(tables["estimates"], key=lambda e: e["known_at"])
    for (contract, _), amount in {(e["contract_id"], e["item"]): e["amount"] for e in ordered}.items():
        owed[contract] += amount
    assert last == {contract: int(amount * 100) for contract, amount in owed.items()}


def test_twice_the_amounts_are_twice_the_figures(made: Made) -> None:
    _, run, _ = made
    assert _apart(_figures(run, "a"), _figures(run, "b"), times=2) <= A_FEW


def test_the_order_of_rows_does_not_matter(made: Made) -> None:
    _, run, _ = made
    assert _apart(_figures(run, "a"), _figures(run, "c")) == 0


def test_the_order_of_obligations_does_not_matter(made: Made) -> None:
    """But for the odd cent, which goes to the smaller name."""
    _, run, _ = made
    renamed = {(_reversed(unit), period): both for (unit, period), both in _figures(run, "d").items()}
    assert _apart(_figures(run, "a"), renamed) <= A_FEW


def test_one_step_or_period_by_period(made: Made) -> None:
    """At the ends that quarters and months have in common, everything cumulative is the same."""
    _, quarters, months = made
    by_month = _figures(months, "")
    compared = 0
    for (unit, period), figures in _figures(quarters, "").items():
        assert figures == by_month.get((unit, QUARTERS[period])), (unit, period)
        compared += bool(figures[1])
    assert compared > CONTRACTS


def test_nothing_before_the_gate(made: Made) -> None:
    """606-10-25-1: nothing is earned before a criterion of the contract is met, and never if it never is."""
    tables, _, months = made
    met = {row["contract_id"]: row["met_date"] for row in tables["criteria"]}
    earned_of: dict[bool, int] = {True: 0, False: 0}
    for (unit, period), (_, amount) in _figures(months, "e").items():
        day = met["e" + unit.partition(".")[0]]
        before = day is None or period < f"2021M{day.month:02d}"
        earned_of[before] += abs(amount)
    assert earned_of[True] == 0 < earned_of[False]
