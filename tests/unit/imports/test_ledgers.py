"""The same quarter in every ledger format gives the same revenue, and its broken totals are found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.imports import samples
from tests.unit.imports.conftest import totals, untied

Import = Callable[[str, Path], SimpleNamespace]
#: Format, sample, and whether the export says which accounts are revenue.
LEDGERS = [
    ("fec", samples.fec, True),
    ("ads", samples.ads, True),
    ("ads", samples.ads_api, False),
    ("saft", samples.saft_no, True),
    ("gobd", samples.gobd, True),
    ("sap", samples.sap, False),
    ("xbrl-gl", samples.xbrl_gl, True),
]


@pytest.mark.parametrize(("name", "sample", "known"), LEDGERS)
def test_every_format_gives_the_same_ledger(
    name: str, sample: Any, known: bool, tmp_path: Path, imported: Import
) -> None:
    done = imported(name, sample(tmp_path))
    lines = [(r["effective_date"], r["account"].lstrip("0"), r["amount"]) for r in done.rows("ledger")]
    assert lines == [
        ("2021-01-31", "411000", "1200.00"), ("2021-01-31", "706000", "-1000.00"),
        ("2021-01-31", "445710", "-200.00"), ("2021-02-28", "706000", "300.00"),
        ("2021-02-28", "445710", "60.00"), ("2021-02-28", "411000", "-360.00"),
        ("2021-03-31", "641000", "400.00"), ("2021-03-31", "512000", "-400.00"),
    ]  # fmt: skip
    assert done.result.rejected_rows == 0
    assert untied(done.result) == []
    assert totals(done.result)["journals that balance"] == ("3", "3")
    tables = dict(done.result.tables)
    assert tables["ledger"] == 8
    if known:
        assert [(r["effective_date"], r["amount"]) for r in done.rows("entries")] == samples.REVENUE
        assert tables["entries"] == 2
    else:
        assert tables["entries"] == 0
        assert "QUESTION: Which accounts carry revenue" in done.yaml


@pytest.mark.parametrize(("name", "sample", "known"), LEDGERS)
def test_every_row_says_where_it_came_from(
    name: str, sample: Any, known: bool, tmp_path: Path, imported: Import
) -> None:
    done = imported(name, sample(tmp_path))
    places = [(r["from_file"], r["from_row"]) for r in done.rows("ledger")]
    assert len(set(places)) == 8
    assert all(file and int(row) > 0 for file, row in places)


def test_a_line_of_xml_is_where_its_element_begins(tmp_path: Path, imported: Import) -> None:
    path = samples.saft_no(tmp_path)
    text = path.read_text(encoding="utf-8").splitlines()
    for row in imported("saft", path).rows("ledger"):
        assert text[int(row["from_row"]) - 1].startswith(f"<Line><RecordID>{row['line_number']}</RecordID>")


def test_rows_of_xml_without_lines_are_counted(tmp_path: Path, imported: Import) -> None:
    path = samples.saft_no(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("\n", ""), encoding="utf-8")
    places = [row["from_row"] for row in imported("saft", path).rows("ledger")]
    assert len(set(places)) == 8


@pytest.mark.parametrize(
    ("name", "sample", "broken", "total"),
    [
        ("saft", samples.saft_no, {"entries": "4"}, "GeneralLedgerEntries/NumberOfEntries"),
        ("saft", samples.saft_no, {"debit": "1961.00"}, "GeneralLedgerEntries/TotalDebit"),
        ("saft", samples.saft_no, {"credit": "no"}, "GeneralLedgerEntries/TotalCredit"),
        ("saft", samples.saft_no, {"closing": "699.99"}, "closing balance of account 706000"),
        ("saft", samples.saft_pt, {"sales_credit": "1050.00"}, "SalesInvoices/TotalCredit"),
        ("ads", samples.ads, {"log_total": "1200.01"}, "debit of journal 1 in the log"),
        ("gobd", samples.gobd, {"length": "9"}, "records of daten/journal.csv by its Range"),
        ("sap", samples.sap, {"without_header": "2"}, "lines of BSEG with a header in BKPF"),
        ("xbrl-gl", samples.xbrl_gl, {"total": "1200.10"}, "totalDebit of entry 1"),
    ],
)  # fmt: skip
def test_a_total_that_does_not_tie_is_named(
    name: str, sample: Any, broken: dict[str, str], total: str, tmp_path: Path, imported: Import
) -> None:
    done = imported(name, sample(tmp_path, **broken))
    assert total in untied(done.result)
    assert done.result.has_differences


@pytest.mark.parametrize(
    ("name", "sample", "broken", "found"),
    [
        ("saft", samples.saft_no, {"version": "2.00"}, "2.00"),
        ("saft", samples.saft_no, {"namespace": "urn:other"}, "AuditFile urn:other"),
        ("gobd", samples.gobd, {"dtd": "gdpdu-01-01-2031.dtd"}, "gdpdu-01-01-2031.dtd"),
        ("xbrl-gl", samples.xbrl_gl, {"date": "2031-01-01"}, "2031-01-01"),
    ],
)  # fmt: skip
def test_an_unknown_version_is_refused_with_the_known_ones(
    name: str, sample: Any, broken: dict[str, str], found: str, tmp_path: Path, refused: Callable[..., Any]
) -> None:
    fault = refused(name, sample(tmp_path, **broken))
    assert fault.value == found
    assert "Known" in fault.do


def test_an_unknown_version_of_the_api_is_refused(tmp_path: Path, refused: Callable[..., Any]) -> None:
    path = samples.ads_api(tmp_path)
    path.write_text(path.read_text().replace("1.0.0", "3.1.0"))
    assert refused("ads", path).value == "3.1.0"


def test_other_columns_than_the_standard_s_are_refused(tmp_path: Path, refused: Callable[..., Any]) -> None:
    (tmp_path / "list.txt").write_text("Account|Sum\n1|2\n")
    assert (
        "general ledger detail (amount, glaccountnumber, journalid)"
        in refused("ads", tmp_path / "list.txt").do
    )
    (tmp_path / "sap.csv").write_text("RBUKRS;BELNR;HSL\n1;2;3\n")
    assert refused("sap", tmp_path / "sap.csv").value == "sap.csv: RBUKRS;BELNR;HSL"
