"""A spreadsheet that computes the workpaper anew finds what stands in it; a cell that was changed shows.

The figures of the pencil company are those that examples/pencil/README.md works out by hand.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import earned
from earned.report.of_run import view_of
from earned.report.workpaper.sheets import FIRST, HEAD
from earned.report.workpaper.workbook import write_workbook
from tests.unit.report import fixture
from tests.unit.report.test_workbook import whole

PENCIL = Path(__file__).parents[3] / "examples" / "pencil"
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
needs_office = pytest.mark.skipif(not OFFICE, reason="LibreOffice is not installed: nothing computes anew")

#: By hand: announced, booked, supported, difference, of announced, of corrected, corrected, gap at the end.
LEAD = {
    "2021Q1": (412_500, 412_500, 412_500, 0, 0, 0, 412_500, 0),
    "2021Q2": (800_000, 800_000, 768_000, 32_000, 0.04, 0.041667, 768_000, 32_000),
    "2021Q3": (800_000, 792_000, 744_000, 48_000, 0.06, 0.06383, 752_000, 80_000),
    "2021Q4": ("not given", 632_750, 702_750, -70_000, None, -0.099609, 702_750, 10_000),
}
#: By hand: not binding C15, above the price C14, papers not admitted C13 + C16, no work C12, unfinished C08
#: and C12, booked later C11.
PARTS = {
    "2021Q1": (0, 0, 0, 0, 0, 0),
    "2021Q2": (0, 0, 10_000, 20_000, 6_000, -4_000),
    "2021Q3": (12_000, 10_000, 10_000, 0, 48_000, 0),
    "2021Q4": (0, 0, 10_000, 0, 0, 0),
}
#: By hand: before, arising, by work, by entry, booked later, made good, after.
MOVED = {
    "2021Q1": (0, 0, 0, 0, 0, 0, 0),
    "2021Q2": (0, 36_000, 0, 0, -4_000, 0, 32_000),
    "2021Q3": (32_000, 50_000, -6_000, 0, 0, 4_000, 80_000),
    "2021Q4": (80_000, 0, -60_000, -10_000, 0, 0, 10_000),
}


@pytest.fixture(scope="module")
def pencil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workpaper of the company of examples/pencil."""
    path = tmp_path_factory.mktemp("pencil") / "workpaper.xlsx"
    write_workbook(view_of(earned.examine(earned.open_books(PENCIL))), path)
    return path


@pytest.fixture(scope="module")
def anew(pencil: Path) -> Path:
    """The same, every formula computed by LibreOffice."""
    return recalculated(bare(pencil), pencil.parent)


