"""Workbooks: archives, XML, sizes, formulas, passwords."""

from __future__ import annotations

import io
import struct
import zipfile

from tests.hostile.case import Case, packed, parts, sheet, with_entries, workbook
from tests.mistakes.small import ENTRIES

LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {n} "{f"&{b};" * 10}">' for b, n in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
SECRET = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:' + '///etc/passwd">]>'
END = "</sheetData></worksheet>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER = '<row r="1">' + "".join(
    f'<c r="{c}1" t="inlineStr"><is><t>{h}</t></is></c>' for c, h in zip("ABC", ENTRIES[0], strict=True)
) + "</row>"  # fmt: skip
GOOD = (
    '<row r="2"><c r="A2"><v>100000000001</v></c><c r="B2"><v>44377</v></c><c r="C2"><v>1000</v></c></row>'
    '<row r="3"><c r="A3" t="str"><v>C2</v></c><c r="B3"><v>44377</v></c><c r="C3"><v>200</v></c></row>'
)


def row(number: int, amount: str) -> str:
    """A row of C2 whose amount is this cell."""
    first = f'<c r="A{number}" t="str"><v>C2</v></c><c r="B{number}"><v>44377</v></c>'
    return f'<row r="{number}">{first}{amount}</row>'


def _locked() -> bytes:
    """The flag of a password on every part."""
    data = bytearray(packed(parts()))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found = data.find(mark)
        while found >= 0:
            data[found + at] |= 1
            found = data.find(mark, found + 4)
    return bytes(data)


def _twice() -> bytes:
    buffer = io.BytesIO(packed(parts()))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl//workbook.xml", "x")
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            archive.writestr("xl/worksheets/sheet2.xml", sheet([ENTRIES[0], ("C2", "2021-06-30", "999.00")]))
    return buffer.getvalue()


def _bomb() -> bytes:
    """A sheet of 300 MiB, nearly all of it blank; written in pieces, as this process is measured too."""
    xml = sheet(HEADER + GOOD)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts(entries="").items():
            with archive.open(name, "w", force_zip64=False) as part:
                part.write(data if isinstance(data, bytes) else (data or xml[: -len(END)]).encode())
                if not data:
                    for _ in range(300):
                        part.write(b" " * (1 << 20))
                    part.write(END.encode())
    return buffer.getvalue()


def _lying() -> bytes:
    """A part that is larger than the archive says."""
    data = bytearray(_bomb())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        if struct.unpack_from("<I", data, at + 24)[0] > 300 << 20:
            struct.pack_into("<I", data, at + 24, 4_000)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _many() -> bytes:
    return packed(parts() | {f"xl/media/{i}.png": b"" for i in range(3_000)})


def _broken(where: float) -> bytes:
    data = bytearray(packed(parts()))
    at = int(len(data) * where)
    data[at : at + 40] = bytes(40)
    return bytes(data)


