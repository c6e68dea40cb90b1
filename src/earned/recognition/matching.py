"""Which evidence speaks of which obligation, and whether it fits what the obligation is measured by.

ASC 606-10-25-30, 55-85 to 55-88 (customer acceptance); rules U1, E6, E7, E11.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.books.policy import Policy
from earned.recognition.terms import READS

STAGES = ("arrival", "go_live", "initial", "final")
ACCEPTING = ("acceptance", "delivery")
QUANTITY = "decimal(38, 9)"
#: stands for "all that was promised" where no quantity is stated; progress is clamped to the whole
EVERYTHING = "1000000000000000"

#: what is read of a record of evidence
_RECORD = (
    "evidence_id", "contract_id", "obligation_id", "kind", "event_date", "recorded_at", "stage", "result",
    "conditions_closed_date", "signed_customer_date", "sealed_customer_date", "quantity", "amount_minor",
    "basis", "counts_for_progress", "maker", "made_by", "batch",
)  # fmt: skip
#: what fitting settles and nothing later asks for
_SETTLED = (
    "named_obligation_id", "conditions_closed_date", "signed_customer_date", "sealed_customer_date", "basis",
    "counts_for_progress", "batch", "n_obligations", "reads", "only", "acceptance_needs", "deemed_after_days",
    "total_quantity", "currency", "acceptance_decides", "has_units", "has_accepted", "accepts", "needs_stage",
    "duplicate", "deemed_date", "answered",
)  # fmt: skip
_TERMS = (
    "contract_id", "obligation_id", "unit_id", "n_obligations", "measure", "reads", "only",
    "binding_stage", "acceptance_needs", "deemed_after_days", "total_quantity", "owner_id",
    "currency", "entity_id", "gradable",
)  # fmt: skip


def match(books: Books, terms: ir.Table) -> ir.Table:
    """(evidence, obligation) pairs; what no obligation of the contract measures by has a null one (U1)."""
    reads = ibis.cases(
        *((terms.measure == measure, kind) for measure, kind in READS.items()),
        (terms.measure == "given", "milestone"),
        else_=ibis.null("string"),
    )
    of = terms.mutate(reads=reads)
    of = of.mutate(only=of.obligation_id.count().over(group_by=[of.contract_id, of.reads]) == 1)
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
    spread = spread.filter(at_point | ((spread.kind == spread.reads) & spread.only).fill_null(False))
    found = named.union(single).union(spread)
    silent = evidence.anti_join(found, "evidence_id")
    nothing = {c: ibis.null(str(found[c].type())) for c in found.columns if c not in evidence.columns}
    pairs = found.union(silent.mutate(**nothing).select(*found.columns))
    return pairs.mutate(
        is_rejection=(pairs.kind == "rejection")
        | (pairs.kind.isin(ACCEPTING) & (pairs.result == "rejected").fill_null(False))
    )


def fit(books: Books, pairs: ir.Table) -> ir.Table:
    """Adds `misfit` (duplicate, kind, stage_missing, stage, not_closed or null), `own_date` and `progress`.

    `own_date` is the day the record speaks of: the effective date of an acceptance (E7), else event_date.
    """
    pairs = _decides(pairs)
    pairs = _deemed(pairs.mutate(duplicate=_duplicate(pairs)))
    policy = books.manifest.policy
    needs = ibis.coalesce(pairs.acceptance_needs, ",".join(policy.value("acceptance_needs") or ()))
    unsigned = needs.contains("signature") & pairs.signed_customer_date.isnull()
    unsealed = needs.contains("seal") & pairs.sealed_customer_date.isnull()
    waits = (pairs.result == "conditional").fill_null(False)
    if policy.value("conditional_acceptance") == "counts":
        waits = waits & False
    is_open = waits & pairs.conditions_closed_date.isnull()
    partial = (pairs.result == "partial").fill_null(False)
    untold = partial & (pairs.quantity.isnull() | pairs.total_quantity.isnull())
    not_closed = (pairs.accepts & (unsigned | unsealed | is_open)) | untold
    pairs = pairs.mutate(
        own_date=ibis.cases(
            (pairs.accepts, _effective_date(pairs, policy)),
            (pairs.kind == "submission", pairs.deemed_date),
            else_=pairs.event_date,
        ),
        misfit=ibis.cases(
            (pairs.duplicate, "duplicate"),
            (pairs.obligation_id.isnull() | ~_kind_fits(pairs) | pairs.answered, "kind"),
            (pairs.is_rejection, ibis.null("string")),
            (pairs.needs_stage & pairs.stage.isnull(), "stage_missing"),
            (pairs.needs_stage & (_rank(pairs.stage) < _rank(pairs.binding_stage)), "stage"),
            (not_closed, "not_closed"),
            else_=ibis.null("string"),
        ),
    )
    return _with_progress(pairs).drop(*_SETTLED)


def _decides(pairs: ir.Table) -> ir.Table:
    """Acceptance decides where a stage binds or any acceptance, rejection or submission exists (E6)."""
    spoken = pairs.kind.isin(("acceptance", "rejection", "submission")).any()
    units = (pairs.kind == "units").any()
    accepted = ((pairs.kind == "acceptance") & ~pairs.is_rejection).any()
    group = ibis.window(group_by=pairs.obligation_id)
    pairs = pairs.mutate(
        at_point=(pairs.measure == "point").fill_null(False),
        acceptance_decides=pairs.binding_stage.notnull() | spoken.over(group),
        has_units=units.over(group),
        has_accepted=accepted.over(group),
    )
    arrival = (
        (pairs.kind == "delivery")
        & (pairs.binding_stage == "arrival").fill_null(False)
        & (pairs.stage == "arrival").fill_null(False)
    )
    accepts = ~pairs.is_rejection & ((pairs.kind == "acceptance") | arrival)
    return pairs.mutate(
        accepts=accepts,
        needs_stage=pairs.at_point & pairs.binding_stage.notnull() & (accepts | (pairs.kind == "submission")),
    )


def _deemed(pairs: ir.Table) -> ir.Table:
    """`deemed_date`: submission + days; `answered` where a rejection or acceptance came until then (E10)."""
    days = ibis.coalesce(pairs.deemed_after_days, 0)
    pairs = pairs.mutate(deemed_date=pairs.event_date + days.as_interval("D"))
    pairs = pairs.mutate(deemed_date=pairs.deemed_date.cast("date"))
    answers = pairs.filter(pairs.is_rejection | (pairs.kind == "acceptance")).select(
        answer_to="obligation_id",
        answer_stage="stage",
        answer_date="event_date",
        is_no="is_rejection",
    )
    asked = pairs.filter(pairs.kind == "submission").select(
        "evidence_id", "obligation_id", "stage", "event_date", "deemed_date"
    )
    same_stage = answers.is_no | (asked.stage.fill_null("") == answers.answer_stage.fill_null(""))
    answered = asked.semi_join(
        answers,
        [
            asked.obligation_id == answers.answer_to,
            answers.answer_date >= asked.event_date,
            answers.answer_date <= asked.deemed_date,
            same_stage,
        ],
    ).select(answered_id="evidence_id", answered_of="obligation_id")
    pairs = pairs.left_join(
        answered, [pairs.evidence_id == answered.answered_id, pairs.obligation_id == answered.answered_of]
    )
    return pairs.mutate(answered=pairs.answered_id.notnull()).drop("answered_id", "answered_of")


def _kind_fits(pairs: ir.Table) -> ir.BooleanValue:
    point = (
        pairs.is_rejection
        | (pairs.accepts & pairs.acceptance_decides)
        | ((pairs.kind == "delivery") & ~pairs.acceptance_decides)
        | ((pairs.kind == "submission") & pairs.deemed_after_days.notnull())
    )
    counted = pairs.counts_for_progress.fill_null(True)
    units_else = ibis.ifelse(pairs.has_accepted, "acceptance", "delivery")
    by_units = (pairs.kind == ibis.ifelse(pairs.has_units, "units", units_else)) & ~pairs.is_rejection
    given = pairs.kind.isin(("milestone", "other")) & pairs.quantity.notnull()
    filled = ibis.cases(
        (pairs.measure == "cost", pairs.amount_minor.notnull()),
        (pairs.measure.isin(("hours", "as_used")), pairs.quantity.notnull()),
        else_=True,
    )
    over_time = ibis.cases(
        (pairs.measure == "units", by_units),
        (pairs.measure == "given", given),
        else_=(pairs.kind == pairs.reads).fill_null(False) & filled,
    )
    return ibis.ifelse(pairs.at_point, point, over_time & counted)


def _effective_date(pairs: ir.Table, policy: Policy) -> ir.DateValue:
    """The latest of event, customer signature, customer seal and conditions closed (E7)."""
    closed = pairs.conditions_closed_date
    if policy.value("conditional_acceptance") == "counts":
        closed = ibis.ifelse(pairs.result == "conditional", ibis.null("date"), closed)
    others = (pairs.signed_customer_date, pairs.sealed_customer_date, closed)
    return ibis.greatest(pairs.event_date, *(ibis.coalesce(d, pairs.event_date) for d in others))


def _rank(stage: ir.StringValue) -> ir.IntegerValue:
    return ibis.cases(*((stage == s, i) for i, s in enumerate(STAGES)), else_=0)


def _duplicate(pairs: ir.Table) -> ir.BooleanValue:
    """Equal quantities of one obligation, kind and day that came in two batches count once (E11)."""
    batch = pairs.batch.fill_null("")
    equal = [
        pairs.obligation_id,
        pairs.kind,
        pairs.event_date,
        pairs.quantity.fill_null(0),
        pairs.amount_minor.fill_null(0),
    ]
    order = [ibis.asc(pairs.recorded_at.isnull()), pairs.recorded_at, batch]
    kept = batch.first().over(ibis.window(group_by=equal, order_by=order))
    stated = pairs.quantity.notnull() | pairs.amount_minor.notnull()
    return stated & pairs.obligation_id.notnull() & (batch != kept)


def _with_progress(pairs: ir.Table) -> ir.Table:
    """`progress`: what the record adds or states; `is_whole` where that is all that was promised (E11)."""
    whole = ibis.ifelse(
        pairs.at_point,
        pairs.total_quantity.nullif(0).fill_null(1),
        ibis.ifelse(pairs.measure == "units", ibis.literal(EVERYTHING).cast(QUANTITY), 1),
    ).cast(QUANTITY)
    stated = ibis.ifelse(pairs.measure == "cost", pairs.amount_minor.cast(QUANTITY), pairs.quantity)
    untold = pairs.at_point & pairs.total_quantity.isnull()
    can_be_whole = pairs.kind.isin((*ACCEPTING, "milestone", "submission"))
    is_whole = can_be_whole & ~pairs.is_rejection & (stated.isnull() | untold)
    return pairs.mutate(
        is_whole=is_whole,
        is_cumulative=(pairs.basis == "cumulative").fill_null(False) & ~pairs.is_rejection,
        progress=ibis.ifelse(is_whole, whole, stated.fill_null(0).cast(QUANTITY)),
    )
