"""One finding per unit with a gap: what was booked, what shows work, when recorded. Facts only (G3)."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from earned.books import Books
from earned.books.staff import on_duty
from earned.engine import Keep, amount_text
from earned.misstatement.split import NO_WORK, PARTS, SUMMED_ONLY
from earned.misstatement.wording import day_text
from earned.recognition.admission import POLICY
from earned.recognition.decisions import of_kind
from earned.recognition.recognise import Recognition
from earned.recognition.tables import allocations

#: reasons for which a paper is named in the text of a finding
DOUBTED = ("late", "refused_by_person", "grade")


def findings(
    books: Books, rec: Recognition, parts: ir.Table, cells: ir.Table, support: ir.Table, keep: Keep
) -> ir.Table:
    """The run's table findings, amounts in company currency; `cells` are translated positions."""
    listed = parts.filter(parts.part.notin(SUMMED_ONLY) & (parts.period_index >= 0))
    rows = listed.group_by("unit_id").agg(first_index=listed.period_index.min())
    rows = rows.join(_largest_part(listed), "unit_id").join(_gaps(books, cells, listed), "unit_id")
    rows = rows.left_join(_first_entry(rows, support), "unit_id").drop("unit_id_right")
    of = rec.units.select(
        "unit_id", "contract_id", "owner_id", "department_id", "currency", "exponent", "bound_date",
        "never_bound", "contract_net_minor", "allocated_minor",
    )  # fmt: skip
    rows = rows.join(of, "unit_id")
    rows = keep("findings_with_facts", _with_facts(books, rec, keep("findings_listed", rows)))
    finding_id = ibis.literal("F-") + rows.unit_id.hexdigest("sha256").substr(0, 10)
    rows = rows.mutate(finding_id=finding_id)
    decided = of_kind(rec.decisions, "finding", "confirm", "dismiss", "explain")
    rows = rows.left_join(decided, rows.finding_id == decided.subject_id)
    periods = books.calendar.select(first_index="period_index", first_period_id="period_id")
    rows = rows.join(periods, "first_index")
    status = ibis.cases(
        (rows.decision == "confirm", "confirmed"),
        (rows.decision == "dismiss", "dismissed"),
        (rows.decision == "explain", "explained"),
        else_="unreviewed",
    )
    return rows.select(
        "finding_id", "unit_id", "first_period_id", "part", "peak_gap_minor", "open_gap_minor",
        "first_entry_id", "owner_id", "department_id", text=_text(rows), status=status,
    )  # fmt: skip


def _largest_part(listed: ir.Table) -> ir.Table:
    place = ibis.cases(*((listed.part == p, i) for i, p in enumerate(PARTS)), else_=len(PARTS))
    order = [listed.amount_minor.abs().desc(), place]
    rank = ibis.row_number().over(group_by=listed.unit_id, order_by=order)
    return listed.mutate(rank=rank).filter(lambda t: t["rank"] == 0).select("unit_id", "part")


def _gaps(books: Books, cells: ir.Table, listed: ir.Table) -> ir.Table:
    """Peak gap (the largest in size that is listed, signed) and the gap still open at the last period end."""
    peaks = cells.semi_join(listed, ["unit_id", "period_index"])
    order = [peaks.gap_minor.abs().desc(), peaks.period_index]
    peaks = peaks.mutate(rank=ibis.row_number().over(group_by=peaks.unit_id, order_by=order))
    peaks = peaks.filter(lambda t: t["rank"] == 0).select("unit_id", peak_gap_minor="gap_minor")
    last = books.calendar.period_index.max().as_scalar()
    still = cells.filter(cells.period_index == last).select("unit_id", open_gap_minor="gap_minor")
    return peaks.left_join(still, "unit_id").drop("unit_id_right")


def _first_entry(rows: ir.Table, support: ir.Table) -> ir.Table:
    """The oldest entry not supported at the end of the first period with a part."""
    first = rows.select("unit_id", period_index="first_index")
    at = support.join(first, ["unit_id", "period_index"])
    return at.group_by("unit_id").agg(
        first_entry_id=at.entry_id.argmax(at.age), n_unsupported=at.entry_id.nunique()
    )


def _with_facts(books: Books, rec: Recognition, rows: ir.Table) -> ir.Table:
    entries = rec.unit_entries.select(
        first_entry_id="entry_id",
        entry_minor="amount_minor",
        entry_on="effective_date",
        preparer="preparer",
    )
    rows = rows.left_join(entries, "first_entry_id").drop("first_entry_id_right")
    staff = on_duty(books, rows.select("preparer", "entry_on").distinct(), "preparer", "entry_on")
    staff = staff.select(user="preparer", day="entry_on", preparer_name="name")
    rows = rows.left_join(staff, [("preparer", "user"), ("entry_on", "day")]).drop("user", "day")
    judged = rec.judged.filter(rec.judged.scenario == POLICY)
    doubted = judged.reason.isin(DOUBTED)
    work = _earliest(judged.filter(judged.kind.notin(NO_WORK) & ~doubted))
    work = work.select(work_of="unit_id", work_on="event_date", work_kind="kind")
    paper = _earliest(judged.filter(doubted)).select(
        paper_of="unit_id",
        paper_kind="kind",
        paper_on="event_date",
        paper_recorded="recorded_on",
        paper_reason="reason",
    )
    rows = rows.left_join(work, rows.unit_id == work.work_of).drop("work_of")
    rows = rows.left_join(paper, rows.unit_id == paper.paper_of).drop("paper_of")
    return _with_price(rec, rows.left_join(_gates(rec), "unit_id").drop("unit_id_right"))


