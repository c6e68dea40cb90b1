"""What a person wrote in books.yaml, with its place: read as text, then asked for as a type.

No scalar is resolved by YAML: `no`, `1.0`, `007` and `2021-01-01` arrive as they stand and get
their type from the key they belong to (R1). The text is untrusted: size and depth are bounded;
anchors, aliases, tags, merge keys and repeated keys are refused before anything is built.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

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

from earned.faults import Fault, InputError

NAME = "books.yaml"
MOST_BYTES = 1 << 20
MOST_DEPTH = 20
_T = TypeVar("_T")


@dataclass(frozen=True)
class Scalar:
    """A scalar as it stands, and whether it was quoted."""

    text: str
    quoted: bool = True


@dataclass
class Given:
    """A value at a dotted path of books.yaml; asking for it as a type collects what is wrong."""

    value: Any
    path: str = ""
    line: int | None = None
    faults: list[Fault] = field(default_factory=list)
    key: str = ""

    def fault(self, expected: str, do: str, value: str | None = None) -> None:
        """Collect one thing that is wrong here."""
        self.faults.append(Fault(expected, do, NAME, self.line, self.path or None, value))

    def at(self, key: str) -> Given:
        """The value under a key; missing ones are empty."""
        inner = self.value.get(key) if isinstance(self.value, dict) else None
        line = self.value.lines.get(key) if isinstance(self.value, _Lined) else self.line
        return Given(inner, f"{self.path}.{key}" if self.path else key, line, self.faults, key)

    @property
    def missing(self) -> bool:
        """Nothing was written here."""
        return self.value is None or (
            isinstance(self.value, Scalar) and not self.value.quoted and self.value.text in ("", "~", "null")
        )

    def entries(self, allowed: Iterable[str] | None = None, of: str = "") -> Iterator[Given]:
        """The entries of a mapping; a key that is not allowed is a fault that names the nearest."""
        if self.missing:
            return
        if not isinstance(self.value, dict):
            self._is_not("keys with values", "write `key: value` lines below it")
            return
        choices = None if allowed is None else list(allowed)
        for key in self.value:
            if choices is None or key in choices:
                yield self.at(key)
            else:
                self._unknown(key, choices, of or self.path or NAME)

    def _unknown(self, key: str, allowed: Sequence[str], of: str) -> None:
        near = difflib.get_close_matches(key, allowed, n=1, cutoff=0.6)
        sorted_ = near + [a for a in allowed if a not in near]
        do = f"did you mean {near[0]}?" if near else "correct the key or take it out"
        self.at(key).fault(f"a key of {of}: {', '.join(sorted_)}", do)

    def items(self) -> list[Given]:
        """The items of a list; a single value is a list of one."""
        if self.missing:
            return []
        if not isinstance(self.value, list):
            return [self]
        return [
            Given(v, f"{self.path}[{i}]", self.line, self.faults, self.key)
            for i, v in enumerate(self.value, 1)
        ]

    def _is_not(self, expected: str, do: str = "correct it") -> None:
        found = self.value.text if isinstance(self.value, Scalar) else None
        self.fault(expected, do, found)

    def typed(self, expected: str, read: Callable[[str], _T | None], do: str = "correct it") -> _T | None:
        """The scalar as `read` understands it; None, and a fault, where it does not."""
        if self.missing:
            return None
        result = read(self.value.text) if isinstance(self.value, Scalar) else None
        if result is None:
            self._is_not(expected, do)
        return result

    def text(self) -> str | None:
        """A text as it stands."""
        return self.typed("a text", str, "write one value")

    def texts(self) -> tuple[str, ...]:
        """A text or a list of texts."""
        return tuple(t for t in (i.text() for i in self.items()) if t is not None)

    def choice(self, values: Iterable[str]) -> str | None:
        """One of a closed list of words."""
        allowed = list(values)
        near = difflib.get_close_matches(str(self._raw), allowed, n=1, cutoff=0.6)
        do = f"did you mean {near[0]}?" if near else "write one of them"
        return self.typed(f"one of {', '.join(allowed)}", lambda t: t if t in allowed else None, do)

    @property
    def _raw(self) -> str:
        return self.value.text if isinstance(self.value, Scalar) else ""

    def integer(self, least: int | None = 0) -> int | None:
        """A whole number, at least `least`."""

        def read(text: str) -> int | None:
            ok = re.fullmatch(r"[+-]?\d{1,18}", text)
            return int(text) if ok and (least is None or int(text) >= least) else None

        return self.typed("a whole number" + ("" if least is None else f" of at least {least}"), read)

    def decimal(self) -> Decimal | None:
        """An exact decimal number."""
        return self.typed("a number, as 0.01", _decimal)

    def boolean(self) -> bool | None:
        """true or false, nothing else (R1)."""
        return self.typed("true or false", lambda t: {"true": True, "false": False}.get(t))

    def day(self) -> date | None:
        """A day as 2021-06-30."""
        return self.typed("a date as 2021-06-30", _day)

    def plain(self) -> Any:
        """The value without its place: dicts, lists and texts; unquoted numbers and booleans typed."""
        return _plain(self.value)


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if value is None or (value.text in ("", "~", "null") and not value.quoted):
        return None
    if value.quoted:
        return value.text
    if value.text in ("true", "false"):
        return value.text == "true"
    if re.fullmatch(r"[+-]?(0|[1-9]\d{0,17})", value.text):
        return int(value.text)
    return Decimal(value.text) if re.fullmatch(r"[+-]?\d+\.\d+", value.text) else value.text


class _Lined(dict[str, Any]):
    """A mapping that knows the line of each of its keys."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


