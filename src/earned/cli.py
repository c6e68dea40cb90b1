"""The command `earned`. No arithmetic: it reads options, calls the library and says how it ended.

Heavy parts are imported inside the commands, so that `earned --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from earned import exits
from earned.faults import Fault, InputError
from earned.version import VERSION

if TYPE_CHECKING:
    from earned.progress import Progress

_EXITS = (
    "Exit codes: 0 done, nothing to report; 1 done, exceptions or differences found; 2 bad usage or input, "
    "nothing computed; 3 an internal control total did not tie; 4 interrupted or out of resources."
)

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `earned` and leave with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(exits.ended(lambda: _command(given), as_json="--json" in given))


def _command(given: list[str]) -> int:
    """The exit code of a command line; a wrong one raises InputError.

    Typer reads the options only: a command returns the work, which runs outside, where we say how it ends.
    """
    try:
        work = app(given, prog_name="earned", standalone_mode=False)
    except typer.Exit as left:
        return left.exit_code
    except typer.TyperException as wrong:
        said = str(getattr(wrong, "format_message", wrong.__str__)()).rstrip(".")
        raise InputError([Fault(said, "`earned --help` lists what there is.", fact=True)]) from None
    return int(work()) if callable(work) else exits.DONE


@app.callback(invoke_without_command=True, epilog=_EXITS)
def earned(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Was the revenue earned? Recomputes it from the contracts and the evidence of the work."""
    if version:
        exits.result(f"earned {VERSION}\n")
    elif context.invoked_subcommand is None:
        exits.result(context.get_help() + "\n")


@dataclass(frozen=True)
class _Examination:
    """The options of `earned examine`, as they were given."""

    books: Path
    out: Path | None
    overrides: list[tuple[str, str]]
    as_of: date | None
    periods: tuple[str | None, str | None]
    procedures: str | None
    report: bool
    decisions: bool
    force: bool
    as_json: bool
    exit_zero: bool


_BOOKS = "A folder with books.yaml, a folder of tables with our names, one workbook, or a .duckdb file."


def _option(name: str, metavar: str | None, said: str) -> Any:
    return typer.Option(name, metavar=metavar, help=said)


Books = Annotated[Path, typer.Argument(metavar="BOOKS", help=_BOOKS)]
Out = Annotated[
    Path | None, _option("--out", "RUN", "Folder to write; else runs/<run id> next to the books.")
]
AsOf = Annotated[str | None, _option("--as-of", "DATE", "What was known at the end of this day, YYYY-MM-DD.")]
FromPeriod = Annotated[str | None, _option("--from-period", "P", "First period to report, such as 2021Q2.")]
ToPeriod = Annotated[str | None, _option("--to-period", "P", "Last period to report.")]
Settings = Annotated[
    list[str] | None, _option("--set", "KEY=VALUE", "A key of books.yaml: policy.least_grade=A; repeatable.")
]
Procedures = Annotated[
    str | None, _option("--procedures", "IDS|none", "Only these audit procedures (comma between), or none.")
]
NoReport = Annotated[bool, _option("--no-report", None, "Tables only: no report.html, no workpaper.xlsx.")]
NoDecisions = Annotated[
    bool, _option("--no-decisions", None, "Leave out what people decided: papers by policy.")
]
Engine = Annotated[str, _option("--engine", "duckdb|spark-local|spark://…", "Where tables are computed.")]
Json = Annotated[bool, _option("--json", None, "Print one JSON object instead of the screen.")]
ExitZero = Annotated[bool, _option("--exit-zero", None, "Exit 0 also when something was found.")]
Force = Annotated[bool, _option("--force", None, "Write over a run that stands at RUN.")]


@app.command(epilog=_EXITS)
def examine(
    books: Books,
    out: Out = None,
    as_of: AsOf = None,
    from_period: FromPeriod = None,
    to_period: ToPeriod = None,
    settings: Settings = None,
    procedures: Procedures = None,
    no_report: NoReport = False,
    no_decisions: NoDecisions = False,
    engine: Engine = "duckdb",
    as_json: Json = False,
    exit_zero: ExitZero = False,
    force: Force = False,
) -> Callable[[], int]:
    """Recompute what was earned and write the run: tables, report.html, workpaper.xlsx.

    Example: earned examine books/ --out run/ --set policy.least_grade=B
    """
    _known_engine(engine)
    _known_procedures(procedures)
    return partial(
        _examine,
        _Examination(
            books=books,
            out=out,
            overrides=[_setting(text) for text in settings or ()],
            as_of=_day(as_of),
            periods=(from_period, to_period),
            procedures=procedures,
            report=not no_report,
            decisions=not no_decisions,
            force=force,
            as_json=as_json,
            exit_zero=exit_zero,
        ),
    )


