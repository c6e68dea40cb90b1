"""Contract balances at each period end: receivable, contract asset or liability, refund liability, deposit.

ASC 606-10-45-1 to 45-5, 606-10-32-10, 606-10-25-7, 606-10-50-8; IFRS 15.105-109, 15.55, 15.15.
"""

from __future__ import annotations

from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.recognition.billing import MOVED, cash, in_one_currency, invoices, moves
from earned.recognition.closing import BEFORE, index_of
from earned.recognition.recognise import Recognition
from earned.recognition.repurchase import agreements
from earned.recognition.repurchase_liability import apart, paid_back, together

#: of rec.earned, each cumulative and 0 or more: what its price is lower by, and why it is
REDUCTIONS = ("refundable_minor", "conceded_minor", "incentive_minor")
KEY = ["contract_id", "period_index"]


def contract_balances(books: Books, rec: Recognition, financing: ir.Table | None = None) -> ir.Table:
    """The run's table contract_balances: what `balances_at` gives at each measured period's end."""
    return at_period_ends(books, balances_at(books, rec, financing))


def at_period_ends(books: Books, points: ir.Table) -> ir.Table:
    """The rows of `balances_at` at the ends of measured periods, with `period_id`."""
    return points.join(books.calendar.select("period_index", "period_id"), "period_index")


def balances_at(books: Books, rec: Recognition, financing: ir.Table | None = None) -> ir.Table:
    """What each contract stood at: cumulative amounts at each point of rec.marks, contract currency, net.

    From a contract's first invoice, receipt, revenue or repurchase on; the first point is the day before the
    first period (`closing.BEFORE`). `financing` is `interest.interest`: cumulative interest_minor, income
    positive; that of repurchases comes to it here. Beside the run's columns: `currency`, `written_off_minor`
    (net), `due_minor` (the receivable with its tax), REDUCTIONS, and where the books have repurchases OWED.
    Where the contract cannot be measured, its revenue and what rests on it are null. A contract that is
    billed or paid in another currency has no rows: `quality` says so.
    """
    contracts = in_one_currency(books, of_contracts(rec))
    billed = invoices(books, contracts)
    paid = cash(books, contracts, billed)
    moved = _by_point(moves(billed, paid), rec.marks)
    earned = _earned(rec)
    agreed = None
    if books.filled.get("repurchases"):
        agreed = agreements(books, rec).semi_join(contracts, "contract_id")
    rows = _grid(moved, [moved, earned, *([] if agreed is None else [agreed])], rec.marks)
    rows = _joined(rows, earned, (*REDUCTIONS, "revenue_minor"))
    if financing is not None:
        financing = financing.join(books.calendar.select("period_index", "period_id"), "period_id")
    rows = _joined(rows, financing, ("interest_minor",))
    rows = _with_unearned(rec, rows)
    rows = rows.join(contracts, "contract_id").join(rec.marks.select("period_index", "last_date"), KEY[1])
    tested = rows.untestable.isnull()
    rows = rows.mutate(
        is_bound=~rows.never_bound & (rows.bound_from.isnull() | (rows.bound_from <= rows.last_date)),
        revenue_minor=ibis.ifelse(tested, rows.revenue_minor, ibis.null("int64")),
    )
    if agreed is None:
        return position(rows)
    rows = apart(books, rows, agreed, paid_back(agreed, paid, rec.marks))
    return together(position(rows))


def _with_unearned(rec: Recognition, rows: ir.Table) -> ir.Table:
    """`unearned_minor`: interest of a deferred payment still to come, no part of the receivable (32-20)."""
    if rec.financed is None:
        return rows.mutate(unearned_minor=ibis.literal(0, "int64"))
    lent = rec.financed.filter(rec.financed.kind == "deferred")
    lent = lent.select("contract_id", interest_in_all=-lent.adjustment_minor)
    rows = rows.left_join(lent, "contract_id").drop("contract_id_right")
    to_come = rows.interest_in_all.fill_null(0) - rows.interest_minor
    unearned = ibis.ifelse(rows.interest_in_all.isnull(), 0, ibis.greatest(to_come, 0))
    return rows.mutate(unearned_minor=unearned).drop("interest_in_all")


def position(rows: ir.Table) -> ir.Table:
    """Adds the balances that follow from cumulative revenue, interest, MOVED, REDUCTIONS and `is_bound`.

    contract_asset - contract_liability - refund_liability
        = revenue + interest + incentive - max(invoiced - conceded - unearned interest, received),
    one net position a contract (606-10-45-1), and of the two one at most is above 0. What is to be given
    back of consideration beyond revenue is a refund liability (606-10-32-10), never below 0 nor above it. A
    receivable is what is unconditionally due and neither paid nor written off (45-4). Before there is a
    contract nothing is due, and cash received is a deposit (25-7, 25-8).
    """
    shut = ~rows.is_bound
    rows = rows.mutate(invoiced_minor=ibis.ifelse(shut, 0, rows.invoiced_minor))
    less = rows.conceded_minor + rows.unearned_minor
    invoiced = rows.invoiced_minor - less
    earned = rows.revenue_minor + rows.interest_minor + rows.incentive_minor
    rows = rows.mutate(
        receivable_minor=ibis.greatest(invoiced - rows.received_minor - rows.written_off_minor, 0),
        due_minor=ibis.greatest(rows.billed_minor - less - rows.settled_minor, 0),
        net_minor=earned - ibis.greatest(invoiced, rows.received_minor),
        deposit_minor=ibis.ifelse(shut, ibis.greatest(rows.received_minor, 0), 0),
    )
    # The engine's greatest takes null for nothing: what is unknown stays unknown.
    unknown = rows.net_minor.isnull()
    rows = rows.mutate(owed_minor=ibis.ifelse(unknown, rows.net_minor, ibis.greatest(-rows.net_minor, 0)))
    refund = ibis.ifelse(unknown, rows.net_minor, ibis.least(rows.refundable_minor, rows.owed_minor))
    balances = {
        "contract_asset_minor": ibis.ifelse(unknown, rows.net_minor, ibis.greatest(rows.net_minor, 0)),
        "contract_liability_minor": rows.owed_minor - refund,
        "refund_liability_minor": refund,
        "receivable_minor": rows.receivable_minor,
        "due_minor": rows.due_minor,
    }
    balances = {name: ibis.ifelse(shut, 0, amount) for name, amount in balances.items()}
    return rows.mutate(**balances).drop("net_minor", "owed_minor")


