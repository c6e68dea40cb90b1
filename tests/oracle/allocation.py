"""Prices net of tax and their allocation (P5, U2, U3)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from .model import MILLION, Book, Row, rounded
from .steps import at_inception


def allocate(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """U2: largest remainder on absolute values, ties to the smaller key; the shares sum to the total."""
    whole = sum(weights.values())
    if not whole:
        return dict.fromkeys(weights, 0)
    exact = {key: Fraction(total * weight, whole) for key, weight in weights.items()}
    share = {key: (1 if e >= 0 else -1) * (abs(e.numerator) // e.denominator) for key, e in exact.items()}
    missing = total - sum(share.values())
    sign = 1 if missing > 0 else -1
    short = [key for key, e in exact.items() if e * sign > 0]
    for key in sorted(short, key=lambda k: (-abs(exact[k] - share[k]), k))[: abs(missing)]:
        share[key] += sign
    return share


def net(amount: int, rate: int | None) -> int:
    """P5: without the tax inside; a missing rate is a mistake of the test."""
    assert rate is not None
    return rounded(Fraction(amount * MILLION, MILLION + rate))


def price_contract(book: Book, contract: Row, obligations: list[Row]) -> None:
    """Fills `net_price` of the contract and `allocated` and `weight` of its obligations, in minor units."""
    fixed = [o for o in obligations if o["measure"] != "as_used"]
    for obligation in obligations:
        obligation["allocated"] = None if obligation["measure"] == "as_used" else 0
        obligation["weight"] = 0
    start = [o for o in fixed if o["from_start"]]
    variable = at_inception(book, contract)
    own = {o["obligation_id"]: variable.get(o["obligation_id"], 0) for o in start}
    gross = contract["price_minor"] + variable.get(None, 0)
    inside = contract.get("price_includes_tax")
    inside = bool(book.policy.get("price_includes_tax")) if inside is None else inside
    rate = contract.get("tax_rate")
    rate = book.policy.get("tax_rate") if rate is None else rate
    contract["rate_inside"] = rate if inside else None
    _share(book, contract, start, gross, own)
    for o in fixed:
        if not o["from_start"]:  # what is wholly its own is its own before the rest of its price is
            o["allocated"] = net_of(contract, variable.get(o["obligation_id"], 0))
            contract["net_price"] += o["allocated"]


def net_of(contract: Row, amount: int) -> int:
    """An amount as the contract states it, without the tax inside."""
    rate = contract["rate_inside"]
    return amount if rate is None else net(amount, rate)


def _share(book: Book, contract: Row, start: list[Row], gross: int, own: Mapping[str, int]) -> None:
    inside = contract["rate_inside"] is not None
    own_rates = inside and any(o.get("tax_rate") is not None for o in start)
    price = gross if own_rates else net_of(contract, gross)
    _weigh(start, own)  # ssp stands on the footing of the price as stated, and so does what it is less (P5)
    for key, share in _shares(price, start).items():
        obligation = book.obligations[key]
        rate = obligation.get("tax_rate")
        rate = contract["rate_inside"] if rate is None else rate
        whole = share + own[key]
        if own_rates:
            obligation["allocated"] = net(whole, rate)
        else:
            obligation["allocated"] = share + net_of(contract, own[key])
    if _method(start) == "given":
        for o in start:
            o["allocated"] = o["allocated_price_minor"] + net_of(contract, own[o["obligation_id"]])
            o["weight"] = o["allocated_price_minor"]
    if own_rates:
        contract["net_price"] = sum(o["allocated"] for o in start)
    elif _method(start) == "given":
        contract["net_price"] = net_of(contract, gross + sum(own.values()))
    else:
        contract["net_price"] = price + sum(net_of(contract, amount) for amount in own.values())


def _weigh(start: list[Row], own: Mapping[str, int]) -> None:
    """By standalone selling price, less what is variable and wholly an obligation's own (32-40)."""
    if len(start) == 1:
        start[0]["weight"] = 1
    elif _method(start) == "ssp":
        for o in start:
            o["weight"] = max(o["ssp_minor"] - max(own[o["obligation_id"]], 0), 0)
        if not any(o["weight"] for o in start):
            for o in start:
                o["weight"] = o["ssp_minor"]


def _method(fixed: list[Row]) -> str:
    if len(fixed) == 1:
        return "whole"
    return "ssp" if all(o["ssp_minor"] is not None for o in fixed) else "given"


def _shares(price: int, fixed: list[Row]) -> dict[str, int]:
    if len(fixed) == 1:
        return {fixed[0]["obligation_id"]: price}
    if not fixed or _method(fixed) == "given":
        return {}
    return allocate(price, {o["obligation_id"]: o["weight"] for o in fixed})
