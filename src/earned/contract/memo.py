"""The accounting memo of one contract: facts, steps, judgements, figures, entries, what would change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from earned.contract.alternatives import alternatives
from earned.contract.document import Document, read
from earned.contract.judgements import NOT_STATED, choices, policy_choices, subject_of
from earned.contract.layout import Block, Heading, Lines, Text, html, markdown
from earned.contract.paragraphs import FRAMEWORKS, paragraphs
from earned.contract.words import (
    IN_COMPANY,
    STEP_1,
    STEP_2,
    amount,
    contract_in_words,
    judged,
    name_of,
    promise_in_words,
    sections,
)
from earned.unfinished import write_whole

#: tables of facts of the memo: title -> table of the file and the columns that are shown where filled
_FACTS = {
    "Obligations": ("obligations", (
        "obligation_id", "description", "pattern", "measure", "ssp", "total_quantity", "unit_price",
        "start_date", "end_date",
    )),
    "Changes of the contract": ("modifications", (
        "version", "effective_date", "approved_date", "treatment", "price_change", "obligation_id",
    )),
    "Estimates": ("estimates", (
        "known_at", "kind", "item", "obligation_id", "amount", "quantity", "constrained_amount", "method",
        "made_by",
    )),
    "Evidence": ("evidence", (
        "event_date", "kind", "obligation_id", "quantity", "amount", "basis", "result", "maker", "number",
    )),
    "Invoices": ("invoices", ("invoice_date", "invoice_id", "amount", "due_date", "unconditional_date")),
    "Receipts": ("receipts", ("receipt_date", "receipt_id", "amount", "kind")),
    "Criteria": ("criteria", ("gate", "criterion", "obligation_id", "met_date", "decided_by")),
}  # fmt: skip


def memo_of(path: Path, found: Mapping[str, Any], as_of: date | None = None) -> Sequence[Block]:
    """The blocks of the memo on what `recognised` found of a contract file."""
    document = read(path)
    others = alternatives(document, found, as_of)
    return [
        *_head(document, found),
        *_facts(document),
        *_steps(found),
        *_judgements(found),
        *_figures(found),
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
        ("Currency", found["currency"]),
        ("What was known by", found["as_of"]),
        ("Contract file", document.name),
    ]
    yield Lines(("", ""), rows)
    if found["refused"]:
        yield Text(
            f"No revenue is recognised: {found['refused']['reason']} ({found['refused']['paragraph']})."
        )


def _facts(document: Document) -> Iterator[Block]:
    yield Heading(2, "Facts")
    contract = document.contract.cells.items()
    yield Lines(("Contract", ""), [(k.replace("_", " "), v) for k, v in contract])
    for title, (table, columns) in _FACTS.items():
        rows = document.tables.get(table, ())
        filled = [c for c in columns if any(c in row.cells for row in rows)]
        if rows:
            yield Heading(3, title)
            heads = tuple(c.replace("_", " ") for c in filled)
            yield Lines(heads, [tuple(row.cells.get(c, "") for c in filled) for row in rows])


def _steps(found: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(2, "The five steps")
    yield Heading(3, STEP_1)
    yield Text(f"{contract_in_words(found)} ({', '.join(found['binds']['paragraphs'])}).")
    yield Heading(3, STEP_2)
    rows = [(p["obligation_id"], promise_in_words(p), ", ".join(p["paragraphs"])) for p in found["promised"]]
    yield Lines(("Obligation", "How control passes", "Paragraphs"), rows)
    for title, steps in sections(found):
        yield Heading(3, title)
        lines = [
            (name_of(s["figure"]), amount(s["value"]), s["formula"], ", ".join(s["paragraphs"]))
            for s in steps
        ]
        yield Lines(("Figure", "Amount", "Arithmetic", "Paragraphs"), lines, amounts=(1,))


def _judgements(found: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(2, "Judgements, and who made them")
    rows = []
    for one in found["judgements"]:
        standard = paragraphs(found["framework"], subject_of(one["field"]))[0]
        rows.append((judged(one), one["value"], one["decided_by"], standard, _choices(one["field"])))
    heads = ("Judgement", "Decided", "By", "Paragraph", "Could be")
    yield Lines(heads, rows) if rows else Text("The file holds none.")


def _choices(field: str) -> str:
    place, _, column = field.rpartition(".")
    table = place.partition("[")[0]
    if table == "policy":
        return ", ".join(policy_choices(column.partition("[")[0]))
    return ", ".join(choices("contracts" if table == "contract" else table, column))


def _figures(found: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading(2, "Figures")
    figures = found["figures"]
    to_date = figures["revenue_cumulative"]
    rows = [(p, amount(v), amount(to_date[p])) for p, v in figures["revenue"].items()]
    yield Lines(("Period", "Revenue", "Revenue to date"), rows, amounts=(1, 2))
    balances = figures.get("balances", {})
    names = [n for n in _all_keys(balances) if any(_is_some(of.get(n)) for of in balances.values())]
    if names:
        heads = ("At the end of", *(n.replace("_", " ") for n in names))
        rows = [(p, *(amount(of.get(n, "0")) for n in names)) for p, of in balances.items()]
        yield Lines(heads, rows, amounts=tuple(range(1, len(heads))))
    if in_company := figures.get("functional"):
        yield Heading(3, f"{IN_COMPANY}, {found['functional_currency']}")
        heads = ("Period", *(n.replace("_", " ") for n in in_company))
        rows = [(p, *(amount(of[p]) for of in in_company.values())) for p in figures["revenue"]]
        yield Lines(heads, rows, amounts=tuple(range(1, len(heads))))


def _all_keys(balances: Mapping[str, Mapping[str, str]]) -> Sequence[str]:
    return list(dict.fromkeys(name for of in balances.values() for name in of))


def _is_some(value: str | None) -> bool:
    return value is not None and value.strip("-0.") != ""


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
    yield Text(
        f"Revenue to date is {amount(to_date)}. With one field of the contract file changed it would be:"
    )
    rows = [
        (judged(o), o["stands"], o["instead"], *_outcome(o), o["first_period"] or o["asks"] or "no period")
        for o in others
    ]
    heads = ("Field", "Stands", "Instead", "Revenue to date", "Difference", "First in")
    yield (
        Lines(heads, rows, amounts=(3, 4)) if rows else Text("No field of it has another word that is tried.")
    )


def _outcome(other: Mapping[str, Any]) -> tuple[str, str]:
    if other["revenue"] is None:
        return "", ""
    return amount(other["revenue"]), amount(other["difference"])
