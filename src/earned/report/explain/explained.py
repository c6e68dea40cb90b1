"""A figure and what it is made of, as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from earned.report.explain.node import SEPARATOR, Node
from earned.report.numbers import cut, plain, wide
from earned.report.terminal import Paint, bare

#: Said of a value that its own formula does not give.
DIFFERS = (
    "This does not follow from the cells behind it: one was changed, or stands in a period not reported."
)


def explained(node: Node, run: str, width: int, paint: Paint = bare) -> str:
    """The node as a tree of lines, amounts right-aligned, and the next command; ending with a line feed.

    No line is wider than `width` columns. `run` is the run folder as it can be typed.
    """
    lines = [plain(node.address, 400), "", *_told(node, node, "", "", width, paint)]
    for i, child in enumerate(node.children):
        lines += _branch(child, node, "", i == len(node.children) - 1 and not node.more, width, paint)
    lines += _more(node, "")
    following = _next(node)
    if following:
        lines += ["", f"Go on: earned explain {run} {plain(following, 400)}"]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def addresses(rows: Sequence[tuple[str, str, str]], run: str, width: int) -> str:
    """Addresses to begin with: each with what it is and its value."""
    room = max((wide(address) for address, _, _ in rows), default=0)
    lines = ["Addresses to begin with", ""]
    for address, label, value in rows:
        lines.append(_line(f" {address}{' ' * (room - wide(address))}  {label}", value, width))
    lines += ["", f"Go on: earned explain {run} {rows[0][0]}"] if rows else []
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _branch(node: Node, parent: Node, before: str, last: bool, width: int, paint: Paint) -> Iterator[str]:
    yield from _told(
        node, parent, f"{before}{'└─ ' if last else '├─ '}", below := _below(before, last), width, paint
    )
    for i, child in enumerate(node.children):
        ends = i == len(node.children) - 1 and not node.more
        yield from _branch(child, node, below, ends, width, paint)
    yield from _more(node, below)


def _below(before: str, last: bool) -> str:
    return f"{before}{'   ' if last else '│  '}"


def _more(node: Node, before: str) -> list[str]:
    return [f"{before}└─ and {node.more:,} more: --limit shows them"] if node.more and node.children else []


def _told(node: Node, parent: Node, head: str, below: str, width: int, paint: Paint) -> Iterator[str]:
    """The line of a node, then its formula, its source and its standard under it."""
    label = _label(node, parent)
    value = f"{node.text} {node.currency}" if node.currency and node.text != "–" else node.text
    is_long = wide(value) > width // 2
    yield _line(head + plain(label, 400), "" if is_long else value, width, paint)
    under = f"{below}{'│  ' if node.children else '   '}"
    if is_long:
        yield from _wrapped(value, under, width)
    if node.formula and node.formula != node.text:
        yield from _wrapped(f"= {node.formula}", under, width)
    if node.agrees is False:
        yield from (paint("exception", line) for line in _wrapped(f"! {DIFFERS}", under, width))
    beside = [f"{node.source['file']}, row {node.source['row']}"] if node.source else []
    beside += [node.standard] if node.standard else []
    if beside:
        yield from (paint("untested", line) for line in _wrapped("; ".join(beside), under, width))


def _label(node: Node, parent: Node) -> str:
    """Without the row where it is the parent's own."""
    label, _, row = node.label.partition(SEPARATOR)
    own = parent.label.partition(SEPARATOR)[2] if parent.unit != "row" else parent.label
    return label if node is not parent and row == own else node.label


def _line(label: str, value: str, width: int, paint: Paint = bare) -> str:
    """A label and, at the right edge, its value; the label is cut where both do not fit."""
    room = width - wide(value) - 2 if value else width
    left = cut(label, room)
    gap = " " * (width - wide(left) - wide(value))
    return f"{left}{gap}{paint('strong', value)}" if value else left


def _wrapped(text: str, before: str, width: int) -> Iterator[str]:
    """A text broken at blanks into lines that begin with `before`."""
    line = before
    for word in plain(text, 2000).split(" "):
        if wide(line) + wide(word) + 1 > width and line.strip(" │") != "":
            yield line
            line = before + "  "
        line += word if line in (before, before + "  ") else f" {word}"
    yield cut(line, width)


def _next(node: Node) -> str | None:
    """The first child, of those at the lowest level first shown, that has something behind it."""
    here = [c for c in node.children if not c.is_leaf]
    return here[0].address if here else None
