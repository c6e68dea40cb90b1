"""What could not be tested, in one sentence each, and what one would have to supply."""

from __future__ import annotations

import ibis.expr.types as ir

from earned import money
from earned.books import Books
from earned.recognition.approval import as_promised
from earned.recognition.recognise import Recognition
from earned.recognition.variable import placed

#: table or column that is missing -> what cannot be said without it
WITHOUT = {
    "announced": "the share of announced revenue: no published figure is in the books",
    "trial_balance": "whether the entries are complete: there is no balance to tie them to",
    "ledger": "the other side of the entries: the full general ledger is not in the books",
    "forecast": "the effect on guidance: no forecast by contract is in the books",
    "targets": "pressure from targets, and which papers people with a target made: there are none",
}
COLUMNS = {
    ("evidence", "recorded_at"): "when papers were made: no record says when it came to be",
    ("evidence", "maker"): "who made the papers: every paper counts as the company's own (grade C)",
    ("contracts", "bound_date"): "from when contracts bind: no binding or customer's signature date is given",
    ("entries", "preparer"): "who prepared the entries",
    ("entries", "approver"): "who approved the entries",
}


def gaps(books: Books, rec: Recognition) -> list[dict[str, str]]:
    """`what` could not be tested and what it `needs`; the gravest first."""
    if not books.filled.get("contracts"):
        what = "revenue earned: recognition did not run, there are no contracts to measure against"
        return [{"what": what, "needs": "`contracts` and `evidence`"}, *_missing(books)]
    return [*_evidence(books), *_units(books, rec), *_assumed(books, rec), *_missing(books), _procedures()]


def foreseen(books: Books) -> list[dict[str, str]]:
    """`gaps` as far as they can be told before anything is recognised; the gravest first."""
    if not books.filled.get("contracts"):
        what = "revenue earned: there are no contracts to measure against"
        return [{"what": what, "needs": "`contracts` and `evidence`"}, *_missing(books)]
    return [*_evidence(books), *_missing(books), _procedures()]


def _evidence(books: Books) -> list[dict[str, str]]:
    """Without any paper everything that rests on one counts as unsupported: said before anything else."""
    if books.filled.get("evidence"):
        return []
    what = "the work itself: no evidence is in the books, so whatever needs a paper has none"
    return [{"what": what, "needs": "`evidence`"}]


def _units(books: Books, rec: Recognition) -> list[dict[str, str]]:
    """Units without a figure, by reason, with the revenue booked on them."""
    untested = rec.units.filter(rec.units.not_tested.notnull())
    entries = rec.unit_entries.filter(~rec.unit_entries.is_opening)
    booked = entries.group_by("unit_id").agg(minor=entries.company_minor.sum().cast("int64"))
    rows = untested.left_join(booked, "unit_id")
    sums = rows.group_by("not_tested").agg(units=rows.count(), minor=rows.minor.sum().cast("int64"))
    return [
        {
            "what": f"{_many(r['units'], 'unit')}{_worth(books, r['minor'])}: {r['not_tested']}",
            "needs": _remedy(r["not_tested"]),
        }
        for r in books.engine.rows(sums.order_by("not_tested"))
    ]


def _remedy(reason: str) -> str:
    if "currency of its contract" in reason:
        return "`entries.amount` and `entries.currency` in the contract's currency"
    if "currency" in reason:
        return "`entries.functional_amount`, or spot rows in `rates`"
    if "rejected" in reason:
        return "the rejected rows of `obligations`, corrected"
    if "policy.ssp_outside_range" in reason:
        return "`policy.ssp_outside_range`"
    if "repurchase" in reason:
        return "`repurchases.expected_value` or `repurchases.incentive`"
    if "residual" in reason:
        return "`obligations.ssp_low`, `ssp_high` or `ssp`"
    if "selling price" in reason:
        return "`obligations.ssp`"
    if "unit price" in reason:
        return "`obligations.unit_price`"
    if "quantity" in reason:
        return "`obligations.total_quantity` or `estimates`"
    return "`obligations.measure`, `start_date` and `end_date`"


