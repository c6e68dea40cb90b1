"""A contract as a whole at each point: what was earned, at what price, and what it had cost by then.

What cost and contract costs are set against: ASC 606-10-55-20, 605-35-25-45, 340-40-35-1.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import end_of_day
from earned.recognition import progress
from earned.recognition.admission import POLICY
from earned.recognition.closing import closes_at_points, index_of
from earned.recognition.recognise import Recognition

QUANTITY = "decimal(38, 9)"
#: sorts of cost: what shows progress, materials not yet installed, work that was wasted (606-10-55-21)
COUNTED, UNINSTALLED, WASTED = 0, 1, 2


def at_points(rec: Recognition, those: ir.Table) -> ir.Table:
    """contract_id, period_index, last_date, `earned_minor` to date, `price_minor`: the price in force, net.

    One row a point and contract of `those` (rows with contract_id); 0 where nothing was earned yet.
    """
    terms = rec.terms.semi_join(those, "contract_id")
    contracts = terms.group_by("contract_id").agg(price_minor=terms.contract_net_minor.max())
    rows = _in_version(rec, contracts.cross_join(rec.marks.select("period_index", "last_date")))
    of = terms.select("obligation_id", "contract_id")
    earned = rec.earned.select("obligation_id", "period_index", "earned_minor").join(of, "obligation_id")
    earned = earned.group_by("contract_id", "period_index").agg(
        earned_minor=earned.earned_minor.sum().cast("int64")
    )
    rows = rows.left_join(earned, ["contract_id", "period_index"])
    return rows.select(
        "contract_id",
        "period_index",
        "last_date",
        earned_minor=rows.earned_minor.fill_null(0),
        price_minor=rows.price_minor.fill_null(0),
    )


def _in_version(rec: Recognition, rows: ir.Table) -> ir.Table:
    """With the price of the last version by the day, where a contract's price ever changed."""
    if rec.versions is None:
        return rows
    of = rec.versions.select("from_day", "step", version_of="contract_id", new_minor="price_minor").distinct()
    found = rows.join(of, [rows.contract_id == of.version_of, of.from_day <= rows.last_date])
    latest = ibis.row_number().over(
        group_by=[found.contract_id, found.period_index], order_by=ibis.desc(found.step)
    )
    found = found.mutate(latest=latest).filter(lambda t: t.latest == 0)
    found = found.select("contract_id", "period_index", "new_minor")
    rows = rows.left_join(found, ["contract_id", "period_index"])
    price = ibis.coalesce(rows.new_minor, rows.price_minor)
    return rows.select("contract_id", "period_index", "last_date", price_minor=price)


def in_force(books: Books, rec: Recognition, kind: str) -> ir.Table:
    """contract_id, obligation_id (null: of the contract), period_index, `amount_minor`, `quantity`.

    The version of each estimate of the kind that was known when the books of the period closed, for ever.
    """
    rows = books.tables["estimates"].filter(lambda t: t.kind == kind)
    rows = rows.select("contract_id", "obligation_id", "known_at", "amount_minor", "quantity")
    of = rec.terms.select(of_contract="contract_id", of_obligation="obligation_id")
    rows = rows.left_join(of, rows.obligation_id == of.of_obligation)
    rows = rows.mutate(contract_id=ibis.coalesce(rows.of_contract, rows.contract_id))
    entities = rec.terms.group_by("contract_id").agg(closes_for=rec.terms.entity_id.max().fill_null(""))
    rows = rows.drop("of_contract", "of_obligation").join(entities, "contract_id")
    rows = rows.mutate(known_by=end_of_day(rows.known_at, books.manifest.company.timezone))
    closes = closes_at_points(books, rec.marks)
    rows = rows.join(closes, [rows.closes_for == closes.day_entity, rows.known_by <= closes.closed_at])
    key = [rows.contract_id, rows.obligation_id, rows.period_index]
    rows = rows.mutate(newest=ibis.row_number().over(group_by=key, order_by=ibis.desc(rows.known_at)))
    return rows.filter(rows.newest == 0).select(
        "contract_id", "obligation_id", "period_index", "amount_minor", "quantity"
    )


