"""The commands whose every touch of the disk is made to fail, each on inputs of a few rows."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import duckdb

from tests.mistakes.small import folder
from tests.unit.imports import samples


def command_line(arguments: list[str]) -> int:
    """`earned` as it is typed; its exit code."""
    from earned import cli

    try:
        cli.main(arguments)
    except SystemExit as left:
        return int(left.code or 0)
    return 99


def careless(arguments: list[str]) -> int:
    """What no command may do: write where the result is to stand, and believe every write."""
    from earned import exits

    def work() -> int:
        out = Path(arguments[0])
        out.mkdir()
        for name in ("one", "two"):
            (out / name).write_text(name, encoding="utf-8")
        return 0

    return exits.ended(work)


@dataclass(frozen=True)
class Command:
    """A command: its inputs and arguments, what it writes, and what runs it; `again` says that a second one
    finds another name for its result, `begins` the function from which on faults are tried."""

    prepared: Callable[[Path, Path], list[str]]
    writes: str = "out"
    run: Callable[[list[str]], int] = command_line
    again: bool = False
    begins: str = ""

    def undone(self, world: Path) -> None:
        """Take away what it wrote."""
        place = world / self.writes
        if not self.writes:
            return
        shutil.rmtree(place) if place.is_dir() else place.unlink()

    @contextmanager
    def beginning(self, arm: Callable[[], object]) -> Iterator[None]:
        """Inside the block `arm` is called when the command has come to where it begins."""
        if not self.begins:
            arm()
            yield
            return
        module = import_module(self.begins)
        name = self.begins.rpartition(".")[2]
        true = getattr(module, name)

        def armed(*given: Any, **named: Any) -> Any:
            arm()
            return true(*given, **named)

        setattr(module, name, armed)
        yield
        setattr(module, name, true)

    def tidied(self, world: Path) -> None:
        """What the next one does first: remove what a killed process left."""
        from earned import unfinished

        unfinished.tidy((world / (self.writes or "out")).parent)
        _, leave = unfinished.scratch("earned-")
        leave()


def _examine(inputs: Path, out: Path) -> list[str]:
    return ["examine", str(folder(inputs / "books")), "--out", str(out), "--json"]


def _forms(inputs: Path, _: Path) -> list[str]:
    """The same books as Parquet, a packed CSV and a DuckDB file beside it."""
    books = folder(inputs / "books")
    with duckdb.connect() as engine:
        contracts = f"read_csv('{books / 'contracts.csv'}', all_varchar = true)"
        engine.execute(f"COPY (FROM {contracts}) TO '{books / 'contracts.parquet'}' (FORMAT parquet)")
        engine.execute(f"ATTACH '{books / 'evidence.duckdb'}' AS file")
        evidence = f"read_csv('{books / 'evidence.csv'}', all_varchar = true)"
        engine.execute(f"CREATE TABLE file.evidence AS FROM {evidence}")
    (books / "entries.csv.gz").write_bytes(gzip.compress((books / "entries.csv").read_bytes(), mtime=0))
    for name in ("contracts", "entries", "evidence"):
        (books / f"{name}.csv").unlink()
    return ["check", str(books), "--json"]


def _import(name: str, sample: Callable[[Path], Path]) -> Command:
    return Command(lambda inputs, out: ["import", name, str(sample(inputs)), "--out", str(out), "--json"])


def _init(inputs: Path, _: Path) -> list[str]:
    (folder(inputs / "books") / "books.yaml").unlink()
    return ["init", str(inputs / "books"), "--json"]


COMMANDS: Mapping[str, Command] = {
    "check": Command(lambda inputs, _: ["check", str(folder(inputs / "books")), "--json"], writes=""),
    "check-forms": Command(_forms, writes=""),
    "examine": Command(_examine, begins="earned.examine"),
    "tables": Command(lambda inputs, out: [*_examine(inputs, out), "--no-report"], begins="earned.examine"),
    "import-ads": _import("ads", samples.ads),
    "import-fec": _import("fec", samples.fec),
    "import-saft": _import("saft", samples.saft_no),
    "init": Command(_init, writes="inputs/books/books.yaml", again=True),
    "template": Command(lambda _, out: ["template", str(out.with_suffix(".xlsx"))], writes="out.xlsx"),
    "careless": Command(lambda _, out: [str(out)], run=careless),
}
