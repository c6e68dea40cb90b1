"""The rows of a feed as typed columns: each cell with its text, and why it could not be read.

Every column of ours that any feed of the table fills becomes `c` (value), `c:raw` (text of the
file), `c:why` (reason, where filled and unreadable) and `c:want` (what was expected). Money stays in
billionths, with `c:decimals` (0 where the file states minor units), `c:float` and `c:code`, which
currencies it may be: its own is known only beside the contract.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from earned.books import cells, numbers, sql
from earned.books.cells import NUMBERS, Steps
from earned.books.columns import Cells
from earned.books.feeds import Feed, source_rows
from earned.books.schema import Column

TYPES = {
    "money": "HUGEINT",
    "quantity": "DECIMAL(38, 9)",
    "int": "BIGINT",
    "ppm": "BIGINT",
    "bool": "BOOLEAN",
    "date": "DATE",
    "instant": "TIMESTAMPTZ",
}
_SIDE, _SIDE_TEXT = '"row:side"', '"row:side_text"'


def typed(feed: Feed, used: Iterable[Column]) -> str:
    """The SELECT of a feed's typed rows, with the columns of `used` in order, for a union of feeds."""
    wanted = tuple(used)
    mapped = [c for c in wanted if c.name in feed.cells]
    query = f"SELECT source_file, source_row{_raw(feed, mapped)} FROM {source_rows(feed)}"
    query = sql.layer(query, _bare(feed, mapped))
    query = sql.layer(query, _filled(feed, mapped))
    numeric = [part for c in mapped if c.type in NUMBERS for part in _parts(feed, c)]
    by_part = {part: feed.table[part.split(":")[0]] for part in numeric}
    query = sql.layer(query, {f"{p}:normal": cells.normal(c, _n(p, "cell")) for p, c in by_part.items()})
    query = sql.layer(
        query,
        {
            f"{p}:digits": numbers.digits(
                _n(p, "normal"), feed.writing[c.name].decimal, feed.writing[c.name].thousands
            )
            for p, c in by_part.items()
        },
    )
    query = sql.layer(
        query,
        {
            f"{p}:nano": cells.nano(c, _n(p, "cell"), _n(p, "digits"), feed.writing[c.name])
            for p, c in by_part.items()
        },
    )
    query = sql.layer(query, {k: v for c in mapped for k, v in _sides(feed, c).items()})
    readings = {c: _read(feed, c) for c in mapped}
    query = sql.layer(query, {f"{c.name}:value": r.value for c, r in readings.items()})
    query = sql.layer(query, {f"{c.name}:why": _why(feed, c, r.reason) for c, r in readings.items()})
    outputs = (f"{e} AS {sql.name(n)}" for c in wanted for n, e in _output(feed, c, readings).items())
    return f"SELECT source_file, source_row, {', '.join([*outputs, _bytes(mapped)])} FROM ({query})"


def _n(part: str, step: str) -> str:
    return sql.name(f"{part}:{step}")


def _parts(feed: Feed, column: Column) -> tuple[str, ...]:
    """The texts a column is read from: its own, or a debit and a credit."""
    if feed.cells[column.name].debit is None:
        return (column.name,)
    return (f"{column.name}:debit", f"{column.name}:credit")


def _raw(feed: Feed, mapped: list[Column]) -> str:
    texts: dict[str, str | None] = {f"{c.name}:raw": feed.cells[c.name].text for c in mapped}
    for c in mapped:
        source: Cells = feed.cells[c.name]
        if source.debit is not None:
            texts |= {f"{c.name}:debit:raw": source.debit, f"{c.name}:credit:raw": source.credit}
    if feed.side:
        texts["row:side_text"] = feed.side[0]
    return "".join(f", {expression} AS {sql.name(name)}" for name, expression in texts.items())


def _bare(feed: Feed, mapped: list[Column]) -> dict[str, str]:
    """The texts without the blanks around them, once for all that follows."""
    return {f"{part}:bare": sql.trimmed(_n(part, "raw")) for c in mapped for part in _parts(feed, c)}


def _filled(feed: Feed, mapped: list[Column]) -> dict[str, str]:
    found = {
        f"{part}:cell": cells.filled(
            _n(part, "raw"), _n(part, "bare"), c, feed.nulls, feed.values.get(c.name, {})
        )
        for c in mapped
        for part in _parts(feed, c)
    }
    if feed.side:
        positive = -1 if feed.table.name in ("ledger", "trial_balance") else 1
        bare = f"lower({sql.trimmed(_SIDE_TEXT)})"
        cases = " ".join(
            f"WHEN {sql.among(bare, [v.casefold() for v in side])} THEN {sign}"
            for side, sign in ((feed.side[1], positive), (feed.side[2], -positive))
        )
        found["row:side"] = f"CASE {cases} END"
    return found


