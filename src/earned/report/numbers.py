"""How figures are written: money in major units, percentages, days. Exact, in integers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from unicodedata import category, east_asian_width
from zoneinfo import ZoneInfo

NONE = "–"
LONGEST = 300
EXACT = 2**53


def money(minor: int | None, exponent: int) -> str:
    """Minor units as text in major units: `1,234.56`, negatives `(1,234.56)`, zero and nothing a dash."""
    if not minor:
        return NONE
    whole, rest = divmod(abs(minor), 10**exponent)
    text = f"{whole:,}" + (f".{rest:0{exponent}}" if exponent else "")
    return f"({text})" if minor < 0 else text


def major(minor: int, exponent: int) -> Decimal:
    """Minor units as an exact number of major units."""
    return Decimal(minor).scaleb(-exponent)


def percent(ppm: int | None) -> str:
    """Parts per million as a percentage with two decimals, halves away from zero: `4.24 %`."""
    return share(ppm, 1_000_000)


def share(part: int | None, whole: int | None) -> str:
    """part / whole as a percentage, rounded once to two decimals; a dash without a positive whole."""
    if part is None or not whole or whole < 0:
        return NONE
    whole_percents, rest = divmod((2 * abs(part) * 10_000 + whole) // (2 * whole), 100)
    text = f"{whole_percents:,}.{rest:02} %"
    return f"({text})" if part < 0 and (whole_percents or rest) else text


def growth(now: int | None, before: int | None) -> str:
    """By how much more than before, with its sign: `+0.80 %`, `−1.52 %`; a dash without a positive before."""
    if now is None or before is None:
        return NONE
    text = share(abs(now - before), before)
    return text if text in (NONE, "0.00 %") else f"{'+' if now > before else '−'}{text}"


def per_million(part: int | None, whole: int | None) -> int | None:
    """part / whole in parts per million, rounded halves away from zero; None without a positive whole."""
    if part is None or not whole or whole < 0:
        return None
    size = (2 * abs(part) * 1_000_000 + whole) // (2 * whole)
    return -size if part < 0 else size


def count(number: int | None) -> str:
    """A number of rows with thousands separators."""
    return NONE if number is None else f"{number:,}"


def quantity(value: Decimal | None) -> str:
    """A quantity without the zeros behind its last decimal."""
    return NONE if value is None else f"{value.normalize():,f}"


def day(value: date | datetime | None, timezone: str = "UTC") -> str:
    """A day as ISO text; of an instant, the day in the given time zone."""
    found = local_day(value, timezone)
    return found.isoformat() if found else NONE


def local_day(value: date | datetime | None, timezone: str = "UTC") -> date | None:
    """The day of an instant in a time zone; a day is itself."""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(timezone)).date() if value.tzinfo else value.date()
    return value


def plain(value: object, longest: int = LONGEST) -> str:
    """Any cell as text: control and direction marks escaped (they can disguise a value), long text cut."""
    if value is None:
        return ""
    text = str(value)
    if not text.isprintable():
        text = "".join(c if c.isprintable() or category(c) == "Zs" else _escaped(c) for c in text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def wide(text: str) -> int:
    """Columns of a terminal that a text takes: Chinese characters take two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def cut(text: str, room: int) -> str:
    """A text cut to so many columns of a terminal, with an ellipsis where something was left out."""
    if wide(text) <= room:
        return text
    kept = ""
    for character in text:
        if wide(kept + character) > room - 1:
            break
        kept += character
    return kept + "…"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
