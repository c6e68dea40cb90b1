"""What a person wrote in books.yaml, with its place: text that is asked for as a type.

No scalar is resolved by YAML: `no`, `1.0`, `007` and `2021-01-01` arrive as they stand and get
their type from the key they belong to (R1). Everything wrong is collected, not only the first.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from earned.books import yaml_text
from earned.books.yaml_text import NAME, Lined, Scalar
from earned.faults import Fault

__all__ = ["NAME", "Given", "override", "parse"]
_T = TypeVar("_T")


@dataclass
class Given:
    """A value at a dotted path of books.yaml; asking for it as a type collects what is wrong."""

    value: Any
    path: str = ""
    line: int | None = None
    faults: list[Fault] = field(default_factory=list)
    key: str = ""

    def fault(
        self, expected: str, do: str, value: str | None = None, *, reason: str = "manifest_value"
    ) -> None:
        """Collect one thing that is wrong here."""
        self.faults.append(Fault(expected, do, NAME, self.line, self.path or None, value, reason=reason))

    def at(self, key: str) -> Given:
        """The value under a key; missing ones are empty."""
        inner = self.value.get(key) if isinstance(self.value, dict) else None
        line = self.value.lines.get(key) if isinstance(self.value, Lined) else self.line
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
        self.at(key).fault(f"a key of {of}: {', '.join(sorted_)}", do, reason="manifest_key")

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
    if value is None or value.missing:
        return None
    if value.quoted:
        return value.text
    if value.text in ("true", "false"):
        return value.text == "true"
    if re.fullmatch(r"[+-]?(0|[1-9]\d{0,17})", value.text):
        return int(value.text)
    return Decimal(value.text) if re.fullmatch(r"[+-]?\d+\.\d+", value.text) else value.text


def parse(text: bytes) -> Given:
    """The document of books.yaml. Raises InputError with the line where it cannot be used."""
    return Given(yaml_text.parse(text))


def _parsed(text: str) -> Any:
    """The value of a `--set`: a word, a list `[a, b]` or a mapping `{a: 1}`."""
    if not re.match(r"\s*[\[{\"']", text):
        return Scalar(text, quoted=False)
    return yaml_text.parse(text.encode())


def override(given: Given, path: str, text: str) -> None:
    """Put a value at a dotted path (R1), as if it stood in the file."""
    if given.missing:
        given.value = Lined()
    (*above, last), here = path.split("."), given.value
    if not isinstance(here, dict):
        raise yaml_text.refused("keys with values", "write `company: {currency: CNY}` first")
    for key in above:
        inner = here.setdefault(key, Lined())
        if isinstance(inner, Scalar) and inner.missing:
            inner = here[key] = Lined()
        if not isinstance(inner, dict):
            raise yaml_text.refused(f"keys under {key}, to set {path}", "change it in books.yaml itself")
        here = inner
    here[last] = _parsed(text)
