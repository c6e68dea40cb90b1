"""Variable consideration: what of each amount may be included, in which version, from which day.

ASC 606-10-32-5 to 32-14, 32-42 to 32-45; IFRS 15.50-59, 87-90. Whether an amount is the expected value or
the most likely one, and how much of it the constraint lets in, is given with the estimate, never inferred.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import end_of_day, share
from earned.recognition.approval import as_promised
from earned.recognition.closing import closes_at_points
from earned.recognition.price import without_tax

MILLION = 1_000_000
QUANTITY = "decimal(38, 9)"
#: an estimate of a royalty says whose price it is, and is never revenue itself (606-10-55-65)
ROYALTY = "royalty"
#: amounts that lower the price and show apart in the balances: what the customer gets back of what it was
#: billed, what it will not be asked to pay, and what it is paid
LOWERING = {
    "refund_minor": ("rebate", "refund"),
    "concession_minor": ("concession",),
    "incentive_minor": ("payable_to_customer",),
}
APART = tuple(nature for natures in LOWERING.values() for nature in natures)


def has_amounts(books: Books) -> bool:
    """Whether any estimate of a variable amount is in the books."""
    estimates = books.tables["estimates"]
    found: bool = (estimates.kind == "variable_price").any().fill_null(False).to_pyarrow().as_py()
    return found


def amounts(books: Books, terms: ir.Table, marks: ir.Table) -> ir.Table:
    """One row a version of a variable amount, on the footing of the contract's price.

    contract_id, named_obligation_id (null: the contract's), item, nature, known_at, from_day, promised_in,
    amount_minor (the estimate), included_minor (what may be included), change_minor (against the version
    before). A version counts from the day it was made, or from the last period end whose books were open, and
    no earlier than the modification that promised it.
    """
    rows = placed(books.tables["estimates"].filter(lambda t: t.kind == "variable_price"), terms)
    rows = _with_outcomes(books, rows, terms)
    estimate = ibis.coalesce(rows.amount_minor, rows.by_outcomes, rows.constrained_amount_minor, 0)
    included = ibis.coalesce(rows.constrained_amount_minor, estimate)
    rows = rows.mutate(
        amount_minor=estimate.cast("int64"),
        included_minor=included.cast("int64"),
        nature=rows.nature.fill_null("other"),
    )
    rows = as_promised(books, _with_first_day(books, rows, terms, marks), terms)
    version = ibis.window(group_by=[rows.contract_id, rows.named, rows.item], order_by=rows.known_at)
    before = rows.included_minor.lag().over(version).fill_null(0)
    return rows.select(
        "contract_id", "item", "nature", "known_at", "from_day", "promised_in", "amount_minor",
        "included_minor", named_obligation_id="obligation_id", change_minor=rows.included_minor - before,
    )  # fmt: skip


def placed(rows: ir.Table, terms: ir.Table) -> ir.Table:
    """With the contract of the obligation that is named, and texts to join by: `named` and `item`."""
    of = terms.select(of_contract="contract_id", of_obligation="obligation_id")
    rows = rows.left_join(of, rows.obligation_id == of.of_obligation)
    rows = rows.mutate(
        contract_id=ibis.coalesce(rows.contract_id, rows.of_contract),
        named=rows.obligation_id.fill_null(""),
        item=rows.item.fill_null(""),
    )
    return rows.drop("of_contract", "of_obligation")


def _with_outcomes(books: Books, rows: ir.Table, terms: ir.Table) -> ir.Table:
    """`by_outcomes`: the probability-weighted sum, or the most likely amount, as the method says (32-8)."""
    outcomes = placed(books.tables["outcomes"], terms)
    key = ("contract_id", "named", "item", "known_at")
    likeliest = [ibis.desc(outcomes.probability), outcomes.amount_minor]
    rank = ibis.row_number().over(group_by=[outcomes[k] for k in key], order_by=likeliest)
    outcomes = outcomes.mutate(
        rank=rank, weighted=outcomes.amount_minor.cast(QUANTITY) * outcomes.probability
    )
    sums = outcomes.group_by(*key).agg(
        total=outcomes.weighted.sum().cast(QUANTITY),
        likely=outcomes.amount_minor.max(where=outcomes["rank"] == 0),
    )
    expected = share(ibis.literal(1, "int64"), sums.total, ibis.literal(MILLION).cast(QUANTITY))
    rows = rows.left_join(sums.mutate(expected=expected), list(key))
    chosen = ibis.ifelse(rows.method == "most_likely", rows.likely, rows.expected)
    return rows.mutate(by_outcomes=chosen).drop(*(f"{k}_right" for k in key), "total", "likely", "expected")


def _with_first_day(books: Books, rows: ir.Table, terms: ir.Table, marks: ir.Table) -> ir.Table:
    """`from_day`: the day of the estimate, or the last day of the first period whose close came after it."""
    zone = books.manifest.company.timezone
    entity = terms.group_by("contract_id").agg(closes_for=terms.entity_id.max().fill_null(""))
    rows = rows.join(entity, "contract_id").mutate(known_by=lambda t: end_of_day(t.known_at, zone))
    closes = closes_at_points(books, marks).join(marks.select("period_index", "last_date"), "period_index")
    known = rows.select("closes_for", "known_by").distinct()
    first = known.join(closes, [known.closes_for == closes.day_entity, known.known_by <= closes.closed_at])
    first = first.group_by("closes_for", "known_by").agg(first_end=first.last_date.min())
    rows = rows.left_join(first, ["closes_for", "known_by"]).drop("closes_for_right", "known_by_right")
    return rows.mutate(from_day=ibis.least(rows.known_at, ibis.coalesce(rows.first_end, rows.known_at)))


def at_inception(terms: ir.Table, versions: ir.Table) -> ir.Table:
    """Terms with `inception_day` and what was included by then: `variable_minor` of the contract's price,
    `targeted_minor` wholly of the obligation, of which `royalty_minor` only weighs (606-10-32-40, 32-41).

    The contract begins when it binds, else with its service or its first evidence.
    """
    of_contract = versions.filter(versions.named_obligation_id.isnull())
    priced = of_contract.filter(of_contract.nature.notin((ROYALTY, *APART)))
    shared = _by_then(terms, priced, "contract_id", "contract_id")
    own = versions.filter(versions.named_obligation_id.notnull() & versions.nature.notin(APART))
    targeted = _by_then(terms, own, "obligation_id", "named_obligation_id")
    royalty = _by_then(terms, own.filter(own.nature == ROYALTY), "obligation_id", "named_obligation_id")
    for name, sums in (("variable_minor", shared), ("targeted_minor", targeted), ("royalty_minor", royalty)):
        sums = sums.select("obligation_id", sum_minor="minor")
        terms = terms.left_join(sums, "obligation_id").drop("obligation_id_right")
        terms = terms.mutate(**{name: terms.sum_minor.fill_null(0)}).drop("sum_minor")
    return terms


def _by_then(terms: ir.Table, versions: ir.Table, own: str, named: str) -> ir.Table:
    """obligation_id -> `minor`: the sum of the changes that counted by the contract's first day."""
    of = terms.select("obligation_id", "inception_day", joins=own)
    changes = versions.select("from_day", "promised_in", "change_minor", of=named)
    rows = of.join(changes, [of.joins == changes["of"], changes.from_day <= of.inception_day])
    rows = rows.filter(rows.promised_in == 0)
    return rows.group_by("obligation_id").agg(minor=rows.change_minor.sum().cast("int64"))


def with_own(terms: ir.Table) -> ir.Table:
    """Allocated terms with each obligation's own variable amount in its price and the contract's (32-40).

    What is priced by use has no price to put it in (`by_use.changed`).
    """
    own = ibis.ifelse(terms.measure == "as_used", 0, terms.targeted_minor - terms.royalty_minor)
    own = ibis.ifelse(terms.includes_tax, without_tax(own, terms.rate), own)
    terms = terms.mutate(allocated_minor=terms.allocated_minor + own, own_minor=own)
    all_own = terms.own_minor.sum().over(group_by=terms.contract_id).cast("int64")
    return terms.mutate(contract_net_minor=terms.contract_net_minor + all_own).drop("own_minor")


def with_inception(books: Books, terms: ir.Table) -> ir.Table:
    """Terms with `inception_day`: when the contract binds, else its service or first evidence began."""
    evidence = books.tables["evidence"]
    first = evidence.group_by("contract_id").agg(first_evidence=evidence.event_date.min())
    begun = terms.start_date.min().over(group_by=terms.contract_id)
    terms = terms.mutate(begun=ibis.coalesce(terms.bound_from, terms.contract_start_date, begun))
    terms = terms.left_join(first, "contract_id").drop("contract_id_right")
    inception = ibis.coalesce(terms.begun, terms.first_evidence)
    none = {name: ibis.literal(0, "int64") for name in ("variable_minor", "targeted_minor", "royalty_minor")}
    return terms.mutate(inception_day=inception, **none).drop("begun", "first_evidence")
