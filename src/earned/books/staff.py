"""Who a login or an employee number was on a day: the row of `employees` that was valid then."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books


def on_duty(books: Books, wanted: ir.Table, key: str, day: str, *, by: str = "user_id") -> ir.Table:
    """`wanted` with `person_id`, `name` and `manager_id` of the row valid on its day; else of the latest row.

    `key` is the column of `wanted` that holds a login (`by` user_id) or an employee number (employee_id).
    """
    staff = books.tables["employees"].select(
        "valid_from", "valid_to", "manager_id", "name", person_id="employee_id", known_as=by
    )
    found = wanted.left_join(staff, wanted[key] == staff.known_as)
    began = (found.valid_from <= found[day]) | found.valid_from.isnull()
    lasts = (found.valid_to >= found[day]) | found.valid_to.isnull()
    order = [ibis.desc(began & lasts), ibis.desc(found.valid_from), found.person_id, found.name]
    rank = ibis.row_number().over(group_by=[found[key], found[day]], order_by=order)
    found = found.mutate(rank=rank).filter(lambda t: t["rank"] == 0)
    return found.select(*wanted.columns, "person_id", "name", "manager_id")
