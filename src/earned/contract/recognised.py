"""One contract through the expressions of `examine`: the object that `earned recognise --json` prints."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from earned.books import Books
from earned.contract import asked, judgements, promised
from earned.contract import document as contract_file
from earned.contract.as_books import as_books, placed
from earned.contract.document import Document
from earned.contract.entries import entries
from earned.contract.facts import gather
from earned.contract.figures import figures
from earned.contract.related import related
from earned.contract.steps import steps
from earned.faults import InputError
from earned.recognition.price import require_distinct_units, require_tax
from earned.recognition.recognise import recognise

FORMAT = "earned.recognise/1"


def recognised(path: Path, as_of: date | None = None, framework: str | None = None) -> dict[str, Any]:
    """The object of `earned recognise --json` for the contract file at a path.

    Raises InputError, with line and key path, for what cannot be used and for judgements that are missing.
    """
    return of_document(contract_file.read(path), as_of, framework)


def of_document(
    document: Document, as_of: date | None = None, framework: str | None = None
) -> dict[str, Any]:
    """The same for a contract file that was read already."""
    judgements.require(document, framework or document.setting("company.framework") or "us_gaap")
    with as_books(document, as_of=as_of, framework=framework) as books:
        try:
            return _of(document, books)
        except InputError as wrong:
            raise InputError(placed(f, document) for f in wrong.faults) from None


def _of(document: Document, books: Books) -> dict[str, Any]:
    require_tax(books)
    require_distinct_units(books)
    rec = recognise(books, books.engine.keep)
    asked.require(document, books, rec)
    facts, beside = gather(document, books, rec), related(books, rec)
    found = figures(facts, beside)
    return {
        "format": FORMAT,
        "contract_id": document.contract.cells["contract_id"],
        "currency": facts.money.currency,
        "framework": facts.framework,
        "as_of": books.as_of.date().isoformat(),
        "binds": promised.binds(facts),
        "promised": promised.promised(facts),
        "figures": found,
        "steps": steps(facts, beside),
        "entries": entries(facts, beside),
        "judgements": judgements.judgements(document),
        "refused": asked.refused(facts),
    }
