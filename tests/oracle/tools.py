"""Small random values for the generator of books."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from .model import EXPONENTS, Row

FIRST, LAST = date(2021, 1, 1), date(2021, 12, 31)
PEOPLE = ["P1", "P2", "P3"]


def chance(rng: Random, share: float) -> bool:
    """True in about that share of draws; shrinks to False."""
    return rng.randint(0, 99) >= 100 - int(share * 100)


def day_between(rng: Random, first: date, last: date) -> date:
    """A day, often a period's last."""
    day = first + timedelta(days=rng.randint(0, (last - first).days))
    if chance(rng, 0.25):
        ends = [d for m in (3, 6, 9, 12) if first <= (d := date(2021, m, 30 + (m in (3, 12)))) <= last]
        return rng.choice(ends) if ends else day
    return day


def money(rng: Random, currency: str, low: int, high: int) -> Decimal:
    """An amount with the decimals of its currency."""
    exponent = EXPONENTS[currency]
    scale = 10**exponent
    return Decimal(rng.randint(low * scale, high * scale)).scaleb(-exponent)


def instant_near(rng: Random, settings: Row, day: date, least: int, most: int) -> datetime | date | None:
    """Some days after a day: unknown, a bare date, a day's last or first microsecond, or mid-morning."""
    day += timedelta(days=rng.randint(least, most))
    zone = ZoneInfo(settings["company"]["timezone"])
    how = rng.choice(["morning", "date", "end", "after", "unknown"])
    if how == "unknown":
        return None
    if how == "date":
        return day
    at = {"morning": time(9, 30), "end": time(23, 59, 59, 999999), "after": time(0, 0)}[how]
    return datetime.combine(day, at, zone)
