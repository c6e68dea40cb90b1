"""What was sold and may come back: a lease, a financing, or a sale with a right of return.

ASC 606-10-55-66 to 55-78, IFRS 15.B64-B76. While a financing runs the seller keeps the asset and owes what
it received and interest; only when the right lapses unexercised is there revenue, and the interest in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import muldiv
from earned.recognition.admission import POLICY
from earned.recognition.closing import BEFORE
from earned.recognition.price import without_tax

if TYPE_CHECKING:
    from earned.recognition.recognise import Recognition

LEASE, FINANCING, RETURN, UNDECIDED = "lease", "financing", "right_of_return", "undecided"


def treatments(books: Books, terms: ir.Table) -> ir.Table:
    """obligation_id, contract_id, `treatment` (lease, financing, right_of_return, undecided), `paragraph`.

    Also `field` (the judgement that an undecided one lacks), kind, until_date, exercised_date, price_minor
    (of the contract), original_minor (the price allocated to what was sold) and repurchase_minor, both net of
    tax: a contract that states its price with tax states that of the repurchase so too.
    """
    of = terms.select(
        "obligation_id", "contract_id", "includes_tax", "rate", "price_minor",
        original_minor=ibis.coalesce(terms.allocated_minor, terms.ssp_minor, 0).cast("int64"),
    )  # fmt: skip
    given = books.tables["repurchases"]
    rows = given.select(
        "obligation_id", "kind", "until_date", "exercised_date", "incentive",
        stated="price_minor", market="expected_value_minor",
    ).join(of, "obligation_id")  # fmt: skip
    rows = rows.mutate(repurchase_minor=_net(rows, rows.stated), market=_net(rows, rows.market))
    rows = rows.mutate(paragraph=_paragraph(rows))
    treatment = ibis.cases(
        (rows.paragraph.isin(("55-68(a)", "55-72")), LEASE),
        (rows.paragraph.isin(("55-68(b)", "55-75")), FINANCING),
        (rows.paragraph.isin(("55-74", "55-76")), RETURN),
        else_=UNDECIDED,
    )
    undecided = rows.paragraph.isin(("55-73", "55-75 to 55-76"))
    below = rows.repurchase_minor < rows.original_minor
    lacks = ibis.ifelse(below, "incentive", "expected_value")
    return rows.select(
        "obligation_id", "contract_id", "kind", "until_date", "exercised_date",
        "price_minor", "original_minor", "repurchase_minor",
        treatment=treatment,
        field=ibis.ifelse(undecided, lacks, ibis.null("string")),
        paragraph=ibis.literal("ASC 606-10-") + rows.paragraph,
    )  # fmt: skip


def _net(rows: ir.Table, amount: ir.IntegerValue) -> ir.IntegerValue:
    net: ir.IntegerValue = ibis.ifelse(rows.includes_tax, without_tax(amount, rows.rate), amount)
    return net


def _paragraph(rows: ir.Table) -> ir.StringValue:
    """The paragraph that decides; at or above the original price an incentive makes a put a financing too."""
    below = rows.repurchase_minor < rows.original_minor
    sellers = rows.kind.isin(("forward", "call"))
    wants = rows.incentive.fill_null(False)
    return ibis.cases(
        (sellers & below, "55-68(a)"),
        (sellers, "55-68(b)"),
        (below & rows.incentive.isnull(), "55-73"),
        (below & wants, "55-72"),
        (below, "55-74"),
        (wants, "55-75"),
        (rows.market.isnull(), "55-75 to 55-76"),
        (rows.repurchase_minor > rows.market, "55-75"),
        else_="55-76",
    )


def holds(books: Books, terms: ir.Table) -> ir.Table:
    """The gates of repurchases, in the columns of `gates.gates`; a sale with a right of return has none.

    A right (call or put) that nobody exercised lapses on its last day and revenue is then the original price
    and the interest accrued (55-71, 55-78). A forward is a duty: it does not lapse. What was bought back, a
    lease (Topic 842) and what nobody judged are never revenue.
    """
    rows = treatments(books, terms)
    rows = rows.filter(rows.treatment != RETURN)
    lapses = _lapses(rows)
    reason = ibis.cases(
        (rows.treatment == LEASE, "the agreement to repurchase makes it a lease"),
        (rows.treatment == UNDECIDED, "the repurchase cannot be judged without " + rows.field),
        (rows.exercised_date.notnull(), "it was bought back"),
        (rows.kind == "forward", "it must be bought back: a financing"),
        else_="it may come back at no less than its price: a financing until the right lapses",
    )
    day = ibis.ifelse(lapses, rows.until_date, ibis.null("date"))
    interest = ibis.ifelse(lapses, rows.repurchase_minor - rows.original_minor, 0)
    return rows.select(
        "obligation_id",
        gate_from=day,
        gate_shut=~lapses,
        gate_reason=reason,
        gate_paragraph="paragraph",
        lapse_date=day,
        lapse_minor=interest.cast("int64"),
    )


def _lapses(rows: ir.Table) -> ir.BooleanValue:
    return (rows.treatment == FINANCING) & (rows.kind != "forward") & rows.exercised_date.isnull()


def missing(books: Books, terms: ir.Table) -> ir.Table:
    """contract_id, obligation_id, field, choices, paragraph of each judgement a put cannot do without."""
    rows = treatments(books, terms)
    rows = rows.filter(rows.treatment == UNDECIDED)
    return rows.select(
        "contract_id",
        "obligation_id",
        "field",
        choices=ibis.ifelse(rows.field == "incentive", "true, false", "an amount"),
        paragraph="paragraph",
    )


def liabilities(books: Books, rec: Recognition) -> ir.Table:
    """contract_id, period_index, `financial_liability_minor` at its end, `interest_minor` of the period.

    Only contracts with a financing, from the transfer on (the first counted record of the obligation); in the
    contract's currency. The liability is the cash received for it and the interest accrued; it ends when the
    right lapses or is exercised. Without any receipts in the books the price counts as received at transfer.
    Interest is the difference of the two prices, straight by days from transfer to the last day of the right,
    what is left of it when it is exercised earlier (606-10-55-70).
    """
    rows = treatments(books, rec.terms)
    rows = rows.filter(rows.treatment == FINANCING)
    counted = rec.records.filter((rec.records.scenario == POLICY) & ~rec.records.is_rejection)
    transfers = counted.group_by("obligation_id").agg(transfer_date=counted.own_date.min())
    rows = rows.join(transfers, "obligation_id").cross_join(rec.marks.select("period_index", day="last_date"))
    rows = rows.filter(rows.day >= rows.transfer_date)
    rows = rows.mutate(accrued=_accrued(rows), received_minor=rows.original_minor)
    if books.filled.get("receipts"):
        rows = _with_receipts(books, rows)
    over = rows.until_date <= rows.day
    ended = ibis.ifelse(rows.exercised_date.isnull(), _lapses(rows) & over, rows.exercised_date <= rows.day)
    before = rows.accrued.lag().over(group_by=rows.obligation_id, order_by=rows.period_index)
    rows = rows.mutate(
        owed=ibis.ifelse(ended, 0, rows.received_minor + rows.accrued),
        interest=rows.accrued - before.fill_null(0),
    )
    rows = rows.filter(rows.period_index > BEFORE)
    return rows.group_by("contract_id", "period_index").agg(
        financial_liability_minor=rows.owed.sum().cast("int64"),
        interest_minor=rows.interest.sum().cast("int64"),
    )


def _accrued(rows: ir.Table) -> ir.IntegerValue:
    whole = rows.repurchase_minor - rows.original_minor
    served = rows.day.delta(rows.transfer_date, unit="day").cast("int64")
    term = rows.until_date.delta(rows.transfer_date, unit="day").cast("int64")
    exercised = (rows.exercised_date <= rows.day).fill_null(False)
    return ibis.ifelse(
        exercised | (rows.until_date <= rows.day), whole, muldiv(whole, served, term.nullif(0))
    ).cast("int64")


def _with_receipts(books: Books, rows: ir.Table) -> ir.Table:
    """`received_minor`: its share of the cash of the contract by the day, never above its price."""
    receipts = books.tables["receipts"]
    invoices = books.tables["invoices"].select("invoice_id", of_invoice="contract_id")
    cash = receipts.filter(receipts.kind.fill_null("cash") == "cash")
    cash = cash.left_join(invoices, "invoice_id").drop("invoice_id_right")
    cash = cash.select(
        "receipt_date", "amount_minor", paid_for=ibis.coalesce(cash.contract_id, cash.of_invoice)
    )
    keys = rows.select("contract_id", "period_index", "day").distinct()
    paid = keys.join(cash, [keys.contract_id == cash.paid_for, cash.receipt_date <= keys.day])
    paid = paid.group_by("contract_id", "period_index").agg(cash_minor=paid.amount_minor.sum().cast("int64"))
    rows = rows.left_join(paid, ["contract_id", "period_index"])
    rows = rows.drop("contract_id_right", "period_index_right")
    part = ibis.least(rows.cash_minor.fill_null(0), rows.price_minor)
    share = muldiv(part, rows.original_minor, rows.price_minor.nullif(0))
    return rows.mutate(received_minor=ibis.coalesce(share, 0).cast("int64"))
