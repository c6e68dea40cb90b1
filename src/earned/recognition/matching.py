"""Which obligation each record of evidence speaks of (U1)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.recognition.terms import READS

ACCEPTING = ("acceptance", "delivery")
#: what is read of a record of evidence
_RECORD = (
    "evidence_id", "contract_id", "obligation_id", "kind", "event_date", "recorded_at", "stage", "result",
    "conditions_closed_date", "signed_customer_date", "sealed_customer_date", "quantity", "amount_minor",
    "basis", "counts_for_progress", "uninstalled", "maker", "made_by", "batch",
)  # fmt: skip
_TERMS = (
    "contract_id", "obligation_id", "unit_id", "n_obligations", "measure", "reads", "only",
    "only_given", "binding_stage", "acceptance_needs", "deemed_after_days", "total_quantity", "unit_owner_id",
    "currency", "entity_id", "gradable", "royalty_rate",
)  # fmt: skip


def match(books: Books, terms: ir.Table) -> ir.Table:
    """(evidence, obligation) pairs; what no obligation of the contract measures by has a null one (U1)."""
    reads = ibis.cases(
        *((terms.measure == measure, kind) for measure, kind in READS.items()),
        (terms.measure == "given", "milestone"),
        else_=ibis.null("string"),
    )
    of = terms.mutate(reads=reads)
    of = of.mutate(
        only=of.obligation_id.count().over(group_by=[of.contract_id, of.reads]) == 1,
        only_given=(of.measure == "given").cast("int64").sum().over(group_by=of.contract_id) == 1,
    )
    of = of.select(*_TERMS)
    evidence = books.tables["evidence"].select(*_RECORD).rename(named_obligation_id="obligation_id")
    several = of.filter(of.n_obligations > 1)
    named = evidence.join(
        several,
        [evidence.contract_id == several.contract_id, evidence.named_obligation_id == several.obligation_id],
    )
    alone = of.filter(of.n_obligations == 1)
    single = evidence.join(alone, evidence.contract_id == alone.contract_id)
    vague = evidence.filter(evidence.named_obligation_id.isnull())
    spread = vague.join(several, vague.contract_id == several.contract_id)
    at_point = spread.kind.isin((*ACCEPTING, "rejection")) & (spread.measure == "point")
    measured = (spread.kind == spread.reads) & spread.only
    given = (spread.kind == "other") & (spread.measure == "given") & spread.only_given
    spread = spread.filter(at_point | (measured | given).fill_null(False))
    found = named.union(single).union(spread)
    pairs = found.union(_speaking_of_none(evidence, found, terms).select(*found.columns))
    return pairs.mutate(
        is_rejection=(pairs.kind == "rejection")
        | (pairs.kind.isin(ACCEPTING) & (pairs.result == "rejected").fill_null(False))
    )


def _speaking_of_none(evidence: ir.Table, found: ir.Table, terms: ir.Table) -> ir.Table:
    """Records that no obligation is measured by: of the contract as a whole, and of its owner."""
    silent = evidence.anti_join(found, "evidence_id")
    whose = terms.group_by(of="contract_id").agg(
        entity_id=terms.entity_id.max(), unit_owner_id=terms.contract_owner_id.max()
    )
    silent = silent.left_join(whose, silent.contract_id == whose["of"]).drop("of")
    silent = silent.mutate(unit_id=silent.contract_id)
    nothing = {c: ibis.null(str(found[c].type())) for c in found.columns if c not in silent.columns}
    return silent.mutate(**nothing)
