"""XML in one pass, piece by piece: expat, without DOCTYPE, entities or anything fetched.

The standard library's expat is enough: it streams, knows the line of each element, reads the encoding
that the file declares, and asks us before it believes a declaration. Nothing of the file is expanded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from xml.parsers import expat

from earned.faults import InputError
from earned.imports.files import MIB, Source

_DEPTH, _NODES, _TOKEN = 60, 300_000, 16 * MIB
_DOCTYPE = "The format has none: ask for the export itself"


@dataclass
class Node:
    """An element: its local name, its text as it stands, its children, its attributes."""

    name: str
    text: str = ""
    children: list[Node] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    namespace: str = ""

    def get(self, *path: str) -> str:
        """The trimmed text at a path of local names below, the first of each; empty where there is none."""
        found = self.at(*path)
        return found.text.strip() if found else ""

    def at(self, *path: str) -> Node | None:
        """The element at a path of local names below, the first of each."""
        node: Node | None = self
        for name in path:
            node = next((c for c in node.children if c.name == name), None) if node else None
        return node

    def all(self, name: str) -> list[Node]:
        """The children of that name."""
        return [c for c in self.children if c.name == name]


@dataclass(frozen=True)
class Record:
    """An element that was asked for, when it ends: where it stands, itself, and the open ones above it.

    `values` of an element above are the texts of its own leaves that were read so far.
    """

    path: tuple[str, ...]
    row: int
    node: Node
    above: tuple[dict[str, str], ...]

    def up(self, name: str) -> dict[str, str]:
        """The leaves of the nearest open element of that name; none where there is no such."""
        found = (values for part, values in zip(self.path[-2::-1], self.above[::-1]) if part == name)
        return next(found, {})


@dataclass(frozen=True)
class Root:
    """The root of a document: local name, namespace, attributes, and the DTD that it names."""

    name: str
    namespace: str
    attributes: dict[str, str]
    dtd: str = ""


def root(source: Source, *, dtd: bool = False) -> Root:
    """The root element, without reading on. `dtd` allows a DOCTYPE that only names a file outside."""
    walker = _Walker(source, frozenset(), frozenset(), dtd)
    with source.open() as opened:
        while walker.root is None and (block := opened.read(65_536)):
            walker.feed(block, last=False)
    if walker.root is None:
        raise source.fault("an XML document with a root element", "Export it again", reason="malformed")
    return walker.root


def records(
    source: Source, whole: frozenset[str], ends: frozenset[str] = frozenset(), *, dtd: bool = False
) -> Iterator[Record]:
    """Every element whose local name is in `whole`, with all below it, and of those in `ends` the leaves.

    Raises InputError for a DOCTYPE or entity, for what is no XML, and beyond the limits.
    """
    walker = _Walker(source, whole, ends, dtd)
    walker.in_lines = source.head(MIB).count(b"\n") > 2
    with source.open() as opened:
        while block := opened.read(MIB):
            walker.feed(block, last=False)
            yield from walker.taken()
        walker.feed(b"", last=True)
        yield from walker.taken()


@lru_cache(maxsize=4096)
def _parts(name: str) -> tuple[str, str]:
    """Namespace and local name."""
    namespace, _, local = name.rpartition(" ")
    return namespace, local


class _Walker:
    """The open elements, and the records that ended since the last block."""

    def __init__(self, source: Source, whole: frozenset[str], ends: frozenset[str], dtd: bool) -> None:
        self.source, self.whole, self.ends, self.dtd = source, whole, ends, dtd
        self.root: Root | None = None
        self.in_lines = True
        self._named = ""
        self._path: list[str] = []
        self._values: list[dict[str, str]] = []
        self._rows: list[int] = []
        self._open: list[Node] = []
        self._text: list[str] = []
        self._leaf = False
        self._nodes = self._count = self._length = self._fed = 0
        self._done: list[Record] = []
        self._parser = self._made()

    def _made(self) -> Any:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        return parser

    def feed(self, block: bytes, *, last: bool) -> None:
        """Read a block of bytes; a tag or comment that goes on for many blocks is refused."""
        try:
            self._parser.Parse(block, last)
            self._fed += len(block)
            if self._fed - self._parser.CurrentByteIndex > _TOKEN:
                raise self._refused(f"tags and comments of at most {_TOKEN // MIB} MiB", reason="too_large")
        except expat.ExpatError as wrong:
            expected = f"well-formed XML ({expat.ErrorString(wrong.code)})"
            raise self.source.fault(
                expected, "Export it again, whole", row=wrong.lineno, reason="malformed"
            ) from None
        except (ValueError, LookupError) as wrong:
            expected = f"an encoding that XML readers know ({wrong})"
            raise self.source.fault(expected, "Save it as UTF-8", reason="encoding") from None

    def taken(self) -> list[Record]:
        """The records that ended since the last call."""
        done, self._done = self._done, []
        return done

    def _doctype(self, _: str, system: str | None, public: str | None, internal: int) -> None:
        if not self.dtd or internal:
            raise self._refused("XML without DOCTYPE", reason="unsafe_xml")
        self._named = system or public or ""

    def _entity(self, *_: Any) -> None:
        raise self._refused("XML without entities of its own", reason="unsafe_xml")

    def _refused(self, expected: str, *, reason: str) -> InputError:
        return self.source.fault(expected, _DOCTYPE, reason=reason, row=self._parser.CurrentLineNumber)

    def _data(self, text: str) -> None:
        self._length += len(text)
        if self._length > MIB:
            raise self._refused("texts of at most 1 MiB", reason="too_large")
        self._text.append(text)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, local = _parts(name)
        plain = {_parts(key)[1]: value for key, value in attributes.items()} if attributes else {}
        if self.root is None:
            self.root = Root(local, namespace, plain, self._named)
        if len(self._path) >= _DEPTH:
            raise self._refused(f"elements at most {_DEPTH} deep", reason="too_large")
        self._path.append(local)
        if self._open or local in self.whole:
            self._nodes = self._nodes + 1 if self._open else 1
            if self._nodes > _NODES:
                raise self._refused(f"a record of at most {_NODES:,} elements", reason="too_large")
            node = Node(local, attributes=plain, namespace=namespace)
            if self._open:
                self._open[-1].children.append(node)
            self._open.append(node)
        if len(self._open) < 2:
            self._count += local in self.whole or local in self.ends
            self._rows.append(self._parser.CurrentLineNumber if self.in_lines else self._count)
            self._values.append({})
        self._clear(leaf=True)

    def _end(self, _: str) -> None:
        local, text = self._path[-1], "".join(self._text) if self._leaf else ""
        node = self._open.pop() if self._open else None
        if node:
            node.text = text
        if not self._open:
            values, row = self._values.pop(), self._rows.pop()
            if node or local in self.ends:
                found = node or Node(local, children=[Node(k, v) for k, v in values.items()])
                self._done.append(Record(tuple(self._path), row, found, tuple(self._values)))
            elif self._leaf and self._values:
                self._values[-1].setdefault(local, text.strip())
        self._path.pop()
        self._clear(leaf=False)

    def _clear(self, *, leaf: bool) -> None:
        self._text.clear()
        self._length, self._leaf = 0, leaf
