"""Which encoding a text file is in, where it is not UTF-8: by what it reads as in each.

A text of one encoding nearly always decodes in several others; what it says there tells them apart:
headers that are known words, characters that are common in the language, no symbols between letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from earned.books.guess import words

#: Encodings of exports, the usual ones first; a tie is won by the first.
TRIED = (
    "cp1252", "gb18030", "big5", "cp932", "euc_jp", "cp1250", "cp1251", "iso8859_15", "cp850", "mac_roman",
)  # fmt: skip
#: How a name is written in books.yaml.
_SHOWN = {"cp932": "shift_jis", "iso8859_15": "iso-8859-15", "euc_jp": "euc-jp"}
_WESTERN = set("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽ°€£§«»–—’‘“”„…·ºª²³½×")
_CENTRAL = set("ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰäöüßÄÖÜşţăâîŞŢĂÂÎ°€§–—’„”“")
_MOST = 20_000
#: A symbol inside a word, or a word of accents only; and one wide character between Latin letters.
_ODD_LETTERS = re.compile(r"[A-Za-z][¡-¿×÷¤¦¨¬¯±¶¸][A-Za-z]|[^\W\d_\x00-\x7f]{3,}")
_ODD_WIDE = re.compile(r"[A-Za-z][^\x00-\x7f][A-Za-z]")


@dataclass(frozen=True)
class Encoding:
    """An encoding by the name that books.yaml takes, and a text of the file that it makes readable."""

    name: str
    shown: str


def found(start: bytes) -> Encoding | None:
    """The encoding of the first bytes of a file that are not UTF-8; None where no encoding reads them."""
    scored = [
        (_score(text, name), name, text) for name in TRIED if (text := _decoded(start, name)) is not None
    ]
    best = max(scored, key=lambda s: s[0], default=None)
    if best is None:
        return None
    odd = next((w for w in re.split(r"[\s,;|\"]+", best[2]) if not w.isascii()), "")
    return Encoding(_SHOWN.get(best[1], best[1]), odd)


def _decoded(start: bytes, name: str) -> str | None:
    """The text, but for a character that the end cuts in two."""
    for cut in range(4):
        try:
            return start[: len(start) - cut].decode(name)
        except UnicodeDecodeError as wrong:
            if wrong.start < len(start) - 4:
                return None
    return None


def _score(text: str, name: str) -> tuple[int, int]:
    """Known headers among the first cells, then percent of the characters beyond ASCII that are usual."""
    top = [c.strip(' "') for line in text.splitlines()[:20] for c in re.split(r"[,;\t|]", line)]
    known = sum(words.known(c) >= 60 for c in top if not c.isascii())
    beyond = [c for c in text if c > "\x7f"][:_MOST]
    usual = sum(_USUAL[name](c) for c in beyond)
    odd = len((_ODD_LETTERS if name in _BYTES else _ODD_WIDE).findall(text))
    return known, 100 * (usual - 2 * odd) // max(len(beyond), 1)


def _within(encoding: str, first: range) -> Callable[[str], bool]:
    """Whether a character stands among the common ones of an encoding: by the first of its two bytes."""

    def is_usual(character: str) -> bool:
        code = character.encode(encoding)
        return (len(code) == 2 and code[0] in first) or (
            unicodedata.east_asian_width(character) in "FW" and (unicodedata.category(character)[0] in "PSZ")
        )

    return is_usual


def _is_japanese(character: str) -> bool:
    if "\u3040" <= character <= "\u30ff":
        return True
    return _within("cp932", range(0x81, 0x98))(character)


def _is_russian(character: str) -> bool:
    return "\u0400" <= character <= "\u045f" or character in "№«»–—"


_BYTES = ("cp1252", "cp1250", "iso8859_15", "cp850", "mac_roman")
_USUAL: dict[str, Callable[[str], bool]] = {
    "cp1252": _WESTERN.__contains__,
    "iso8859_15": _WESTERN.__contains__,
    "cp850": lambda c: c in _WESTERN and c.isalpha(),
    "mac_roman": lambda c: c in _WESTERN and c.isalpha(),
    "cp1250": _CENTRAL.__contains__,
    "cp1251": _is_russian,
    "gb18030": _within("gb18030", range(0xB0, 0xD8)),
    "big5": _within("big5", range(0xA4, 0xC7)),
    "cp932": _is_japanese,
    "euc_jp": lambda c: "\u3040" <= c <= "\u30ff" or _within("euc_jp", range(0xA1, 0xD0))(c),
}
