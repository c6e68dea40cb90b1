"""The JSON Schema of the contract file, made from the tables of the books, for editors."""

from __future__ import annotations

import json
from typing import Any

from earned.books import policy, schema
from earned.books.manifest import FRAMEWORKS, KINDS
from earned.books.schema import Column
from earned.contract.document import GIVEN_ELSEWHERE, SETTINGS, TABLES, columns

_DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_NUMBER = {"type": ["number", "string"]}
_TYPES: dict[str, dict[str, Any]] = {
    "date": _DAY,
    "instant": {"type": "string"},
    "money": _NUMBER,
    "quantity": _NUMBER,
    "ppm": {"type": "integer"},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
    # Numbers of contracts and papers may look like numbers.
    "id": {"type": ["string", "number"]},
    "text": {"type": ["string", "number"]},
}


def contract_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a contract file: every key closed, every row as its table has it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A contract file of `earned recognise`",
        "type": "object",
        "additionalProperties": False,
        "required": ["contract"],
        "properties": {
            "contract": _row("contracts"),
            **_settings(),
            **{name: {"type": "array", "items": _row(name)} for name in TABLES},
        },
    }


def schema_text() -> str:
    """The schema as it is printed."""
    return json.dumps(contract_schema(), indent=2, ensure_ascii=False) + "\n"


def _row(name: str) -> dict[str, Any]:
    table, allowed = schema.tables()[name], columns(name)
    needed = [
        c.name
        for c in table.columns
        if c.name in allowed and c.need == "required" and not c.null_ok and not c.otherwise
    ]
    return {
        "type": "object",
        "description": table.row,
        "additionalProperties": False,
        "required": [c for c in needed if (name, c) not in GIVEN_ELSEWHERE],
        "properties": {c.name: _cell(c) for c in table.columns if c.name in allowed},
    }


def _cell(column: Column) -> dict[str, Any]:
    known = {"enum": list(column.values)} if column.values else dict(_TYPES[column.type])
    return known | {"description": column.meaning}


def _settings() -> dict[str, Any]:
    text = {"type": "string"}
    parts = {
        "company": {
            "name": text,
            "entity_id": text,
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
            "timezone": text,
            "fiscal_year_end": {"type": "string", "pattern": r"^\d{2}-\d{2}$"},
            "framework": {"enum": list(FRAMEWORKS)},
        },
        "window": {"from": _DAY, "to": _DAY},
        "calendar": {
            "kind": {"enum": list(KINDS)},
            "first_day": _DAY,
            "adjustment_periods": {"type": "object", "additionalProperties": text},
        },
        "policy": {name: {} for name in policy.NAMES},
    }
    closed = {
        name: {"type": "object", "additionalProperties": False, "properties": of}
        for name, of in parts.items()
    }
    return {name: closed.get(name, _DAY) for name in SETTINGS}