def _assumed(books: Books, rec: Recognition) -> list[dict[str, str]]:
    """Figures that rest on an assumption: openings, obligations, papers without a day of recording."""
    found = []
    opened = _count(rec.units.filter(rec.units.opening == "assumed"))
    if opened:
        what = f"the opening of {_many(opened, 'unit')} begun before the window: measured on movement only"
        found.append(
            {"what": what, "needs": "`obligations.booked_before`, or rows of `entries` with `is_opening`"}
        )
    assumed = _count(rec.terms.filter(rec.terms.assumed))
    if assumed:
        worth = _worth(books, _revenue_on(rec, rec.terms.filter(rec.terms.assumed), "obligation_id"))
        what = f"what {_many(assumed, 'contract')} promised{worth}: one obligation was assumed for each"
        found.append({"what": what, "needs": "`obligations`"})
    unknown = rec.judged.filter((rec.judged.scenario == 0) & rec.judged.counts_from.notnull())
    unknown = unknown.filter(unknown.recorded_at.isnull())
    if "recorded_at" in books.filled.get("evidence", frozenset()) and _count(unknown):
        worth = _worth(books, _revenue_on(rec, unknown, "obligation_id"))
        what = f"when {_many(_count(unknown), 'paper')} that count came to be{worth}"
        found.append({"what": what, "needs": "`evidence.recorded_at`"})
    combined = books.tables["contracts"].filter(lambda t: t.combined_with.notnull())
    if _count(combined):
        what = f"{_many(_count(combined), 'contract')} combined with another: each was measured on its own"
        found.append({"what": what, "needs": "the combined contract as one row"})
    return [*found, *_changes(books)]


def _changes(books: Books) -> list[dict[str, str]]:
    """Modifications that nobody approved, and judgements that move revenue and nobody put a name to."""
    found = []
    modified, estimates = books.tables["modifications"], books.tables["estimates"]
    approved = modified.approved_date.notnull()
    if books.filled.get("modifications"):
        if open_ := _count(modified.filter(~approved)):
            what = f"{_many(open_, 'modification')} that nobody approved: measured as if there were none"
            found.append({"what": what, "needs": "`modifications.approved_date`"})
        if silent := _count(modified.filter(approved & modified.decided_by.isnull())):
            what = f"who judged the treatment of {_many(silent, 'modification')}"
            found.append({"what": what, "needs": "`modifications.decided_by`"})
    if books.filled.get("estimates"):
        variable = estimates.filter(estimates.kind == "variable_price")
        if silent := _count(variable.filter(variable.made_by.isnull())):
            what = f"who made {_many(silent, 'estimate')} of variable price"
            found.append({"what": what, "needs": "`estimates.made_by`"})
        if early := _promised_by_none(books, variable):
            what = f"{_many(early, 'estimate')} of what only a modification promises that nobody approved"
            found.append({"what": what, "needs": "`modifications.approved_date`"})
    return found


def _promised_by_none(books: Books, variable: ir.Table) -> int:
    """How many variable amounts belong to a modification that is not in force (M1)."""
    obligations = books.tables["obligations"]
    rows = placed(variable, obligations).mutate(from_day=lambda t: t.known_at)
    return _count(rows) - _count(as_promised(books, rows, obligations))


def _revenue_on(rec: Recognition, rows: ir.Table, key: str) -> int | None:
    """Earned revenue at the last period end of the obligations of some rows, as numbers added up."""
    last = rec.earned.filter(rec.earned.period_index == rec.marks.period_index.max().as_scalar())
    total = last.semi_join(rows.select(key).distinct(), key).earned_minor.sum().cast("int64")
    found: int | None = total.to_pyarrow().as_py()
    return found


def _missing(books: Books) -> list[dict[str, str]]:
    tables = [
        {"what": what, "needs": f"`{table}`"}
        for table, what in WITHOUT.items()
        if not books.filled.get(table)
    ]
    columns = [
        {"what": what, "needs": f"`{table}.{column}`"}
        for (table, column), what in COLUMNS.items()
        if books.filled.get(table) and column not in books.filled[table]
    ]
    return tables + columns


def _procedures() -> dict[str, str]:
    what = "what papers, ledger and clock contradict: the audit procedures are not in this version"
    return {"what": what, "needs": "a later version of earned"}


def _count(rows: ir.Table) -> int:
    return int(rows.count().to_pyarrow().as_py())


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _worth(books: Books, minor: int | None) -> str:
    if not minor:
        return ""
    currency = books.manifest.company.currency
    return f" ({money.as_text(minor, currency)} {currency})"
