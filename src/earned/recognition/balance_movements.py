"""How the balances of contracts moved in a period: opening, what was billed, paid and earned, closing.

ASC 606-10-50-8 to 50-10; IFRS 15.116-118. Revenue out of the contract liability at the beginning of the
period (50-8(b)) is the smaller of the two, contract by contract; so is what of a contract asset became due.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.recognition.balances import KEY
from earned.recognition.closing import BEFORE

BALANCES = ("receivable", "contract_asset", "contract_liability", "refund_liability", "deposit")
#: what moves a balance; each signed, so that opening + all of them = closing
MOVEMENTS = ("invoiced_minor", "received_minor", "written_off_minor", "revenue_minor", "other_minor")
#: cumulative amounts of which a period's own is the difference
_CUMULATIVE = ("invoiced_minor", "received_minor", "written_off_minor")
#: what revenue, with the interest and payments to the customer beside it, adds to a contract's position
_EARNED = ("revenue_minor", "interest_minor", "incentive_minor")


def balance_movements(points: ir.Table) -> ir.Table:
    """The run's table balance_movements by `period_index`: contract_id, `balance`, opening_minor, MOVEMENTS,
    closing_minor; contract currency, net of tax, each balance 0 or more. `points` are those of `balances_at`.

    The receivable moves by what was invoiced, received and written off; `other` is cash ahead of its
    invoice, a concession, interest not yet earned. A contract asset falls by what became due or was paid
    (`invoiced`) and otherwise moves with revenue. A contract liability falls by revenue out of its opening
    (`revenue`) and otherwise moves with what was due or received ahead of it (`invoiced`). A refund
    liability moves with its estimate (`other`). A deposit is received, and goes when the contract binds
    (`other`). A balance that neither stood nor moved has no row, nor one of a contract that cannot be
    measured, its receivable and deposit apart.
    """
    rows = _with_openings(points)
    each = ibis.union(*(_of(rows, name, moves) for name, moves in _moves(rows).items()))
    moved = (each[name] != 0 for name in ("opening_minor", *MOVEMENTS, "closing_minor"))
    stirred = next(moved)
    for one in moved:
        stirred |= one
    return each.filter(each.closing_minor.notnull() & each.opening_minor.notnull() & stirred)


def _with_openings(points: ir.Table) -> ir.Table:
    """Rows of periods with `x_opening` of each balance, and of the period `x_moved` of what is cumulative,
    `earned` (what revenue added) and `due` (what was invoiced or received of it)."""
    closing = {f"{name}_closing": points[f"{name}_minor"] for name in BALANCES}
    rows = points.select(*KEY, "is_bound", *_CUMULATIVE, *_EARNED, **closing)
    rows = rows.mutate(
        to_date=rows.revenue_minor + rows.interest_minor + rows.incentive_minor,
        net=rows.contract_asset_closing - rows.contract_liability_closing - rows.refund_liability_closing,
    )
    window = ibis.window(group_by=rows.contract_id, order_by=rows.period_index)
    first = ibis.row_number().over(window) == 0

    def before(name: str) -> ir.IntegerValue:
        return ibis.ifelse(first, 0, rows[name].lag().over(window))

    rows = rows.mutate(
        **{f"{name}_opening": before(f"{name}_closing") for name in BALANCES},
        **{f"{name}_moved": rows[name] - before(name) for name in _CUMULATIVE},
        earned=rows.to_date - before("to_date"),
        net_moved=rows.net - before("net"),
    )
    return rows.mutate(due=rows.earned - rows.net_moved).filter(rows.period_index > BEFORE)


def _moves(rows: ir.Table) -> dict[str, dict[str, ir.IntegerValue]]:
    """What moves each balance, all but one of its movements; that one is what is left (`_of`)."""
    became_due = ibis.least(rows.contract_asset_opening, ibis.greatest(rows.due, 0))
    released = ibis.least(rows.contract_liability_opening, ibis.greatest(rows.earned, 0))
    received = ibis.ifelse(rows.is_bound, 0, rows.deposit_closing - rows.deposit_opening)
    billed = {name: ibis.ifelse(rows.is_bound, rows[f"{name}_moved"], 0) for name in _CUMULATIVE}
    return {
        "receivable": {
            name: amount if name == "invoiced_minor" else -amount for name, amount in billed.items()
        },
        "contract_asset": {"invoiced_minor": -became_due},
        "contract_liability": {"revenue_minor": -released},
        "refund_liability": {},
        "deposit": {"received_minor": received},
    }


#: balance -> the movement that takes what its others leave
_REST = {"contract_asset": "revenue_minor", "contract_liability": "invoiced_minor"}


def _of(rows: ir.Table, name: str, moves: dict[str, ir.IntegerValue]) -> ir.Table:
    """The rows of one balance."""
    opening, closing = rows[f"{name}_opening"], rows[f"{name}_closing"]
    rest = closing - opening
    for amount in moves.values():
        rest -= amount
    none = ibis.literal(0, "int64")
    every = dict.fromkeys(MOVEMENTS, none) | moves | {_REST.get(name, "other_minor"): rest}
    return rows.select(
        *KEY,
        balance=ibis.literal(name),
        opening_minor=opening.cast("int64"),
        **{movement: amount.cast("int64") for movement, amount in every.items()},
        closing_minor=closing.cast("int64"),
    )
