"""Small nasty books: from a seed (`random_books`), or as a hypothesis strategy (`books`)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from .evidence import papers_of
from .journal import entries, openings, unlinked
from .model import EXPONENTS, Row, Tables
from .modified import modify
from .straight_line import CONVENTIONS
from .surroundings import closes, decisions, outside, people, published
from .tools import LAST, PEOPLE, chance, day_between, money
from .writing import write_books

__all__ = ["books", "random_books", "write_books"]

MEASURES = ["days", "months", "units", "milestones", "hours", "cost", "as_used", "given"]


def random_books(rng: Random, contracts: int = 0, modified: float = 0.0) -> tuple[Tables, Row]:
    """Tables in file terms and settings; the same seed gives the same books.

    `contracts` of them, else up to six; `modified`: the share with modifications and variable amounts.
    """
    settings = _settings(rng)
    tables: Tables = {"contracts": [], "obligations": [], "evidence": [], "entries": [], "estimates": []}
    assumed = chance(rng, 0.15)
    for number in range(1, (contracts or rng.randint(1, 6)) + 1):
        _contract(rng, settings, tables, f"K{number}", assumed)
    if assumed:
        tables["obligations"] = []
    elif modified:
        modify(rng, settings, tables, modified)
    unlinked(rng, tables)
    people(rng, tables)
    closes(rng, settings, tables)
    decisions(rng, settings, tables)
    outside(rng, settings, tables)
    published(rng, settings, tables)
    return {
        name: rows for name, rows in tables.items() if rows or name in ("contracts", "entries", "evidence")
    }, settings


def books() -> Any:
    """The same books as a hypothesis strategy, so that a difference shrinks."""
    from hypothesis import strategies

    return strategies.randoms(use_true_random=False).map(random_books)


def _settings(rng: Random) -> Row:
    company: Row = {
        "name": "Example",
        "entity_id": "E1",
        "currency": rng.choice(["USD", "USD", "CNY", "JPY", "KWD"]),
        "timezone": rng.choice(["UTC", "Asia/Shanghai", "America/New_York"]),
        "fiscal_year_end": rng.choice(["12-31", "12-31", "06-30", "03-31", "11-30"]),
    }
    kind = rng.choice([None, "quarters", "months", "4-4-5", "4-5-4", "5-4-4"])
    calendar: Row = {"kind": kind} if kind else {}
    if kind and "-" in kind:
        calendar["first_day"] = rng.choice([date(2021, 1, 4), date(2019, 12, 29), date(2021, 7, 3)])
    window: Row = {}
    if chance(rng, 0.4):
        window["from"] = rng.choice([date(2021, 4, 1), date(2021, 1, 1), date(2021, 5, 17)])
    if chance(rng, 0.3):
        window["to"] = rng.choice([LAST, date(2021, 9, 30), date(2022, 2, 10)])
    as_of = rng.choice([None, date(2022, 6, 30), date(2021, 11, 20)])
    return {
        "company": company,
        "calendar": calendar,
        "window": window,
        "as_of": as_of,
        "policy": _policy(rng),
        "exponents": dict(EXPONENTS),
    }


def _policy(rng: Random) -> Row:
    policy: Row = {"price_includes_tax": chance(rng, 0.3), "tax_rate": rng.choice([60000, 130000, 0])}
    choices: dict[str, list[Any]] = {
        "least_grade": ["C", "A", "B", "D"],
        "close_days": [15, 0, 5, 40],
        "late_paper.days": [30, 0, 10, 90],
        "late_paper.corroborated": [True, False],
        "unknown_recorded_at": ["counts", "not_admitted"],
        "conditional_acceptance": ["not_until_closed", "counts"],
        "tolerance.minor": [100, 0, 5000],
        "tolerance.ppm_of_price": [0, 1000, 50000],
        "binding_stage": ["final", "go_live"],
        "acceptance_needs": [["signature"], ["seal"], ["signature", "seal"]],
        "convention": list(CONVENTIONS),
    }
    for name, values in choices.items():
        if chance(rng, 0.2):
            policy[name] = rng.choice(values)
    return policy


def _contract(rng: Random, settings: Row, tables: Tables, name: str, assumed: bool) -> None:
    company = settings["company"]["currency"]
    currency = company if chance(rng, 0.8) else rng.choice(["USD", "JPY", "KWD"])
    bound = day_between(rng, date(2020, 11, 1), date(2021, 5, 1))
    contract: Row = {
        "contract_id": name,
        "price": money(rng, currency, 100, 9000),
        "currency": currency if currency != company or chance(rng, 0.5) else None,
        "customer_id": rng.choice(["C1", "C2", None]),
        "entity_id": rng.choice(["E1", "E2"]),
        "status": rng.choice(["active", None, "complete", "terminated", None] * 3 + ["draft", "pending"]),
        "bound_date": bound if chance(rng, 0.6) else None,
        "signed_customer_date": bound if chance(rng, 0.3) else None,
        "owner_id": rng.choice([*PEOPLE, None]),
        "department_id": rng.choice(["D1", "D2", None]),
        "price_includes_tax": rng.choice([None, None, True, False]),
        "tax_rate": rng.choice([None, None, 90000]),
    }
    start = day_between(rng, date(2020, 12, 1), date(2021, 9, 30))
    if chance(rng, 0.3):
        start = start.replace(day=rng.choice([1, 28])) if chance(rng, 0.5) else date(2021, 1, 31)
    end = start + timedelta(days=rng.randint(1, 420))
    if chance(rng, 0.15):
        contract["terminated_date"] = start + timedelta(days=rng.randint(0, 300))
    tables["contracts"].append(contract)
    count = 1 if assumed or chance(rng, 0.5) else rng.randint(2, 4)
    given = chance(rng, 0.15)
    mine = [
        _obligation(rng, settings, contract, f"{name}-{i}", (start, end), given) for i in range(1, count + 1)
    ]
    if assumed:
        _assume(rng, contract, mine[0])
    tables["obligations"] += mine
    loose = count > 1 and chance(rng, 0.4)
    for obligation in mine:
        tables["evidence"] += papers_of(rng, settings, obligation, len(tables["evidence"]), loose, count == 1)
        _estimates(rng, tables, obligation)
        entries(rng, settings, tables, obligation, loose, count == 1)
    openings(rng, settings, tables, contract, mine)


def _assume(rng: Random, contract: Row, obligation: Row) -> None:
    """No obligations table: what the contract itself says of its one obligation."""
    if obligation["measure"] in ("as_used", "hours", "cost", "units"):
        obligation["measure"] = "milestones"
    obligation["obligation_id"] = contract["contract_id"]
    kept = ("obligation_id", "contract_id", "pattern", "measure", "start_date", "end_date", "binding_stage")
    for name in obligation.keys() - set(kept):
        obligation[name] = None
    contract |= {name: obligation[name] for name in ("pattern", "measure", "binding_stage")}
    if obligation["measure"] in ("days", "months"):
        contract |= {name: obligation[name] for name in ("start_date", "end_date")}
    elif chance(rng, 0.5):
        contract |= {"pattern": None, "measure": None}


def _obligation(
    rng: Random, settings: Row, contract: Row, name: str, term: tuple[date, date], given: bool
) -> Row:
    currency = contract["currency"] or settings["company"]["currency"]
    measure = rng.choice([*[None] * 5, *MEASURES])
    row: Row = {
        "obligation_id": name,
        "contract_id": contract["contract_id"],
        "pattern": "over_time" if measure else "point_in_time",
        "measure": measure,
        "ssp": None if given else money(rng, currency, 50, 5000),
        "allocated_price": money(rng, currency, 50, 5000) if given else None,
        "tax_rate": rng.choice([None] * 9 + [30000]),
        "total_quantity": None,
        "unit_price": Decimal(rng.choice(["10", "0.125", "33.3333"])) if measure == "as_used" else None,
        "booked_before": None,
        "owner_id": rng.choice([None, None, *PEOPLE]),
        "department_id": rng.choice([None, None, "D1", "D2"]),
    }
    if measure in ("units", "hours", "cost") or (measure in (None, "given") and chance(rng, 0.4)):
        row["total_quantity"] = Decimal(rng.choice(["10", "7", "3", "12.5", "100"]))
    return row | _service(rng, measure, term) | _acceptance(rng, measure)


def _service(rng: Random, measure: str | None, term: tuple[date, date]) -> Row:
    straight = measure in ("days", "months")
    return {
        "start_date": term[0] if straight else None,
        "end_date": term[1] if straight else None,
        "convention": rng.choice([None, None, *CONVENTIONS]) if straight else None,
    }


def _acceptance(rng: Random, measure: str | None) -> Row:
    stage = None if measure else rng.choice([None, None, "arrival", "go_live", "initial", "final"])
    needs = rng.choice(["signature", "seal", "signature, seal"]) if stage and chance(rng, 0.3) else None
    days = None if measure else rng.choice([None, None, 0, 10, 30])
    return {"binding_stage": stage, "acceptance_needs": needs, "deemed_after_days": days}


def _estimates(rng: Random, tables: Tables, obligation: Row) -> None:
    kind = {"cost": "total_cost", "hours": "total_hours", "units": "total_units"}.get(obligation["measure"])
    if not kind or not chance(rng, 0.5):
        return
    for month in sorted(rng.sample(range(1, 13), rng.randint(1, 3))):
        value = obligation["total_quantity"] + rng.randint(-2, 30)
        row = {"obligation_id": obligation["obligation_id"], "kind": kind, "known_at": date(2021, month, 15)}
        whole = Decimal(int(value)) if kind == "total_cost" else None
        tables["estimates"].append(row | {"amount": whole, "quantity": None if whole is not None else value})
