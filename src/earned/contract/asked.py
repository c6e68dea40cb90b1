"""Why a contract cannot be recognised, or nothing of it is revenue: judgements that recognition misses, what
cannot be measured, and gates that stand before all revenue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from earned.books import Books
from earned.contract.document import Document, key_of
from earned.contract.facts import Facts
from earned.contract.paragraphs import of_gate, paragraphs
from earned.faults import Fault, InputError
from earned.recognition import financing, selling_price
from earned.recognition.gates import gates
from earned.recognition.gates import missing_judgements as of_gates
from earned.recognition.recognise import Recognition


def require(document: Document, books: Books, rec: Recognition, framework: str) -> None:
    """Raise InputError for each judgement that recognition misses, else for what cannot be measured."""
    tables = [selling_price.missing_judgements(books, rec.terms), of_gates(books, rec.terms)]
    if financing.applies(books):
        tables.append(financing.missing_judgements(books))
    asked = [row for table in tables for row in books.engine.rows(table.order_by("field", "obligation_id"))]
    if asked:
        raise InputError(_missing(document, row, framework) for row in asked)
    terms = books.engine.rows(rec.terms.order_by("obligation_id"))
    faults = list(_untestable(document, terms))
    if faults:
        raise InputError(faults)


def _missing(document: Document, row: dict[str, Any], framework: str) -> Fault:
    field, owner = row["field"], row["obligation_id"]
    column = field.rpartition(".")[2]
    path, line = _place(document, owner, field)
    return Fault(
        f"the judgement {column.replace('_', ' ')} ({of_gate(framework, row['paragraph'])})",
        f"Write {path}, one of {row['choices'].replace(' | ', ', ')}, and who decided it",
        document.name,
        line,
        path,
        reason="judgement",
    )


def _place(document: Document, owner: str | None, field: str) -> tuple[str, int | None]:
    """The key path at which a judgement belongs, and the line of the row that needs it."""
    if field.startswith("policy."):
        return field, document.line("policy") or document.contract.line
    column = field.rpartition(".")[2]
    for table in ("repurchases", "obligations") if owner else ():
        for number, row in enumerate(document.tables.get(table, ()), 1):
            if row.cells.get("obligation_id") == owner:
                return key_of(table, number, column), row.line
    if column == "instalments":
        return column, document.contract.line
    return key_of("contracts", 1, column), document.contract.line


def _untestable(document: Document, terms: list[dict[str, Any]]) -> Iterator[Fault]:
    for term in terms if not any(_residual_refused(t) for t in terms) else ():
        if term["untestable"]:
            path, line = _place(document, term["obligation_id"], "")
            said = f"{term['obligation_id']} cannot be measured: {term['untestable']}"
            do = "Write what is missing into its row."
            yield Fault(said, do, document.name, line, path.rstrip("."), fact=True, reason="measure")


def _residual_refused(term: Mapping[str, Any]) -> bool:
    """Whether the price is a residual outside the observed prices, and nothing stands for it (32-34(c))."""
    return term["residual_accepted"] is False and term["ssp_minor"] is None


def refused(facts: Facts) -> dict[str, str] | None:
    """Paragraph and reason where nothing of the contract is revenue by the last period; null elsewhere."""
    if any(cell["earned_minor"] for cell in facts.cells):
        return None
    terms = list(facts.terms.values())
    if unpriced := [t for t in terms if _residual_refused(t)]:
        said = f"{unpriced[0]['obligation_id']}: {unpriced[0]['untestable']}"
        return {"paragraph": paragraphs(facts.framework, "residual")[0], "reason": said}
    if terms[0]["never_bound"] or _later(terms[0]["bound_from"], facts):
        return {"paragraph": paragraphs(facts.framework, "contract")[0], "reason": _unbound(facts)}
    shut = {
        row["obligation_id"]: row for row in facts.rows(gates(facts.books, facts.rec.terms), "obligation_id")
    }
    held = [shut.get(term["obligation_id"]) for term in terms]
    if any(row is None or not (row["gate_shut"] or _later(row["gate_from"], facts)) for row in held):
        return None
    first = next(row for row in held if row)
    paragraph = of_gate(facts.framework, first["gate_paragraph"])
    return {"paragraph": paragraph, "reason": first["gate_reason"]}


def _later(day: Any, facts: Facts) -> bool:
    return day is not None and day > facts.calendar[-1]["last_date"]


def _unbound(facts: Facts) -> str:
    rows = facts.document.tables.get("criteria", ())
    unmet = [
        r.cells["criterion"] for r in rows if r.cells.get("gate") == "contract" and "met_date" not in r.cells
    ]
    if unmet:
        return f"criterion {', '.join(unmet)} is not met: there is no contract"
    status = facts.document.contract.cells.get("status")
    return f"the contract is {status}" if status in ("draft", "pending") else "the contract does not bind yet"
