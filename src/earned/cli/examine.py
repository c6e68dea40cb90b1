"""`earned examine`: the main job, and how it ended in words."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from earned import exits
from earned.cli.options import AsOf, Books, ExitZero, Json, Settings, day, option, setting
from earned.faults import Fault, InputError

if TYPE_CHECKING:
    from earned.progress import Progress

Out = Annotated[Path | None, option("--out", "RUN", "Folder to write; else runs/<run id> next to the books.")]
FromPeriod = Annotated[str | None, option("--from-period", "P", "First period to report, such as 2021Q2.")]
ToPeriod = Annotated[str | None, option("--to-period", "P", "Last period to report.")]
Limits = Annotated[
    list[str] | None,
    option("--limit", "NAME=VALUE", "A size of docs/limits.md: sheet_cells=50000000; repeatable."),
]
Procedures = Annotated[
    str | None, option("--procedures", "IDS|none", "Only these audit procedures (comma between), or none.")
]
NoReport = Annotated[bool, option("--no-report", None, "Tables only: no report.html, no workpaper.xlsx.")]
NoDecisions = Annotated[
    bool, option("--no-decisions", None, "Leave out what people decided: papers by policy.")
]
Engine = Annotated[str, option("--engine", "duckdb|spark-local|spark://…", "Where tables are computed.")]
Force = Annotated[bool, option("--force", None, "Write over a run that stands at RUN.")]


@dataclass(frozen=True)
class _Examination:
    """The options of `earned examine`, as they were given."""

    books: Path
    out: Path | None
    overrides: list[tuple[str, str]]
    limits: dict[str, str | int]
    as_of: date | None
    periods: tuple[str | None, str | None]
    procedures: str | None
    report: bool
    decisions: bool
    force: bool
    as_json: bool
    exit_zero: bool


def examine(
    books: Books,
    out: Out = None,
    as_of: AsOf = None,
    from_period: FromPeriod = None,
    to_period: ToPeriod = None,
    settings: Settings = None,
    limit: Limits = None,
    procedures: Procedures = None,
    no_report: NoReport = False,
    no_decisions: NoDecisions = False,
    engine: Engine = "duckdb",
    as_json: Json = False,
    exit_zero: ExitZero = False,
    force: Force = False,
) -> Callable[[], int]:
    """Recompute what was earned and write the run: tables, report.html, workpaper.xlsx.

    The run is a folder: RUN, else runs/<run id> next to the books. Its result is printed.

    \b
    Examples:
      earned examine books/ --out run/
      earned examine books/ --set policy.least_grade=B --no-report --json
    """
    _known_engine(engine)
    _known_procedures(procedures)
    given = _Examination(
        books, out, [setting(text) for text in settings or ()], dict(map(_limit, limit or ())), day(as_of),
        (from_period, to_period), procedures, not no_report, not no_decisions, force, as_json, exit_zero,
    )  # fmt: skip
    return partial(_examine, given)


def _examine(given: _Examination) -> int:
    from earned.progress import shown
    from earned.runfolder import refuse
    from earned.unfinished import held

    started = datetime.now(UTC)
    if not given.books.exists():
        do = "Name a folder of tables, a workbook or a .duckdb file."
        raise InputError(
            [Fault("there is nothing of that name", do, str(given.books), fact=True, reason="path_missing")]
        )
    if given.out:
        refuse(given.out, given.books, given.force)
    with shown(sys.stderr) as progress, held(given.out.absolute()) if given.out else nullcontext():
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
    from earned.report.screen import Look
    from earned.report.terminal import paint_for, width_for
    from earned.runfolder import kept, summary, write_run

    progress("Reading the books", None)
    books = open_books(
        given.books, overrides=given.overrides, as_of=given.as_of, limits=given.limits, progress=progress
    )
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
        look = Look(width_for(sys.stdout), paint_for(sys.stdout), str(place))
        files = _files(place, given.report)
        text = exits.as_json_text(figures) if given.as_json else summary(run, files, look)
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


def _limit(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value


def _known_engine(name: str) -> None:
    if name != "duckdb":
        spark = name == "spark-local" or name.startswith("spark://")
        said = "Spark is not available in this version" if spark else "duckdb"
        do = "Leave --engine out, or say --engine duckdb."
        raise InputError([Fault(said, do, column="--engine", value=name, fact=spark, reason="option_value")])


def _known_procedures(text: str | None) -> None:
    """No audit procedure exists yet, so that none can be named."""
    if text not in (None, "none"):
        do = "Say --procedures none, or leave it out."
        said = "this version has no audit procedures"
        raise InputError(
            [Fault(said, do, column="--procedures", value=text, fact=True, reason="option_value")]
        )
