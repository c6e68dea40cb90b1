"""What people decided: the latest decision about each paper, entry, contract or finding wins."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books


def latest_decisions(books: Books, *, heed: bool = True) -> ir.Table:
    """subject_type, subject_id, decision, value: one row a subject; none at all where `heed` is false."""
    decisions = books.tables["decisions"]
    if not heed:
        decisions = decisions.filter(ibis.literal(False))
    group = [decisions.subject_type, decisions.subject_id]
    order = [decisions.decided_at.desc(), decisions.decision]
    newest = ibis.row_number().over(group_by=group, order_by=order)
    decisions = decisions.mutate(newest=newest).filter(lambda t: t.newest == 0)
    return decisions.select("subject_type", "subject_id", "decision", "value")


def of_kind(decisions: ir.Table, subject_type: str, *kinds: str) -> ir.Table:
    """`subject_id`, `decision`, `value` of the decisions of some kinds about one type of subject."""
    chosen = decisions.filter((decisions.subject_type == subject_type) & decisions.decision.isin(kinds))
    return chosen.select("subject_id", "decision", "value")
