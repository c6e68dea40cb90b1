"""Registers of papers: what kind each is, by a column, by the headers of its dates, or by the file's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from earned.books import schema
from earned.books.guess import words
from earned.books.guess.recognise import Choice, Draft, by_table, with_column, without_column

#: Kinds whose quantities count (E11).
_COUNTED = ("hours", "cost", "units", "usage")


def completed(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts with what their files say in other ways: the kind of a paper by the name of its file or by
    its date columns, and an amount in two columns."""
    result: list[Draft] = []
    for one in drafts:
        if one.table == "evidence":
            result += _papers(one)
        else:
            result.append(one)
    if not by_table(drafts, "evidence"):
        result += [p for one in by_table(drafts, "contracts") for p in _wide(one)]
    counted = any("total_quantity" in d.columns for d in by_table(drafts, "obligations"))
    return [_without_counts(d) if d.table == "evidence" and not counted else d for d in result]


def _papers(one: Draft) -> list[Draft]:
    """A register of papers: its kind column, else a mapping for each date that says a kind, else by name."""
    if one.header("kind"):
        return [one]
    wide = _wide(one)
    if len(wide) > 1:
        return wide
    if "kind" in one.columns:
        return [one]
    stem = one.found.source.sheet or one.found.source.paths[0].rpartition("/")[2].rpartition(".")[0]
    word = words.word("evidence.kind", stem)
    if not word:
        return [one]
    return [with_column(one, Choice("kind", f"={word}", 70, (), f"the name {stem} says so"))]


def _wide(one: Draft) -> list[Draft]:
    """A mapping of evidence for each column of days that says what happened on it (初验日期, 终验日期)."""
    contract = one.header("contract_id")
    result = []
    for column in one.found.columns:
        meant = next((m for m in words.meanings("evidence", column.header) if m.column == "event_date"), None)
        if not (contract and meant and meant.sure >= 80 and "kind" in meant.says and column.is_date):
            continue
        why = f"the header {column.header} says so"
        said = {c: Choice(c, f"={v}", 90, (), why) for c, v in meant.says.items()}
        number = f"{{{contract.header}}}-{column.header}"
        own = {
            "evidence_id": Choice("evidence_id", number, 90, (), "one paper a contract and column"),
            "contract_id": Choice("contract_id", contract.header, 90, contract.values[:3]),
            "event_date": Choice("event_date", column.header, meant.sure, column.values[:3]),
        }
        kept = {c: v for c, v in one.columns.items() if c in ("recorded_at", "maker", "made_by", "signer")}
        found = kept | own | said if one.table == "evidence" else own | said
        names = schema.tables()["evidence"].names
        columns = {n: found[n] for n in names if n in found}
        result.append(
            replace(one, table="evidence", columns=columns, doubtful=(), filled=column.header, unused=())
        )
    return result


def _without_counts(one: Draft) -> Draft:
    """Quantities need a basis (E11): without one they are read only where papers count hours or the like."""
    if "basis" in one.columns or not {"quantity", "amount"} & set(one.columns):
        return one
    kind = one.header("kind")
    said = (
        [words.word("evidence.kind", v) for v in kind.values]
        if kind
        else [one.columns["kind"].spec[1:]]
        if "kind" in one.columns
        else []
    )
    if any(w in _COUNTED for w in said):
        return one
    return without_column(without_column(one, "quantity"), "amount")
