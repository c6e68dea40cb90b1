"""The command line: every option of INTERFACE reaches the library, and every ending has its exit code."""

from __future__ import annotations

import errno
import json
import os
import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from earned.faults import Fault, InputError, ResourceError, TotalError
from earned.version import VERSION
from tests.unit.cli.fake_run import FakeRun

Call = Callable[..., int]
Captured = pytest.CaptureFixture[str]


def raising(error: BaseException) -> Callable[[], None]:
    def does() -> None:
        raise error

    return does


def test_version(earned_command: Call, capsys: Captured) -> None:
    assert earned_command("--version") == 0
    assert capsys.readouterr().out == f"earned {VERSION}\n"


def test_help_says_the_exit_codes(earned_command: Call, capsys: Captured) -> None:
    assert earned_command("--help") == 0
    assert "Exit codes: 0 done" in capsys.readouterr().out


def test_every_option_reaches_the_library(
    earned_command: Call, command: SimpleNamespace, tmp_path: Path
) -> None:
    options = ["--as-of", "2022-03-31", "--from-period", "2021Q2", "--to-period", "2021Q3"]
    options += ["--set", "policy.least_grade=A", "--set", "company.name=A=B", "--procedures", "none"]
    options += ["--no-report", "--no-decisions", "--engine", "duckdb", "--out", str(tmp_path / "run")]
    assert earned_command("examine", command.books, *options) == 1
    path, opened = command.opened
    assert callable(opened.pop("progress"))
    assert path == command.books
    assert opened == {
        "as_of": date(2022, 3, 31),
        "overrides": [("policy.least_grade", "A"), ("company.name", "A=B")],
        "limits": {},
    }
    progress = command.examined.pop("progress")
    assert callable(progress)
    assert command.examined == {
        "procedures": "none",
        "decisions": False,
        "from_period": "2021Q2",
        "to_period": "2021Q3",
    }


def test_differences_are_exit_1_and_nothing_is_0(
    earned_command: Call, command: SimpleNamespace, run: FakeRun
) -> None:
    assert earned_command("examine", command.books, "--no-report") == 1
    assert earned_command("examine", command.books, "--no-report", "--force", "--exit-zero") == 0
    run.has_exceptions = False
    assert earned_command("examine", command.books, "--no-report", "--force") == 0


def test_the_same_run_beside_the_books_ends_as_it_did_before(
    earned_command: Call, command: SimpleNamespace, run: FakeRun, capsys: Captured
) -> None:
    for _ in range(2):
        assert earned_command("examine", command.books, "--no-report") == 1
    run_json = command.books.parent / "runs" / "0123456789ab" / "run.json"
    run_json.write_text(run_json.read_text().replace("0123456789ab", "ffffffffffff"))
    assert earned_command("examine", command.books, "--no-report") == 2
    assert "--force" in capsys.readouterr().err


def test_the_screen_goes_to_stdout(earned_command: Call, command: SimpleNamespace, capsys: Captured) -> None:
    earned_command("examine", command.books, "--no-report")
    said = capsys.readouterr()
    assert "2021Q2" in said.out
    assert "F-0123456789" in said.out
    assert str(command.books.parent / "runs" / "0123456789ab" / "run.json") in said.out
    assert said.err == ""


def test_json_is_one_object(
    earned_command: Call, command: SimpleNamespace, tmp_path: Path, capsys: Captured
) -> None:
    assert earned_command("examine", command.books, "--no-report", "--json", "--out", tmp_path / "run") == 1
    said = capsys.readouterr()
    printed = json.loads(said.out)
    assert printed["format"] == "earned.examine/1"
    assert printed["run"] == str(tmp_path / "run")
    assert list(printed) == sorted(printed)
    assert said.err == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["examine"], "BOOKS"),
        (["exmine", "x"], "examine"),
        (["examine", "{books}", "--bogus"], "--bogus"),
        (["examine", "nowhere"], "nowhere"),
        (["examine", "{books}", "--set", "policy"], "KEY=VALUE"),
        (["examine", "{books}", "--as-of", "31.03.2022"], "2022-03-31"),
        (["examine", "{books}", "--engine", "spark-local"], "Spark"),
        (["examine", "{books}", "--engine", "sqlite"], "duckdb"),
        (["examine", "{books}", "--procedures", "no_such"], "this version has no audit procedures"),
        (["examine", "{books}", "--out", "{books}"], "--out"),
        (["examine", "{books}", "--out", "{books}/.."], "--out"),
    ],
)
def test_bad_usage_is_exit_2_in_words_and_in_json(
    arguments: list[str], said: str, earned_command: Call, command: SimpleNamespace, capsys: Captured
) -> None:
    given = [a.replace("{books}", str(command.books)) for a in arguments]
    assert earned_command(*given) == 2
    words = capsys.readouterr()
    assert words.out == ""
    assert said in words.err
    assert words.err.endswith("Nothing was computed.\n")
    assert earned_command(*given, "--json") == 2
    printed = json.loads(capsys.readouterr().out)
    assert (printed["format"], printed["code"]) == ("earned.error/1", 2)
    errors = printed["errors"]
    assert all(
        set(e) == {"code", "reason", "file", "row", "column", "value", "expected", "do"} for e in errors
    )
    assert said in json.dumps(printed)
    assert command.opened is None


