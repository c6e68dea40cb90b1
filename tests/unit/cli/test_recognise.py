"""`earned recognise`: its options, what it prints, the memo, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from earned import cli
from tests.gates.sources import ROOT
from tests.gates.verdict_words import verdicts

FILE = ROOT / "examples" / "contracts" / "subscription.yaml"


def call(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main([str(a) for a in arguments])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_the_object_is_the_one_of_the_interface(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("recognise", FILE, "--json") == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    keys = {"format", "contract_id", "currency", "as_of", "figures", "steps", "judgements", "refused"}
    assert keys <= set(found) and found["format"] == "earned.recognise/1"
    assert list(found) == sorted(found) and found["contract_id"] == "S-2021-07"
    assert all({"figure", "value", "formula", "paragraphs"} == set(s) for s in found["steps"])
    assert all({"field", "value", "decided_by"} <= set(j) for j in found["judgements"])
    assert "12000.00" not in err


def test_the_page_has_the_five_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("recognise", FILE, "--framework", "us_gaap") == 0
    out = capsys.readouterr().out
    for number in range(1, 6):
        assert f"(step {number})" in out
    assert "US GAAP" in out and "ASC 606-10-25-30" in out and "IFRS 15" not in out
    assert "4,800.00 x 92 / 365 days = 1,209.86" in out and "(not stated)" in out
    assert max(map(len, out.splitlines())) <= 80 and verdicts(out) == []


@pytest.mark.parametrize("name", ["memo.md", "memo.html"])
def test_a_memo_is_written(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / name
    assert call("recognise", FILE, "--memo", place) == 0
    text = place.read_text(encoding="utf-8")
    wanted = ("Facts", "The five steps", "Judgements", "Figures", "Entries", "What would change the answer")
    assert all(part in text for part in wanted) and "not stated" in text
    assert text.startswith(
        "<!doctype html>" if name.endswith("html") else "# Revenue from contract S-2021-07"
    )
    assert "acceptance of 2021-07-14" in text and "-7,200.00" in text  # the machine without its acceptance
    assert verdicts(text) == [] and "Memo: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "column"),
    [
        (("--framework", "hgb"), "--framework"),
        (("--memo", "memo.docx"), "--memo"),
        (("--as-of", "31.12.2021"), "--as-of"),
    ],
)
def test_an_option_with_another_value_is_refused(
    arguments: tuple[str, ...], column: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("recognise", FILE, *arguments, "--json") == 2
    said = json.loads(capsys.readouterr().out)
    assert (said["format"], said["errors"][0]["column"]) == ("earned.error/1", column)


def test_what_is_not_there_and_what_is_missing_end_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("recognise", tmp_path / "none.yaml") == 2
    path = tmp_path / "c.yaml"
    path.write_text(
        "contract: {contract_id: C1, price: 10}\n"
        "estimates: [{kind: variable_price, item: b, known_at: 2021-01-01, amount: 5}]\n"
    )
    capsys.readouterr()
    assert call("recognise", path, "--json") == 2
    [error] = json.loads(capsys.readouterr().out)["errors"]
    assert (error["file"], error["row"], error["column"]) == ("c.yaml", 2, "estimates[1].method")
    assert "expected_value, most_likely, given" in error["do"]
