"""`earned --help` lists the commands in the order of the work."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

#: What one is about to do -> the commands for it.
STAGES = {
    "Get books": ("import", "init", "template", "simulate"),
    "Examine them": ("check", "examine"),
    "Recognise one contract": ("recognise",),
    "Read and prove a run": ("explain", "verify"),
    "Understand a message": ("rule",),
}
#: Room for a sentence; what is longer than the line goes on below.
_WHOLE = 200


class InOrderOfWork(TyperGroup):
    """The commands of `earned` under the stages of the work; a command of no stage comes last."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a section a stage."""
        placed = {name for names in STAGES.values() for name in names}
        others = tuple(name for name in self.commands if name not in placed)
        for stage, names in {**STAGES, "Others": others}.items():
            known = [(name, self.commands[name]) for name in names if name in self.commands]
            rows = [(name, command.get_short_help_str(_WHOLE)) for name, command in known]
            if rows:
                with formatter.section(stage):
                    formatter.write_dl(rows)
