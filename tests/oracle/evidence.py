"""Random papers of one obligation: timely, late, corroborated, rivals, partial, conditional, repeated."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from .model import Row
from .tools import chance, day_between, instant_near

STAGES = [None, None, "arrival", "go_live", "initial", "final"]
MAKERS = ["customer", "company", "system", "third_party", None]


def papers_of(
    rng: Random, settings: Row, obligation: Row, before: int, loose: bool, alone: bool
) -> list[Row]:
    """The papers; `loose` lets some name only the contract, `before` numbers them on."""
    found: list[Row] = []
    kinds = _kinds(rng, obligation)
    straight = obligation["measure"] in ("days", "months")
    for _ in range(rng.randint(0, 1 if straight else 5)):
        row = _paper(rng, settings, obligation, rng.choice(kinds))
        if (loose and chance(rng, 0.3)) or (alone and chance(rng, 0.3)):
            row["obligation_id"] = None
        found.append(row)
        if chance(rng, 0.35):
            found.append(_companion(rng, settings, row))
    for i, row in enumerate(found, before + 1):
        row["evidence_id"] = f"V{i:03d}"
    return found


def _kinds(rng: Random, obligation: Row) -> list[str]:
    measure = obligation["measure"]
    if measure is None:
        some = ["acceptance"] * 8 + ["delivery", "delivery", "rejection", "start", "other"]
        some += ["submission"] * (4 if obligation["deemed_after_days"] is not None else 0)
        return some if chance(rng, 0.7) else ["delivery", "delivery", "delivery", "start"]
    own = {"units": "units", "hours": "hours", "cost": "cost", "milestones": "milestone", "as_used": "usage"}
    own["given"] = rng.choice(["milestone", "other"])
    return [own[measure]] * 4 + ["start"] if measure in own else ["start", "access", "hours"]


def _paper(rng: Random, settings: Row, obligation: Row, kind: str) -> Row:
    event = day_between(rng, date(2021, 1, 1), date(2021, 12, 31))
    stages = [obligation["binding_stage"]] * 8 + STAGES
    row: Row = {
        "evidence_id": None,
        "contract_id": obligation["contract_id"],
        "obligation_id": obligation["obligation_id"],
        "kind": kind,
        "event_date": event,
        "recorded_at": _recorded(rng, settings, event),
        "stage": rng.choice(stages)
        if kind in ("acceptance", "delivery", "submission", "rejection")
        else None,
        "maker": rng.choice(MAKERS),
        "made_by": rng.choice([None, None, None, "P1", "P2", "P3"]),
        "batch": rng.choice([None, "b1"]),
    }
    if kind in ("acceptance", "delivery"):
        _judge(rng, row, obligation)
    elif kind == "cost":
        row |= {"amount": Decimal(rng.randint(1, 60)), "basis": rng.choice(["increment", "cumulative"])}
    elif kind in ("units", "hours", "usage", "milestone", "other"):
        _measure(rng, row, kind)
    elif kind == "rejection" and obligation["total_quantity"] and chance(rng, 0.5):
        row |= {"quantity": Decimal(rng.randint(1, 6)), "basis": "increment"}
    if kind in ("units", "hours", "cost", "milestone") and chance(rng, 0.1):
        row["counts_for_progress"] = False
    return row


def _recorded(rng: Random, settings: Row, event: date) -> datetime | date | None:
    return instant_near(
        rng, settings, event, *rng.choice([(0, 3), (0, 3), (0, 3), (10, 50), (30, 150), (-3, 0)])
    )


def _judge(rng: Random, row: Row, obligation: Row) -> None:
    row["result"] = rng.choice([None, None, None, None, "accepted", "partial", "conditional", "rejected"])
    if row["kind"] == "delivery" and row["result"] == "rejected":
        row["result"] = None
    if chance(rng, 0.4 if obligation["total_quantity"] else 0.05):
        row |= {"quantity": Decimal(rng.randint(1, 8)), "basis": rng.choice(["increment", "cumulative"])}
        if row["result"] == "rejected":
            row["basis"] = "increment"
    if row["kind"] == "acceptance":
        for column in ("signed_customer_date", "sealed_customer_date"):
            if chance(rng, 0.5):
                row[column] = row["event_date"] + timedelta(days=rng.randint(-5, 40))
    if (row["result"] == "conditional" and chance(rng, 0.6)) or chance(rng, 0.05):
        row["conditions_closed_date"] = row["event_date"] + timedelta(days=rng.randint(0, 90))


def _measure(rng: Random, row: Row, kind: str) -> None:
    if kind == "milestone" and chance(rng, 0.2):
        return
    small = ["0.25", "0.5", "0.1", "1", "0.333333333"]
    quantity = Decimal(rng.choice(small) if kind in ("milestone", "other") else rng.randint(1, 12))
    row |= {"quantity": quantity, "basis": rng.choice(["increment", "increment", "cumulative"])}
    if chance(rng, 0.05):
        row["quantity"] = -quantity
    if chance(rng, 0.05):
        row["basis"] = None


def _companion(rng: Random, settings: Row, row: Row) -> Row:
    """A near copy: by another maker (corroborates), of another batch (repeats), of another day (rivals)."""
    how = rng.choice(["maker", "batch", "rival", "rival"])
    other = dict(row)
    if how == "maker":
        other["maker"] = rng.choice(MAKERS)
        other["recorded_at"] = instant_near(rng, settings, row["event_date"], 0, 5)
    elif how == "batch":
        other["batch"] = rng.choice(["b2", "b0"])
    else:
        shift = rng.randint(-20, 20)
        other["maker"] = rng.choice(MAKERS)
        other["event_date"] = row["event_date"] + timedelta(days=shift)
        other["recorded_at"] = _recorded(rng, settings, other["event_date"])
    return other
