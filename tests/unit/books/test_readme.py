"""The books.yaml that README.md shows is read as it says."""

from __future__ import annotations

import re
from pathlib import Path

from tests.gates.sources import ROOT
from tests.unit.books.reading import read


def test_the_example_is_read(tmp_path: Path) -> None:
    (yaml,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    kinds = ("Sign-off", "终验报告", "Timesheet June", "hours", "handshake")
    evidence = "contract_id,kind,event_date\n" + "".join(f"C1,{kind},30.6.2021\n" for kind in kinds)
    books = read(tmp_path, yaml, evidence=evidence)
    assert books.column("evidence", "kind") == ["acceptance", "acceptance", "hours", "hours"]
    assert books.rejected("evidence") == [(6, "kind", "handshake", "value")]
