"""The result of `earned recognise` on a screen: the five steps, under each figure what it was made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from earned.contract.paragraphs import FRAMEWORKS
from earned.contract.words import (
    STEP_1,
    STEP_2,
    amount,
    contract_in_words,
    judged,
    name_of,
    promise_in_words,
    sections,
)

_INDENT = 5


def page(found: Mapping[str, Any], width: int) -> str:
    """The text for a terminal so many columns wide."""
    lines = [*_head(found), *_first_steps(found), *_steps(found), *_judgements(found), *_differs(found)]
    return "".join(f"{line.rstrip()}\n" for one in lines for line in _fitted(one, width))


def _head(found: Mapping[str, Any]) -> Iterator[str]:
    framework = FRAMEWORKS[found["framework"]]
    yield f"{found['contract_id']}   {found['currency']}   {framework}   known by {found['as_of']}"
    if found["refused"]:
        yield ""
        yield f"No revenue: {found['refused']['reason']} ({found['refused']['paragraph']})"


def _first_steps(found: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", STEP_1, f" {contract_in_words(found)}   {_own(found['binds']['paragraphs'])}", "", STEP_2)
    for promise in found["promised"]:
        said = promise_in_words(promise)
        yield f" {promise['obligation_id']:<28}{said}   {_own(promise['paragraphs'])}"


def _own(paragraphs: Sequence[str]) -> str:
    """The paragraphs of the framework that the figures are under; those of the other stand behind them."""
    return ", ".join(paragraphs[: (len(paragraphs) + 1) // 2])


def _steps(found: Mapping[str, Any]) -> Iterator[str]:
    for title, steps in sections(found):
        yield ""
        yield title
        for step in steps:
            yield f" {name_of(step['figure']):<44}{amount(step['value']):>18}"
            bare = step["formula"] == amount(step["value"])
            said = [*([] if bare else [step["formula"]]), _own(step["paragraphs"])]
            yield " " * _INDENT + "   ".join(said)


def _judgements(found: Mapping[str, Any]) -> Iterator[str]:
    if found["judgements"]:
        yield ""
        yield "Judgements, and who made them"
    for one in found["judgements"]:
        yield f" {judged(one):<44}{one['value']}   ({one['decided_by']})"


def _differs(found: Mapping[str, Any]) -> Iterator[str]:
    if "differs" not in found:
        return
    yield ""
    if not found["differs"]:
        yield "US GAAP and IFRS give the same figures."
        return
    yield f"{'Where the two standards part':<45}{'US GAAP':>18}{'IFRS':>18}"
    for path, sides in found["differs"].items():
        values = "".join(f"{_shown(value):>18}" for value in sides.values())
        yield f" {name_of(path):<44}{values}"


def _shown(value: str | None) -> str:
    return "-" if value is None else amount(value)


def _fitted(line: str, width: int) -> Sequence[str]:
    """A line broken at blanks where it is longer than the screen; its beginning is kept as it stands."""
    if len(line) <= width:
        return [line]
    at = line.rfind(" ", _INDENT + 1, width + 1)
    if at <= _INDENT:
        return [line]
    return [line[:at], *_fitted(" " * _INDENT + line[at:].strip(), width)]
