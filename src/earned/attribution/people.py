"""Units and amounts per person and role, by sum (the statistics of chance come with the procedures)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.books.staff import on_duty
from earned.engine import Keep, muldiv
from earned.recognition.recognise import Recognition

ROLES = ("owner", "manager", "preparer", "approver")


def people(books: Books, rec: Recognition, support: ir.Table, flagged: ir.Table, keep: Keep) -> ir.Table:
    """The run's table people: amounts of the entries, and the most of each that was ever unsupported.

    Company currency; logins of preparers and approvers stand for the employee who had them on the
    entry's date, or for themselves where there is none; manager is the owner's on that date.
    `rank`, `p_value` and `q_value` are empty until procedures run.
    """
    entries = _valued(rec, support)
    flags = flagged.select("unit_id").distinct().mutate(flagged=True)
    entries = entries.left_join(flags, "unit_id").drop("unit_id_right")
    entries = keep("entries_in_hands", _with_people(books, entries))
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


def _with_people(books: Books, entries: ir.Table) -> ir.Table:
    """Logins replaced by the employees who had them on the day; `manager` of the owner on the day."""
    for role in ("preparer", "approver"):
        logins = entries.filter(entries[role].notnull()).select(role, "effective_date").distinct()
        known = on_duty(books, logins, role, "effective_date")
        known = known.select(login=role, day="effective_date", person_id="person_id")
        entries = entries.left_join(known, [(role, "login"), ("effective_date", "day")])
        person = ibis.coalesce(entries.person_id, entries[role])
        entries = entries.mutate(**{role: person}).drop("login", "day", "person_id")
    owners = entries.filter(entries.owner.notnull()).select("owner", "effective_date").distinct()
    led = on_duty(books, owners, "owner", "effective_date", by="employee_id")
    led = led.select(led="owner", day="effective_date", manager="manager_id")
    return entries.left_join(led, [("owner", "led"), ("effective_date", "day")]).drop("led", "day")


def _of_role(books: Books, entries: ir.Table, role: str) -> ir.Table:
    rows = entries.filter(entries[role].notnull())
    sums = rows.group_by(employee_id=rows[role]).agg(
        units=rows.unit_id.nunique(),
        flagged_units=rows.unit_id.nunique(where=rows.flagged.fill_null(False)),
        booked_minor=rows.booked.sum().cast("int64"),
        unsupported_minor=rows.unsupported.sum().cast("int64"),
        last_date=rows.effective_date.max(),
    )
    named = on_duty(books, sums, "employee_id", "last_date", by="employee_id")
    return named.select(
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
