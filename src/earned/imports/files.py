"""The files of an export: one file, a folder, or a zip archive; bounded, decoded, never followed out.

An export comes from the people under investigation: a zip may name files outside, a packed file may be
a million times its size, and a text may be in another encoding than it says.
"""

from __future__ import annotations

import codecs
import csv
import io
import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import pyarrow as pa

from earned.books.file import opened
from earned.books.readers import gate
from earned.faults import Fault, InputError

MIB = 1 << 20
#: What is read at most; each refusal names its limit.
LIMITS = {"members": 2_000, "unpacked": 20 * 1024 * MIB, "ratio": 200, "field": MIB, "small": 64 * MIB}
_PACKED = {"gzip": (".gz",), "zstd": (".zst",)}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
#: What reading a packed file raises where it is damaged, or packed in a way that is not known.
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, pa.ArrowException, EOFError, OSError,
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A file of an export: its name inside it, and where its bytes are (`member` of a zip archive)."""

    name: str
    path: Path
    member: str | None = None
    packing: str | None = None

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The unpacked bytes. Raises InputError beyond the limits or where the packing is damaged."""
        try:
            if self.member is not None:
                with zipfile.ZipFile(opened(self.path)) as archive, archive.open(self.member) as member:
                    yield member
            elif self.packing:
                with pa.input_stream(opened(self.path), compression=self.packing) as stream:
                    yield io.BufferedReader(_Bounded(self, stream), MIB)
            else:
                with opened(self.path) as file:
                    yield file
        except _DAMAGED as wrong:
            if isinstance(wrong, OSError) and self.member is None:
                raise
            raise self.fault(f"a whole packed file ({wrong})", "Export it again", reason="corrupt") from None

    def fault(self, expected: str, do: str, *, reason: str, **where: Any) -> InputError:
        """The error that this file cannot be used; `row`, `column`, `value` say where."""
        return InputError([Fault(expected, do, self.name, reason=reason, **where)])

    def head(self, size: int = 65_536) -> bytes:
        """The first bytes."""
        with self.open() as opened:
            return opened.read(size)


class _Bounded(io.RawIOBase):
    """Bytes that are unpacked while they are read, up to the limits."""

    def __init__(self, source: Source, stream: Any) -> None:
        self._source, self._stream, self._read = source, stream, 0
        self._packed = source.path.stat().st_size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        block = self._stream.read(len(buffer))
        self._read += len(block)
        most = LIMITS["unpacked"]
        if self._read > most or (
            self._read > LIMITS["small"] and self._read > self._packed * LIMITS["ratio"]
        ):
            expected = f"at most {most // MIB:,} MiB unpacked, {LIMITS['ratio']} times the packed size"
            raise self._source.fault(
                expected, "Unpack it yourself and name the plain file", reason="too_large"
            )
        buffer[: len(block)] = block
        return len(block)


def sources(path: Path) -> tuple[Source, ...]:
    """The files at a path: itself, those of a folder (not below it), or the members of a zip archive."""
    if not path.exists():
        raise InputError(
            [
                Fault(
                    "there is nothing of that name",
                    "Correct the path",
                    str(path),
                    fact=True,
                    reason="path_missing",
                )
            ]
        )
    if path.is_dir():
        files = sorted(p for p in path.iterdir() if not p.name.startswith((".", "~$")))
        for link in (p for p in files if p.is_symlink()):
            raise Source(link.name, link).fault(
                "a file, no link", "Put the file itself there", reason="path_not_regular"
            )
        return tuple(_plain(p) for p in files if p.is_file())
    if not path.is_file():
        raise InputError(
            [
                Fault(
                    "a file, a folder or a zip archive",
                    "Correct the path",
                    str(path),
                    reason="path_not_regular",
                )
            ]
        )
    if gate.kind(path) == "workbook":
        return _members(path)
    return (_plain(path),)


def _plain(path: Path) -> Source:
    kind = gate.kind(path)
    return Source(path.name, path, packing=kind if kind in _PACKED else None)


