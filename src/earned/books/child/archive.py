"""The parts of a workbook, opened after their number, sizes and ratios were checked."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator

from earned.books import limits
from earned.books.file import File
from earned.books.limits import MIB
from earned.faults import InputError

_AGAIN = "open it in a spreadsheet and save it again"
_SAVE = "save the sheets as CSV"
#: A sign of work for whoever waits; the reading process puts its own here.
alive: Callable[[], object] = bool


def archive(file: File) -> zipfile.ZipFile:
    """The workbook's parts. Raises InputError where they are damaged, locked, too many or too large."""
    try:
        parts = zipfile.ZipFile(file.path)
        members = parts.infolist()
    except Exception:  # whatever a damaged archive makes its library raise
        raise file.refused(
            "a whole .xlsx workbook", "it is damaged: open and save it again", reason="corrupt"
        ) from None
    if any(m.flag_bits & 1 for m in members):
        raise file.refused(
            "a workbook without a password", "remove the password and save it again", reason="encrypted"
        )
    if len(members) > limits.most("workbook_parts"):
        raise limits.beyond("workbook_parts", file.name, _SAVE, len(members))
    if (size := sum(m.file_size for m in members)) > limits.most("workbook_unpacked"):
        raise limits.beyond("workbook_unpacked", file.name, _SAVE, size)
    for m in members:
        ratio = m.file_size // max(m.compress_size, 1)
        if m.file_size > MIB and ratio > limits.most("workbook_ratio"):
            raise limits.beyond("workbook_ratio", file.name, _SAVE, ratio, of=f" ({m.filename})")
    names = [m.filename for m in members]
    # In whatever case: a library may open Sheet2.xml where the workbook names sheet2.xml.
    if len({n.casefold() for n in names}) < len(names):
        raise file.refused(
            "a workbook that holds each part once",
            "open it in a spreadsheet and save it again",
            reason="corrupt",
        )
    if "xl/workbook.xml" not in names:
        raise file.refused(
            "an .xlsx workbook; this is another kind of archive",
            "unpack it and put the files into the books; save a workbook as .xlsx",
            reason="wrong_type",
        )
    return parts


def part(file: File, parts: zipfile.ZipFile, name: str) -> bytes:
    """A small part of a workbook, whole."""
    try:
        return b"".join(blocks(file, parts, name))
    except KeyError:
        raise file.refused(
            "a whole .xlsx workbook", f"{name} is missing: open and save it again", reason="corrupt"
        ) from None


def blocks(file: File, parts: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """A part of a workbook in blocks; a DOCTYPE or damage refuses the workbook."""
    tail = b""
    try:
        with parts.open(name) as source:
            while block := source.read(MIB):
                alive()
                # Without the zeros: the same words in UTF-16.
                seen = (tail + block).replace(b"\0", b"")
                if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                    do = "open it in a spreadsheet and save it"
                    raise file.refused("a workbook without DOCTYPE", do, reason="unsafe_xml")
                tail = block[-32:]
                yield block
    except (InputError, KeyError, MemoryError):
        raise
    except Exception as wrong:  # whatever a damaged archive makes its library raise
        raise file.refused(
            "a whole .xlsx workbook", f"it is damaged ({wrong}): save it again", reason="corrupt"
        ) from None
