"""Prices net of tax and their allocation (P5, U2, U3)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from .model import MILLION, Book, Row, Unit, rounded


def allocate(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """U2: largest remainder on absolute values, ties to the smaller key; the shares sum to the total."""
    whole = sum(weights.values())
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
    """Fills `net_price` of the contract and `allocated` of its obligations, in minor units."""
    fixed = [o for o in obligations if o["measure"] != "as_used"]
    gross = contract["price_minor"]
    inside = contract.get("price_includes_tax")
    inside = bool(book.policy.get("price_includes_tax")) if inside is None else inside
    rate = contract.get("tax_rate")
    rate = book.policy.get("tax_rate") if rate is None else rate
    own_rates = inside and any(o.get("tax_rate") is not None for o in fixed)
    price = net(gross, rate) if inside and not own_rates else gross
    for obligation in obligations:
        obligation["allocated"] = None
    for key, share in _shares(price, fixed).items():
        obligation = book.obligations[key]
        own = obligation.get("tax_rate")
        obligation["allocated"] = net(share, rate if own is None else own) if own_rates else share
    given = _method(fixed) == "given"
    contract["net_price"] = sum(o["allocated"] for o in fixed) if own_rates and not given else price
    if given:
        contract["net_price"] = net(gross, rate) if inside else gross
        for obligation in fixed:
            obligation["allocated"] = obligation["allocated_price_minor"]


def _method(fixed: list[Row]) -> str:
    if len(fixed) == 1:
        return "whole"
    return "ssp" if all(o["ssp_minor"] is not None for o in fixed) else "given"


def _shares(price: int, fixed: list[Row]) -> dict[str, int]:
    if len(fixed) == 1:
        return {fixed[0]["obligation_id"]: price}
    if not fixed or _method(fixed) == "given":
        return {}
    return allocate(price, {o["obligation_id"]: o["ssp_minor"] for o in fixed})


def allocated(unit: Unit) -> int | None:
    """The unit's share of the price; None where everything is as used (U3)."""
    shares = [o["allocated"] for o in unit.obligations if o["measure"] != "as_used"]
    return sum(shares) if shares else None


def rows(book: Book) -> list[Row]:
    """Table `allocations`."""
    found = []
    for unit in book.units:
        ssp = [o["ssp_minor"] for o in unit.obligations]
        found.append(
            {
                "unit_id": unit.unit_id,
                "price_minor": unit.contract["net_price"],
                "allocated_minor": allocated(unit),
                "ssp_minor": None if not ssp or None in ssp else sum(ssp),
            }
        )
    return found
