"""The encodings of XBRL GL, each as the same stream of details with the header and document above them.

XML holds tuples inside each other. The open information model holds rows (CSV) or facts (JSON) with the
numbers of accountingEntries, entryHeader and entryDetail as dimensions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from earned.imports import files, json_file, xml
from earned.imports.files import Source
from earned.imports.xml import Node

_COR = re.compile(r"http://www\.xbrl\.org/int/gl/cor/(\d{4}-\d\d-\d\d)")
_LEVELS = ("accountingEntries", "entryHeader", "entryDetail")
_OIM = {"xbrl-csv", "xbrl-json"}


@dataclass(frozen=True)
class Detail:
    """An entryDetail: its own concepts, those of its header and document; texts by local name."""

    document: dict[str, str]
    header: dict[str, str]
    header_number: int
    line: dict[str, str]
    row: int


def details(path: Path) -> tuple[Source, str, Iterator[Detail]]:
    """The file, the version of its namespace, and its details in order.

    Raises InputError for what is neither of the encodings.
    """
    every = files.sources(path)
    if len(every) == 1 and every[0].name.lower().endswith(".csv"):
        every = files.sources(path.with_suffix(".json"))
    if len(every) != 1:
        do = "Name the .xml file, or the .json of the open information model"
        raise Source(path.name, path).fault(
            f"one instance; there are {len(every)} files", do, reason="import_content"
        )
    source = every[0]
    if source.head(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        return _open_model(source, path)
    return source, _xml_version(source), _of_xml(source)


# --- XML ------------------------------------------------------------------------------------------------


def _xml_version(source: Source) -> str:
    first = next(xml.records(source, frozenset(("documentInfo",))), None)
    if first is None:
        do = "Known is accountingEntries with documentInfo, in namespaces gl/cor of XBRL International"
        raise source.fault("an XBRL GL instance", do, value=xml.root(source).name, reason="import_format")
    named = _COR.fullmatch(first.node.namespace)
    return named[1] if named else first.node.namespace


def _of_xml(source: Source) -> Iterator[Detail]:
    wanted = frozenset(("documentInfo", "entityInformation", "entryDetail"))
    document: dict[str, str] = {}
    number = 0
    for record in xml.records(source, wanted, frozenset(("entryHeader",))):
        name = record.node.name
        if name == "documentInfo":
            document = flat(record.node)
        elif name == "entityInformation":
            document = {**flat(record.node), **document}
        elif name == "entryHeader":
            number += 1
        else:
            yield Detail(document, record.up("entryHeader"), number, flat(record.node), record.row)


def flat(node: Node) -> dict[str, str]:
    """The leaves below an element by local name, the first of each that is filled."""
    found: dict[str, str] = {}
    for child in node.children:
        if child.children:
            for name, text in flat(child).items():
                found.setdefault(name, text)
        elif child.text.strip():
            found.setdefault(child.name, child.text.strip())
    return found


# --- open information model -----------------------------------------------------------------------------


def _open_model(source: Source, path: Path) -> tuple[Source, str, Iterator[Detail]]:
    content = json_file.load(source)
    content = json_file.mapping(content)
    info = json_file.mapping(content.get("documentInfo"))
    kind = str(info.get("documentType", "")).rpartition("/")[2]
    if kind not in _OIM:
        known = " and ".join(f"https://xbrl.org/2021/{k}" for k in sorted(_OIM))
        value = json_file.cell(info.get("documentType"))
        raise source.fault(
            "a documentType that is known", f"Known are {known}", value=value, reason="import_format"
        )
    named = (_COR.fullmatch(str(uri)) for uri in json_file.mapping(info.get("namespaces")).values())
    version = next((found[1] for found in named if found), "none")
    if kind == "xbrl-json":
        return source, version, _grouped(_facts(json_file.mapping(content.get("facts"))))
    table = _table(source, content, path)
    return table, version, _grouped(_rows(table, content))


def _table(source: Source, content: dict[str, Any], path: Path) -> Source:
    """The CSV file of the only table, beside the description; nothing outside, nothing fetched."""
    tables = json_file.mapping(content.get("tables")).values()
    urls = [json_file.cell(json_file.mapping(t).get("url")) for t in tables]
    if len(urls) != 1:
        raise source.fault(
            f"one table; there are {len(urls)}", "Export one table in a file", reason="import_content"
        )
    parts = PurePosixPath(urls[0].replace("\0", "")).parts
    place = path.parent.joinpath(*parts)
    outside = ".." in parts or ":" in urls[0] or not place.resolve().is_relative_to(path.parent.resolve())
    if not parts or urls[0].startswith("/") or outside or not place.is_file():
        raise source.fault(
            "a CSV file beside it", "Put it there", column="url", value=urls[0], reason="import_content"
        )
    return Source(urls[0], place)


def _rows(table: Source, content: dict[str, Any]) -> Iterator[tuple[dict[str, str], dict[str, str], int]]:
    """Each row: its dimensions, its concepts by local name, its place. Columns are named by the template."""
    names: dict[str, str] = {}
    for template in json_file.mapping(content.get("tableTemplates")).values():
        for column, body in json_file.mapping(json_file.mapping(template).get("columns")).items():
            concept = json_file.mapping(json_file.mapping(body).get("dimensions")).get("concept")
            names[column] = json_file.cell(concept).rpartition(":")[2]
    every = files.rows(table, files.encoding(table, "utf-8"), ",", '"')
    _, header = next(every, (1, []))
    header = [name.lstrip("\ufeff") for name in header]
    for number, row in files.named(every, header):
        if "" in row:
            raise table.fault(
                f"{len(header)} cells in the row", "Export it again", row=number, reason="malformed"
            )
        dimensions = {n: v for n, v in row.items() if v and not names.get(n)}
        yield dimensions, {names[n]: v for n, v in row.items() if v and names.get(n)}, number


def _facts(facts: dict[str, Any]) -> Iterator[tuple[dict[str, str], dict[str, str], int]]:
    """The facts in the order of their dimensions, each as one concept; its place counts them in the file."""
    found = []
    for number, fact in enumerate(map(json_file.mapping, facts.values()), 1):
        dimensions = json_file.mapping(fact.get("dimensions"))
        own = {str(k).rpartition("_")[2]: json_file.cell(v) for k, v in dimensions.items() if "_" in str(k)}
        concept = json_file.cell(dimensions.get("concept")).rpartition(":")[2]
        order = [int(own[n]) if own.get(n, "").isdecimal() else 0 for n in _LEVELS]
        found.append((order, number, own, concept, json_file.cell(fact.get("value"))))
    for _, number, own, concept, value in sorted(found, key=lambda f: f[:2]):
        yield own, {concept: value}, number


def _grouped(
    rows: Iterable[tuple[dict[str, str], dict[str, str], int]],
) -> Iterator[Detail]:
    """Rows or facts as details: what stands on no header is of the document, on no detail of the header."""
    document: dict[str, str] = {}
    header: dict[str, str] = {}
    line: dict[str, str] = {}
    place, number, first = ("", "", ""), 0, 0
    for dimensions, values, row in rows:
        now = (dimensions.get(_LEVELS[0], ""), dimensions.get(_LEVELS[1], ""), dimensions.get(_LEVELS[2], ""))
        if now != place and line:
            yield Detail(document, header, number, line, first)
        if now[:1] != place[:1]:
            document = {}
        if now[:2] != place[:2]:
            header, number = {}, number + 1
        if now != place:
            line, first = {}, row
        place = now
        level = line if now[2] else header if now[1] else document
        for concept, value in values.items():
            level.setdefault(concept, value)
    if line:
        yield Detail(document, header, number, line, first)
