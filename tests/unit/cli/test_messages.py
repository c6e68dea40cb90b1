"""What a message says of real mistakes, on the screen and as JSON: written down by hand from the files."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

import earned
from earned.books.check.tables import tables
from earned.faults import Fault, InputError
from earned.report.messages import refused, row, text_row
from earned.report.numbers import wide
from earned.report.set_aside import message
from tests.unit.guess.run import as_json
from tests.unit.guess.run import earned as command

HEADER = ["Beleg", "Vertrag", "Tag", "Betrag", "Text"]
#: Line 3 has a letter O for a zero, line 5 a day that June has not, line 6 a contract that nobody knows.
ROWS = [
    ["E1", "C1", "2021-06-01", "100.00", "erste Rate"],
    ["E2", "C1", "2021-06-02", "1O0.00", "zweite Rate"],
    ["E3", "C1", "2021-06-03", "100.00", "dritte Rate"],
    ["E4", "C1", "2021-06-31", "100.00", "vierte Rate"],
    ["E5", "C1", "2021-06-05", "1.005", "fünfte Rate"],
]
MANIFEST = """company: {currency: USD}
sources: {sales: {%s}}
tables:
  entries:
    source: sales
    columns: {entry_id: Beleg, contract_id: Vertrag, effective_date: Tag, amount: Betrag}
