"""What was recognised of one table, as the keys of its mapping in books.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from earned.books.guess import joins, settle, words
from earned.books.guess.answer import Answer, Note, ask
from earned.books.guess.parts import two_sides
from earned.books.guess.recognise import Choice, Draft, candidates, missing
from earned.money import currencies


def table(
    one: Draft, sources: Sequence[str], shown: Sequence[str], ids: Mapping[str, Any], hidden: str | None
) -> dict[str, Any]:
    """The mapping of one draft from its source, or from lines and heads; `shown` are the forms of a day
    that the files show."""
    place = one.found.place if one.found.place != sources[0] else ""
    keys: dict[str, Any] = {"source": Answer(sources[0], place)}
    if one.found.parts:
        keys = {"select": Answer(joins.select(one.found.query, *sources), place)}
    keys["columns"] = _columns(one)
    keys |= settle.dates(one, shown) | settle.decimals(one) | settle.units(one, hidden)
    keys |= {} if isinstance(keys["columns"].get("amount"), dict) else settle.signs(one)
    keys |= settle.rates(one) | _values(one) | _filters(one) | _ids(one, ids)
    return keys


def _columns(one: Draft) -> dict[str, Any]:
    found: dict[str, Any] = {c: _answer(one, choice) for c, choice in one.columns.items()}
    sides = two_sides(one.found) if one.table in ("entries", "ledger") else None
    if sides:
        found["amount"] = {
            k: Answer(h, "two columns: credit less debit" if k == "debit" else "") for k, h in sides.items()
        }
    for column in (c for c in missing(one) if c not in found and not _needless(one, c)):
        found[column] = _question(one, column)
    if one.table == "evidence" and {"quantity", "amount"} & set(found) and "basis" not in found:
        why = "do quantities add up, or does each state the total so far?"
        found["basis"] = ask(why, ("=increment", "=cumulative"))
    if one.table == "evidence" and settle.stages(one):
        found["stage"] = Answer(one.columns["kind"].spec, "the same words say the stage")
    found |= {c: a for c, a in one.found.asks.items() if one.table == "entries"}
    names = one.ours.names
    tree: dict[str, Any] = {n: found[n] for n in names if n in found}
    for doubt in (d for d in one.doubtful if d.column not in tree):
        tree[f"#{doubt.column}"] = Note(f"{doubt.column}: {doubt.spec}   ({doubt.sure} %: {_samples(doubt)})")
    return tree


def _needless(one: Draft, column: str) -> bool:
    """A bare ledger of revenue needs no contract (R7)."""
    return one.table == "entries" and column == "contract_id" and one.alone


def _answer(one: Draft, choice: Choice) -> Answer | dict[str, Answer]:
    why = f"{choice.sure} %   {_samples(choice) or choice.why}"
    if choice.column == "contract_id" and one.match:
        return {"from": Answer(choice.spec, why), "match": Answer(one.match, choice.why)}
    return Answer(choice.spec, why)


def _samples(choice: Choice) -> str:
    return " | ".join(v[:30] for v in choice.samples)


def _question(one: Draft, column: str) -> Answer:
    ours = one.ours[column]
    fit = candidates(one, column)[:12]
    constants = tuple(f"={v}" for v in ours.values)
    return ask(f"which column is it? {ours.meaning}", (*constants, *fit) if constants else fit)


def _values(one: Draft) -> dict[str, Any]:
    found: dict[str, Any] = settle.meanings(one).get("values", {})
    if stages := settle.stages(one):
        found["stage"] = {w: Answer(s) for w, s in stages.items()} | {"*": Answer("", "no stage")}
    for column in (c for c in one.columns if c.endswith("currency")):
        source = one.header(column)
        foreign = {
            v: Answer(code)
            for v in (source.values[:20] if source else ())
            if v.upper() not in currencies() and (code := words.currency_in(v))
        }
        if foreign:
            found[column] = foreign
    return {"values": found} if found else {}


def _filters(one: Draft) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    if one.filled:
        keys["only"] = {one.filled: Answer("filled")}
    elif one.only:
        keys["only"] = dict([one.only])
    totals: dict[str, Any] = {c: Answer(list(v), "lines of totals") for c, v in one.found.totals}
    for header, codes in words.not_posted().items():
        column = next((c for c in one.found.columns if c.header == header), None)
        if column and set(codes) & set(column.values):
            totals[header] = Answer(list(codes), "documents that are not posted")
    for column in one.found.columns if one.table == "evidence" else ():
        open_ = [v for v in column.values[:50] if words.is_not_yet(v)]
        if open_ and words.one_of("paper_states", column.header):
            totals[column.header] = Answer(open_, "papers of what has not happened yet")
    for header in one.without:
        several = [*totals[header].value, "empty"] if header in totals else "empty"
        totals[header] = Answer(several, "rows without it are none: groups, notes, totals")
    return keys | ({"without": totals} if totals else {})


def _ids(one: Draft, ids: Mapping[str, Any]) -> dict[str, Any]:
    names = [c for c in ("contract_id", "obligation_id") if c in one.columns]
    if not ids or not names:
        return {}
    why = "numbers of contracts are spelled in two ways in these files"
    return {"ids": {c: {k: Answer(v, why if c == names[0] else "") for k, v in ids.items()} for c in names}}
