"""A figure with what it is made of, as `earned explain` and the report show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from earned import money
from earned.report import numbers

#: stands between what a cell is called and the row that it is of
SEPARATOR = " · "


@dataclass
class Node:
    """A cell, or with `unit` row a row with its figures as children.

    `value` is exact: minor units of `currency`, parts per million, ISO days, decimals as text. `text` is the
    same for a reader. `formula` has the children's values filled in; it, `standard` and `children` are empty
    where the node was only listed below another. `more` counts children that were not listed. `agrees` is
    false where the formula does not give the stored value, None where there is nothing to compute.
    """

    address: str
    label: str
    value: Any
    unit: str
    currency: str | None = None
    text: str = ""
    formula: str | None = None
    standard: str | None = None
    source: Mapping[str, Any] | None = None
    children: list[Node] = field(default_factory=list)
    more: int = 0
    agrees: bool | None = None

    @property
    def is_leaf(self) -> bool:
        """Whether nothing stands behind it but a row of the books' own files."""
        return self.address.startswith("books.")

    def as_json(self) -> dict[str, Any]:
        """The node as INTERFACE prints it, with `currency`, `text` and `agrees` beside."""
        plain = {k: v for k, v in self.__dict__.items() if k != "children"}
        return plain | {"children": [child.as_json() for child in self.children]}


def address(table: str, key: Sequence[Any], column: str | None = None) -> str:
    """`table/key[/key…][/column]`, each part percent-encoded; an empty key is an empty part."""
    parts = [table, *("" if k is None else str(k) for k in key), *([column] if column else [])]
    return "/".join(quote(part, safe="") for part in parts)


def parts(text: str) -> list[str]:
    """The decoded parts of an address."""
    return [unquote(part) for part in text.split("/")]


def exact(value: Any) -> Any:
    """A cell as JSON holds it: integers, text and booleans as they are, days and decimals as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def shown(value: Any, unit: str, currency: str | None = None, zone: str = "UTC") -> str:
    """A cell for a reader: major units, percentages, quantities without useless zeros, instants in `zone`."""
    if value is None:
        return numbers.NONE
    if isinstance(value, str):
        return numbers.plain(value)
    if unit == "minor":
        return _amount(value, money.currencies().get(currency or "", 2))
    if unit == "ppm":
        return numbers.percent(value) if value >= 0 else f"-{numbers.percent(-value)}"
    if unit in ("count", "quantity"):
        return f"{value:,}" if isinstance(value, int) else numbers.quantity(value)
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value)


def _amount(minor: int, exponent: int) -> str:
    whole, rest = divmod(abs(minor), 10**exponent)
    return f"{'-' if minor < 0 else ''}{whole:,}" + (f".{rest:0{exponent}}" if exponent else "")
