"""Random entries: parts of the price, reversals, openings, and entries that name no contract."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from .model import EXPONENTS, Row, Tables
from .tools import FIRST, LAST, chance, day_between, instant_near, money


def entries(
    rng: Random,
    settings: Row,
    tables: Tables,
    contract: Row,
    obligation: Row,
    term: tuple[date, date],
    loose: bool,
    count: int,
) -> None:
    currency = contract["currency"] or settings["company"]["currency"]
    company = settings["company"]["currency"]
    price = contract["price"] / count
    for _ in range(rng.randint(0 if currency == company else 1, 5)):
        number = len(tables["entries"]) + 1
        step = Decimal(1).scaleb(-EXPONENTS[currency])
        amount = (
            price * Decimal(rng.choice(["1", "1", "0.5", "0.25", "0.3333", "-0.5", "-1", "0.1"]))
        ).quantize(step)
        day = day_between(rng, FIRST, LAST)
        row: Row = {
            "entry_id": f"N{number:03d}",
            "contract_id": contract["contract_id"],
            "obligation_id": None
            if (loose and chance(rng, 0.5)) or (count == 1 and chance(rng, 0.3))
            else obligation["obligation_id"],
            "effective_date": day,
            "amount": amount or step,
            "currency": currency if chance(rng, 0.5) else None,
            "functional_amount": None,
            "posted_at": instant_near(rng, settings, day, 0, 40),
            "preparer": rng.choice(["u1", "u2", None]),
            "approver": rng.choice(["u1", "u3", None]),
            "kind": rng.choice([None, "recognition", "reversal", "credit"]) if amount < 0 else None,
            "account": "6001",
            "is_opening": None,
        }
        if currency != company and chance(rng, 0.9):
            rate = Decimal(rng.choice(["6.5", "0.155", "7.1"]))
            row["functional_amount"] = (row["amount"] * rate).quantize(Decimal(1).scaleb(-EXPONENTS[company]))
        if currency == company and chance(rng, 0.05):
            row["kind"] = "elimination"
        tables["entries"].append(row)


def openings(rng: Random, settings: Row, tables: Tables, contract: Row, mine: list[Row], loose: bool) -> None:
    first = settings["window"].get("from")
    company = settings["company"]["currency"]
    currency = contract["currency"] or company
    if not first or not chance(rng, 0.5):
        return
    amounts = [money(rng, currency, 0, 500) for _ in mine]
    how = rng.choice(["booked_before", "rows", "both"])
    named = mine[0]["obligation_id"] != contract["contract_id"]
    if how != "rows" and named:
        for obligation, amount in zip(mine, amounts, strict=True):
            obligation["booked_before"] = amount
    if how == "booked_before" or currency != company:
        return
    wrong = how == "both" and chance(rng, 0.2)
    for obligation, amount in zip(mine, amounts, strict=True):
        row = {"entry_id": f"N{len(tables['entries']) + 1:03d}", "contract_id": contract["contract_id"]}
        row |= {"obligation_id": obligation["obligation_id"], "effective_date": first - timedelta(days=1)}
        tables["entries"].append(row | {"amount": amount + int(wrong), "is_opening": True, "account": "6001"})


def unlinked(rng: Random, tables: Tables) -> None:
    for _ in range(rng.randint(0, 2)):
        row = {"entry_id": f"N{len(tables['entries']) + 1:03d}", "contract_id": rng.choice([None, "K99"])}
        row |= {"effective_date": day_between(rng, FIRST, LAST), "amount": Decimal(rng.randint(1, 900))}
        tables["entries"].append(row | {"account": rng.choice(["6001", "6001", "6603"])})
    if chance(rng, 0.3):
        tables["accounts"] = [
            {"account": "6001", "role": "revenue"},
            {"account": "6603", "role": "other_income"},
        ]
