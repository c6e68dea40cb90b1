"""Amounts in SQL: printed in words, and translated at a spot rate (P3, P4)."""

from __future__ import annotations

from decimal import Decimal

from earned import money
from earned.books import sql


def exponent(currency: str) -> str:
    """SQL for the decimals of a currency (ISO 4217)."""
    odd = {code: places for code, places in money.currencies().items() if places != 2}
    by_code = " ".join(f"WHEN {sql.text(code)} THEN {places}" for code, places in sorted(odd.items()))
    return f"CASE {currency} {by_code} ELSE 2 END"


def in_words(minor: str, currency: str) -> str:
    """SQL for minor units as a person writes them: 1,200,000.00 CNY."""
    places = exponent(currency)
    size = f"[1, 10, 100, 1000, 10000][{places} + 1]"
    whole = f"format('{{:,}}', CAST(abs({minor}) // {size} AS BIGINT))"
    rest = f"'.' || lpad(CAST(abs({minor}) % {size} AS VARCHAR), {places}, '0')"
    return (
        f"concat(CASE WHEN {minor} < 0 THEN '-' END, {whole}, CASE WHEN {places} > 0 THEN {rest} END, "
        f"' ', {currency})"
    )


def spot_rates(company: str) -> str:
    """SQL for the spot rates into company currency, to be joined ASOF on currency and rate_date (P4)."""
    return (
        "(SELECT from_currency, rate_date, rate FROM books_rates "
        f"WHERE kind = 'spot' AND to_currency = {sql.text(company)})"
    )


def at_spot(minor: str, currency: str, company: str) -> str:
    """SQL for minor units in company currency by the column `rate`; NULL where there is none (P3, P4)."""
    ours = money.currencies()[company]
    units = (f"WHEN {places} THEN {Decimal(10) ** (places - ours):f}" for places in range(5))
    unit = f"CAST(CASE {exponent(currency)} {' '.join(units)} END AS DECIMAL(38, 9))"
    theirs = f"earned_share({minor}, rate, {unit})"
    return f"CASE WHEN {currency} = {sql.text(company)} THEN {minor} ELSE {theirs} END"
