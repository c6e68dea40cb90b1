"""The run folder: what was computed, from what, and how it reads."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from earned.faults import Fault, InputError
from earned.report.screen import PLAIN, Look, screen
from earned.report.set_aside import causes
from earned.report.warned import warned
from earned.unfinished import unfinished
from earned.version import VERSION

if TYPE_CHECKING:
    from earned.books import Books
    from earned.run import Run

FORMAT = "earned.run/1"
_LIBRARIES = ("duckdb", "ibis-framework", "pyarrow", "sqlglot")


def write_run(
    run: Run, out: Path | None, *, report: bool = True, force: bool = False, started: datetime | None = None
) -> Path:
    """Write a run and return its folder: `out`, else `runs/<run id>` next to the books.

    The folder appears whole or not at all. Raises InputError where it exists with content and `force` is
    not given, unless it is the same run next to the books; with it a former run is replaced, and anything
    else that stood there is kept beside it.
    """
    place = (out or beside_the_books(run.books.path, run.run_id)).absolute()
    refuse(place, run.books.path, force or (out is None and _run_id(place) == run.run_id))
    began = started or datetime.now(UTC)
    with unfinished(place, lambda old: None if is_run(old) else kept(old, run.run_id)) as folder:
        tables = _write_tables(run, folder / "tables")
        kept_books = _write_books(run, folder / "books")
        _write_texts(run, folder)
        document = _run_json(run, tables, kept_books)
        # The page derives its figures from the folder, as a reader of a finished run does.
        _write_json(folder / "run.json", document)
        if report:
            _write_report(run, folder)
        _write_json(folder / "run.json", document | {"files": _files(folder)})
        _write_json(folder / "environment.json", _environment(began))
    return place


def beside_the_books(books: Path | None, run_id: str) -> Path:
    """`runs/<run id>` next to the folder or file of the books."""
    return (books.resolve().parent if books else Path.cwd()) / "runs" / run_id


def kept(place: Path, run_id: str) -> Path:
    """Where `--force` leaves what stood in a run's place and was no run."""
    return place.with_name(f"{place.name}.before-{run_id}")


def is_run(place: Path) -> bool:
    """Whether a folder is a run that `earned` wrote, or is empty."""
    try:
        return not any(place.iterdir()) or _run_id(place) is not None
    except OSError:
        return False


def _run_id(place: Path) -> str | None:
    """The id of the run that a folder holds; None where it holds none."""
    try:
        found = json.loads((place / "run.json").read_text(encoding="utf-8"))
        return str(found["run_id"]) if found["format"].startswith("earned.run/") else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def refuse(place: Path, books: Path | None, force: bool) -> None:
    """Raise InputError where a run must not be written: over the books, over other files, or unwritably."""
    place = place.absolute()
    if books and books.resolve().is_relative_to(place.resolve()):
        raise _fault(
            place, "a folder of its own for the run, not the books", "Name another folder with --out."
        )
    if place.exists() and not place.is_dir():
        raise _fault(place, "a folder, not a file", "Name another folder with --out.")
    if place.is_dir() and any(place.iterdir()) and not force:
        do = "Name another folder with --out, or write over it with --force."
        raise _fault(place, "a folder that does not exist yet or is empty", do)
    ground = next(p for p in (place, *place.parents) if p.exists())
    if not os.access(ground if ground != place else place.parent, os.W_OK | os.X_OK):
        raise _fault(place, "a place that may be written to", "Name another folder with --out.")


def _fault(place: Path, expected: str, do: str) -> InputError:
    return InputError([Fault(file=str(place), expected=expected, do=do, reason="out_taken")])


def _write_tables(run: Run, folder: Path) -> dict[str, dict[str, Any]]:
    folder.mkdir()
    written = {}
    for name, table in run.tables.items():
        path = folder / f"{name}.parquet"
        done = run.books.engine.write(table.expression, table.schema, table.key, path)
        written[name] = {"rows": done.rows, "content_sha256": done.content_sha256}
    return written


def _write_books(run: Run, folder: Path) -> dict[str, dict[str, Any]]:
    """The rows of the books that figures rest on, each with its source; and the calendar they were put in."""
    from earned.run import of_books

    folder.mkdir()
    written = {}
    for name, (rows, schema, key) in of_books(run.books).items():
        done = run.books.engine.write(rows, schema, key, folder / f"{name}.parquet")
        written[name] = {"rows": done.rows, "content_sha256": done.content_sha256}
    return written


def _write_texts(run: Run, folder: Path) -> None:
    from earned.books.written import as_used

    (folder / "books.yaml").write_text(as_used(run.books.manifest), encoding="utf-8")
    (folder / "summary.txt").write_text(summary(run, []), encoding="utf-8")


def _write_report(run: Run, folder: Path) -> None:
    from earned.report.of_run import view_of
    from earned.report.page import write_page
    from earned.report.workpaper.workbook import write_workbook

    view = view_of(run)
    write_page(view, folder / "report.html", folder)
    write_workbook(view, folder / "workpaper.xlsx")


def summary(run: Run, paths: Sequence[str], look: Look = PLAIN) -> str:
    """The result screen of a run, with the paths of its files where they are to be named."""
    from earned.report.of_run import title

    return screen(
        run.figures(),
        largest_findings(run),
        [f"{gap['what']} (needs {gap['needs']})" for gap in run.not_tested],
        paths,
        run.books.manifest.company.currency,
        exponent=run.books.company_exponent,
        company=title(run.books),
        set_aside=run.books.engine.rows(causes(run.tables["rejected"].expression)),
        warnings=warned(run.books.engine.rows(run.tables["quality"].expression)),
        look=look,
    )


def largest_findings(run: Run, limit: int = 10) -> list[dict[str, Any]]:
    """The findings with the largest peak gap of either sign, then by id."""
    rows: list[dict[str, Any]] = run.tables["findings"].arrow().to_pylist()
    return sorted(rows, key=lambda r: (-abs(r["peak_gap_minor"] or 0), r["finding_id"]))[:limit]


def _run_json(run: Run, tables: Mapping[str, Any], books: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "run_id": run.run_id,
        "version": VERSION,
        "engine": "duckdb",
        "as_of": run.books.as_of.astimezone(UTC).isoformat(),
        "inputs": [{"path": i.path, "bytes": i.bytes, "sha256": i.sha256} for i in run.books.inputs],
        "source": _source(run.books),
        "sheets": [{"source": s, "path": p, "sheet": i} for s, p, i in run.books.sources],
        "parameters": run.parameters,
        "control_totals": run.control_totals,
        "tables": tables,
        "books": books,
    }


def _files(folder: Path) -> dict[str, str]:
    """SHA-256 of what stands in the folder itself, but run.json."""
    found = (p for p in sorted(folder.iterdir()) if p.is_file() and p.name != "run.json")
    return {p.name: _sha256(p) for p in found}


def _source(books: Books) -> dict[str, str]:
    """What the books are, and what they are called; inputs are named below the folder, or beside the file."""
    from earned.report.of_run import title

    kind = "file" if books.path and books.path.is_file() else "folder"
    return {"kind": kind, "title": title(books)}


def _environment(started: datetime) -> dict[str, Any]:
    return {
        "started_at": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 1),
        "host": platform.node(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES},
    }


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
