"""The line along which revenue is earned: from nothing to the price, or on from a boundary (M1, P3)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.engine import share


def along(
    allocated: ir.IntegerValue,
    base: ir.IntegerValue,
    base_part: ir.DecimalValue,
    part: ir.DecimalValue,
    whole: ir.DecimalValue,
) -> ir.IntegerValue:
    """Earned at progress `part` of `whole`: along the line from nothing to `base` at `base_part`, and from
    there to the allocated price; without a base the share of it (P3, M1). Where nothing was left to be done
    at the base, the price is earned there.
    """
    base_part = ibis.least(base_part, whole)  # a total that fell since: what was done is still all of it
    plain = share(allocated, part, whole)
    below = share(base, part, base_part.nullif(0))
    beyond = base + share(allocated - base, part - base_part, (whole - base_part).nullif(0))
    line: ir.IntegerValue = ibis.cases(
        (base.isnull(), plain), (part < base_part, below.fill_null(0)), else_=beyond.fill_null(allocated)
    )
    return line
