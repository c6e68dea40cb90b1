"""What must be so before anything is earned: a contract, goods held for the customer, goods that stay sold.

ASC 606-10-25-1 to 25-8 (contract), 55-81 to 55-84 (bill and hold), 55-79 to 55-80 (consignment), 55-66 to
55-78 (repurchase). A gate holds back, it does not take away: progress is cumulative, so that all that was
performed is earned on the day on which it opens.
"""

from __future__ import annotations

from functools import reduce
from operator import and_

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.recognition import repurchase

BILL_AND_HOLD = "bill_and_hold"
#: the criteria of a bill-and-hold arrangement (606-10-55-83); one that nobody wrote down is not met
FOUR = ("substantive_reason", "identified", "ready", "cannot_redirect")
#: gate of table criteria -> the paragraph that asks for it
PARAGRAPHS = {
    "contract": "ASC 606-10-25-1",
    BILL_AND_HOLD: "ASC 606-10-55-83",
    "repurchase": "ASC 606-10-55-66",
}
ELSE = "ASC 606-10-25-23"


def gates(books: Books, terms: ir.Table) -> ir.Table:
    """One row an obligation that has a gate; `terms` with their allocated price. Columns:

    obligation_id, `gate_from` (nothing is earned before that day; null: no day), `gate_shut` (never, as
    things stand), `gate_reason` and `gate_paragraph` of the gate that holds longest, `lapse_date` and
    `lapse_minor` (interest that is revenue with the price once a right to repurchase lapses, else 0; net).

    Bill and hold holds back acceptances, not the obligation (`with_arrangement`); it is in here with neither.
    """
    parts = [_none(terms)]
    if books.filled.get("criteria"):
        parts.append(_criteria(books, terms))
    if books.filled.get("repurchases"):
        parts.append(repurchase.holds(books, terms))
    if _arranged(books):
        parts.append(_held_ones(books))
    if len(parts) == 1:
        return parts[0]
    rows = reduce(lambda a, b: a.union(b.select(*a.columns)), parts)
    order = [rows.gate_shut.desc(), rows.gate_from.isnull(), rows.gate_from.desc(), rows.gate_reason]
    within = ibis.window(group_by=rows.obligation_id, order_by=order)
    whole = ibis.window(group_by=rows.obligation_id)
    rows = rows.mutate(
        gate_from=rows.gate_from.max().over(whole),
        gate_shut=rows.gate_shut.any().over(whole),
        lapse_date=rows.lapse_date.max().over(whole),
        lapse_minor=rows.lapse_minor.sum().over(whole).cast("int64"),
        rank=ibis.row_number().over(within),
    )
    return rows.filter(rows["rank"] == 0).drop("rank")


def with_gates(books: Books, terms: ir.Table) -> ir.Table:
    """Terms with `gate_from`, `gate_shut`, `gate_reason`, `gate_paragraph`, `lapse_date`, `lapse_minor`."""
    if not any(books.filled.get(table) for table in ("criteria", "repurchases")):
        none = {"gate_from": "date", "gate_reason": "string", "gate_paragraph": "string"}
        none |= {"lapse_date": "date", "lapse_minor": "int64"}
        nulls = {name: ibis.null(kind) for name, kind in none.items()}
        return terms.mutate(gate_shut=ibis.literal(False), **nulls)
    rows = terms.left_join(gates(books, terms), "obligation_id").drop("obligation_id_right")
    return rows.mutate(gate_shut=rows.gate_shut.fill_null(False))


def missing_judgements(books: Books, terms: ir.Table) -> ir.Table:
    """contract_id, obligation_id, field, choices, paragraph: what only a person can say of a repurchase."""
    if books.filled.get("repurchases"):
        return repurchase.missing(books, terms)
    text = {c: ibis.literal("") for c in ("field", "choices", "paragraph")}
    return terms.filter(ibis.literal(False)).select("contract_id", "obligation_id", **text)


def with_arrangement(books: Books, pairs: ir.Table) -> ir.Table:
    """Evidence with `consigned`, `waits`, `released` and `handed_over`, by the arrangement of its obligation.

    `consigned`: a delivery to the dealer passes no control (606-10-55-79). Of goods billed and held
    the customer's acceptance counts from `released`, the day on which every criterion is met; it `waits`
    while one is not, and then a later physical delivery is what counts (`handed_over`), unless rejected.
    """
    if not _arranged(books):
        no = ibis.literal(False)
        return pairs.mutate(consigned=no, waits=no, handed_over=no, released=ibis.null("date"))
    obligations = books.tables["obligations"]
    consigned = obligations.filter(obligations.arrangement == "consignment").select(
        "obligation_id", consigned=ibis.literal(True)
    )
    pairs = pairs.left_join(consigned, "obligation_id").drop("obligation_id_right")
    pairs = pairs.left_join(_held(books), "obligation_id").drop("obligation_id_right")
    shut = pairs.shut.fill_null(False)
    accepts = pairs.kind.isin(("acceptance", "submission")) & ~pairs.is_rejection
    group = ibis.window(group_by=pairs.obligation_id)
    accepted = pairs.event_date.min(where=(pairs.kind == "acceptance") & ~pairs.is_rejection).over(group)
    rejected = pairs.is_rejection.any().over(group)
    delivered = (pairs.kind == "delivery") & (accepted <= pairs.event_date).fill_null(False)
    return pairs.mutate(
        consigned=pairs.consigned.fill_null(False),
        waits=shut & accepts,
        handed_over=shut & delivered & ~rejected,
        released=ibis.ifelse(accepts & ~shut, pairs.open_from, ibis.null("date")),
    ).drop("shut", "open_from", "lacks")


