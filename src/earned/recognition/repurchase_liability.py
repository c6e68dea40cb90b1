"""What a repurchase owes while it is a financing: in a contract's balances, and apart from them.

ASC 606-10-55-70, 55-71, 55-77, 55-78; IFRS 15.B68, B69, B75, B76. The consideration received and the interest
on it are one financial liability, no contract liability. When the right lapses both become revenue; what is
bought back was never sold.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import muldiv
from earned.recognition.closing import index_of

_KEY = ["contract_id", "period_index"]
#: what of a contract's sides is no part of a sale, by the names of the run's tables
_SIDES = ("interest_minor", "invoiced_minor", "received_minor", "billed_minor", "settled_minor")
#: further columns of the balances: what is owed; taken as received where the books have no receipts; what was
#: bought back and is not among the receipts; interest on it to date, less than 0
OWED = ("financial_liability_minor", "taken_minor", "repurchased_minor", "lent_interest_minor")


def paid_back(agreed: ir.Table, paid: ir.Table, marks: ir.Table) -> ir.Table:
    """contract_id, period_index, `paid_back_minor` of the period: receipts below 0 from the day on which
    something was bought back. `agreed` of `repurchase.agreements`, `paid` of `billing.cash`."""
    from_day = agreed.group_by("contract_id").agg(repaid_from=agreed.repaid_from.min())
    rows = paid.filter(paid.is_cash & (paid.net_minor < 0)).join(from_day, "contract_id")
    rows = rows.filter(rows.day >= rows.repaid_from)
    rows = rows.join(index_of(rows.select("day").distinct(), marks), "day")
    return rows.group_by(*_KEY).agg(paid_back_minor=(-rows.net_minor.sum()).cast("int64"))


def apart(books: Books, rows: ir.Table, agreed: ir.Table, back: ir.Table) -> ir.Table:
    """Rows of balances whose sides are those of sales alone, and OWED; the sides in all are `all_…`.

    Of what was received, and billed, a financing has its share by price. Without any receipts in the books
    its price counts as received at the transfer.
    """
    rows = _with_agreements(rows, agreed, back)
    no_sale = rows.running_minor + rows.repaid_minor
    if books.filled.get("receipts"):
        base = ibis.least(rows.received_minor + rows.paid_back_minor, rows.net_minor)
        taken = ibis.literal(0, "int64")
        running, repaid = (_part(base, rows[n], rows.net_minor) for n in ("running_minor", "repaid_minor"))
    else:
        taken = no_sale + rows.lapsed_minor
        running, repaid = rows.running_minor, rows.repaid_minor
    billed = _part(ibis.least(rows.invoiced_minor, rows.net_minor), no_sale, rows.net_minor)
    rows = rows.mutate(
        **{f"all_{name}": rows[name] for name in _SIDES},
        financial_liability_minor=(running + rows.of_running_minor).cast("int64"),
        taken_minor=taken,
        repurchased_minor=repaid + rows.open_minor - rows.of_running_minor - rows.paid_back_minor,
        lent_interest_minor=-rows.accrued_minor,
        interest_minor=rows.interest_minor + rows.open_minor - rows.accrued_minor,
        invoiced_minor=rows.invoiced_minor - billed,
        received_minor=rows.received_minor + rows.paid_back_minor + taken - running - repaid,
    )
    return _with_tax(rows)


def _part(amount: ir.IntegerValue, price: ir.IntegerValue, of: ir.IntegerValue) -> ir.IntegerValue:
    share: ir.IntegerValue = muldiv(amount, price, of.nullif(0)).fill_null(0)
    return share


def _with_agreements(rows: ir.Table, agreed: ir.Table, back: ir.Table) -> ir.Table:
    """Rows with the columns of `repurchase.agreements`, 0 where there is none, and `paid_back_minor` to date;
    `is_lent` where there is one."""
    names = [name for name in agreed.columns if name.endswith("_minor")]
    rows = rows.left_join(agreed.select(*_KEY, *names), _KEY).drop(*(f"{k}_right" for k in _KEY))
    rows = rows.left_join(back, _KEY).drop(*(f"{k}_right" for k in _KEY))
    rows = rows.mutate(is_lent=rows.net_minor.notnull())
    rows = rows.mutate(**{name: rows[name].fill_null(0) for name in (*names, "paid_back_minor")})
    until = ibis.window(group_by=rows.contract_id, order_by=rows.period_index, rows=(None, 0))
    return rows.mutate(paid_back_minor=rows.paid_back_minor.sum().over(until).cast("int64"))


def _with_tax(rows: ir.Table) -> ir.Table:
    """What is billed and settled with tax, in the proportion in which all that is billed has tax."""
    paid = rows.received_minor + rows.written_off_minor
    tax = {"billed_minor": rows.invoiced_minor, "settled_minor": paid}
    with_tax = {
        name: ibis.coalesce(muldiv(net, rows.all_billed_minor, rows.all_invoiced_minor.nullif(0)), net)
        for name, net in tax.items()
    }
    return rows.mutate(**{name: ibis.ifelse(rows.is_lent, of, rows[name]) for name, of in with_tax.items()})


def together(rows: ir.Table) -> ir.Table:
    """Balances with the sides of the contract in all, as the books state them; nothing is owed on what does
    not bind yet: cash is a deposit then (25-7)."""
    sides = {name: rows[f"all_{name}"] for name in _SIDES}
    sides["invoiced_minor"] = ibis.ifelse(rows.is_bound, sides["invoiced_minor"], 0)
    sides["interest_minor"] = rows.all_interest_minor + rows.lent_interest_minor
    return rows.mutate(**sides).drop(*(f"all_{name}" for name in _SIDES))


def financing_of(accrued: ir.Table | None, balances: ir.Table) -> ir.Table:
    """contract_id, period_id, interest_minor (to date), balance_minor: the run's table financing.

    `accrued` of financing components (`interest.interest`); of repurchases what `balances` owe.
    """
    names = {"interest_minor": "lent_interest_minor", "balance_minor": "financial_liability_minor"}
    lent = balances.filter(balances.is_lent).select("contract_id", "period_id", **names)
    if accrued is None:
        return lent
    rows = accrued.select(*lent.columns).union(lent)
    return rows.group_by("contract_id", "period_id").agg(
        interest_minor=rows.interest_minor.sum().cast("int64"),
        balance_minor=rows.balance_minor.sum().cast("int64"),
    )