def _members(path: Path) -> tuple[Source, ...]:
    """The files in a zip archive; refused as a whole where one is locked, leads outside or is a bomb."""
    whole = Source(path.name, path)
    try:
        with zipfile.ZipFile(opened(path)) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
    except (zipfile.BadZipFile, ValueError, OSError):
        raise whole.fault("a whole zip archive", "Export it again", reason="corrupt") from None
    if len(members) > LIMITS["members"]:
        raise whole.fault(
            f"at most {LIMITS['members']:,} files in a zip archive", "Unpack it yourself", reason="too_large"
        )
    unpacked = sum(m.file_size for m in members)
    if unpacked > LIMITS["unpacked"]:
        most = f"at most {LIMITS['unpacked'] // MIB:,} MiB unpacked"
        raise whole.fault(most, "Unpack it yourself", value=f"{unpacked // MIB:,} MiB", reason="too_large")
    for m in members:
        _checked(whole, m)
    return tuple(Source(m.filename, path, member=m.filename) for m in members)


def _checked(whole: Source, member: zipfile.ZipInfo) -> None:
    name = member.orig_filename.replace("\\", "/")
    if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name or "\0" in name:
        do = "Ask where the archive comes from; pack the files again without paths"
        raise whole.fault(
            "names inside the archive that stay inside it",
            do,
            value=member.orig_filename,
            reason="unsafe_archive",
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise whole.fault(
            "files, no links", "Pack the files themselves", value=member.filename, reason="unsafe_archive"
        )
    if member.flag_bits & 1:
        raise whole.fault(
            "files without a password", "Unpack them yourself", value=member.filename, reason="encrypted"
        )
    if member.file_size > MIB and member.file_size > member.compress_size * LIMITS["ratio"]:
        expected = f"at most {LIMITS['ratio']} times the packed size"
        raise whole.fault(
            expected, "Unpack it yourself and look at it", value=member.filename, reason="unsafe_archive"
        )


def encoding(source: Source, declared: str | None = None) -> str:
    """The encoding of a text: its mark, else the declared one, else UTF-8 where valid, else Western.

    Western is windows-1252 where it uses a sign that only this has (80 to 9F), else ISO-8859-15.
    """
    head = source.head(4)
    marked = next((e for mark, e in _MARKS if head.startswith(mark)), None)
    if marked or declared:
        return str(marked or declared)
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid, windows = True, False
    with source.open() as opened:
        while block := opened.read(4 * MIB):
            windows = windows or any(0x80 <= byte <= 0x9F for byte in set(block))
            try:
                valid = valid and decoder.decode(block) is not None
            except UnicodeDecodeError:
                valid = False
    return "utf-8" if valid else "windows-1252" if windows else "iso-8859-15"


@contextmanager
def text(source: Source, encoded: str) -> Iterator[io.TextIOWrapper]:
    """The file as text; bytes that are none in its encoding become U+FFFD, which no row may hold."""
    with source.open() as opened:
        yield io.TextIOWrapper(opened, encoding=encoded, errors="replace", newline="")


def rows(
    source: Source, encoded: str, delimiter: str, quote: str | None = '"'
) -> Iterator[tuple[int, list[str]]]:
    """The rows of a delimited text with the line each begins on; blank lines are left out."""
    csv.field_size_limit(LIMITS["field"])
    quoting: Any = {"quoting": csv.QUOTE_NONE} if quote is None else {"quotechar": quote, "doublequote": True}
    with text(source, encoded) as lines:
        reader = csv.reader(lines, delimiter=delimiter, **quoting)
        begins = 1
        try:
            for row in reader:
                if row:
                    yield begins, row
                begins = reader.line_num + 1
        except csv.Error as wrong:
            expected = f"delimited rows of fields up to {LIMITS['field'] // MIB} MiB ({wrong})"
            raise source.fault(expected, "Export it again", row=begins, reason="malformed") from None


def named(rows: Iterable[tuple[int, list[str]]], header: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows as name -> trimmed cell; a row with another number of cells has the key `` with that number."""
    for number, row in rows:
        if len(row) == len(header):
            yield number, {name: cell.strip() for name, cell in zip(header, row, strict=True)}
        else:
            yield number, {"": str(len(row))}
