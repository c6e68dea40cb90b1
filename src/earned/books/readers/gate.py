"""What a file is, found from its first bytes, and whether it may be opened at all.

Everything here runs before any library sees the file: books come from the people under
investigation, and a workbook of two kilobytes can take a machine down. Limits are one table.
"""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa

from earned.books import limits
from earned.books.file import File, opened
from earned.books.limits import MIB

__all__ = ["File", "kind", "readable", "unpacked"]

_MAGIC = (
    (b"PAR1", "parquet"),
    (b"PK\x03\x04", "workbook"),
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xd0\xcf\x11\xe0", "ole"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"PARE", "locked"),
    (b"SQLite format 3\0", "sqlite"),
    (b"BZh91AY&SY", "packed"),
    (b"\xfd7zXZ\0", "packed"),
    (b"7z\xbc\xaf\x27\x1c", "packed"),
    (b"Rar!\x1a\x07", "packed"),
    (b"\x04\x22\x4d\x18", "packed"),
    (b"\x1f\x9d", "packed"),
    (b"{\\rtf", "document"),
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
    "locked": ("a Parquet file without a password; this one is encrypted", "export it again without"),
    "sqlite": (
        f"{_KNOWN}; this is an SQLite database",
        "name it as a source in books.yaml: `url: sqlite:///FILE` and its `table`",
    ),
    "packed": (f"{_KNOWN}; this is an archive", "unpack it and put the plain file into the books"),
    "document": (f"{_KNOWN}; this is a text document", "ask for the export that it was written from"),
    "empty": (f"{_KNOWN}; this file is empty", "export it again, or take it out of the books"),
}

_REASONS = {"ole": "encrypted", "locked": "encrypted", "empty": "empty"}


def kind(path: Path) -> str:
    """The format by content: text, workbook, parquet, duckdb, gzip, zstd, or one that is no table."""
    with opened(path) as file:
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
        expected, do = _NOT_OURS[found]
        raise file.refused(expected, do, reason=_REASONS.get(found, "wrong_type"))
    return found


def unpacked(file: File, packing: str, to: Path) -> File:
    """A gzip or zstd file unpacked beside the engine's tables; bounded in size and ratio."""
    packed = file.path.stat().st_size
    most, ratio = limits.most("table_unpacked"), limits.most("table_ratio")
    do, written = "unpack it yourself and put the plain file into the books", 0
    try:
        with pa.input_stream(opened(file.path), compression=packing) as source, to.open("wb") as target:
            while block := source.read(4 * MIB):
                written += len(block)
                if written > most:
                    raise limits.beyond("table_unpacked", file.name, do)
                if written > 64 * MIB and written > packed * ratio:
                    raise limits.beyond("table_ratio", file.name, do)
                target.write(block)
    except pa.ArrowException as wrong:
        raise file.refused(
            f"a whole {packing} file", f"export it again ({wrong})", reason="corrupt"
        ) from None
    except OSError as wrong:
        if wrong.errno:  # the machine's own: no space, no permission
            raise
        raise file.refused(
            f"a whole {packing} file", f"export it again ({wrong})", reason="corrupt"
        ) from None
    return File(to, file.name)