def parse(text: bytes) -> Given:
    """The document of books.yaml. Raises InputError with the line where it cannot be used."""
    if len(text) > MOST_BYTES:
        raise _refused(f"a file of at most {MOST_BYTES:,} bytes", "keep data out of books.yaml")
    try:
        decoded = text.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise _refused("UTF-8 text", "save it as UTF-8", text[: wrong.start].count(b"\n") + 1) from None
    try:
        return Given(_build(decoded))
    except RecursionError:
        raise _refused(f"at most {MOST_DEPTH} levels", "write it flatter") from None
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        said = getattr(wrong, "problem", None) or "it cannot be read"
        line = mark.line + 1 if mark else None
        raise _refused(f"YAML ({said})", "look at the line and the one above it", line) from None


def parse_value(text: str) -> Any:
    """The value of a `--set`: a word, a list `[a, b]` or a mapping `{a: 1}`."""
    if not re.match(r"\s*[\[{\"']", text):
        return Scalar(text, quoted=False)
    return parse(text.encode()).value


def override(given: Given, path: str, text: str) -> None:
    """Put a value at a dotted path (R1), as if it stood in the file."""
    if given.missing:
        given.value = _Lined()
    (*above, last), here = path.split("."), given.value
    if not isinstance(here, dict):
        raise _refused("keys with values", "write `company: {currency: CNY}` first")
    for key in above:
        inner = here.get(key)
        if not isinstance(inner, dict):
            inner = here[key] = _Lined()
        here = inner
    here[last] = parse_value(text)


def _refused(expected: str, do: str, line: int | None = None, value: str | None = None) -> InputError:
    return InputError([Fault(expected, do, NAME, line, None, value)])


def _build(text: str) -> Any:
    events = yaml.parse(text, Loader=yaml.SafeLoader)
    documents = [_document(events) for event in events if isinstance(event, DocumentStartEvent)]
    if len(documents) > 1:
        raise _refused("one document", "take out the line `---` and what follows it")
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
        if stack and isinstance(stack[-1], _Lined) and keys[-1] is None:
            keys[-1] = _key(event, stack[-1])
            continue
        if stack and isinstance(stack[-1], _Lined):
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
    return _Lined() if isinstance(event, MappingStartEvent) else []


def _key(event: Event, mapping: _Lined) -> str:
    line = _line(event)
    if not isinstance(event, ScalarEvent):
        raise _refused("a key of plain text", "write `key: value`", line)
    key = str(event.value)
    if key == "<<" and event.style is None:
        raise _refused("no merge key", "write the keys out", line, "<<")
    if key in mapping:
        raise _refused("each key once", f"`{key}` is already on line {mapping.lines[key]}", line, key)
    mapping.lines[key] = line
    return key


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _allow(event: Event, depth: int) -> None:
    line = _line(event)
    if depth > MOST_DEPTH:
        raise _refused(f"at most {MOST_DEPTH} levels", "write it flatter", line)
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        raise _refused("no anchors (&) and aliases (*)", "quote the text or write it out", line)
    if isinstance(event, (ScalarEvent, MappingStartEvent, SequenceStartEvent)):
        tag = getattr(event, "tag", None)
        if tag:
            raise _refused("no tags (!)", "quote the text", line, str(tag))
