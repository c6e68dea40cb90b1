"""Price by use: quantity times unit price or a royalty on sales, and what was later added to it or taken off.

ASC 606-10-55-18, 55-65, 32-42 to 32-45; IFRS 15.B16, B63, 87-90; U3. Such an obligation has no share of a
fixed price: a credit for bad service, a bonus or a price given up after a dispute is earned, or lost, whole
on its day.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import priced, share
from earned.recognition.approval import approved
from earned.recognition.price import MILLION, without_tax
from earned.recognition.progress import QUANTITY
from earned.recognition.variable import LOWERING, ROYALTY

#: what each point has of changes of price, and of them what lowers it and shows apart
CHANGED = ("changed_minor", *LOWERING)
NAMES_NONE = "a change of price names no obligation, and several are priced by use"
NO_RATE = "a modification changes a price by use from its day on: the new unit price needs its own obligation"


def by_use(rows: ir.Table) -> ir.IntegerValue:
    """Quantity times unit price, or the royalty on the customer's sales (55-18, 55-65), minor units."""
    by_sales = share(rows.royalty_rate, rows.done, ibis.literal(MILLION).cast(QUANTITY))
    by_price = priced(rows.done, rows.unit_price, rows.exponent)
    minor: ir.IntegerValue = ibis.ifelse(rows.unit_price.notnull(), by_price, by_sales)
    return minor


def with_testable(books: Books, terms: ir.Table, amounts: ir.Table | None) -> ir.Table:
    """Terms whose contract is `untestable` where nobody can say what a change of price does to a usage."""
    if amounts is None and not books.filled.get("modifications"):
        return terms
    rows = _named(terms, _changes(books, amounts))
    reason = ibis.cases(
        (rows.obligation_id.isnull() & (rows.n_used > 1), NAMES_NONE),
        (rows.obligation_id.notnull() & rows.treatment.isin(("prospective", "mixed")), NO_RATE),
        else_=ibis.null("string"),
    )
    reasons = rows.group_by("contract_id").agg(unclear=reason.max())
    found = terms.left_join(reasons, "contract_id").drop("contract_id_right")
    return found.mutate(untestable=ibis.coalesce(found.untestable, found.unclear)).drop("unclear")


def changed(books: Books, terms: ir.Table, amounts: ir.Table | None, marks: ir.Table) -> ir.Table | None:
    """(obligation_id, period_index) -> CHANGED, cumulative, net of tax; None where no price ever changed."""
    if amounts is None and not books.filled.get("modifications"):
        return None
    rows = _named(terms, _changes(books, amounts)).filter(lambda t: t.obligation_id.notnull())
    net = ibis.ifelse(rows.includes_tax, without_tax(rows.change_minor, rows.rate), rows.change_minor)
    rows = rows.mutate(net_minor=net)
    ends = marks.select("period_index", "last_date")
    rows = rows.join(ends, [ends.last_date >= rows.from_day])
    parts = {name: rows.net_minor.sum(where=rows.nature.isin(of)) for name, of in LOWERING.items()}
    sums = rows.group_by("obligation_id", "period_index").agg(changed_minor=rows.net_minor.sum(), **parts)
    return sums.mutate(**{name: sums[name].fill_null(0).cast("int64") for name in CHANGED})


def with_changed(rows: ir.Table, sums: ir.Table | None) -> ir.Table:
    """Rows of (obligation, point) with CHANGED of those priced by use; of the others as they stand, or 0."""
    if sums is None:
        return rows.mutate(changed_minor=ibis.literal(0, "int64"))
    key = ("obligation_id", "period_index")
    sums = sums.select(*key, **{f"used_{name}": sums[name] for name in CHANGED})
    rows = rows.left_join(sums, list(key)).drop(*(f"{k}_right" for k in key))
    lowered = {n: ibis.ifelse(rows.measure == "as_used", rows[f"used_{n}"], rows[n]) for n in LOWERING}
    lowered["changed_minor"] = rows.used_changed_minor
    filled = {name: value.fill_null(0) for name, value in lowered.items()}
    return rows.mutate(**filled).drop(*(f"used_{n}" for n in CHANGED))


def _changes(books: Books, amounts: ir.Table | None) -> ir.Table:
    """contract_id, named_obligation_id, treatment, nature, from_day, change_minor of approved changes."""
    given = approved(books).filter(lambda t: t.treatment != "separate")
    rows = given.select(
        "contract_id",
        "treatment",
        named_obligation_id="obligation_id",
        nature=ibis.literal(""),
        from_day="from_day",
        change_minor="price_change_minor",
    )
    if amounts is not None:
        varied = amounts.filter(amounts.nature != ROYALTY)
        rows = rows.union(varied.mutate(treatment=ibis.literal("price_estimate")).select(*rows.columns))
    return rows.filter(rows.change_minor != 0)


def _named(terms: ir.Table, changes: ir.Table) -> ir.Table:
    """Changes that reach a usage: `obligation_id` the one named, or the only one of a contract without a
    fixed price (null where there are several, `n_used`); with `includes_tax` and `rate` of it."""
    used = terms.measure == "as_used"
    fixed = terms.group_by("contract_id").agg(n_used=used.sum(), n_fixed=(~used).fill_null(True).sum())
    of = terms.filter(used).select("obligation_id", "includes_tax", "rate", own_contract="contract_id")
    changes = changes.join(fixed, "contract_id")
    unnamed = changes.named_obligation_id.isnull()
    changes = changes.filter(~unnamed | (changes.n_fixed == 0))
    only = of.group_by("own_contract").agg(only_id=of.obligation_id.min(), n_of=of.count())
    changes = changes.left_join(only, changes.contract_id == only.own_contract).drop("own_contract")
    single = ibis.ifelse(changes.n_of == 1, changes.only_id, ibis.null("string"))
    named = changes.mutate(reaches=ibis.coalesce(changes.named_obligation_id, single)).drop("only_id", "n_of")
    rows = named.left_join(of, named.reaches == of.obligation_id).drop("own_contract")
    return rows.filter(rows.obligation_id.notnull() | rows.named_obligation_id.isnull())
