"""The five steps over all contracts at once: terms, price, allocation, evidence, what was earned when."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir

from earned.books import Books
from earned.engine import Keep
from earned.recognition import admission, earning, matching, position, progress, relevance
from earned.recognition.allocation import allocate
from earned.recognition.closing import points
from earned.recognition.decisions import latest_decisions
from earned.recognition.price import bound, net_prices
from earned.recognition.scope import scoped_entries
from earned.recognition.terms import terms as terms_of


@dataclass(frozen=True)
class Recognition:
    """What recognition leaves to the layers below: tables in contract currency, by unit and point.

    `entries` every entry with its place; `unit_entries` the linked ones with `unit_id`; `pairs` evidence
    by obligation; `judged` the same under each scenario, `records` of them those that count, placed in time;
    `cells` cumulative figures, the point before (`period_index` -1) included; `decisions` the latest heeded.
    """

    marks: ir.Table
    entries: ir.Table
    unit_entries: ir.Table
    terms: ir.Table
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

    binding = keep("contracts_bound", bound(books, decisions))
    terms = keep("terms_measured", terms_of(books, entries, keep))
    terms = keep("terms_priced", net_prices(books, terms.join(binding, "contract_id")))
    terms = keep("terms", allocate(terms))

    pairs = keep("evidence_matched", matching.match(books, terms))
    pairs = keep("evidence_fitted", relevance.fit(books, pairs))
    pairs = keep("evidence_pairs", admission.admit(books, pairs, decisions, keep))
    judged = keep("evidence_judged", admission.judge(books, pairs))
    records = progress.heard(books, judged, marks, keep)
    states = keep("progress_states", progress.states(records, marks))
    earned = keep("earned_obligations", earning.earn(books, terms, records, states, marks))

    unit_entries = keep("entries_of_units", position.unit_entries(entries, terms))
    units = position.units(books, terms, unit_entries, keep)
    cells = keep("cells_measured", position.grid(books, units, unit_entries, pairs, marks))
    cells = keep("cells", position.cumulative(cells, units, unit_entries, earned))
    return Recognition(
        marks, entries, unit_entries, terms, units, pairs, judged, records, earned, cells, decisions
    )
