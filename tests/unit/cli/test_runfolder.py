"""The run folder is whole or not there, says what it holds, and the same run gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from earned import runfolder
from earned.faults import InputError
from earned.runfolder import write_run
from earned.unfinished import held
from tests.unit.cli.fake_run import FakeRun


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def dead_process() -> int:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    return child


def test_what_a_run_holds(run: FakeRun, tmp_path: Path) -> None:
    place = write_run(run, tmp_path / "a" / "run", report=False)
    assert names(place) == [
        "books.yaml",
        "books/calendar.parquet",
        "books/closes.parquet",
        "books/evidence_unknown.parquet",
        "books/period_names.parquet",
        "environment.json",
        "run.json",
        "summary.txt",
        "tables/entry_support.parquet",
        "tables/findings.parquet",
        "tables/quality.parquet",
        "tables/rejected.parquet",
    ]
    said = json.loads((place / "run.json").read_text())
    assert (said["format"], said["run_id"], said["engine"]) == ("earned.run/1", "0123456789ab", "duckdb")
    assert said["as_of"] == "2022-03-31T23:59:59+00:00"
    assert {name: table["rows"] for name, table in said["tables"].items()} == {
        "rejected": 0,
        "quality": 0,
        "findings": 1,
        "entry_support": 0,
    }
    books = (place / "books.yaml").read_bytes()
    assert said["files"]["books.yaml"] == hashlib.sha256(books).hexdigest()
    assert pq.read_table(place / "tables" / "findings.parquet").num_rows == 1


def test_the_same_run_gives_the_same_bytes_anywhere(run: FakeRun, tmp_path: Path) -> None:
    one, two = (write_run(run, tmp_path / name, report=False) for name in ("one", "other/two"))
    for name in names(one):
        if name != "environment.json":
            assert (one / name).read_bytes() == (two / name).read_bytes(), name
    assert str(tmp_path) not in "".join(
        (one / n).read_text() for n in ("run.json", "summary.txt", "books.yaml")
    )


def test_without_a_name_it_stands_next_to_the_books(run: FakeRun) -> None:
    assert write_run(run, None, report=False) == run.books.path.parent / "runs" / run.run_id


def test_content_is_refused_without_force(run: FakeRun, tmp_path: Path) -> None:
    place = tmp_path / "run"
    write_run(run, place, report=False)
    with pytest.raises(InputError, match="--force"):
        write_run(run, place, report=False)
    (place / "old.txt").write_text("of the former run")
    assert "old.txt" not in names(write_run(run, place, report=False, force=True))
    assert [p.name for p in tmp_path.iterdir() if p.name != "books"] == ["run"]


def test_an_empty_folder_is_taken(run: FakeRun, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    assert "run.json" in names(write_run(run, tmp_path / "run", report=False))


def test_force_keeps_what_is_no_run(run: FakeRun, tmp_path: Path) -> None:
    place = tmp_path / "run"
    place.mkdir()
    (place / "thesis.txt").write_text("mine")
    write_run(run, place, report=False, force=True)
    assert "thesis.txt" not in names(place)
    assert (runfolder.kept(place, run.run_id) / "thesis.txt").read_text() == "mine"


def test_the_books_are_never_written_over(run: FakeRun) -> None:
    (run.books.path / "entries.csv").write_text("x")
    for place in (run.books.path, run.books.path.parent):
        with pytest.raises(InputError, match="books"):
            write_run(run, place, report=False, force=True)
    assert names(run.books.path) == ["entries.csv"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, MemoryError])
def test_a_failure_leaves_nothing(
    error: type[BaseException], run: FakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise error

    place = tmp_path / "run"
    write_run(run, place, report=False)
    before = (place / "run.json").read_bytes()
    monkeypatch.setattr(runfolder, "_run_json", fails)
    with pytest.raises(error):
        write_run(run, place, report=False, force=True)
    with pytest.raises(error):
        write_run(run, tmp_path / "new", report=False)
    assert (place / "run.json").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["books", "run"]


def test_a_failed_rename_puts_the_former_run_back(
    run: FakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = write_run(run, tmp_path / "run", report=False)
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if ".unfinished-" in self.name:
            raise OSError("no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="no"):
        write_run(run, place, report=False, force=True)
    assert "run.json" in names(place)


def test_what_a_killed_process_left_is_tidied(run: FakeRun, tmp_path: Path) -> None:
    dead = dead_process()
    left, moved = tmp_path / f".old.unfinished-{dead}", tmp_path / f".moved.replaced-{dead}"
    for folder in (left, moved):
        folder.mkdir()
        (folder / "half").write_text("")
    with held(tmp_path / "other") as alive:
        write_run(run, tmp_path / "run", report=False)
        assert alive.exists()
    assert not left.exists()
    assert (tmp_path / "moved" / "half").exists()


def test_a_place_that_cannot_be_written_is_said(
    run: FakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="not a file"):
        write_run(run, tmp_path / "file", report=False)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InputError, match="may be written"):
        write_run(run, tmp_path / "new", report=False)
