"""The case with its run for the pages that speak of it: that of the browser tests, made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.browser.conftest import case

__all__ = ["case"]


@pytest.fixture
def made(case: Path, tmp_path: Path) -> Path:
    """A folder with demo-case and demo-run, as `make demo` leaves them; pages may change them."""
    place = tmp_path / "made"
    shutil.copytree(case.with_name("case-books"), place / "demo-case")
    shutil.copytree(case, place / "demo-run")
    return place
