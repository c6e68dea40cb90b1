"""Currencies and their minor units: how many decimals an amount has, and how it is printed.

An amount is an integer of minor units everywhere inside; the exponent of ISO 4217 says how many
of its digits stand behind the decimal point (JPY 0, CNY 2, KWD 3).
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

import iso4217

#: The currency of books that name none (R7): ISO 4217 `XXX`, no currency, kept with two decimals.
UNKNOWN = "XXX"


@cache
def currencies() -> MappingProxyType[str, int]:
    """ISO 4217 code -> exponent of every currency that has a minor unit, and of XXX (R7).

    Metals, bond units and test codes have no minor unit in ISO 4217 and are left out.
    """
    known = {c.code: c.exponent for c in iso4217.Currency if c.exponent is not None}
    return MappingProxyType(known | {UNKNOWN: 2})


def exponent(code: str) -> int | None:
    """Decimals of a currency by its ISO 4217 code; None when there is no such currency."""
    return currencies().get(code)


def as_text(minor: int, currency: str) -> str:
    """An amount of minor units in major ones: `as_text(120000000, "CNY")` is `1,200,000.00`.

    Raises KeyError for a code that is no currency.
    """
    places = currencies()[currency]
    major, rest = divmod(abs(minor), 10**places)
    return f"{'-' if minor < 0 else ''}{major:,}" + (f".{rest:0{places}d}" if places else "")