def test_an_input_error_carries_every_fault(
    earned_command: Call, command: SimpleNamespace, capsys: Captured
) -> None:
    first = Fault(
        "expected a day",
        "Write it as 2021-06-30.",
        "entries.csv",
        118,
        "effective_date",
        "31.6.",
        reason="as_of",
    )
    command.does = raising(
        InputError([first, Fault("expected a rate", "Set policy.tax_rate.", reason="tax")])
    )
    assert earned_command("examine", command.books, "--json") == 2
    errors = json.loads(capsys.readouterr().out)["errors"]
    assert [e["row"] for e in errors] == [118, None]
    assert errors[0]["file"] == "entries.csv"
    assert errors[1]["do"] == "Set policy.tax_rate."


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (TotalError("revenue in 5, out 4"), 3, "revenue in 5, out 4"),
        (ValueError("odd"), 3, "ValueError: odd"),
        (ResourceError("too large"), 4, "too large"),
        (KeyboardInterrupt(), 4, "interrupted"),
        (MemoryError(), 4, "out of memory"),
        (OSError(errno.ENOSPC, "No space left on device"), 4, "disk is full"),
        (type("OutOfMemoryException", (Exception,), {})("failed to allocate"), 4, "out of memory"),
        (PermissionError(errno.EACCES, "Permission denied", "entries.csv"), 2, "entries.csv"),
    ],
)
def test_what_stops_a_run_has_its_exit_code(
    error: BaseException,
    code: int,
    said: str,
    earned_command: Call,
    command: SimpleNamespace,
    capsys: Captured,
) -> None:
    command.does = raising(error)
    assert earned_command("examine", command.books) == code
    words = capsys.readouterr()
    assert words.out == ""
    assert said in words.err
    assert "Traceback" not in words.err
    assert list(command.books.parent.iterdir()) == [command.books]
    assert earned_command("examine", command.books, "--json") == code
    assert json.loads(capsys.readouterr().out)["code"] == code


def test_a_traceback_is_printed_only_when_asked(
    earned_command: Call, command: SimpleNamespace, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.does = raising(ValueError("odd"))
    monkeypatch.setenv("EARNED_DEBUG", "1")
    assert earned_command("examine", command.books) == 3
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_exit_4_also_when_the_engine_hides_it(
    number: int, earned_command: Call, command: SimpleNamespace
) -> None:
    def hidden() -> None:
        try:
            os.kill(os.getpid(), number)
        except KeyboardInterrupt:
            raise RuntimeError("Query interrupted") from None

    before = signal.getsignal(number)
    command.does = hidden
    assert earned_command("examine", command.books) == 4
    assert signal.getsignal(number) == before


def test_the_engine_is_closed_whatever_happens(
    earned_command: Call, command: SimpleNamespace, run: FakeRun
) -> None:
    folders = []

    def fails() -> None:
        folders.append(run.books.engine.folder)
        assert folders[0].exists()
        raise ValueError("odd")

    command.does = fails
    earned_command("examine", command.books)
    assert [folder.exists() for folder in folders] == [False]


def test_control_characters_of_books_do_not_reach_the_terminal(
    earned_command: Call, command: SimpleNamespace, capsys: Captured
) -> None:
    command.does = raising(
        InputError([Fault("expected a day\x1b[2J", "Do it.", file="a\x07.csv", reason="as_of")])
    )
    earned_command("examine", command.books)
    assert "\x1b" not in (said := capsys.readouterr().err)
    assert "\x07" not in said


def test_a_reader_who_has_gone_is_no_error(
    earned_command: Call, command: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as gone:
        monkeypatch.setattr("sys.stdout", gone)
        assert earned_command("examine", command.books, "--no-report") == 1


def test_a_run_that_stands_there_is_left_alone(
    earned_command: Call, command: SimpleNamespace, tmp_path: Path, capsys: Captured
) -> None:
    place = tmp_path / "run"
    place.mkdir()
    (place / "mine.txt").write_text("mine")
    assert earned_command("examine", command.books, "--out", place) == 2
    assert "--force" in capsys.readouterr().err
    assert command.opened is None
    assert (place / "mine.txt").read_text() == "mine"


def test_public_names_are_two_and_stay_functions(command: SimpleNamespace) -> None:
    import earned

    assert set(earned.__all__) == {"__version__", "examine", "open_books"}
    assert earned.__version__ == VERSION
    options: Any = {"progress": None}
    assert isinstance(earned.examine(earned.open_books("x"), **options), FakeRun)
