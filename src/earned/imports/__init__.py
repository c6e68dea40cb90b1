"""Known audit formats, made into books that `earned examine` runs on: one file for each format."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from earned.faults import Fault, InputError, meant
from earned.faults.standing import standing

if TYPE_CHECKING:
    from earned.imports.result import Result


@dataclass(frozen=True)
class Format:
    """A format: its name on the command line, what it is, its file here, and how it is called."""

    name: str
    what: str
    module: str
    example: str


FORMATS = {
    f.name: f
    for f in (
        Format("ads", "AICPA Audit Data Standards: flat files, or the JSON of the API", "ads", "GL_2021/"),
        Format(
            "saft", "SAF-T: Portugal 1.04, Norway 1.0 to 1.30, others of OECD 2.0", "saft", "SAFT_2021.xml"
        ),
        Format("fec", "French FEC, article A47 A-1", "fec", "123456789FEC20211231.txt"),
        Format("gobd", "German GDPdU or GoBD export: index.xml and its files", "gobd", "export.zip"),
        Format("sap", "SAP tables BKPF and BSEG or ACDOCA (SKA1, SKAT where there are)", "sap", "extract/"),
        Format("sec", "SEC company facts: figures that were made public", "sec", "CIK0001804583.json"),
        Format("xbrl-gl", "XBRL GL: XML, or the open information model as JSON or CSV", "xbrl_gl", "gl.xml"),
    )
}


def run(
    name: str, path: Path, out: Path, progress: Callable[[str, int | None], None] | None = None
) -> Result:
    """Read an export and write books to `out`, a new folder, whole or not at all.

    Raises InputError where the format or its version is not known, or the export cannot be read.
    """
    from importlib import import_module

    from earned.engine import Engine
    from earned.imports import folder
    from earned.imports.common import Collected
    from earned.unfinished import unfinished

    if name not in FORMATS:
        do = meant(name, FORMATS, f"The formats are {', '.join(FORMATS)}")
        raise InputError(
            [Fault("an audit format that is known", do, column="FORMAT", value=name, reason="import_format")]
        )
    folder.refuse(out)
    reader = import_module(f"earned.imports.{FORMATS[name].module}")
    with unfinished(out.absolute(), lambda _: None) as place, closing(Engine()) as engine:
        folder.refuse(out)  # once more: another process may just have come to its end
        found = Collected(engine)
        if progress:
            progress(f"Reading {path.name}", None)
        try:
            reader.read(path, found)
        except InputError as wrong:
            raise InputError(standing(wrong.faults, path)) from None
        if progress:
            progress("Writing the books", found.rows.total())
        return folder.write(found, place, name, reader.TITLE, path.name, str(out))
