"""The result of `earned recognise` on a screen: the five steps, under each figure what it was made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from earned.contract.paragraphs import FRAMEWORKS
from earned.contract.words import (
    LEFT_OUT,
    NOT_COUNTED,
    STEP_1,
    STEP_2,
    amount,
    contract_in_words,
    currency_in_words,
    decided,
    judged,
    known_in_words,
    left_in_words,
    name_of,
    papers_not_counted,
    promise_in_words,
    sections,
    shown,
)

_INDENT = 5


def page(found: Mapping[str, Any], width: int) -> str:
    """The text for a terminal so many columns wide."""
    lines = [
        *_head(found),
        *_first_steps(found),
        *_steps(found),
        *_not_counted(found),
        *_left_out(found),
        *_judgements(found),
        *_differs(found),
    ]
    return "".join(f"{line.rstrip()}\n" for one in lines for line in _fitted(one, width))


def _head(found: Mapping[str, Any]) -> Iterator[str]:
    framework = FRAMEWORKS[found["framework"]]
    currency = currency_in_words(found["currency"])
    yield f"{found['contract_id']}   {currency}   {framework}   known by {found['as_of']}"
    if said := known_in_words(found):
        yield said
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
            yield f" {name_of(step['figure']):<44}{shown(step):>18}"
            bare = step["formula"] == shown(step)
            said = [*([] if bare else [step["formula"]]), _own(step["paragraphs"])]
            yield " " * _INDENT + "   ".join(said)


def _not_counted(found: Mapping[str, Any]) -> Iterator[str]:
    lines = list(papers_not_counted(found))
    if lines:
        yield from ("", NOT_COUNTED)
    for what, why in lines:
        yield from (f" {what}", f"{' ' * _INDENT}{why}")


def _left_out(found: Mapping[str, Any]) -> Iterator[str]:
    lines = list(left_in_words(found))
    if lines:
        yield from ("", f"{LEFT_OUT} {found['as_of']}, and left out")
    for day, what, field in lines:
        yield f" {day}   {what}   ({field})"


def _judgements(found: Mapping[str, Any]) -> Iterator[str]:
    if found["judgements"]:
        yield ""
        yield "Judgements, and who made them"
    for one in found["judgements"]:
        yield f" {judged(one):<44}{decided(one)}   ({one['decided_by']})"


def _differs(found: Mapping[str, Any]) -> Iterator[str]:
    if "differs" not in found:
        return
    yield ""
    if not found["differs"]:
        yield "US GAAP and IFRS give the same figures."
        return
    yield f"{'Where the two standards part':<45}{'US GAAP':>18}{'IFRS':>18}"
    for path, sides in found["differs"].items():
        values = "".join(f"{_side(value):>18}" for value in sides.values())
        yield f" {name_of(path):<44}{values}"


def _side(value: str | None) -> str:
    return "-" if value is None else amount(value)


def _fitted(line: str, width: int) -> Sequence[str]:
    """A line broken at blanks where it is longer than the screen; its beginning is kept as it stands."""
    if len(line) <= width:
        return [line]
    at = line.rfind(" ", _INDENT + 1, width + 1)
    if at <= _INDENT:
        return [line]
    return [line[:at], *_fitted(" " * _INDENT + line[at:].strip(), width)]
