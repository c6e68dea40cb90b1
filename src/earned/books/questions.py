"""Open questions in books.yaml: what `earned init` could not tell stands there as `?`, and nothing is read
before a person has answered it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from earned.books import policy, schema
from earned.books.given import NAME, Given
from earned.books.mapping import RATES, SIGNS, UNITS
from earned.books.yaml_text import Lined, Scalar
from earned.faults import Fault

MARK = "?"
#: How `earned init` writes the answers to choose from, in the comment beside the question.
CANDIDATES = "# one of: "
#: Keys whose values are words of the files, where a question mark is a word like others.
_WORDS = ("null_values", "drop")
_DAYS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d")
_CLOSED = {
    "unit": UNITS, "sign": SIGNS, "rate": RATES, "decimal": (".", ","),
    "price_includes_tax": ("true", "false"), "pattern": policy.PATTERNS,
    "measure": policy.MEASURES, "binding_stage": policy.STAGES,
    "convention": policy.CONVENTIONS, "least_grade": policy.GRADES, "date": _DAYS,
}  # fmt: skip


def unanswered(given: Given, text: str) -> list[Fault]:
    """A fault for every `?` in books.yaml, with its line, its key and the answers to choose from."""
    lines = text.splitlines()
    return [_fault(path, line, lines) for path, line in _open(given.value, "", None)]


def _open(value: Any, path: str, line: int | None) -> Iterator[tuple[str, int | None]]:
    if isinstance(value, Lined):
        for key, inner in value.items():
            if key not in _WORDS:
                yield from _open(inner, f"{path}.{key}" if path else key, value.lines.get(key, line))
    elif isinstance(value, list):
        for place, inner in enumerate(value, 1):
            yield from _open(inner, f"{path}[{place}]", line)
    elif isinstance(value, Scalar) and value.text.strip() == MARK:
        yield path, line


def _fault(path: str, line: int | None, lines: list[str]) -> Fault:
    beside = lines[line - 1] if line and line <= len(lines) else ""
    said = beside.partition(CANDIDATES)[2].strip() or _usual(path)
    do = "write the answer in the place of '?'"
    return Fault(
        f"an answer, one of: {said}" if said else "an answer", do, NAME, line, path, MARK, reason="question"
    )


def _usual(path: str) -> str:
    """The answers of a closed key, where the comment beside it is gone."""
    keys = re.sub(r"\[\d+\]", "", path).split(".")
    if len(keys) >= 5 and keys[0] == "tables" and keys[2] == "values" and keys[1] in schema.tables():
        column = next((c for c in schema.tables()[keys[1]].columns if c.name == keys[3]), None)
        return " | ".join(column.values) if column else ""
    if keys[-1] == "currency":
        return "an ISO 4217 code, as CNY"
    if len(keys) >= 4 and keys[2] == "columns":
        return "a header of the file, or '=constant'"
    found = next((k for k in reversed(keys) if k in _CLOSED), None)
    return " | ".join(_CLOSED[found]) if found else ""
