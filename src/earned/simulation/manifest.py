"""books.yaml of the simulated company: sources, mappings from Chinese headers, policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from earned.books import schema
from earned.simulation.book import Spec
from earned.simulation.calendar import AS_OF, WINDOW
from earned.simulation.layout import FEEDS, Feed

#: files that grow by chunks: source -> table
STREAMED = {
    "usage_contracts": "contracts", "usage_obligations": "obligations", "usage": "evidence",
    "usage_entries": "entries", "usage_ledger": "ledger", "usage_invoices": "invoices",
    "usage_receipts": "receipts", "usage_customers": "customers",
}  # fmt: skip


class _Plain(yaml.SafeDumper):
    """Writes what repeats each time in full."""

    def ignore_aliases(self, data: Any) -> bool:
        """Nothing is named by an anchor."""
        return True


def write(spec: Spec, folder: Path, streamed: dict[str, list[str]]) -> None:
    """books.yaml beside the files; `streamed` names the columns of each file that grows by chunks."""
    sources: dict[str, Any] = {}
    tables: dict[str, list[dict[str, Any]]] = {}
    fed = [feed.table for feed in FEEDS.values()] + [STREAMED[name] for name in streamed]
    for name, feed in FEEDS.items():
        if fed.count(feed.table) == 1 and feed.file == f"{feed.table}.csv":
            continue  # found by its name, read by its headers
        sources[name] = _source(feed)
        tables.setdefault(feed.table, []).append(_mapping(name, feed))
    for name, columns in streamed.items():
        table = STREAMED[name]
        sources[name] = {"path": f"{name}.parquet"}
        mapped = {"source": name, "columns": {c: c for c in columns}, **_minor(table, columns)}
        tables.setdefault(table, []).append(mapped)
    document = {
        "company": {
            "name": "SIM 云汀通信 (SIM Yunting Communications)", "entity_id": "SIM-CN",
            "currency": spec.currency, "timezone": "Asia/Shanghai", "fiscal_year_end": "12-31",
            "framework": "us_gaap",
        },
        "window": {"from": WINDOW[0], "to": WINDOW[1]},
        "as_of": AS_OF,
        "calendar": {"kind": "quarters"},
        "policy": {"price_includes_tax": True, "least_grade": "C"},
        "sources": sources,
        "tables": tables,
        "documents": "documents",
    }  # fmt: skip
    text = yaml.dump(document, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110)
    said = "# A made-up company: every name carries SIM. Written by `earned simulate cloopen`.\n"
    (folder / "books.yaml").write_text(said + text, encoding="utf-8", newline="\n")


def _source(feed: Feed) -> dict[str, Any]:
    source: dict[str, Any] = {"path": feed.file}
    if feed.sheet:
        source["sheet"] = feed.sheet
    if feed.encoding != "utf-8":
        source["encoding"] = feed.encoding
    return source


def _mapping(name: str, feed: Feed) -> dict[str, Any]:
    columns = {c: feed.headers.get(c, c) for c in feed.columns}
    columns |= {c: f"={value}" for c, value in feed.constant.items()}
    mapping: dict[str, Any] = {"source": name, "columns": columns}
    if feed.values:
        mapping["values"] = feed.values
    if feed.kind == "xlsx" and "tax_rate" in feed.columns:
        mapping["rate"] = "percent"
    if feed.kind == "parquet":
        mapping |= _minor(feed.table, feed.columns)
    return mapping


def _minor(table: str, columns: Any) -> dict[str, Any]:
    """Amounts of Parquet files are whole minor units."""
    money = [c for c in columns if schema.tables()[table][c].type == "money"]
    return {"unit": dict.fromkeys(money, "minor")} if money else {}
