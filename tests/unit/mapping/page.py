"""The examples of docs/mapping.md: the files, the books.yaml and what is read, as the page shows them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "mapping.md"
COMPANY = "company: {currency: CNY, timezone: Asia/Shanghai}\n"
_BLOCK = re.compile(r"(?:^`([^`\n]+)`\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Example:
    """One books.yaml of the page with its files, and the tables that come of it."""

    yaml: str = ""
    files: dict[str, str] = field(default_factory=dict)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)


def examples(text: str) -> list[Example]:
    """The examples of a page in order: files stand before their books.yaml, tables after it."""
    found = [Example()]
    for name, kind, content in _BLOCK.findall(text):
        if found[-1].yaml and kind in ("csv", "yaml"):
            found.append(Example())
        if kind == "csv":
            found[-1].files[name] = content
        elif kind == "yaml":
            found[-1].yaml = content
        else:
            found[-1].tables[kind] = [line.split() for line in content.splitlines()]
    return found
