"""workpaper.xlsx: text stays text, links lead both ways, what is cut is summed, bytes repeat."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from fastexcel import read_excel
from openpyxl.worksheet.worksheet import Worksheet

from earned.report.view import View
from earned.report.workpaper.sheets import FIRST, HEAD, PREPARED, REVIEWED
from earned.report.workpaper.words import LEGEND, SHEETS
from earned.report.workpaper.workbook import write_workbook
from tests.unit.report import fixture

#: What Excel and LibreOffice would run, follow or turn into something else.
TRAPS = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://a.example/", "1E5", "0012", "TRUE"),
    *("<r><t>1</t></r>", "<r></c></r>", "_x0041_", " =1 ", '"x" & <y>', "2021-01-01"),
]


def whole() -> dict[str, pa.Table]:
    """The made-up run, with the contracts that have no difference, so that its contracts are all of it."""
    tables = fixture.run()
    rows = tables["misstatements"].to_pylist()
    for total in [r for r in rows if r["dimension"] == "total"]:
        period = total["period_id"]
        named = [r for r in rows if r["dimension"] == "contract" and r["period_id"] == period]
        left = total["booked_minor"] - sum(r["booked_minor"] for r in named)
        amounts = {k: 0 for k in total if k.endswith("_minor")} | {"booked_minor": left, "earned_minor": left}
        other = {"dimension": "contract", "member": "GN-2021-001", "period_id": period}
        rows.append(dict.fromkeys(total) | amounts | other | {"announced_minor": None})
    schema = tables["misstatements"].schema
    return tables | {"misstatements": pa.Table.from_pylist(rows, schema=schema)}


def changed(name: str, **cells: Any) -> dict[str, pa.Table]:
    """The made-up run with other cells in every row of a table."""
    tables = whole()
    rows = [r | cells for r in tables[name].to_pylist()]
    return tables | {name: pa.Table.from_pylist(rows, schema=tables[name].schema)}


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of the made-up run."""
    return written(fixture.view(whole()), tmp_path_factory.mktemp("workbook"))


def written(view: View, folder: Path, **how: int) -> Path:
    """The workbook of a view."""
    write_workbook(view, folder / "workpaper.xlsx", **how)
    return folder / "workpaper.xlsx"


def rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by heading, with the values that a reader without formulas sees."""
    lines = list(openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True))
    return [dict(zip(lines[HEAD], line, strict=True)) for line in lines[FIRST:]]


def as_excel_reads(text: str) -> str:
    """A text with the escapes of the file format put back, as ECMA-376 part 1, 22.9.2.19 says."""
    return re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), text)


def leads_to(cell: Any) -> tuple[str, int] | None:
    """The sheet and line that a cell leads to."""
    found = re.match(r"""=HYPERLINK\("#'(.+?)'!A(\d+)",""", str(cell.value or ""))
    return (found[1], int(found[2])) if found else None


def test_sheets_stand_in_order_and_open_in_two_readers(paper: Path) -> None:
    assert openpyxl.load_workbook(paper).sheetnames == list(SHEETS)
    assert read_excel(paper).sheet_names == list(SHEETS)


def test_every_sheet_is_reached_from_the_index_and_its_rows_are_counted(paper: Path) -> None:
    sheet = openpyxl.load_workbook(paper)["Index"]
    links = [cell.hyperlink.location for (cell,) in sheet.iter_rows(FIRST + 1, max_col=1) if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in SHEETS]
    counted = {r["Sheet"]: (r["Rows here"], r["Rows in the run"]) for r in rows(paper, "Index")}
    assert counted["Findings"] == (12, 12)  # eleven units and the one booked late
    assert counted["Rejected"] == (17, 17)


def test_lead_is_formulas_over_the_sheets_behind_it(paper: Path) -> None:
    sheet = openpyxl.load_workbook(paper)["Lead"]
    for column in "CDEFGHI":
        assert str(sheet[f"{column}{FIRST + 1}"].value).startswith("=")
    assert "SUMIFS('Periods'!" in sheet[f"C{FIRST + 1}"].value
    assert sheet[f"B{FIRST + 1}"].value == 204_500_000  # announced is given, not computed


def test_findings_and_the_rows_behind_them_lead_to_each_other(paper: Path) -> None:
    book = openpyxl.load_workbook(paper)
    findings, followed = book["Findings"], set()
    for line in findings.iter_rows(FIRST + 1):
        for sheet, row in filter(None, map(leads_to, line)):
            back = book[sheet].cell(row, 1)
            assert leads_to(back) == ("Findings", line[0].row)
            assert f'"{line[0].value}"' in back.value
            followed.add(sheet)
    assert followed == {"Findings by period", "Entries unsupported", "Evidence"}


def test_every_link_of_every_sheet_leads_to_a_row_that_exists(paper: Path) -> None:
    book = openpyxl.load_workbook(paper)
    links = [leads_to(c) for sheet in book for line in sheet.iter_rows() for c in line]
    assert len([*filter(None, links)]) > 60
    for sheet, row in filter(None, links):
        assert book[sheet].cell(row, 1).value


def test_a_cell_that_begins_like_a_formula_is_text(tmp_path: Path) -> None:
    tables = whole()
    one = tables["rejected"].to_pylist()[0]
    bad = [*TRAPS, "\t=1", "\r=1"]
    tables["rejected"] = pa.Table.from_pylist(
        [one | {"value": b, "source_row": i} for i, b in enumerate(bad)]
    )
    path = written(fixture.view(tables), tmp_path)
    sheet = openpyxl.load_workbook(path)["Rejected"]
    cells = [sheet.cell(FIRST + 1 + i, 5) for i in range(len(bad))]
    assert [as_excel_reads(c.value) for c in cells[:-2]] == TRAPS
    assert [c.value for c in cells[-2:]] == ["\\t=1", "\\r=1"]
    assert {c.data_type for c in cells} <= {"s", "inlineStr"}
    with zipfile.ZipFile(path) as parts:
        xml = parts.read(f"xl/worksheets/sheet{list(SHEETS).index('Rejected') + 1}.xml").decode()
    assert "<f>" not in xml and "<hyperlink" not in xml


def test_names_of_the_books_cannot_leave_a_link_or_a_formula(tmp_path: Path) -> None:
    tables = changed("units", contract_id='=1+1"),HYPERLINK("http://a.example"', customer_id="=2")
    book = openpyxl.load_workbook(written(fixture.view(tables, company='&"=1'), tmp_path))
    formulas = [c.value for s in book for line in s.iter_rows() for c in line if c.data_type == "f"]
    assert formulas and not [f for f in formulas if "http" in f]


def test_nothing_of_the_workbook_is_macro_or_external(paper: Path) -> None:
    with zipfile.ZipFile(paper) as parts:
        assert not [n for n in parts.namelist() if "vba" in n.lower() or "external" in n.lower()]
        links = [n for n in parts.namelist() if n.endswith(".rels")]
        assert not any(b'TargetMode="External"' in parts.read(n) for n in links)


def test_an_amount_beyond_fifteen_digits_is_text(tmp_path: Path) -> None:
    path = written(fixture.view(changed("findings", peak_gap_minor=2**60 + 1)), tmp_path)
    assert rows(path, "Findings")[0]["Largest gap"] == "11529215046068469.77"
    path = written(fixture.view(changed("findings", peak_gap_minor=999_999_999_999_999)), tmp_path)
    assert rows(path, "Findings")[0]["Largest gap"] == 9_999_999_999_999.99


@pytest.mark.parametrize(
    ("currency", "places", "shown", "pattern"),
    [("JPY", 0, 20_450_000_000, "#,##0_)"), ("KWD", 3, 20_450_000, "#,##0.000_)")],
)
def test_a_currency_has_its_own_decimals(
    tmp_path: Path, currency: str, places: int, shown: int, pattern: str
) -> None:
    tables = changed("units", currency=currency)
    path = written(fixture.view(tables, currency=currency, exponents={currency: places}), tmp_path)
    book = openpyxl.load_workbook(path)
    for sheet, cell in (("Lead", f"B{FIRST + 1}"), ("Entries unsupported", f"J{FIRST + 1}")):
        form = book[sheet][cell].number_format
        assert form.split(";")[0] == pattern
        assert form.split(";")[1] == f"({pattern.removesuffix('_)')})"
    assert book["Lead"][f"B{FIRST + 1}"].value == shown


def test_a_row_in_another_currency_has_that_one_s_decimals(tmp_path: Path) -> None:
    view = fixture.view(changed("units", currency="JPY"), exponents={"JPY": 0, "CNY": 2})
    book = openpyxl.load_workbook(written(view, tmp_path))
    entry = book["Entries unsupported"][f"J{FIRST + 1}"]
    assert (entry.value, entry.number_format.split(";")[0]) == (420_000_000, "#,##0_)")
    assert book["Lead"][f"B{FIRST + 1}"].number_format.split(";")[0] == "#,##0.00_)"


def test_days_are_dates(paper: Path) -> None:
    first = rows(paper, "Entries unsupported")[0]
    assert first["Effective"].date().isoformat() == "2021-09-29"
    assert first["Posted"].isoformat() == "2021-09-29T18:05:00"  # 10:05 UTC in Shanghai


def test_who_prepared_and_reviewed_is_asked_on_every_sheet(paper: Path) -> None:
    for sheet in openpyxl.load_workbook(paper):
        checked = {str(v.sqref): v.type for v in sheet.data_validations.dataValidation}
        for line in (PREPARED + 1, REVIEWED + 1):
            assert (checked[f"B{line}"], checked[f"C{line}"]) == ("textLength", "date"), sheet.title
            assert sheet[f"B{line}"].value is None and sheet[f"C{line}"].value is None


def test_each_sheet_prints_on_a4_across_with_its_run_and_page(paper: Path) -> None:
    for sheet in openpyxl.load_workbook(paper):
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.oddFooter.right.text == "Run 3f9a1c07b2de   page &P of &N"
        assert sheet.freeze_panes
        if sheet.title != "Lead":  # its blocks have a heading each
            assert sheet.print_title_rows == f"${HEAD + 1}:${HEAD + 1}"


def test_a_sheet_of_rows_can_be_filtered(paper: Path) -> None:
    book = openpyxl.load_workbook(paper)
    assert book["Findings"].auto_filter.ref == f"A{HEAD + 1}:Q{FIRST + 12}"


def test_the_legend_explains_the_marks_that_are_used_and_no_other(paper: Path) -> None:
    used = marks_of(openpyxl.load_workbook(paper, data_only=True))
    assert {r["Mark"] for r in rows(paper, "Legend")} == used == {"✓", "✗", "▢", "Σ", "↔"}


def test_a_mark_that_is_not_used_is_not_explained(tmp_path: Path) -> None:
    path = written(fixture.view(whole(), not_tested=[]), tmp_path)
    assert "▢" not in {r["Mark"] for r in rows(path, "Legend")}


def marks_of(book: openpyxl.Workbook) -> set[str]:
    """The marks that stand in a workbook, outside the legend."""
    found = {"↔"} if any(map(linked, book)) else set()
    for sheet in (s for s in book if s.title not in ("Legend", "Index")):
        for cell in (c for line in sheet.iter_rows() for c in line if c.value is not None):
            if isinstance(cell.value, str) and re.match(r"[✓✗▢Σ]|J counts", cell.value):
                found.add(cell.value[0])
            if "✓" in cell.number_format and not cell.value:
                found.add("✓")
    return found & set(LEGEND)


def linked(sheet: Worksheet) -> bool:
    """Whether a sheet is one of those whose rows lead to findings."""
    return sheet.title == "Evidence" and sheet.max_row > FIRST


def test_rows_that_have_no_room_are_summed_in_lines_of_their_own(paper: Path, tmp_path: Path) -> None:
    cut = written(fixture.view(whole()), tmp_path, most=5)
    assert len(rows(cut, "Findings")) == 6
    note = openpyxl.load_workbook(cut)["Findings"]["A5"].value
    assert note.startswith("5 of 12 rows stand here")
    for sheet, column in (("Entries unsupported", "Not supported"), ("Findings by period", "Gap")):
        ours, all_of_it = rows(cut, sheet), rows(paper, sheet)
        assert [r for r in ours[5:] if r["Finding"] == "not listed here"] == ours[5:]
        for period in ("2021Q2", "2021Q3", "2021Q4"):
            sums = [sum(r[column] for r in lines if r["Period"] == period) for lines in (ours, all_of_it)]
            assert sums[0] == pytest.approx(sums[1])
    assert rows(cut, "Index")[2]["Rows in the run"] == 12


def test_a_finding_without_a_line_of_its_own_has_no_link(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(fixture.view(whole()), tmp_path, most=5))
    links = [leads_to(c) for sheet in book for line in sheet.iter_rows() for c in line]
    assert {s for s, _ in filter(None, links)} >= {"Findings", "Entries unsupported"}
    for sheet, row in filter(None, links):
        assert row <= FIRST + 5 and book[sheet].cell(row, 1).value != "not listed here"


def test_the_same_run_gives_the_same_bytes(paper: Path, tmp_path: Path) -> None:
    assert written(fixture.view(whole()), tmp_path).read_bytes() == paper.read_bytes()


def test_a_run_without_rows_is_a_workbook(tmp_path: Path) -> None:
    path = written(fixture.view({"misstatements": fixture.run()["misstatements"].slice(0, 0)}), tmp_path)
    assert openpyxl.load_workbook(path).sheetnames == list(SHEETS)
    assert rows(path, "Index")[2]["Rows here"] == 0
