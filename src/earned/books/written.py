"""A manifest written back as books.yaml, with its defaults: what a run keeps of how it read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from earned.books import policy

if TYPE_CHECKING:
    from earned.books.manifest import Manifest
    from earned.books.mapping import Mapping, Source


def as_used(manifest: Manifest) -> str:
    """The text of books.yaml, defaults filled in; reading it gives the same manifest and the same bytes."""
    company, calendar = manifest.company, manifest.calendar
    content = {
        "company": {k: v for k in company.__dataclass_fields__ if (v := getattr(company, k)) != ""},
        "window": {"from": manifest.window.first, "to": manifest.window.last},
        "as_of": manifest.as_of,
        "calendar": {k: getattr(calendar, k) for k in calendar.__dataclass_fields__},
        "sources": {name: _source(s) for name, s in manifest.sources.items()},
        "tables": {name: [_mapping(m) for m in ms] for name, ms in manifest.tables.items()},
        "policy": policy.as_written(manifest.policy),
        "procedures": {
            "off": dict(manifest.procedures_off),
            "parameters": {k: dict(v) for k, v in manifest.procedure_parameters.items()},
        },
        "documents": manifest.documents,
    }
    text: str = yaml.dump(_plain(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text


class _Dumper(yaml.SafeDumper):
    """Writes an exact decimal as it stands, so that it is read as a number again."""

    def ignore_aliases(self, data: Any) -> bool:
        """Equal values are written out each time: books.yaml has no aliases."""
        return True


_Dumper.add_representer(
    Decimal, lambda dumper, number: dumper.represent_scalar("tag:yaml.org,2002:float", format(number, "f"))
)


def _source(source: Source) -> dict[str, Any]:
    fields = {k: getattr(source, k) for k in source.__dataclass_fields__ if k not in ("name", "paths")}
    return {"path": list(source.paths)} | fields


def _mapping(mapping: Mapping) -> dict[str, Any]:
    fields = {k: getattr(mapping, k) for k in mapping.__dataclass_fields__ if k != "table"}
    ids = {c: {k: v for k, v in how.items() if v != ""} for c, how in mapping.ids.items()}
    return fields | {"ids": ids}


def _plain(value: Any) -> Any:
    """Only dicts, lists, texts, whole numbers and booleans; what says nothing is left out, but a text
    without characters says something: a word that is mapped to nothing."""
    if isinstance(value, dict) or hasattr(value, "items"):
        inner = {k: _plain(v) for k, v in value.items()}
        return {k: v for k, v in inner.items() if v is not None and v != {}}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value] or None
    return value.isoformat() if isinstance(value, date) else value
