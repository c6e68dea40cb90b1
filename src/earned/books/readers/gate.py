"""What a file is, found from its first bytes, and whether it may be opened at all.

Everything here runs before any library sees the file: books come from the people under
investigation, and a workbook of two kilobytes can take a machine down. Limits are one table.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from earned.faults import Fault, InputError

MIB = 1 << 20
#: What is read at most; each refusal names its limit.
LIMITS = {
    "workbook members": 2_000,
    "workbook unpacked": 512 * MIB,
    "workbook ratio": 200,
    "sheet rows": 1_048_576,
    "sheet columns": 500,
    "sheet cells": 20_000_000,
    "table unpacked": 20 * 1024 * MIB,
    "table ratio": 200,
    "columns": 2_000,
}
_MAGIC = (
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "workbook"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
)
_KNOWN = "a table as CSV, .xlsx, Parquet or DuckDB"
_NOT_OURS = {
    "ole": (
        "an .xlsx workbook without a password; this one is protected by a password or is an old .xls",
        "open it, remove the password, save it as .xlsx",
    ),
    "pdf": (f"{_KNOWN}; this is a PDF", "ask for the export that the PDF was printed from"),
    "picture": (f"{_KNOWN}; this is a picture", "ask for the export that it shows"),
    "markup": (f"{_KNOWN}; this is HTML or XML", "open it in a spreadsheet and save it as .xlsx"),
    "empty": (f"{_KNOWN}; this file is empty", "export it again, or take it out of the books"),
}


@dataclass(frozen=True)
class File:
    """A file of the books: where it is, and its name inside the books with forward slashes."""

    path: Path
    name: str

    def refused(self, expected: str, do: str, **where: Any) -> InputError:
        """The error that this file cannot be used."""
        return InputError([Fault(expected, do, self.name, **where)])


def kind(path: Path) -> str:
    """The format by content: text, workbook, parquet, duckdb, gzip, zstd, or one that is no table."""
    with path.open("rb") as file:
        head = file.read(512)
    if not head:
        return "empty"
    if head[8:12] == b"DUCK":
        return "duckdb"
    found = next((k for magic, k in _MAGIC if head.startswith(magic)), None)
    markup = re.match(rb"(\xef\xbb\xbf)?\s*<(\?xml|!doctype|html|table)", head, re.IGNORECASE)
    return found or ("markup" if markup else "text")


def readable(file: File) -> str:
    """The kind of a file that a reader exists for; InputError in words for every other."""
    found = kind(file.path)
    if found in _NOT_OURS:
        raise file.refused(*_NOT_OURS[found])
    return found


def unpacked(file: File, packing: str, to: Path) -> File:
    """A gzip or zstd file unpacked beside the engine's tables; bounded in size and ratio."""
    most = LIMITS["table unpacked"]
    packed = file.path.stat().st_size
    written = 0
    try:
        with pa.input_stream(str(file.path), compression=packing) as source, to.open("wb") as target:
            while block := source.read(4 * MIB):
                written += len(block)
                if written > most or (written > 64 * MIB and written > packed * LIMITS["table ratio"]):
                    raise file.refused(
                        f"at most {most // MIB:,} MiB unpacked, "
                        f"{LIMITS['table ratio']} times its packed size",
                        "unpack it yourself and put the plain file into the books",
                    )
                target.write(block)
    except (OSError, pa.ArrowException) as wrong:
        raise file.refused(f"a whole {packing} file", f"export it again ({wrong})") from None
    return File(to, file.name)


def archive(file: File) -> zipfile.ZipFile:
    """The workbook's parts, opened after their number, sizes and ratios were checked."""
    try:
        parts = zipfile.ZipFile(file.path)
    except (zipfile.BadZipFile, OSError, ValueError):
        raise file.refused("a whole .xlsx workbook", "it is damaged: open and save it again") from None
    members = parts.infolist()
    encrypted = any(m.flag_bits & 1 for m in members)
    ratio = LIMITS["workbook ratio"]
    big = [m for m in members if m.file_size > MIB and m.file_size > m.compress_size * ratio]
    if encrypted:
        raise file.refused("a workbook without a password", "remove the password and save it again")
    if len(members) > LIMITS["workbook members"] or big:
        raise file.refused(
            f"at most {LIMITS['workbook members']:,} parts, each at most {ratio} times its packed size",
            "save the sheets as CSV",
        )
    if sum(m.file_size for m in members) > LIMITS["workbook unpacked"]:
        most = LIMITS["workbook unpacked"] // MIB
        raise file.refused(f"a workbook of at most {most} MiB unpacked", "save the sheets as CSV")
    if "xl/workbook.xml" not in parts.namelist():
        raise file.refused("an .xlsx workbook; this is another kind of archive", "save it as .xlsx")
    return parts


def part(file: File, parts: zipfile.ZipFile, name: str) -> bytes:
    """A small part of a workbook, whole."""
    try:
        return b"".join(blocks(file, parts, name))
    except KeyError:
        raise file.refused("a whole .xlsx workbook", f"{name} is missing: open and save it again") from None


def blocks(file: File, parts: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part of a workbook in blocks; a DOCTYPE or damage refuses the workbook."""
    tail = b""
    try:
        with parts.open(name) as source:
            while block := source.read(MIB):
                if b"<!DOCTYPE" in tail + block or b"<!ENTITY" in tail + block:
                    raise file.refused("a workbook without DOCTYPE", "open it in a spreadsheet and save it")
                tail = block[-16:]
                yield block
    except (InputError, KeyError):
        raise
    except Exception as wrong:  # whatever a damaged archive makes its library raise
        raise file.refused("a whole .xlsx workbook", f"it is damaged ({wrong}): save it again") from None
