"""The terms of each obligation: how control passes, how progress is read, what binds it (ASC 606-10-25)."""

from __future__ import annotations

from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.books.policy import CONVENTIONS
from earned.engine import Keep
from earned.recognition.straight_line import seconds

#: measure -> the kind of evidence that progress is read from (U4); in the order in which kinds win
READS = {
    "milestones": "milestone",
    "units": "units",
    "hours": "hours",
    "cost": "cost",
    "as_used": "usage",
}
STRAIGHT_LINE = ("days", "months")
#: measure -> the kind of estimate that is its whole
ESTIMATED = {"hours": "total_hours", "units": "total_units", "cost": "total_cost"}


def terms(books: Books, entries: ir.Table, keep: Keep) -> ir.Table:
    """One row an obligation with everything later steps read; contracts without one get one assumed.

    Columns: obligation_id, contract_id, unit_id, unit_level, n_obligations, the contract's parties,
    `measure` ('point' at a point in time), `untestable` (why its contract cannot be measured, else null).
    """
    given = _from_start(books, _with_contract(books, _given(books)))
    kinds = _kinds(books)
    rows = given.left_join(kinds, given.obligation_id == kinds.evidence_of).drop("evidence_of")
    rows = keep("obligations_given", rows)
    rows = keep("obligations_measured", _with_measure(books, rows))
    rows = rows.mutate(n_obligations=rows.obligation_id.count().over(group_by=rows.contract_id))
    rows = rows.mutate(unmeasured=rows.measure.isnull(), untestable=_untestable(books, rows))
    rows = rows.mutate(untestable=rows.untestable.max().over(group_by=rows.contract_id))
    return _with_unit(books, rows, entries)


def _given(books: Books) -> ir.Table:
    """The obligations as given, and one assumed for each contract that has none."""
    obligations = books.tables["obligations"].mutate(assumed=False)
    contracts = books.tables["contracts"]
    bare = contracts.anti_join(obligations, "contract_id")
    columns = {name: ibis.null(str(kind)) for name, kind in obligations.schema().items() if name != "assumed"}
    assumed = bare.select(
        **columns
        | {name: bare[name] for name in ("contract_id", "pattern", "measure", "binding_stage")}
        | {name: bare[name] for name in ("start_date", "end_date", "source_file", "source_row")}
        | {"obligation_id": bare.contract_id, "assumed": ibis.literal(True)}
    )
    return obligations.union(assumed.select(*obligations.columns))


def _with_contract(books: Books, obligations: ir.Table) -> ir.Table:
    contracts = books.tables["contracts"]
    party = contracts.select(
        "contract_id",
        "currency",
        "entity_id",
        "customer_id",
        "status",
        "terminated_date",
        "signed_company_date",
        "signed_customer_date",
        "bound_date",
        "price_minor",
        "price_includes_tax",
        contract_tax_rate="tax_rate",
        contract_owner_id="owner_id",
        contract_department_id="department_id",
        contract_start_date="start_date",
    )
    joined = obligations.join(party, "contract_id")
    exponents = books.currencies.select(currency="code", exponent="exponent")
    joined = joined.left_join(exponents, "currency").drop("currency_right")
    blocked = books.contracts_untestable.select(blocked_contract="contract_id").distinct()
    joined = joined.left_join(blocked, joined.contract_id == blocked.blocked_contract)
    ours = books.manifest.company.entity_id or None
    return joined.mutate(
        entity_id=ibis.coalesce(joined.entity_id, ibis.literal(ours, "string")),
        owner_id=ibis.coalesce(joined.owner_id, joined.contract_owner_id),
        department_id=ibis.coalesce(joined.department_id, joined.contract_department_id),
        exponent=joined.exponent.fill_null(2).cast("int64"),
    )


def _from_start(books: Books, rows: ir.Table) -> ir.Table:
    """`from_start`: promised at inception, not added by a modification nor a contract of its own (25-12)."""
    modifications = books.tables["modifications"]
    apart = modifications.filter(
        (modifications.treatment == "separate") & modifications.obligation_id.notnull()
    )
    apart = apart.select(apart_id="obligation_id").distinct()
    rows = rows.left_join(apart, rows.obligation_id == apart.apart_id)
    added = (rows.added_in_version > 0).fill_null(False) | rows.apart_id.notnull()
    return rows.mutate(from_start=~added).drop("apart_id")


def _kinds(books: Books) -> ir.Table:
    """Which kinds of evidence each obligation has; a contract with one obligation lends it all of its own."""
    evidence = books.tables["evidence"]
    obligations = books.tables["obligations"]
    counts = obligations.group_by("contract_id").agg(
        n=obligations.count(), only_obligation_id=obligations.obligation_id.min()
    )
    rows = evidence.left_join(counts, "contract_id").drop("contract_id_right")
    of = ibis.cases(
        (rows.n.isnull(), rows.contract_id),
        (rows.n == 1, rows.only_obligation_id),
        else_=rows.obligation_id,
    )
    rows = rows.mutate(evidence_of=of)
    rows = rows.filter(rows.evidence_of.notnull())
    flags = {f"has_{kind}": (rows.kind == kind).any() for kind in (*READS.values(), "acceptance", "delivery")}
    return rows.group_by("evidence_of").agg(**flags)


