"""JSON without floats: numbers stay exact decimals, a repeated key is refused, sizes are bounded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from earned.imports.files import MIB, Source

#: JSON is read whole; larger answers come in pages or files of a year.
MOST = 512 * MIB


def load(source: Source) -> Any:
    """The content; integers and decimals as Decimal. Raises InputError for what is no JSON."""
    with source.open() as opened:
        content = opened.read(MOST + 1)
    if len(content) > MOST:
        raise source.fault(
            f"JSON of at most {MOST // MIB} MiB",
            "Export it in several files, one a period",
            reason="too_large",
        )
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_no_number,
            object_pairs_hook=_once,
        )
    except RecursionError:
        raise source.fault("JSON of a usual depth", "Export it again", reason="malformed") from None
    except (ValueError, ArithmeticError) as wrong:
        raise source.fault(
            f"JSON ({wrong})", "Export it again, whole and in UTF-8", reason="malformed"
        ) from None


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [key for key, _ in pairs]
        raise ValueError(f"the key {next(n for n in names if names.count(n) > 1)!r} stands twice")
    return found


def cell(value: Any) -> str:
    """A value as the text of a cell; what holds other values is none."""
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if isinstance(value, Decimal) and value.is_finite() else str(value)


def mapping(value: Any) -> dict[str, Any]:
    """A value that should be an object; empty where it is none."""
    return value if isinstance(value, dict) else {}


def objects(content: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list, or of every list that the top level holds (`{"journals": [...]}`)."""
    if isinstance(content, dict):
        lists = [v for v in content.values() if isinstance(v, list)]
        if not lists:
            yield content
        for inner in lists:
            yield from (o for o in inner if isinstance(o, dict))
    elif isinstance(content, list):
        yield from (o for o in content if isinstance(o, dict))
