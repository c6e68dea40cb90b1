"""`earned explain`: every figure of the pencil company walks down to a line of a file, worked out by hand."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from earned import cli
from earned.faults import InputError
from earned.report.explain.derive import RunFolder, nodes, open_run, tree
from earned.report.explain.derive import keys_of as keys
from earned.report.explain.node import Node
from earned.report.numbers import wide
from tests.gates.sources import ROOT
from tests.properties.ran import examine

PENCIL = ROOT / "examples" / "pencil"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return examine(PENCIL, tmp_path_factory.mktemp("explain") / "run")


@pytest.fixture(scope="module")
def run(folder: Path) -> Iterator[RunFolder]:
    with open_run(folder) as opened:
        yield opened


@pytest.fixture
def earned(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """The command: its exit code, stdout and stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            cli.main(["explain", *(str(a) for a in arguments)])
        said = capsys.readouterr()
        assert isinstance(left.value.code, int)
        return left.value.code, said.out, said.err

    return call


def child(node: Node, label: str) -> Node:
    """The only child with a label."""
    (found,) = [c for c in node.children if c.label == label]
    return found


def every(node: Node) -> Iterator[Node]:
    yield node
    for below in node.children:
        yield from every(below)


def line(source: Any) -> str:
    """The line of a file of the books."""
    return (PENCIL / source["file"]).read_text(encoding="utf-8").splitlines()[source["row"] - 1]


def test_the_net_of_a_quarter_walks_down_to_a_line_of_the_ledger(run: RunFolder) -> None:
    """README of examples/pencil: 32,000 = C12 20,000 + C08 6,000 + C13 6,000 + C16 4,000 - C11 4,000."""
    net = tree(run, "2021Q2", depth=3, limit=20)
    assert net.address == "misstatements/total/total/2021Q2/net_minor"
    assert (net.value, net.unit, net.currency, net.agrees) == (3_200_000, "minor", "CNY", True)
    assert [(c.address.split("/")[1], c.value) for c in net.children] == [
        ("C12", 2_000_000), ("C08", 600_000), ("C13", 600_000), ("C11", -400_000), ("C16", 400_000),
    ]  # fmt: skip
    assert net.more == 0
    c12 = net.children[0]
    assert c12.formula == "booked in the period 20,000.00 less earned in the period 0.00"
    booked = child(c12, "booked in the period · C12, 2021Q2")
    entry = child(booked, "amount · entry C12-Q2 of 2021-06-29")
    assert entry.address == "books.entries/C12-Q2/amount_minor" and entry.value == 2_000_000
    assert entry.source == {"file": "entries.csv", "row": 9}
    assert line(entry.source).startswith("C12-Q2,") and ",20000" in line(entry.source)


def test_from_a_percentage_to_an_acceptance_in_four_steps(run: RunFolder) -> None:
    """4 % of what was announced -> net -> C12 -> its acceptance of 20 November, recorded on the 22nd."""
    share = tree(run, "misstatements/total/total/2021Q2/net_ppm_of_announced", depth=4, limit=20)
    assert share.text == "4.00 %" and share.value == 40_000
    net = child(share, "net misstatement of the period · total, 2021Q2")
    paper = child(net.children[0], "why it counts or not · acceptance E12-2 of 2021-11-20")
    assert paper.value == "admitted" and paper.source == {"file": "evidence.csv", "row": 30}
    shown = {c.label.split(" · ")[0]: c.value for c in paper.children}
    assert shown["number"] == "SIM-终验-12"
    assert (shown["event date"], shown["recorded at"]) == ("2021-11-20", "2021-11-22T02:00:00+00:00")


def test_earned_is_allocated_times_done_over_whole(run: RunFolder) -> None:
    """README: C08 is 200,000 for 1,000 hours, 500 of them worked by September; C10 0.0425 a message."""
    c08 = tree(run, "progress/C08/2021Q3/earned_minor", depth=1, limit=9)
    assert c08.formula == "allocated 200,000.00 x 500 / 1,000, halves away from zero"
    assert c08.value == 10_000_000 and c08.agrees
    c10 = tree(run, "progress/C10/2021Q4/earned_minor", depth=1, limit=9)
    assert c10.formula == "used 5,700,000 x price of one 0.0425"
    assert c10.value == 24_225_000 and c10.agrees


def test_two_obligations_share_a_price_by_largest_remainder(run: RunFolder) -> None:
    """README: C02 is 292,000 x 280,900 / 386,900 = 212,000 of software."""
    share = tree(run, "allocations/C02-SW/0/allocated_minor", depth=1, limit=9)
    assert (
        share.formula and "price 292,000.00" in share.formula and "280,900.00 / 386,900.00" in share.formula
    )
    assert share.value == 21_200_000 and share.agrees


