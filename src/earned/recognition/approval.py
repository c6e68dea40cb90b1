"""Modifications that count: those the parties approved, from the later of their day and the approval (M1).

ASC 606-10-25-10 and 25-11; IFRS 15.18-19. What only a modification promises counts no earlier than it.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books


def approved(books: Books) -> ir.Table:
    """The approved modifications of the books with `from_day`, the first day on which each is in force."""
    rows = books.tables["modifications"].filter(lambda t: t.approved_date.notnull())
    return rows.mutate(
        version=rows.version.cast("int64"), from_day=ibis.greatest(rows.effective_date, rows.approved_date)
    )


def as_promised(books: Books, rows: ir.Table, terms: ir.Table) -> ir.Table:
    """Variable amounts with `promised_in`, the version of the contract that promised each (0: inception), and
    `from_day` no earlier than that version is in force; without those of a version that is not.

    An amount of an obligation that a later version adds is promised by that version at the earliest.
    """
    of = terms.filter(terms.added_in_version > 0)
    of = of.select(of_obligation="obligation_id", added_in=of.added_in_version.cast("int64"))
    rows = rows.left_join(of, rows.obligation_id == of.of_obligation)
    said = rows.promised_in_version.cast("int64").fill_null(0)
    rows = rows.mutate(promised_in=ibis.greatest(said, rows.added_in.fill_null(0)))
    begun = approved(books)
    begun = begun.select(of_contract="contract_id", of_version="version", begun_on="from_day")
    rows = rows.left_join(
        begun, [rows.contract_id == begun.of_contract, rows.promised_in == begun.of_version]
    )
    rows = rows.filter((rows.promised_in == 0) | rows.begun_on.notnull())
    first = ibis.ifelse(rows.promised_in == 0, rows.from_day, ibis.greatest(rows.from_day, rows.begun_on))
    return rows.mutate(from_day=first).drop(
        "of_obligation", "added_in", "of_contract", "of_version", "begun_on"
    )