Kind = Annotated[str, typer.Argument(metavar="KIND", help="Which company: cloopen.")]
New = Annotated[Path, typer.Argument(metavar="OUT", help="A new folder, for OUT/books and OUT/truth.")]
Seed = Annotated[int, _option("--seed", "N", "The same seed gives the same bytes, on any machine.")]
Scale = Annotated[int, _option("--scale", "N", "So many times the usage customers.")]
NoScheme = Annotated[bool, _option("--no-scheme", None, "Honest books: nothing planted, only noise.")]
Full = Annotated[bool, _option("--full", None, "Every customer singly, not the small ones as one.")]


@app.command()
def simulate(
    kind: Kind, out: New, seed: Seed = 1, scale: Scale = 1, no_scheme: NoScheme = False, full: Full = False
) -> Callable[[], int]:
    """Write the books of a made-up company, and beside them what is true of it.

    Example: earned simulate cloopen case/ --seed 1
    """
    return partial(_simulate, kind, out, seed=seed, scale=scale, no_scheme=no_scheme, full=full)


def _simulate(kind: str, out: Path, **options: Any) -> int:
    from earned.simulation import simulate as make

    exits.result(f"{make(kind, out, **options)}\n")
    return exits.DONE


def _examine(given: _Examination) -> int:
    from earned.progress import shown
    from earned.runfolder import refuse

    started = datetime.now(UTC)
    if not given.books.exists():
        do = "Name a folder of tables, a workbook or a .duckdb file."
        raise InputError([Fault("there is nothing of that name", do, str(given.books), fact=True)])
    if given.out:
        refuse(given.out, given.books, given.force)
    with shown(sys.stderr) as progress:
        found, text, said = _run(given, progress, started)
    exits.result(text)
    if said and sys.stderr.isatty():
        exits.note(said)
    return exits.FOUND if found and not given.exit_zero else exits.DONE


def _run(given: _Examination, progress: Progress, started: datetime) -> tuple[bool, str, str]:
    """Whether something was found, what goes to stdout, and what is said besides."""
    progress("Starting", None)
    from earned.books import open_books
    from earned.examine import examine as examine_books
    from earned.runfolder import kept, summary, write_run

    progress("Reading the books", None)
    books = open_books(given.books, overrides=given.overrides, as_of=given.as_of, progress=progress)
    try:
        first, last = given.periods
        run = examine_books(
            books,
            progress=progress,
            procedures=given.procedures,
            decisions=given.decisions,
            from_period=first,
            to_period=last,
        )
        progress("Writing the run folder", None)
        place = write_run(run, given.out, report=given.report, force=given.force, started=started)
        place = given.out or _from_here(place)
        figures: dict[str, Any] = run.figures() | {"run": str(place)}
        text = exits.as_json_text(figures) if given.as_json else summary(run, _files(place, given.report))
        said = "Differences were found (exit code 1)." if run.has_exceptions else "Nothing to report."
        if kept(place, run.run_id).exists():
            said += f" What stood in {place} is now in {kept(place, run.run_id)}."
        return run.has_exceptions, text, said
    finally:
        books.engine.close()


def _from_here(place: Path) -> Path:
    """A path as short as it can be typed from here."""
    here = Path.cwd()
    return place.relative_to(here) if place.is_relative_to(here) else place


def _files(place: Path, report: bool) -> list[str]:
    """The files of a run that a reader opens first."""
    return [str(place / name) for name in (("report.html", "workpaper.xlsx") if report else ("run.json",))]


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        do = "Write it as in books.yaml with dots, for example --set policy.least_grade=A."
        raise InputError([Fault(column="--set", value=text, expected="KEY=VALUE", do=do)])
    return key.strip(), value


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        do = "Write it as year, month, day, for example --as-of 2022-03-31."
        raise InputError([Fault(column="--as-of", value=text, expected="a day", do=do)]) from None


def _known_engine(name: str) -> None:
    if name != "duckdb":
        spark = name == "spark-local" or name.startswith("spark://")
        said = "Spark is not available in this version" if spark else "duckdb"
        do = "Leave --engine out, or say --engine duckdb."
        raise InputError([Fault(said, do, column="--engine", value=name, fact=spark)])


def _known_procedures(text: str | None) -> None:
    """No audit procedure exists yet, so that none can be named."""
    if text not in (None, "none"):
        do = "Say --procedures none, or leave it out."
        said = "this version has no audit procedures"
        raise InputError([Fault(said, do, column="--procedures", value=text, fact=True)])
