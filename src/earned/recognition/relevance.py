"""Whether a record fits what its obligation is measured by, and from which day it speaks.

Relevance comes before reliability (ISA 500.A27): an invoice of grade A is still no acceptance.
ASC 606-10-25-30, 55-85 to 55-88 (customer acceptance); rules E6, E7, E10, E11.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.books.policy import Policy
from earned.recognition.gates import with_arrangement
from earned.recognition.matching import ACCEPTING

STAGES = ("arrival", "go_live", "initial", "final")
QUANTITY = "decimal(38, 9)"
#: stands for "all that was promised" where no quantity is stated; progress is clamped to the whole
EVERYTHING = "1000000000000000"

#: what fitting settles and nothing later asks for
_SETTLED = (
    "named_obligation_id", "conditions_closed_date", "signed_customer_date", "sealed_customer_date", "basis",
    "counts_for_progress", "uninstalled", "batch", "n_obligations", "reads", "only", "only_given",
    "acceptance_needs", "deemed_after_days",
    "total_quantity", "currency", "acceptance_decides", "has_units", "has_accepted", "accepts", "needs_stage",
    "duplicate", "deemed_date", "answered", "royalty_rate", "consigned", "waits", "released", "handed_over",
)  # fmt: skip


def fit(books: Books, pairs: ir.Table) -> ir.Table:
    """Adds `misfit` (duplicate, kind, stage_missing, stage, not_closed or null), `own_date` and `progress`.

    `own_date` is the day the record speaks of: the effective date of an acceptance (E7), else event_date.
    """
    pairs = with_arrangement(books, pairs)
    pairs = _decides(pairs.mutate(beside=_beside(pairs)))
    pairs = _deemed(pairs.mutate(duplicate=_duplicate(pairs)))
    policy = books.manifest.policy
    dated = pairs.kind.isin(ACCEPTING) & ~pairs.is_rejection
    pairs = pairs.mutate(
        own_date=ibis.cases(
            (dated, _effective_date(pairs, policy)),
            (pairs.kind == "submission", _released(pairs, pairs.deemed_date)),
            else_=pairs.event_date,
        ),
        misfit=ibis.cases(
            (pairs.duplicate, "duplicate"),
            (pairs.obligation_id.isnull() | ~_kind_fits(pairs) | pairs.answered, "kind"),
            (pairs.is_rejection, ibis.null("string")),
            (pairs.needs_stage & pairs.stage.isnull(), "stage_missing"),
            (pairs.needs_stage & (_rank(pairs.stage) < _rank(pairs.binding_stage)), "stage"),
            (_not_closed(pairs, policy) | pairs.waits, "not_closed"),
            else_=ibis.null("string"),
        ),
    )
    return _with_progress(pairs).drop(*_SETTLED)


def _not_closed(pairs: ir.Table, policy: Policy) -> ir.BooleanValue:
    """A signature or seal asked for is missing, a condition is open, or a part has no quantity (E7, E11)."""
    asked = policy.at("acceptance_needs", pairs.event_date)
    needs = ibis.coalesce(pairs.acceptance_needs, asked, ibis.literal(""))
    unsigned = needs.contains("signature") & pairs.signed_customer_date.isnull()
    unsealed = needs.contains("seal") & pairs.sealed_customer_date.isnull()
    waits = (pairs.result == "conditional").fill_null(False) & pairs.kind.isin(ACCEPTING)
    waits = waits & (policy.at("conditional_acceptance", pairs.event_date) != "counts")
    is_open = waits & pairs.conditions_closed_date.isnull()
    partial = (pairs.result == "partial").fill_null(False)
    unstated = pairs.quantity.isnull() & pairs.amount_minor.isnull()
    of_unknown = pairs.at_point & ~(pairs.total_quantity > 0).fill_null(False)
    return (pairs.accepts & (unsigned | unsealed)) | is_open | (partial & (unstated | of_unknown))


def _decides(pairs: ir.Table) -> ir.Table:
    """Acceptance decides where a stage binds or the unit has an acceptance, rejection or submission (E6)."""
    spoken = (pairs.kind.isin(("acceptance", "submission")) | pairs.is_rejection).any()
    units = (pairs.kind == "units").any()
    accepted = ((pairs.kind == "acceptance") & ~pairs.is_rejection).any()
    group = ibis.window(group_by=pairs.unit_id)
    pairs = pairs.mutate(
        at_point=(pairs.measure == "point").fill_null(False),
        acceptance_decides=pairs.binding_stage.notnull() | spoken.over(group) | pairs.consigned,
        has_units=units.over(group),
        has_accepted=accepted.over(group),
    )
    arrival = (
        (pairs.kind == "delivery")
        & (pairs.binding_stage == "arrival").fill_null(False)
        & (pairs.stage == "arrival").fill_null(False)
        & ~pairs.consigned
    )
    accepts = ~pairs.is_rejection & ((pairs.kind == "acceptance") | arrival)
    return pairs.mutate(
        accepts=accepts,
        needs_stage=pairs.binding_stage.notnull()
        & (pairs.at_point | (pairs.measure == "units").fill_null(False))
        & (accepts | (pairs.kind == "submission")),
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
        | pairs.handed_over
        | ((pairs.kind == "submission") & pairs.deemed_after_days.notnull())
    )
    counted = pairs.counts_for_progress.fill_null(True)
    staged = pairs.binding_stage.notnull()
    by_acceptance = pairs.has_accepted | staged | pairs.consigned
    units_else = ibis.ifelse(by_acceptance, "acceptance", "delivery")
    by_units = (pairs.kind == ibis.ifelse(pairs.has_units, "units", units_else)) & ~pairs.is_rejection
    given = pairs.kind.isin(("milestone", "other")) & pairs.quantity.notnull()
    filled = ibis.cases(
        (pairs.measure == "cost", pairs.amount_minor.notnull()),
        ((pairs.measure == "as_used") & pairs.royalty_rate.notnull(), pairs.amount_minor.notnull()),
        (pairs.measure.isin(("hours", "as_used")), pairs.quantity.notnull()),
        else_=True,
    )
    over_time = ibis.cases(
        (pairs.measure == "units", by_units),
        (pairs.measure == "given", given),
        else_=(pairs.kind == pairs.reads).fill_null(False) & filled,
    )
    return ibis.ifelse(pairs.at_point, point, over_time & counted) | pairs.beside.notnull()


def _beside(pairs: ir.Table) -> ir.StringValue:
    """What a record adds beside progress: `sales` that bear a royalty (55-65), `materials` not yet installed
    (55-21(b)), units that came `back` under a right of return (55-22); else null."""
    by_use = (pairs.measure == "as_used").fill_null(False)
    at_cost = (pairs.measure == "cost").fill_null(False) & pairs.uninstalled.fill_null(False)
    named = pairs.obligation_id.notnull()
    return ibis.cases(
        (
            (pairs.kind == "usage") & pairs.royalty_rate.notnull() & ~by_use & pairs.amount_minor.notnull(),
            "sales",
        ),
        ((pairs.kind == "cost") & at_cost & pairs.amount_minor.notnull(), "materials"),
        ((pairs.kind == "return") & named & pairs.quantity.notnull(), "back"),
        else_=ibis.null("string"),
    )


def _effective_date(pairs: ir.Table, policy: Policy) -> ir.DateValue:
    """The latest of event, customer signature, customer seal, conditions closed, criteria met (E7, 55-83)."""
    counts = policy.at("conditional_acceptance", pairs.event_date) == "counts"
    at_once = (pairs.result == "conditional").fill_null(False) & counts
    closed = ibis.ifelse(at_once, ibis.null("date"), pairs.conditions_closed_date)
    others = (pairs.signed_customer_date, pairs.sealed_customer_date, closed)
    day = ibis.greatest(pairs.event_date, *(ibis.coalesce(d, pairs.event_date) for d in others))
    return _released(pairs, day)


def _released(pairs: ir.Table, day: ir.DateValue) -> ir.DateValue:
    """The day, or for goods billed and held the later one on which their criteria are met (55-83)."""
    return ibis.greatest(day, ibis.coalesce(pairs.released, day))


def _rank(stage: ir.StringValue) -> ir.IntegerValue:
    return ibis.cases(*((stage == s, i) for i, s in enumerate(STAGES)), else_=0)


def _duplicate(pairs: ir.Table) -> ir.BooleanValue:
    """Equal quantities of one obligation, kind and day that came in two batches count once (E11)."""
    batch = pairs.batch.fill_null("")
    equal = [
        pairs.obligation_id,
        pairs.kind,
        pairs.is_rejection,
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
    total = pairs.total_quantity.fill_null(0)
    whole = ibis.ifelse(
        pairs.at_point,
        ibis.ifelse(total > 0, total, 1),
        ibis.ifelse(pairs.measure == "units", ibis.literal(EVERYTHING).cast(QUANTITY), 1),
    ).cast(QUANTITY)
    in_money = (pairs.measure == "cost") | ((pairs.measure == "as_used") & pairs.royalty_rate.notnull())
    in_money = in_money.fill_null(False) | pairs.beside.isin(("sales", "materials")).fill_null(False)
    stated = ibis.ifelse(in_money, pairs.amount_minor.cast(QUANTITY), pairs.quantity)
    untold = pairs.at_point & ~(total > 0)
    can_be_whole = pairs.kind.isin((*ACCEPTING, "milestone", "submission"))
    is_whole = can_be_whole & ~pairs.is_rejection & (stated.isnull() | untold)
    return pairs.mutate(
        is_whole=is_whole,
        is_cumulative=(pairs.basis == "cumulative").fill_null(False) & ~pairs.is_rejection,
        progress=ibis.ifelse(is_whole, whole, stated.fill_null(0).cast(QUANTITY)),
    )
