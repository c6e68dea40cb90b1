"""What lies around contracts: people, closes, decisions, credit notes, published figures."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from .model import EXPONENTS, Book, Row, Tables
from .periods import measured, period_of
from .tools import FIRST, LAST, chance, day_between, instant_near


def people(rng: Random, tables: Tables) -> None:
    if chance(rng, 0.5):
        tables["departments"] = [
            {"department_id": "D1", "head_id": "P3"},
            {"department_id": "D2", "head_id": "P1"},
        ]


def closes(rng: Random, settings: Row, tables: Tables) -> None:
    """Quarter rows with the day the books closed, named as the calendar names them anyway."""
    if settings["calendar"].get("kind") not in (None, "quarters") or not chance(rng, 0.4):
        return
    settings["calendar"]["kind"] = "quarters"
    book = _plain(settings, tables)
    day = date(2020, 3, 1)
    rows: list[Row] = []
    while day < date(2023, 6, 1):
        period = period_of(book, day)
        assert period
        closed = instant_near(rng, settings, period[2], 3, 40) if chance(rng, 0.8) else None
        rows.append(
            {"period_id": period[0], "first_date": period[1], "last_date": period[2], "closed_at": closed}
        )
        day = period[2] + timedelta(days=1)
    tables["periods"] = rows


def _plain(settings: Row, tables: Tables) -> Book:
    return Book(settings, tables, ZoneInfo("UTC"), None, {}, dict(EXPONENTS))


def decisions(rng: Random, settings: Row, tables: Tables) -> None:
    rows: list[Row] = []
    for paper in tables["evidence"]:
        if chance(rng, 0.1):
            late = isinstance(paper.get("recorded_at"), datetime)
            value = (
                (paper["event_date"] + timedelta(days=rng.randint(0, 60))).isoformat()
                if late and chance(rng, 0.3)
                else None
            )
            decision = rng.choice(["accept", "refuse"])
            rows.append(
                {
                    "subject_type": "evidence",
                    "subject_id": paper["evidence_id"],
                    "decision": decision,
                    "reason": "seen",
                    "value": value if decision == "accept" else None,
                    "decided_by": "P9",
                    "decided_at": LAST + timedelta(days=rng.randint(-60, 30)),
                }
            )
    for contract in tables["contracts"]:
        if chance(rng, 0.05):
            row = {
                "subject_type": "contract",
                "subject_id": contract["contract_id"],
                "decision": "set_bound_date",
            }
            row |= {"reason": "countersigned", "value": "2021-06-15", "decided_by": "P9"}
            rows.append(row | {"decided_at": LAST + timedelta(days=rng.randint(-60, 30))})
    tables["decisions"] = rows


def outside(rng: Random, settings: Row, tables: Tables) -> None:
    """Credit notes, write-offs, and the company's own periods."""
    tables["invoices"] = []
    tables["receipts"] = []
    for contract in tables["contracts"]:
        if chance(rng, 0.15):
            row = {"invoice_id": f"I{len(tables['invoices'])}", "contract_id": contract["contract_id"]}
            row |= {"kind": rng.choice(["credit_note", None]), "invoice_date": day_between(rng, FIRST, LAST)}
            tables["invoices"].append(row | {"amount": Decimal(-50)})
        if chance(rng, 0.15):
            row = {"receipt_id": f"R{len(tables['receipts'])}", "contract_id": contract["contract_id"]}
            row |= {"kind": "write_off", "customer_id": "C1", "receipt_date": day_between(rng, FIRST, LAST)}
            tables["receipts"].append(row | {"amount": Decimal(50)})
    if settings["calendar"].get("kind") == "months" and not settings["window"]:
        ends = settings["company"]["fiscal_year_end"]
        year = 2021 if ends == "12-31" else 2022
        settings["calendar"]["adjustment_periods"] = {f"{year}M13": f"{year}M06"}
        for entry in tables["entries"]:
            if not entry.get("is_opening") and chance(rng, 0.1):
                entry["period_id"] = rng.choice([f"{year}M13", f"{year}M05"])


def published(rng: Random, settings: Row, tables: Tables) -> None:
    """Targets, announced figures and guidance of the periods that are measured."""
    from .reading import read

    found = measured(read(tables, settings))
    if len(found) < 2:
        return
    tables["targets"], tables["announced"], tables["guidance"], tables["forecast"] = [], [], [], []
    for i, (period_id, _, last) in enumerate(found):
        if chance(rng, 0.3):
            who: Row = rng.choice([{"employee_id": "P1"}, {"department_id": "D1"}, {"employee_id": "P2"}])
            row = {
                "target_id": f"T{i}",
                "period_id": period_id,
                "measure": "booked_revenue",
                "amount": Decimal(9),
            }
            tables["targets"].append(row | who)
        for scope in (None, "E1", "D1"):
            for nth in range(rng.choice([0, 0, 1, 2])):
                row = {"announced_id": f"A{len(tables['announced'])}", "period_id": period_id, "scope": scope}
                row |= {"figure": "revenue", "amount": Decimal(rng.randint(-5, 9000)), "status": "unaudited"}
                tables["announced"].append(row | {"published_date": last + timedelta(days=30 + nth)})
    for g in range(rng.randint(0, 2)):
        i = rng.randint(1, len(found) - 1)
        day = found[rng.randint(0, i - 1)][2] + timedelta(days=rng.randint(1, 20))
        row = {"guidance_id": f"G{g}", "period_id": found[i][0], "figure": "revenue", "published_date": day}
        tables["guidance"].append(row | {"low": Decimal(100), "high": Decimal(200)})
        for contract in [None, *(c["contract_id"] for c in tables["contracts"])]:
            f = {
                "guidance_id": f"G{g}",
                "forecast_id": f"F{len(tables['forecast'])}",
                "contract_id": contract,
            }
            tables["forecast"].append(f | {"amount": Decimal(rng.randint(1, 900))})
    for announced in tables["announced"]:
        announced["currency"] = None
