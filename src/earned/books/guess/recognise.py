"""Which of our tables a file is, and which of its columns feed which of ours: by headers and by values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from earned.books import schema, sql
from earned.books.guess import words
from earned.books.guess.answer import Answer
from earned.books.guess.parts import cell, position, two_sides
from earned.books.guess.seen import Column
from earned.books.guess.survey import Found
from earned.books.readers.found import table_of
from earned.books.schema import Column as Ours

#: From here on a mapping is written; below it stands as a comment, or as a question where it is required.
SURE = 60
_WEIGHT = {"required": 3.0, "core": 1.0, "optional": 0.6}
_HINT = 3.0
#: Names of periods that are read (P2); months under quarters and the like are told by the day.
_PERIOD = re.compile(r"\d{4}(Q[1-4]|M(0[1-9]|1[0-2])|P(0[1-9]|1[0-2]))")
_LEAST = 4.5
#: Of two prices the one without tax is taken.
_GROSS = {"price_includes_tax": "true"}
#: Tables that come from a file of their own; the others are found by name or by their AICPA names.
_TABLES = (
    "contracts", "obligations", "evidence", "entries", "accounts", "trial_balance", "invoices", "receipts",
    "customers", "employees", "targets", "announced",
)  # fmt: skip


#: Tables about whose columns a question is asked.
_ASKED = ("contracts", "obligations", "evidence", "entries")


@dataclass(frozen=True)
class Choice:
    """What feeds one of our columns: a header (or `=constant`), how sure in percent, and three values."""

    column: str
    spec: str
    sure: int
    samples: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Draft:
    """A table read from a file: the columns that are written, and those that stand as comments.

    `match` is the pattern of a contract's number inside a text, `filled` the column without which a row
    is left out, `without` those without which it is none, `only` the column and values (or the question)
    that tell revenue in a ledger, `sign` which side is positive, `group` the column whose cells stand once
    above the rows of a group; `alone`: the books have no contracts.
    """

    table: str
    found: Found
    columns: Mapping[str, Choice]
    doubtful: tuple[Choice, ...] = ()
    score: float = 0.0
    unused: tuple[str, ...] = ()
    match: str | None = None
    filled: str | None = None
    without: tuple[str, ...] = ()
    only: tuple[str, Answer] | None = None
    sign: Answer | None = None
    group: str | None = None
    alone: bool = False

    @property
    def ours(self) -> schema.Table:
        """The table as the schema has it."""
        return schema.tables()[self.table]

    def header(self, column: str) -> Column | None:
        """The file's column that feeds one of ours, if one does."""
        choice = self.columns.get(column)
        return next((c for c in self.found.columns if choice and c.header == choice.spec), None)


def recognise(found: Iterable[Found]) -> tuple[list[Draft], list[Found]]:
    """A draft for each file that looks like one of our tables, and the files that look like none."""
    drafts: list[Draft] = []
    rest: list[Found] = []
    for one in found:
        likely = best(one)
        if likely.score >= _LEAST and _usable(likely):
            drafts.append(likely)
        else:
            rest.append(one)
    return drafts, rest


def best(found: Found) -> Draft:
    """The file read as the table that it fits best."""
    return max((draft(found, table) for table in _TABLES), key=lambda d: d.score)


def _usable(one: Draft) -> bool:
    """Questions are asked about the tables of the main job, and only where the file may hold the answer."""
    open_ = list(missing(one))
    if one.table == "entries" and "contract_id" in open_:
        open_.remove("contract_id")
    return all(one.table in _ASKED and (one.ours[c].values or candidates(one, c)) for c in open_)


def draft(found: Found, table: str) -> Draft:
    """The file read as a table, with a score of how well it fits."""
    ours = schema.tables()[table]
    pairs = sorted(_pairs(found, ours.name), key=lambda p: (-p[0].sure, p[2].says == _GROSS, p[1]))
    chosen: dict[str, Choice] = {}
    says: dict[str, Choice] = {}
    taken: set[str] = set()
    for choice, _, meaning in pairs:
        if choice.column in chosen or choice.spec in taken or choice.sure < SURE:
            continue
        chosen[choice.column] = choice
        taken.add(choice.spec)
        for column, constant in meaning.says.items():
            why = f"the header {choice.spec} says so"
            says.setdefault(column, Choice(column, f"={constant}", choice.sure - 5, (), why))
    chosen = {c: says[c] for c in says if c not in chosen} | chosen
    if only := _only_day(found, ours, chosen, taken):
        chosen[only.column] = only
        taken.add(only.spec)
    doubtful = tuple(
        c for c, _, _ in pairs if c.column not in chosen and c.spec not in taken and c.sure >= 30
    )
    return Draft(
        table=table,
        found=found,
        columns={n: chosen[n] for n in ours.names if n in chosen},
        doubtful=tuple({c.column: c for c in reversed(doubtful)}.values()),
        score=_score(found, ours, chosen),
        unused=tuple(c.header for c in found.columns if c.header not in taken),
    )


def _only_day(
    found: Found, ours: schema.Table, chosen: Mapping[str, Choice], taken: Iterable[str]
) -> Choice | None:
    """The day of an entry or a paper where one column alone holds days and its header means nothing else."""
    column = {"entries": "effective_date", "evidence": "event_date"}.get(ours.name)
    days = [c for c in found.columns if c.is_date and not (c.is_number and len(c.marks) == 2)]
    if column is None or column in chosen or len(days) != 1 or days[0].header in taken:
        return None
    if words.known(days[0].header) >= SURE:
        return None
    return Choice(column, days[0].header, SURE, days[0].values[:3], "the only column of days")