CASES = [
    Case("a workbook as it should be", workbook(lambda: packed(parts()))),
    Case(
        "a zip bomb",
        workbook(_bomb),
        ("books.xlsx", "at most 200 times", "--limit workbook_ratio"),
        measured=True,
    ),
    Case("a zip bomb whose directory lies", workbook(_lying), ("books.xlsx", "damaged"), measured=True),
    Case("too many parts", workbook(_many), ("books.xlsx", "at most 2,000 parts", "--limit workbook_parts")),
    Case("a part twice", workbook(_twice), ("books.xlsx", "each part once")),
    Case(
        "billion laughs",
        with_entries(sheet(HEADER.replace("amount", "&i;") + GOOD, LAUGHS)),
        ("books.xlsx", "DOCTYPE"),
        measured=True,
    ),
    Case(
        "billion laughs in the list of sheets",
        workbook(lambda: packed(parts() | {"xl/workbook.xml": LAUGHS + str(parts()["xl/workbook.xml"])})),
        ("DOCTYPE",),
    ),
    Case(
        "an entity that names a file",
        with_entries(sheet(HEADER + GOOD.replace("C2", "&e;"), SECRET)),
        ("books.xlsx", "DOCTYPE"),
    ),
    Case(
        "an entity in UTF-16",
        workbook(
            lambda: packed(
                parts() | {"xl/workbook.xml": (SECRET + str(parts()["xl/workbook.xml"])).encode("utf-16")}
            )
        ),
        ("books.xlsx", "DOCTYPE"),
    ),
    Case(
        "a cell in the last corner",
        with_entries(sheet(HEADER + GOOD + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        ("books.xlsx", "at most 500 columns", "entries", "stray cells"),
        measured=True,
    ),
    Case(
        "a cell far below",
        with_entries(
            sheet(
                HEADER + GOOD + '<row r="1048576"><c r="ZZ1"><v>1</v></c><c r="T1048576"><v>1</v></c></row>'
            )
        ),
        ("books.xlsx", "stray cells"),
        measured=True,
    ),
    Case(
        "a row beyond the last",
        with_entries(sheet(HEADER + GOOD + '<row r="99999999"><c r="A99999999"><v>1</v></c></row>')),
        ("books.xlsx", "at most 1,048,576 rows"),
    ),
    Case(
        "a row without an end",
        with_entries(sheet("<row>" + '<c t="str"><v>x</v></c>' * 600_000)),
        ("books.xlsx", "at most"),
        measured=True,
    ),
    Case(
        "a tag without an end",
        with_entries(sheet("<c " + 'r="A1" ' * 400_000)),
        ("books.xlsx",),
        limits={"reader_silence": 5},
        measured=True,
        seconds=60,
    ),
    Case(
        "errors without end",
        with_entries(
            sheet(HEADER + "".join(row(i, f'<c r="C{i}" t="e"><v>#REF!</v></c>') for i in range(2, 2_003)))
        ),
        ("books.xlsx", "at most 2,000 cells", "let it calculate"),
        limits={"sheet_unread": 2_000},
    ),
    Case(
        "more memory than the reader may take",
        with_entries(sheet(HEADER + GOOD + row(900_000, '<c r="T900000"><v>1</v></c>'))),
        ("books.xlsx", "memory of the process", "--limit reader_memory"),
        limits={"reader_memory": 600 << 20},
        measured=True,
    ),
    Case("no zip at all", workbook(b"PK\x03\x04" + bytes(100)), ("books.xlsx", "damaged")),
    Case("cut in half", workbook(lambda: packed(parts())[:-700]), ("books.xlsx", "damaged")),
    Case("damaged in the first part", workbook(lambda: _broken(0.1)), ("books.xlsx",)),
    Case("damaged in the directory", workbook(lambda: _broken(0.8)), ("books.xlsx",)),
    Case(
        "another kind of archive",
        workbook(lambda: packed({"word/document.xml": "<x/>"})),
        ("books.xlsx", "another kind of archive"),
    ),
    Case(
        "no sheets",
        workbook(lambda: packed(parts() | {"xl/workbook.xml": "<workbook/>"})),
        ("books.xlsx", "entries"),
    ),
    Case(
        "a sheet that is not there",
        workbook(lambda: packed({n: p for n, p in parts().items() if n != "xl/worksheets/sheet2.xml"})),
        ("books.xlsx", "damaged"),
    ),
    Case(
        "a part that climbs out",
        workbook(lambda: packed(parts() | {"../../../escaped.txt": "x", "/absolute.txt": "x"})),
    ),
    Case("a password", workbook(OLE + bytes(2040)), ("books.xlsx", "password")),
    Case("a password on the archive", workbook(_locked), ("books.xlsx", "password")),
    Case(
        "an old workbook under the new name",
        workbook(OLE + b"\0" * 504 + b"W\0o\0r\0k\0b\0o\0o\0k\0"),
        ("books.xlsx", "old .xls"),
    ),
    Case(
        "formulas without a value",
        with_entries(sheet(HEADER + GOOD + row(4, '<c r="C4"><f>1+1</f></c>'))),
        rejected=(("books.xlsx", 4, "amount", "number"),),
    ),
    Case(
        "a formula that calls a program",
        with_entries(sheet(HEADER + GOOD + row(4, "<c r=\"C4\"><f>cmd|' /C calc'!A0</f></c>"))),
        rejected=(("books.xlsx", 4, "amount", "number"),),
    ),
    Case(
        "a formula with a value",
        with_entries(sheet(HEADER + GOOD + row(4, '<c r="C4"><f>1+1</f><v>2</v></c>'))),
        booked={"100000000001": 100_000, "C2": 20_200},
    ),
    Case(
        "error cells",
        with_entries(sheet(HEADER + GOOD + row(4, '<c r="C4" t="e"><v>#REF!</v></c>'))),
        rejected=(("books.xlsx", 4, "amount", "number"),),
    ),
    Case(
        "numbers no ledger holds",
        with_entries(
            sheet(HEADER + GOOD + row(4, '<c r="C4"><v>1E+308</v></c>') + row(5, '<c r="C5"><v>NaN</v></c>'))
        ),
        rejected=(("books.xlsx", 4, "amount", "number"), ("books.xlsx", 5, "amount", "number")),
    ),
    Case(
        "a serial day of no calendar",
        with_entries(sheet(HEADER + GOOD + row(4, '<c r="C4"><v>5</v></c>').replace("44377", "-5"))),
        rejected=(("books.xlsx", 4, "effective_date", "date"),),
    ),
    Case(
        "a text that is not in the list of texts",
        with_entries(sheet(HEADER + GOOD + row(4, '<c r="C4" t="s"><v>99999999</v></c>'))),
        ("books.xlsx", "whole worksheet"),
    ),
    Case(
        "merged cells without order",
        with_entries(
            sheet(
                HEADER + GOOD,
                after="<mergeCells>"
                + "".join(
                    f'<mergeCell ref="A1:{c}{n}"/>' for c in ("A", "ZZZ", "XFD") for n in (1, 9, 1048576)
                )
                + "</mergeCells>",
            )
        ),
        ("books.xlsx",),
    ),
]
