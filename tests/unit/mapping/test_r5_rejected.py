"""R5: what a rejected row says, and what makes two rows identical."""

from __future__ import annotations

from pathlib import Path

from tests.unit.books.reading import COMPANY, read
from tests.unit.mapping.files import COLUMNS, cents, entries, workbook

MAPPED = f"columns: {COLUMNS}"


def test_r5_source_row_counts_lines_with_the_header_and_source_file_is_the_path_inside(
    tmp_path: Path,
) -> None:
    (tmp_path / "2021" / "q2").mkdir(parents=True)
    text = 'Ledger\n\nK,D,A,Text\nC1,2021-06-30,x,"two\nlines"\nC1,2021-06-30,y,\n'
    (tmp_path / "2021" / "q2" / "gl.csv").write_text(text)
    books = entries(tmp_path, None, MAPPED, "path: 2021/q2/gl.csv, header_row: 3")
    assert books.engine.sql("SELECT source_file, source_row, value FROM rejected ORDER BY 2") == [
        ("2021/q2/gl.csv", 4, "x"),
        ("2021/q2/gl.csv", 6, "y"),
    ]


def test_r5_source_row_counts_the_rows_of_a_sheet(tmp_path: Path) -> None:
    workbook(tmp_path / "gl.xlsx", ["Ledger"], [], ["K", "D", "A"], [], ["C1", "2021-06-30", "x"])
    books = entries(tmp_path, None, MAPPED, "path: gl.xlsx")
    assert books.rejected("entries") == [(5, "amount", "x", "number")]


def test_r5_one_row_of_a_source_is_rejected_once_with_the_first_column_of_the_schema(tmp_path: Path) -> None:
    # Date and amount are wrong; in the schema the date stands before the amount, in the file after it.
    books = entries(tmp_path, "A,D,K\n x ,31.6.2021,C1\n", MAPPED)
    assert books.rejected("entries") == [(2, "effective_date", "31.6.2021", "date")]


def test_r5_value_is_the_text_in_the_file(tmp_path: Path) -> None:
    mapping = "columns: {contract_id: '{K}-{L}', effective_date: D, amount: A}, values: {amount: {n/a: x}}"
    books = entries(tmp_path, "K,L,D,A\nC,1,2021-06-30,n/a\n", mapping)
    assert books.rejected("entries") == [(2, "amount", "n/a", "number")]


def test_r5_a_value_outside_an_enum_rejects_only_where_the_column_is_required(tmp_path: Path) -> None:
    evidence = "contract_id,kind,event_date,stage\nC1,party,2021-06-01,\nC1,delivery,2021-06-01,soon\n"
    books = read(tmp_path, COMPANY, evidence=evidence)
    assert books.rejected("evidence") == [(2, "kind", "party", "value")]
    assert books.column("evidence", "(kind, stage)") == [("delivery", None)]
    assert ("stage", "value", 1, "soon", "emptied") in books.quality("evidence")


def test_r5_the_place_and_unmapped_columns_make_no_difference_between_repeats(tmp_path: Path) -> None:
    text = "E,K,D,A,colour\nE1,C1,2021-06-30,5,red\nE1,C1,2021-06-30,5.00,blue\nE2,C1,2021-06-30,5,red\n"
    books = entries(tmp_path, text, "columns: {entry_id: E, contract_id: K, effective_date: D, amount: A}")
    assert cents(books) == [500, 500]
    assert books.rejected("entries") == [(3, "entry_id", "E1", "repeat")]
