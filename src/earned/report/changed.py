"""What a report shows beside the gap: prices and estimates that changed, balances of contracts, policies.

From a run's tables to few rows: sums by period and currency, and the largest changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from earned.recognition.approval import approved

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from earned.run import Run

#: So many changes, the largest, are held for the page and the workpaper.
LARGEST = 1_000
_BALANCES = (
    "receivable_minor", "contract_asset_minor", "contract_liability_minor", "refund_liability_minor",
    "deposit_minor",
)  # fmt: skip
_MOVEMENTS = (
    "opening_minor", "invoiced_minor", "received_minor", "written_off_minor", "revenue_minor", "other_minor",
    "closing_minor",
)  # fmt: skip


def changes(run: Run) -> ir.Table:
    """A row a unit and period in which its price or an estimate of it changed, the largest first.

    unit_id, period_id, contract_id, currency, `methods` (what changed the price, else empty), before_minor
    and after_minor (allocated price, null where it did not change), effect_minor on work done before
    (606-10-32-43, 250-10-50-4); in the currency of the contract.
    """
    rows = _rows(run)
    return rows.order_by([rows.effect_minor.abs().desc(), rows.unit_id, rows.period_id]).limit(LARGEST)


def change_sums(run: Run) -> ir.Table:
    """period_id, currency, `n` changes and the sum of their effects."""
    rows = _rows(run)
    return rows.group_by("period_id", "currency").agg(
        n=rows.count(), effect_minor=rows.effect_minor.sum().cast("int64")
    )


def versions(run: Run) -> ir.Table:
    """Every version of a unit's price with `decided_by`: who judged the modification or made the estimate."""
    rows = run.tables["allocations"].expression
    units = run.tables["units"].expression.select("unit_id", "contract_id")
    rows = rows.join(units, "unit_id")
    judged = approved(run.books)
    judged = judged.group_by("contract_id", effective_date=judged.from_day).agg(judge=judged.decided_by.max())
    made = run.books.tables["estimates"].filter(lambda t: t.kind == "variable_price")
    of = run.books.tables["obligations"].select("obligation_id", of_contract="contract_id")
    made = made.left_join(of, "obligation_id")
    made = made.group_by(
        contract_id=ibis.coalesce(made.contract_id, made.of_contract, made.obligation_id),
        effective_date=made.known_at,
    ).agg(maker=made.made_by.max())
    key = ["contract_id", "effective_date"]
    rows = rows.left_join(judged, key).drop("contract_id_right", "effective_date_right")
    rows = rows.left_join(made, key)
    who = ibis.ifelse(rows.method == "price_estimate", rows.maker, rows.judge)
    return rows.select(
        "unit_id", "version", "effective_date", "price_minor", "allocated_minor", "method",
        decided_by=ibis.ifelse(rows.version > 0, who, ibis.null("string")),
    )  # fmt: skip


def balances(run: Run) -> ir.Table:
    """period_id, currency and the sums of each balance over contracts (606-10-45-1 to 45-4).

    No rows where the books hold neither invoices nor receipts: nothing could be due or received.
    """
    rows = run.tables["contract_balances"].expression.join(_currencies(run), "contract_id")
    sums = {c: rows[c].sum().cast("int64").fill_null(0) for c in _BALANCES}
    return rows.group_by("period_id", "currency").agg(**sums).filter(ibis.literal(_billed(run)))


def balance_movements(run: Run) -> ir.Table:
    """period_id, currency, balance and the sums over contracts of what moved it (606-10-50-8).

    No rows where the books hold neither invoices nor receipts, as for `balances`.
    """
    rows = run.tables["balance_movements"].expression.join(_currencies(run), "contract_id")
    sums = {c: rows[c].sum().cast("int64") for c in _MOVEMENTS}
    return rows.group_by("period_id", "currency", "balance").agg(**sums).filter(ibis.literal(_billed(run)))


def remaining(run: Run) -> ir.Table:
    """period_id, currency, year, amount_minor: what is still to be transferred (606-10-50-13)."""
    rows = run.tables["remaining_obligations"].expression.join(_currencies(run), "contract_id")
    return rows.group_by("period_id", "currency", "year").agg(
        amount_minor=rows.amount_minor.sum().cast("int64")
    )


def policy_changes(run: Run) -> list[dict[str, Any]]:
    """Steps of a dated policy that begin within the periods reported: name, from, old, new, who and why."""
    periods = {p["period_id"] for p in run.periods}
    days = [p for p in run.books.engine.rows(run.books.calendar) if p["period_id"] in periods]
    if not days:
        return []
    first, last = min(d["first_date"] for d in days), max(d["last_date"] for d in days)
    policy = run.books.manifest.policy
    return [
        {
            "name": name,
            "from": step.first,
            "old": _plain(policy.steps(name)[len(policy.steps(name)) - len(steps) + i - 1][1]),
            "new": _plain(step.value),
            "decided_by": step.decided_by,
            "note": step.note,
        }
        for name, steps in sorted(policy.written.items())
        for i, step in enumerate(steps)
        if step.first and first < step.first <= last
    ]


def _plain(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _billed(run: Run) -> bool:
    return any(run.books.filled.get(table) for table in ("invoices", "receipts"))


def _currencies(run: Run) -> ir.Table:
    return run.tables["units"].expression.select("contract_id", "currency").distinct()


def _rows(run: Run) -> ir.Table:
    """Units and periods with a new price or an effect of one, or of an estimate, on work done before."""
    moved, effects = _prices(run), run.tables["estimate_changes"].expression
    effects = effects.group_by("unit_id", "period_id").agg(
        effect_minor=effects.effect_minor.sum().cast("int64")
    )
    key = ["unit_id", "period_id"]
    rows = moved.select(*key).union(effects.select(*key), distinct=True)
    for more in (moved, effects):
        rows = rows.left_join(more, key).drop(*(f"{k}_right" for k in key))
    units = run.tables["units"].expression.select("unit_id", "contract_id", "currency")
    rows = rows.join(units, "unit_id")
    rows = rows.filter(rows.period_id.isin([p["period_id"] for p in run.periods]))
    return rows.mutate(effect_minor=rows.effect_minor.fill_null(0), methods=rows.methods.fill_null(""))


def _prices(run: Run) -> ir.Table:
    """unit_id, period_id, `methods` in their order, the allocated price before and after the period."""
    rows = run.tables["allocations"].expression
    order = ibis.window(group_by=rows.unit_id, order_by=rows.version)
    rows = rows.mutate(was_minor=rows.allocated_minor.lag().over(order))
    rows = rows.filter((rows.version > 0) & rows.effective_date.notnull())
    calendar = run.books.calendar.select("period_id", "first_date", "last_date")
    rows = rows.join(
        calendar, [rows.effective_date >= calendar.first_date, rows.effective_date <= calendar.last_date]
    )
    kinds = rows.group_by("unit_id", "period_id", "method").agg(
        version=rows.version.min(),
        last_version=rows.version.max(),
        before=rows.was_minor.argmin(rows.version),
        after=rows.allocated_minor.argmax(rows.version),
    )
    return kinds.group_by("unit_id", "period_id").agg(
        methods=kinds.method.group_concat(" ", order_by=kinds.version),
        before_minor=kinds.before.argmin(kinds.version),
        after_minor=kinds.after.argmax(kinds.last_version),
    )
