"""Which entries are revenue of which contract, in whose measure, and what one was worth in our currency."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import share
from earned.recognition.rates import scale, spot_rates

OUT_OF_SCOPE_KINDS = ("elimination", "reclassification")


def scoped_entries(books: Books) -> ir.Table:
    """Every entry with its place: linked, unlinked or out of scope (R6, U6, P1).

    Adds `period_index` (-1 for an opening), `place` (linked | unlinked | out_of_scope), `unlinked_reason`,
    `contract_currency` and `company_minor` (the amount in company currency; null where no rate is known, P4).
    """
    entries = _with_company_amount(books)
    accounts = books.tables["accounts"].select("account", role="role")
    contracts = books.tables["contracts"].select(
        known_contract="contract_id", contract_currency="currency", contract_entity_id="entity_id"
    )
    calendar = books.calendar.select("period_index", "period_id")
    joined = (
        entries.left_join(accounts, "account")
        .left_join(contracts, entries.contract_id == contracts.known_contract)
        .left_join(calendar, "period_id")
    )
    joined = joined.drop("account_right", "period_id_right")
    outside = joined.kind.isin(OUT_OF_SCOPE_KINDS) | (joined.role.fill_null("revenue") != "revenue")
    return joined.mutate(
        period_index=ibis.ifelse(joined.is_opening, -1, joined.period_index),
        place=ibis.cases(
            (outside.fill_null(False), "out_of_scope"),
            (joined.known_contract.isnull(), "unlinked"),
            else_="linked",
        ),
        unlinked_reason=ibis.ifelse(joined.contract_id.isnull(), "no_contract", "contract_not_in_books"),
    ).drop("known_contract", "role")


def _with_company_amount(books: Books) -> ir.Table:
    """In company currency: the amount, the functional or reporting amount, else the last spot rate (P4)."""
    company = books.manifest.company.currency
    entries = books.tables["entries"]
    entity = books.tables["entities"].select("entity_id", entity_currency="currency")
    joined = entries.left_join(entity, "entity_id").drop("entity_id_right")
    in_company = joined.entity_currency.fill_null(company) == company
    by_rate = _at_spot(books)
    joined = joined.left_join(by_rate, "entry_id").drop("entry_id_right")
    return joined.mutate(
        company_minor=ibis.cases(
            (joined.currency == company, joined.amount_minor),
            else_=ibis.coalesce(
                ibis.ifelse(in_company, joined.functional_amount_minor, ibis.null("int64")),
                joined.reporting_amount_minor,
                joined.spot_minor,
            ),
        )
    ).drop("spot_minor", "entity_currency")


def _at_spot(books: Books) -> ir.Table:
    company = books.manifest.company.currency
    entries = books.tables["entries"]
    foreign = entries.filter(entries.currency != company)
    wanted = foreign.select(key="entry_id", on="effective_date", currency="currency")
    rates = spot_rates(books, wanted)
    exponents = books.currencies.select(currency="code", exponent="exponent")
    joined = foreign.join(rates, foreign.entry_id == rates.key).join(exponents, "currency")
    return joined.select(
        "entry_id", spot_minor=share(joined.amount_minor, joined.rate, scale(books, joined.exponent))
    )
