"""Tab completes commands and the addresses of a run, by the protocol of the shells and in bash itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from earned.cli.completion import addresses
from tests.gates.sources import ROOT

UNITS = ["C08", "C12", "合同-1", "C 9", "$(touch x)", "C`id`", 'C"', "C'", "C;ls", "C*", "C\\", "C\n"]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder of three tables."""
    tables = tmp_path / "run" / "tables"
    tables.mkdir(parents=True)
    for name, column, values in (
        ("misstatements", "period_id", ["2021Q1", "2021Q2", "2021Q2"]),
        ("findings", "finding_id", ["F-0123456789", "F-fa70213c8a"]),
        ("units", "unit_id", [*UNITS, None]),
    ):
        pq.write_table(pa.table({column: values}), tables / f"{name}.parquet")
    return tmp_path / "run"


@pytest.mark.parametrize(
    ("start", "offered"),
    [
        ("", ["2021Q1", "2021Q2", "F-0123456789", "F-fa70213c8a"]),
        ("2021Q", ["2021Q1", "2021Q2"]),
        ("F-f", ["F-fa70213c8a"]),
        ("C", ["C08", "C12"]),
        ("合", ["合同-1"]),
        ("$", []),
        ("9", []),
    ],
)
def test_what_is_offered(start: str, offered: list[str], run: Path) -> None:
    assert addresses(run, start) == offered


def test_nothing_is_offered_where_there_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "units.parquet").write_bytes(b"damaged")
    assert addresses(tmp_path, "C") == addresses(tmp_path / "nowhere", "") == []


def completed(shell: str, words: str, cwd: Path) -> tuple[list[str], set[str]]:
    """What the command offers a shell for a line, and the modules that it loaded."""
    line = words.split(" ")
    asked = {
        "bash": {"COMP_WORDS": "\n".join(line), "COMP_CWORD": str(len(line) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": words},
    }[shell]
    code = (
        "import sys, atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); "
        "sys.argv = ['earned']; from earned.cli import main; main()"
    )
    environment = os.environ | asked | {"_EARNED_COMPLETE": f"complete_{shell}"}
    environment |= {"PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=cwd, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n"), set(done.stderr.split())


def test_bash_and_zsh_are_offered_the_same_without_an_engine(run: Path) -> None:
    offered, loaded = completed("bash", "earned explain run 2021", run.parent)
    assert offered[:2] == ["2021Q1", "2021Q2"]
    assert not {"duckdb", "ibis", "pandas", "rich"} & loaded
    offered, loaded = completed("zsh", "earned explain run C", run.parent)
    assert "\n".join(offered).strip() == '_arguments \'*: :(("C08"\n"C12"))\''
    assert not {"duckdb", "ibis", "pandas"} & loaded
    offered, loaded = completed("bash", "earned ver", run.parent)
    assert offered[:1] == ["verify"]
    assert "pyarrow" not in loaded


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_in_bash(run: Path, tmp_path: Path) -> None:
    """The function that `--show-completion` prints, run as bash runs it after a Tab."""
    program = tmp_path / "bin" / "earned"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom earned.cli import main\nmain()\n")
    program.chmod(0o755)
    script = subprocess.run(
        ["bash", "-c", f"{program} --show-completion; exit 0"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, capture_output=True, encoding="utf-8",
    ).stdout  # fmt: skip
    assert "complete -o default -F _earned_completion earned" in script
    (tmp_path / "completion.sh").write_text(script)
    tab = (
        'COMP_WORDS=(earned explain run F-f); COMP_CWORD=3; _earned_completion earned; echo "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", f"source {tmp_path}/completion.sh; {tab}"],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "PATH": f"{program.parent}:{os.environ['PATH']}"},
        cwd=tmp_path, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    assert done.stdout == "F-fa70213c8a\n", done.stderr
