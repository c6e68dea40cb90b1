"""Books as files: CSV with our column names, and a books.yaml."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from .model import Row, Tables


def write_books(tables: Tables, settings: Row, folder: Path) -> None:
    """CSV files with our column names and a books.yaml, as `earned.open_books(folder)` reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        columns = list(dict.fromkeys(c for row in rows for c in row)) or _LEAST.get(name, [])
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows([_cell(row.get(c)) for c in columns] for row in rows)
    (folder / "books.yaml").write_text(
        yaml.safe_dump(manifest(settings), allow_unicode=True), encoding="utf-8"
    )


_LEAST = {
    "contracts": ["contract_id", "price"],
    "entries": ["contract_id", "effective_date", "amount"],
    "evidence": ["contract_id", "kind", "event_date"],
}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def manifest(settings: Row) -> Row:
    """The settings as books.yaml has them: policy keys nested."""
    policy: Row = {}
    for name, value in settings.get("policy", {}).items():
        outer, _, inner = name.partition(".")
        if inner:
            policy.setdefault(outer, {})[inner] = value
        else:
            policy[outer] = value
    found = {"company": settings["company"], "policy": policy}
    found |= {name: settings[name] for name in ("window", "calendar", "as_of") if settings.get(name)}
    return found
