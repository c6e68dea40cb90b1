"""The value of a database as the text that an export would have: exact, and of no country."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any


def text_of(value: Any) -> str | None:
    """A cell as text: decimals in full, moments in ISO 8601, true and false, bytes in hexadecimals."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return bytes(value).hex() if isinstance(value, (bytes, bytearray, memoryview)) else str(value)
