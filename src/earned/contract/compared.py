"""One contract under both standards at once: the figures in which US GAAP and IFRS part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from earned.contract.document import read
from earned.contract.paragraphs import FRAMEWORKS
from earned.contract.recognised import of_document

BOTH = "both"


def compared(path: Path, *, as_of: date | None = None, framework: str | None = None) -> dict[str, Any]:
    """The object of `earned recognise --json`; with `framework` both, `differs` beside it.

    `differs` is {path of a figure: {"us_gaap": value, "ifrs": value}}, null where one of them has none; the
    figures are then those of the file's own framework. Raises InputError as `recognise` does.
    """
    document = read(path)
    if framework != BOTH:
        return of_document(document, as_of, framework)
    own = document.setting("company.framework") or next(iter(FRAMEWORKS))
    found = {name: of_document(document, as_of, name) for name in FRAMEWORKS}
    return found.get(own, found[next(iter(FRAMEWORKS))]) | {
        "differs": differences({name: found[name]["figures"] for name in FRAMEWORKS})
    }


def differences(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """path -> the value of every side, for the paths at which the sides are not all the same."""
    flat = {side: dict(leaves(of)) for side, of in figures.items()}
    paths = dict.fromkeys(path for of in flat.values() for path in of)
    values = {path: {side: of.get(path) for side, of in flat.items()} for path in paths}
    return {path: of for path, of in values.items() if len(set(of.values())) > 1}


def leaves(figures: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Every figure with its dotted path: revenue.2021M03 -> 91463.41."""
    for key, value in figures.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, Mapping):
            yield from leaves(value, path)
        else:
            yield path, value
