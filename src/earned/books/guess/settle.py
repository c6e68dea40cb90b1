"""How a file writes what it holds: dates, decimal sign, unit, sign, rates, words (R3, R4, R8).

Each function gives the keys of one table's mapping that it settles, or the question where the values
allow two readings that give different figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from earned.books.guess import ledgers, words
from earned.books.guess.answer import Answer, ask
from earned.books.guess.recognise import Draft
from earned.books.guess.seen import Column
from earned.books.schema import Column as Ours

Keys = dict[str, Any]
_MOST_WORDS = 60
_READ_AS_BOOL = ("true", "false", "yes", "no", "1", "0", "是", "否")
_MONEY = ("money", "quantity", "int", "ppm")


def dates(one: Draft, proven: Iterable[str]) -> Keys:
    """`date`: the form of each column that is not written year first; a question where day and month could
    change places and no other column of the files shows which (`proven` are the forms they show)."""
    found = {c: a for c in _of_type(one, ("date", "instant")) if (a := _form(one, c, tuple(proven)))}
    if not found:
        return {}
    answers = list(found.values())
    if all((a.value, a.candidates) == (answers[0].value, answers[0].candidates) for a in answers):
        return {"date": answers[0]}
    return {"date": found}


def _form(one: Draft, ours: str, proven: tuple[str, ...]) -> Answer | None:
    column = one.header(ours)
    if column is None and (month := _month(one, ours)):
        return Answer(month, "the first day of the month")
    if column is None or not column.dates or "" in column.dates:
        return None
    forms = column.dates
    if len(forms) == 1:
        return Answer(forms[0], f"{column.values[0]} is read so")
    known = [f for f in forms if any(f.startswith(p) for p in proven)]
    if len(known) == 1:
        return Answer(known[0], "as other dates of these files show")
    return ask(f"{column.values[0]} can be read in each of these ways", forms)


def _month(one: Draft, ours: str) -> str | None:
    """The form of the day that a template makes of a month."""
    spec = one.columns[ours].spec
    ways = (c.month for c in one.found.columns if c.month and c.month[0].format(f"{{{c.header}}}") == spec)
    return next((form for _, form in ways if form), None)


def forms_shown(drafts: Iterable[Draft]) -> tuple[str, ...]:
    """The forms of a day that some column can only be read in."""
    shown = (c.dates[0] for d in drafts for c in d.found.columns if len(c.dates) == 1 and c.dates[0])
    return tuple(sorted({f.split(" %H")[0].split(" %I")[0] for f in shown}))


def decimals(one: Draft) -> Keys:
    """`decimal`: the decimal sign, from all numbers of the file."""
    numbers = [c for c in one.found.columns if c.is_number]
    commas = [c for c in numbers if c.marks == {","}]
    points = [c for c in numbers if c.marks == {"."}]
    if commas and not points:
        return {"decimal": Answer(",", f"{_with(commas[0], ',')} can only be read so")}
    money = [c for n in _of_type(one, ("money",)) if (c := one.header(n)) and c.is_number]
    unclear = [c for c in money if len(c.marks) == 2 and any("." in v for v in c.values)]
    if unclear and not points:
        shown = _with(unclear[0], ".")
        return {
            "decimal": ask(f"{shown}: does the point separate thousands (,) or decimals (.)?", (",", "."))
        }
    return {}


def _with(column: Column, sign: str) -> str:
    return next((v for v in column.values if sign in v), column.values[0])


def units(one: Draft, hidden: str | None) -> Keys:
    """`unit`: what brackets in a header or a line above the table state; a question where the amounts are
    too small for the entries of the same contracts (`hidden` is the unit that would fit)."""
    money = _of_type(one, ("money",))
    stated = {c: u for c in money if (u := _stated(one, c))}
    above = next((words.unit_in(t) for t in one.found.above if _speaks_of_unit(t) and words.unit_in(t)), None)
    if above and above != "major":
        stated = dict.fromkeys(money, above) | stated
    scale = {c: Answer(int(u), "the file says so") for c, u in stated.items() if u.isdigit()}
    found = {c: u for c, u in stated.items() if u != "major" and c not in scale}
    keys: Keys = {"scale": scale} if scale else {}
    if found and len(set(found.values())) == 1 and len(found) == len(money):
        return keys | {"unit": Answer(next(iter(found.values())), "the file says so")}
    if found or scale:
        return keys | (
            {"unit": {c: Answer(u, "the file says so") for c, u in found.items()}} if found else {}
        )
    if not stated and (whole := _whole(one, money)):
        shown = ", ".join(whole.values[:2])
        why = f"{whole.header} holds whole numbers ({shown}): of the currency or of its cents?"
        return {"unit": ask(why, ("major", "minor"))}
    if hidden and not stated:
        why = f"the amounts are far smaller than the entries of the same contracts: are they in {hidden}?"
        if hidden.isdigit():
            return {"scale": {c: ask(why, ("1", hidden)) for c in money[:1]}}
        return {"unit": ask(why, ("major", hidden))}
    return {}


def _whole(one: Draft, money: Sequence[str]) -> Column | None:
    """A typed column of money that holds integers, and not only whole hundreds of cents."""
    if one.found.table.kind != "typed":
        return None
    for ours in money:
        column = one.header(ours)
        values = column.values if column else ()
        if not any("." in v for v in values) and any(v != "0" and not v.endswith("00") for v in values):
            return column
    return None


def _stated(one: Draft, ours: str) -> str | None:
    header = one.columns[ours].spec
    return next((u for part in words.brackets(header) if (u := words.unit_in(part))), None)


def _speaks_of_unit(text: str) -> bool:
    plain = text.casefold()
    return any(
        mark in plain
        for mark in ("单位", "單位", "単位", "unit", "in thousands", "in millions", "teur", "einheit")
    )


def signs(one: Draft) -> Keys:
    """`sign`, and `indicator` where a column says the side (R3)."""
    if one.table not in ("entries", "ledger") or one.sign is None:
        return {}
    column = ledgers.side_column(one)
    if one.sign.value != "indicator" or column is None:
        own = "debit_positive" if one.table == "ledger" else "credit_positive"
        return {"sign": one.sign} if one.sign.value != own else {}
    sides = {s: [v for v in column.values if words.side(v) == s] for s in ("C", "D")}
    usual = {"C": ["H", "C"], "D": ["S", "D"]}
    fill = {s: sides[s] or [v for v in usual[s] if v not in sides["C"] + sides["D"]][:1] for s in sides}
    said = {"column": Answer(column.header)} | {s: Answer(v) for s, v in fill.items()}
    return {"sign": one.sign, "indicator": said}


def rates(one: Draft) -> Keys:
    """`rate`: parts per million, percent or a fraction, by the largest value; a % sign speaks for itself."""
    found = {}
    for ours in _of_type(one, ("ppm",)):
        column = one.header(ours)
        if column and not all(v.endswith("%") for v in column.values):
            largest = max(
                (abs(n) for v in column.values if (n := _number(v)) is not None), default=Decimal(0)
            )
            if largest <= 100 and largest:
                found[ours] = Answer("fraction" if largest <= 1 else "percent", f"the largest is {largest}")
    return {"rate": found} if found else {}


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.rstrip("% ").replace(",", "."))
    except InvalidOperation:
        return None


def meanings(one: Draft) -> Keys:
    """`values`: their words of closed lists; a word that nobody knows is a question where it decides."""
    found: Keys = {}
    for column in one.ours.columns:
        source = one.header(column.name)
        if source and column.type in ("enum", "bool") and (mapped := _words(one, column, source)):
            found[column.name] = mapped
    return {"values": found} if found else {}


def _words(one: Draft, ours: Ours, source: Column) -> Keys:
    place, result = f"{one.table}.{ours.name}", {}
    for text in source.values[:_MOST_WORDS]:
        if text.casefold() in (ours.values or _READ_AS_BOOL):
            continue
        word = words.word(place, text)
        if word:
            result[text] = Answer(word)
        elif ours.need == "required":
            result[text] = ask("what does a paper of this kind show?", ours.values)
    if not result and source.distinct > _MOST_WORDS:
        return {}
    unknown = [
        t for t in source.values if t.casefold() not in (ours.values or _READ_AS_BOOL) and t not in result
    ]
    if unknown and ours.need != "required":
        result["*"] = Answer("", f"not known: {', '.join(unknown[:5])}")
    return result


def _of_type(one: Draft, kinds: Sequence[str]) -> list[str]:
    return [c for c in one.columns if one.ours[c].type in kinds]


def stages(one: Draft) -> Mapping[str, str]:
    """The words of the kind column that also say the stage of an acceptance."""
    kind = one.header("kind")
    if one.table != "evidence" or kind is None or "stage" in one.columns:
        return {}
    return {v: s for v in kind.values[:_MOST_WORDS] if (s := words.word("evidence.stage", v))}
