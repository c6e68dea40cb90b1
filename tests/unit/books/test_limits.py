"""Limits are one table: what they are, how they are raised, and how a refusal names them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import earned
from earned import cli
from earned.books import limits
from earned.faults import InputError
from tests.mistakes.small import ENTRIES, as_csv, folder

WIDE = as_csv([(*ENTRIES[0], *(f"c{i}" for i in range(9))), *((*row, *"123456789") for row in ENTRIES[1:])])


def test_every_limit_says_what_it_bounds_and_why() -> None:
    assert all(v.value > 0 and v.unit and v.what and v.why for v in limits.table().values())
    assert limits.most("workbook_unpacked") == 512 * 1024 * 1024
    page = limits.limits_page()
    assert all(
        f"| `{name}` | {limit.shown()} | {limit.what} |" in page for name, limit in limits.table().items()
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("20_000", 20_000), ("512MiB", 536_870_912), ("2 GiB", 2_147_483_648), ("1KiB", 1_024)],
)
def test_values_are_read_as_they_are_shown(text: str, value: int) -> None:
    assert limits.read([("row_bytes", text)]) == {"row_bytes": value}


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "1MB", "many", "9" * 30, "１２"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="above 0"):
        limits.read([("row_bytes", text)])


def test_an_unknown_limit_names_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean sheet_cells"):
        limits.read([("sheet_cell", "3")])


def test_a_refusal_names_the_limit_what_was_found_and_a_value_that_is_enough() -> None:
    said = str(limits.beyond("workbook_unpacked", "x.xlsx", "save the sheets as CSV", 1_300 * limits.MIB))
    assert "at most 512 MiB; found 1.3 GiB" in said
    assert "--limit workbook_unpacked=2GiB" in said


def test_a_raised_limit_holds_for_one_run_and_is_in_its_parameters(tmp_path: Path) -> None:
    books = folder(tmp_path / "books", entries=WIDE)
    ten = {"table_columns": 10}
    with pytest.raises(InputError, match="at most 10 columns; found 12 columns"):
        earned.open_books(books, limits=ten)
    assert limits.raised() == {}
    for place, options in (("usual", []), ("raised", ["--limit", "table_columns=12"])):
        with pytest.raises(SystemExit) as left:
            cli.main(["examine", str(books), "--out", str(tmp_path / place), "--no-report", *options])
        assert left.value.code in (0, 1)
    said = {p: json.loads((tmp_path / p / "run.json").read_text())["parameters"] for p in ("usual", "raised")}
    assert "limits" not in said["usual"]
    assert said["raised"]["limits"] == {"table_columns": 12}
