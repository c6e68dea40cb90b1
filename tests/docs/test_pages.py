"""Every console of the documentation is what a terminal says; every command in it is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gates.sources import ROOT
from tools.answers import change
from tools.console import differences, fences, matches, misspelt, prepare, rewritten, typed, unknown

DOCS = ROOT / "docs"
WRITTEN = {p.relative_to(ROOT).as_posix(): p for p in (*DOCS.rglob("*.md"), ROOT / "README.md")}
TEXTS = {name: place.read_text(encoding="utf-8") for name, place in WRITTEN.items()}
RUN = sorted(name for name, text in TEXTS.items() if any(f.kind == "console" for f in fences(text)))


@pytest.mark.parametrize("name", RUN)
def test_a_page_shows_what_the_terminal_says(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made = request.getfixturevalue("made") if "demo-" in TEXTS[name] else tmp_path
    folder = tmp_path / "here"
    prepare(folder, TEXTS[name], made)
    assert differences(TEXTS[name], folder) == []


def test_the_pages_of_the_way_are_run() -> None:
    pages = {
        "tutorial.md",
        "your-books.md",
        *(f"how-to/{n}.md" for n in ("spreadsheet", "sap", "saf-t", "decide")),
    }
    assert {f"docs/{page}" for page in pages} <= set(RUN)
    assert sum(len(typed(f.body)) for n in RUN for f in fences(TEXTS[n]) if f.kind == "console") > 30


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_command_of_a_page_has_options_that_exist(name: str) -> None:
    assert misspelt(TEXTS[name]) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("earned examine books --outt run", "No such option: --outt"),
        ("earned examin books", "No such command 'examin'"),
        ("earned check books --set", "requires"),
        ("earned examine books --out run --force", ""),
        ("earned", ""),
    ],
)
def test_a_command_that_does_not_exist_is_found(line: str, said: str) -> None:
    assert (said in unknown(line)) if said else unknown(line) == ""
    for page in (f"```sh\n{line}\n```\n", f"```console\n$ {line}\n```\n", f"Text\n\n    {line}\n"):
        assert bool(misspelt(page)) == bool(said)


WRONG = {
    "another figure": "```console\n$ echo 4.24 %\n4.25 %\n```\n",
    "a line too few": "```console\n$ printf 'a\\nb\\n'\na\n```\n",
    "another exit code": "```console\n$ earned check nowhere\n…\n```\n",
    "an exit code that is none": "```console\n$ echo a # exit code 1\na\n```\n",
}


@pytest.mark.parametrize("page", WRONG.values(), ids=list(WRONG))
def test_a_page_that_is_wrong_is_found(page: str, tmp_path: Path) -> None:
    assert len(differences(page, tmp_path)) == 1


def test_what_a_page_writes_is_there_for_its_commands(tmp_path: Path) -> None:
    page = (
        "Write `b/x.csv`:\n\n```csv\na\n```\n\nAdd to `b/x.csv`:\n\n```csv\nb\n```\n\n"
        "```console\n$ cat b/x.csv\na\n…\n$ ls b/y.csv # exit code 2: it is not there\n…y.csv…\n```\n"
    )
    assert differences(page, tmp_path) == []
    assert rewritten(page.replace("a\n…\n$", "z\n$"), tmp_path) == page.replace("a\n…\n$", "a\nb\n$")


def test_dots_stand_for_text_and_for_lines() -> None:
    assert matches("a … c\n…\nz\n", "a b c\n1\n2\nz\n") and matches("…\na\n", "a\n")
    assert not matches("a … c\n", "a b\nc\n") and not matches("…\na\n", "a\nb\n")


def test_an_answer_takes_the_place_of_its_question(tmp_path: Path) -> None:
    place = tmp_path / "books.yaml"
    place.write_text("t:\n  basis: x\nu:\n  basis: '?'   # one of\n")
    change(place, "basis: '=increment'")
    assert place.read_text() == "t:\n  basis: x\nu:\n  basis: '=increment'\n"
    with pytest.raises(ValueError, match="0 lines for nothing"):
        change(place, "nothing: 1")
