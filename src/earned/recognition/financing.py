"""The significant financing component: the price without the time value of money, and its interest.

ASC 606-10-32-15 to 32-20, 606-10-55-227 to 55-243; IFRS 15.60-65. Whether a component is significant, and
how its rate compounds, are judgements: a contract has one when it states a cash price or a rate.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import Keep, scaled
from earned.recognition.discounting import (
    DECIMAL,
    MONTHS,
    NANO,
    UNIT,
    at_anchor,
    elapsed,
    grown,
    implied,
    month_of,
    period_growth,
    to_minor,
)
from earned.recognition.price import without_tax

#: what growth can be kept in: the yearly rate times the months, in ppm, at which one unit grows 900-fold
MOST_GROWTH, MOST_MONTHS = 81_600_000, 1_200


#: what a contract states of its financing; amounts net of tax but `gross_minor` and `due_minor`
_STATED = (
    "contract_id", "gross_minor", "due_minor", "net_of", "promised_minor", "cash_minor", "financing_rate",
    "compounding", "months", "payment_terms_days", "transfer_date", "last_due", "anchor_date", "end_date",
    "begins_date", "kind",
)  # fmt: skip


def applies(books: Books) -> bool:
    """Whether any contract states a cash price or a financing rate."""
    return bool(books.filled.get("contracts", frozenset()) & {"cash_price_minor", "financing_rate"})


def financing(books: Books, keep: Keep) -> ir.Table:
    """One row a contract with a financing component whose judgements are all given.

    contract_id, `adjustment_minor` (transaction price less promised price), `price_minor` (transaction
    price), `rate` a year (decimal, 9 places: that of the interest), `implicit_rate` (at which the promised
    payments are worth the cash price; null without one), compounding, `begins_date` (first day of interest;
    null: a criterion of the contract is not met), kind ('advance': all is paid by the transfer; 'deferred').
    Amounts are net of the contract's tax, but gross where an obligation has a rate of its own (P5).
    Deferred: the cash price, else the payments discounted to the transfer; advance: the payments accreted to
    the transfer at the rate stated, else the cash price. Rates are those of inception, never updated (32-19).
    """
    rows = keep("financing_stated", _complete(_stated(books)))
    flows = keep("financing_payments", payments(books, rows))
    rows = keep("financing_rated", _with_rate(books, rows, flows))
    valued = _valued_at_transfer(rows, flows)
    rows = rows.left_join(valued, "contract_id").drop("contract_id_right")
    by_cash = ibis.ifelse(rows.by_cash, rows.cash_minor, ibis.null("int64"))
    rows = rows.mutate(price_minor=ibis.coalesce(by_cash, rows.valued_minor))
    return rows.mutate(
        adjustment_minor=rows.price_minor - rows.promised_minor,
        rate=_as_rate(rows.rate_nano),
        implicit_rate=_as_rate(rows.implicit_nano),
    )


def _with_rate(books: Books, rows: ir.Table, flows: ir.Table) -> ir.Table:
    """Adds `implicit_nano` and `rate_nano` a year, `period_growth`, and `by_cash`: the cash price counts.

    What is paid later bears the rate that the cash price implies, as only that one ends at nothing (32-19).
    """
    cash = rows.filter(rows.cash_minor.notnull())
    cash = cash.mutate(day=cash.transfer_date, amount_minor=-cash.cash_minor)
    promised = flows.join(cash.select("contract_id", "anchor_date", "months"), "contract_id")
    solving = promised.union(cash.select(*promised.columns))
    rates = implied(books, elapsed(solving), "financing_rates")
    rows = rows.left_join(rates, "contract_id").drop("contract_id_right")
    given = rows.financing_rate * (NANO // 1_000_000)
    deferred = rows.kind == "deferred"
    rate = ibis.ifelse(
        deferred, ibis.coalesce(rows.implicit_nano, given), ibis.coalesce(given, rows.implicit_nano)
    )
    rows = rows.mutate(rate_nano=rate, by_cash=deferred | rows.financing_rate.isnull())
    growth = period_growth(rows.rate_nano.fill_null(0), rows.months)
    return rows.mutate(period_growth=growth)


def _as_rate(nano: ir.IntegerValue) -> ir.DecimalValue:
    rate: ir.DecimalValue = scaled(nano.cast(DECIMAL), 1, NANO)
    return rate


def _valued_at_transfer(rows: ir.Table, flows: ir.Table) -> ir.Table:
    """(contract_id, `valued_minor`): the promised payments at the rate, on the day control passes."""
    of = rows.select("contract_id", "anchor_date", "months", "period_growth", "transfer_date")
    paid = grown(flows.join(of, "contract_id"))
    paid = paid.mutate(value=at_anchor(paid.amount_minor, paid.growth))
    sums = paid.group_by("contract_id").agg(value=paid["value"].sum().cast(DECIMAL))
    on_transfer = grown(of.mutate(day=of.transfer_date)).join(sums, "contract_id")
    on_transfer = on_transfer.mutate(value=scaled(on_transfer["value"], on_transfer.growth, UNIT))
    return on_transfer.select("contract_id", valued_minor=to_minor(on_transfer["value"]))


# --- what the books state -------------------------------------------------------------------------------


def _stated(books: Books) -> ir.Table:
    """The contracts that state a cash price or a rate, net of tax, with the days of their payments."""
    policy, contracts = books.manifest.policy, books.tables["contracts"]
    rows = contracts.filter(contracts.cash_price_minor.notnull() | contracts.financing_rate.notnull())
    obligations = books.tables["obligations"]
    own = obligations.group_by("contract_id").agg(
        obligations=obligations.count(), own_rates=obligations.tax_rate.notnull().any()
    )
    rows = rows.left_join(own, "contract_id").drop("contract_id_right")
    includes = ibis.coalesce(
        rows.price_includes_tax, policy.at("price_includes_tax", rows.bound_date), ibis.literal(False)
    )
    rate = ibis.coalesce(rows.tax_rate, policy.at("tax_rate", rows.bound_date), ibis.literal(0))
    netted = includes & ~rows.own_rates.fill_null(False)
    rows = rows.mutate(net_of=ibis.ifelse(netted, rate, 0).cast("int64"))
    rows = rows.mutate(
        gross_minor=rows.price_minor,
        promised_minor=without_tax(rows.price_minor, rows.net_of),
        cash_minor=without_tax(rows.cash_price_minor, rows.net_of),
        compounding=ibis.coalesce(rows.compounding, policy.at("compounding", rows.bound_date)),
    )
    dues = _dues(books, rows)
    days = dues.group_by("contract_id").agg(
        first_due=dues.day.min(), last_due=dues.day.max(), due_minor=dues.gross_minor.sum().cast("int64")
    )
    rows = rows.left_join(days, "contract_id").drop("contract_id_right")
    rows = rows.mutate(
        anchor_date=ibis.least(rows.transfer_date, rows.first_due),
        end_date=ibis.greatest(rows.transfer_date, rows.last_due),
        kind=ibis.ifelse(rows.last_due > rows.transfer_date, "deferred", "advance"),
        months=ibis.cases(*((rows.compounding == c, m) for c, m in MONTHS.items()), else_=12).cast("int64"),
    )
    return _with_begin(books, rows)


def _dues(books: Books, rows: ir.Table) -> ir.Table:
    """(contract_id, day, gross_minor): the instalments; without any, the price when its terms say."""
    instalments = books.tables["instalments"]
    given = instalments.select("contract_id", day="due_date", gross_minor="amount_minor")
    given = given.semi_join(rows, "contract_id")
    single = rows.anti_join(given, "contract_id").filter(lambda t: t.payment_terms_days.notnull())
    due = single.transfer_date + single.payment_terms_days.cast("int64").as_interval("D")
    return given.union(single.select("contract_id", day=due.cast("date"), gross_minor=single.gross_minor))


def payments(books: Books, rows: ir.Table) -> ir.Table:
    """(contract_id, day, amount_minor): the promised payments net of tax; they add up to the net price.

    What the instalments leave of the price is paid when control passes. Tax is taken out of the running
    total, so that it is rounded as that of the whole price is (P3, P5).
    """
    rest = rows.select("contract_id", day="transfer_date", gross_minor=rows.gross_minor - rows.due_minor)
    every = _dues(books, rows).union(rest)
    every = every.group_by("contract_id", "day").agg(gross_minor=every.gross_minor.sum().cast("int64"))
    every = every.join(rows.select("contract_id", "net_of"), "contract_id")
    running = ibis.window(group_by=every.contract_id, order_by=every.day, preceding=None, following=0)
    every = every.mutate(net=without_tax(every.gross_minor.sum().over(running).cast("int64"), every.net_of))
    before = every.net.lag().over(ibis.window(group_by=every.contract_id, order_by=every.day))
    return every.select("contract_id", "day", amount_minor=every.net - before.fill_null(0))


def _with_begin(books: Books, rows: ir.Table) -> ir.Table:
    """Adds `begins_date`: the first payment in advance; else the transfer, or the last criterion met later.

    Interest needs a receivable, and there is none before every criterion of the contract is met (32-20,
    55-231); one of an obligation counts where the contract has no other.
    """
    criteria = books.tables["criteria"]
    met = criteria.join(rows.select("contract_id", "obligations"), "contract_id")
    met = met.filter(met.obligation_id.isnull() | (met.obligations.fill_null(1) <= 1))
    met = met.group_by("contract_id").agg(met_date=met.met_date.max(), unmet=met.met_date.isnull().any())
    rows = rows.left_join(met, "contract_id").drop("contract_id_right")
    receivable = ibis.greatest(rows.transfer_date, rows.met_date.fill_null(rows.transfer_date))
    receivable = ibis.ifelse(rows.unmet.fill_null(False), ibis.null("date"), receivable)
    rows = rows.mutate(begins_date=ibis.ifelse(rows.kind == "advance", rows.anchor_date, receivable))
    return rows.select(*_STATED)


# --- what is missing ------------------------------------------------------------------------------------


def _missing(rows: ir.Table) -> tuple[tuple[str, str, str, ir.BooleanValue], ...]:
    """(field, choices, paragraph, where it is missing), in the order in which they are asked for."""
    dated = rows.transfer_date.notnull() & rows.last_due.notnull()
    bears = (rows.financing_rate.fill_null(1) != 0) | rows.cash_minor.notnull()
    apart = month_of(rows.end_date) - month_of(rows.anchor_date) + 1
    paid_later = ibis.ifelse(
        rows.kind == "deferred", rows.cash_minor > rows.promised_minor, rows.cash_minor < rows.promised_minor
    )
    beyond = (apart > MOST_MONTHS) | (rows.financing_rate.fill_null(0) * apart > MOST_GROWTH)
    return (
        ("transfer_date", "the day on which control was expected to pass", "606-10-32-19",
         rows.transfer_date.isnull()),
        ("instalments", "the days and amounts of the promised payments, or payment_terms_days",
         "606-10-32-16", rows.transfer_date.notnull() & rows.last_due.isnull()),
        ("price", "no less than its instalments: what is promised in total", "606-10-32-15",
         (rows.due_minor > rows.gross_minor).fill_null(False)),
        ("compounding", " | ".join(MONTHS), "606-10-32-19", rows.compounding.isnull() & bears),
        ("cash_price", "at most the price where it is paid later, at least the price where paid before",
         "606-10-32-16", (dated & paid_later).fill_null(False)),
        ("financing_rate", "a rate from 0 at which an amount grows less than 900-fold by the last payment",
         "606-10-32-19", (beyond | (rows.financing_rate < 0)).fill_null(False)),
    )  # fmt: skip


def _complete(rows: ir.Table) -> ir.Table:
    return rows.filter(*(~missing for *_, missing in _missing(rows)))


def missing_judgements(books: Books) -> ir.Table:
    """(contract_id, obligation_id null, field, choices, paragraph): what a financing component still needs.

    One row a field; nobody can say what the price of a contract named here is.
    """
    rows = _stated(books)
    return ibis.union(
        *(
            rows.filter(missing).select(
                "contract_id",
                obligation_id=ibis.null("string"),
                field=ibis.literal(field),
                choices=ibis.literal(choices),
                paragraph=ibis.literal(paragraph),
            )
            for field, choices, paragraph, missing in _missing(rows)
        )
    )


def with_testable(books: Books, terms: ir.Table) -> ir.Table:
    """Terms whose contract is `untestable` where a judgement on its financing component is missing."""
    lacking = missing_judgements(books)
    lacking = lacking.group_by(lacking_contract="contract_id").agg(field=lacking.field.min())
    rows = terms.left_join(lacking, terms.contract_id == lacking.lacking_contract)
    reason = ibis.literal("a financing component without what it needs: ") + rows.field
    return rows.mutate(untestable=ibis.coalesce(rows.untestable, reason)).drop("lacking_contract", "field")
