"""One contract through the expressions of `examine`: the object that `earned recognise --json` prints."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from earned.books import Books
from earned.contract import asked, counted, judgements, promised
from earned.contract import document as contract_file
from earned.contract.as_books import as_books, placed
from earned.contract.beside_steps import losses
from earned.contract.defaults import defaults
from earned.contract.document import Document
from earned.contract.entries import entries
from earned.contract.facts import Facts, gather
from earned.contract.figures import figures
from earned.contract.functional import functional
from earned.contract.functional_steps import functional_figures, functional_steps
from earned.contract.known import Known, known_by, left_out, open_period
from earned.contract.related import Related, related
from earned.contract.steps import steps
from earned.contract.variable import variable_amounts
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
    """The same for a contract file that was read already; without `translate` in its own currency only.

    With a day (`as_of`, else that of the file) it is recognised by what was known by then.
    """
    known = known_by(document, as_of)
    try:
        return _as_known(known, framework, translate)
    except InputError as wrong:
        raise InputError(known.placed(fault) for fault in wrong.faults) from None


def _as_known(known: Known, framework: str | None, translate: bool) -> dict[str, Any]:
    document = known.document
    judgements.require(document, framework or document.setting("company.framework") or "us_gaap")
    with as_books(document, as_of=known.as_of, framework=framework) as books:
        try:
            return _of(known, books, translate)
        except InputError as wrong:
            raise InputError(placed(f, document) for f in wrong.faults) from None


def _of(known: Known, books: Books, translate: bool) -> dict[str, Any]:
    document = known.document
    require_tax(books)
    require_distinct_units(books)
    rec = recognise(books, books.engine.keep)
    asked.require(document, books, rec, books.manifest.company.framework)
    facts, beside = gather(document, books, rec), related(books, rec)
    in_company = functional(facts) if translate else None
    found, reached = _figures(facts, beside), steps(facts, beside)
    if in_company is not None:
        found["functional"] = functional_figures(in_company)
        reached += functional_steps(facts, in_company)
    papers = counted.evidence(facts, known)
    return {
        "format": FORMAT,
        "contract_id": document.contract.cells["contract_id"],
        "currency": facts.money.currency,
        "functional_currency": in_company and in_company.currency,
        "framework": facts.framework,
        "as_of": books.as_of.date().isoformat(),
        "open_period": open_period(known, facts.calendar),
        "binds": promised.binds(facts),
        "promised": promised.promised(facts),
        "figures": found,
        "steps": reached,
        "entries": entries(facts, beside),
        "judgements": _judgements(facts, known),
        "evidence": papers,
        "waiting": counted.waiting(facts, papers),
        "modifications": counted.changes(facts, known),
        "left_out": left_out(known),
        "refused": asked.refused(facts),
    }


def _figures(facts: Facts, beside: Related) -> dict[str, Any]:
    """The figures, with what of variable amounts is estimated and included, and with expected losses."""
    others = {"variable_amounts": variable_amounts(facts), "losses": losses(facts, beside)}
    return figures(facts, beside) | {name: of for name, of in others.items() if of}


def _judgements(facts: Facts, known: Known) -> list[dict[str, Any]]:
    """What stands in the file, at its place there, and the defaults that nobody wrote."""
    stated = [*judgements.judgements(facts.document), *defaults(facts)]
    return [one | {"field": known.path(one["field"])} for one in stated]
