"""The row of a text file as it stands there, for a message about it: read anew, and only as far as it is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from earned.faults import Fault

_TEXTS = (".yaml", ".csv", ".tsv", ".txt", ".xml", ".json")
_FURTHEST, _LONGEST, _HEAD = 1_000_000, 2_000, 65_536
#: What nobody wants to see on a screen, whoever wrote it into the file.
_SECRET = re.compile(r"((?:pass\w*|pwd|secret|token)\s*[:=]\s*|://[^:/@\s]*:)[^@\s,}]+", re.IGNORECASE)


def standing(faults: Iterable[Fault], place: Path) -> list[Fault]:
    """The faults, each with the row it names; `place` is the folder of the files, or the file itself.

    A row that cannot be had (of a workbook, of a file that is packed or far too long) is left out.
    """
    return [replace(fault, line=_line(fault, place)) for fault in faults]


def _line(fault: Fault, place: Path) -> str | None:
    if fault.line is not None or not fault.file or not fault.row or fault.row > _FURTHEST:
        return fault.line
    path = place / fault.file if place.is_dir() else place
    within = place if place.is_dir() else place.parent
    if path.suffix.lower() not in _TEXTS or path.name != Path(fault.file).name:
        return None
    try:
        inside = path.is_file() and path.resolve().is_relative_to(within.resolve())
        text = _text(_read(path, fault.row), path) if inside else ""
    except OSError:
        return None
    return _SECRET.sub(r"\1***", text) if text and (not fault.value or fault.value in text) else None


def _read(path: Path, row: int) -> bytes:
    """The beginning of a line; of a line that is too long the rest is passed over."""
    at, read = 1, b""
    with path.open("rb") as file:
        while at <= row and (piece := file.readline(_LONGEST)):
            read = read or piece if at == row else b""
            at += piece.endswith(b"\n")
    return read


def _text(read: bytes, path: Path) -> str:
    """The line in the encoding that its file seems to be in; nothing where that is another. books.yaml must
    be UTF-8: other bytes in it are shown as such."""
    if path.suffix.lower() == ".yaml":
        return read.decode("utf-8-sig", "backslashreplace").rstrip("\r\n")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    for encoding in ("utf-8-sig", "gb18030") if b"\0" not in head else ():
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)
            return read.decode(encoding).rstrip("\r\n")
        except UnicodeDecodeError:
            continue
    return ""
