"""Text files: bytes, encodings, quotes, line ends, shapes, packing."""

from __future__ import annotations

import gzip
import zlib

import pyarrow as pa

from tests.hostile.case import ENTRIES, GOOD, Case, changed, entries, text
from tests.mistakes.small import USD

C2 = {"C2": 20_000}


def _bomb() -> bytes:
    """About 400 KiB that unpack to 400 MiB of rows."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    out = [packer.compress(ENTRIES.encode())]
    block = b"C2,2021-06-30,0.00\n" * 55_000
    out += [packer.compress(block) for _ in range(400)]
    return b"".join([*out, packer.flush()])


def _packed(content: bytes, name: str, cut: int | None = None) -> Case:
    return Case(f"{name} cut off", text(content[:cut], f"entries.csv.{name}"), ("entries.csv", "whole"))


def _zstd(content: bytes) -> bytes:
    buffer = pa.BufferOutputStream()
    with pa.CompressedOutputStream(buffer, "zstd") as out:
        out.write(content)
    return bytes(buffer.getvalue())


def _source(keys: str) -> str:
    return (
        f"{USD}sources: {{e: {{path: entries.csv, {keys}}}}}\n"
        "tables: {entries: {source: e, columns: "
        "{contract_id: contract_id, effective_date: effective_date, amount: amount}}}\n"
    )


WHOLE = (ENTRIES + GOOD).encode()
CASES = [
    Case(
        "NUL in an id",
        entries("C2\0,2021-06-30,5\n" + GOOD),
        rejected=(("entries.csv", 2, "contract_id", "bytes"),),
    ),
    Case(
        "NUL in an amount",
        entries("C2,2021-06-30,5\x000\n" + GOOD),
        rejected=(("entries.csv", 2, "amount", "bytes"),),
    ),
    Case("NULs at the end", text(WHOLE + b"\0" * 64), rejected=(("entries.csv", 4, None, "shape"),)),
    Case("only NULs", text(bytes(4096)), ("entries.csv",)),
    Case(
        "lone surrogate in UTF-8",
        entries(b"C2\xed\xa0\x80,2021-06-30,5\n" + GOOD.encode()),
        rejected=(("entries.csv", 2, "contract_id", "bytes"),),
    ),
    Case(
        "overlong UTF-8",
        entries(b"C2\xc0\x80,2021-06-30,5\n" + GOOD.encode()),
        rejected=(("entries.csv", 2, "contract_id", "bytes"),),
    ),
    Case(
        "two encodings in one file",
        text(
            (ENTRIES.replace("\n", ",customer_id\n") + "C2,2021-06-30,200.00,合同\n").encode()
            + "C2,2021-06-30,5,合同\n".encode("gb18030")
        ),
        booked={"C2": 20_000},
        rejected=(("entries.csv", 3, "customer_id", "bytes"),),
    ),
    Case(
        "a cell of two mebibytes",
        entries(f"C2,2021-06-30,5{'0' * (2 << 20)}\n" + GOOD),
        rejected=(("entries.csv", 2, "amount", "too_long"),),
    ),
    Case(
        "a cell of ten mebibytes",
        entries(f"C2,2021-06-30,5{'0' * (10 << 20)}\n" + GOOD),
        rejected=(("entries.csv", 2, "amount", "too_long"),),
    ),
    Case(
        "a cell of forty mebibytes",
        entries(GOOD + f"C2,2021-06-30,5{'0' * (40 << 20)}\n"),
        ("entries.csv, row 4", "at most 8 MiB", "--limit row_bytes"),
        measured=True,
    ),
    Case(
        "a hundred thousand columns",
        text(
            ",".join(["contract_id", "effective_date", "amount", *(f"c{i}" for i in range(100_000))]) + "\n"
        ),
        ("entries.csv", "at most 2,000 columns", "found 100,003", "--limit table_columns"),
        measured=True,
    ),
    Case(
        "a header without end",
        text("contract_id," + "a" * (20 << 20)),
        ("entries.csv",),
        measured=True,
    ),
    Case(
        "a quote that never closes",
        entries('C2,2021-06-30,"200.00\n100000000001,2021-06-30,1000.00\n'),
        ("entries.csv, row 2", "a quote that closes"),
    ),
    Case(
        "a quote closed by a later row",
        text(
            'contract_id,effective_date,amount,description\nC2,2021-06-30,1,"x\nC2,2021-06-30,2,y\nC2,2021-06-30,3,z"\nC2,2021-06-30,200.00,v\n'
        ),
        booked=C2,
        rejected=(("entries.csv", 2, None, "shape"),),
    ),
    Case(
        "a quote closed by a later row, of two columns",
        text('contract_id,price\n100000000001,1000.00\nC2,500.00\n"C3,1\nC4,2",3\n', "contracts.csv"),
        rejected=(("contracts.csv", 4, None, "shape"),),
    ),
    Case(
        "a quote in the header, and one that never closes",
        text('contract_id,effective_da"te,amount,description\nC2,2021-06-30,1,"x\nC2,2021-06-30,2,y\n'),
        ("entries.csv, row 2", "a quote that closes"),
    ),
    Case(
        "an open quote over many megabytes",
        entries('C2,2021-06-30,"1\n' + GOOD * 150_000),
        ("row 2", "quote"),
        measured=True,
    ),
    Case("line ends of CR only", text((ENTRIES + GOOD).replace("\n", "\r"))),
    Case("three kinds of line ends", text(ENTRIES.replace("\n", "\r\n") + GOOD.replace("\n", "\r", 1))),
    Case("byte order mark", text(WHOLE.decode().encode("utf-8-sig"))),
    Case("two byte order marks", text(b"\xef\xbb\xbf" * 2 + WHOLE)),
    Case("UTF-16 with a mark", text(WHOLE.decode().encode("utf-16"))),
    Case("UTF-16 without a mark", text(WHOLE.decode().encode("utf-16-be"))),
    Case("UTF-32", text(WHOLE.decode().encode("utf-32"))),
    Case("UTF-32 without a mark", text(WHOLE.decode().encode("utf-32-be"))),
    Case("more NULs than text", text(WHOLE + bytes(8_000)), rejected=(("entries.csv", 4, None, "shape"),)),
    Case(
        "rows that end as on a mainframe",
        text(WHOLE.decode().replace("\n", "\u0085")),
        ("entries.csv", "U+0085", "xport it again"),
    ),
    Case(
        "rows that end with a line separator",
        text(WHOLE.decode().replace("\n", "\u2028")),
        ("entries.csv", "U+2028"),
    ),
    Case(
        "UTF-16 of odd length",
        text(WHOLE.decode().encode("utf-16") + b"x"),
        rejected=(("entries.csv", 4, None, "shape"),),
    ),
    Case(
        "a delimiter nobody uses",
        text((ENTRIES + GOOD).replace(",", "^")),
        ("entries.csv, row 1", "column names"),
    ),
    Case(
        "the delimiter declared wrongly",
        text(WHOLE, manifest=_source("delimiter: '|'")),
        ("contract_id",),
    ),
    Case(
        "an encoding that does not exist",
        text(WHOLE, manifest=_source("encoding: klingon")),
        ("books.yaml", "klingon"),
    ),
    Case(
        "an encoding of internet names",
        text(WHOLE, manifest=_source("encoding: idna")),
        ("books.yaml", "'idna'", "an encoding"),
    ),
    Case(
        "an encoding of program texts",
        text(WHOLE, manifest=_source("encoding: unicode_escape")),
        ("books.yaml", "'unicode_escape'"),
    ),
    Case(
        "the amount twice",
        text("contract_id,effective_date,amount,amount\nC2,2021-06-30,1,2\n"),
        ("entries.csv, row 1", "one column amount"),
    ),
    Case(
        "headers that differ in case",
        text("contract_id,effective_date,amount,Amount\nC2,2021-06-30,1,2\n"),
        ("one column amount", "case"),
    ),
    Case("headers only", text(ENTRIES), booked={}),
    Case("an empty file", text(b""), ("entries.csv", "this file is empty")),
    Case("blank lines only", text("\n\n   \n"), ("entries.csv", "this file is empty")),
    Case(
        "rows of every width",
        entries("C2\n,,,,\nC2,2021-06-30,1,234.00\n" + GOOD),
        rejected=(
            ("entries.csv", 2, None, "shape"),
            ("entries.csv", 3, None, "shape"),
            ("entries.csv", 4, None, "shape"),
        ),
    ),
    Case(
        "more rows of another shape than allowed",
        entries("C2,2021-06-30\n" * 2_000 + GOOD),
        ("entries.csv", "at most 1,000 rows", "--limit rows_of_another_shape=2000"),
        limits={"rows_of_another_shape": 1_000},
    ),
    Case(
        "a gzip bomb",
        changed(lambda b: ((b / "entries.csv").unlink(), (b / "entries.csv.gz").write_bytes(_bomb()))),
        ("entries.csv.gz", "at most 200 times", "--limit table_ratio"),
        measured=True,
    ),
    Case(
        "a gzip bomb under another name", text(_bomb()), ("entries.csv", "at most 200 times"), measured=True
    ),
    _packed(gzip.compress(WHOLE), "gz", -20),
    _packed(_zstd(WHOLE), "zst", -5),
    Case("gzip in gzip", text(gzip.compress(gzip.compress(WHOLE)), "entries.csv.gz"), ("entries.csv.gz",)),
    Case("two gzip files in one", text(gzip.compress(ENTRIES.encode()) + gzip.compress(GOOD.encode()))),
    Case(
        "a gzip file with the wrong sum",
        text(gzip.compress(WHOLE)[:-8] + bytes(8), "entries.csv.gz"),
        ("entries.csv.gz", "whole gzip file"),
    ),
    *(
        Case(f"{name} called CSV", text(magic + bytes(99)), ("entries.csv", says, do))
        for name, magic, says, do in (
            ("bzip2", b"BZh91AY&SY", "this is an archive", "npack it"),
            ("xz", b"\xfd7zXZ\0", "this is an archive", "npack it"),
            ("7z", b"7z\xbc\xaf\x27\x1c", "this is an archive", "npack it"),
            ("RAR", b"Rar!\x1a\x07\x01\0", "this is an archive", "npack it"),
            ("SQLite", b"SQLite format 3\0", "an SQLite database", "sqlite:///"),
            ("a text document", b"{\\rtf1", "a text document", "the export"),
        )
    ),
    Case("a PDF called CSV", text(b"%PDF-1.7\n" + bytes(99)), ("entries.csv", "this is a PDF")),
    Case(
        "a web page called CSV",
        text("<!DOCTYPE html><table><tr><td>1</td></tr></table>"),
        ("entries.csv", "HTML or XML"),
    ),
    Case(
        "a picture called Parquet",
        text(b"\x89PNG\r\n\x1a\n" + bytes(50), "entries.parquet"),
        ("entries.parquet", "picture"),
    ),
    Case(
        "an old workbook called CSV",
        text(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2040)),
        ("entries.csv", "old .xls"),
    ),
    Case("text called xlsx", text(WHOLE, "entries.xlsx")),
    Case(
        "a totals row",
        entries(GOOD + "Total,,1200.00\n"),
        rejected=(("entries.csv", 4, "effective_date", "required"),),
    ),
]
