"""Files as they come: what is read, what is refused, and the line each row stands on."""

from __future__ import annotations

import datetime as dt
import gzip
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from earned.books import limits, manifest
from earned.books.readers import Loaded, SourceTable, load_sources
from earned.engine import Engine
from earned.faults import InputError

HEADERS = "contract_id,price\n"


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine(threads=1)
    yield engine
    engine.close()


def write(folder: Path, **files: str | bytes) -> Path:
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def load(books: Path, engine: Engine) -> Loaded:
    return load_sources(books, manifest.load(books if books.is_dir() else None), engine)


def one(books: Path, engine: Engine) -> SourceTable:
    (table,) = load(books, engine).tables
    return table


def rows(table: SourceTable, engine: Engine) -> list[tuple[object, ...]]:
    names = ", ".join('"' + c.replace('"', '""') + '"' for c in table.columns)
    return engine.sql(f"SELECT {names}, source_row FROM {table.relation} ORDER BY rowid")


def refused(table: SourceTable, engine: Engine) -> list[tuple[object, ...]]:
    return engine.sql(f"SELECT source_row, value, reason, expected FROM {table.refused} ORDER BY 1")


def told(books: Path, engine: Engine) -> str:
    with pytest.raises(InputError) as caught:
        load(books, engine)
    return str(caught.value)


def workbook(path: Path, **sheets: Any) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, cells in sheets.items():
        sheet = book.create_sheet(name)
        for row in cells:
            sheet.append(row)
    book.save(path)
    return book


# CSV


def test_csv_rows_carry_their_line(tmp_path: Path, engine: Engine) -> None:
    text = 'contract_id,price\nA ,"1,5"\n\nB\n"C\nx",2\r\nD,3,4\nE,"q""r"\n,\nF,6'
    table = one(write(tmp_path, contracts__csv=text), engine)
    assert (table.name, table.kind, table.columns) == ("contracts", "text", ("contract_id", "price"))
    assert rows(table, engine) == [
        ("A ", "1,5", 2),
        ("C\nx", "2", 5),
        ("E", 'q"r', 8),
        ("F", "6", 10),
    ]
    assert refused(table, engine) == [
        (4, "B", "shape", "2 cells, as in the header"),
        (7, "D,3,4", "shape", "2 cells, as in the header"),
    ]
    assert table.rows == 6


