"""The standalone selling price with which each obligation enters the allocation.

ASC 606-10-32-31 to 32-35 and 606-10-55-41 to 55-45; IFRS 15.76-80, B39-B43. As given; that of an option from
what it saves; a stated price where the range of observed prices bears it out; else, of one obligation, the
residual. Which price stands for one outside the range is a judgement: it is asked for, never assumed.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import muldiv
from earned.recognition import bundle
from earned.recognition.approval import approved
from earned.recognition.price import MILLION

UNPRICED = "a modification adds an obligation and names another: nothing says the price of the one added"
OUTSIDE_RANGE = ("nearest_bound", "midpoint", "low", "high", "observable")


def selling_prices(books: Books, terms: ir.Table) -> ir.Table:
    """Terms with what the allocation reads; `ssp_minor` stands on the footing of the contract's price (P5).

    `takes_part`: shares the price at inception (from_start, not as_used: U3); `n_sharing` of them in the
    contract. `weight`: ssp_minor less what is variable and wholly the obligation's own (606-10-32-41). The
    columns of `bundle.settle`. `untestable`: also where a price, or the judgement behind it, is missing.
    """
    rows, filled = _sharing(terms), books.filled.get("obligations", frozenset())
    if books.filled.get("options"):
        rows = _with_options(books, rows)
    if "stated_price_minor" in filled:
        rows = rows.mutate(ssp_minor=_within_range(books, rows))
    rows = bundle.settle(books, _with_weight(books, rows))
    if books.filled.get("modifications"):
        rows = _with_unpriced(books, rows)
    if not {"stated_price_minor", "ssp_method"} & filled:
        return rows  # the terms have said which prices are missing
    reason = _reason(books, rows).max().over(group_by=rows.contract_id)
    return rows.mutate(untestable=ibis.coalesce(rows.untestable, reason))


def _with_unpriced(books: Books, rows: ir.Table) -> ir.Table:
    """Terms whose contract is `untestable` where a modification adds an obligation and prices another: its
    change of price is that of the one it names, and nothing is said of the one added (25-12, 25-13)."""
    given = approved(books)
    priced = given.filter(given.obligation_id.notnull())
    listed = books.tables["modified_obligations"]
    same = [given.contract_id == listed.contract_id, given.version == listed.version]
    of_others = priced.anti_join(listed, ["contract_id", "version"])
    of_others = of_others.select(adds_contract="contract_id", adds_version="version")
    named = priced.select(priced_id="obligation_id")
    named = named.union(listed.semi_join(given, same).select(priced_id="obligation_id"))
    added = rows.filter((rows.measure != "as_used").fill_null(True))
    added = added.join(of_others, [("contract_id", "adds_contract"), ("added_in_version", "adds_version")])
    added = added.anti_join(named, [("obligation_id", "priced_id")])
    unpriced = added.select(unpriced_contract="contract_id", unpriced=ibis.literal(UNPRICED)).distinct()
    rows = rows.left_join(unpriced, [("contract_id", "unpriced_contract")])
    untestable = ibis.coalesce(rows.untestable, rows.unpriced)
    return rows.mutate(untestable=untestable).drop("unpriced_contract", "unpriced")


def missing_judgements(books: Books, terms: ir.Table) -> ir.Table:
    """The judgements without which a standalone selling price cannot be had, and its contract not be tested.

    contract_id, obligation_id, field (the key that takes the answer), choices, paragraph of ASC 606. Of
    `terms` it reads from_start, measure, bound_date and the columns of obligations.
    """
    rows = _sharing(terms)
    outside = rows.filter(_undecided(books, rows)).select(
        "contract_id",
        "obligation_id",
        field=ibis.literal("policy.ssp_outside_range"),
        choices=ibis.literal(", ".join(OUTSIDE_RANGE)),
        paragraph=ibis.literal("606-10-32-33"),
    )
    unbounded = rows.filter(_unbounded(rows)).select(
        "contract_id",
        "obligation_id",
        field=ibis.literal("obligations.ssp_low, obligations.ssp_high"),
        choices=ibis.literal("the lowest and the highest price that it is sold at alone, or one of them"),
        paragraph=ibis.literal("606-10-32-34"),
    )
    return outside.union(unbounded)


def _sharing(terms: ir.Table) -> ir.Table:
    rows = terms.mutate(takes_part=terms.from_start & (terms.measure.fill_null("") != "as_used"))
    return rows.mutate(n_sharing=rows.takes_part.cast("int64").sum().over(group_by=rows.contract_id))


def _with_options(books: Books, rows: ir.Table) -> ir.Table:
    """An option without a price of its own: what it saves beyond what anybody saves, if exercised (55-44)."""
    options = books.tables["options"]
    more = options.discount - options.discount_anyway.fill_null(0)
    saved = muldiv(options.purchase_minor, more * options.likelihood, MILLION * MILLION)
    worth = options.worth_minor - options.worth_anyway_minor.fill_null(0)
    price = ibis.coalesce(saved, muldiv(worth, options.likelihood, MILLION))
    # A discount that anybody gets is no right (55-42).
    priced = options.select("obligation_id", option_minor=ibis.ifelse(price < 0, 0, price))
    rows = rows.left_join(priced, "obligation_id").drop("obligation_id_right")
    return rows.mutate(ssp_minor=ibis.coalesce(rows.ssp_minor, rows.option_minor)).drop("option_minor")


def _within_range(books: Books, rows: ir.Table) -> ir.IntegerValue:
    """The stated price within its range, else what the policy puts in its place (32-32, 32-33)."""
    low, high, stated = rows.ssp_low_minor, rows.ssp_high_minor, rows.stated_price_minor
    rule = _rule(books, rows)
    instead = ibis.cases(
        (rule == "nearest_bound", ibis.ifelse((stated < low).fill_null(False), low, high)),
        (rule == "midpoint", muldiv(low + high, 1, 2)),
        (rule == "low", low),
        (rule == "high", high),
        (rule == "observable", rows.ssp_minor),
        else_=ibis.null("int64"),
    )
    price: ir.IntegerValue = ibis.cases(
        (stated.isnull() | ~_has_range(rows), rows.ssp_minor), (_outside(rows), instead), else_=stated
    )
    return price


def _rule(books: Books, rows: ir.Table) -> ir.StringValue:
    on = ibis.coalesce(rows.bound_date, rows.start_date)
    rule: ir.StringValue = books.manifest.policy.at("ssp_outside_range", on).fill_null("")
    return rule


def _has_range(rows: ir.Table) -> ir.BooleanValue:
    """Prices were observed; those of a residual say whether it stands."""
    return (rows.ssp_low_minor.notnull() | rows.ssp_high_minor.notnull()) & ~bundle.asks_residual(rows)


def _outside(rows: ir.Table) -> ir.BooleanValue:
    stated = rows.stated_price_minor
    beyond = (stated < rows.ssp_low_minor).fill_null(False) | (stated > rows.ssp_high_minor).fill_null(False)
    return beyond & _has_range(rows)


def _undecided(books: Books, rows: ir.Table) -> ir.BooleanValue:
    """The price would weigh, at inception or in the modification that adds it, and no policy names it."""
    weighs = ibis.ifelse(rows.from_start, rows.takes_part & (rows.n_sharing > 1), True)
    return weighs & _outside(rows) & (_rule(books, rows) == "")


def _unbounded(rows: ir.Table) -> ir.BooleanValue:
    """A residual without a range to hold it against."""
    bare = rows.ssp_low_minor.isnull() & rows.ssp_high_minor.isnull()
    return bundle.is_residual(rows) & bare


def _with_weight(books: Books, rows: ir.Table) -> ir.Table:
    """`weight`; where nothing would be left of all of them the prices themselves weigh (32-41)."""
    if not books.filled.get("estimates"):
        return rows.mutate(weight=rows.ssp_minor)
    less = rows.ssp_minor - ibis.greatest(rows.targeted_minor, 0)
    rows = rows.mutate(_less=ibis.ifelse(less < 0, 0, less))
    left = ibis.ifelse(rows.takes_part, rows._less, 0).sum().over(group_by=rows.contract_id)
    return rows.mutate(weight=ibis.ifelse(left == 0, rows.ssp_minor, rows._less)).drop("_less")


def _reason(books: Books, rows: ir.Table) -> ir.StringValue:
    """Why an obligation has no standalone selling price, in words that name the key; null where it has."""
    shared = rows.takes_part & (rows.n_sharing > 1)
    refused = ~rows.residual_accepted.fill_null(True) & rows.ssp_minor.isnull()
    return ibis.cases(
        (
            _undecided(books, rows),
            "the stated price lies outside its range: policy.ssp_outside_range is missing",
        ),
        (_unbounded(rows), "a residual without a range: ssp_low or ssp_high of the obligation is missing"),
        (
            refused & rows.residual_minor.isnull(),
            "the residual is of several obligations, and ssp is missing",
        ),
        (refused, "the residual is not within ssp_low and ssp_high and above 0, and ssp is missing"),
        (
            shared & rows.ssp_minor.isnull() & rows.allocated_price_minor.isnull(),
            "no standalone selling price",
        ),
        else_=ibis.null("string"),
    )
