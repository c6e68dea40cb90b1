"""The pages docs/rules/*.md: every rule of recognition, its paragraph, an example, its published cases."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
RULES = ROOT / "src" / "earned" / "recognition"
CASES = ROOT / "tests" / "golden" / "contracts"
#: files that hold tables together and state no rule of their own
TOGETHER = {"__init__", "recognise", "tables", "records", "closing", "of_contract", "matching", "scope"}
INTRO = """# The rules of recognition

One file of `src/earned/recognition` a rule, one page a file: what it says, the paragraph that it implements,
an example, and the published cases that prove it. Every case is a [contract
file](../how-to/contract-file.md) under `tests/golden/contracts`, with what its source prints; the tests run
`earned recognise` on each.

| rule | what it decides | published cases |
|---|---|---|
"""
Case = dict[str, Any]


def rules_pages() -> dict[str, str]:
    """Name under docs/ -> text. Raises KeyError for a case without rules, ValueError for an unknown one."""
    cases = _cases()
    if unknown := set(cases) - {path.stem for path in RULES.glob("*.py")}:
        raise ValueError(f"no such rule: {sorted(unknown)}")
    files = [p for p in sorted(RULES.glob("*.py")) if p.stem not in TOGETHER]
    lines = [f"| [{p.stem}]({p.stem}.md) | {_said(p)[0]} | {len(cases[p.stem])} |\n" for p in files]
    pages = {f"rules/{p.stem}.md": _page(p, cases[p.stem]) for p in files}
    return {"rules/index.md": INTRO + "".join(lines)} | pages


def _cases() -> defaultdict[str, list[Case]]:
    """Rule -> its cases, in the order of their files."""
    found: defaultdict[str, list[Case]] = defaultdict(list)
    for path in sorted(CASES.glob("*/*.yaml")):
        text = path.read_text(encoding="utf-8")
        case = yaml.safe_load(text)
        for rule in case["rules"]:
            found[rule].append({**case, "name": path.stem, "text": text})
    return found


def _said(path: Path) -> list[str]:
    """The paragraphs of a file's docstring, each on one line."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return [" ".join(part.split()) for part in text.split("\n\n")]


def _page(path: Path, cases: list[Case]) -> str:
    parts = [f"# {path.stem}", *_said(path)]
    if cases:
        parts += [*_example(cases), "## Published cases", _table(cases)]
    return "\n\n".join(parts) + "\n"


def _example(cases: list[Case]) -> list[str]:
    """The case that shows the least beside the rule: its contract file and the figures that it must give."""
    case = min(cases, key=lambda c: (c["use"] != "gate", "differs" in c, len(c["rules"]), c["name"]))
    contract = _block(case["text"], "contract")
    figures = yaml.safe_dump(case["expect"], allow_unicode=True, sort_keys=False, width=100)
    return [
        "## Example",
        f"{_cell(case['title'])} ({_cell(case['source'])}). The contract file:",
        f"```yaml\n{contract}```",
        "The figures that `earned recognise` gives:",
        f"```yaml\n{figures}```",
    ]


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
