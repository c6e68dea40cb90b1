"""`earned verify` gives a simulated company's run again, from the books beside it."""

from __future__ import annotations

import pytest

from earned.verify import verify
from tests.simulation.made import Made


@pytest.mark.parametrize("made", [1], indirect=True)
def test_the_run_of_the_case_is_recomputed_the_same(made: Made) -> None:
    found = verify(made.run, made.out / "books")
    assert found["recomputed"]
    assert found["same"], {k: found[k] for k in ("causes", "not_recomputed", "record")}
    assert len(found["files"]) > len(found["tables"]) > 15
