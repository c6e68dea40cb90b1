"""The accounting memo of one contract: facts, steps, judgements, figures, entries, what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from earned.contract.alternatives import alternatives
from earned.contract.document import Document, read
from earned.contract.judgements import NOT_STATED, choices, policy_choices, subject_of
from earned.contract.known import known_by
from earned.contract.layout import Block, Heading, Lines, Text, html, markdown
from earned.contract.memo_facts import facts
from earned.contract.memo_figures import figures
from earned.contract.paragraphs import FRAMEWORKS, paragraphs
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
from earned.unfinished import write_whole


def memo_of(path: Path, found: Mapping[str, Any], as_of: date | None = None) -> Sequence[Block]:
    """The blocks of the memo on what `recognised` found of a contract file."""
    document = read(path)
    known = known_by(document, as_of)
    others = [
        one | {"field": known.path(str(one["field"]))}
        for one in alternatives(known.document, found, known.as_of)
    ]
    return [
        *_head(document, found),
        *facts(known, found),
        *_steps(found),
        *_not_counted(found),
        *_judgements(document, found),
        *figures(found),
        *_entries(found),
        *_others(others, found),
    ]


def written(place: Path, blocks: Sequence[Block]) -> None:
    """Write the memo: one self-contained page where the name ends in .html, else Markdown.

    Raises InputError where nothing may be written there.
    """
    text = html(blocks) if place.suffix.lower() == ".html" else markdown(blocks)
    write_whole(place.absolute(), text.encode())


def _head(document: Document, found: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(1, f"Revenue from contract {found['contract_id']}")
    rows = [
        ("Company", document.setting("company.name") or NOT_STATED),
        ("Standard", FRAMEWORKS[found["framework"]]),
        ("Currency", currency_in_words(found["currency"])),
        ("What was known by", found["as_of"]),
        ("Contract file", document.name),
    ]
    yield Lines(("", ""), rows)
    if said := known_in_words(found):
        yield Text(said)
    if found["refused"]:
        yield Text(
            f"No revenue is recognised: {found['refused']['reason']} ({found['refused']['paragraph']})."
        )


def _steps(found: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(2, "The five steps")
    yield Heading(3, STEP_1)
    yield Text(f"{contract_in_words(found)} ({', '.join(found['binds']['paragraphs'])}).")
    yield Heading(3, STEP_2)
    rows = [(p["obligation_id"], promise_in_words(p), ", ".join(p["paragraphs"])) for p in found["promised"]]
    yield Lines(("Obligation", "How control passes", "Paragraphs"), rows)
    for title, steps in sections(found):
        yield Heading(3, title)
        lines = [(name_of(s["figure"]), shown(s), _arithmetic(s), ", ".join(s["paragraphs"])) for s in steps]
        yield Lines(("Figure", "Amount", "Arithmetic", "Paragraphs"), lines, amounts=(1,))


def _arithmetic(step: Mapping[str, Any]) -> str:
    """The formula; nothing where it would only say the amount again."""
    return "" if step["formula"] == shown(step) else step["formula"]


def _not_counted(found: Mapping[str, Any]) -> Iterator[Block]:
    if lines := list(papers_not_counted(found)):
        yield Heading(2, NOT_COUNTED)
        yield Lines(("What", "Why"), lines)
    if left := list(left_in_words(found)):
        yield Heading(2, f"{LEFT_OUT} {found['as_of']}, and left out")
        yield Lines(("Day", "What", "In the file"), left)


def _judgements(document: Document, found: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(2, "Judgements, and who made them")
    rows = []
    for one in found["judgements"]:
        subject = subject_of(document, one["field"])
        standard = paragraphs(found["framework"], subject)[0] if subject else ""
        rows.append((judged(one), decided(one), one["decided_by"], standard, _choices(one["field"])))
    heads = ("Judgement", "Decided", "By", "Paragraph", "Could be")
    yield Lines(heads, rows, whole=(2, 3)) if rows else Text("The file holds none.")


def _choices(field: str) -> str:
    place, _, column = field.rpartition(".")
    table = place.partition("[")[0]
    if table.startswith("policy"):
        return ", ".join(policy_choices(column.partition("[")[0]))
    return ", ".join(choices("contracts" if table == "contract" else table, column))


def _entries(found: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(2, "Entries")
    rows = [
        (e["period_id"], e["account"], *(amount(e[side]) if e[side] else "" for side in ("debit", "credit")))
        for e in found["entries"]
    ]
    if rows:
        yield Lines(("Period", "Account", "Debit", "Credit"), rows, amounts=(2, 3))
    else:
        yield Text("None.")


def _others(others: Sequence[Mapping[str, Any]], found: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(2, "What would change the answer")
    to_date = list(found["figures"]["revenue_cumulative"].values())[-1]
    if not others:
        yield Text("No field of it has another word that is tried.")
        return
    yield Text(
        f"Revenue to date is {amount(to_date)}. With one field of the contract file changed it would be:"
    )
    rows = [
        (judged(o), *_words(o), *_outcome(o), o["first_period"] or o["asks"] or "no period") for o in others
    ]
    heads = ("Field", "Stands", "Instead", "Revenue to date", "Difference", "First in")
    yield Lines(heads, rows, amounts=(3, 4))


def _words(other: Mapping[str, Any]) -> tuple[str, str]:
    """What stands and what would, as they are read."""
    return decided(other, "stands"), decided(other, "instead")


def _outcome(other: Mapping[str, Any]) -> tuple[str, str]:
    if other["revenue"] is None:
        return "", ""
    return amount(other["revenue"]), amount(other["difference"])