def _arranged(books: Books) -> bool:
    return "arrangement" in books.filled.get("obligations", frozenset())


def _none(terms: ir.Table) -> ir.Table:
    """No gate, in the columns of all."""
    return terms.filter(ibis.literal(False)).select(
        "obligation_id",
        gate_from=ibis.null("date"),
        gate_shut=ibis.literal(False),
        gate_reason=ibis.null("string"),
        gate_paragraph=ibis.null("string"),
        lapse_date=ibis.null("date"),
        lapse_minor=ibis.literal(0, "int64"),
    )


def _stated(books: Books, of: ir.Table) -> ir.Table:
    """Criteria by obligation of `of`; one that names no obligation of its contract is of all (`of_all`)."""
    given = books.tables["criteria"]
    given = given.select(
        "contract_id", "gate", "met_date", named="obligation_id", criterion=given.criterion.strip().lower()
    )
    own = of.select("obligation_id", "contract_id", "arrangement")
    same = [given.contract_id == own.contract_id, given.named == own.obligation_id]
    named = given.join(own, same).mutate(of_all=ibis.literal(False))
    rest = given.anti_join(own, same).join(own, "contract_id").mutate(of_all=ibis.literal(True))
    columns = ("contract_id", "obligation_id", "arrangement", "gate", "criterion", "met_date", "of_all")
    return named.select(*columns).union(rest.select(*columns))


def _criteria(books: Books, terms: ir.Table) -> ir.Table:
    """A row a criterion; those of bill and hold are left to `_held` where goods are billed and held."""
    rows = _stated(books, terms)
    held = (rows.arrangement == BILL_AND_HOLD).fill_null(False)
    rows = rows.mutate(held=ibis.ifelse(rows.of_all, held.any().over(group_by=rows.contract_id), held))
    rows = rows.filter((rows.gate != BILL_AND_HOLD) | ~rows.held)
    shut = rows.met_date.isnull()
    return rows.select(
        "obligation_id",
        gate_from="met_date",
        gate_shut=shut,
        gate_reason=ibis.literal("criterion ") + rows.criterion + ibis.ifelse(shut, " is not met", " is met"),
        gate_paragraph=ibis.cases(*((rows.gate == g, p) for g, p in PARAGRAPHS.items()), else_=ELSE),
        lapse_date=ibis.null("date"),
        lapse_minor=ibis.literal(0, "int64"),
    )


def contract_criteria(books: Books, terms: ir.Table) -> ir.Table:
    """obligation_id, `gate_from`, `gate_shut`: when every criterion of a contract is met (25-1), if ever."""
    rows = _stated(books, terms)
    rows = rows.filter(rows.gate == "contract")
    return rows.group_by("obligation_id").agg(
        gate_from=rows.met_date.max(), gate_shut=rows.met_date.isnull().any()
    )


def _held(books: Books) -> ir.Table:
    """obligation_id of goods billed and held, `shut`, `open_from` (all are met), `lacks` (the first not)."""
    obligations = books.tables["obligations"]
    held = obligations.filter(obligations.arrangement == BILL_AND_HOLD)
    rows = _stated(books, held)
    rows = rows.filter(rows.gate == BILL_AND_HOLD)
    met = rows.met_date.notnull()
    each = {name: (met & (rows.criterion == name)).any() for name in FOUR}
    said = rows.group_by("obligation_id").agg(all_met=met.all(), open_from=rows.met_date.max(), **each)
    found = held.select("obligation_id").left_join(said, "obligation_id").drop("obligation_id_right")
    is_met = {name: found[name].fill_null(False) for name in FOUR}
    is_open = reduce(and_, is_met.values()) & found.all_met.fill_null(False)
    return found.select(
        "obligation_id",
        shut=~is_open,
        open_from=ibis.ifelse(is_open, found.open_from, ibis.null("date")),
        lacks=ibis.cases(*((~flag, name) for name, flag in is_met.items()), else_="another criterion"),
    )


def _held_ones(books: Books) -> ir.Table:
    rows = _held(books)
    waits = ibis.literal("billed and held: ") + rows.lacks + " is not met, only a delivery counts"
    return rows.select(
        "obligation_id",
        gate_from=ibis.null("date"),
        gate_shut=ibis.literal(False),
        gate_reason=ibis.ifelse(rows.shut, waits, "billed and held: an acceptance counts"),
        gate_paragraph=ibis.literal(PARAGRAPHS[BILL_AND_HOLD]),
        lapse_date=ibis.null("date"),
        lapse_minor=ibis.literal(0, "int64"),
    )
