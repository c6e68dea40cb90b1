"""The command `earned`. No arithmetic: a command reads options, calls the library and says how it ended.

Heavy parts are imported inside the commands, so that `earned --help` answers at once.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from earned import exits
from earned.cli.check import check
from earned.cli.examine import examine
from earned.cli.explain import explain
from earned.cli.import_ import HELP, import_
from earned.cli.init import init
from earned.cli.options import EXITS
from earned.cli.order import InOrderOfWork
from earned.cli.recognise import recognise
from earned.cli.rule import rule
from earned.cli.simulate import simulate
from earned.cli.template import template
from earned.cli.verify import verify
from earned.faults import Fault, InputError
from earned.version import VERSION

app = typer.Typer(
    cls=InOrderOfWork,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

#: What Typer makes of a Ctrl-C while it reads the options.
_CTRL_C = 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `earned` and leave with its exit code."""
    # Queries are built of very many small objects that live to the end: looking through them all the time
    # for what could be freed costs a fifth of a small run.
    gc.set_threshold(100_000, 50, 100)
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(exits.ended(lambda: run(given), as_json="--json" in given))


def run(given: list[str]) -> int:
    """The exit code of a command line; a wrong one raises InputError.

    Typer reads the options only: a command returns the work, which runs outside, where we say how it ends.
    """
    try:
        work = app(given, prog_name="earned", standalone_mode=False)
    except typer.Exit as left:
        return left.exit_code
    except typer.TyperException as wrong:
        said = str(getattr(wrong, "format_message", wrong.__str__)()).rstrip(".")
        raise InputError(
            [Fault(said, "`earned --help` lists what there is.", fact=True, reason="option")]
        ) from None
    if work == _CTRL_C:
        raise KeyboardInterrupt
    return int(work()) if callable(work) else exits.DONE


@app.callback(invoke_without_command=True, epilog=EXITS)
def earned(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Was the revenue earned? Recomputes it from the contracts and the evidence of the work.

    Alone it says which books and which run stand here, and what to type next. Results go to stdout,
    everything else to stderr.

    \b
    Examples:
      earned
      earned examine --help
    """
    if version:
        exits.result(f"earned {VERSION}\n")
    elif context.invoked_subcommand is None:
        from earned.cli.here import here

        exits.result(here(Path.cwd()))


app.command(epilog=EXITS)(examine)
app.command("import", help=HELP, epilog=EXITS)(import_)
app.command(epilog=EXITS)(template)
app.command(epilog=EXITS)(init)
app.command(epilog=EXITS)(check)
app.command(epilog=EXITS)(recognise)
app.command(epilog=EXITS)(simulate)
app.command(epilog=EXITS)(explain)
app.command(epilog=EXITS)(verify)
app.command(epilog=EXITS)(rule)
