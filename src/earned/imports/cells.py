"""Cells as audit formats write them: exact amounts, days and moments. Nothing passes through a float."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)|(\d+(\.\d*)?|\.\d+)[+-]")
#: Days that stand for "none": SAP's zeros, and the first day of 1900 of the training ledger.
_NO_DAY = {"", "00000000", "0000-00-00", "19000101", "1900-01-01"}
#: Whole digits and decimals of an amount; the books hold no more (int64 of minor units, nine decimals).
_WHOLE, _DECIMALS = 20, 9


def amount(text: str, decimal: str = ".", group: str = "") -> Decimal | None:
    """The amount of a cell, exact; None where it is no number
    that the books can hold (nine decimals). A minus may stand behind, as SAP writes it.

    `group` is the sign between thousands: it must separate groups of three digits.
    """
    bare = text.strip().replace("\u2212", "-")
    if group and group in bare:
        whole = bare.lstrip("+-").split(decimal)[0].rstrip("+-")
        if not re.fullmatch(rf"\d{{1,3}}({re.escape(group)}\d{{3}})+", whole):
            return None
        bare = bare.replace(group, "")
    if decimal != ".":
        if "." in bare:
            return None
        bare = bare.replace(decimal, ".")
    if not bare.isascii() or not _PLAIN.fullmatch(bare):
        return None
    value = Decimal(bare[-1] + bare[:-1]) if bare[-1] in "+-" else Decimal(bare)
    return value if held(value) else None


def wanted(text: str, example: str = "1234.56") -> str:
    """What is said of a cell that `amount` does not take: it is no number, or one that cannot be held."""
    bare = text.strip().replace(",", ".")
    if bare.isascii() and _PLAIN.fullmatch(bare):
        return f"an amount of at most {_WHOLE} digits and {_DECIMALS} decimals, such as {example}"
    return f"an amount such as {example}"


def held(value: Decimal) -> bool:
    """Whether an amount is a finite number that the books can hold exactly."""
    digits = value.normalize().as_tuple()
    exponent = digits.exponent
    return isinstance(exponent, int) and exponent >= -_DECIMALS and len(digits.digits) + exponent <= _WHOLE


def written(value: Decimal) -> str:
    """An amount as a plain decimal, without exponent."""
    return format(value if value else Decimal(abs(value)), "f")


def implied(value: Decimal, places: int) -> Decimal:
    """An amount whose last digits are decimals that the file does not mark."""
    return value.scaleb(-places)


def day(text: str, form: str = "", epoch: int = 30) -> str | None:
    """A day as YYYY-MM-DD; None where the cell is none. `form` is made of YYYY, YY, MM, DD and marks; years
    of two digits below `epoch` are of this century.

    Without a form a day is read as YYYYMMDD or begins as YYYY-MM-DD, which no two people read differently.
    """
    bare = text.strip()
    if form:
        return _by_form(bare, form, epoch)
    found = re.match(r"(\d{4})(-?)(\d\d)\2(\d\d)(?=$|[T ])", bare)
    return _iso(found[1], found[3], found[4]) if found else None


def filled_day(text: str) -> str:
    """The cell, empty where it writes that there is no day."""
    bare = text.strip()
    return "" if bare[:10] in _NO_DAY else bare


def moment(day_text: str, time_text: str = "") -> str:
    """Day and time as `YYYY-MM-DD HH:MM:SS`, the day alone without a time; what is neither stays as it is.

    A time may lack its leading zeros, as 91205 for twelve past nine.
    """
    filled = filled_day(day_text)
    first = day(filled) if filled else ""
    if first is None:
        return day_text.strip()
    time = time_text.strip().replace(":", "")
    if not first or not re.fullmatch(r"\d{1,6}", time):
        return first
    digits = time.zfill(6)
    return f"{first} {digits[:2]}:{digits[2:4]}:{digits[4:]}"


def stamp(text: str) -> str:
    """An ISO date with a time, as XML writes it, with a blank for the T; a bare day stays one."""
    return text.strip().replace("T", " ", 1)


def _by_form(text: str, form: str, epoch: int) -> str | None:
    parts = {"YYYY": r"(?P<y>\d{4})", "YY": r"(?P<s>\d\d)", "MM": r"(?P<m>\d\d?)", "DD": r"(?P<d>\d\d?)"}
    pieces = re.split("(YYYY|YY|MM|DD)", form.upper())
    tight = not any(p for p in pieces if p and p not in parts)
    pattern = "".join(parts.get(p, re.escape(p)) for p in pieces)
    found = re.fullmatch(pattern.replace(r"\d\d?", r"\d\d") if tight else pattern, text)
    if not found or not {"m", "d"} <= found.groupdict().keys():
        return None
    fields = found.groupdict()
    year = fields.get("y") or (_century(fields["s"], epoch) if fields.get("s") else "")
    return _iso(year, fields["m"], fields["d"])


def _century(two: str, epoch: int) -> str:
    return f"{'20' if int(two) < epoch else '19'}{two}"


def _iso(year: str, month: str, day_of_month: str) -> str | None:
    try:
        found = date(int(year), int(month), int(day_of_month))
    except ValueError:
        return None
    return found.isoformat() if 1901 <= found.year <= 2199 else None