def _pairs(found: Found, table: str) -> list[tuple[Choice, int, words.Meaning]]:
    result = []
    for place, column in enumerate(found.columns):
        for meaning in words.meanings(table, column.header):
            sure = meaning.sure * fitting(column, schema.tables()[table][meaning.column], table) // 100
            choice = Choice(meaning.column, column.header, sure, column.values[:3])
            if column.month and schema.tables()[table][meaning.column].type == "date":
                day = column.month[0].format(f"{{{column.header}}}")
                # A column of days, however vague its header, goes before.
                choice = replace(choice, spec=day, sure=min(sure, SURE + 1), why="the first day of the month")
            result.append((choice, place, meaning))
    return result


def fitting(column: Column, ours: Ours, table: str) -> int:
    """How well the values of a column fit the type of ours, in percent; an empty column says little."""
    if not column.filled:
        return 50
    if ours.type in ("date", "instant"):
        return 100 if column.is_date else 75 if column.month and ours.type == "date" else 0
    if ours.type in ("money", "quantity", "int", "ppm"):
        return 100 if column.is_number else 0
    if ours.name == "period_id":
        return 100 if all(_PERIOD.fullmatch(v) for v in column.values) else 0
    if ours.type in ("enum", "bool"):
        named = sum(bool(_word(table, ours, v)) for v in column.values[:200])
        return 100 if named else (80 if column.distinct <= 30 else 20)
    if ours.type == "id" and ours.name in ("contract_id", "obligation_id", "entry_id", "journal_id"):
        money = column.is_number and any("." in v or "," in v for v in column.values)
        return 0 if money or (column.is_date and not column.is_number) else 100
    return 100


def _word(table: str, ours: Ours, text: str) -> str | None:
    if text.casefold() in ours.values:
        return text.casefold()
    return words.word(f"{table}.{ours.name}", text)


def _score(found: Found, ours: schema.Table, chosen: Mapping[str, Choice]) -> float:
    total = _HINT if words.hints(ours.name, *_names(found)) else 0.0
    for column in ours.columns:
        weight = 2.0 if column.group else _WEIGHT[column.need]
        choice = chosen.get(column.name)
        if choice and not choice.spec.startswith("="):
            total += weight * choice.sure / 100
        elif _other_way(found, ours.name, column.name):
            total += weight
        elif column.need == "required" and column.name not in chosen and not column.otherwise:
            total -= 1.5
    return total


def _names(found: Found) -> tuple[str, ...]:
    """The names that speak of what a table is: of a sheet its own before that of its workbook."""
    inner = tuple(n for n in (found.source.sheet, found.source.table) if n)
    if any(words.hints(table, *inner) for table in _TABLES if inner):
        return inner
    return (*found.source.paths, *inner, *found.above[:3])


def by_name(found: Found) -> bool:
    """Whether a file is named as one of our tables and has our names for what is required: it is read so."""
    table = table_of(found.source.paths[0])
    if table is None or found.source.sheet or found.source.table:
        return False
    ours, headers = schema.tables()[table], {c.header for c in found.columns}
    needed = {c.name for c in ours.columns if c.need == "required" and not c.otherwise}
    return needed <= headers


def rows(one: Draft) -> str:
    """The rows of a draft without its lines of totals, for FROM; further conditions follow with AND."""
    kept = " AND ".join(f"NOT {sql.among(cell(c), list(v))}" for c, v in one.found.totals)
    return f"{sql.name(one.found.table.relation)} WHERE {kept or 'true'}"


def _other_way(found: Found, table: str, column: str) -> bool:
    """A column that is read in another way than from one header: POSNR, debit and credit."""
    if (table, column) == ("obligations", "obligation_id"):
        return position(found) is not None
    return (table, column) == ("entries", "amount") and two_sides(found) is not None


def candidates(one: Draft, column: str) -> tuple[str, ...]:
    """The headers of the file whose values fit one of our columns, those that nothing reads first."""
    ours = schema.tables()[one.table][column]
    fit = [c.header for c in one.found.columns if c.filled and fitting(c, ours, one.table) == 100]
    return tuple(sorted(fit, key=lambda h: h not in one.unused))


def missing(one: Draft) -> tuple[str, ...]:
    """Our required columns that nothing feeds, and the first of each group of which one is needed."""
    ours = schema.tables()[one.table]
    has = set(one.columns)
    none = [
        c.name
        for c in ours.columns
        if c.need == "required" and c.name not in has and not (has & set(c.otherwise))
        and not _other_way(one.found, one.table, c.name)
        and not any("." in o or ":" in o for o in c.otherwise)
    ]  # fmt: skip
    for group in {c.group for c in ours.columns if c.group} - {"price"}:
        names = [c.name for c in ours.columns if c.group == group]
        if not has & set(names):
            none.append(names[0])
    return tuple(n for n in ours.names if n in none)


def with_column(one: Draft, choice: Choice) -> Draft:
    """The draft with another column, or another source of it."""
    names = schema.tables()[one.table].names
    merged = {**one.columns, choice.column: choice}
    return replace(
        one,
        columns={n: merged[n] for n in names if n in merged},
        unused=tuple(h for h in one.unused if h != choice.spec),
        doubtful=tuple(c for c in one.doubtful if c.column != choice.column),
    )


def without_column(one: Draft, column: str) -> Draft:
    """The draft without a column; it stands as a comment."""
    if column not in one.columns:
        return one
    gone = one.columns[column]
    kept = {n: c for n, c in one.columns.items() if n != column}
    return replace(one, columns=kept, doubtful=(*one.doubtful, gone))


def by_table(drafts: Sequence[Draft], table: str) -> list[Draft]:
    """The drafts of one of our tables."""
    return [d for d in drafts if d.table == table]