def _gates(rec: Recognition) -> ir.Table:
    """Of each unit the gate that holds longest, and whether the contract itself waits for a signature."""
    terms = rec.terms
    shut = terms.gate_shut.any()
    held = ibis.ifelse(terms.gate_shut, terms.gate_reason, ibis.null("string")).max()
    return terms.group_by("unit_id").agg(
        unsigned=terms.status.isin(("draft", "pending")).fill_null(False).any(),
        gate_shut=shut,
        gate_from=terms.gate_from.max(),
        gate_reason=ibis.ifelse(shut, held, terms.gate_reason.argmax(terms.gate_from)),
    )


def _with_price(rec: Recognition, rows: ir.Table) -> ir.Table:
    """The allocated price as signed and as last changed; null where it never changed (M1)."""
    none = {"signed_minor": "int64", "changed_minor": "int64", "changed_on": "date", "changed_by": "string"}
    if rec.versions is None:
        return rows.mutate(**{name: ibis.null(kind) for name, kind in none.items()})
    prices = allocations(rec)
    prices = prices.filter((prices.version == 0) | prices.effective_date.notnull())
    of = prices.group_by("unit_id").agg(
        signed_minor=prices.allocated_minor.argmin(prices.version),
        changed_minor=prices.allocated_minor.argmax(prices.version),
        changed_on=prices.effective_date.argmax(prices.version),
        changed_by=prices.method.argmax(prices.version),
        last_version=prices.version.max(),
    )
    of = of.filter((of.last_version > 0) & (of.changed_minor != of.signed_minor))
    return rows.left_join(of, "unit_id").drop("unit_id_right", "last_version")


def _earliest(papers: ir.Table) -> ir.Table:
    """The earliest record of each unit."""
    order = [papers.event_date, papers.evidence_id, papers.obligation_id]
    rank = ibis.row_number().over(group_by=papers.unit_id, order_by=order)
    return papers.mutate(rank=rank).filter(lambda t: t["rank"] == 0)


def _text(rows: ir.Table) -> ir.StringValue:
    """As "1,200,000.00 booked 29 Jun 2021 by SIM Zhao; first hours 14 Sep 2021; acceptance dated …"."""
    who = ibis.coalesce(rows.preparer_name, rows.preparer)
    booked = ibis.ifelse(
        rows.first_entry_id.isnull(),
        ibis.literal("no entry above what was earned"),
        amount_text(rows.entry_minor, rows.exponent)
        + " "
        + rows.currency
        + " booked "
        + day_text(rows.entry_on)
        + ibis.ifelse(who.isnull(), ibis.literal(""), ibis.literal(" by ") + who.fill_null("")),
    )
    more = ibis.ifelse(
        rows.n_unsupported > 1,
        ibis.literal(", the first of ") + rows.n_unsupported.cast("string") + " entries",
        ibis.literal(""),
    )
    work = ibis.ifelse(
        rows.work_on.isnull(),
        ibis.ifelse(rows.paper_on.isnull(), "; no work recorded", "; no other work recorded"),
        ibis.literal("; first ") + rows.work_kind + " " + day_text(rows.work_on),
    )
    segments = [booked, more.fill_null(""), work, _paper(rows), _binding(rows), _price(rows), _last(rows)]
    return ibis.literal("").join([s.fill_null("") for s in segments])


def _paper(rows: ir.Table) -> ir.StringValue:
    how = ibis.cases(
        (rows.paper_reason == "refused_by_person", " was refused by a person"),
        (rows.paper_reason == "grade", " was made by a person who owns the contract or has a target"),
        else_="",
    )
    recorded = ibis.ifelse(
        (rows.paper_reason == "late") & rows.paper_recorded.notnull(),
        ibis.literal(" was recorded ") + day_text(rows.paper_recorded),
        how,
    )
    return ibis.literal("; ") + rows.paper_kind + " dated " + day_text(rows.paper_on) + recorded


def _binding(rows: ir.Table) -> ir.StringValue:
    """What holds revenue back: no contract yet, or a criterion, a repurchase, goods billed and held."""
    unbound = rows.part == "not_bound"
    waits = unbound | rows.part.isin(("not_started", "unfinished"))
    gate = ibis.literal("; ") + rows.gate_reason
    opens = ibis.ifelse(rows.gate_from.isnull(), "", ibis.literal(" from ") + day_text(rows.gate_from))
    return ibis.cases(
        (unbound & rows.never_bound & rows.unsigned, "; the contract is a draft or pending"),
        (waits & rows.gate_shut & rows.gate_reason.notnull(), gate),
        (unbound & rows.never_bound, "; a criterion of the contract is not met"),
        (waits & rows.gate_reason.notnull(), gate + opens),
        (
            unbound & rows.bound_date.notnull(),
            ibis.literal("; the contract binds from ") + day_text(rows.bound_date),
        ),
        else_="",
    )


def _price(rows: ir.Table) -> ir.StringValue:
    """The price where it was exceeded, and where it changed."""
    signed = rows.signed_minor.notnull()
    price = amount_text(ibis.coalesce(rows.signed_minor, rows.allocated_minor, 0), rows.exponent)
    changed = (
        ibis.literal(", ")
        + amount_text(rows.changed_minor.fill_null(0), rows.exponent)
        + " from "
        + day_text(rows.changed_on)
        + " ("
        + rows.changed_by.replace("_", " ")
        + ")"
    )
    named = ibis.literal("; allocated price ") + price + ibis.ifelse(signed, changed, "").fill_null("")
    return ibis.ifelse((rows.part == "over_price") | signed, named, "")


def _last(rows: ir.Table) -> ir.StringValue:
    return ibis.cases(
        (rows.part == "late_recognition", "; booked less than was earned by then"),
        (rows.open_gap_minor == 0, "; no gap is left at the last period end"),
        else_="",
    )