def cost_to_date(books: Books, rec: Recognition) -> ir.Table:
    """contract_id, obligation_id (null: of the contract), period_index, `cost_minor`, `wasted_minor` of it.

    Every cost that papers show, also where progress is read from something else; a cumulative record
    replaces those of its own sort. Rows exist from the first cost on.
    """
    rows = _stated(books, rec, "cost", "amount_minor")
    wasted = (rows.scenario == WASTED).fill_null(False)
    rows = rows.group_by("contract_id", "obligation_id", "period_index").agg(
        cost=rows.done.sum(), wasted=rows.done.sum(where=wasted)
    )
    return rows.select(
        "contract_id",
        "obligation_id",
        "period_index",
        cost_minor=rows.cost.cast("int64"),
        wasted_minor=rows.wasted.fill_null(0).cast("int64"),
    )


def returned(books: Books, rec: Recognition) -> ir.Table:
    """obligation_id, period_index, `quantity`: units that came back by each point."""
    rows = _stated(books, rec, "return", "quantity")
    return rows.group_by("obligation_id", "period_index").agg(quantity=rows.done.sum().cast(QUANTITY))


def _stated(books: Books, rec: Recognition, kind: str, column: str) -> ir.Table:
    """What counted records of a kind come to by each point, by contract, obligation and sort (`scenario`)."""
    rows = _heard(books, rec, kind, column)
    streams = rows.select("stream", "contract_id", "named_id").distinct()
    own = index_of(rows.select(day="own_date").distinct(), rec.marks)
    first = index_of(rows.select(day="heard_date").distinct(), rec.marks)
    own = own.select(own_day="day", own_index="period_index")
    first = first.select(first_day="day", first_index="period_index")
    rows = rows.join(first, rows.heard_date == first.first_day).drop("first_day")
    rows = rows.left_join(own, rows.own_date == own.own_day).drop("own_day")
    rows = rows.mutate(own_index=rows.own_index.fill_null(progress.NEVER))
    states = progress.states(rows, rec.marks).rename(stream="obligation_id")
    ends = rec.marks.select("period_index")
    states = states.join(ends, [ends.period_index >= states.from_index, ends.period_index <= states.to_index])
    found = states.join(streams, "stream")
    return found.select(
        "contract_id", "period_index", "scenario", done=found.done.cast(QUANTITY), obligation_id="named_id"
    )


def _heard(books: Books, rec: Recognition, kind: str, column: str) -> ir.Table:
    """Records of a kind that the policy lets count, as `progress.states` reads them.

    A record that its obligation is not measured by shows no progress, but it shows what was spent or came
    back: it is held to the same grade and lateness.
    """
    judged = rec.judged.filter((rec.judged.scenario == POLICY) & (rec.judged.kind == kind))
    beside = (judged.misfit == "kind").fill_null(False) & ~judged.is_rejection & ~judged.refused
    willing = beside & (judged.accepted | (judged.graded & judged.known))
    in_time = judged.accepted | judged.timely
    late = ibis.greatest(judged.event_date, ibis.coalesce(judged.recorded_on, judged.event_date))
    heard = ibis.cases((willing & in_time, judged.event_date), (willing, late), else_=ibis.null("date"))
    judged = judged.mutate(heard_date=ibis.coalesce(judged.counts_from, heard), own_date=judged.event_date)
    judged = judged.filter(judged.heard_date.notnull())
    stated = books.tables["evidence"].select(
        "evidence_id", "basis", "counts_for_progress", "uninstalled", stated=books.tables["evidence"][column]
    )
    rows = judged.join(stated, "evidence_id").filter(lambda t: t.stated.notnull())
    sort = ibis.cases(
        (rows.uninstalled.fill_null(False), UNINSTALLED),
        (~rows.counts_for_progress.fill_null(True), WASTED),
        else_=COUNTED,
    )
    no = ibis.literal(False)
    # No number ends with a blank: what names only its contract is no obligation with the contract's number.
    stream = ibis.coalesce(rows.obligation_id, rows.contract_id + " ")
    return rows.select(
        "evidence_id", "contract_id", "own_date", "heard_date", "recorded_at",
        named_id="obligation_id",
        stream=stream,
        obligation_id=stream,
        scenario=sort.cast("int64"),
        quantity=ibis.null(QUANTITY),
        progress=rows.stated.cast(QUANTITY),
        is_cumulative=(rows.basis == "cumulative").fill_null(False),
        is_whole=no, is_rejection=no, at_point=no, beside=ibis.null("string"),
    )  # fmt: skip
