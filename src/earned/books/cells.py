"""A cell's text becomes a typed value, or says why not: one function per type, as SQL (R3, R4, R11).

Every cell is text first, whatever file it came from, and then goes through one set of rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from earned.books import moments, numbers, sql
from earned.books.schema import Column
from earned.money import currencies

_TRUE, _FALSE = ("true", "yes", "1", "是"), ("false", "no", "0", "否")
#: What a spreadsheet makes of a long number in an id column.
_SCIENTIFIC = r"[0-9](\.[0-9]+)?[eE]\+[0-9]+"
#: What a workbook has in place of a value: a formula never computed, or an error.
_NO_VALUE = r"^(=.|#(REF|VALUE|NAME|DIV/0|NUM|N/A|NULL|SPILL|CALC)[!?]?)"
_RECALCULATE = "a value, not a formula or an error: recalculate the workbook in a spreadsheet and save it"
#: How many of the file's units make 10^6: `rate` of the mapping.
_RATES = {"ppm": Fraction(1), "percent": Fraction(10_000), "fraction": Fraction(1_000_000)}
_UNITS = {"thousand": Fraction(1_000), "ten_thousand": Fraction(10_000)}
#: Reasons that reject the row whatever its column: the row cannot be told apart or measured.
HARD = ("bytes", "currency", "scientific", "sign")


@dataclass(frozen=True)
class Cell:
    """A typed cell as SQL: its value (NULL where unreadable), why not, and what was expected."""

    value: str
    reason: str
    expected: str


@dataclass(frozen=True)
class Writing:
    """How one source writes the cells of one column: marks, unit, sign, rate, scale, dates, numbers."""

    clock: moments.Clock
    decimal: str | None = None
    thousands: str | None = None
    unit: str = "major"
    rate: str = "ppm"
    scale: Fraction = Fraction(1)
    negated: bool = False
    ids: Mapping[str, object] = field(default_factory=dict)


def filled(
    raw: str, bare: str, column: Column, nulls: tuple[str, ...], values: Mapping[str, str | None]
) -> str:
    """The text of a cell, mapped by `values`; NULL where it is empty or a sentinel.

    `bare` is the text without the blanks around it; only cells of type text keep them.
    """
    kept = raw if column.type == "text" and not is_currency(column) else bare
    empty = sql.among(bare, ("", *nulls)) if nulls else f"{bare} = ''"
    mapped = f"CASE WHEN {empty} THEN NULL ELSE {kept} END"
    return f"CASE {_mapped(bare, values)} ELSE {mapped} END" if values else mapped


def _mapped(bare: str, values: Mapping[str, str | None]) -> str:
    """WHEN … THEN … of a value mapping: exact texts first, then prefixes, the longest first (R8)."""
    exact = {k: v for k, v in values.items() if not k.endswith("*")}
    prefixes = sorted((k for k in values if k.endswith("*")), key=len, reverse=True)
    cases = [f"WHEN lower({bare}) = lower({sql.text(k)}) THEN {sql.text(v)}" for k, v in exact.items()]
    for k in prefixes:
        applies = f"starts_with(lower({bare}), lower({sql.text(k[:-1])})) AND {bare} <> ''"
        cases.append(f"WHEN {applies} THEN {sql.text(values[k])}")
    return " ".join(cases)


def is_currency(column: Column) -> bool:
    """The column holds an ISO 4217 code."""
    return column.name.endswith("currency")


@dataclass(frozen=True)
class Steps:
    """The names that a cell's text, its digits and its nano have in the query."""

    cell: str
    digits: str
    nano: str


#: Types whose cells are numbers; their digits and nano are computed before.
NUMBERS = ("money", "quantity", "int", "ppm")


def read(column: Column, steps: Steps, writing: Writing) -> Cell:
    """The typed cell of a column; empty cells are NULL. Money comes as nano, without its currency yet."""
    if is_currency(column):
        return currency(steps.cell)
    found = _READERS[column.type](steps, writing, column)
    unread = f"regexp_matches({steps.cell}, '{_NO_VALUE}')"
    expected = f"CASE WHEN {unread} THEN {sql.text(_RECALCULATE)} ELSE {found.expected} END"
    return Cell(found.value, found.reason, expected)


def normal(column: Column, cell: str) -> str:
    """The text of a number cell in one form (R3); a percent sign stays with the cell."""
    return numbers.normal(f"rtrim({cell}, '% ')" if column.type == "ppm" else cell)


def nano(column: Column, cell: str, digits: str, writing: Writing) -> str:
    """Billionths of the number a cell states, with unit, scale, rate and sign of the mapping applied."""
    if column.type == "money":
        factor = _UNITS.get(writing.unit, Fraction(1)) * writing.scale * (-1 if writing.negated else 1)
        return numbers.nano(digits, factor)
    if column.type != "ppm":
        return numbers.nano(digits, writing.scale)
    declared = numbers.nano(digits, _RATES[writing.rate] * writing.scale)
    percent = numbers.nano(digits, _RATES["percent"])
    return f"CASE WHEN ends_with({cell}, '%') THEN {percent} ELSE {declared} END"


