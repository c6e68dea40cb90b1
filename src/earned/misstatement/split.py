"""Every gap divided into parts that add up to it, and what became of it later (G1, G2; DESIGN section 6)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.engine import Keep, muldiv
from earned.recognition.closing import index_of
from earned.recognition.earning import conventions
from earned.recognition.recognise import Recognition
from earned.recognition.terms import STRAIGHT_LINE

#: in the order in which they are taken from the gap
PARTS = (
    "rounding",
    "convention",
    "not_bound",
    "over_price",
    "evidence_refused",
    "not_started",
    "unfinished",
    "above_usage",
    "late_recognition",
)
SUMMED_ONLY = ("rounding", "convention")
MILLION = 1_000_000
NO_WORK = ("submission", "other")


def parts(books: Books, rec: Recognition, keep: Keep) -> ir.Table:
    """unit_id, period_index, part, amount_minor (contract currency, never 0), the point before included."""
    cells = keep("gaps_with_facts", _with_facts(books, rec))
    beyond = keep("gaps_beyond_tolerance", cells.filter(cells.gap_minor.abs() > cells.tolerance_minor))
    near = keep("gaps_near", _by_other_convention(rec, beyond, keep))
    key = ["unit_id", "period_index"]
    rows = cells.filter(cells.gap_minor != 0)
    rows = rows.left_join(near, key).drop("unit_id_right", "period_index_right")
    return keep("gap_parts_all", _pieces(keep("gaps_divided", _divide(rows))))


def _with_facts(books: Books, rec: Recognition) -> ir.Table:
    """Cells with tolerance, whether the contract binds, and whether any work is dated by then (E13)."""
    policy = books.manifest.policy
    ends = rec.marks.select("period_index", day="last_date")
    facts = rec.units.select("unit_id", "contract_net_minor", "any_as_used", "service_from")
    cells = rec.cells.join(facts, "unit_id").join(ends, "period_index")
    worked = rec.pairs.filter(rec.pairs.kind.notin(NO_WORK))
    worked = worked.group_by(of="unit_id").agg(first_work=worked.event_date.min())
    cells = cells.left_join(worked, cells.unit_id == worked["of"]).drop("of")
    by_price = muldiv(
        cells.contract_net_minor.abs(), policy.at("tolerance.ppm_of_price", cells.day).cast("int64"), MILLION
    )
    tolerance = ibis.greatest(policy.at("tolerance.minor", cells.day).cast("int64"), by_price)
    begun = (cells.first_work <= cells.day).fill_null(False)
    served = (cells.service_from <= cells.day).fill_null(False)
    unbound = cells.never_bound | (cells.unit_bound_date > cells.day).fill_null(False)
    return cells.mutate(tolerance_minor=tolerance, worked=begun | served, unbound=unbound)


def _by_other_convention(rec: Recognition, beyond: ir.Table, keep: Keep) -> ir.Table:
    """Cells whose booked amount another straight-line convention gives, within the tolerance (G1)."""
    terms = rec.terms.semi_join(beyond, "unit_id")
    straight = terms.measure.isin(STRAIGHT_LINE)
    timed = conventions(terms, rec.versions, rec.marks)
    timed = timed.group_by("unit_id", "period_index", "convention").agg(
        by_time=timed.minor.sum().cast("int64")
    )
    timed = keep("gaps_by_convention", timed)  # seven rows a cell: the largest table of all
    others = rec.earned.join(terms.select("obligation_id", straight=straight), "obligation_id")
    by_papers = ibis.ifelse(others.straight, others.beside_minor, others.earned_minor)
    others = others.group_by("unit_id", "period_index").agg(by_papers=by_papers.sum().cast("int64"))
    key = ["unit_id", "period_index"]
    rows = beyond.select(*key, "booked_minor", "tolerance_minor").join(timed, key)
    rows = rows.left_join(others, key).drop("unit_id_right", "period_index_right")
    other = rows.by_time + rows.by_papers.fill_null(0)
    rows = rows.filter((rows.booked_minor - other).abs() <= rows.tolerance_minor)
    return rows.select(*key).distinct().mutate(near=True)


def _divide(rows: ir.Table) -> ir.Table:
    """Takes the parts from the gap in order, each limited to what is left."""
    gap = rows.gap_minor
    small = gap.abs() <= rows.tolerance_minor
    near = rows.near.fill_null(False)
    whole = ibis.cases((small, "rounding"), (near, "convention"), (rows.unbound, "not_bound"), else_="")
    over_price = ibis.ifelse(
        rows.any_as_used, 0, ibis.greatest(rows.booked_minor - rows.allocated_minor.fill_null(0), 0)
    )
    rows = rows.mutate(whole=whole, over_price=ibis.least(ibis.greatest(gap, 0), over_price))
    left = gap - rows.over_price
    refused = ibis.greatest(rows.earned_all_minor - rows.earned_minor, 0)
    rows = rows.mutate(evidence_refused=ibis.least(left, refused))
    rest = ibis.cases((~rows.worked, "not_started"), (rows.all_as_used, "above_usage"), else_="unfinished")
    return rows.mutate(rest=rest, rest_minor=rows.gap_minor - rows.over_price - rows.evidence_refused)


def _pieces(rows: ir.Table) -> ir.Table:
    divided = (rows.whole == "") & (rows.gap_minor > 0)
    late = (rows.whole == "") & (rows.gap_minor < 0)
    pieces = [
        _piece(rows.filter(rows.whole != ""), "whole", "gap_minor"),
        _piece(rows.filter(late).mutate(late=ibis.literal("late_recognition")), "late", "gap_minor"),
        *(
            _piece(rows.filter(divided).mutate(name=ibis.literal(p)), "name", p)
            for p in ("over_price", "evidence_refused")
        ),
        _piece(rows.filter(divided), "rest", "rest_minor"),
    ]
    return ibis.union(*pieces)


def _piece(rows: ir.Table, name: str, amount: str) -> ir.Table:
    rows = rows.select("unit_id", "period_index", part=rows[name], amount_minor=rows[amount].cast("int64"))
    return rows.filter(rows.amount_minor != 0)


def resolutions(books: Books, rec: Recognition) -> ir.Table:
    """unit_id, period_index -> `resolution`, `resolved_index` for positions with a gap above zero (G2)."""
    cells = rec.cells.filter(rec.cells.gap_minor.notnull())
    closed = ibis.ifelse(cells.gap_minor <= 0, cells.period_index, ibis.null("int64"))
    later = ibis.window(group_by=cells.unit_id, order_by=cells.period_index, rows=(1, None))
    open_cells = cells.mutate(resolved_index=closed.min().over(later)).filter(lambda t: t.gap_minor > 0)
    at = cells.select("unit_id", then="period_index", booked_then="booked_minor", earned_then="earned_minor")
    rows = open_cells.left_join(
        at, [open_cells.unit_id == at.unit_id, open_cells.resolved_index == at.then]
    ).drop("unit_id_right")
    fell = rows.booked_minor - rows.booked_then
    rose = rows.earned_then - rows.earned_minor
    rows = rows.mutate(fell=fell, rose=rose)
    rows = _with_events(books, rec, rows)
    how = ibis.cases(
        (rows.resolved_index.isnull(), "open"),
        (rows.fell <= 0, "performed"),
        ((rows.rose > 0) & (rows.rose >= rows.fell), "performed"),
        (rows.credited, "credited"),
        (rows.written_off, "written_off"),
        else_="reversed",
    )
    return rows.select("unit_id", "period_index", "resolved_index", resolution=how)


def _with_events(books: Books, rec: Recognition, rows: ir.Table) -> ir.Table:
    """Marks positions between which and their end a credit or a write-off lies."""
    spans = rows.filter(rows.resolved_index.notnull() & (rows.fell > 0))
    spans = spans.select("unit_id", "period_index", "resolved_index")
    spans = spans.join(rec.units.select("unit_id", "contract_id"), "unit_id")
    for name, events in (("credited", _credits(books, rec)), ("written_off", _write_offs(books, rec))):
        inside = spans.semi_join(
            events,
            [
                spans.contract_id == events.event_contract,
                events.event_unit.isnull() | (events.event_unit == spans.unit_id),
                events.event_index > spans.period_index,
                events.event_index <= spans.resolved_index,
            ],
        ).select(found_unit="unit_id", found_index="period_index")
        rows = rows.left_join(
            inside, [rows.unit_id == inside.found_unit, rows.period_index == inside.found_index]
        )
        rows = rows.mutate(**{name: rows.found_unit.notnull()}).drop("found_unit", "found_index")
    return rows


def _credits(books: Books, rec: Recognition) -> ir.Table:
    """Entries of kind credit, in their own period, and credit notes: of a unit where they name one."""
    entries = rec.unit_entries.filter(rec.unit_entries.kind == "credit")
    booked = entries.select(event_contract="contract_id", event_unit="unit_id", event_index="period_index")
    notes = books.tables["invoices"]
    notes = notes.filter((notes.kind == "credit_note") | (notes.kind.isnull() & (notes.amount_minor < 0)))
    units = rec.units.select(named_unit="unit_id")
    notes = notes.left_join(units, notes.obligation_id == units.named_unit)
    noted = notes.select(event_contract="contract_id", event_unit="named_unit", day="invoice_date")
    return booked.union(_in_time(noted, rec))


def _write_offs(books: Books, rec: Recognition) -> ir.Table:
    receipts = books.tables["receipts"].filter(lambda t: t.kind == "write_off")
    invoices = books.tables["invoices"].select("invoice_id", invoiced="contract_id")
    receipts = receipts.left_join(invoices, "invoice_id")
    written_off = receipts.select(
        event_contract=ibis.coalesce(receipts.contract_id, receipts.invoiced),
        event_unit=ibis.null("string"),
        day="receipt_date",
    )
    return _in_time(written_off, rec)


def _in_time(events: ir.Table, rec: Recognition) -> ir.Table:
    index = index_of(events.select("day").distinct(), rec.marks).rename(event_index="period_index")
    return events.join(index, "day").select("event_contract", "event_unit", "event_index")
