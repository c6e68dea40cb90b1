"""`import earned` loads no heavy part, and `earned --help` answers at once."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

from tests.gates.sources import ROOT, copy

HEAVY = {
    "duckdb", "fastexcel", "ibis", "jinja2", "numpy", "openpyxl", "pandas", "polars", "pyarrow",
    "pyspark", "python_calamine", "rich", "sqlglot", "typer", "xlsxwriter", "yaml",
}  # fmt: skip
CPU_SECONDS = 0.250


def loaded(root: Path, command: str) -> set[str]:
    """The heavy packages that are loaded once a Python command has ended."""
    code = f"import sys, atexit; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); {command}"
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stderr.split()} & HEAVY


def test_import_is_light() -> None:
    assert loaded(ROOT, "import earned; earned.__version__") == set()


def test_help_loads_no_engine() -> None:
    assert loaded(ROOT, "from earned.cli import main; main(['examine', '--help'])") == {"typer"}


def test_a_heavy_import_is_found(tmp_path: Path) -> None:
    package = copy(ROOT, tmp_path) / "src" / "earned"
    with (package / "version.py").open("a") as file:
        file.write("import duckdb\n")
    assert loaded(tmp_path, "import earned") == {"duckdb"}


def cpu_seconds(code: str) -> float:
    """Processor time of a Python command, the least of five: what a busy machine does not disturb."""
    times = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
        subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def test_help_is_fast() -> None:
    assert cpu_seconds("from earned.cli import main; main(['--help'])") < CPU_SECONDS


def test_a_slow_start_is_found() -> None:
    busy = "import time; end = time.process_time() + 0.35\nwhile time.process_time() < end: pass"
    assert cpu_seconds(busy) > CPU_SECONDS
