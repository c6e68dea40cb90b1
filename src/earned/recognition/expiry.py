"""A right that nobody used: what was paid for an option is earned when it expires.

ASC 606-10-55-42, IFRS 15.B40: revenue of a material right is recognised when the goods or services that it
gives pass, or when the option expires. What was exercised before is earned as papers show it.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.recognition.admission import ALL, EVERY, LEAST_GRADE, POLICY
from earned.recognition.approval import approved
from earned.recognition.relevance import EVERYTHING

#: `kind` of the record that an expiry is: no paper shows it, the contract does
EXPIRY = "expiry"
_SCENARIOS = (POLICY, *LEAST_GRADE.values(), EVERY, ALL)


def options(books: Books) -> ir.Table:
    """obligation_id, contract_id, `expires_on` (as last changed; null: no known day) of every option."""
    obligations = books.tables["obligations"]
    named = books.tables["options"].select("obligation_id")
    by_method = obligations.filter(obligations.ssp_method == "option").select("obligation_id")
    rows = obligations.semi_join(named.union(by_method), "obligation_id")
    rows = rows.left_join(_extended(books), "obligation_id").drop("obligation_id_right")
    expires_on = ibis.coalesce(rows.new_end, rows.end_date)
    return rows.select("obligation_id", "contract_id", expires_on=expires_on)


def _extended(books: Books) -> ir.Table:
    """(obligation_id, new_end): the last day as the latest approved modification that names one has it."""
    listed = books.tables["modified_obligations"].filter(lambda t: t.end_date.notnull())
    rows = listed.semi_join(approved(books), ["contract_id", "version"])
    return rows.group_by("obligation_id").agg(new_end=rows.end_date.argmax(rows.version))


def any_options(books: Books) -> bool:
    """Whether the books may have an option at all."""
    return bool(books.filled.get("options")) or "ssp_method" in books.filled.get("obligations", frozenset())


def with_expiries(books: Books, rows: ir.Table) -> ir.Table:
    """Records that count (of `admission.judge`), and of each option one more on its last day: all is done.

    It takes its place after the papers of that day, and counts whichever papers do.
    """
    if not any_options(books):
        return rows
    ours = ibis.literal(books.manifest.company.entity_id or None, "string")
    contracts = books.tables["contracts"]
    of = contracts.select("contract_id", entity_id=ibis.coalesce(contracts.entity_id, ours))
    expired = options(books).filter(lambda t: t.expires_on.notnull()).join(of, "contract_id")
    known = expired.mutate(
        evidence_id=ibis.literal(EXPIRY + " ") + expired.obligation_id,
        kind=ibis.literal(EXPIRY),
        scenario=ibis.array([ibis.literal(s) for s in _SCENARIOS]).unnest(),
        event_date=expired.expires_on, own_date=expired.expires_on, counts_from=expired.expires_on,
        # Known when it was agreed, and so by every close.
        recorded_at=expired.expires_on.cast("timestamp"),
        progress=ibis.literal(EVERYTHING), is_whole=ibis.literal(True), is_cumulative=ibis.literal(True),
        is_rejection=ibis.literal(False), at_point=ibis.literal(False),
    )  # fmt: skip
    columns = {
        name: (known[name] if name in known.columns else ibis.null(str(kind))).cast(kind)
        for name, kind in rows.schema().items()
    }
    return rows.union(known.select(**columns))


def expiries(books: Books, units: ir.Table) -> ir.Table:
    """(unit_id, day): the last day of each option, on which its unit moves without any paper (P1)."""
    rows = options(books).filter(lambda t: t.expires_on.notnull())
    own = rows.join(units.select("unit_id"), [("obligation_id", "unit_id")])
    whole = rows.join(units.select("unit_id"), [("contract_id", "unit_id")])
    days = own.select("obligation_id", "expires_on").rename(unit_id="obligation_id", day="expires_on")
    return days.union(whole.select(unit_id="contract_id", day="expires_on")).distinct()
