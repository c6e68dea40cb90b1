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
from earned.contract.functional import functional
from earned.contract.functional_steps import functional_figures, functional_steps
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
    document: Document, as_of: date | None = None, framework: str | None = None, *, translate: bool = True
) -> dict[str, Any]:
    """The same for a contract file that was read already; without `translate` in its own currency only."""
    judgements.require(document, framework or document.setting("company.framework") or "us_gaap")
    with as_books(document, as_of=as_of, framework=framework) as books:
        try:
            return _of(document, books, translate)
        except InputError as wrong:
            raise InputError(placed(f, document) for f in wrong.faults) from None


def _of(document: Document, books: Books, translate: bool) -> dict[str, Any]:
    require_tax(books)
    require_distinct_units(books)
    rec = recognise(books, books.engine.keep)
    asked.require(document, books, rec)
    facts, beside = gather(document, books, rec), related(books, rec)
    in_company = functional(facts) if translate else None
    found, reached = figures(facts, beside), steps(facts, beside)
    if in_company is not None:
        found["functional"] = functional_figures(in_company)
        reached += functional_steps(facts, in_company)
    return {
        "format": FORMAT,
        "contract_id": document.contract.cells["contract_id"],
        "currency": facts.money.currency,
        "functional_currency": in_company and in_company.currency,
        "framework": facts.framework,
        "as_of": books.as_of.date().isoformat(),
        "binds": promised.binds(facts),
        "promised": promised.promised(facts),
        "figures": found,
        "steps": reached,
        "entries": entries(facts, beside),
        "judgements": judgements.judgements(document),
        "refused": asked.refused(facts),
    }
