"""`earned verify` recomputes for real: the same books give every file again, in any surroundings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from earned.examine import run_id
from earned.verify import verify
from tests.gates.sources import ROOT
from tests.unit.verify.conftest import Copy

PENCIL = ROOT / "examples" / "pencil"


def earned(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, with its own temporary folder."""
    scratch = cwd / "scratch"
    scratch.mkdir(exist_ok=True)
    surroundings = os.environ | {"PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(scratch)} | environment
    command = [sys.executable, "-m", "earned", *map(str, arguments)]
    done = subprocess.run(command, env=surroundings, cwd=cwd, capture_output=True, encoding="utf-8")
    assert list(scratch.iterdir()) == [], "nothing is left among temporary files"
    return done


def contents(run: Path) -> dict[str, bytes]:
    files = [p for p in run.rglob("*") if p.is_file() and p.name != "environment.json"]
    return {p.relative_to(run).as_posix(): p.read_bytes() for p in files}


def test_two_machines_give_the_same_bytes_and_verify_says_so(tmp_path: Path) -> None:
    """Other folder of the books, process, working and temporary folder, time zone, language, hash seed."""
    one, two = tmp_path / "one", tmp_path / "two"
    for home, books in ((one, "books"), (two, "exported")):
        home.mkdir()
        shutil.copytree(PENCIL, home / books)
    surroundings = {"PYTHONHASHSEED": "4711", "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "COLUMNS": "40"}
    done = earned("examine", "books", cwd=one, PYTHONHASHSEED="1", TZ="America/Lima")
    assert done.returncode == 1, done.stderr
    assert earned("examine", two / "exported", "--out", two / "run", cwd=two, **surroundings).returncode == 1
    (mine,) = (one / "runs").iterdir()
    its = contents(two / "run")
    assert [name for name, content in contents(mine).items() if content != its.pop(name)] == []
    assert its == {}
    shutil.rmtree(two / "exported")
    shutil.copytree(one / "books", two / "moved" / "here")
    done = earned("verify", two / "run", "--json", cwd=one, **surroundings)
    assert (done.returncode, done.stderr) == (0, "")
    said = json.loads(done.stdout)
    assert (said["format"], said["same"]) == ("earned.verify/1", True)
    assert said["books"] == str(two / "moved" / "here")
    assert {f["name"] for f in said["files"]} | {"run.json"} == set(contents(mine))
    assert len(said["inputs"]) == len(list(PENCIL.iterdir())) - 1, "all but README.md"


def three_sheets(folder: Path) -> Path:
    """Books without a books.yaml: one contract, 100.00 booked, no paper."""
    folder.mkdir(parents=True)
    (folder / "contracts.csv").write_text("contract_id,price,owner_id\nC1,100.00,E1\n")
    (folder / "entries.csv").write_text("contract_id,effective_date,amount\nC1,2021-03-31,100.00\n")
    (folder / "evidence.csv").write_text("contract_id,kind,event_date\nC1,acceptance,2021-04-02\n")
    return folder


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A run with every option that changes a figure, of books that have no name but that of their folder."""
    home = tmp_path_factory.mktemp("small")
    books = three_sheets(home / "ledger of Q1")
    options = ["--set", "company.currency=USD", "--set", "policy.price_includes_tax=false"]
    options += ["--as-of", "2021-04-15", "--from-period", "2021Q1", "--to-period", "2021Q1"]
    options += ["--no-decisions", "--procedures", "none", "--no-report"]
    done = earned("examine", books, "--out", home / "run", *options, cwd=home)
    assert done.returncode == 1, done.stderr
    return Copy(home / "run", books)


@pytest.fixture
def copied(small: Copy, tmp_path: Path) -> Copy:
    """A copy of it, the books under another name."""
    shutil.copytree(small.run, tmp_path / "run")
    shutil.copytree(small.books, tmp_path / "received")
    return Copy(tmp_path / "run", tmp_path / "received")


def test_every_option_that_changes_a_figure_is_a_parameter(copied: Copy) -> None:
    given = json.loads((copied.run / "run.json").read_text())["parameters"]
    assert given.pop("books_yaml").startswith("company:")
    assert given == {
        "settings": ["company.currency=USD", "policy.price_includes_tax=false", "as_of=2021-04-15"],
        "as_of": "2021-04-15T23:59:59.999999+00:00",
        "decisions": False,
        "procedures": "none",
        "from_period": "2021Q1",
        "to_period": "2021Q1",
    }
    (copied.books / "notes.csv").write_text("a file that is not read is no input")
    found = verify(copied.run)
    assert found["same"], found
    assert found["books"] == str(copied.books)


def forged(said: dict[str, Any], **parameters: Any) -> None:
    """Other parameters, and the run id that belongs to them."""
    said["parameters"] |= parameters
    inputs = [[i["path"], i["sha256"]] for i in said["inputs"]]
    said["run_id"] = run_id(inputs, said["parameters"], said["version"])


def test_parameters_edited_with_the_run_id_are_found_by_recomputation(copied: Copy) -> None:
    copied.edit(lambda said: forged(said, settings=["policy.price_includes_tax=false"], as_of="2021-04-20"))
    found = verify(copied.run)
    assert found["recomputed"]
    assert found["causes"] == ["run_changed"]
    assert found["record"]["first_difference"]["key"] == "as_of"
    assert "quality" in [t["name"] for t in found["tables"] if not t["same"]], "the currency is guessed now"


def test_parameters_that_cannot_be_used_are_said(copied: Copy) -> None:
    copied.edit(lambda said: forged(said, settings=["policy.least_grade=Z"]))
    found = verify(copied.run)
    assert "least_grade" in found["not_recomputed"]
    assert found["causes"] == ["not_recomputed"]


def test_an_input_added(copied: Copy) -> None:
    (copied.books / "departments.csv").write_text("department_id,name\nD1,Sales\n")
    found = verify(copied.run)
    added = found["inputs"][-1]
    assert (added["path"], added["expected"], added["same"]) == ("departments.csv", None, False)
    assert (found["causes"], found["recomputed"]) == (["inputs_changed"], False)


def test_a_file_that_makes_the_books_unreadable(copied: Copy) -> None:
    (copied.books / "entries.tsv").write_text("contract_id\n")
    found = verify(copied.run)
    assert "entries.tsv" in found["not_recomputed"]
    assert not found["same"]


def test_books_in_one_file(tmp_path: Path) -> None:
    import openpyxl

    sheets = openpyxl.Workbook()
    for path in sorted(three_sheets(tmp_path / "three").iterdir()):
        sheet = sheets.create_sheet(path.stem)
        for line in path.read_text().splitlines():
            sheet.append(line.split(","))
    del sheets["Sheet"]
    sheets.save(tmp_path / "my_books.xlsx")
    settings = ["--set", "policy.price_includes_tax=false", "--no-report"]
    done = earned("examine", "my_books.xlsx", "--out", "run", *settings, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert earned("verify", "run", cwd=tmp_path).returncode == 0
    done = earned("verify", "run", "--books", "three", cwd=tmp_path)
    assert (done.returncode, "my_books.xlsx: missing" in done.stdout) == (1, True)


def test_the_command_ends_as_it_should(copied: Copy, tmp_path: Path) -> None:
    (copied.run / "summary.txt").write_text("better")
    done = earned("verify", copied.run, cwd=tmp_path)
    assert done.returncode == 1
    assert "summary.txt: not what run.json says" in done.stdout
    shutil.rmtree(copied.books)
    shutil.copytree(ROOT / "examples" / "pencil", tmp_path / "others")
    (copied.run / "summary.txt").unlink()
    done = earned("verify", tmp_path / "others", "--json", cwd=tmp_path)
    assert (done.returncode, json.loads(done.stdout)["format"]) == (2, "earned.error/1")
