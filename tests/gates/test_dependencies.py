"""What is imported is declared, and what is declared is locked with hashes."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

from tests.gates.sources import ROOT, copy, python_files

#: Distribution names of modules that are not called as their distribution.
CALLED = {"ibis": "ibis-framework", "yaml": "pyyaml", "ruamel": "ruamel-yaml"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(root: Path, *, optional: bool) -> set[str]:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    lines = list(project["project"]["dependencies"])
    if optional:
        lines += [line for extra in project["project"]["optional-dependencies"].values() for line in extra]
    else:
        lines += project["dependency-groups"]["dev"]
    return {normal(re.split(r"[\s\[<>=!~;]", line)[0]) for line in lines}


def undeclared(root: Path) -> list[str]:
    allowed = declared(root, optional=True) | {"earned"}
    found = set()
    for path in python_files(root):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += (
                [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
            )
            for top in {n.partition(".")[0] for n in names} - sys.stdlib_module_names:
                if normal(CALLED.get(top, top)) not in allowed:
                    found.add(f"{path.relative_to(root)}: {top}")
    return sorted(found)


def unlocked(root: Path) -> list[str]:
    """What is wrong with the lock: a declared package that is missing, a pin without a hash."""
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    pins = dict(
        re.findall(r"^([A-Za-z0-9][\w.-]*)==[^\n]*\n((?: {4}--hash=\S+[^\n]*\n)*)", text, re.MULTILINE)
    )
    bare = [f"{name}: no hash" for name, hashes in pins.items() if "--hash=sha256:" not in hashes]
    return bare + [
        f"{name}: not locked" for name in sorted(declared(root, optional=False) - set(map(normal, pins)))
    ]


def test_imports_are_declared() -> None:
    assert undeclared(ROOT) == []


def test_declared_packages_are_locked() -> None:
    assert unlocked(ROOT) == []


def test_an_undeclared_import_is_found(tmp_path: Path) -> None:
    (copy(ROOT, tmp_path) / "src" / "earned" / "new.py").write_text("def f():\n    import requests.api\n")
    assert "src/earned/new.py: requests" in undeclared(tmp_path)


def test_a_stale_lock_is_found(tmp_path: Path) -> None:
    lock = copy(ROOT, tmp_path) / "requirements.lock"
    text = lock.read_text(encoding="utf-8")
    lock.write_text(re.sub(r"^duckdb==.*\n(?: {4}.*\n)+", "bare==1.0\n", text, flags=re.MULTILINE))
    assert unlocked(tmp_path) == ["bare: no hash", "duckdb: not locked"]
