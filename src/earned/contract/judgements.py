"""What people judged in a contract file, who did, and what is asked where a judgement is missing.

A judgement is a field that no fact decides: another person could have written another word, and the figures
would be others. None is ever made here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from earned.books import policy, schema
from earned.contract.document import Document, Row, key_of
from earned.contract.paragraphs import paragraphs
from earned.faults import Fault, InputError

#: said of a judgement of which the file does not say who made it
NOT_STATED = "not stated"
#: one who a row says decided it, whatever the column is called
_WHO = ("decided_by", "made_by")
#: what a row calls what it is about
_WHOSE = ("item", "criterion", "cost_id", "bundle_id", "obligation_id")
#: tables of which a row is about its obligation, whatever else it names
_OF_OBLIGATIONS = ("obligations", "modified_obligations", "options", "repurchases")


@dataclass(frozen=True)
class Judgement:
    """A column that holds a judgement: what it decides, and the subject of its paragraph."""

    table: str
    column: str
    subject: str


JUDGED = tuple(
    Judgement(*line.split())
    for line in (
        "contracts combined_with combined",
        "contracts compounding financing",
        "contracts financing_rate rate",
        "obligations pattern over_time",
        "obligations measure progress",
        "obligations convention progress",
        "obligations ssp_method ssp",
        "obligations role principal",
        "obligations arrangement point",
        "modifications treatment modification",
        "modifications promised_earlier earlier_promise",
        "modifications past_credit change",
        "modified_obligations treatment mixed",
        "modified_obligations ssp mixed",
        "estimates method variable",
        "estimates constrained_amount constraint",
        "outcomes probability variable",
        "bundles regularly_sold discount",
        "options likelihood option",
        "criteria met_date contract",
        "repurchases incentive put",
        "costs incremental obtain",
        "costs recoverable fulfil",
        "impairments recoverable impairment",
    )
)
#: kind of an estimate -> the subject of its paragraph, where it is no amount of the price
_ESTIMATED = {
    "expected_returns": "returns",
    "uninstalled_materials": "uninstalled",
    **dict.fromkeys(("total_cost", "total_hours", "total_units"), "reestimated"),
}
#: gate of a criterion -> the subject of its paragraph
_GATES = {"contract": "contract", "bill_and_hold": "bill_and_hold", "repurchase": "repurchase"}
#: keys of the policy that are judgements for all contracts alike, with the subject of their paragraph
POLICIES = {
    "pattern": "over_time", "measure": "progress", "convention": "progress", "odd_cent": "progress",
    "compounding": "financing", "ssp_outside_range": "ssp", "contract_binds_on": "contract",
    "binding_stage": "acceptance", "acceptance_needs": "acceptance", "conditional_acceptance": "acceptance",
    "close_days": "reassessed", "price_includes_tax": "price", "tax_rate": "price",
}  # fmt: skip
#: keys of the policy that say which papers are accepted: no standard of revenue speaks of them
PAPERS = ("least_grade", "unknown_recorded_at", "late_paper.days", "late_paper.corroborated")


def judgements(document: Document) -> list[dict[str, Any]]:
    """Every judgement that stands in the file: field (its key path), value, decided_by (or: not stated), and
    `of`, the obligation, amount, cost or criterion that it is about, where the row names one."""
    return [*_of_rows(document), *_of_policy(document)]


def _of_rows(document: Document) -> Iterator[dict[str, Any]]:
    for judged in JUDGED:
        for number, row in enumerate(document.tables.get(judged.table, ()), 1):
            # A criterion without a day is judged too: it is not met.
            value = row.cells.get(judged.column, "not met" if judged.table == "criteria" else None)
            if value is None:
                continue
            who = next((row.cells[c] for c in _WHO if c in row.cells), NOT_STATED)
            field = key_of(judged.table, number, judged.column)
            of = next((row.cells[c] for c in _whose(judged.table) if c in row.cells), None)
            if of and "known_at" in row.cells:
                of = f"{of} as of {row.cells['known_at']}"
            if of and judged.table == "outcomes":
                of = f"{of}: {row.cells['amount']}"
            yield {"field": field, "value": value, "decided_by": who, "of": of}


def _whose(table: str) -> Sequence[str]:
    return ("obligation_id",) if table in _OF_OBLIGATIONS else _WHOSE


def _of_policy(document: Document) -> Iterator[dict[str, Any]]:
    given = document.settings.get("policy")
    for name in (*POLICIES, *PAPERS):
        value = _at(given, name)
        dated = isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)
        ones: list[Any] = list(value or []) if dated else [value] if value is not None else []
        for number, one in enumerate(ones, 1):
            field = f"policy.{name}" + (f"[{number}]" if dated else "")
            words = one.get("value") if dated else one
            who = one.get("decided_by") if dated else None
            yield {"field": field, "value": _text(words), "decided_by": _text(who) or NOT_STATED, "of": None}


def _at(given: Any, path: str) -> Any:
    """What stands at a dotted path of the policy; none where a list of dated ones stands above it."""
    for key in path.split("."):
        given = given.get(key) if isinstance(given, dict) else None
    return given


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_text(v) for v in value)
    return "" if value is None else str(value.text)


def subject_of(document: Document, field: str) -> str | None:
    """The subject of the paragraph of a judgement by its key path; none where no standard speaks of it."""
    place, _, column = field.rpartition(".")
    table = place.partition("[")[0].replace("contract", "contracts") if place else ""
    if table.startswith("policy"):
        return POLICIES.get(column.partition("[")[0])
    row = _row(document, place)
    if table == "estimates" and column == "method":
        return _ESTIMATED.get(row.get("kind", ""), "variable")
    if table == "criteria":
        return _GATES.get(row.get("gate", ""), "satisfied")
    return next(j.subject for j in JUDGED if (j.table, j.column) == (table, column))


def _row(document: Document, place: str) -> Mapping[str, str]:
    """The cells of the row at a key path such as `estimates[2]`."""
    table, _, number = place.rstrip("]").partition("[")
    rows = document.tables.get(table, ())
    return rows[int(number) - 1].cells if number and int(number) <= len(rows) else {}


def choices(table: str, column: str) -> tuple[str, ...]:
    """The words that a judgement may be; none where it is an amount or free text."""
    known = schema.tables()[table][column]
    if column == "convention":
        return policy.CONVENTIONS
    return ("true", "false") if known.type == "bool" else known.values


def policy_choices(name: str) -> tuple[str, ...]:
    """The words that a key of the policy may be, where they are a closed list."""
    return {
        "pattern": policy.PATTERNS, "measure": policy.MEASURES, "convention": policy.CONVENTIONS,
        "odd_cent": ("cumulative", "last", "first"), "compounding": ("annual", "monthly"),
        "ssp_outside_range": ("nearest_bound", "midpoint", "low", "high", "observable"),
        "binding_stage": policy.STAGES, "least_grade": policy.GRADES,
        "unknown_recorded_at": ("counts", "not_admitted"),
        "conditional_acceptance": ("not_until_closed", "counts"), "price_includes_tax": ("true", "false"),
    }.get(name, ())  # fmt: skip


def require(document: Document, framework: str) -> None:
    """Raise InputError for each judgement that the file cannot do without: what is asked, and its choices."""
    faults = [*_without_treatment(document, framework), *_without_method(document, framework)]
    if faults:
        raise InputError(faults)


def _without_treatment(document: Document, framework: str) -> Iterator[Fault]:
    """Modifications without a treatment, and rows of a mixed one without theirs (25-12, 25-13)."""
    mixed = set()
    for number, row in enumerate(document.tables.get("modifications", ()), 1):
        if row.cells.get("treatment") == "mixed":
            mixed.add(row.cells.get("version"))
        if "treatment" not in row.cells:
            subjects = ("separate", "prospective", "catch_up", "mixed")
            yield missing(document, "modifications", number, "treatment", framework, subjects)
    for number, row in enumerate(document.tables.get("modified_obligations", ()), 1):
        if row.cells.get("version") in mixed and "treatment" not in row.cells and not _ended(row):
            yield missing(document, "modified_obligations", number, "treatment", framework, ("mixed",))


def _ended(row: Row) -> bool:
    return row.cells.get("ended") == "true"


def _without_method(document: Document, framework: str) -> Iterator[Fault]:
    """Estimates of a variable amount that do not say how the amount was found (32-8)."""
    for number, row in enumerate(document.tables.get("estimates", ()), 1):
        if row.cells.get("kind") == "variable_price" and "method" not in row.cells:
            yield missing(document, "estimates", number, "method", framework, ("variable",))


def missing(
    document: Document,
    table: str,
    number: int,
    column: str,
    framework: str,
    subjects: Sequence[str],
    words: Sequence[str] = (),
) -> Fault:
    """The fault that a judgement is missing: `do` lists its choices, `expected` names the paragraphs."""
    row = document.tables[table][number - 1]
    standard = ", ".join(paragraphs(framework, *subjects)[: len(subjects)])
    listed = ", ".join(words or choices(table, column))
    return Fault(
        f"the judgement {column} ({standard})",
        f"Write one of {listed}, and who decided it" if listed else "Write it, and who decided it",
        document.name,
        row.line,
        key_of(table, number, column),
        reason="judgement",
    )
