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
from earned.recognition.price import without_tax

if TYPE_CHECKING:
    from earned.recognition.recognise import Recognition

LEASE, FINANCING, RETURN, UNDECIDED = "lease", "financing", "right_of_return", "undecided"


def treatments(books: Books, terms: ir.Table) -> ir.Table:
    """obligation_id, contract_id, `treatment` (lease, financing, right_of_return, undecided), `paragraph`.

    Also `field` (the judgement that an undecided one lacks), kind, until_date, exercised_date, original_minor
    (the price allocated to what was sold) and repurchase_minor, both net of tax: a contract that states its
    price with tax states that of the repurchase so too.
    """
    of = terms.select(
        "obligation_id", "contract_id", "includes_tax", "rate",
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
        "original_minor", "repurchase_minor",
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


def transfers(terms: ir.Table, records: ir.Table) -> ir.Table:
    """(obligation_id, `transfer_date`): the first record that counts, no earlier than the contract binds."""
    counted = records.filter((records.scenario == POLICY) & ~records.is_rejection)
    first = counted.group_by("obligation_id").agg(first_record=counted.own_date.min())
    rows = terms.select("obligation_id", "bound_from").join(first, "obligation_id")
    return rows.select("obligation_id", transfer_date=ibis.greatest(rows.first_record, rows.bound_from))


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


def agreements(books: Books, rec: Recognition) -> ir.Table:
    """Financings by contract and point, from the transfer on; amounts net of tax, contract currency.

    contract_id, period_index, `net_minor` (of the contract at inception), and of the prices of what was sold
    `running_minor` (still a financing), `repaid_minor` (bought back), `lapsed_minor` (sold for good by now);
    of the interest `accrued_minor` to date and `open_minor` of it, which is of no sale; `repaid_from`, the
    first day on which something was bought back. Straight by days from the transfer (the first counted
    record, no earlier than the contract binds) to the last day of the right; what is left of it falls due
    when it is exercised earlier (55-70). A right that was over when control passed was never a financing.
    """
    rows = treatments(books, rec.terms).filter(lambda t: t.treatment == FINANCING)
    of = rec.terms.filter(rec.terms.untestable.isnull() & ~rec.terms.never_bound)
    of = of.select("obligation_id", net_minor="contract_net_minor")
    rows = rows.join(of, "obligation_id").join(transfers(rec.terms, rec.records), "obligation_id")
    rows = rows.filter(rows.until_date > rows.transfer_date)
    rows = rows.cross_join(rec.marks.select("period_index", day="last_date"))
    rows = rows.filter(rows.day >= rows.transfer_date)
    repaid = (rows.exercised_date <= rows.day).fill_null(False)
    lapsed = _lapses(rows) & (rows.until_date <= rows.day)
    rows = rows.mutate(accrued=_accrued(rows), repaid=repaid, lapsed=lapsed, running=~repaid & ~lapsed)
    rows = rows.mutate(repaid_on=ibis.ifelse(rows.repaid, rows.exercised_date, ibis.null("date")))
    sums = {f"{n}_minor": rows.original_minor.sum(where=rows[n]) for n in ("running", "repaid", "lapsed")}
    sums |= {"accrued_minor": rows.accrued.sum(), "open_minor": rows.accrued.sum(where=~rows.lapsed)}
    sums["of_running_minor"] = rows.accrued.sum(where=rows.running)
    return rows.group_by("contract_id", "period_index").agg(
        net_minor=rows.net_minor.max(),
        repaid_from=rows.repaid_on.min(),
        **{name: total.fill_null(0).cast("int64") for name, total in sums.items()},
    )


def _accrued(rows: ir.Table) -> ir.IntegerValue:
    whole = rows.repurchase_minor - rows.original_minor
    served = rows.day.delta(rows.transfer_date, unit="day").cast("int64")
    term = rows.until_date.delta(rows.transfer_date, unit="day").cast("int64")
    exercised = (rows.exercised_date <= rows.day).fill_null(False)
    return ibis.ifelse(
        exercised | (rows.until_date <= rows.day), whole, muldiv(whole, served, term.nullif(0))
    ).cast("int64")
