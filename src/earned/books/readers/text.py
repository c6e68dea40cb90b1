"""Bytes to UTF-8: which encoding a text file is in, and its lines and quotes counted.

The counts are made from the bytes, by other code than the reader's, so that no row can get lost
between them unseen.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from earned.books.file import File, opened
from earned.books.limits import MIB

BLOCK = 4 * MIB
SAMPLE = 4
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Text:
    """A UTF-8 file, how many lines it has, and how many quote characters."""

    file: File
    lines: int
    quotes: int


def blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file in blocks."""
    with opened(path) as file:
        while block := file.read(BLOCK):
            yield block


def as_utf8(file: File, declared: str | None, to: Path) -> Text:
    """The file as UTF-8 without byte order mark, itself if it is so already, else written to `to`.

    A mark decides; then the declared encoding; then valid UTF-8; then GB18030. What still cannot be
    decoded becomes U+FFFD, which the typed layer refuses where the cell is used (R11).
    """
    encoding = _encoding(file, declared)
    if encoding is None:
        return _survey(file)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with to.open("wb") as target:
        for block in blocks(file.path):
            target.write(decoder.decode(block).encode("utf-8", "replace"))
        target.write(decoder.decode(b"", final=True).encode("utf-8", "replace"))
    return _survey(File(to, file.name))


def _encoding(file: File, declared: str | None) -> str | None:
    """The encoding to read with; None when the file is UTF-8 without a mark already."""
    with opened(file.path) as raw:
        head = raw.read(4096)
    marked = next((e for mark, e in _MARKS if head.startswith(mark)), None)
    if marked:
        return marked
    valid = _decodes(file.path, "utf-8")
    if declared and not (declared in ("utf-8", "utf-8-sig") and valid):
        return declared
    if wide := _wide(head):
        return wide
    if valid:
        return None
    return "gb18030" if _is_chinese(file.path) else "utf-8"


def _wide(head: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: of which bytes of four most are zero."""
    first, second, third, fourth = (head[at::4].count(0) * 8 > len(head) for at in range(4))
    return {
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
    }.get((first, second, third, fourth))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in blocks(path):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_chinese(path: Path) -> bool:
    """GB18030 decodes nearly every byte sequence, a Western text too: ask as well that most pairs are
    of the common characters (both bytes above A0), and that UTF-8 does not explain more of the text."""
    if not _decodes(path, "gb18030"):
        return False
    common = pairs = western = 0
    gb = codecs.getincrementaldecoder("gb18030")()
    utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")
    for block in islice(blocks(path), SAMPLE):
        raw = "".join(filter(lambda c: c > "\x7f", gb.decode(block))).encode("gb18030")
        pairs += len(raw) // 2
        common += sum(a > 0xA0 and b > 0xA0 for a, b in zip(raw[::2], raw[1::2], strict=False))
        wide = "".join(filter(lambda c: c > "\x7f", utf8.decode(block)))
        western += len(wide) - 2 * wide.count("\ufffd")
    return common * 10 >= pairs * 9 and western <= 0


def _survey(file: File) -> Text:
    feeds = returns = pairs = quotes = 0
    last = b""
    for block in blocks(file.path):
        feeds += block.count(b"\n")
        returns += block.count(b"\r")
        pairs += block.count(b"\r\n") + (last == b"\r" and block[:1] == b"\n")
        quotes += block.count(b'"')
        last = block[-1:]
    ended = last in (b"\n", b"\r", b"")
    return Text(file, feeds + returns - pairs + (not ended), quotes)


def open_quote(file: File, delimiter: str) -> int | None:
    """The line on which a quote opens that never closes; None when every quote closes."""
    mark = "\x1dend\x1d"
    with io.TextIOWrapper(opened(file.path), "utf-8", "replace", newline="") as lines:
        csv.field_size_limit(1 << 30)
        reader = csv.reader(_then(lines, mark), delimiter=delimiter)
        begins = before = 0
        last: list[str] = []
        for row in reader:
            begins, before, last = before + 1, reader.line_num, row
        return None if last == [mark] else begins


def _then(lines: io.TextIOWrapper, last: str) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith(("\n", "\r")) else f"{line}\n"
    yield last
