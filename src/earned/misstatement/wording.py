"""Amounts and days in words, as expressions: one place for how findings read."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.engine import quotient, remainder

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
THOUSANDS = 5


def amount_text(minor: ir.IntegerValue, exponent: ir.IntegerValue) -> ir.StringValue:
    """1,200,000.00 from minor units and the currency's number of decimals; a minus sign when negative."""
    size = ibis.cases(*((exponent == e, 10**e) for e in range(5)), else_=100).cast("int64")
    whole = quotient(minor.abs(), 1, size)
    decimals = remainder(minor.abs(), 1, size).cast("string")
    tail = ibis.cases(
        *((exponent == e, ibis.literal(".") + decimals.lpad(e, "0")) for e in range(1, 5)), else_=""
    )
    return ibis.ifelse(minor < 0, "-", "") + _grouped(whole) + tail


def _grouped(whole: ir.IntegerValue) -> ir.StringValue:
    text = remainder(whole, 1, 1000).cast("string")
    for power in range(1, THOUSANDS + 1):
        size = 1000**power
        here = remainder(quotient(whole, 1, size), 1, 1000).cast("string")
        padded = remainder(whole, 1, 1000**power).cast("string").lpad(3 * power, "0")
        groups = [padded.substr(3 * i, 3) for i in range(power)]
        text = ibis.ifelse(whole >= size, ibis.literal(",").join([here, *groups]), text)
    return text


def day_text(day: ir.DateValue) -> ir.StringValue:
    """29 Jun 2021."""
    month = ibis.cases(*((day.month() == i + 1, name) for i, name in enumerate(MONTHS)), else_="")
    return ibis.literal(" ").join([day.day().cast("string"), month, day.year().cast("string")])
