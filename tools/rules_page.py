"""The pages docs/rules/*.md: every rule of recognition, its paragraph, an example, its published cases."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "src" / "earned" / "recognition"
CASES = ROOT / "tests" / "golden" / "contracts"
SITUATIONS = ROOT / "tests" / "golden" / "situations"
#: files that hold tables together and state no rule of their own
TOGETHER = {
    "__init__", "recognise", "tables", "records", "reasons", "closing", "of_contract", "matching", "scope",
}  # fmt: skip
INTRO = """# The rules of recognition

One file of `src/earned/recognition` a rule, one page a file: what it says, the paragraph that it implements,
an example, and the cases that prove it. A case is a [contract file](../how-to/contract-file.md) under
`tests/golden/contracts`, with what its source prints: the tests run `earned recognise` on it. A situation is
a set of books under `tests/golden/situations`, worked by hand or from the standard's figures: the tests run
`earned examine` on it.

| rule | what it decides | cases | situations |
|---|---|---|---|
"""
Case = dict[str, Any]


def rules_pages() -> dict[str, str]:
    """Name under docs/ -> text. Raises ValueError for an unknown rule, and for a rule that no case proves."""
    cases, situations = _cases(CASES.glob("*/*.yaml")), _cases(SITUATIONS.glob("*.yaml"))
    files = [p for p in sorted(RULES.glob("*.py")) if p.stem not in TOGETHER]
    named = set(cases) | set(situations)
    if wrong := named - {p.stem for p in RULES.glob("*.py")} | {p.stem for p in files} - named:
        raise ValueError(f"no such rule, or no case of it: {sorted(wrong)}")
    lines = [
        f"| [{p.stem}]({p.stem}.md) | {_said(p)[0]} | {len(cases[p.stem])} | {len(situations[p.stem])} |\n"
        for p in files
    ]
    pages = {f"rules/{p.stem}.md": _page(p, cases[p.stem], situations[p.stem]) for p in files}
    return {"rules/index.md": INTRO + "".join(lines)} | pages


def _cases(paths: Iterable[Path]) -> defaultdict[str, list[Case]]:
    """Rule -> its cases, in the order of their files."""
    found: defaultdict[str, list[Case]] = defaultdict(list)
    for path in sorted(paths):
        text = path.read_text(encoding="utf-8")
        case = yaml.safe_load(text)
        for rule in case.get("rules", ()):
            found[rule].append({**case, "name": path.stem, "text": text})
    return found


def _said(path: Path) -> list[str]:
    """The paragraphs of a file's docstring, each on one line."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return [" ".join(part.split()) for part in text.split("\n\n")]


def _page(path: Path, cases: list[Case], situations: list[Case]) -> str:
    parts = [f"# {path.stem}", *_said(path)]
    parts += _example(cases) if cases else _example_of_books(situations)
    if cases:
        parts += ["## Cases", _table(cases)]
    if situations:
        told = "\n".join(f"- {_cell(s['title'])}: `{s['name']}` ({_cell(s['source'])})" for s in situations)
        parts += ["## Situations", told]
    return "\n\n".join(parts) + "\n"


def _example(cases: list[Case]) -> list[str]:
    """The case that shows the least beside the rule: its contract file and the figures that it must give."""
    case = min(cases, key=lambda c: (c["use"] != "gate", "differs" in c, len(c["rules"]), c["name"]))
    given = f"```yaml\n{_block(case['text'], 'contract')}```"
    return _shown(case, "The contract file:", given, "The figures that `earned recognise` gives:")


def _example_of_books(situations: list[Case]) -> list[str]:
    """The shortest situation: its books, and rows that `earned examine` must give."""
    case = min(situations, key=lambda s: (len(s["text"]), s["name"]))
    books = "".join(f"{name}.csv\n{text}\n" for name, text in case["tables"].items())
    manifest = f"books.yaml\n{case['books_yaml']}\n" if case.get("books_yaml") else ""
    given = f"```text\n{(manifest + books).rstrip()}\n```"
    return _shown(case, "The books:", given, "Rows that `earned examine` gives, by table of the run:")


def _shown(case: Case, is_given: str, given: str, must_give: str) -> list[str]:
    expected = yaml.safe_dump(case["expect"], allow_unicode=True, sort_keys=False, width=100)
    told = f"{_cell(case['title'])} ({_cell(case['source'])}). {is_given}"
    return ["## Example", told, given, must_give, f"```yaml\n{expected}```"]


def _block(text: str, key: str) -> str:
    """The lines below a key of a YAML file, comments included, moved to the left."""
    lines = text.split(f"\n{key}:\n", 1)[1].splitlines()
    inside = []
    for line in lines:
        if line and not line.startswith((" ", "#")):
            break
        inside.append(line.removeprefix("  "))
    return "\n".join(inside).rstrip() + "\n"


def _table(cases: list[Case]) -> str:
    rows = ["| case | what it shows | source | to the cent |", "|---|---|---|---|"]
    for case in cases:
        reasons = case.get("differs")
        told = "; ".join(map(str, reasons.values())) if isinstance(reasons, dict) else reasons
        outcome = f"differs: {_cell(told)}" if told else "yes"
        rows.append(f"| {case['name']} | {_cell(case['title'])} | {_cell(case['source'])} | {outcome} |")
    return "\n".join(rows)


def _cell(text: str) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")