def test_why_a_late_paper_does_not_count_is_in_days(run: RunFolder) -> None:
    """README: C13's acceptance of 28 June was recorded on 14 February 2022; books closed on 12 July."""
    reason = tree(run, "evidence_used/E13-1/C13/reason", depth=1, limit=9)
    assert reason.value == "late" and reason.agrees
    assert reason.formula and re.match(
        r"event 2021-06-28, recorded 2022-02-14 .*closed 2021-07-12", reason.formula
    )


def test_every_leaf_is_a_cell_of_the_line_that_it_names(run: RunFolder) -> None:
    seen = 0
    for start in ("2021Q2", "2021Q3", "F-fa70213c8a", "C08", "guidance/G1/effect_minor"):
        try:
            root = tree(run, start, depth=5, limit=8)
        except InputError:
            continue
        for node in every(root):
            if node.is_leaf and node.source:
                column = node.address.rpartition("/")[2].removesuffix("_minor")
                found = cell(node.source, column)
                if found and node.unit == "minor":
                    assert Decimal(found) * 100 == node.value, node
                elif found and node.unit in ("text", "date"):
                    assert found == node.value, node
                seen += bool(found)
    assert seen > 100


def cell(source: Any, column: str) -> str:
    with (PENCIL / source["file"]).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))[source["row"] - 2].get(column) or ""


def test_many_rows_at_once_in_the_order_asked(run: RunFolder) -> None:
    wanted = keys("positions", [("C14", "2021Q3"), ("C08", "2021Q2"), ("gone", "2021Q2")])
    found = nodes(run, "positions", ["gap_minor", "booked_minor"], wanted, 5)
    assert [n.value for n in found] == [1_000_000, 2_500_000, 600_000, 4_600_000]
    stored = duckdb.sql(f"FROM read_parquet('{run.path / 'tables' / 'positions.parquet'}')")
    assert len(nodes(run, "positions", ["gap_minor"], None, 1)) == len(stored)


def test_limit_counts_what_is_left_out(run: RunFolder) -> None:
    net = tree(run, "2021Q2", depth=1, limit=2)
    assert [c.value for c in net.children] == [2_000_000, 600_000] and net.more == 3
    assert net.agrees and net.formula == "sum over units: 32,000.00"
    assert tree(run, "2021Q2", depth=0, limit=2).children == []


def test_nothing_outside_the_run_can_be_read(run: RunFolder, tmp_path: Path) -> None:
    outside = tmp_path / "a.csv"
    outside.write_text("a\n1\n")
    for statement in (
        f"FROM read_csv('{outside}')",
        f"COPY (SELECT 1) TO '{tmp_path / 'b.csv'}'",
        f"ATTACH '{tmp_path / 'c.db'}'",
        "SET enable_external_access = true",
        f"FROM read_csv('{run.path / '..' / outside.name}')",
    ):
        with pytest.raises(duckdb.Error):
            run.engine.sql(statement)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("C12", "units/C12"),
        ("F-fa70213c8a", "findings/F-fa70213c8a"),
        ("C12-Q2", "books.entries/C12-Q2"),
        ("E12-2", "books.evidence/E12-2"),
        ("MISC-Q3", "books.entries/MISC-Q3"),
        ("units%2FC12", "units/C12"),
        ("books.employees/E-ZHAO/2021-01-01/name", None),
    ],
)
def test_short_forms(run: RunFolder, asked: str, found: str | None) -> None:
    if asked.startswith("units%"):
        with pytest.raises(InputError):
            tree(run, asked, 1, 1)
    elif found is None:
        with pytest.raises(InputError, match="Near it: E-ZHAO/"):
            tree(run, asked, 1, 1)
    else:
        assert tree(run, asked, 1, 1).address == found


def test_a_row_has_all_its_figures_and_what_belongs_to_it(run: RunFolder) -> None:
    row = tree(run, "positions/C12/2021Q2", depth=1, limit=5)
    assert (row.unit, row.value) == ("row", None)
    assert [c.address.rpartition("/")[2] for c in row.children][:3] == [
        "unit_id",
        "period_id",
        "booked_minor",
    ]
    entry = tree(run, "MISC-Q3", depth=1, limit=5)
    assert {"unlinked/MISC-Q3/reason"} <= {c.address for c in entry.children}


