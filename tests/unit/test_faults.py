"""A fault in words: why, place, value, what was expected or what happened, what to do; and its register."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from earned.faults import Fault, meant
from earned.faults.register import of_rows, reasons, registered
from earned.faults.standing import standing


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            Fault("a day", "correct it", "a.csv", 2, "day", "x", reason="as_of"),
            "a.csv, row 2, \"day\": found 'x'; expected a day. Correct it.",
        ),
        (Fault("expected a day", "Correct it.", reason="as_of"), "expected a day. Correct it."),
        (
            Fault("out of memory", "close programs", fact=True, reason="memory"),
            "out of memory. Close programs.",
        ),
        (Fault("a key", "did you mean path?", reason="mapping"), "expected a key. Did you mean path?"),
        (
            Fault("a cell", "cut it", value="1" * 200, reason="mapping"),
            f"found '{'1' * 100}…'; expected a cell. Cut it.",
        ),
    ],
)
def test_words(fault: Fault, said: str) -> None:
    assert str(fault) == said


def test_as_json_it_has_the_keys_of_the_interface_with_code_and_reason() -> None:
    said = Fault("a", "b", "c.csv", 2, fact=True, reason="corrupt", line="x").as_json()
    keys = ["code", "reason", "file", "row", "column", "value", "expected", "do"]
    assert list(said) == keys
    assert [said[k] for k in keys] == ["B307", "corrupt", "c.csv", 2, None, None, "a", "b"]


def test_a_reason_that_the_register_does_not_have_fails_at_once() -> None:
    with pytest.raises(ValueError, match="no_such_word is no reason"):
        Fault("a", "b", reason="no_such_word")
    with pytest.raises(TypeError):
        Fault("a", "b")  # type: ignore[call-arg]


def test_the_words_of_rows_are_an_interface() -> None:
    """What `rejected.reason` may hold, as books of earlier versions hold it."""
    assert of_rows().keys() == {
        "shape", "too_long", "bytes", "number", "decimals", "range", "date", "value", "currency", "sign",
        "required", "basis", "key_missing", "key_conflict", "repeat", "orphan", "version_gap", "outcomes",
        "negative", "window", "period", "after_as_of", "opening", "measure",
    }  # fmt: skip
    assert reasons()["decimals"].code == "B214"


def test_a_code_and_a_word_belong_to_one_reason() -> None:
    good = ["B101", "a", "refused", "it is so", "Do it."]
    assert registered([good, ["B102", "b", *good[2:]]]).keys() == {"a", "b"}
    with pytest.raises(ValueError, match="B101: a code belongs to one reason"):
        registered([good, ["B101", "b", *good[2:]]])
    with pytest.raises(ValueError, match="a: a word belongs to one reason"):
        registered([good, ["B102", "a", *good[2:]]])


def test_each_reason_is_a_line_that_fits_and_a_remedy() -> None:
    for reason in reasons().values():
        assert len(reason.meaning) <= 62 and not reason.meaning.endswith("."), reason
        assert reason.remedy.endswith("."), reason


def test_the_nearest_word_is_named() -> None:
    assert meant("Revenu 2021", ["Notes", "Revenue 2021"], "write it") == "Did you mean Revenue 2021?"
    assert meant("xyz", ["Notes", "Revenue 2021"], "write it") == "write it"


def _line(folder: Path, file: str, row: int, value: str | None = None) -> str | None:
    return standing([Fault("a", "b", file, row, value=value, reason="malformed")], folder)[0].line


def test_the_row_is_read_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("﻿id,amount\r\nE1,10.00\r\n".encode())
    (tmp_path / "b.csv").write_bytes("合同,金额\n一,10\n".encode("gb18030"))
    (tmp_path / "c.csv").write_text("x" * 5_000 + "\nsecond\n", encoding="utf-8")
    assert _line(tmp_path, "a.csv", 1) == "id,amount"
    assert _line(tmp_path, "a.csv", 2, "10.00") == "E1,10.00"
    assert _line(tmp_path / "a.csv", "a.csv", 2) == "E1,10.00"
    assert _line(tmp_path, "b.csv", 2) == "一,10"
    assert _line(tmp_path, "c.csv", 2) == "second"


def test_what_is_not_the_row_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.csv").write_text("of somebody else\n", encoding="utf-8")
    (tmp_path / "in" / "link.csv").symlink_to(tmp_path / "out.csv")
    (tmp_path / "in" / "a.csv").write_text("id,amount\nE1,10.00\n", encoding="utf-8")
    os.mkfifo(tmp_path / "in" / "pipe.csv")
    asked = [("link.csv", 1), ("../out.csv", 1), ("pipe.csv", 1), ("none.csv", 1), ("a.csv", 3)]
    assert [_line(tmp_path / "in", *where) for where in asked] == [None] * 5
    assert _line(tmp_path / "in", "a.csv", 2, "11.00") is None


def test_a_password_in_books_yaml_is_not_shown(tmp_path: Path) -> None:
    text = "a: {url: 'postgresql://me:hunter2@db/x', password: hunter2, pwd: 'hunter2'}\n"
    (tmp_path / "books.yaml").write_text(text, encoding="utf-8")
    shown = _line(tmp_path, "books.yaml", 1)
    assert shown and "hunter2" not in shown and "postgresql://me:***@db/x" in shown
