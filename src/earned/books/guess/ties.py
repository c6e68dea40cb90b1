"""Keys that files share, told by their values: which column holds the contract, how its numbers are written.

A number may be spelled in two ways (leading zeros, case, width), or stand inside a text
(`Sales Order #SO1001`); both are found by comparing with the contracts, and nothing is changed here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from earned.books import sql
from earned.books.cells import normalised
from earned.books.guess.parts import position
from earned.books.guess.recognise import Choice, Draft, by_table, missing, with_column, without_column
from earned.books.guess.seen import Column
from earned.engine import Engine

#: Tables whose rows name a contract.
OF_CONTRACT = ("obligations", "evidence", "entries", "invoices", "receipts")
#: How numbers of contracts may be brought together, the least change first.
FOLDS: tuple[dict[str, Any], ...] = (
    {},
    {"strip_zeros": True},
    {"fold": ["width", "case"]},
    {"strip_zeros": True, "fold": ["width", "case"]},
)
_ENOUGH = 50
_SAME = 20
#: A column that holds the position inside a contract.
_POSITION = re.compile(
    r"posnr|posn2|posnr_va|vgpos|aupos|position|行项目|合同行号|订单行号|order line|line no", re.IGNORECASE
)


def tied(drafts: Sequence[Draft], engine: Engine) -> tuple[list[Draft], dict[str, Any]]:
    """The drafts with the column that names the contract, and how `ids` bring its numbers together."""
    registers = _registers(drafts, engine)
    if not registers:
        return list(drafts), {}
    found = [linked(d, registers, engine) if d.table in OF_CONTRACT else d for d in drafts]
    found = [d for d in found if d in registers or _kept(d, found, registers, engine)]
    children = [d for d in found if d.table in OF_CONTRACT and d.header("contract_id")]
    shared = [sum(_shared(d, registers, f, engine) for d in children) for f in FOLDS]
    return _positions(found), FOLDS[shared.index(max(shared))]


def _registers(drafts: Sequence[Draft], engine: Engine) -> list[Draft]:
    """The registers of contracts: the one that fits best, and others that need no answer and hold other
    contracts; a list of the same contracts is no register of its own."""
    kept: list[Draft] = []
    known = [d for d in by_table(drafts, "contracts") if d.header("contract_id")]
    for one in sorted(known, key=_rank, reverse=True):
        column = one.header("contract_id")
        others = column and not missing(one) and _share(one, column, kept, engine) < _SAME if kept else True
        if others or any(_same_layout(one, k) for k in kept):
            kept.append(one)
    return kept


def _kept(one: Draft, drafts: Sequence[Draft], registers: Sequence[Draft], engine: Engine) -> bool:
    """Of several files for one table the one that fits best, and those that need no answer and, where they
    belong to contracts, name them."""
    others = [d for d in by_table(drafts, one.table) if d is not one]
    if one.table == "contracts":
        return False
    if all(_rank(one) >= _rank(d) for d in others) or any(_same_layout(one, d) for d in others):
        return True
    if missing(one):
        return False
    column = one.header("contract_id")
    named = column is not None and _share(one, column, registers, engine) >= _ENOUGH
    return one.table not in OF_CONTRACT or one.match is not None or named


def _rank(one: Draft) -> tuple[bool, float]:
    return not missing(one), one.score


def _same_layout(one: Draft, other: Draft) -> bool:
    return [c.header for c in one.found.columns] == [c.header for c in other.found.columns]


def linked(child: Draft, parents: Sequence[Draft], engine: Engine) -> Draft:
    """The child with the column that holds numbers of contracts; the header's word loses to the values."""
    own = child.header("contract_id")
    if own and _share(child, own, parents, engine) >= _ENOUGH:
        return child
    others = {c.header: _share(child, c, parents, engine) for c in _texts(child)}
    best = max(others, key=lambda h: others[h], default=None)
    if best and others[best] >= _ENOUGH:
        return _instead(child, best, best, f"{others[best]} % of its values are contracts", others[best])
    inside = _inside(child, parents, engine)
    return inside or child


def names_contracts(child: Draft, parents: Sequence[Draft], engine: Engine) -> bool:
    """Whether most of a child's contracts are those of the registers, or stand inside its texts."""
    column = child.header("contract_id")
    return bool(child.match) or (column is not None and _share(child, column, parents, engine) >= _ENOUGH)


def _instead(child: Draft, header: str, spec: Any, why: str, sure: int) -> Draft:
    """The child with its contract read from a header, which feeds nothing else any more."""
    for column, choice in list(child.columns.items()):
        if choice.spec == header and column != "contract_id":
            child = without_column(child, column)
    seen = next(c for c in child.found.columns if c.header == header)
    return with_column(child, Choice("contract_id", spec, min(sure, 97), seen.values[:3], why))


