"""The text of books.yaml to nested values, each scalar as it stands and each key with its line.

The text is untrusted: size and depth are bounded; anchors, aliases, tags, merge keys and repeated
keys are refused before anything is built.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from earned.books import limits
from earned.faults import Fault, InputError

NAME = "books.yaml"


@dataclass(frozen=True)
class Scalar:
    """A scalar as it stands, and whether it was quoted."""

    text: str
    quoted: bool = True

    @property
    def missing(self) -> bool:
        """Nothing was written: YAML's null."""
        return not self.quoted and self.text in ("", "~", "null")


class Lined(dict[str, Any]):
    """A mapping that knows the line of each of its keys."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


def parse(text: bytes) -> Any:
    """The document of books.yaml. Raises InputError with the line where it cannot be used."""
    if len(text) > limits.most("manifest_bytes"):
        raise limits.beyond("manifest_bytes", NAME, "keep data out of books.yaml")
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise refused(
            "UTF-8 text", "save it as UTF-8", text[: wrong.start].count(b"\n") + 1, reason="encoding"
        ) from None
    try:
        return _build(decoded)
    except RecursionError:
        raise limits.beyond("manifest_depth", NAME, "write it flatter") from None
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        said = getattr(wrong, "problem", None) or "it cannot be read"
        line = mark.line + 1 if mark else None
        raise refused(f"YAML ({said})", "look at the line and the one above it", line) from None


def refused(
    expected: str,
    do: str,
    line: int | None = None,
    value: str | None = None,
    *,
    reason: str = "manifest_syntax",
) -> InputError:
    """The error that books.yaml cannot be used."""
    return InputError([Fault(expected, do, NAME, line, None, value, reason=reason)])


def _build(text: str) -> Any:
    events = yaml.parse(text, Loader=yaml.SafeLoader)
    documents = [_document(events) for event in events if isinstance(event, DocumentStartEvent)]
    if len(documents) > 1:
        raise refused("one document", "take out the line `---` and what follows it")
    return documents[0] if documents else None


def _document(events: Iterator[Event]) -> Any:
    """The value that the next events make, kept on a stack: nesting is bounded before it is built."""
    stack: list[Any] = []
    keys: list[str | None] = []
    for event in events:
        _allow(event, len(stack))
        if isinstance(event, CollectionEndEvent):
            done = stack.pop()
            keys.pop()
            if not stack:
                return done
            continue
        value = _value(event)
        if stack and isinstance(stack[-1], Lined) and keys[-1] is None:
            keys[-1] = _key(event, stack[-1])
            continue
        if stack and isinstance(stack[-1], Lined):
            stack[-1][str(keys[-1])] = value
            keys[-1] = None
        elif stack:
            stack[-1].append(value)
        if isinstance(value, Scalar) and not stack:
            return value
        if not isinstance(value, Scalar):
            stack.append(value)
            keys.append(None)
    return None


def _value(event: Event) -> Any:
    if isinstance(event, ScalarEvent):
        return Scalar(event.value, event.style is not None)
    return Lined() if isinstance(event, MappingStartEvent) else []


def _key(event: Event, mapping: Lined) -> str:
    line = _line(event)
    if not isinstance(event, ScalarEvent):
        raise refused("a key of plain text", "write `key: value`", line)
    key = str(event.value)
    if key == "<<" and event.style is None:
        raise refused("no merge key", "write the keys out", line, "<<", reason="manifest_unsafe")
    if key in mapping:
        raise refused(
            "each key once",
            f"`{key}` is already on line {mapping.lines[key]}",
            line,
            key,
            reason="manifest_key",
        )
    mapping.lines[key] = line
    return key


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _allow(event: Event, depth: int) -> None:
    line = _line(event)
    if depth > limits.most("manifest_depth"):
        raise limits.beyond("manifest_depth", NAME, "write it flatter", row=line)
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        raise refused(
            "no anchors (&) and aliases (*)", "quote the text or write it out", line, reason="manifest_unsafe"
        )
    if isinstance(event, ScalarEvent) and not _is_text(event.value):
        raise refused("text without NUL and halves of characters", "correct the text", line)
    if isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent)):
        tag = getattr(event, "tag", None)
        if tag:
            raise refused("no tags (!)", "quote the text", line, str(tag), reason="manifest_unsafe")


def _is_text(value: str) -> bool:
    """Whether what YAML's escapes made can be written to a file and a screen."""
    return "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
