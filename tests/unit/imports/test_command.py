"""`earned import` as it is typed, and `earned examine` on what it wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import earned
from earned import cli
from tests.gates.verdict_words import verdicts
from tests.unit.imports import samples

EVERY = [
    ("ads", samples.ads), ("saft", samples.saft_pt), ("fec", samples.fec),
    ("gobd", samples.gobd), ("sap", samples.sap), ("sec", samples.sec), ("xbrl-gl", samples.xbrl_gl),
]  # fmt: skip


def call(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main([str(a) for a in arguments])
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.mark.parametrize(("name", "sample"), EVERY)
def test_what_was_imported_is_examined(
    name: str, sample: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    books, run = tmp_path / "books", tmp_path / "run"
    assert call("import", name, sample(tmp_path), "--out", books) == 0
    assert verdicts(capsys.readouterr().out) == []
    assert (
        call("examine", books, "--out", run, "--no-report", "--procedures", "none", "--json", "--exit-zero")
        == 0
    )
    said = json.loads(capsys.readouterr().out)
    assert said["rows"]["rejected"] == 0
    assert said["reconciliation"]["internal_ok"]


def test_entries_lead_back_to_the_row_of_the_export(tmp_path: Path) -> None:
    """Revenue by hand: 1,000.00 in January, -300.00 in February, rows 3 and 5 of the FEC."""
    assert call("import", "fec", samples.fec(tmp_path), "--out", tmp_path / "books") == 0
    books = earned.open_books(tmp_path / "books")
    columns = ("period_id", "amount_minor", "source_file", "source_row")
    entries = [tuple(r[c] for c in columns) for r in books.tables["entries"].to_pyarrow().to_pylist()]
    assert sorted(entries) == [
        ("2021M01", 100_000, "123456789FEC20211231.txt", 3),
        ("2021M02", -30_000, "123456789FEC20211231.txt", 5),
    ]


def test_the_answer_to_the_question_makes_the_entries(tmp_path: Path) -> None:
    books = tmp_path / "books"
    assert call("import", "sap", samples.sap(tmp_path), "--out", books) == 0
    accounts = books / "accounts.csv"
    text = accounts.read_text().replace("0000706000,other", "0000706000,revenue")
    accounts.write_text(text)
    entries = earned.open_books(books).tables["entries"].to_pyarrow().to_pylist()
    assert sorted(r["amount_minor"] for r in entries) == [-30_000, 100_000]


def test_json_and_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = samples.saft_no(tmp_path, debit="1.00")
    assert call("import", "saft", export, "--out", tmp_path / "books", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["format"], said["from"], said["version"]) == ("earned.import/1", "saft", "NO 1.30")
    assert {"name": "entries", "rows": 2} in said["tables"]
    assert {
        "name": "GeneralLedgerEntries/TotalDebit", "stated": "1.00", "found": "1960.00", "ties": False,
    } in said["totals"]  # fmt: skip
    assert said["rejected"] == []
    assert call("import", "saft", export, "--out", tmp_path / "books", "--json") == 2
    error = json.loads(capsys.readouterr().out)["errors"][0]
    assert error["expected"] == "a folder that does not exist yet or is empty"
    assert call("import", "saft", export, "--out", tmp_path / "more", "--exit-zero") == 0
    assert call("import", "csv", export, "--out", tmp_path / "none") == 2


def test_the_same_export_gives_the_same_bytes(tmp_path: Path) -> None:
    export = samples.gobd(tmp_path)
    for name in ("one", "two"):
        assert call("import", "gobd", export, "--out", tmp_path / name) == 0
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes(), file.name


def test_help_lists_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    from earned.imports import FORMATS

    assert call("import", "--help") == 0
    said = capsys.readouterr().out
    for one in FORMATS.values():
        assert f"earned import {one.name} {one.example} --out books/" in said