def _sides(feed: Feed, column: Column) -> Mapping[str, str]:
    """Debit and credit as one amount: credit less debit, the other way round in the ledger (R3)."""
    if feed.cells[column.name].debit is None:
        return {}
    (debit, credit), c = _parts(feed, column), column.name
    if feed.table.name in ("ledger", "trial_balance"):
        debit, credit = credit, debit
    unread = " OR ".join(
        f"({_n(p, 'cell')} IS NOT NULL AND {_n(p, 'nano')} IS NULL)" for p in (debit, credit)
    )
    difference = f"coalesce({_n(credit, 'nano')}, 0) - coalesce({_n(debit, 'nano')}, 0)"
    bad = f"CASE WHEN {_n(debit, 'cell')} IS NOT NULL AND {_n(debit, 'nano')} IS NULL"
    empty = f"{_n(debit, 'cell')} IS NULL AND {_n(credit, 'cell')} IS NULL"
    return {
        f"{c}:cell": f"coalesce({_n(credit, 'cell')}, {_n(debit, 'cell')})",
        f"{c}:digits": f"{bad} THEN {_n(debit, 'digits')} ELSE {_n(credit, 'digits')} END",
        f"{c}:nano": f"CASE WHEN NOT ({unread}) AND NOT ({empty}) THEN {difference} END",
    }


def _read(feed: Feed, column: Column) -> cells.Cell:
    c = column.name
    reading = cells.read(column, Steps(_n(c, "cell"), _n(c, "digits"), _n(c, "nano")), feed.writing[c])
    if column.type != "money" or not feed.side or feed.cells[c].debit is not None:
        return reading
    reason = f"CASE WHEN {reading.value} IS NOT NULL THEN 'sign' ELSE {reading.reason} END"
    sides = sql.text(f"one of {', '.join(feed.side[1])} (credit), {', '.join(feed.side[2])} (debit)")
    expected = f"CASE WHEN {_n(c, 'why')} = 'sign' THEN {sides} ELSE {reading.expected} END"
    return cells.Cell(f"({reading.value} * {_SIDE})", reason, expected)


def _why(feed: Feed, column: Column, reason: str) -> str:
    c = column.name
    return f"CASE WHEN {_n(c, 'cell')} IS NOT NULL AND {_n(c, 'value')} IS NULL THEN {reason} END"


def _output(feed: Feed, column: Column, readings: Mapping[Column, cells.Cell]) -> dict[str, str]:
    c, kind = column.name, TYPES.get(column.type, "VARCHAR")
    if column not in readings:
        absent = {c: kind, f"{c}:raw": "VARCHAR", f"{c}:why": "VARCHAR", f"{c}:want": "VARCHAR"}
        if column.type == "money":
            absent |= {f"{c}:decimals": "INTEGER", f"{c}:float": "BOOLEAN", f"{c}:code": "VARCHAR"}
        return {name: f"CAST(NULL AS {t})" for name, t in absent.items()}
    why, raw = _n(c, "why"), _n(c, "raw")
    if column.type == "money" and feed.side:
        raw = f"CASE WHEN {why} = 'sign' THEN {_SIDE_TEXT} ELSE {raw} END"
    found = {
        c: f"CAST({_n(c, 'value')} AS {kind})",
        f"{c}:raw": raw,
        f"{c}:why": why,
        f"{c}:want": f"CASE WHEN {why} IS NOT NULL THEN {readings[column].expected} END",
    }
    if column.type == "money":
        minor = feed.writing[c].unit == "minor"
        found[f"{c}:decimals"] = "CAST(0 AS INTEGER)" if minor else "CAST(NULL AS INTEGER)"
        found[f"{c}:float"] = str(feed.cells[c].floating).lower()
        found[f"{c}:code"] = numbers.stated_code(_n(c, "cell"))
    return found


def _bytes(mapped: list[Column]) -> str:
    """Whether any mapped cell holds a NUL or bytes that are no text in its encoding (R11)."""
    every = f"concat_ws('', {', '.join([_n(c.name, 'raw') for c in mapped] or [sql.text('')])})"
    return f'(contains({every}, chr(0)) OR contains({every}, chr(65533))) AS "row:bytes"'
