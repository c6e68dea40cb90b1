"""The transaction price without tax, and from when a contract binds (ASC 606-10-32-2, 25-1; P5, U5)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import muldiv
from earned.faults import Fault, InputError

MILLION = 1_000_000
ASKS = ("CNY", "EUR", "GBP")


def require_tax(books: Books) -> None:
    """Raise InputError where a contract in CNY, EUR or GBP does not say if its price contains tax (P5)."""
    policy, contracts = books.manifest.policy, books.tables["contracts"]
    if not policy.given("price_includes_tax"):
        silent = contracts.filter(contracts.currency.isin(ASKS) & contracts.price_includes_tax.isnull())
        _ask(books, silent, "price_includes_tax", "true or false: do contract prices contain tax?")
    if policy.given("tax_rate"):
        return
    obligations = books.tables["obligations"]
    own = obligations.group_by("contract_id").agg(
        all_own=obligations.tax_rate.notnull().all(), n=obligations.count()
    )
    includes = ibis.coalesce(contracts.price_includes_tax, bool(policy.value("price_includes_tax")))
    gross = contracts.mutate(includes=includes).left_join(own, "contract_id")
    no_rate = gross.filter(gross.includes & gross.tax_rate.isnull() & ~gross.all_own.fill_null(False))
    _ask(books, no_rate, "tax_rate", "the rate inside the price in parts per million (60000 is 6 %)")


def require_distinct_units(books: Books) -> None:
    """Raise InputError where an obligation has the number of another contract: the two units would be one."""
    contracts = books.tables["contracts"].select(other="contract_id")
    rows = books.tables["obligations"]
    rows = rows.join(contracts, rows.obligation_id == contracts.other)
    rows = rows.filter(rows.contract_id != rows.other).order_by("obligation_id").limit(5)
    faults = [
        Fault(
            file=row["source_file"],
            row=row["source_row"],
            column="obligation_id",
            value=row["obligation_id"],
            expected="a number that is not also the number of another contract",
            do="Number the obligation otherwise, for example by adding -1, in every table.",
            reason="key_of_unit",
        )
        for row in books.engine.rows(rows)
    ]
    if faults:
        raise InputError(faults)


def _ask(books: Books, rows: ir.Table, key: str, expected: str) -> None:
    found = books.engine.rows(
        rows.order_by("contract_id").select("contract_id", "source_file", "source_row").limit(1)
    )
    if found:
        first = found[0]
        raise InputError(
            [
                Fault(
                    file=first["source_file"],
                    row=first["source_row"],
                    column=key,
                    value=None,
                    expected=f"contract {first['contract_id']} does not say {key}: {expected}",
                    do=f"Add the column to contracts, or answer for all with --set policy.{key}=….",
                    fact=True,
                    reason="tax",
                )
            ]
        )


def bound(books: Books, decisions: ir.Table) -> ir.Table:
    """contract_id -> `never_bound`, `bound_from` (null: nothing is taken away) (U5, contract_binds_on).

    A contract also waits for its criteria of gate `contract`, which a person judged met or not (25-1, 25-6).
    """
    policy = books.manifest.policy
    contracts = books.tables["contracts"]
    evidence = books.tables["evidence"]
    first = evidence.group_by("contract_id").agg(first_evidence=evidence.event_date.min())
    decided = decisions.filter(
        (decisions.subject_type == "contract") & (decisions.decision == "set_bound_date")
    ).select(contract_id="subject_id", decided_date=decisions["value"].try_cast("date"))
    rows = contracts.left_join(first, "contract_id").drop("contract_id_right")
    rows = rows.left_join(decided, "contract_id").drop("contract_id_right")
    signed = ibis.ifelse(
        rows.signed_company_date.notnull() & rows.signed_customer_date.notnull(),
        ibis.greatest(rows.signed_company_date, rows.signed_customer_date),
        ibis.null("date"),
    )
    day = ibis.coalesce(rows.bound_date, rows.first_evidence)
    rule = policy.at("contract_binds_on", day).fill_null("")
    by_rule = ibis.cases(
        (rule == "first_performance", rows.first_evidence), (rule != "", signed), else_=ibis.null("date")
    )
    # A day that somebody stated wins; one that only stands for the customer's signature does not.
    stated = (rows.bound_date != rows.signed_customer_date).fill_null(rows.bound_date.notnull())
    known = ibis.ifelse(stated, rows.bound_date, ibis.coalesce(by_rule, rows.bound_date))
    unsigned = rows.status.isin(("draft", "pending")).fill_null(False)
    rows = rows.select(
        "contract_id",
        bound_from=ibis.coalesce(rows.decided_date, known),
        never_bound=unsigned & rows.decided_date.isnull(),
    )
    return _with_criteria(books, rows) if books.filled.get("criteria") else rows


def _with_criteria(books: Books, rows: ir.Table) -> ir.Table:
    criteria = books.tables["criteria"]
    criteria = criteria.filter((criteria.gate == "contract") & criteria.obligation_id.isnull())
    asked = criteria.group_by("contract_id").agg(
        met_from=criteria.met_date.max(), open=criteria.met_date.isnull().any()
    )
    rows = rows.left_join(asked, "contract_id").drop("contract_id_right")
    return rows.select(
        "contract_id",
        bound_from=ibis.greatest(
            ibis.coalesce(rows.bound_from, rows.met_from), ibis.coalesce(rows.met_from, rows.bound_from)
        ),
        never_bound=rows.never_bound | rows.open.fill_null(False),
    )


def is_bound(rows: ir.Table) -> ir.BooleanValue:
    """Nothing is earned before a known binding date, on a draft contract (U5), or behind a gate."""
    bound_by_then = rows.bound_from.isnull() | (rows.bound_from <= rows.day)
    opened = ~rows.gate_shut & (rows.gate_from.isnull() | (rows.gate_from <= rows.day))
    return ~rows.never_bound & bound_by_then & opened


def net_prices(books: Books, terms: ir.Table, financed: ir.Table | None = None) -> ir.Table:
    """Terms with `includes_tax`, `rate` (of the obligation, else contract, else policy), `to_allocate_minor`.

    `financed` (of `financing`) takes the financing component out of the price, on the same footing (32-15).

    `own_rates` marks contracts of which an obligation has a rate of its own: there the gross price is
    allocated first and each share netted by its rate (P5); elsewhere the contract's price is netted.
    """
    policy = books.manifest.policy
    rows = terms.mutate(
        includes_tax=ibis.coalesce(
            terms.price_includes_tax, policy.at("price_includes_tax", terms.bound_date), ibis.literal(False)
        ),
        contract_rate=ibis.coalesce(
            terms.contract_tax_rate, policy.at("tax_rate", terms.bound_date), ibis.literal(0)
        ).cast("int64"),
        own_rates=terms.tax_rate.notnull().any().over(group_by=terms.contract_id),
    )
    rows = rows.mutate(rate=ibis.coalesce(rows.tax_rate, rows.contract_rate))
    netted_first = rows.includes_tax & ~rows.own_rates
    gross = rows.price_minor + rows.variable_minor
    net = without_tax(gross, rows.contract_rate)
    rows = rows.mutate(to_allocate_minor=ibis.ifelse(netted_first, net, gross))
    if financed is None:
        return rows
    rows = rows.left_join(financed.select("contract_id", "adjustment_minor"), "contract_id")
    adjusted = rows.to_allocate_minor + rows.adjustment_minor.fill_null(0)
    return rows.mutate(to_allocate_minor=adjusted).drop("adjustment_minor", "contract_id_right")


def without_tax(gross: ir.IntegerValue, rate: ir.IntegerValue) -> ir.IntegerValue:
    """gross x 10^6 / (10^6 + rate), rounded once (P3, P5)."""
    amount: ir.IntegerValue = muldiv(gross, MILLION, rate + MILLION)
    return amount
