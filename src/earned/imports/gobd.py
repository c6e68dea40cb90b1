"""German GDPdU or GoBD export (description standard of 2002 to 2019): index.xml and the files that it names.

index.xml says how each file is cut, encoded and typed; it does not say what a table means. A table is the
journal, the chart of accounts or the customers by the German names of its columns. The DTD that the
DOCTYPE names is the version; it is looked at by name only and never fetched.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from earned.imports import files, gobd_index, gobd_tables, xml
from earned.imports.common import JOURNAL, Collected, balanced
from earned.imports.files import Source

TITLE = "GDPdU/GoBD export"
#: Date in the name of the DTD -> version of the description standard.
VERSIONS = {
    "01-08-2002": "1.1", "01-06-2003": "1.2", "01-11-2003": "1.3",
    "01-05-2004": "1.4", "01-09-2004": "1.5", "01-03-2019": "1.6",
}  # fmt: skip
_NO_JOURNAL = (
    "No table has the columns of a journal (account, date, and debit and credit): which of them are the "
    "postings? Map it as `ledger` and its revenue lines as `entries`."
)


def read(path: Path, found: Collected) -> None:
    """Read a folder, a zip archive or an index.xml into `ledger`, `entries`, `accounts` and `customers`.

    A table that is none of these is written under its own columns. Raises InputError for another root or
    version, and for a table without its file.
    """
    index, others = _index(path)
    dtd = xml.root(index, dtd=True)
    dated = re.search(r"gdpdu-(\d\d-\d\d-\d{4})\.dtd$", dtd.dtd)
    if dtd.name != "DataSet":
        do = "The standard's root is DataSet: ask for its index.xml, or let `earned init` read the files"
        raise index.fault(
            "the root DataSet", do, value=f"{dtd.name} {dtd.namespace}".strip(), reason="import_format"
        )
    if not dated or dated[1] not in VERSIONS:
        do = f"Known are {', '.join(f'gdpdu-{day}.dtd' for day in VERSIONS)}"
        raise index.fault("a DOCTYPE that names a known DTD", do, value=dtd.dtd, reason="import_format")
    found.version = f"{VERSIONS[dated[1]]} (gdpdu-{dated[1]}.dtd)"
    found.company.timezone_of = "Europe/Berlin"
    supplier, tables = gobd_index.described(index)
    found.company.name = supplier
    by_kind = [(gobd_tables.kind(table), table) for table in tables]
    named = [(kind, table, _named(index, others, table.url)) for kind, table in by_kind]
    for kind, table, source in sorted(named, key=lambda one: one[0] == "journal"):
        count = gobd_tables.take(kind, table, source, found)
        if table.stated is not None:
            found.total(f"records of {source.name} by its Range", table.stated, count)
    if not any(kind == "journal" for kind, _ in by_kind):
        found.questions.append(_NO_JOURNAL)
    found.settle()
    if gobd_tables.numbered(table for kind, table in by_kind if kind == "journal") and found.rows[JOURNAL]:
        balanced(found)


def _index(path: Path) -> tuple[Source, tuple[Source, ...]]:
    """index.xml and the files beside it, wherever in the archive they stand."""
    start = path.parent if path.is_file() and path.suffix.lower() == ".xml" else path
    every = files.sources(start)
    wanted = path.name.lower() if start != path else "index.xml"
    found = [s for s in every if PurePosixPath(s.name).name.lower() == wanted]
    if len(found) != 1:
        expected = f"one index.xml; there are {len(found)}"
        raise Source(path.name, path).fault(
            expected, "Name the folder or archive of one export", reason="import_content"
        )
    return found[0], every


def _named(index: Source, others: tuple[Source, ...], url: str) -> Source:
    """The file that a table names, beside index.xml or below it; nothing outside, nothing fetched."""
    parts = PurePosixPath(url.replace("\\", "/")).parts
    if not parts or url.startswith(("/", "\\")) or ".." in parts or ":" in url:
        do = "Ask for an export whose tables lie beside index.xml"
        raise index.fault("a file beside index.xml", do, column="URL", value=url, reason="path_outside")
    name = str(PurePosixPath(index.name).parent.joinpath(*parts))
    found = next((s for s in others if s.name.casefold() == name.casefold()), None)
    below = index.path.parent.joinpath(*parts)
    inside = below.resolve().is_relative_to(index.path.parent.resolve())
    if found is None and index.member is None and inside and below.is_file():
        return Source(name, below)
    if found is None:
        raise index.fault(
            "a file that the export holds",
            "Export it again, whole",
            column="URL",
            value=url,
            reason="import_content",
        )
    return found
