"""A file is a concept: at most 300 lines; a function at most 40, its signature and docstring included."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.gates.sources import ROOT, copy, python_files

FILE, FUNCTION = 300, 40


def too_long(root: Path) -> list[str]:
    found = []
    for path in python_files(root):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(root)
        lines = text.count("\n")
        if lines > FILE:
            found.append(f"{name}: {lines} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION:
                    found.append(f"{name}:{node.lineno} {node.name}: {length} lines")
    return found


def test_nothing_is_too_long() -> None:
    assert python_files(ROOT)
    assert too_long(ROOT) == []


def test_a_long_file_and_a_long_function_are_found(tmp_path: Path) -> None:
    package = copy(ROOT, tmp_path) / "src" / "earned"
    (package / "long_file.py").write_text("x = 1\n" * (FILE + 1))
    (package / "long_function.py").write_text("def f():\n" + "    x = 1\n" * FUNCTION)
    (package / "fits.py").write_text(
        "def f():\n" + "    x = 1\n" * (FUNCTION - 1) + "x = 1\n" * (FILE - FUNCTION)
    )
    assert [line for line in too_long(tmp_path) if "fits" in line or "long_" in line] == [
        "src/earned/long_file.py: 301 lines",
        "src/earned/long_function.py:1 f: 41 lines",
    ]
