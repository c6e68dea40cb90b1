"""Help of each command: one sentence, usage, examples that run, where the result goes, exit codes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from earned import cli
from earned.cli.order import STAGES

#: Commands whose examples need nothing but the folder of this test, in the order of the work.
RUN = ("simulate", "examine", "explain", "verify")


def helps() -> dict[str, str]:
    """Command -> what its help says, unwrapped."""
    found = {}
    for command in cli.app.registered_commands:
        assert command.callback
        said = (command.help or command.callback.__doc__ or "", str(command.epilog or ""))
        found[command.name or command.callback.__name__] = "\n\n".join(said)
    return found


def examples(text: str) -> list[str]:
    return re.findall(r"(?:^ +|Example: )(earned .+)$", text, re.MULTILINE)


@pytest.mark.parametrize("name", list(helps()))
def test_help_has_every_part(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main([name, "--help"])
    assert left.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith(f"Usage: earned {name} ")
    assert re.search(r"Exit codes?:? ", said)
    assert len(examples(helps()[name])) >= (2 if "--json" in said or "--out" in said else 1)
    first = helps()[name].split("\n\n")[0]
    assert first.strip().endswith(".")


@pytest.mark.parametrize("name", list(helps()))
def test_examples_are_understood(name: str) -> None:
    """Typer reads the options and hands back the work, which is not done here."""
    for example in examples(helps()[name]):
        assert callable(cli.app(shlex.split(example)[1:], prog_name="earned", standalone_mode=False)), example


def test_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    books = tmp_path / "books"
    books.mkdir()
    (books / "books.yaml").write_text("company: {currency: USD}\npolicy: {price_includes_tax: false}\n")
    (books / "contracts.csv").write_text("contract_id,price\nC1,100.00\n")
    (books / "entries.csv").write_text("contract_id,effective_date,amount\nC1,2021-06-30,100.00\n")
    (books / "evidence.csv").write_text("contract_id,kind,event_date\nC1,acceptance,2021-07-02\n")
    monkeypatch.chdir(tmp_path)
    for name in RUN:
        for example in examples(helps()[name]):
            with pytest.raises(SystemExit) as left:
                cli.main(shlex.split(example)[1:])
            assert left.value.code == (1 if name == "examine" else 0), example
    assert {"case", "honest", "run", "runs"} <= {p.name for p in tmp_path.iterdir()}


def test_commands_stand_in_the_order_of_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    said = capsys.readouterr().out
    order = [name for names in STAGES.values() for name in names if name in helps()]
    assert sorted(order) == sorted(helps()), "give a new command its stage in cli/order.py"
    places = [said.index(f"\n  {name} ") for name in order]
    assert places == sorted(places)
    assert [said.index(f"\n{stage}:") for stage in STAGES] == sorted(said.index(f"\n{s}:") for s in STAGES)
