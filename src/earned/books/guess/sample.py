"""The beginning and the end of a large text file: enough to see what it is, without reading all of it."""

from __future__ import annotations

from pathlib import Path

from earned.books.file import File, opened
from earned.books.limits import MIB

#: A larger file is not read whole, and so much of its beginning and of its end is.
LARGE, HEAD, TAIL = 32 * MIB, 8 * MIB, MIB // 4


def sampled(file: File, to: Path) -> tuple[File, int]:
    """The file itself, else its whole lines at the beginning and the end written to `to`; and how many
    times larger the file is than what is read."""
    size = file.path.stat().st_size
    if size <= LARGE:
        return file, 1
    with opened(file.path) as raw:
        head = raw.read(HEAD)
        raw.seek(size - TAIL)
        tail = raw.read(TAIL)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head[:4096]:
        return file, 1
    head, tail = _whole(head), _from_a_line(tail)
    to.write_bytes(head + tail)
    return File(to, file.name), max(size // max(len(head) + len(tail), 1), 1)


def _whole(head: bytes) -> bytes:
    """The head up to the end of a line at which no quote is open."""
    at = len(head)
    while at > 0:
        at = head.rfind(b"\n", 0, at)
        if at < 0 or head.count(b'"', 0, at) % 2 == 0:
            break
    return head[: at + 1]


def _from_a_line(tail: bytes) -> bytes:
    """The tail from the first line on at which no quote is open: from there to the end all are closed."""
    at = tail.find(b"\n") + 1
    while 0 < at < len(tail) and tail.count(b'"', at) % 2:
        at = tail.find(b"\n", at) + 1
    return tail[at:] if at else b""


def undecoded(path: Path) -> bytes | None:
    """The first block of a file that is not UTF-8, with what stands before it; None where all of it is."""
    import codecs

    from earned.books.readers.text import blocks

    decoder = codecs.getincrementaldecoder("utf-8")()
    before = b""
    for block in blocks(path):
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            return before[: MIB // 4] + block
        before = before or block
    return None