"""


def _csv(folder: Path) -> str:
    (folder / "ledger.csv").write_text(
        "".join(",".join(cells) + "\n" for cells in [HEADER, *ROWS]), encoding="utf-8"
    )
    return "path: ledger.csv"


def _workbook(folder: Path) -> str:
    with xlsxwriter.Workbook(folder / "ledger.xlsx") as book:
        for number, cells in enumerate([HEADER, *ROWS]):
            book.add_worksheet("Juni") if not number else None
            book.get_worksheet_by_name("Juni").write_row(number, 0, cells)
    return "path: ledger.xlsx, sheet: Juni"


def _parquet(folder: Path) -> str:
    columns = [pa.array([cells[i] for cells in ROWS]) for i in range(len(HEADER))]
    pq.write_table(pa.table(columns, names=HEADER), folder / "ledger.parquet")
    return "path: ledger.parquet"


def _database(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "erp.db")) as database:
        database.execute(f"CREATE TABLE ledger ({', '.join(f'{h} TEXT' for h in HEADER)})")
        database.executemany("INSERT INTO ledger VALUES (?, ?, ?, ?, ?)", ROWS)
        database.commit()
    return "url: sqlite:///erp.db, table: ledger"


#: what writes the source, its file as a message names it, and the number of the first row of data
SOURCES = {
    "csv": (_csv, "ledger.csv", None, 2),
    "workbook": (_workbook, "ledger.xlsx", "Juni", 2),
    "parquet": (_parquet, "ledger.parquet", None, 1),
    "database": (_database, "database:sales", None, 1),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_the_row_stands_there_whatever_it_was_read_from(kind: str, tmp_path: Path) -> None:
    write, file, sheet, first = SOURCES[kind]
    (tmp_path / "contracts.csv").write_text("contract_id,price\nC1,500.00\n", encoding="utf-8")
    (tmp_path / "books.yaml").write_text(MANIFEST % write(tmp_path), encoding="utf-8")
    books = earned.open_books(tmp_path)
    try:
        (table,) = [t for t in tables(books) if t["name"] == "entries"]
    finally:
        books.engine.close()
    causes = {c["reason"]: c for c in table["rejected_by"]}
    assert {r: (c["code"], c["column"], c["rows"]) for r, c in causes.items()} == {
        "number": ("B211", "amount", 1),
        "date": ("B216", "effective_date", 1),
        "decimals": ("B214", "amount", 1),
    }
    for reason, at, cell in (("number", 1, 3), ("date", 3, 2), ("decimals", 4, 3)):
        (shown,) = causes[reason]["shown"]
        assert (shown["file"], shown["row"], shown["value"]) == (file, first + at, ROWS[at][cell])
        assert (shown["cells"], shown["marked"]) == (ROWS[at], cell)
    place = f'{file}, sheet "{sheet}", row' if sheet else f"{file}, row"
    assert message(table, causes["number"], 80)[:6] == [
        "B211  1 row of entries: a number that cannot be read",
        f'      {place} {first + 1}, "amount"',
        "",
        f"      {first + 1}   E2 | C1 | 2021-06-02 | 1O0.00 | zweite Rate",
        "                                 ^^^^^^",
        "",
    ]
    assert "      The row was set aside; 2 of 5 rows of entries are used." in message(
        table, causes["date"], 80
    )


BOOKS = {
    "contracts.csv": "contract_id,price\nC1,500.00\n",
    "entries.csv": "entry_id,contract_id,effective_date,amount\nE1,C1,2021-06-01,100.00\n",
    "books.yaml": "company: {currency: USD}\n",
}
#: what is wrong; the first line of the message, and lines that stand in it
MISTAKES: dict[str, tuple[dict[str, str], str, tuple[str, ...]]] = {
    "a key is misspelt": (
        {"books.yaml": "company:\n  curency: USD\n"},
        "B104  books.yaml: a key that is not known, or that stands there twice",
        ("      2     curency: USD", "            ^^^^^^^", "      Did you mean currency?"),
    ),
    "a word is misspelt": (
        {"books.yaml": "company: {currency: USD}\npolicy: {convention: daily_inclusiv}\n"},
        "B105  books.yaml: a value that its key does not take",
        (
            "      2   policy: {convention: daily_inclusiv}",
            "                               ^^^^^^^^^^^^^^",
            "      Did you mean daily_inclusive?",
        ),
    ),
    "a key stands there twice": (
        {"books.yaml": "company: {currency: USD}\nas_of: 2021-12-31\nas_of: 2022-12-31\n"},
        "B104  books.yaml: a key that is not known, or that stands there twice",
        ("      3   as_of: 2022-12-31", "          ^^^^^", "      `as_of` is already on line 2."),
    ),
    "a column of a mapping is misspelt": (
        {
            "books.yaml": "company: {currency: USD}\ntables: {entries: {columns: "
            "{contract_id: contract_id, effective_date: effective_date, amount: amuont}}}\n"
        },
        "B403  entries.csv: a column that is needed is not there",
        (
            "      expected a column 'amuont', named in tables.entries.",
            "      The nearest are: amount.",
        ),
    ),
    "a source is misspelt": (
        {
            "books.yaml": "company: {currency: USD}\nsources: {general_ledger: {path: gl.csv}}\n"
            "tables: {entries: {source: general_leger}}\n",
            "gl.csv": "contract_id,effective_date,amount\nC1,2021-06-01,100.00\n",
        },
        "B105  books.yaml: a value that its key does not take",
        (
            "      3   tables: {entries: {source: general_leger}}",
            "                                     ^^^^^^^^^^^^^",
            "      Did you mean general_ledger?",
        ),
    ),
    "a file is misspelt": (
        {"books.yaml": "company: {currency: USD}\nsources: {entries: {path: entires.csv}}\n"},
        "B304  entires.csv: no file of the books has that name or fits that pattern",
        ("      The nearest are entries.csv, contracts.csv.",),
    ),
    "a column is missing": (
        {"entries.csv": "contract_id,date,amount\nC1,2021-06-01,100.00\n"},
        "B403  entries.csv: a column that is needed is not there",
        ('      entries.csv, "effective_date"',),
    ),
    "a quote never closes": (
        {"entries.csv": 'contract_id,effective_date,amount,t\nC1,2021-06-01,1.00,"a\nC1,2021-06-02,2,b\n'},
        "B308  entries.csv: the text breaks the rules of its format",
        ("      entries.csv, row 2", '      2   C1,2021-06-01,1.00,"a'),
    ),
    "a period leaves a gap": (
        {
            "books.yaml": "company: {currency: USD}\ncalendar: {kind: table}\n",
            "periods.csv": "period_id,first_date,last_date\n2021Q1,2021-01-01,2021-03-31\n"
            "2021Q3,2021-07-01,2021-09-30\n",
        },
        "B107  periods.csv: the periods cannot be made",
        (
            "      2021Q3 runs from 2021-07-01 to 2021-09-30 and leaves a gap after 2021Q1",
            "      3   2021Q3,2021-07-01,2021-09-30",
            "          ^^^^^^",
            "      Add the period between.",
        ),
    ),
    "every date is of another form": (
        {"entries.csv": "contract_id,effective_date,amount\n" + "C1,30.06.2021,1.00\n" * 4},
        "B410  entries.csv: every row was set aside: nothing is left to compute",
        ("      2   C1,30.06.2021,1.00", "             ^^^^^^^^^^"),
    ),
    "a question is open": (
        {"books.yaml": "company: {currency: USD}\npolicy:\n  tax_rate: '?'  # one of: 60000 | 130000\n"},
        "B106  books.yaml: a question of `earned init` without an answer",
        (
            "      3     tax_rate: '?'  # one of: 60000 | 130000",
            "                       ^",
            "      expected an answer, one of: 60000 | 130000.",
        ),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_said_with_its_place_and_its_cell(mistake: str, tmp_path: Path) -> None:
    files, first, lines = MISTAKES[mistake]
    for name, text in {**BOOKS, **files}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as wrong:
        earned.open_books(tmp_path)
    said = refused(wrong.value.faults, 80)
    assert said[0] == first
    assert [line for line in lines if line not in said] == []
    marks = [i for i, line in enumerate(said) if line.strip("^ ") == "" and "^" in line]
    assert [said[i - 1] for i in marks] == [
        line for line in lines if line[6:7].isdigit() and said.index(line) + 1 in marks
    ]
    assert f"      More: earned rule {first[:4]}" in said


def test_all_faults_at_once_the_first_three_of_a_kind() -> None:
    faults = [
        Fault("a price", "correct it", "a.csv", n, "price", f"x{n}", reason="column_type")
        for n in range(9, 3, -1)
    ]
    others = [Fault("a day", "correct it", "a.csv", 4, "day", "y", reason="column_type")]
    said = "\n".join(refused([*faults, *others], 80))
    assert said.startswith("B405  a.csv: a column holds what cannot be read exactly (6 times)\n")
    assert [f"row {n}," in said for n in range(4, 10)] == [True, True, True, False, False, False]
    assert "\n      and 3 more\n" in said
    assert said.count("B405  a.csv:") == 2 and 'row 4, "day"' in said


def test_the_same_on_the_screen_and_as_json(tmp_path: Path) -> None:
    for name, text in {**BOOKS, "books.yaml": "company: {currency: USD}\nas_of: gestern\n"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    code, said = as_json("check", tmp_path)
    (error,) = said["errors"]
    assert (code, error["code"], error["reason"]) == (2, "B105", "manifest_value")
    assert (error["file"], error["row"], error["column"], error["value"]) == (
        "books.yaml",
        2,
        "as_of",
        "gestern",
    )
    code, out, err = command("check", tmp_path)
    assert (code, out) == (2, "")
    for words in (
        "B105  books.yaml: ",
        'books.yaml, row 2, "as_of"',
        "2   as_of: gestern",
        error["expected"],
    ):
        assert words in err


def test_rule_explains_a_code_and_lists_them() -> None:
    code, out, _ = command("rule", "b214")
    assert code == 0 and out.startswith("B214  decimals: more decimals than can be kept exactly\n")
    assert "is not used" in out and "6 | C2 | 2021-06-30 | 10.005 |" in out
    assert command("rule", "decimals")[1] == out
    code, listed, _ = command("rule")
    assert code == 0 and len([line for line in listed.splitlines() if " set aside " in line]) == 24
    code, said = as_json("rule", "B214")
    assert (code, said["format"]) == (0, "earned.rule/1")
    assert [(r["code"], r["word"], r["severity"]) for r in said["rules"]] == [
        ("B214", "decimals", "set aside")
    ]
    code, _, err = command("rule", "decimal")
    assert code == 2 and "Did you mean decimals?" in err


def _under(lines: list[str]) -> str:
    """What stands above the marks, by columns of the terminal."""
    above, marks = lines
    columns = [c for c in above for _ in range(wide(c))]
    found: Any = [c for c, m in zip(columns, marks) if m == "^"]
    return "".join(c for i, c in enumerate(found) if wide(c) == 1 or i % 2 == 0)


def test_a_wide_row_is_cut_around_its_cell() -> None:
    cells = [f"cell {n:02}" for n in range(40)]
    for marked in (0, 20, 39):
        lines = row(118, cells, marked, 80)
        assert _under(lines) == cells[marked] and max(map(len, lines)) <= 80
    lines = text_row(7, "x" * 300 + "WRONG" + "y" * 300, 300, 5, 80)
    assert _under(lines) == "WRONG" and len(lines[0]) == 80 and lines[0].count("…") == 2


def test_marks_stand_under_chinese_cells() -> None:
    assert _under(row(3, ["合同一", "金额有误", "备注"], 1, 80)) == "金额有误"


def test_nothing_of_the_books_steers_the_terminal() -> None:
    lines = [*row(3, ["a\x1b[2J", "b\u202ec"], 1, 80)]
    lines += refused(
        [Fault("a\x1b", "b\u202e", "c\x07.csv", 2, "d\x1b", "e\x1b", reason="corrupt", line="e\x1b")], 80
    )
    assert all(line.isprintable() for text in lines for line in text.split("\n"))
