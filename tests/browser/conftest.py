"""A browser of the system, and pages of finished runs opened from disk; skipped where there is no browser."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.gates.sources import ROOT

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
Opens = Callable[..., Page]


def executable() -> str | None:
    """The system's Chromium or Chrome; none is ever downloaded."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's browser, without a window."""
    found = executable()
    if not found:
        pytest.skip("no Chromium or Chrome on this machine: the page was not opened in a browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opens]:
    """Opens a page from disk; whatever the page asks of a network, or says on its console, is an error."""
    contexts, wrong = [], []

    def start(path: Path, place: str = "", **options: object) -> Page:
        context = browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        address = path.resolve().as_uri()
        page.on("request", lambda r: wrong.append(r.url) if r.url.partition("#")[0] != address else None)
        page.on("console", lambda m: wrong.append(m.text))
        page.on("pageerror", lambda e: wrong.append(str(e)))
        page.goto(address + place)
        return page

    yield start
    for context in contexts:
        context.close()
    assert wrong == []


def _run(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], list[list[str]]]) -> Path:
    """A finished run, made once and shared by the workers of a session."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "pages"
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / name).exists():
            for command in make(folder / name):
                environment = os.environ | {"PYTHONPATH": str(ROOT / "src")}
                subprocess.run(
                    [sys.executable, "-m", "earned", *command],
                    env=environment,
                    check=True,
                    capture_output=True,
                )
    return folder / name


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of the case, seed 1: that of `make demo`."""

    def make(out: Path) -> list[list[str]]:
        books = out.with_name("case-books")
        return [
            ["simulate", "cloopen", str(books), "--seed", "1"],
            ["examine", str(books / "books"), "--out", str(out), "--exit-zero"],
        ]

    return _run(tmp_path_factory, "case", make)


@pytest.fixture(scope="session")
def pencil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of examples/pencil, whose figures were worked out by hand."""
    books = ROOT / "examples" / "pencil"
    return _run(
        tmp_path_factory,
        "pencil",
        lambda out: [["examine", str(books), "--out", str(out), "--exit-zero"]],
    )
