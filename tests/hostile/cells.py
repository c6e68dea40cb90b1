"""Cells of a worksheet: numbers, errors and formulas as XML writes them, and what is read differently."""

from __future__ import annotations

from tests.hostile.case import Case, packed, parts, sheet, with_entries, workbook
from tests.hostile.workbooks import GOOD, HEADER, row

_FIVE = '<c r="C4"><v>5</v></c>'


def _id(number: int, cell: str, kind: str = "") -> str:
    """A row of 5.00 whose contract is this cell."""
    rest = f'<c r="B{number}"><v>44377</v></c><c r="C{number}"><v>5</v></c>'
    return f'<row r="{number}"><c r="A{number}"{kind}>{cell}</c>{rest}</row>'


def _amount(name: str, value: str, minor: int) -> Case:
    """A row of C2 with this amount beside two good rows."""
    xml = sheet(HEADER + GOOD + row(4, f'<c r="C4">{value}</c>'))
    return Case(name, with_entries(xml), booked={"100000000001": 100_000, "C2": 20_000 + minor})


def _doubtful(name: str, rows: str, says: str) -> Case:
    """Rows that one reader reads so and another otherwise."""
    return Case(name, with_entries(sheet(HEADER + GOOD + rows)), ("books.xlsx", "entries", says))


CASES = [
    # Doubles as a spreadsheet writes them, with 17 digits.
    _amount("an amount of more than a billion", "<v>1234567890.1199999</v>", 123_456_789_012),
    _amount("an amount of fifteen digits", "<v>-1234567890123.45</v>", -123_456_789_012_345),
    _amount("an amount with an exponent", "<v>1.23456789012E9</v>", 123_456_789_012),
    _amount("noise of a sum", "<f>0.1+0.2</f><v>0.30000000000000004</v>", 30),
    Case(
        "numbers as ids that a double cannot hold",
        with_entries(
            sheet(
                HEADER + GOOD + _id(4, "<v>12345678901234567</v>") + _id(5, "<v>1.2345678901234501E+20</v>")
            )
        ),
        booked={"100000000001": 100_000, "C2": 20_000, "12345678901234567": 500},
        rejected=(("books.xlsx", 5, "contract_id", "number"),),
    ),
    Case(
        "an id with the line break that XML cannot hold",
        with_entries(sheet(HEADER + GOOD + _id(4, "<v>C2_x000D_</v>", ' t="str"'))),
        booked={"100000000001": 100_000, "C2": 20_500},
    ),
    Case(
        "a formula that gives a text without characters",
        with_entries(sheet(HEADER + GOOD + _id(4, '<f>IF(1,"","")</f><v></v>', ' t="str"'))),
        booked={"100000000001": 100_000, "C2": 20_000, None: 500},
    ),
    Case(
        "errors and formulas written in another way",
        with_entries(
            sheet(
                HEADER
                + GOOD
                + row(4, '<c t="e" s="1" r="C4"><v>#N/A</v></c>')
                + row(5, "<c r='C5'  t = 'e' ><f>1/0</f> <v >#DIV/0!</v ></c>")
                + row(6, '<c s="1" r="C6"> <!-- x --> <f>1+1</f></c>')
            )
        ),
        rejected=tuple(("books.xlsx", row, "amount", "number") for row in (4, 5, 6)),
    ),
    _doubtful("a cell twice", row(4, '<c r="C4"><v>5</v></c><c r="C4"><v>6</v></c>'), "each cell once"),
    _doubtful("a row twice", row(4, _FIVE) + row(4, _FIVE), "each cell once"),
    _doubtful("two values in a cell", row(4, '<c r="C4"><v>5</v><v>6</v></c>'), "one value in each cell"),
    _doubtful(
        "a value that only some readers see", row(4, '<c r="C4"><v><![CDATA[5]]></v></c>'), "without CDATA"
    ),
    _doubtful("two tables in a sheet", "</sheetData><sheetData>" + row(4, _FIVE), "one table of rows"),
    Case(
        "a row of twenty digits",
        with_entries(sheet(HEADER + GOOD + row(4, f'<c r="C{"9" * 20}"><v>5</v></c>'))),
        ("books.xlsx", "at most 1,048,576 rows"),
    ),
    Case(
        "parts that differ in case",
        workbook(lambda: packed(parts() | {"xl/worksheets/SHEET2.xml": sheet(HEADER + row(2, _FIVE))})),
        ("books.xlsx", "each part once"),
    ),
]
