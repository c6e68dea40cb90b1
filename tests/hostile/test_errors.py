"""Every reason has a case that provokes it, a call site that uses it, and a message without a blank that is
owed; each of these gates is fed a violation."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from earned.faults.register import Reason, of_rows, reasons
from tests.gates.sources import ROOT, python_files
from tools.error_cases import CASES, CHECK, Case
from tools.error_gallery import EXAMPLES, Said, errors_page, examples_text, owed, provoked, refusal

UNKNOWN = Reason("B999", "flooded", "refused", "the archive stands under water", "Dry it.")


def unused(root: Path, known: list[str]) -> list[str]:
    """The reasons that no line of the program names, as a text or inside an SQL statement."""
    named = {
        node.value
        for path in python_files(root)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    quoted = "\n".join(text for text in named if "'" in text)
    return [word for word in known if word not in named and f"'{word}'" not in quoted]


@pytest.fixture(scope="module")
def found() -> dict[str, Said]:
    return dict(provoked())


def test_every_reason_is_provoked_and_says_what_it_owes(found: dict[str, Said]) -> None:
    assert found.keys() == reasons().keys()
    assert owed(found, reasons()) == []
    assert {said.code for word, said in found.items() if reasons()[word].severity == "refused"} == {2}
    assert {said.code for word, said in found.items() if reasons()[word].severity == "stopped"} == {3, 4}
    assert of_rows().keys() == {word for word, said in found.items() if said.code is None}


def test_a_reason_without_a_case_and_a_blank_are_found(found: dict[str, Said]) -> None:
    assert owed(found, {**reasons(), "flooded": UNKNOWN}) == ["flooded: no case provokes it"]
    found["corrupt"] = replace(found["corrupt"], place=False, remedy=False)
    found["decimals"] = replace(found["decimals"], value=False, expected=False)
    assert sorted(owed(found, reasons())) == [
        "corrupt: its message has no place",
        "corrupt: its message has no remedy",
        "decimals: its message has no expected",
        "decimals: its message has no value",
    ]


def test_every_reason_is_used() -> None:
    assert unused(ROOT, list(reasons())) == []
    assert unused(ROOT, [*reasons(), "flooded"]) == ["flooded"]


def test_a_case_of_another_reason_or_of_none_is_found(tmp_path: Path) -> None:
    case = next(c for c in CASES if c.word == "empty")
    with pytest.raises(ValueError, match="corrupt: its case says"):
        refusal(replace(case, word="corrupt"), tmp_path / "a")
    with pytest.raises(ValueError, match="not refused"):
        refusal(Case("corrupt", command=CHECK), tmp_path / "b")


def test_the_page_and_the_examples_are_what_is_provoked() -> None:
    assert EXAMPLES.read_text(encoding="utf-8") == examples_text()
    page = errors_page()
    for reason in reasons().values():
        assert f"\n## {reason.code} `{reason.word}`\n" in page


def test_no_line_is_too_wide_and_none_names_this_machine(found: dict[str, Said]) -> None:
    lines = [line for said in found.values() for line in said.text.splitlines()]
    assert [line for line in lines if len(line) > 80 and not line[:1].isalpha() and "," not in line] == []
    assert [line for line in lines if "/tmp" in line or str(ROOT) in line] == []


def test_the_cell_is_marked_in_the_row_as_it_stands(found: dict[str, Said]) -> None:
    assert (
        "      7   E6 | C2 | 2021-06-30 | 10.005 | USD | C |  |  |  |\n"
        "                                 ^^^^^^\n"
    ) in found["decimals"].text
    assert found["decimals"].text.startswith(
        'B214  1 row of entries: more decimals than can be kept exactly\n      entries.csv, row 7, "amount"\n'
    )