def test_csv_lines_hold_over_many_blocks(tmp_path: Path, engine: Engine) -> None:
    lines = ["contract_id,price"]
    for i in range(200):
        lines.append("wrong" if i % 7 == 0 else f'K{i},"a\nb"' if i % 5 == 0 else f"K{i},{i}")
    text = "\n".join(lines)
    with limits.in_force({"row_bytes": 64}):
        table = one(write(tmp_path, contracts__csv=text), engine)
    where = {line: n for n, line in enumerate(text.split("\n"), 1)}
    for name, _, line in rows(table, engine):
        assert text.split("\n")[int(str(line)) - 1].startswith(f"{name},")
    assert table.rows == 200 and len(where) < 300
    assert [r[0] for r in refused(table, engine)] == [
        n for n, line in enumerate(text.split("\n"), 1) if line == "wrong"
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_in_any_encoding_and_delimiter(
    tmp_path: Path, engine: Engine, encoding: str, delimiter: str
) -> None:
    lines = [
        ["contract_id", "price", "description"],
        ["合同-1", "1.234,56", "终验报告"],
        ["合同-2", "2", "x"],
    ]
    text = "\r\n".join(delimiter.join(f'"{c}"' if delimiter in c else c for c in line) for line in lines)
    table = one(write(tmp_path, contracts__csv=text.encode(encoding)), engine)
    assert table.columns == ("contract_id", "price", "description")
    assert rows(table, engine) == [("合同-1", "1.234,56", "终验报告", 2), ("合同-2", "2", "x", 3)]


def test_csv_western_text_is_not_taken_for_chinese(tmp_path: Path, engine: Engine) -> None:
    text = HEADERS + "Größe über Straße,1\nA,2\n"
    books = write(tmp_path, contracts__csv=text.encode("cp1252"))
    assert [r[0] for r in rows(one(books, engine), engine)] == ["Gr\ufffd\ufffde \ufffdber Stra\ufffde", "A"]
    write(
        books,
        books__yaml="company: {currency: EUR}\nsources: {contracts: {path: contracts.csv, encoding: cp1252}}",
    )
    other = Engine(threads=1)
    assert [r[0] for r in rows(one(books, other), other)] == ["Größe über Straße", "A"]
    other.close()


def test_csv_bytes_that_are_no_text_are_kept_to_be_refused_where_they_are_used(
    tmp_path: Path, engine: Engine
) -> None:
    table = one(write(tmp_path, contracts__csv=HEADERS.encode() + b"A\xff,1\n\xe5\x90\x88B,2\0\n"), engine)
    assert rows(table, engine) == [("A\ufffd", "1", 2), ("合B", "2\0", 3)]


def test_csv_unclosed_quote_refuses_the_file_with_its_line(tmp_path: Path, engine: Engine) -> None:
    text = HEADERS + 'A,1\nB,"2\nC,3\nD,4\n'
    assert "contracts.csv, row 3:" in told(write(tmp_path, contracts__csv=text), engine)


def test_csv_an_inch_sign_is_no_open_quote(tmp_path: Path, engine: Engine) -> None:
    table = one(write(tmp_path, contracts__csv=HEADERS + '19" screen,1\nB,2\n'), engine)
    assert rows(table, engine) == [('19" screen', "1", 2), ("B", "2", 3)]


def test_csv_a_quote_closed_by_a_later_row_swallows_nothing_unseen(tmp_path: Path, engine: Engine) -> None:
    text = 'contract_id,price,description\nA,1,"x\nB,2,y\nC,3,z\nD,4,w"\nE,5,v\n'
    table = one(write(tmp_path, contracts__csv=text), engine)
    assert [r[0] for r in rows(table, engine)] == ["E"]
    assert [r[0] for r in refused(table, engine)] == [2]


def test_csv_packed(tmp_path: Path, engine: Engine) -> None:
    text = (HEADERS + "A,1\n").encode()
    (tmp_path / "contracts.csv.gz").write_bytes(gzip.compress(text))
    with pa.output_stream(str(tmp_path / "entries.csv.zst"), compression="zstd") as out:
        out.write(b"contract_id,amount,effective_date\nA,1,2021-01-01\n")
    found = load(tmp_path, engine)
    assert [(t.name, t.rows) for t in found.tables] == [("contracts", 1), ("entries", 1)]
    assert [i.path for i in found.inputs] == ["contracts.csv.gz", "entries.csv.zst"]


def test_csv_title_lines_above_the_header_and_a_totals_row(tmp_path: Path, engine: Engine) -> None:
    text = "Contract list\nPrinted 2022-01-03\n\ncontract_id,price\nA,1\nTotal,1\n"
    table = one(write(tmp_path, contracts__csv=text), engine)
    assert rows(table, engine) == [("A", "1", 5), ("Total", "1", 6)]


def test_headers_are_made_unique_and_trimmed(tmp_path: Path, engine: Engine) -> None:
    text = " contract_id\u3000,price,Note,note,,Note,source_row\nA,1,2,3,4,5,6\n"
    table = one(write(tmp_path, contracts__csv=text), engine)
    assert table.columns == ("contract_id", "price", "Note", "note#2", "#5", "Note#3", "source_row#2")
    assert rows(table, engine) == [("A", "1", "2", "3", "4", "5", "6", 2)]


def test_our_own_names_that_differ_in_case_are_refused(tmp_path: Path, engine: Engine) -> None:
    assert "differs only in case" in told(write(tmp_path, contracts__csv="price,Price\n1,2\n"), engine)


def test_csv_without_our_headers_or_without_anything(tmp_path: Path, engine: Engine) -> None:
    assert "header_row" in told(write(tmp_path, contracts__csv="a,b\n1,2\n"), engine)
    assert "empty" in told(write(tmp_path, contracts__csv=""), engine)


def test_csv_header_only_has_no_rows(tmp_path: Path, engine: Engine) -> None:
    for text in ("contract_id,price", "contract_id,price\n", "contract_id,price\n\n"):
        table = one(write(tmp_path, contracts__csv=text), fresh := Engine(threads=1))
        assert (table.rows, rows(table, fresh)) == (0, [])
        fresh.close()


# Workbooks


def test_workbook_cells_are_text_and_rows_count_from_the_sheet(tmp_path: Path, engine: Engine) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "contracts"
    sheet["B3"], sheet["C3"], sheet["D3"] = "contract_id", "price", "bound_date"
    sheet["B4"], sheet["C4"], sheet["D4"] = 100000000000, 49000.25, dt.datetime(2021, 6, 30)
    sheet["B6"], sheet["C6"], sheet["D6"] = "K ", 44377, dt.datetime(2021, 6, 30, 12, 5, 1)
    sheet["B7"], sheet["C7"], sheet["D7"] = True, 0.1, 44377
    sheet["B9"].number_format = "0.00"
    book.save(tmp_path / "x.xlsx")
    table = one(tmp_path, engine)
    assert (table.kind, table.columns) == ("workbook", ("contract_id", "price", "bound_date"))
    assert rows(table, engine) == [
        ("100000000000", "49000.25", "2021-06-30", 4),
        ("K ", "44377", "2021-06-30 12:05:01", 6),
        ("true", "0.1", "44377", 7),
    ]


def test_one_workbook_is_books(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "books.xlsx"
    book = workbook(
        path,
        contracts=[["contract_id", "price"], ["A", 1]],
        Notes=[["x"]],
        entries=[["contract_id", "effective_date", "amount"]],
    )
    book["entries"].sheet_state = "hidden"
    book.save(path)
    found = load(path, engine)
    assert [(t.name, t.rows) for t in found.tables] == [("contracts", 1), ("entries", 0)]
    assert [i.path for i in found.inputs] == ["books.xlsx"]


def test_workbook_title_rows_and_merged_headers(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "x.xlsx"
    book = workbook(path, contracts=[["Contracts"], [], ["contract_id", "price"], ["A", 1]])
    book["contracts"].merge_cells("A1:B1")
    book.save(path)
    assert rows(one(tmp_path, engine), engine) == [("A", "1", 4)]


def test_workbook_two_header_rows_are_joined(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "x.xlsx"
    cells = [["Contract", None, "Price CNY"], ["number", "name", None], ["A", "n", 1]]
    book = workbook(path, list=cells)
    book["list"].merge_cells("A1:B1")
    book.save(path)
    text = "company: {currency: CNY}\nsources: {deals: {path: x.xlsx, sheet: list, header_row: [1, 2]}}"
    table = one(write(tmp_path, books__yaml=text), engine)
    assert table.columns == ("Contract/number", "Contract/name", "Price CNY")
    assert rows(table, engine) == [("A", "n", "1", 3)]
    (tmp_path / "books.yaml").unlink()
    workbook(path, contracts=cells)
    engine.sql("DROP TABLE source_1")
    assert "header_row" in told(tmp_path, engine)


def test_workbook_errors_and_formulas_without_a_value_are_no_blanks(tmp_path: Path, engine: Engine) -> None:
    workbook(tmp_path / "x.xlsx", contracts=[["contract_id", "price"], ["A", "=1+1"], ["B", "#REF!"]])
    assert rows(one(tmp_path, engine), engine) == [("A", "=1+1", 2), ("B", "#REF!", 3)]


def test_workbook_of_the_1904_system(tmp_path: Path, engine: Engine) -> None:
    book = workbook(tmp_path / "x.xlsx", contracts=[["contract_id", "price"], ["A", 1]])
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.save(tmp_path / "x.xlsx")
    assert one(tmp_path, engine).date1904 is True


def test_two_sheets_of_one_name_are_refused_by_name(tmp_path: Path, engine: Engine) -> None:
    cells: list[list[object]] = [["contract_id", "price"], ["A", 1]]
    workbook(tmp_path / "x.xlsx", **{"contracts": cells, "Contracts ": cells})
    said = told(tmp_path, engine)
    assert "x.xlsx (contracts)" in said and "x.xlsx (Contracts )" in said


@pytest.mark.parametrize("name", ["contracts.xlsx", "contracts.xls", "other.xlsx"])
def test_a_workbook_with_a_password_says_what_to_do(tmp_path: Path, engine: Engine, name: str) -> None:
    (tmp_path / name).write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + bytes(2040))
    said = told(tmp_path, engine)
    assert name in said and "password" in said and ".xlsx" in said


def test_a_stray_cell_in_the_last_corner_is_refused(tmp_path: Path, engine: Engine) -> None:
    book = workbook(tmp_path / "x.xlsx", contracts=[["contract_id", "price"], ["A", 1]])
    book["contracts"]["XFD1048576"] = 1
    book.save(tmp_path / "x.xlsx")
    assert "stray cells" in told(tmp_path, engine)


def test_cells_that_only_carry_a_style_take_no_place(tmp_path: Path, engine: Engine) -> None:
    book = workbook(tmp_path / "x.xlsx", contracts=[[], [None, "contract_id", "price"], [None, "A", "#REF!"]])
    for place in ("A1", "A2", "ZZ2", "B999999"):
        book["contracts"][place].font = openpyxl.styles.Font(bold=True)
    book.save(tmp_path / "x.xlsx")
    assert rows(one(tmp_path, engine), engine) == [("A", "#REF!", 3)]


def test_a_workbook_with_a_doctype_or_damage_is_refused(tmp_path: Path, engine: Engine) -> None:
    path = tmp_path / "x.xlsx"
    workbook(path, contracts=[["contract_id", "price"], ["A", 1]])
    with zipfile.ZipFile(path) as parts:
        content = {n: parts.read(n) for n in parts.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    for change in ({sheet: b"<!DOCTYPE x>" + content[sheet]}, {"xl/workbook.xml": b"<oops"}):
        with zipfile.ZipFile(path, "w") as parts:
            for name, data in (content | change).items():
                parts.writestr(name, data)
        assert "save it" in told(tmp_path, engine)
    path.write_bytes(b"PK\x03\x04" + bytes(100))
    assert "damaged" in told(tmp_path, engine)


def test_a_table_that_ends_at_its_total_and_dates_written_once(tmp_path: Path, engine: Engine) -> None:
    cells = [["Date", "Num"], ["2021-01-01", 1], [None, 2], ["TOTAL", 3], ["Printed", None]]
    workbook(tmp_path / "x.xlsx", list=cells)
    text = "company: {currency: CNY}\nsources: {x: {path: x.xlsx, until: TOTAL, fill_down: [Date]}}"
    table = one(write(tmp_path, books__yaml=text), engine)
    assert rows(table, engine) == [("2021-01-01", "1", 2), ("2021-01-01", "2", 3)]
    assert table.rows == 2
    engine.sql("DROP TABLE source_1")
    write(tmp_path, books__yaml=text.replace("[Date]", "[date]"))
    assert "did you mean Date?" in told(tmp_path, engine)


# Typed files


def test_parquet_and_duckdb_are_typed(tmp_path: Path, engine: Engine) -> None:
    entries = pa.table(
        [pa.array(["A", "B"]), pa.array([1, 2]), pa.array([3, 4])], names=["contract_id", "Note", "Note"]
    )
    pq.write_table(entries, tmp_path / "entries.parquet")
    with duckdb.connect(str(tmp_path / "x.duckdb")) as file:
        file.execute("CREATE TABLE contracts AS SELECT 'A' AS contract_id, 1.50::DECIMAL(9,2) AS price")
        file.execute("CREATE VIEW evidence AS SELECT * FROM read_csv('/etc/passwd')")
    found = {t.name: t for t in load(tmp_path, engine).tables}
    assert set(found) == {"entries", "contracts"}
    assert found["entries"].columns == ("contract_id", "Note", "Note#2")
    assert rows(found["entries"], engine) == [("A", 1, 3, 1), ("B", 2, 4, 2)]
    assert found["contracts"].kind == "typed" and str(rows(found["contracts"], engine)[0][1]) == "1.50"
    other = Engine(threads=1)
    assert one(tmp_path / "x.duckdb", other).name == "contracts"
    other.close()


def test_formats_are_known_by_content(tmp_path: Path, engine: Engine) -> None:
    pq.write_table(pa.table({"contract_id": ["A"], "price": [1]}), tmp_path / "contracts.csv")
    assert one(tmp_path, engine).kind == "typed"
    assert "PDF" in told(write(tmp_path, contracts__csv=b"%PDF-1.7"), engine)
    assert "HTML" in told(write(tmp_path, contracts__csv=b"<html><table>"), engine)


# Folders and sources


def test_a_folder_reads_our_names_and_lists_the_rest(tmp_path: Path, engine: Engine) -> None:
    write(
        tmp_path,
        contracts__csv=HEADERS + "A,1\n",
        readme__txt="x",
        **{"~$contracts__xlsx": "lock", "__hidden": ""},
    )
    workbook(tmp_path / "minutes.xlsx", Notes=[["x"]])
    found = load(tmp_path, engine)
    assert [t.name for t in found.tables] == ["contracts"]
    assert [name for name, _ in found.not_read] == ["minutes.xlsx", "readme.txt"]
    assert found.inputs[0].bytes == 22 and len(found.inputs[0].sha256) == 64


def test_two_files_of_one_table_are_refused_by_name(tmp_path: Path, engine: Engine) -> None:
    write(tmp_path, contracts__csv=HEADERS)
    workbook(tmp_path / "contracts.xlsx", contracts=[["contract_id", "price"]])
    said = told(tmp_path, engine)
    assert "contracts.csv" in said and "contracts.xlsx" in said


def test_books_without_a_table(tmp_path: Path, engine: Engine) -> None:
    assert "at least one table" in told(write(tmp_path, notes__txt="x"), engine)
    assert "folder" in told(tmp_path / "nowhere", engine)


def yaml(folder: Path, sources: str) -> Path:
    return write(folder, books__yaml=f"company: {{currency: CNY}}\nsources: {sources}")


def test_files_of_a_pattern_are_appended_by_header(tmp_path: Path, engine: Engine) -> None:
    write(tmp_path, **{"l-1.csv": "a,b\n1,2\n", "l-2.csv": "b,c\n3,4\n5\n", "l-9.csv": "a\n9\n"})
    yaml(tmp_path, "{led: {path: 'l-?.csv'}, nine: {path: l-9.csv}}")
    led, nine = load(tmp_path, engine).tables
    assert led.columns == ("a", "b", "c") and (led.rows, nine.rows) == (3, 1)
    assert rows(led, engine) == [("1", "2", None, 2), (None, "3", "4", 2)]
    assert engine.sql(f"SELECT DISTINCT source_file FROM {led.relation} ORDER BY 1") == [
        ("l-1.csv",),
        ("l-2.csv",),
    ]


def test_a_file_taken_twice_is_refused_but_not_two_sheets(tmp_path: Path, engine: Engine) -> None:
    write(tmp_path, **{"l-1.csv": "a\n1\n"})
    assert "both take it" in told(yaml(tmp_path, "{x: {path: 'l*.csv'}, y: {path: '*-1.csv'}}"), engine)
    workbook(tmp_path / "b.xlsx", one=[["a"], [1]], two=[["a"], [2]])
    yaml(tmp_path, "{x: {path: b.xlsx, sheet: one}, y: {path: b.xlsx, sheet: two}}")
    assert [t.rows for t in load(tmp_path, engine).tables] == [1, 1]
    yaml(tmp_path, "{x: {path: b.xlsx}}")
    assert "one, two" in told(tmp_path, engine)


@pytest.mark.parametrize(
    "path",
    ["../a.csv", "/etc/passwd", "http://x/a.csv", "C:\\a.csv", "sub/../../a.csv", "none.csv", "*.nope"],
)
def test_paths_stay_inside_the_books(tmp_path: Path, engine: Engine, path: str) -> None:
    (tmp_path / "books").mkdir()
    write(tmp_path, **{"a.csv": "a\n1\n"})
    assert path in told(yaml(tmp_path / "books", f"{{x: {{path: '{path}'}}}}"), engine)


def test_links_and_pipes_are_refused(tmp_path: Path, engine: Engine) -> None:
    books = tmp_path / "books"
    books.mkdir()
    write(tmp_path, **{"out.csv": HEADERS})
    (books / "contracts.csv").symlink_to(tmp_path / "out.csv")
    assert "inside the books" in told(books, engine)
    (books / "contracts.csv").unlink()
    os.mkfifo(books / "contracts.csv")
    assert "regular file" in told(books, engine)


def test_a_name_with_wildcards_is_a_name(tmp_path: Path, engine: Engine) -> None:
    pq.write_table(pa.table({"a": [1]}), tmp_path / "l[1]*.parquet")
    pq.write_table(pa.table({"a": [2]}), tmp_path / "l1x.parquet")
    table = one(yaml(tmp_path, "{x: {path: 'l[1]*.parquet'}}"), engine)
    assert rows(table, engine) == [(1, 1)]


def test_a_mapping_names_a_source_that_is_there(tmp_path: Path, engine: Engine) -> None:
    write(tmp_path, contracts__csv=HEADERS)
    write(tmp_path, books__yaml="company: {name: a}\ntables: {evidence: {columns: {kind: x}}}")
    assert "tables.evidence.source" in told(tmp_path, engine)
