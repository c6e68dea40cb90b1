"""Exports in known audit formats: told from the names and the first bytes, and never opened further.

They are imported by `earned import`, which knows their layout and checks the totals that they state.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from earned.books.file import opened

_HEAD = 1 << 14
_PACKED = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))
_SUFFIXES = re.compile(r"(\.(csv|txt|tsv|parquet|xlsx|gz|zst))+$", re.IGNORECASE)
_FEC = ("journalcode", "journallib", "ecriturenum", "ecrituredate", "comptenum")
_FEC_LABELS = ("code journal", "libellé journal", "numéro de l'écriture")
_ADS = ("journal_id", "gl_account_number", "effective_date", "amount")
_XML = (
    (re.compile(rb"<(?:\w+:)?AuditFile[\s>]"), "saft", "a SAF-T audit file"),
    (re.compile(rb"<(?:\w+:)?accountingEntries[\s>]|xbrl\.org/int/gl/"), "xbrl-gl", "an XBRL GL instance"),
    (re.compile(rb"<DataSet[\s>]"), "gobd", "a GDPdU or GoBD export"),
)
_JSON = (
    (
        re.compile(rb"xbrl\.org/int/gl/|xbrl\.org/\d{4}/xbrl-(json|csv)"),
        "xbrl-gl",
        "an XBRL GL instance as JSON",
    ),
    (re.compile(rb'"cik"[\s\S]*"facts"'), "sec", "SEC company facts"),
    (re.compile(rb'"glLineItems"|"journalId"'), "ads", "a ledger of the AICPA Audit Data Standards as JSON"),
)
_SAP = ("BKPF", "BSEG")
#: Formats whose files are tables of rows: beside contracts they are mapped, alone they are imported.
TABLES = ("sap", "fec", "ads")


@dataclass(frozen=True)
class Export:
    """An export that `earned import` reads: the name of its format, where it is, which files it takes."""

    format: str
    what: str
    path: str
    files: tuple[str, ...]

    def command(self, folder: str, out: str) -> str:
        """What to type."""
        place = f"{folder.rstrip('/')}/{self.path}" if self.path else folder
        return f"earned import {self.format} {_quoted(place)} --out {_quoted(out)}"


def _quoted(text: str) -> str:
    import shlex

    return shlex.quote(text)


def exports(folder: Path, names: Sequence[str]) -> list[Export]:
    """The exports in a folder, by the names of its files with forward slashes."""
    folders = [*_gobd(names), *_sap(names)]
    taken = {name for export in folders for name in export.files}
    return [*folders, *(e for n in names if n not in taken and (e := _single(folder, n)))]


def _gobd(names: Sequence[str]) -> list[Export]:
    """index.xml with the files beside it."""
    found = []
    for name in (n for n in names if n.rpartition("/")[2].casefold() == "index.xml"):
        place = name.rpartition("/")[0]
        beside = tuple(n for n in names if n.rpartition("/")[0] == place)
        found.append(Export("gobd", "a GDPdU or GoBD export", place, beside))
    return found


def _sap(names: Sequence[str]) -> list[Export]:
    """BKPF and BSEG side by side: heads and lines of the journals, joined by the import."""
    stems = {re.split(r"[\s_.-]", _SUFFIXES.sub("", n.rpartition("/")[2]))[-1].upper(): n for n in names}
    if not all(table in stems for table in _SAP):
        return []
    files = tuple(stems[t] for t in (*_SAP, "SKA1", "SKAT") if t in stems)
    return [Export("sap", "the SAP tables BKPF and BSEG", files[0].rpartition("/")[0], files)]


def _single(folder: Path, name: str) -> Export | None:
    head = _start(folder / name).lstrip(b"\xef\xbb\xbf \r\n\t")
    found = _marked(head) if head[:1] in (b"<", b"{") else _headed(head)
    return Export(found[0], found[1], name, (name,)) if found else None


def _start(path: Path) -> bytes:
    """The first bytes of a regular file, unpacked where it is packed; nothing of anything else."""
    if path.is_symlink() or not path.is_file():
        return b""
    with opened(path) as file:
        head = file.read(_HEAD)
    packing = next((p for magic, p in _PACKED if head.startswith(magic)), None)
    if packing is None:
        return head
    try:
        with pa.input_stream(opened(path), compression=packing) as source:
            return bytes(source.read(_HEAD))
    except (OSError, pa.ArrowException):
        return b""


def _marked(head: bytes) -> tuple[str, str] | None:
    """XML by its root or namespace, JSON by its keys."""
    patterns = _XML if head[:1] == b"<" else _JSON
    return next(((f, w) for pattern, f, w in patterns if pattern.search(head)), None)


def _headed(head: bytes) -> tuple[str, str] | None:
    """Text by its line of headers."""
    line = head.split(b"\n", 1)[0].decode("utf-8", "replace").casefold()
    cells = [c.strip(' \r"\ufeff') for c in re.split(r"[\t|,;]", line)]
    if tuple(cells[:5]) == _FEC or tuple(cells[:3]) == _FEC_LABELS:
        return "fec", "a French FEC"
    if cells[0] == "accountingentries":
        return "xbrl-gl", "an XBRL GL instance as CSV"
    return ("ads", "a ledger of the AICPA Audit Data Standards") if set(_ADS) <= set(cells) else None