def _with_measure(books: Books, rows: ir.Table) -> ir.Table:
    """Pattern and measure: as given, by policy, by the kinds of evidence, by days (U4)."""
    policy = books.manifest.policy
    has = {m: rows[f"has_{kind}"].fill_null(False) for m, kind in READS.items()}
    by_kind = ibis.cases(*((flag, measure) for measure, flag in has.items()), else_=ibis.null("string"))
    point_like = rows.has_acceptance.fill_null(False) | rows.has_delivery.fill_null(False)
    inferred = ibis.ifelse(point_like | by_kind.isnull(), "point_in_time", "over_time")
    on = ibis.coalesce(rows.bound_date, rows.start_date)
    pattern = ibis.coalesce(
        rows.pattern,
        ibis.ifelse(rows.assumed & rows.measure.notnull(), "over_time", ibis.null("string")),
        policy.at("pattern", on),
        inferred,
    )
    dated = rows.start_date.notnull() & rows.end_date.notnull()
    over_time = ibis.coalesce(
        rows.measure,
        policy.at("measure", on),
        by_kind,
        ibis.ifelse(dated, "days", ibis.null("string")),
    )
    rows = rows.mutate(pattern=pattern)
    rows = rows.mutate(measure=ibis.ifelse(rows.pattern == "point_in_time", "point", over_time))
    default = ibis.ifelse(rows.measure == "months", "equal_months", "daily_inclusive")
    zone = books.manifest.company.timezone
    return rows.mutate(
        start_second=seconds(rows.start_at, zone),
        end_second=seconds(rows.end_at, zone),
        convention=ibis.coalesce(rows.convention, policy.at("convention", on), default),
        binding_stage=ibis.coalesce(rows.binding_stage, policy.at("binding_stage", on)),
        deemed_after_days=rows.deemed_after_days.cast("int64"),
        gradable=_is_gradable(rows),
    ).drop(*(f"has_{kind}" for kind in (*READS.values(), "acceptance", "delivery")))


def _is_gradable(rows: ir.Table) -> ir.BooleanValue:
    """Progress rests on an acceptance, a delivery or a milestone record (G5)."""
    accepted_units = (rows.measure == "units") & ~rows.has_units.fill_null(False)
    by_papers = rows.has_acceptance.fill_null(False) | rows.has_delivery.fill_null(False)
    graded = rows.measure.isin(("point", "milestones", "given")) | (accepted_units & by_papers)
    return graded.fill_null(False)


def _untestable(books: Books, rows: ir.Table) -> ir.StringValue:
    """Why an obligation, and with it its contract, cannot be measured; null when it can (U4)."""
    straight = rows.measure.isin(STRAIGHT_LINE)
    estimates = books.tables["estimates"]
    counted = rows.measure.isin(tuple(ESTIMATED)) & ~(rows.total_quantity > 0).fill_null(False)
    estimated = reduce(
        or_,
        (
            (rows.measure == measure)
            & rows.obligation_id.isin(estimates.filter(estimates.kind == kind).obligation_id)
            for measure, kind in ESTIMATED.items()
        ),
    )
    shares = rows.from_start & (rows.measure != "as_used")
    found = rows.stated_price_minor.notnull() | rows.ssp_method.isin(("residual", "option")).fill_null(False)
    own_price = rows.ssp_minor.notnull() | rows.allocated_price_minor.notnull() | found
    priceless = shares & ~own_price
    fixed = shares.cast("int64").sum().over(group_by=rows.contract_id)
    return ibis.cases(
        (rows.blocked_contract.notnull(), "an obligation of the contract was rejected"),
        (rows.measure.isnull(), "no measure of progress"),
        (straight & (rows.start_date.isnull() | rows.end_date.isnull()), "no start or end of service"),
        (straight & (rows.end_date < rows.start_date), "service ends before it starts"),
        (straight & rows.convention.notin(CONVENTIONS), "unknown straight-line convention"),
        (
            (rows.measure == "as_used") & rows.unit_price.isnull() & rows.royalty_rate.isnull(),
            "no unit price",
        ),
        (counted & ~estimated, "no total quantity and no estimate"),
        (priceless & (fixed > 1), "no standalone selling price"),
        else_=ibis.null("string"),
    )


def _with_unit(books: Books, rows: ir.Table, entries: ir.Table) -> ir.Table:
    """Obligation level, unless an entry or evidence of several obligations names only the contract (U1)."""
    linked = entries.filter(entries.place == "linked")
    own = rows.select(own_contract="contract_id", own_obligation="obligation_id")
    loose = linked.anti_join(
        own, [linked.contract_id == own.own_contract, linked.obligation_id == own.own_obligation]
    )
    evidence = books.tables["evidence"]
    vague = evidence.filter(evidence.obligation_id.isnull())
    whole = loose.select("contract_id").union(vague.select("contract_id")).distinct()
    whole = whole.select(whole_contract="contract_id")
    rows = rows.left_join(whole, rows.contract_id == whole.whole_contract)
    at_contract = (rows.n_obligations > 1) & rows.whole_contract.notnull()
    at_contract = at_contract | rows.blocked_contract.notnull()
    return rows.mutate(
        unit_id=ibis.ifelse(at_contract, rows.contract_id, rows.obligation_id),
        unit_level=ibis.ifelse(at_contract, "contract", "obligation"),
        unit_owner_id=ibis.ifelse(at_contract, rows.contract_owner_id, rows.owner_id),
    ).drop("whole_contract")
