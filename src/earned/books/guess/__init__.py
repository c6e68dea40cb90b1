"""What the files of a folder are, written as a books.yaml with its doubts as questions: `earned init`.

Headers and values are compared with lists of words (`headers.yaml`, `values.yaml`) and with each other;
nothing is computed from amounts, and nothing in a file is executed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from earned.books import schema
from earned.books.given import NAME
from earned.books.guess import (
    assemble,
    datev,
    document,
    groups,
    joins,
    judgements,
    layouts,
    ledgers,
    magnitude,
    papers,
    recognise,
    rescue,
    settle,
    survey,
    ties,
)
from earned.books.guess.answer import Answer, Tree
from earned.books.guess.recognise import Draft
from earned.books.guess.survey import Found, Survey
from earned.engine import Engine
from earned.unfinished import held, write_whole

#: Lines at the end about files that are not mapped.
_MOST_LINES = 40
_HEAD = (
    "How these files become books, as `earned init` understood them: correct what is wrong.",
    "A percentage says how sure a mapping is; behind it stand three values of the file.",
)


@dataclass(frozen=True)
class Question:
    """A key that a person has to answer, with the answers to choose from."""

    key: str
    why: str
    candidates: tuple[str, ...]


@dataclass(frozen=True)
class Guess:
    """The text of a books.yaml, its questions, what was recognised, what was not, what is read as it is (by
    its name), and what to import."""

    text: str
    questions: tuple[Question, ...]
    drafts: tuple[Draft, ...]
    unknown: tuple[Found, ...]
    by_name: tuple[Found, ...]
    survey: Survey


def guess(folder: Path) -> Guess:
    """Look at every file of a folder and say what it is. Raises InputError only for the folder itself."""
    engine = Engine()
    try:
        found = survey.survey(folder, engine)
        found.found = joins.joined(datev.two_sided(_with_contracts(found), engine), engine)
        drafts, unknown = recognise.recognise(found.found)
        drafts, unknown = rescue.rescued(drafts, unknown, engine)
        drafts = groups.opened(folder, drafts, engine)
        drafts, unknown = _of_contracts(drafts, unknown)
        every = [d.found for d in drafts]
        drafts, ids = ties.tied(drafts, engine)
        unknown += [f for f in every if f not in [d.found for d in drafts]]
        by_name = tuple(f for f in unknown if recognise.by_name(f))
        unknown = [f for f in unknown if f not in by_name]
        drafts = ledgers.settled(papers.completed(drafts), engine)
        hidden = magnitude.hidden_unit(drafts, ids, engine)
        tree = _tree(drafts, found.found, ids, hidden)
        text = document.text(tree, _head(tree), _tail(unknown, by_name, found))
        return Guess(text, tuple(questions(tree)), tuple(drafts), tuple(unknown), by_name, found)
    finally:
        engine.close()


def _with_contracts(found: Survey) -> list[Found]:
    """The tables to map. Exports in an audit format are among them where another file has the contracts:
    then they are not imported."""
    own = [f for f in found.found if not f.export]
    if not any(recognise.best(f).table == "contracts" for f in own):
        return own
    mapped = [f.export for f in found.found if f.export]
    found.imports = [e for e in found.imports if e not in mapped]
    return found.found


def _of_contracts(drafts: Sequence[Draft], unknown: Sequence[Found]) -> tuple[list[Draft], list[Found]]:
    """Without contracts, what belongs to one cannot be used: only entries and what stands alone are kept."""
    if recognise.by_table(drafts, "contracts"):
        return list(drafts), list(unknown)
    kept = [replace(d, alone=True) for d in drafts if d.table not in ("obligations", "evidence")]
    used = [d.found for d in kept]
    return kept, [*unknown, *(d.found for d in drafts if d.found not in used)]


def _tree(
    drafts: Sequence[Draft], found: Sequence[Found], ids: Mapping[str, Any], hidden: str | None
) -> Tree:
    sources = list({id(s): s for d in drafts for s in d.found.parts or (d.found,)}.values())
    fed = {i: [d.table for d in drafts if d.found is one] for i, one in enumerate(sources)}
    names = dict(zip(map(id, sources), layouts.named(sources, fed)))
    shown = settle.forms_shown(drafts)
    tables: dict[str, Any] = {}
    for one in drafts:
        of = [names[id(s)] for s in one.found.parts or (one.found,)]
        unit = hidden if one.table == "contracts" else None
        tables.setdefault(one.table, []).append(assemble.table(one, of, shown, ids, unit))
    company = judgements.company(drafts, found)
    return {
        "company": company,
        "sources": {names[id(s)]: layouts.source(s) for s in sources},
        "tables": {
            t: tables[t] if len(tables[t]) > 1 else tables[t][0] for t in schema.tables() if t in tables
        },
        "policy": judgements.policies(drafts, company["currency"]),
    }


def questions(tree: Any, path: str = "") -> Iterator[Question]:
    """The open questions of a tree, by dotted path."""
    if isinstance(tree, Answer):
        if tree.open:
            yield Question(path, tree.why, tree.candidates)
    elif isinstance(tree, Mapping):
        for key, inner in tree.items():
            yield from questions(inner, f"{path}.{key}" if path else key)
    elif isinstance(tree, list):
        for place, inner in enumerate(tree, 1):
            yield from questions(inner, f"{path}[{place}]")


def _head(tree: Tree) -> list[str]:
    many = sum(1 for _ in questions(tree))
    if not many:
        return [*_HEAD, "There is no open question. Next: earned check on this folder."]
    said = "Each '?' is a question" if many > 1 else "The one '?' is a question"
    return [
        *_HEAD,
        f"{said}: put one of the answers beside it in its place. Then: earned check on this folder.",
    ]


def _tail(unknown: Sequence[Found], by_name: Sequence[Found], found: Survey) -> list[str]:
    lines = [f"Read as it is: {u.place}" for u in by_name]
    lines += [f"Not recognised: {u.place}: {', '.join(c.header for c in u.columns[:20])}" for u in unknown]
    lines += [f"To import: {e.path or 'this folder'}: {e.what}" for e in found.imports]
    lines += [f"Not read: {name}: {why}" for name, why in found.not_read]
    rest = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"and {rest} more: earned init --json lists them"] if rest > 1 else lines


def written(found: Guess, folder: Path) -> Path | None:
    """Write books.yaml, or books.yaml.new where one stands already; nothing where no table was recognised.

    Returns the file. It appears whole or not at all.
    """
    if not found.drafts:
        return None
    place = folder / NAME
    with held(place.absolute()):
        if place.exists() or place.is_symlink():
            place = folder / f"{NAME}.new"
        write_whole(place.absolute(), found.text.encode())
    return place


def report(found: Guess, folder: str) -> dict[str, Any]:
    """What `earned init --json` prints: sources with each mapping, questions, imports, files not read."""
    return {
        "sources": [_source(d) for d in found.drafts],
        "questions": [
            {"key": q.key, "why": q.why, "candidates": list(q.candidates)} for q in found.questions
        ],
        "not_recognised": [
            {"path": u.place, "columns": [c.header for c in u.columns]} for u in found.unknown
        ],
        "read_by_name": [u.place for u in found.by_name],
        "not_read": [{"path": name, "why": why} for name, why in found.survey.not_read],
        "imports": [
            {"path": e.path, "format": e.format, "command": e.command(folder, f"{Path(folder).name}-books")}
            for e in found.survey.imports
        ],
    }


def _source(one: Draft) -> dict[str, Any]:
    columns = [
        {"column": c.column, "from": c.spec, "confidence": c.sure, "samples": list(c.samples)}
        for c in one.columns.values()
    ]
    source, rows = one.found.source, one.found.table.rows * one.found.times
    return {
        "path": list(source.paths), "sheet": source.sheet, "source_table": source.table, "table": one.table,
        "rows": rows, "header_row": source.header_row or 1, "columns": columns,
        "not_mapped": list(one.unused),
    }  # fmt: skip
