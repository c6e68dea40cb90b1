"""The documentation, built once for the tests that look at it."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gates.sources import ROOT

#: What a browser fetches by itself; a link that is clicked is none.
_HOST = r"((?:https?:)?//[^\"' )>]+)"
_FETCHED = re.compile(
    rf"<(?:script|img|iframe|source|link(?![^>]*canonical))\b[^>]*?\b(?:src|href)=[\"']?{_HOST}"
    rf"|url\([\"']?{_HOST}"
    rf"|@import\s+[\"']{_HOST}"
)


def fetched(folder: Path) -> list[str]:
    """Addresses on hosts that pages or styles of a built site load by themselves."""
    files = [p for p in folder.rglob("*") if p.suffix in (".html", ".css", ".svg")]
    texts = {p: p.read_text(encoding="utf-8") for p in files}
    return [f"{p.name}: {''.join(hit)}" for p, text in texts.items() for hit in _FETCHED.findall(text)]


def build(config: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """The finished build: without --quiet, under which no warning is an error to --strict."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", config, "-d", out]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, env=environment, capture_output=True, encoding="utf-8")


def built(factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly, once for the workers of a session."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "site"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            done = build(ROOT / "mkdocs.yml", folder)
            assert done.returncode == 0, done.stderr
    return folder
