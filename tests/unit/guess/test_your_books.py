"""docs/your-books.md: its commands are run in their order, its answers are put into books.yaml."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.gates.sources import ROOT
from tests.unit.guess.run import earned
from tests.unit.guess.test_exports import answered

PAGE = ROOT / "docs" / "your-books.md"


def test_the_page_works_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = ""
    for language, body in re.findall(r"```(sh|yaml)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        if language == "yaml":
            answered(tmp_path / "my-books", dict(re.findall(r"^(.+?): (.+)$", body, re.MULTILINE)))
            continue
        for line in body.splitlines():
            program, *arguments = shlex.split(line)
            if program == "cp":
                shutil.copytree(ROOT / arguments[1], arguments[2])
                continue
            assert program == "earned"
            code, out, err = earned(*arguments)
            assert code in (0, 1), err
            said += out
    # HT2021-001 alone is what is open after the second quarter (examples/exports/README.md)
    assert "2021Q2   1,620,000.00     620,000.00    1,000,000.00   1,000,000.00" in said
    assert (tmp_path / "my-run" / "report.html").exists()


def test_links_of_the_page_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)", PAGE.read_text(encoding="utf-8"))
    assert links and [name for name in links if not (PAGE.parent / name).exists()] == []
