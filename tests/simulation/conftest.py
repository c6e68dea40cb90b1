"""Companies that several tests look at, made once; runs are shared by the workers of a session."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from earned.simulation.book import Noise, Spec
from tests.simulation.made import Made

SEEDS = (1, 7)


def _made(spec: Spec, factory: pytest.TempPathFactory) -> Made:
    base = factory.getbasetemp()
    runs = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "simulated-runs"
    return Made(spec, Path(factory.mktemp("company")) / "out", runs)


@pytest.fixture(scope="session", params=SEEDS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The company of the case."""
    return _made(Spec(request.param), tmp_path_factory)


NOISE = Noise(late_papers=300, entry_mistakes=100, disputes=80, credit_notes=40, other=50)
OTHERS = {
    "dollars": Spec(11, currency="USD", closing_days=(10, 20, 30, 12), noise=NOISE),
    "yen": Spec(13, currency="JPY", exponent=0, closing_days=(10, 10, 20, 30)),
}


@pytest.fixture(scope="session", params=OTHERS.values(), ids=OTHERS)
def other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The company of the case in another currency, with other closing days, one with more noise."""
    return _made(request.param, tmp_path_factory)


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The same company without scheme and errors."""
    return _made(Spec(3, scheme=False), tmp_path_factory)
