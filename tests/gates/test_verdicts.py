"""No text that a person can be shown uses a verdict word: strings, templates, schema, examples' outputs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.gates.sources import ROOT, copy, python_files
from tests.gates.verdict_words import verdicts

TEXTS = ("*.yaml", "*.html", "*.j2", "*.js", "*.css", "*.txt", "*.svg")


def verdict_texts(root: Path) -> list[str]:
    found = []
    for path in python_files(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found += [f"{path.relative_to(root)}:{node.lineno}: {w}" for w in verdicts(node.value)]
    for pattern in TEXTS:
        for path in sorted((root / "src").rglob(pattern)):
            found += [f"{path.relative_to(root)}: {w}" for w in verdicts(path.read_text(encoding="utf-8"))]
    return found


def test_no_text_of_the_program_is_a_verdict() -> None:
    assert verdict_texts(ROOT) == []


def test_a_verdict_is_found_in_a_string_and_in_a_template(tmp_path: Path) -> None:
    package = copy(ROOT, tmp_path) / "src" / "earned"
    (package / "said.py").write_text('TEXT = f"{1} entries look fraudulent"\n')
    (package / "page.html").write_text("<p>A forged acceptance</p>")
    found = [line for line in verdict_texts(tmp_path) if "said" in line or "page" in line]
    assert found == ["src/earned/said.py:1: fraudulent", "src/earned/page.html: forged"]


@pytest.mark.parametrize(
    "text", ["Fraud", "was faked", "a fictitious sale", "these are lies? he lied", "伪造印章"]
)
def test_verdict_words_are_known(text: str) -> None:
    assert verdicts(text)


@pytest.mark.parametrize(
    "text",
    [
        "1,200,000.00 booked 29 Jun 2021; first hours 14 Sep 2021",
        "evidence_refused, not started, recorded after the close",
        "applied, allied, relied, replied, forget, liability, unsupported",
        "suspended; criterion; belief; quantity supplied",
    ],
)
def test_facts_are_no_verdicts(text: str) -> None:
    assert verdicts(text) == []
