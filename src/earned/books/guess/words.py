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
#: Kinds of papers that show that something is done.
_DONE = ("acceptance", "delivery", "milestone")
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
    return "".join(c for c in alike(bare) if c.isalnum())


def alike(text: str) -> str:
    """A text without case and width, Traditional Chinese and Japanese characters as the lists write them."""
    return unicodedata.normalize("NFKC", text).casefold().strip().translate(_written_alike())


@cache
def _written_alike() -> dict[int, str]:
    return str.maketrans(_document("values.yaml")["written_alike"])


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
    return [_with_tax(m, header) for m in _meanings(table, header)]


def _with_tax(meaning: Meaning, header: str) -> Meaning:
    """A price whose header says whether tax is inside, `合同价款（不含税）`, says it of the contract."""
    said = meaning.column == "price" and not meaning.says and tax_in(header)
    return Meaning(meaning.column, meaning.sure, {"price_includes_tax": said}) if said else meaning


def _meanings(table: str, header: str) -> list[Meaning]:
    words, folded = vocabulary()[table], fold(header)
    whole = fold(header.translate(_NO_BRACKETS))
    parts = [fold(part) for part in reversed(header.split("/"))] if "/" in header else []
    if found := next((words[w] for w in (whole, folded, *parts) if w in words), None):
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


@lru_cache(maxsize=20_000)
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
    plain = alike(text)
    best: tuple[int, str] | None = None
    for ours, theirs in values(place).items():
        for pattern in (ours, *theirs):
            core = alike(pattern.strip("*"))
            fits = plain == core
            fits = fits or (pattern.endswith("*") and plain.startswith(core))
            fits = fits or (pattern.startswith("*") and core in plain)
            if fits and (best is None or len(core) > best[0]):
                best = (len(core), ours)
    found = best[1] if best else None
    return None if place == "evidence.kind" and found in _DONE and is_not_yet(text) else found


def is_not_yet(text: str) -> bool:
    """Whether a word of a paper or of its state says that what it is about has not happened yet."""
    plain = alike(text)
    return any(alike(w.strip("*")) in plain for w in _document("values.yaml")["not_yet"])


def one_of(name: str, header: str) -> bool:
    """Whether a header stands in one of the lists of `values.yaml` (debit_headers …)."""
    return fold(header) in {fold(w) for w in _document("values.yaml")[name]}


@cache
def side_headers() -> tuple[tuple[str, str], ...]:
    """The folded headers of pairs of columns that hold debits and credits, the surest first."""
    return tuple((fold(debit), fold(credit)) for debit, credit in _document("values.yaml")["side_headers"])


def side(text: str) -> str | None:
    """C or D for a word of an indicator column, else None."""
    plain = alike(text)
    sides = _document("values.yaml")["side"]
    return next((s for s, ws in sides.items() if plain in {alike(w) for w in ws}), None)


def is_revenue(name: str) -> bool:
    """Whether the name of an account says that it holds revenue; a number before it does not matter."""
    bare = re.sub(r"^[\d.\s·:-]+", "", name)
    return bool(word("revenue_accounts", bare)) and not word("other_accounts", bare)


def foreign_amount(header: str) -> str | None:
    """The column with the amount in the document's currency beside one in local currency, else None."""
    found: Mapping[str, str] = _document("values.yaml")["foreign_amounts"]
    return found.get(header)


def position_of(document: str) -> str | None:
    """The field that holds the position in a document that a field names (VGBEL: VGPOS), else None."""
    found: Mapping[str, str] = _document("values.yaml")["position_of"]
    return found.get(document)


def positions_of_others() -> frozenset[str]:
    """The fields that hold positions in other documents."""
    return frozenset(_document("values.yaml")["position_of"].values())


def not_posted() -> Mapping[str, Sequence[str]]:
    """Fields that say that a journal is not posted -> those of their words that do."""
    found: Mapping[str, Sequence[str]] = _document("values.yaml")["not_posted"]
    return found


def is_total(text: str) -> bool:
    """Whether a cell begins a line of totals."""
    plain = alike(text)
    for mark in _document("values.yaml")["totals"]:
        rest = plain.removeprefix(alike(mark))
        if rest != plain and (not rest or rest[0] in " :-(") and len(plain) <= 60:
            return True
    return False


def totals_pattern() -> str:
    """A pattern of the cells that `is_total` is asked about."""
    marks = "|".join(re.escape(m) for m in _document("values.yaml")["totals"])
    return f"(?i)^\\s*({marks})"


def unit_in(text: str) -> str | None:
    """The unit that a bracket or a line above the table states: thousand, ten_thousand, major, or the size
    of another one in digits (`1000000`); else None."""
    return _listed("scales", text) or _listed("units", text)


def tax_in(header: str) -> str | None:
    """Whether a header says, in brackets or after `/`, that tax is inside its amounts: true, false, None."""
    said = [*brackets(header), *header.split("/")[1:]]
    return next((found for text in said if (found := _listed("tax", text))), None)


def currency_of(text: str) -> str | None:
    """The code of a currency that a cell names, else None."""
    from earned.money import currencies

    return text.upper() if text.upper() in currencies() else currency_in(text)


def currency_in(text: str) -> str | None:
    """The currency that a text states, else None."""
    return _listed("currencies", text)


def _listed(name: str, text: str) -> str | None:
    plain = alike(text)
    for ours, theirs in _document("values.yaml")[name].items():
        for text_ in theirs:
            core = alike(text_)
            if core.isascii() and core[0].isalnum():
                if re.search(rf"(?<![a-z0-9]){re.escape(core)}(?![a-z0-9])", plain):
                    return str(ours)
            elif core in plain:
                return str(ours)
    return None
