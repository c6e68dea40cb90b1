"""A `?` in books.yaml stops every command that reads the books: file, line, key, candidates."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.guess.run import as_json, put

TABLES = {
    "contracts": "contract_id,price,currency\nC1,10.00,USD\n",
    "entries": "contract_id,effective_date,amount\nC1,2021-06-30,10.00\n",
    "evidence": "contract_id,kind,event_date\nC1,Go,2021-06-20\n",
}


def books(tmp_path: Path, text: str) -> Path:
    folder = put(tmp_path / "in", **TABLES)
    (folder / "books.yaml").write_text(text, encoding="utf-8")
    return folder


WORD = """company: {currency: USD}
tables:
  evidence:
    values:
      kind:
        Go: '?'   # one of: delivery | acceptance   (what does it show?)
"""


@pytest.mark.parametrize("command", ["check", "examine"])
def test_an_open_question_is_refused_with_its_candidates(tmp_path: Path, command: str) -> None:
    code, said = as_json(command, books(tmp_path, WORD))
    (error,) = said["errors"]
    assert (code, error["file"], error["row"]) == (2, "books.yaml", 6)
    assert (error["column"], error["value"]) == ("tables.evidence.values.kind.Go", "?")
    assert "delivery | acceptance" in error["expected"]


def test_the_answer_may_come_from_the_command_line(tmp_path: Path) -> None:
    code, said = as_json("check", books(tmp_path, WORD), "--set", "tables.evidence.values.kind.Go=acceptance")
    assert code == 0 and said["format"] == "earned.check/1"


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("policy: {price_includes_tax: '?'}", "true | false"),
        ("policy: {binding_stage: '?'}", "arrival | go_live | initial | final"),
        ("tables: {entries: {date: '?'}}", "%d/%m/%Y"),
        ("tables: {entries: {unit: {amount: '?'}}}", "major | minor | thousand | ten_thousand"),
        ("tables: {evidence: {values: {kind: {Go: '?'}}}}", "milestone | delivery"),
        ("tables: {entries: {columns: {amount: '?'}}}", "a header of the file"),
        ("tables: {entries: {only: {account: ['?']}}}", "an answer"),
    ],
)
def test_without_its_comment_a_question_names_the_usual_answers(
    tmp_path: Path, text: str, candidates: str
) -> None:
    code, said = as_json("check", books(tmp_path, f"company: {{currency: USD}}\n{text}\n"))
    (error,) = said["errors"]
    assert code == 2 and error["value"] == "?" and candidates in error["expected"]


def test_a_question_mark_among_the_words_for_nothing_is_none(tmp_path: Path) -> None:
    text = "company: {currency: USD}\nsources: {evidence: {path: evidence.csv, null_values: ['?']}}\n"
    code, said = as_json("check", books(tmp_path, text))
    assert code == 0 and said["tables"]


def test_all_questions_are_said_at_once(tmp_path: Path) -> None:
    text = "company: {currency: '?'}\npolicy: {pattern: '?', measure: '?'}\n"
    _, said = as_json("check", books(tmp_path, text))
    assert [e["column"] for e in said["errors"]] == ["company.currency", "policy.pattern", "policy.measure"]
