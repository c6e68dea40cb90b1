"""The five steps over all contracts at once: terms, price, allocation, evidence, what was earned when."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from earned.books import Books
from earned.engine import Keep
from earned.recognition import admission, earning, matching, modification, position, progress, relevance
from earned.recognition import by_use as usage
from earned.recognition.allocation import allocate
from earned.recognition.closing import points
from earned.recognition.decisions import latest_decisions
from earned.recognition.financing import applies, financing, with_testable
from earned.recognition.gates import with_gates
from earned.recognition.price import bound, net_prices
from earned.recognition.scope import scoped_entries
from earned.recognition.selling_price import selling_prices
from earned.recognition.terms import terms as terms_of
from earned.recognition.variable import amounts as amounts_of
from earned.recognition.variable import at_inception, has_amounts, with_inception, with_own


@dataclass(frozen=True)
class Recognition:
    """What recognition leaves to the layers below: tables in contract currency, by unit and point.

    `entries` every entry with its place; `unit_entries` the linked ones with `unit_id`; `pairs` evidence
    by obligation; `judged` the same under each scenario, `records` of them those that count, placed in time;
    `cells` cumulative figures, the point before (`period_index` -1) included; `decisions` the latest heeded;
    `versions` of the price, `amounts` of variable consideration and contracts `financed`, None where there
    are none.
    """

    marks: ir.Table
    entries: ir.Table
    unit_entries: ir.Table
    terms: ir.Table
    financed: ir.Table | None
    amounts: ir.Table | None
    versions: ir.Table | None
    units: ir.Table
    pairs: ir.Table
    judged: ir.Table
    records: ir.Table
    earned: ir.Table
    cells: ir.Table
    decisions: ir.Table


def recognise(books: Books, keep: Keep, *, heed_decisions: bool = True) -> Recognition:
    """Every unit's booked and earned revenue at every period end."""
    marks = keep("points", points(books))
    decisions = keep("decisions_latest", latest_decisions(books, heed=heed_decisions))
    entries = keep("entries_scoped", scoped_entries(books))
    begun = keep("terms_measured", terms_of(books, entries, keep))
    begun = begun.join(keep("contracts_bound", bound(books, decisions)), "contract_id")
    begun = keep("terms_bound", with_inception(books, begun))
    amounts = keep("variable_amounts", amounts_of(books, begun, marks)) if has_amounts(books) else None
    financed = keep("contracts_financed", financing(books, keep)) if applies(books) else None
    terms = _terms(books, begun, amounts, financed, keep)

    pairs = keep("evidence_matched", matching.match(books, terms))
    pairs = keep("evidence_fitted", relevance.fit(books, pairs))
    pairs = keep("evidence_pairs", admission.admit(books, pairs, decisions, keep))
    judged = keep("evidence_judged", admission.judge(books, pairs))
    records = progress.heard(books, judged, marks, keep)
    states = keep("progress_states", progress.states(records, marks))
    versions = modification.versions(books, terms, records, amounts, keep)
    by_use = usage.changed(books, terms, amounts, marks)
    earned = earning.earn(books, terms, versions, by_use, records, states, marks)
    earned = keep("earned_obligations", earned)

    unit_entries = keep("entries_of_units", position.unit_entries(entries, terms))
    units = position.units(books, terms, unit_entries, keep)
    cells = keep("cells_measured", position.grid(books, units, unit_entries, pairs, marks))
    prices = position.prices(terms, versions, marks)
    cells = keep("cells", position.cumulative(cells, units, unit_entries, earned, prices))
    return Recognition(
        marks, entries, unit_entries, terms, financed, amounts, versions, units, pairs, judged, records,
        earned, cells, decisions,
    )  # fmt: skip


def _terms(
    books: Books, begun: ir.Table, amounts: ir.Table | None, financed: ir.Table | None, keep: Keep
) -> ir.Table:
    """Steps three and four: the price at inception, net, and its shares; what holds each back."""
    terms = begun if amounts is None else keep("terms_varied", at_inception(begun, amounts))
    terms = keep("terms_priced", net_prices(books, terms, financed))
    terms = terms if financed is None else with_testable(books, terms)
    terms = keep("terms_sold", selling_prices(books, terms))
    terms = keep("terms_allocated", allocate(terms))
    terms = with_gates(books, terms if amounts is None else with_own(terms))
    return keep("terms", usage.with_testable(books, terms, amounts))
