"""The words that files use for our columns and values, folded so that spelling does not matter.

The words themselves stand in `headers.yaml` and `values.yaml`, and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import yaml

from earned.books import schema

_BRACKETS = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")
_NO_BRACKETS = str.maketrans(dict.fromkeys("()（）[]【】", " "))
#: SAP writes the table before the field: BSEG-DMBTR.
_FIELD = re.compile(r"[A-Z]{4}-([A-Z0-9_]+)")
WEAK = "~"
#: No header is longer.
_LONGEST = 48


@dataclass(frozen=True)
class Meaning:
    """What a header may mean in a table: our column, how sure (percent), and what it states beside."""

    column: str
    sure: int
    says: Mapping[str, str]


@cache
def _document(name: str) -> dict[str, Any]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded


def fold(text: str) -> str:
    """A header without case, width, blanks, punctuation and brackets: `合同金额（万元）` is `合同金额`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    field = _FIELD.fullmatch(plain)
    bare = _BRACKETS.sub("", field[1] if field else plain) or plain
    return "".join(c for c in bare.casefold() if c.isalnum())


def brackets(text: str) -> list[str]:
    """What stands in the brackets of a header."""
    return [part.strip() for part in _BRACKETS.findall(unicodedata.normalize("NFKC", text))]


@cache
def vocabulary() -> dict[str, dict[str, list[Meaning]]]:
    """Table -> folded header -> what it may mean there, the surest first."""
    result: dict[str, dict[str, list[Meaning]]] = {}
    for table in schema.tables().values():
        entry = _document("headers.yaml").get(table.name, {})
        says = {fold(header): said for header, said in entry.get("says", {}).items()}
        found: dict[str, list[Meaning]] = {}
        for column in table.columns:
            for header, sure in _headers(column, entry.get("columns", {}).get(column.name, [])).items():
                found.setdefault(header, []).append(Meaning(column.name, sure, says.get(header, {})))
        result[table.name] = {h: sorted(ms, key=lambda m: -m.sure) for h, ms in found.items()}
    return result


def _headers(column: schema.Column, words: Sequence[str]) -> dict[str, int]:
    """The folded headers of a column with how sure each is; the earlier in the list the surer."""
    ours = {fold(column.name): 85}
    ads = {fold(column.ads): 98} if column.ads and "+" not in column.ads and "(" not in column.ads else {}
    listed: dict[str, int] = {}
    for place, word in enumerate(words):
        doubts = len(word) - len(word.rstrip(WEAK))
        sure = (max(97 - place // 3, 88), max(65 - place // 10, 61), 45)[doubts]
        listed.setdefault(fold(word.rstrip(WEAK)), sure)
    return listed | ads | ours


def meanings(table: str, header: str) -> list[Meaning]:
    """What a header may mean in a table; one that only contains a known header is less sure."""
    if header in schema.tables()[table].names:
        return [Meaning(header, 99, {})]
    words, folded = vocabulary()[table], fold(header)
    whole = fold(header.translate(_NO_BRACKETS))
    if found := words.get(whole) or words.get(folded):
        return found
    inside = [w for w in words if _inside(w, folded)]
    if not inside:
        return []
    longest = max(inside, key=lambda w: (len(w), w))
    return [Meaning(m.column, m.sure * 3 // 5, m.says) for m in words[longest]]


def _inside(word: str, header: str) -> bool:
    long_enough = len(word) >= (6 if word.isascii() else 3)
    return long_enough and word in header


@lru_cache(maxsize=20_000)
def known(header: str) -> int:
    """How sure it is that a text is a header of any of the tables, in percent; a number or day is none."""
    if len(header) > _LONGEST or not any(c.isalpha() for c in header):
        return 0
    return max((m[0].sure for t in vocabulary() if (m := meanings(t, header))), default=0)


def hints(table: str, *names: str) -> bool:
    """Whether the name of a file or sheet speaks of a table; a short name has to stand alone."""
    whole = [fold(n) for n in names if n]
    parts = {fold(part) for n in names for part in re.split(r"[\W_]+", n) if part}
    words = [fold(w) for w in _document("headers.yaml").get(table, {}).get("files", [])]
    return any(w in parts or ((len(w) > 4 or not w.isascii()) and any(w in n for n in whole)) for w in words)


def values(place: str) -> Mapping[str, Sequence[str]]:
    """Our word -> theirs, for `table.column`; empty where there is no list."""
    found = _document("values.yaml").get(place, {})
    return found if isinstance(found, dict) else {place: found}


def word(place: str, text: str) -> str | None:
    """Our word for a text of a closed list; None where the lists do not have it."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    best: tuple[int, str] | None = None
    for ours, theirs in values(place).items():
        for pattern in (ours, *theirs):
            core = pattern.strip("*").casefold()
            fits = plain == core
            fits = fits or (pattern.endswith("*") and plain.startswith(core))
            fits = fits or (pattern.startswith("*") and core in plain)
            if fits and (best is None or len(core) > best[0]):
                best = (len(core), ours)
    return best[1] if best else None


def one_of(name: str, header: str) -> bool:
    """Whether a header stands in one of the lists of `values.yaml` (debit_headers …)."""
    return fold(header) in {fold(w) for w in _document("values.yaml")[name]}


def side(text: str) -> str | None:
    """C or D for a word of an indicator column, else None."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    sides = _document("values.yaml")["side"]
    return next((s for s, ws in sides.items() if plain in {w.casefold() for w in ws}), None)


def is_total(text: str) -> bool:
    """Whether a cell begins a line of totals."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    for mark in _document("values.yaml")["totals"]:
        rest = plain.removeprefix(mark.casefold())
        if rest != plain and (not rest or rest[0] in " :-(") and len(plain) <= 60:
            return True
    return False


def totals_pattern() -> str:
    """A pattern of the cells that `is_total` is asked about."""
    marks = "|".join(re.escape(m) for m in _document("values.yaml")["totals"])
    return f"(?i)^\\s*({marks})"


def unit_in(text: str) -> str | None:
    """The unit that a bracket or a line above the table states: thousand, ten_thousand, major; else None."""
    return _listed("units", text)


def currency_in(text: str) -> str | None:
    """The currency that a text states, else None."""
    return _listed("currencies", text)


def _listed(name: str, text: str) -> str | None:
    plain = unicodedata.normalize("NFKC", text).casefold()
    for ours, theirs in _document("values.yaml")[name].items():
        for text_ in theirs:
            core = unicodedata.normalize("NFKC", text_).casefold()
            if not core.isascii() or not core.isalnum():
                if core in plain:
                    return str(ours)
            elif re.search(rf"(?<![a-z]){re.escape(core)}(?![a-z])", plain):
                return str(ours)
    return None
