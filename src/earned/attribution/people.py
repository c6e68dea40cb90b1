"""Units and amounts per person and role, by sum (the statistics of chance come with the procedures)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import muldiv
from earned.recognition.recognise import Recognition

ROLES = ("owner", "manager", "preparer", "approver")


def people(books: Books, rec: Recognition, support: ir.Table, flagged: ir.Table) -> ir.Table:
    """The run's table people: amounts of the entries, and the most of each that was ever unsupported.

    Company currency; preparer and approver are user ids, owner and manager (of the owner, valid on the
    entry's date) employee ids. `rank`, `p_value` and `q_value` are empty until procedures run.
    """
    entries = _valued(rec, support)
    flags = flagged.select("unit_id").distinct().mutate(flagged=True)
    entries = entries.left_join(flags, "unit_id").drop("unit_id_right")
    entries = _with_manager(books, entries)
    return ibis.union(*(_of_role(books, entries, role) for role in ROLES))


def _valued(rec: Recognition, support: ir.Table) -> ir.Table:
    facts = rec.units.filter(rec.units.not_tested.isnull()).select(
        "unit_id", "rate_in", "rate_of", owner="owner_id"
    )
    most = support.group_by("entry_id").agg(most=support.unsupported_minor.max())
    entries = rec.unit_entries.filter(~rec.unit_entries.is_opening)
    entries = entries.select("entry_id", "unit_id", "amount_minor", "effective_date", "preparer", "approver")
    entries = entries.join(facts, "unit_id").left_join(most, "entry_id").drop("entry_id_right")
    return entries.mutate(
        booked=muldiv(entries.amount_minor, entries.rate_in, entries.rate_of),
        unsupported=muldiv(entries.most.fill_null(0), entries.rate_in, entries.rate_of),
    )


def _with_manager(books: Books, entries: ir.Table) -> ir.Table:
    staff = books.tables["employees"].select("employee_id", "manager_id", "valid_from", "valid_to")
    led = entries.select("entry_id", "owner", "effective_date").join(
        staff,
        [
            entries.owner == staff.employee_id,
            staff.valid_from.isnull() | (staff.valid_from <= entries.effective_date),
            staff.valid_to.isnull() | (staff.valid_to >= entries.effective_date),
        ],
    )
    led = led.group_by(led_entry="entry_id").agg(manager=led.manager_id.max())
    return entries.left_join(led, entries.entry_id == led.led_entry).drop("led_entry")


def _of_role(books: Books, entries: ir.Table, role: str) -> ir.Table:
    rows = entries.filter(entries[role].notnull())
    sums = rows.group_by(employee_id=rows[role]).agg(
        units=rows.unit_id.nunique(),
        flagged_units=rows.unit_id.nunique(where=rows.flagged.fill_null(False)),
        booked_minor=rows.booked.sum().cast("int64"),
        unsupported_minor=rows.unsupported.sum().cast("int64"),
    )
    key = "user_id" if role in ("preparer", "approver") else "employee_id"
    staff = books.tables["employees"].filter(lambda t: t[key].notnull())
    names = staff.group_by(named=staff[key]).agg(name=staff.name.max())
    sums = sums.left_join(names, sums.employee_id == names.named)
    return sums.select(
        ibis.literal(role).name("role"),
        "employee_id",
        "name",
        "units",
        "flagged_units",
        "booked_minor",
        "unsupported_minor",
        rank=ibis.null("int64"),
        p_value=ibis.null("decimal(10, 9)"),
        q_value=ibis.null("decimal(10, 9)"),
    )
