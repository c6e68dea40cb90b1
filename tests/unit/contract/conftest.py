"""The example contracts, recognised once for all tests that look at them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from earned.contract import recognise
from tests.gates.sources import ROOT

EXAMPLES = ROOT / "examples" / "contracts"


@cache
def of_example(name: str) -> dict[str, Any]:
    return recognise(EXAMPLES / f"{name}.yaml")


@pytest.fixture(scope="session")
def example() -> Callable[[str], dict[str, Any]]:
    """What is recognised of an example by its name."""
    return of_example


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """A contract file with a text."""

    def write(text: str) -> Path:
        path = tmp_path / "contract.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write