def incentive_assets(books: Books, rec: Recognition) -> ir.Table:
    """contract_id, period_id, `incentive_asset_minor`: paid to customers beyond what lowered revenue so far.

    The amounts of nature payable_to_customer in force at the period's end, taken as paid when they were
    first known, less the revenue reduced by them to date (606-10-32-25 to 32-27, IFRS 15.70-72). It is no
    contract asset, since no performance stands behind it, and so no column of contract_balances.
    """
    rows = books.tables["estimates"].filter(lambda t: t.nature == "payable_to_customer")
    of = rec.terms.select(of_contract="contract_id", of_obligation="obligation_id")
    rows = rows.left_join(of, rows.obligation_id == of.of_obligation)
    rows = rows.mutate(
        contract_id=ibis.coalesce(rows.contract_id, rows.of_contract),
        paid=-ibis.coalesce(rows.constrained_amount_minor, rows.amount_minor).fill_null(0),
    )
    ends = rec.marks.filter(rec.marks.period_index > BEFORE).select("period_index", "last_date")
    rows = rows.join(ends, [rows.known_at <= ends.last_date])
    of_amount = [rows.contract_id, rows.obligation_id, rows["item"], rows.period_index]
    rows = rows.mutate(newest=ibis.row_number().over(group_by=of_amount, order_by=ibis.desc(rows.known_at)))
    rows = rows.filter(rows.newest == 0)
    paid = rows.group_by(KEY).agg(paid=rows.paid.sum().cast("int64"))
    paid = _joined(paid, _earned(rec), ("incentive_minor",))
    paid = paid.join(books.calendar.select("period_index", "period_id"), "period_index")
    return paid.select("contract_id", "period_id", incentive_asset_minor=paid.paid - paid.incentive_minor)


def of_contracts(rec: Recognition) -> ir.Table:
    """contract_id, currency, includes_tax, rate, bound_from, never_bound, untestable: one row a contract."""
    terms = rec.terms
    return terms.group_by("contract_id").agg(
        currency=terms.currency.max(),
        includes_tax=terms.includes_tax.any(),
        rate=terms.contract_rate.max(),
        bound_from=terms.bound_from.max(),
        never_bound=terms.never_bound.any(),
        untestable=terms.untestable.max(),
    )


def _by_point(rows: ir.Table, marks: ir.Table) -> ir.Table:
    """MOVED by contract and the first point at or after the day; what comes after the last has no row."""
    rows = rows.join(index_of(rows.select("day").distinct(), marks), "day")
    return rows.group_by(KEY).agg(**{name: rows[name].sum().cast("int64") for name in MOVED})


def _earned(rec: Recognition) -> ir.Table:
    """Cumulative `revenue_minor` and REDUCTIONS by contract and point, where there are any."""
    of = rec.terms.select("obligation_id", "contract_id")
    rows = rec.earned.join(of, "obligation_id")
    rows = rows.mutate(revenue_minor=rows.earned_minor)
    names = ("revenue_minor", *REDUCTIONS)
    sums = rows.group_by(KEY).agg(**{name: rows[name].fill_null(0).sum().cast("int64") for name in names})
    return sums.filter(reduce(or_, (sums[name] != 0 for name in names)))


def _grid(moved: ir.Table, begun: list[ir.Table], marks: ir.Table) -> ir.Table:
    """Every contract at every period end from its first row in `begun` on, with cumulative MOVED."""
    starts = ibis.union(*(rows.select(*KEY) for rows in begun))
    first = starts.group_by("contract_id").agg(first_index=starts.period_index.min())
    ends = marks.select("period_index")
    cells = first.join(ends, [ends.period_index >= first.first_index]).drop("first_index")
    rows = _joined(cells, moved, MOVED)
    until = ibis.window(group_by=rows.contract_id, order_by=rows.period_index, rows=(None, 0))
    return rows.mutate(**{name: rows[name].sum().over(until).cast("int64") for name in MOVED})


def _joined(rows: ir.Table, more: ir.Table | None, names: tuple[str, ...]) -> ir.Table:
    """Rows with the columns of another table of contracts and points; 0 where that has no row."""
    if more is None:
        return rows.mutate(**{name: ibis.literal(0, "int64") for name in names})
    both = rows.left_join(more.select(*KEY, *names), KEY).drop(*(f"{k}_right" for k in KEY))
    return both.mutate(**{name: both[name].fill_null(0) for name in names})
