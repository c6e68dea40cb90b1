"""Days in words, as an expression: one place for how findings read."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_text(day: ir.DateValue) -> ir.StringValue:
    """29 Jun 2021."""
    month = ibis.cases(*((day.month() == i + 1, name) for i, name in enumerate(MONTHS)), else_="")
    return ibis.literal(" ").join([day.day().cast("string"), month, day.year().cast("string")])
