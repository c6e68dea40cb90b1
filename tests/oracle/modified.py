"""Random modifications and variable amounts, laid over contracts that were drawn without them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from .evidence import papers_of
from .journal import entries
from .model import EXPONENTS, Row, Tables
from .tools import FIRST, LAST, chance, day_between, money

TREATMENTS = ["separate", "prospective", "prospective", "catch_up", "mixed", "price_estimate"]
NATURES = ["bonus", "penalty", "other", None, "rebate", "refund", "concession", "payable_to_customer"]
TOTALS = ("units", "hours", "cost")


def modify(rng: Random, settings: Row, tables: Tables, share: float) -> None:
    """Gives about that share of the contracts modifications, variable amounts, or both."""
    for name in ("modifications", "modified_obligations", "outcomes", "estimates"):
        tables.setdefault(name, [])
    for contract in [c for c in tables["contracts"] if chance(rng, share)]:
        for o in _mine(tables, contract):
            o["tax_rate"] = None  # the price is netted as one: shares of a change have no rate of their own
        if all(o.get("measure") == "as_used" for o in _mine(tables, contract) or [contract]):
            continue  # what a change does to a price by use is tested by hand
        given = any(o["ssp"] is None for o in _mine(tables, contract))
        if chance(rng, 0.7):
            _modifications(rng, settings, tables, contract, given)
        if chance(rng, 0.6):
            _variable(rng, settings, tables, contract)


def _mine(tables: Tables, contract: Row) -> list[Row]:
    return [o for o in tables.get("obligations", []) if o["contract_id"] == contract["contract_id"]]


def _currency(settings: Row, contract: Row) -> str:
    return str(contract["currency"] or settings["company"]["currency"])


def _change(rng: Random, settings: Row, contract: Row) -> Decimal:
    """From a third of the price off to a half more."""
    step = Decimal(1).scaleb(-EXPONENTS[_currency(settings, contract)])
    price: Decimal = contract["price"]
    return (price * rng.randint(-33, 50) / 100).quantize(step)


def _modifications(rng: Random, settings: Row, tables: Tables, contract: Row, given: bool) -> None:
    day = day_between(rng, FIRST, LAST - timedelta(days=60))
    for version in range(1, rng.randint(1, 3) + 1):
        late = rng.choice([0, 0, 0, 12])
        row: Row = {"contract_id": contract["contract_id"], "version": version, "effective_date": day}
        row["approved_date"] = day + timedelta(days=late) if chance(rng, 0.93) else None
        row |= {"treatment": rng.choice(TREATMENTS), "price_change": _change(rng, settings, contract)}
        row |= {"obligation_id": None, "past_credit": None, "promised_earlier": None, "decided_by": "P9"}
        fixed = [o for o in _mine(tables, contract) if o["measure"] != "as_used"]
        if row["treatment"] == "price_estimate":
            row["promised_earlier"] = rng.choice([None, True, False])
        elif row["treatment"] == "separate" or (fixed and not given and chance(rng, 0.5)):
            if not fixed or given:
                row["treatment"] = "catch_up"
            else:
                _added(rng, settings, tables, contract, row)
        if fixed and row["treatment"] != "separate" and chance(rng, 0.5):
            _reach(rng, settings, tables, contract, row, fixed)
        if row["obligation_id"] and row["treatment"] != "separate" and _adds(tables, row):
            row["obligation_id"] = None  # else nothing says the price of what it adds
        if row["treatment"] in ("prospective", "mixed") and chance(rng, 0.2):
            row["past_credit"] = -abs(row["price_change"] / 10).quantize(Decimal(1))
        tables["modifications"].append(row)
        day += timedelta(days=rng.choice([0, 20, 45, 90]))


def _adds(tables: Tables, row: Row) -> bool:
    """Whether the version adds an obligation to its contract."""
    of = [o for o in tables["obligations"] if o["contract_id"] == row["contract_id"]]
    return any(o.get("added_in_version") == row["version"] for o in of)


def _added(rng: Random, settings: Row, tables: Tables, contract: Row, row: Row) -> None:
    """One more obligation, promised by the modification, with papers and entries of its own."""
    model = rng.choice([o for o in _mine(tables, contract) if o["measure"] != "as_used"])
    name = f"{contract['contract_id']}-m{row['version']}"
    added = model | {"obligation_id": name, "booked_before": None, "added_in_version": row["version"]}
    added["ssp"] = money(rng, _currency(settings, contract), 50, 3000)
    if added["start_date"]:
        added["start_date"] = row["effective_date"]
        added["end_date"] = row["effective_date"] + timedelta(days=rng.randint(1, 200))
    tables["obligations"].append(added)
    tables["evidence"] += papers_of(rng, settings, added, len(tables["evidence"]), False, False)
    entries(rng, settings, tables, added, False, False)
    if row["treatment"] == "separate" and chance(rng, 0.7):
        row["obligation_id"] = name


def _reach(rng: Random, settings: Row, tables: Tables, contract: Row, row: Row, fixed: list[Row]) -> None:
    """The modification names one obligation, or says of some what it does to them."""
    if chance(rng, 0.3):
        row["obligation_id"] = rng.choice(fixed)["obligation_id"]
        return
    for nth, o in enumerate(rng.sample(fixed, rng.randint(1, len(fixed)))):
        said: Row = {"contract_id": contract["contract_id"], "version": row["version"]}
        said |= {"obligation_id": o["obligation_id"], "treatment": None, "ended": None}
        said |= {"ssp": None, "total_quantity": None, "end_date": None}
        if row["treatment"] == "mixed":
            said["treatment"] = rng.choice(["prospective", "catch_up", None])
        if o["ssp"] is not None and chance(rng, 0.5):
            said["ssp"] = money(rng, _currency(settings, contract), 20, 4000)
        if o["measure"] in TOTALS and chance(rng, 0.5):
            said["total_quantity"] = o["total_quantity"] + rng.randint(-2, 30)
        if o["end_date"] and chance(rng, 0.5):
            said["end_date"] = max(o["end_date"], row["effective_date"]) + timedelta(days=rng.randint(-5, 90))
            said["end_date"] = max(said["end_date"], o["start_date"])
        if nth and row["treatment"] in ("prospective", "mixed") and chance(rng, 0.3):
            said["ended"] = True
        tables["modified_obligations"].append(said)


def _variable(rng: Random, settings: Row, tables: Tables, contract: Row) -> None:
    """One or two variable amounts of the contract or of an obligation, each with up to three versions."""
    fixed = [o for o in _mine(tables, contract) if o["measure"] != "as_used" and o["ssp"] is not None]
    mine = [m for m in tables["modifications"] if m["contract_id"] == contract["contract_id"]]
    last = max((m["version"] for m in mine), default=0)
    for item in ("a", "b")[: rng.randint(1, 2)]:
        named = rng.choice(fixed)["obligation_id"] if fixed and chance(rng, 0.3) else None
        row: Row = {"contract_id": None if named else contract["contract_id"], "obligation_id": named}
        row |= {"kind": "variable_price", "item": item, "nature": rng.choice(NATURES)}
        row |= {"promised_in_version": rng.choice([None, None, 0, last]), "made_by": "P9"}
        day = day_between(rng, date(2020, 10, 1), LAST)
        for _ in range(rng.randint(1, 3)):
            amount = _change(rng, settings, contract)
            version = row | {"known_at": day, "amount": amount, "constrained_amount": None, "method": "given"}
            if chance(rng, 0.3):
                version["constrained_amount"] = amount / 2 if amount % 2 == 0 else Decimal(0)
            elif chance(rng, 0.3):
                _outcomes(rng, tables, version)
            tables["estimates"].append(version)
            day += timedelta(days=rng.randint(5, 120))


def _outcomes(rng: Random, tables: Tables, version: Row) -> None:
    """Three outcomes instead of an amount, no two equally likely."""
    amount = version.pop("amount")
    version["method"] = rng.choice(["expected_value", "most_likely"])
    same = {name: version[name] for name in ("contract_id", "obligation_id", "item", "known_at")}
    likely = rng.choice([(200000, 500000, 300000), (333333, 333334, 333333), (100000, 150000, 750000)])
    for times, probability in enumerate(likely):
        tables["outcomes"].append(same | {"amount": amount * times + times, "probability": probability})