def recalculated(path: Path, folder: Path) -> Path:
    """The workbook as LibreOffice computes and saves it."""
    home = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [
        str(OFFICE),
        home,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(folder / "out"),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return folder / "out" / path.name


def bare(path: Path, change: Callable[[bytes], bytes] = lambda xml: xml) -> Path:
    """A copy without the values that its formulas hold, so that they must be computed."""
    copy = path.with_name(f"bare-{path.name}")
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(copy, "w") as stripped:
        for part in given.infolist():
            content = given.read(part)
            if part.filename.startswith("xl/worksheets/sheet"):
                content = change(re.sub(rb"</f><v>[^<]*</v>", b"</f>", content))
            stripped.writestr(part, content)
    return copy


def differences(stored: Path, computed: Path) -> tuple[int, list[str]]:
    """How many formulas there are, and those whose stored value is not the one computed."""
    formulas = openpyxl.load_workbook(stored)
    held, found = (openpyxl.load_workbook(p, data_only=True) for p in (stored, computed))
    cells = [
        (s.title, c.coordinate) for s in formulas for r in s.iter_rows() for c in r if c.data_type == "f"
    ]
    wrong = [f"{s}!{c}" for s, c in cells if not same(held[s][c].value, found[s][c].value)]
    return len(cells), wrong


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same text, or numbers that differ by less than a millionth."""
    if isinstance(left, str) or isinstance(right, str):
        return (left or "") == (right or "")
    return abs(float(left or 0) - float(right or 0)) < 1e-6


def block(path: Path, sheet: str, title: str, head: int = HEAD + 1) -> dict[str, tuple[Any, ...]]:
    """The rows under a title of Lead, or under the heading of another sheet, by period."""
    page = openpyxl.load_workbook(path, data_only=True)[sheet]
    start = next((c.row for (c,) in page.iter_rows(max_col=1) if c.value == title), head - 1)
    lines = page.iter_rows(start + 2, values_only=True)
    found = {}
    for line in lines:
        if not re.fullmatch(r"2021.*", str(line[0])):
            break
        found[line[0]] = line[1:]
    return found


def ties(path: Path) -> dict[str, list[Any]]:
    """The tie-outs of Lead by period."""
    rows = block(path, "Lead", "Tie-outs: each must be nil")
    return {period: [v for v in line if v is not None] for period, line in rows.items()}


def test_lead_has_the_figures_worked_out_by_hand(pencil: Path) -> None:
    found = block(pencil, "Lead", "What was announced, booked and supported, in each period")
    assert {p: line[:8] for p, line in found.items()} == LEAD
    found = block(pencil, "Lead", "What the gap at each period end is made of")
    assert {p: line[:6] for p, line in found.items()} == PARTS
    found = block(pencil, "Roll-forward", "")
    assert {p: line[:7] for p, line in found.items()} == MOVED


def test_every_tie_out_of_the_pencil_company_is_nil(pencil: Path) -> None:
    nil = [0] * 8
    assert ties(pencil) == {"2021Q1": nil, "2021Q2": nil, "2021Q3": nil, "2021Q4": [*nil[:7], "not given"]}
    bridge = block(
        pencil, "Lead", "From the entries as read to what was booked on contracts, and to what was announced"
    )
    assert bridge["2021Q3"][:5] == (800_000, -8_000, 0, 792_000, 0)


@needs_office
def test_every_formula_gives_the_value_that_is_stored(pencil: Path, anew: Path) -> None:
    checked, wrong = differences(pencil, anew)
    assert not wrong
    assert checked > 250


@needs_office
def test_a_stored_value_that_is_not_what_its_formula_gives_is_found(
    pencil: Path, anew: Path, tmp_path: Path
) -> None:
    off = tmp_path / "off.xlsx"
    with zipfile.ZipFile(pencil) as given, zipfile.ZipFile(off, "w") as other:
        for part in given.infolist():
            content = given.read(part)
            if part.filename == "xl/worksheets/sheet2.xml":  # Lead
                content = content.replace(b"</f><v>800000.00</v>", b"</f><v>800000.01</v>", 1)
            other.writestr(part, content)
    assert differences(off, anew)[1] == [f"Lead!C{FIRST + 2}"]


@needs_office
def test_a_changed_detail_shows_in_the_tie_out_that_covers_it(pencil: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(pencil)
    raised(book["Periods"], 1, {"By": "contract", "Period": "2021Q1"}, "Booked")
    raised(book["Entries unsupported"], 2, {"Period": "2021Q2"}, "Not supported")
    raised(book["Findings by period"], 4, {"Period": "2021Q3", "Finding": ""}, "Gap listed")
    raised(
        book["Reconciliation"], 8, {"Total": "entries against announced", "Period": "2021Q1"}, "Other side"
    )
    book.save(tmp_path / "tampered.xlsx")
    found = ties(recalculated(tmp_path / "tampered.xlsx", tmp_path))
    booked, supported, contracts, parts, listed, entries, moved, announced = zip(*found.values())
    assert booked == (1, 0, 0, 0)
    assert contracts == parts == (1, 1, 1, 1)  # the gap is carried on
    assert entries == (0, -2, 0, 0)
    assert listed == (1, 1, -3, 1)
    assert announced == (-8, 0, 0, "not given")
    assert supported == (0, 0, 0, 0)
    assert moved == (1, 1, 1, 1)


def raised(sheet: Worksheet, by: int, where: dict[str, str], column: str) -> None:
    """Raise one cell of a sheet of rows: of the first row with the values given."""
    heads = {c.value: c.column for c in sheet[HEAD + 1]}
    for line in sheet.iter_rows(FIRST + 1):
        if all(str(line[heads[k] - 1].value).endswith(v) or v == "" for k, v in where.items()):
            line[heads[column] - 1].value += by
            return
    raise AssertionError(f"{sheet.title} has no such row")


@needs_office
def test_totals_tie_where_rows_are_cut_and_periods_look_like_days(tmp_path: Path) -> None:
    months = {"2021Q1": "2021-03", "2021Q2": "2021-06", "2021Q3": "202109", "2021Q4": "2021-12-31"}
    tables = {name: renamed(table, months) for name, table in whole().items()}
    calendar = [{"period_id": months[p], "first_date": a, "last_date": b} for p, a, b in fixture.PERIODS]
    path = tmp_path / "cut.xlsx"
    write_workbook(fixture.view(tables, calendar=calendar), path, most=5)
    checked, wrong = differences(path, recalculated(bare(path), tmp_path))
    assert checked > 150 and not wrong
    nil = [v for line in ties(path).values() for v in line[:7]]
    assert nil == [0] * 28


def renamed(table: pa.Table, names: dict[str, str]) -> pa.Table:
    """A table whose periods have other names."""
    for column in ("period_id", "first_period_id", "resolved_period_id"):
        if column in table.column_names:
            cells = [names.get(v, v) for v in table[column].to_pylist()]
            place = table.column_names.index(column)
            table = table.set_column(place, column, pa.array(cells, pa.string()))
    return table
