"""Examine third-party books: lay the files that an example names beside its books.yaml, and run it.

usage: example.py NAME DATA OUT months|quarters
A books.yaml names only files inside its own folder, so both are put together in a scratch folder.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import yaml

from earned.cli import main

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def gather(example: Path, data: Path, books: Path) -> None:
    """Copy the example's books.yaml and the files that its sources name; leave in words without one."""
    text = (example / "books.yaml").read_text(encoding="utf-8")
    (books / "books.yaml").write_text(text, encoding="utf-8")
    for source in yaml.safe_load(text)["sources"].values():
        patterns = source["path"] if isinstance(source["path"], list) else [source["path"]]
        for pattern in patterns:
            files = sorted(data.glob(pattern))
            if not files:
                sys.exit(
                    f"{data} has no file {pattern}; examples/{example.name}/README.md says which are needed"
                )
            for file in files:
                shutil.copy(file, books / file.name)


def run(name: str, data: str, out: str, periods: str) -> None:
    if periods not in ("months", "quarters"):
        sys.exit(f"PERIODS is months or quarters, not {periods}")
    with tempfile.TemporaryDirectory() as scratch:
        books = Path(scratch) / name
        books.mkdir()
        gather(EXAMPLES / name, Path(data), books)
        main(["examine", str(books), "--out", out, "--set", f"calendar.kind={periods}", "--exit-zero"])


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    run(*sys.argv[1:])