def currency(cell: str) -> Cell:
    """An ISO 4217 code, in capitals (R11)."""
    usual, capitals = f"{cell} IN ('CNY', 'USD', 'EUR')", f"upper({cell})"
    known = f"CASE WHEN {usual} THEN {cell} WHEN {sql.among(capitals, currencies())} THEN {capitals} END"
    return Cell(known, "'currency'", "'an ISO 4217 currency code such as CNY; map others under `values`'")


def _money(steps: Steps, writing: Writing, _: Column) -> Cell:
    hint = "an amount such as 1234.56"
    expected = sql.text(hint)
    if writing.decimal is None and writing.thousands is None:
        comma = f'{hint}; if the comma is the decimal sign, set decimal: "," under this table in books.yaml'
        form = r".*,([0-9]{1,2}|[0-9]{4,})[^0-9]*"
        applies = f"regexp_full_match({steps.cell}, '{form}')"
        expected = f"CASE WHEN {applies} THEN {sql.text(comma)} ELSE {expected} END"
    elif writing.decimal == ",":
        expected = "'an amount such as 1.234,56'"
    return Cell(steps.nano, numbers.reason(steps.digits), expected)


def _quantity(steps: Steps, _: Writing, __: Column) -> Cell:
    value = numbers.decimal(steps.nano)
    return Cell(value, numbers.reason(steps.digits), "'a number with at most nine decimals'")


def _int(steps: Steps, _: Writing, __: Column) -> Cell:
    return Cell(numbers.whole(steps.nano), numbers.reason(steps.digits), "'a whole number'")


def _ppm(steps: Steps, writing: Writing, _: Column) -> Cell:
    usual = "parts per million (60000 for 6 %)" if writing.rate == "ppm" else f"a {writing.rate}"
    hint = "; for 6 or 0.06 set `rate: percent` or `rate: fraction` under this table in books.yaml"
    expected = sql.text(usual + (hint if writing.rate == "ppm" else ""))
    return Cell(numbers.whole(steps.nano), numbers.reason(steps.digits), expected)


def _bool(steps: Steps, _: Writing, __: Column) -> Cell:
    yes, no = (f"WHEN {sql.among(f'lower({steps.cell})', w)} THEN" for w in (_TRUE, _FALSE))
    return Cell(f"CASE {yes} true {no} false END", "'value'", "'true or false'")


def _enum(steps: Steps, _: Writing, column: Column) -> Cell:
    known = f"CASE WHEN {sql.among(f'lower({steps.cell})', column.values)} THEN lower({steps.cell}) END"
    expected = f"one of {', '.join(column.values)}; map other words under `values` in books.yaml"
    return Cell(known, "'value'", sql.text(expected))


def _id(steps: Steps, writing: Writing, _: Column) -> Cell:
    cell = steps.cell
    number = f"(contains({cell}, '+') AND regexp_full_match({cell}, '{_SCIENTIFIC}'))"
    expected = (
        f"concat('the number itself, not ', {cell}, "
        "': format the column as text in the spreadsheet and export again')"
    )
    return Cell(f"CASE WHEN NOT {number} THEN {normalised(cell, writing.ids)} END", "'scientific'", expected)


def normalised(cell: str, ids: Mapping[str, object]) -> str:
    """An id as `ids` of the mapping wants it: width and case folded, characters dropped, no zeros before
    it (R8). An id of which nothing would be left stays as it was."""
    given = cell
    folds = ids.get("fold") or ()
    if "width" in (folds if isinstance(folds, (list, tuple)) else (folds,)):
        wide, narrow = ("".join(chr(c + o) for c in range(0x21, 0x7F)) for o in (0xFEE0, 0))
        wide, narrow = wide + "\u3000", narrow + " "
        cell = f"translate({cell}, {sql.text(wide)}, {sql.text(narrow)})"
    if "case" in (folds if isinstance(folds, (list, tuple)) else (folds,)):
        cell = f"upper({cell})"
    for character in str(ids.get("drop") or ""):
        cell = f"replace({cell}, {sql.text(character)}, '')"
    if ids.get("strip_zeros"):
        cell = f"CASE WHEN ltrim({cell}, '0') = '' THEN {cell} ELSE ltrim({cell}, '0') END"
    return cell if cell == given else f"coalesce(nullif({cell}, ''), {given})"


def _text(steps: Steps, _: Writing, __: Column) -> Cell:
    return Cell(steps.cell, "'value'", "'a text'")


def _date(steps: Steps, writing: Writing, _: Column) -> Cell:
    expected = moments.expected(steps.cell, writing.clock)
    return Cell(moments.day(steps.cell, writing.clock), "'date'", expected)


def _instant(steps: Steps, writing: Writing, _: Column) -> Cell:
    expected = moments.expected(steps.cell, writing.clock)
    return Cell(moments.instant(steps.cell, writing.clock), "'date'", expected)


_READERS = {
    "money": _money,
    "quantity": _quantity,
    "int": _int,
    "ppm": _ppm,
    "bool": _bool,
    "enum": _enum,
    "id": _id,
    "text": _text,
    "date": _date,
    "instant": _instant,
}
