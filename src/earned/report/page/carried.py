"""What the page carries of the derivations: the figures it shows, opened level by level down to the books."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from markupsafe import Markup

from earned.report import figures, numbers
from earned.report.explain import derive
from earned.report.explain.node import Node, address, parts

#: A figure of the page lists so many children, those below it so many, and so many levels are opened.
FIRST, BELOW, LEVELS = 12, 6, 5
#: About the least bytes that an opened paper takes.
_PAPER = 300
#: So many figures are opened at most.
OPENED = 20_000
#: Opened with the room that every other figure leaves: a paper's dates, number, grade, and why it counts.
_LAST = ("evidence_used",)

#: Rows of a table and the columns that are shown of them, the most important first.
Wanted = tuple[str, Sequence[str], Sequence[tuple[str, ...]]]


@dataclass(frozen=True)
class Carried:
    """Figures by address, each opened one with its children; `units` leads from a unit to its finding,
    `others` are findings that have no more than a line."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    others: Sequence[Sequence[str]] = ()

    def link(self, words: str, table: str, *place: str) -> str | Markup:
        """A figure's words, as a link to its derivation where the page carries it."""
        at = address(table, place[:-1], place[-1])
        if at not in self.nodes:
            return words
        kind = "figure nil" if words == numbers.NONE else "figure"
        return Markup('<a class="{}" href="#={}">{}</a>').format(kind, at, words)

    def json(self) -> Markup:
        """Everything as JSON that may stand inside a page: strings that repeat stand once."""
        kept = list(self._kept().values())
        place = {node.address: i for i, node in enumerate(kept)}
        rows = [_row(node, place) for node in kept]
        lines = [list(other) for other in self.others]
        count = Counter(x for row in (*rows, *lines) for x in row if isinstance(x, str))
        strings = sorted((s for s, n in count.items() if n > 1 and len(s) > 2), key=lambda s: (-count[s], s))
        known = {s: i for i, s in enumerate(strings)}
        document = {
            "strings": strings,
            "nodes": [[known.get(x, x) if isinstance(x, str) else x for x in row] for row in rows],
            "units": dict(self.units),
            "others": [[known.get(x, x) for x in line] for line in lines],
        }
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        return Markup(text.replace("<", "\\u003c"))

    def _kept(self) -> dict[str, Node]:
        """Opened figures and whatever they list."""
        kept = dict(self.nodes)
        for node in self.nodes.values():
            for child in node.children:
                kept.setdefault(child.address, child)
        return kept


def carry(run: derive.RunFolder, wanted: Iterable[Wanted], room: int) -> dict[str, Node]:
    """The figures wanted and what they are made from, by address, as many as fit into `room` bytes.

    All of them are opened together, level by level; where room is short the most important have all theirs.
    """
    roots = [
        node
        for table, columns, keys in wanted
        if keys
        for node in derive.nodes(run, table, columns, _keys(table, keys), FIRST)
    ]
    known = {node.address: node for node in roots}
    level = roots
    for _ in range(LEVELS):
        if not level or len(known) > OPENED:
            break
        level = _opened(run, [c for n in level for c in n.children if c.address not in known])
        known |= {node.address: node for node in level}
    found, left = _fitting(roots, known, room)
    return found | _papers(run, found, left)


def _papers(run: derive.RunFolder, found: Mapping[str, Node], room: int) -> dict[str, Node]:
    """Papers that the figures list, opened in their order, as many as there is room for."""
    listed = {c.address: c for n in found.values() for c in n.children if parts(c.address)[0] in _LAST}
    opened: dict[str, Node] = {}
    for node in _opened(run, list(listed.values())[: room // _PAPER], _LAST) if room > 0 else ():
        room -= _weight(node)
        if room < 0:
            break
        opened[node.address] = node
    return opened


def _fitting(roots: Sequence[Node], known: Mapping[str, Node], room: int) -> tuple[dict[str, Node], int]:
    """Roots in their order, each with all that it leads to, until there is no more room; and what is left."""
    found: dict[str, Node] = {}
    for root in roots:
        todo = [root.address]
        while todo:
            node = known.get(todo.pop())
            if node and node.address not in found:
                found[node.address] = node
                room -= _weight(node)
                todo += [child.address for child in node.children]
        if room < 0:
            break
    return found, room


def _opened(run: derive.RunFolder, listed: Iterable[Node], only: Sequence[str] = ()) -> list[Node]:
    """Listed children of the run's tables, now with their own formula and children.

    Those of the tables `only`, or where none is named of all but those that are opened last.
    """
    asked: dict[tuple[str, str], dict[tuple[str, ...], None]] = {}
    for node in listed:
        table, *key = parts(node.address)
        width = len(figures.key(table))
        if not node.is_leaf and (table in only if only else table not in _LAST) and len(key) > width:
            asked.setdefault((table, key[width]), {})[tuple(key[:width])] = None
    return [
        node
        for (table, column), keys in asked.items()
        for node in derive.nodes(run, table, [column], _keys(table, list(keys)), BELOW)
    ]


def _keys(table: str, keys: Sequence[tuple[str, ...]]) -> pa.Table:
    names = figures.key(table)
    return pa.table({name: pa.array([k[i] for k in keys], pa.string()) for i, name in enumerate(names)})


def _weight(node: Node) -> int:
    """About how many bytes a figure takes in the page, where a string that repeats stands once."""
    own = len(node.address) + len(node.label) + len(node.text) + len(node.formula or "")
    return (own + sum(40 + len(c.label) + len(c.text) for c in node.children)) * 3 // 5


def _row(node: Node, place: Mapping[str, int]) -> list[Any]:
    """address, label, value, formula, rule, file, row, children, more; what is empty at the end left out."""
    source = node.source or {}
    row = [
        node.address,
        node.label,
        node.text,
        node.formula or "",
        node.standard or "",
        source.get("file"),
        source.get("row"),
        [place[c.address] for c in node.children],
        node.more,
    ]
    while row and not row[-1]:
        row.pop()
    return row