def test_what_is_no_address_is_said(earned: Callable[..., tuple[int, str, str]], folder: Path) -> None:
    for asked, said in (
        ("F-fa70213c8b", "Near it: F-fa70213c8a"),
        ("2021Q9", "Near it: 2021Q"),
        ("positions/C12", "positions/<unit_id>/<period_id>/[<column>]"),
        ("positions/C12/2021Q2/gap", "one of the columns"),
        ("positions/C99/2021Q2", "Near it: "),
    ):
        code, out, err = earned(folder, asked)
        assert (code, out) == (2, "") and said in err, (asked, err)
    code, out, _ = earned(folder, "C99", "--json")
    assert code == 2 and json.loads(out)["format"] == "earned.error/1"


def test_what_is_no_run_is_said(earned: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    code, _, err = earned(tmp_path, "2021Q2")
    assert code == 2 and "run.json" in err
    (tmp_path / "run.json").write_text('{"format": "earned.run/1"}')
    code, _, err = earned(tmp_path, "2021Q2")
    assert code == 2 and "Examine the books again" in err


@pytest.mark.parametrize("option", [("--depth", "-1"), ("--limit", "0")])
def test_bounds_of_options(
    earned: Callable[..., tuple[int, str, str]], folder: Path, option: tuple[str, str]
) -> None:
    assert earned(folder, "2021Q2", *option)[0] == 2


def test_json_is_the_interface(earned: Callable[..., tuple[int, str, str]], folder: Path) -> None:
    code, out, _ = earned(folder, "2021Q2", "--json", "--depth", "2")
    said = json.loads(out, parse_float=pytest.fail)
    keys_of_interface = {
        "address",
        "label",
        "value",
        "unit",
        "formula",
        "standard",
        "source",
        "children",
        "more",
    }
    assert code == 0 and said["format"] == "earned.explain/1" and keys_of_interface < set(said)
    assert keys_of_interface < set(said["children"][0]["children"][0])
    assert out == json.dumps(said, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def test_the_screen_fits_and_has_no_colour_in_a_pipe(
    earned: Callable[..., tuple[int, str, str]], folder: Path
) -> None:
    code, out, _ = earned(folder, "2021Q2", "--limit", "3")
    assert code == 0 and "\x1b" not in out
    tree_lines = out.splitlines()[2:-2]
    assert max(wide(text) for text in tree_lines) <= 80
    assert "net misstatement of the period · total, 2021Q2                     32,000.00 CNY" in out
    assert "└─ and 2 more: --limit shows them" in out and "Go on: earned explain" in out


def test_without_an_address_it_says_where_to_begin(
    earned: Callable[..., tuple[int, str, str]], folder: Path
) -> None:
    code, out, _ = earned(folder)
    assert code == 0 and "2021Q2" in out and "32,000.00 CNY" in out and "F-acade632f7" in out
    assert {"address", "value"} <= set(json.loads(earned(folder, "--json")[1])["addresses"][0])


def test_an_ambiguous_form_lists_what_it_may_mean(
    tmp_path: Path, earned: Callable[..., tuple[int, str, str]]
) -> None:
    """A contract and an entry with one number, the number with a slash in it."""
    books = tmp_path / "books"
    books.mkdir()
    (books / "books.yaml").write_text("company: {currency: USD}\n")
    (books / "contracts.csv").write_text("contract_id,price\nA/1,100\n")
    (books / "entries.csv").write_text("entry_id,contract_id,effective_date,amount\nA/1,A/1,2021-03-01,100\n")
    (books / "evidence.csv").write_text(
        "evidence_id,contract_id,kind,event_date\nP 1,A/1,delivery,2021-06-01\n"
    )
    folder = examine(books, tmp_path / "run")
    code, _, err = earned(folder, "A/1")
    assert code == 2 and "units/A%2F1, books.entries/A%2F1" in err
    code, out, _ = earned(folder, "units/A%2F1/currency", "--json")
    assert code == 0 and json.loads(out)["value"] == "USD"
    assert earned(folder, "P%201")[0] == earned(folder, "P 1")[0] == 0


def test_a_changed_cell_is_said_not_to_follow(tmp_path: Path, folder: Path) -> None:
    shutil.copytree(folder, tmp_path / "run")
    file = tmp_path / "run" / "tables" / "movements.parquet"
    changed = f"SELECT * REPLACE (net_minor + 100 AS net_minor) FROM read_parquet('{file}')"
    duckdb.sql(f"CREATE OR REPLACE TABLE changed AS {changed}")
    duckdb.sql(f"COPY changed TO '{file}' (FORMAT parquet)")
    with open_run(tmp_path / "run") as opened:
        assert tree(opened, "2021Q2", 1, 5).agrees is False
