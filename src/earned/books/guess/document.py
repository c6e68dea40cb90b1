"""The text of books.yaml: keys with their reasons as comments, questions with their candidates.

Everything that comes from files is quoted where YAML could read it as something else; nothing in a cell
can end a comment or begin a key.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from earned.books.guess.answer import Answer, Note, Tree
from earned.books.questions import CANDIDATES, MARK

_PLAIN = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w.\u4e00-\u9fff/-]*(?: [\w.\u4e00-\u9fff/-]+)*")
_RESERVED = ("true", "false", "null", "yes", "no", "on", "off", "y", "n", "~")
_WIDTH = 44
#: Where a SELECT is broken into lines: at blanks only.
_LINE = 110
_WORDS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
_MOST = 160


def text(tree: Tree, head: Sequence[str], tail: Sequence[str]) -> str:
    """The document with comment lines before and after it."""
    lines = [*(f"# {plain(line)}".rstrip() for line in head), *_block(tree, 0), ""]
    return "\n".join([*lines, *(f"# {plain(line)}".rstrip() for line in tail)]).rstrip() + "\n"


def _block(tree: Tree, depth: int) -> Iterator[str]:
    pad = "  " * depth
    for key, value in tree.items():
        if isinstance(value, Note):
            yield f"{pad}# {plain(value.text)}"
        elif key == "select" and isinstance(value, Answer) and "  " not in value.value:
            yield f"{pad}select: >-"
            yield from textwrap.wrap(
                value.value, _LINE, initial_indent=f"{pad}  ", subsequent_indent=f"{pad}  ", **_WORDS
            )
        elif isinstance(value, Answer):
            yield _line(f"{pad}{scalar(key)}: {flow(value.value)}", value)
        elif isinstance(value, list):
            yield f"{pad}{scalar(key)}:"
            for item in value:
                first, *rest = list(_block(item, depth + 2))
                yield f"{pad}  - {first.lstrip()}"
                yield from rest
        elif value:
            yield f"{pad}{scalar(key)}:"
            yield from _block(value, depth + 1)


def _line(left: str, answer: Answer) -> str:
    said = plain(answer.why)
    if answer.open:
        choices = " | ".join(plain(c, 60) for c in answer.candidates)
        return f"{left}   {CANDIDATES}{choices}{f'   ({said})' if said else ''}"
    return f"{left:<{_WIDTH}}  # {said}" if said else left


def flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(flow(v) for v in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else scalar(str(value))


def scalar(value: str) -> str:
    """A text as YAML reads it back unchanged."""
    if value == MARK:
        return f"'{MARK}'"
    if _PLAIN.fullmatch(value) and value.casefold() not in _RESERVED:
        return value
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    kept = (c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in value)
    return f'"{"".join(kept)}"'


def plain(said: str, most: int = _MOST) -> str:
    """A text for a comment: one line, printable, not too long."""
    line = "".join(c if c.isprintable() else " " for c in said)
    return line if len(line) <= most else f"{line[: most - 1]}…"