def _texts(one: Draft) -> list[Column]:
    return [
        c for c in one.found.columns if c.filled and c.distinct > 1 and not (c.is_date and not c.is_number)
    ]


def _share(child: Draft, column: Column, parents: Sequence[Draft], engine: Engine) -> int:
    """Percent of the different values of a column that are contracts, numbers folded in every way."""
    every, hit = _counted(child, column, parents, FOLDS[-1], engine)
    return 100 * hit // every if every else 0


def _shared(child: Draft, parents: Sequence[Draft], fold: Mapping[str, Any], engine: Engine) -> int:
    """Different contracts that a child names, with numbers folded in one way."""
    column = child.header("contract_id")
    return _counted(child, column, parents, fold, engine)[1] if column else 0


def _counted(
    child: Draft, column: Column, parents: Sequence[Draft], fold: Mapping[str, Any], engine: Engine
) -> tuple[int, int]:
    """Different values of a column, and those of them that are contracts of the registers."""
    keys = f"SELECT DISTINCT {normalised('cell', fold)} AS k FROM ({_cells(child, column)})"
    query = f"SELECT count(k), count(k) FILTER (k IN ({_parents(parents, fold)})) FROM ({keys})"
    every, hit = engine.sql(query)[0]
    return int(every), int(hit)


def _parents(parents: Sequence[Draft], fold: Mapping[str, Any]) -> str:
    """SQL of the numbers of all registers, folded in one way."""
    cells = [_cells(d, column) for d in parents if (column := d.header("contract_id"))]
    return f"SELECT {normalised('cell', fold)} FROM ({' UNION ALL '.join(cells)})"


def _cells(one: Draft, column: Column) -> str:
    """SQL of the different filled cells of a column, as text without the blanks around them."""
    cell = sql.trimmed(f"CAST({sql.name(column.header)} AS VARCHAR)")
    relation = sql.name(one.found.table.relation)
    return f"SELECT cell FROM (SELECT DISTINCT {cell} AS cell FROM {relation}) WHERE cell <> ''"


def _inside(child: Draft, parents: Sequence[Draft], engine: Engine) -> Draft | None:
    """The child with its contract found inside a text, where a pattern of the numbers fits half the rows."""
    numbers = [v for d in parents if (c := d.header("contract_id")) for v in c.values]
    pattern = shape(numbers)
    if not pattern:
        return None
    relation, known = sql.name(child.found.table.relation), _parents(parents, {})
    best: tuple[int, str] = (0, "")
    for column in _texts(child):
        found = f"regexp_extract(CAST({sql.name(column.header)} AS VARCHAR), {sql.text(pattern)}, 0)"
        every, hit = engine.sql(
            f"SELECT count(*), count(*) FILTER ({found} IN ({known})) FROM {relation} "
            f"WHERE nullif(trim(CAST({sql.name(column.header)} AS VARCHAR)), '') IS NOT NULL"
        )[0]
        best = max(best, (int(100 * hit // every) if every else 0, column.header))
    if best[0] < _ENOUGH:
        return None
    why = f"{best[0]} % of its texts hold the number of a contract"
    choice = Choice(
        "contract_id",
        best[1],
        best[0],
        next(c for c in child.found.columns if c.header == best[1]).values[:3],
        why,
    )
    return replace(with_column(child, choice), match=pattern)


def shape(numbers: Sequence[str]) -> str | None:
    """A pattern of contract numbers: `SO[0-9]+`; None where they are written in different ways.

    Digits are taken as many as there are: a longer number is another contract, not the beginning of one.
    """
    shapes = Counter(re.sub(r"\d+", "\0", n) for n in numbers)
    usual, times = shapes.most_common(1)[0] if shapes else ("", 0)
    parts = usual.split("\0")
    if times * 10 < len(numbers) * 9 or len(parts) < 2 or not "".join(parts).strip():
        return None
    return "[0-9]+".join(map(_literal, parts))


def _literal(text: str) -> str:
    return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", text)


def _positions(drafts: Sequence[Draft]) -> list[Draft]:
    """Obligations numbered inside their contract (VBELN, POSNR) are named by both, everywhere alike."""
    own = [d for d in drafts if d.table == "obligations" and "obligation_id" not in d.columns]
    if not any(position(d.found) for d in own):
        return list(drafts)
    return [_numbered(d) if d.table in ("obligations", "evidence", "entries") else d for d in drafts]


def _numbered(one: Draft) -> Draft:
    contract = one.header("contract_id")
    place = position(one.found, contract.header) if contract else None
    if not contract or not place or "obligation_id" in one.columns or one.match:
        return one
    why = "the contract and the position in it"
    spec = f"{{{contract.header}}}-{{{place.header}}}"
    return with_column(one, Choice("obligation_id", spec, 85, (), why))
