"""The result screen of README.md is that of `make demo`: the case, seed 1."""

from __future__ import annotations

import pytest

from tests.gates.sources import ROOT
from tests.simulation.made import Made
from tools.print_docs import with_screen


@pytest.mark.parametrize("made", [1], indirect=True)
def test_the_readme_shows_the_screen_of_the_demo(made: Made) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    screen = (made.run / "summary.txt").read_text(encoding="utf-8")
    assert readme == with_screen(readme, screen), "print it anew: make demo docs"
    assert with_screen(readme, screen + "more\n") != readme
