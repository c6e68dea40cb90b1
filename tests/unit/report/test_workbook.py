"""workpaper.xlsx: text stays text, links lead both ways, formulas hold what they give, bytes repeat."""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from fastexcel import read_excel

from earned.report.sheets import FIRST, HEAD
from earned.report.text import SHEETS
from earned.report.workbook import write_workbook
from tests.unit.report import fixture


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of the made-up run."""
    path = tmp_path_factory.mktemp("workbook") / "workpaper.xlsx"
    write_workbook(fixture.view(), path)
    return path


def rows(path: Path, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by heading, with the values that a reader without formulas sees."""
    lines = list(openpyxl.load_workbook(path, data_only=True)[sheet].iter_rows(values_only=True))
    return [dict(zip(lines[HEAD], line, strict=True)) for line in lines[FIRST:]]


def test_sheets_stand_in_order_and_open_in_two_readers(paper: Path) -> None:
    assert openpyxl.load_workbook(paper).sheetnames == list(SHEETS)
    assert read_excel(paper).sheet_names == list(SHEETS)


def test_lead_has_the_announced_shares_and_every_tie_out_is_nil(paper: Path) -> None:
    lead = {r["Period"]: r for r in rows(paper, "Lead")}
    assert lead["2021Q2"]["Difference"] == 11_600_000
    assert lead["2021Q2"]["% of announced"] == 0.042351
    assert lead["2021Q3"]["% of announced"] == 0.064469
    ties = [v for r in lead.values() for k, v in r.items() if k.startswith("Tie-out")]
    assert ties == [0] * 12


def test_lead_is_formulas_over_the_sheets_behind_it(paper: Path) -> None:
    sheet = openpyxl.load_workbook(paper)["Lead"]
    for column in "CDEFGHIJK":
        assert str(sheet[f"{column}{FIRST + 1}"].value).startswith("=")
    assert "Periods" in sheet[f"C{FIRST + 1}"].value


def test_a_tie_out_that_is_off_says_by_how_much(tmp_path: Path) -> None:
    tables = fixture.run()
    changed = [
        r | {"gap_minor": r["gap_minor"] + (1 if r["dimension"] == "part" and r["gap_minor"] else 0)}
        for r in tables["misstatements"].to_pylist()
    ]
    tables["misstatements"] = pa.Table.from_pylist(changed, schema=tables["misstatements"].schema)
    write_workbook(fixture.view(tables), tmp_path / "off.xlsx")
    assert [r["Tie-out: parts"] for r in rows(tmp_path / "off.xlsx", "Lead")] == [0, -0.04, -0.06, -0.05]


def test_findings_and_entries_lead_to_each_other(paper: Path) -> None:
    book = openpyxl.load_workbook(paper)
    findings, entries = book["Findings"], book["Entries unsupported"]
    for cell in findings[FIRST + 1]:
        if cell.hyperlink and "Entries" in cell.hyperlink.location:
            line = int(re.search(r"!A(\d+)", cell.hyperlink.location)[1])  # type: ignore[index]
            assert entries.cell(line, 1).value == findings.cell(FIRST + 1, 1).value
            assert entries.cell(line, 1).hyperlink.location == f"'Findings'!A{FIRST + 1}"
            return
    raise AssertionError("the finding has no link to its entries")


def test_a_cell_that_begins_like_a_formula_is_text(tmp_path: Path) -> None:
    tables = fixture.run()
    bad = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "http://a.example/", "\tx", "1E5"]
    one = tables["rejected"].to_pylist()[0]
    tables["rejected"] = pa.Table.from_pylist([one | {"value": b} for b in bad])
    write_workbook(fixture.view(tables), tmp_path / "w.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "w.xlsx")["Rejected"]
    cells = [sheet.cell(FIRST + 1 + i, 5) for i in range(len(bad))]
    assert [c.value for c in cells] == ["=1+1", "+1", "-1", "@SUM(A1)", bad[4], bad[5], "\\tx", "1E5"]
    with zipfile.ZipFile(tmp_path / "w.xlsx") as parts:
        xml = parts.read(f"xl/worksheets/sheet{list(SHEETS).index('Rejected') + 1}.xml").decode()
    assert "<f>" not in xml and "<hyperlink" not in xml


def test_an_amount_beyond_exact_numbers_is_text(tmp_path: Path) -> None:
    tables = fixture.run()
    found = [r | {"peak_gap_minor": 2**60 + 1} for r in tables["findings"].to_pylist()]
    tables["findings"] = pa.Table.from_pylist(found, schema=tables["findings"].schema)
    write_workbook(fixture.view(tables), tmp_path / "w.xlsx")
    assert rows(tmp_path / "w.xlsx", "Findings")[0]["Largest gap"] == "11529215046068469.77"


def test_a_currency_s_decimals_are_its_own(tmp_path: Path) -> None:
    write_workbook(fixture.view(currency="JPY", exponents={"JPY": 0, "CNY": 2}), tmp_path / "w.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "w.xlsx")["Lead"]
    assert sheet[f"B{FIRST + 1}"].value == 20_450_000_000
    assert sheet[f"B{FIRST + 1}"].number_format == '#,##0;(#,##0);"–"'


def test_the_same_run_gives_the_same_bytes(paper: Path, tmp_path: Path) -> None:
    write_workbook(fixture.view(), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == paper.read_bytes()


def test_a_run_without_rows_is_a_workbook(tmp_path: Path) -> None:
    empty = {"misstatements": fixture.run()["misstatements"].slice(0, 0)}
    write_workbook(fixture.view(empty), tmp_path / "w.xlsx")
    assert openpyxl.load_workbook(tmp_path / "w.xlsx").sheetnames == list(SHEETS)


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_computes_what_is_stored(paper: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(paper) as given, zipfile.ZipFile(bare, "w") as stripped:
        for part in given.infolist():
            content = given.read(part)
            if part.filename.startswith("xl/worksheets/sheet"):
                content = re.sub(rb"</f><v>[^<]*</v>", b"</f>", content)
            stripped.writestr(part, content)
    home = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [
        "soffice",
        home,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "out"),
        str(bare),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    formulas = openpyxl.load_workbook(paper)
    stored = openpyxl.load_workbook(paper, data_only=True)
    computed = openpyxl.load_workbook(tmp_path / "out" / "bare.xlsx", data_only=True)
    checked = 0
    for sheet in formulas:
        for cell in (c for line in sheet.iter_rows() for c in line if c.data_type == "f"):
            mine, theirs = (b[sheet.title][cell.coordinate].value or 0 for b in (stored, computed))
            assert abs(float(mine) - float(theirs)) < 1e-6, (sheet.title, cell.coordinate)
            checked += 1
    assert checked > 60
