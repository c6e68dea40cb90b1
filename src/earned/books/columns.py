"""Which of a source's columns feed one of ours, as SQL over the source: the mapping language (R3, R8).

One small function per form: a header, '=constant', a template '{A}-{B}', a list, {from, match},
{debit, credit}. Each gives the text that the file has; typing comes later.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from earned.books import sql
from earned.books.schema import Table
from earned.faults import Fault, InputError

_PART = re.compile(r"\{([^{}]+)\}")
_FLOATS = ("FLOAT", "DOUBLE")


@dataclass(frozen=True)
class Cells:
    """Where the text of one of our columns comes from: SQL, or debit and credit; and from a float?"""

    text: str
    debit: str | None = None
    credit: str | None = None
    floating: bool = False


@dataclass(frozen=True)
class Header:
    """The columns of a source by header, with their types in the engine; errors name the place."""

    file: str
    types: Mapping[str, str]
    place: str

    def text(self, header: str) -> str:
        """A column as the text a file would have. Raises InputError for a header that is not there."""
        if header not in self.types:
            near = difflib.get_close_matches(header, list(self.types), n=3, cutoff=0.4)
            has = near or list(self.types)
            do = f"{'The nearest are' if near else 'The columns are'}: {', '.join(has[:40])}"
            raise InputError(
                [
                    Fault(
                        f"a column {header!r}, named in {self.place}",
                        do,
                        self.file,
                        column=header,
                        reason="column_missing",
                    )
                ]
            )
        column, kind = sql.name(header), self.types[header]
        if kind == "VARCHAR":
            return column
        return _float_text(column) if kind in _FLOATS else f"CAST({column} AS VARCHAR)"

    def floating(self, headers: Iterable[str]) -> bool:
        """Whether one of the columns holds floats."""
        return any(self.types.get(h) in _FLOATS for h in headers)


def _float_text(column: str) -> str:
    """The shortest decimal of a float, without exponent, '.0' or noise beyond nine decimals."""
    shortest = f"regexp_replace(CAST({column} AS VARCHAR), '\\.0$', '')"
    plain = f"regexp_full_match({shortest}, '-?[0-9]+(\\.[0-9]{{1,9}})?')"
    nine = f"CAST(TRY_CAST({shortest} AS DECIMAL(38, 9)) AS VARCHAR)"
    return f"CASE WHEN {plain} THEN {shortest} ELSE coalesce({nine}, {shortest}) END"


def cells(spec: Any, header: Header, nulls: Sequence[str] = ()) -> Cells:
    """What a mapping says about one column; `nulls` are the texts that stand for empty in its source.

    Raises InputError for a header that is not there.
    """
    if isinstance(spec, Mapping):
        return _match(spec, header) if "from" in spec else _sides(spec, header)
    if isinstance(spec, Sequence) and not isinstance(spec, str):
        return _first_filled([cells(s, header, nulls) for s in spec], nulls)
    text = str(spec)
    if text in header.types:
        return Cells(header.text(text), floating=header.floating([text]))
    if text.startswith("="):
        return Cells(sql.text(text[1:]))
    if _PART.search(text):
        return _template(text, header, nulls)
    return Cells(header.text(text))


def _filled(text: str, nulls: Sequence[str]) -> str:
    """A text without the blanks around it; NULL where nothing or a sentinel stands there."""
    bare = sql.trimmed(text)
    if not nulls:
        return f"nullif({bare}, '')"
    return f"CASE WHEN {sql.among(bare, ('', *nulls))} THEN NULL ELSE {bare} END"


def _template(template: str, header: Header, nulls: Sequence[str]) -> Cells:
    """'{A}-{B}': the parts joined; empty if a part is empty (R8)."""
    pieces = _PART.split(template)
    parts = [_filled(header.text(p), nulls) if i % 2 else sql.text(p) for i, p in enumerate(pieces)]
    return Cells(" || ".join(parts))


def _first_filled(options: Sequence[Cells], nulls: Sequence[str]) -> Cells:
    """A list: the first filled (R8)."""
    filled = ", ".join(_filled(f"({o.text})", nulls) for o in options)
    return Cells(f"coalesce({filled})", floating=any(o.floating for o in options))


def _match(spec: Mapping[str, Any], header: Header) -> Cells:
    """{from, match}: the first match of an RE2 pattern, else empty (R8)."""
    text, pattern = header.text(str(spec["from"])), sql.text(str(spec["match"]))
    return Cells(f"nullif(regexp_extract({text}, {pattern}, 0), '')")


def _sides(spec: Mapping[str, Any], header: Header) -> Cells:
    """{debit, credit}: two columns, an empty one is 0 (R3)."""
    debit, credit = (
        header.text(str(spec[k])) if spec.get(k) else sql.text(None) for k in ("debit", "credit")
    )
    shown = f"nullif(concat_ws(' / ', nullif({debit}, ''), nullif({credit}, '')), '')"
    return Cells(shown, debit, credit, header.floating(str(v) for v in spec.values() if v))


def require_exact(table: Table, read: Mapping[str, Cells], header: Header) -> None:
    """Raise InputError where money would come from a float of a database: it can be asked for decimals."""
    faults = [
        Fault(
            f"exact amounts for {table.name}.{c}; the database hands them over as floating-point numbers, "
            "which hold no cents exactly",
            "Read the source by `query` and cast the column there: CAST(amount AS numeric(18, 2)) AS amount; "
            "in SQLite printf('%.2f', amount) AS amount",
            header.file,
            column=c,
            reason="column_type",
        )
        for c in read
        if read[c].floating and table[c].type == "money"
    ]
    if faults:
        raise InputError(faults)


def headers_in(spec: Any, known: Mapping[str, str]) -> set[str]:
    """The headers that a mapping of a column reads."""
    if isinstance(spec, Mapping):
        return {str(v) for k, v in spec.items() if k != "match"}
    if isinstance(spec, Sequence) and not isinstance(spec, str):
        return {h for s in spec for h in headers_in(s, known)}
    return {str(spec)} if str(spec) in known else set(_PART.findall(str(spec)))


def kept(
    only: Mapping[str, Any], without: Mapping[str, Any], header: Header, nulls: Sequence[str] = ()
) -> str:
    """The rows that `only` and `without` keep, as a condition; empty where they keep all (R8)."""
    keeps = [_holds(_filled(header.text(c), nulls), wanted) for c, wanted in only.items()]
    keeps += [f"NOT {_holds(_filled(header.text(c), nulls), wanted)}" for c, wanted in without.items()]
    return " AND ".join(keeps)


def kept_in_words(only: Mapping[str, Any], without: Mapping[str, Any]) -> str:
    """The same for a person: only STATUS: POSTED; without VOID: filled."""
    said = [f"only {c}: {', '.join(_wanted(w))}" for c, w in only.items()]
    return "; ".join([*said, *(f"without {c}: {', '.join(_wanted(w))}" for c, w in without.items())])


def _wanted(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else [str(g) for g in given]


def _holds(cell: str, given: Any) -> str:
    """A cell equals one of the values, begins like a prefix 'Total*', or is `empty` or `filled`."""
    wanted = _wanted(given)
    exact = [v for v in wanted if v not in ("empty", "filled") and not v.endswith("*")]
    prefixes = [v[:-1] for v in wanted if v.endswith("*")]
    holds = [f"starts_with({cell}, {sql.text(p)})" for p in prefixes]
    holds += [f"({cell}) IS {'' if v == 'empty' else 'NOT '}NULL" for v in ("empty", "filled") if v in wanted]
    if exact:
        holds.append(sql.among(f"({cell})", exact))
    return f"coalesce({' OR '.join(holds) or 'false'}, false)"
