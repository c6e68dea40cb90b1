"""Random entries: parts of the price, reversals, openings, and entries that name no contract."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from .model import EXPONENTS, Row, Tables
from .tools import FIRST, LAST, chance, day_between, instant_near, money


def entries(rng: Random, settings: Row, tables: Tables, obligation: Row, loose: bool, alone: bool) -> None:
    """Up to five entries of an obligation; `loose` lets some name only the contract."""
    contract = next(c for c in tables["contracts"] if c["contract_id"] == obligation["contract_id"])
    company = settings["company"]["currency"]
    currency = contract["currency"] or company
    least = 0 if currency == company else 1
    for _ in range(rng.randint(least, 5)):
        row = _entry(rng, settings, f"N{len(tables['entries']) + 1:03d}", contract, obligation)
        if (loose and chance(rng, 0.5)) or (alone and chance(rng, 0.3)):
            row["obligation_id"] = None
        row["currency"] = currency if chance(rng, 0.5) else None
        if currency != company and chance(rng, 0.9):
            rate = Decimal(rng.choice(["6.5", "0.155", "7.1"]))
            row["functional_amount"] = (row["amount"] * rate).quantize(_step(company))
        if currency == company and chance(rng, 0.05):
            row["kind"] = "elimination"
        tables["entries"].append(row)


def _step(currency: str) -> Decimal:
    return Decimal(1).scaleb(-EXPONENTS[currency])


def _entry(rng: Random, settings: Row, name: str, contract: Row, obligation: Row) -> Row:
    step = _step(contract["currency"] or settings["company"]["currency"])
    share = Decimal(rng.choice(["1", "1", "0.5", "0.25", "0.3333", "-0.5", "-1", "0.1"]))
    amount = (contract["price"] * share / rng.choice([1, 1, 2, 3])).quantize(step)
    day = day_between(rng, FIRST, LAST)
    return {
        "entry_id": name,
        "contract_id": contract["contract_id"],
        "obligation_id": obligation["obligation_id"],
        "effective_date": day,
        "amount": amount or step,
        "currency": None,
        "functional_amount": None,
        "posted_at": instant_near(rng, settings, day, 0, 40),
        "preparer": rng.choice(["u1", "u2", None]),
        "approver": rng.choice(["u1", "u3", None]),
        "kind": rng.choice([None, "recognition", "reversal", "credit"]) if amount < 0 else None,
        "account": "6001",
        "is_opening": None,
    }


def openings(rng: Random, settings: Row, tables: Tables, contract: Row, mine: list[Row]) -> None:
    """Openings of a contract before the window: as booked_before, as rows, or as both (U6)."""
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
    """Entries of no contract, of a contract that is not in the books, and of an account out of scope."""
    for _ in range(rng.randint(0, 2)):
        row: Row = {
            "entry_id": f"N{len(tables['entries']) + 1:03d}",
            "contract_id": rng.choice([None, "K99"]),
        }
        row |= {"effective_date": day_between(rng, FIRST, LAST), "amount": Decimal(rng.randint(1, 900))}
        tables["entries"].append(row | {"account": rng.choice(["6001", "6001", "6603"])})
    if chance(rng, 0.3):
        tables["accounts"] = [
            {"account": "6001", "role": "revenue"},
            {"account": "6603", "role": "other_income"},
        ]
