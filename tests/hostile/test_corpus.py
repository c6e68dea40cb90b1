"""The corpus of hostile books: each is read rightly, or refused in words, within its time and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import earned
from earned.faults import Fault, InputError
from earned.faults.register import of_rows
from tests.gates.sources import ROOT
from tests.hostile import cells, folders, texts, typed, values, workbooks
from tests.hostile.case import Case

CASES = [*texts.CASES, *values.CASES, *workbooks.CASES, *cells.CASES, *folders.CASES, *typed.CASES]
#: for cases that no time of the processor bounds: a pipe that nobody writes to
PATIENCE = 300
#: Runs a command and says its exit code, processor seconds and KiB of memory, with those of all it started.
#: A process of its own: one begun by a test run would inherit the peak of the run's memory as its own.
MEASURED = """
import json, resource, subprocess, sys
ended = subprocess.run(sys.argv[2:], stderr=subprocess.DEVNULL, timeout=int(sys.argv[1]))
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([ended.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss]), file=sys.stderr)
"""


def named(case: Case) -> str:
    return case.name


def test_there_are_enough_cases_and_each_has_a_name_of_its_own() -> None:
    assert len(CASES) >= 60
    assert [n for n, times in Counter(c.name for c in CASES).items() if times > 1] == []
    assert sum(c.measured for c in CASES) >= 12


@pytest.mark.parametrize("case", [c for c in CASES if c.says and not c.measured], ids=named)
def test_refused_in_words(case: Case, tmp_path: Path) -> None:
    books = case.make(tmp_path)
    lowered = {"select_time": 1, **case.limits}
    with pytest.raises(InputError) as caught:
        earned.open_books(books, limits=lowered).engine.close()
    said = str(caught.value)
    assert [word for word in case.says if word not in said] == [], said
    assert all(fault.expected and fault.do for fault in caught.value.faults)
    assert len(said) < 20_000, "a message is read by a person"


@pytest.mark.parametrize("case", [c for c in CASES if not c.says], ids=named)
def test_read_with_every_row_accounted_for(case: Case, tmp_path: Path) -> None:
    books = case.make(tmp_path)
    opened = earned.open_books(books, limits=case.limits)
    try:
        tables = {n: opened.tables[n].to_pyarrow().to_pylist() for n in ("entries", "contracts", "rejected")}
    finally:
        opened.engine.close()
    assert opened.counts["in"] == opened.counts["used"] + opened.counts["rejected"]
    booked: Counter[str | None] = Counter()
    for row in tables["entries"]:
        booked[row["contract_id"]] += row["amount_minor"]
    assert dict(booked) == dict(case.booked)
    assert len(tables["contracts"]) == 2
    found = [(r["source_file"], r["source_row"], r["column_name"], r["reason"]) for r in tables["rejected"]]
    assert sorted(found, key=str) == sorted(case.rejected, key=str)
    assert all(r["expected"] and r["reason"] in of_rows() for r in tables["rejected"])
    assert [p.name for p in tmp_path.iterdir() if p not in (books, tmp_path / "outside.csv")] == []


@pytest.mark.parametrize("case", [c for c in CASES if c.measured], ids=named)
def test_refused_within_time_and_memory(case: Case, tmp_path: Path) -> None:
    """In a process of its own: exit 2 and JSON, with the processor time and memory of all it started."""
    books, scratch = case.make(tmp_path), tmp_path / "scratch"
    scratch.mkdir()
    raised = [f"--limit={name}={value}" for name, value in case.limits.items()]
    command = [
        sys.executable,
        "-m",
        "earned",
        "examine",
        str(books),
        "--out",
        str(tmp_path / "run"),
        "--json",
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(scratch)}
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, str(PATIENCE), *command, *raised],
        env=environment,
        capture_output=True,
        check=True,
    )
    code, seconds, kibibytes = json.loads(ended.stderr)
    assert code == 2, ended.stdout
    assert [w for w in case.says if w not in _words(ended.stdout)] == [], ended.stdout
    assert seconds < case.seconds
    assert kibibytes / 1024 < case.mebibytes
    assert not (tmp_path / "run").exists()
    assert list(scratch.iterdir()) == []


def _words(said: bytes) -> str:
    """The errors of the JSON as the screen says them."""
    errors = json.loads(said)["errors"]
    return "\n".join(str(Fault(**{k: v for k, v in error.items() if k != "code"})) for error in errors)
