"""What a unit's currency was worth in the company's: one rate a unit and run, as an exact fraction (P4)."""

from __future__ import annotations

from decimal import Decimal

import ibis
import ibis.expr.types as ir

from earned.books import Books


def with_rate(books: Books, units: ir.Table, entries: ir.Table) -> ir.Table:
    """Units with `rate_in`, `rate_of` (company minor units per contract minor unit) and `not_tested`.

    The rate at which the unit's entries were booked in all; the first one's where they add up to 0; the
    last spot rate where it has none. `not_tested` says why a unit has no figure, else it is null.
    """
    units = _with_last_rate(books, _with_booked(units, entries))
    domestic = units.currency == books.manifest.company.currency
    one = ibis.literal(1, "int64")
    none, nothing = units.n_entries.isnull(), units.amount.fill_null(0) == 0
    rate_in = ibis.cases(
        (domestic, one), (none, units.last_in), (nothing, units.first_worth), else_=units.worth
    )
    rate_of = ibis.cases(
        (domestic, one), (none, units.last_of), (nothing, units.first_amount), else_=units.amount
    )
    unrated = ~domestic & (units.unknown.fill_null(False) | rate_of.isnull() | rate_in.isnull())
    why = ibis.cases(
        (units.untestable.notnull(), units.untestable),
        (units.other.fill_null(False), "an entry is not in the currency of its contract"),
        (unrated, "foreign currency without functional amount or rate"),
        else_=ibis.null("string"),
    )
    booked = ("n_entries", "amount", "worth", "unknown", "other", "first_amount", "first_worth")
    return units.mutate(rate_in=rate_in, rate_of=rate_of, not_tested=why).drop(*booked, "last_in", "last_of")


def _with_booked(units: ir.Table, entries: ir.Table) -> ir.Table:
    """What the unit's entries add up to in both currencies, and the first of them that is not 0."""
    sums = entries.group_by("unit_id").agg(
        n_entries=entries.count(),
        amount=entries.amount_minor.sum().cast("int64"),
        worth=entries.company_minor.sum().cast("int64"),
        unknown=entries.company_minor.isnull().any(),
        other=(entries.currency != entries.contract_currency).any(),
    )
    some = entries.filter(entries.amount_minor != 0)
    age = ibis.row_number().over(group_by=some.unit_id, order_by=[some.effective_date, some.entry_id])
    oldest = some.mutate(age=age).filter(lambda t: t.age == 0)
    oldest = oldest.select("unit_id", first_amount="amount_minor", first_worth="company_minor")
    units = units.left_join(sums, "unit_id").drop("unit_id_right")
    return units.left_join(oldest, "unit_id").drop("unit_id_right")


def _with_last_rate(books: Books, units: ir.Table) -> ir.Table:
    """For units without entries: the spot rate in force at the last period end."""
    last = books.calendar.agg(on=books.calendar.last_date.max())
    wanted = units.select(key="unit_id", currency="currency").cross_join(last)
    rates = spot_rates(books, wanted)
    units = units.left_join(rates, units.unit_id == rates.key).drop("key")
    nano = 1_000_000_000
    return units.mutate(
        last_in=(units.rate * nano).cast("int64"),
        last_of=(scale(books, units.exponent) * nano).cast("int64"),
    ).drop("rate")


def spot_rates(books: Books, wanted: ir.Table) -> ir.Table:
    """(key, on, currency) -> the spot rate to company currency of the last rate_date up to `on` (P4)."""
    company = books.manifest.company.currency
    rates = books.tables["rates"]
    rates = rates.filter((rates.kind == "spot") & (rates.to_currency == company)).select(
        "from_currency", "rate_date", "rate"
    )
    found = wanted.join(rates, (wanted.currency == rates.from_currency) & (rates.rate_date <= wanted.on))
    newest = ibis.row_number().over(group_by=found.key, order_by=found.rate_date.desc())
    return found.mutate(newest=newest).filter(lambda t: t.newest == 0).select("key", "rate")


def scale(books: Books, exponent: ir.IntegerColumn) -> ir.DecimalValue:
    """10^(exponent - company exponent): divides a product in foreign minor units into our minor units."""
    ours = books.company_exponent
    steps = [
        (exponent == e, ibis.literal(str(Decimal(10) ** (e - ours))).cast("decimal(38, 9)")) for e in range(5)
    ]
    return ibis.cases(*steps, else_=ibis.literal("1").cast("decimal(38, 9)"))
