"""The rows of the workpaper's detail sheets as expressions: in order, at most so many, the rest summed.

Nothing is held: the engine sorts and joins, `batches` hands the rows on as they come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from earned.report.view import View

#: Tables of a run and of its books that the workpaper reads, by name.
Source = Mapping[str, ir.Table]
Columns = Mapping[str, Sequence[Any]]

#: Dimensions of misstatement in the order in which they stand in Periods.
DIMENSIONS = (
    *("total", "part", "entity", "department", "owner", "customer", "preparer", "approver", "contract"),
)
#: Amounts of misstatement, of a period but for the gap.
FIGURES = (
    *("booked_minor", "earned_minor", "net_minor", "gap_minor", "arising_minor", "reversed_by_work_minor"),
    *("reversed_by_entry_minor", "under_arising_minor", "under_reversed_minor"),
)
#: Parts that are summed and never listed as findings (G3).
UNLISTED = ("rounding", "convention")


@dataclass(frozen=True)
class Lines:
    """The rows of a sheet: `here` those it has room for, with their place `line` from 0, `rest` the others.

    `count` of them in all, `most` here. `by_unit`: unit_id, `n` rows, `before` it so many of others.
    """

    here: ir.Table
    rest: ir.Table
    count: int
    most: int
    by_unit: ir.Table | None = None


def source_of(view: View) -> Source:
    """The tables behind a view: those of its run, else its own Arrow tables."""
    return view.streams or {name: ibis.memtable(table) for name, table in view.tables.items()}


def batches(rows: ir.Table, *order: str) -> Iterator[Columns]:
    """The rows in order, some thousand at a time, as lists by column."""
    for batch in rows.order_by(order or ("line",)).to_pyarrow_batches(chunk_size=8_192):
        yield {name: batch.column(i).to_pylist() for i, name in enumerate(batch.schema.names)}


def records(rows: ir.Table) -> list[dict[str, Any]]:
    """A small result as rows."""
    found: list[dict[str, Any]] = rows.to_pyarrow().to_pylist()
    return found


def numbered(rows: ir.Table, most: int, *order: Any) -> Lines:
    """Rows with their place in the order given."""
    lined = rows.mutate(line=ibis.row_number().over(order_by=list(order)))
    count = int(rows.count().to_pyarrow().as_py())
    return Lines(lined.filter(lined.line < most), lined.filter(lined.line >= most), count, most)


def numbered_by_finding(rows: ir.Table, most: int, *order: Any) -> Lines:
    """Rows of findings in the order of these: only those of findings that have room are ever sorted."""
    counted = rows.group_by("unit_id", "place").agg(n=rows.count())
    before = counted.n.sum().over(ibis.cumulative_window(order_by=counted.place)).cast("int64") - counted.n
    counted = counted.mutate(before=before).cache()
    near = rows.semi_join(counted.filter(counted.before < most), "unit_id")
    far = rows.semi_join(counted.filter(counted.before >= most), "unit_id")
    lined = near.mutate(line=ibis.row_number().over(order_by=[near.place, *(near[c] for c in order)])).cache()
    rest = lined.filter(lined.line >= most).drop("line").union(far)
    count = int(counted.n.sum().fill_null(0).to_pyarrow().as_py())
    return Lines(lined.filter(lined.line < most), rest, count, most, counted)


def total(column: Any) -> Any:
    """The exact sum of a column of minor units, nil of no rows."""
    return column.sum().cast("int64").fill_null(0)


def ranked(source: Source) -> ir.Table:
    """unit_id, finding_id and the finding's place: the largest peak gap of either sign first, then by id."""
    found = source["findings"]
    size = found.peak_gap_minor.abs().fill_null(0)
    place = ibis.row_number().over(order_by=[ibis.desc(size), found.finding_id])
    return found.select("unit_id", "finding_id", place=place)


def of_findings(source: Source, table: str, *columns: str) -> ir.Table:
    """Rows of a table by unit, of the units with a finding, with the finding, its place and its currency."""
    units = source["units"].select("unit_id", "currency")
    rows = source[table].select("unit_id", *columns).join(ranked(source), "unit_id")
    return rows.left_join(units, "unit_id").drop("unit_id_right")


def by_period(source: Source, most: int) -> Lines:
    """Positions of units with a finding, with the part of the gap that is listed."""
    columns = (
        *("period_id", "booked_minor", "earned_minor", "gap_minor", "allocated_minor", "progress_ppm"),
        *("earned_at_close_minor", "earned_all_minor", "resolution", "resolved_period_id"),
    )
    parts = source["gap_parts"].filter(~source["gap_parts"].part.isin(UNLISTED))
    listed = parts.group_by("unit_id", "period_id").agg(listed_minor=total(parts.amount_minor))
    rows = of_findings(source, "positions", *columns).left_join(listed, ["unit_id", "period_id"])
    rows = rows.drop("unit_id_right", "period_id_right")
    rows = rows.mutate(
        listed_minor=rows.listed_minor.fill_null(0),
        at_close_minor=rows.earned_at_close_minor.nullif(rows.earned_minor),
        all_minor=rows.earned_all_minor.nullif(rows.earned_minor),
        after=rows.resolution + ":" + rows.resolved_period_id.fill_null(""),
    )
    return numbered_by_finding(rows, most, "period_id")


def entries(source: Source, most: int) -> Lines:
    """Entries of units with a finding at each period end at which part of them was unsupported."""
    rows = of_findings(source, "entry_support", "entry_id", "period_id", "amount_minor", "unsupported_minor")
    rows = rows.filter(rows.unsupported_minor > 0)
    return numbered_by_finding(rows, most, "entry_id", "period_id")


def entries_as_read(lines: Lines, source: Source) -> ir.Table:
    """The entries' lines that stand here, each with the books' own row."""
    columns = (
        *("entry_id", "effective_date", "posted_at", "preparer", "approver", "description"),
        *("source_file", "source_row"),
    )
    return lines.here.left_join(source["entries"].select(*columns), "entry_id").drop("entry_id_right")


def papers(source: Source, most: int) -> Lines:
    """Papers of units with a finding: whether and from when each counts, and why."""
    rows = of_findings(source, "evidence_used", "evidence_id", "effective_date", "grade", "counts", "reason")
    dated = source["evidence"].select("evidence_id", "event_date")
    rows = rows.left_join(dated, "evidence_id").drop("evidence_id_right")
    late = (rows.effective_date > rows.event_date) | (rows.reason == "accepted_by_person")
    mark = ibis.ifelse(rows.counts, ibis.ifelse(late.fill_null(False), "later", "counts"), "not")
    rows = rows.mutate(mark=mark)
    return numbered_by_finding(rows, most, "event_date", "evidence_id")


def papers_as_read(lines: Lines, source: Source) -> ir.Table:
    """The papers' lines that stand here, each with the books' own row."""
    columns = (
        *("evidence_id", "number", "kind", "stage", "result", "recorded_at", "maker", "made_by", "signer"),
        *("source_file", "source_row"),
    )
    return lines.here.left_join(source["evidence"].select(*columns), "evidence_id").drop("evidence_id_right")


def findings(source: Source, most: int, behind: Mapping[str, ir.Table]) -> Lines:
    """Findings with their unit, and for each sheet of `behind` how many rows there and the first of them."""
    units = source["units"].select("unit_id", "contract_id", "customer_id", "currency")
    rows = source["findings"].join(ranked(source).select("unit_id", "place"), "unit_id")
    rows = rows.left_join(units, "unit_id").drop("unit_id_right")
    for name, counted in behind.items():
        rows = rows.left_join(counted.select("unit_id", "n", "before"), "unit_id").drop("unit_id_right")
        first = ibis.ifelse(rows.before < most, rows.before, ibis.null("int64"))
        rows = rows.mutate(**{f"{name}_n": rows.n, f"{name}_line": first}).drop("n", "before")
    return numbered(rows, most, rows.place)


def unlinked(source: Source, most: int) -> Lines:
    """Entries that name no contract."""
    rows = source["unlinked"]
    return numbered(rows, most, rows.period_id, rows.entry_id)


def unlinked_as_read(lines: Lines, source: Source) -> ir.Table:
    """The lines that stand here, each with the books' own row."""
    columns = ("entry_id", "effective_date", "preparer", "description", "source_file", "source_row")
    return lines.here.left_join(source["entries"].select(*columns), "entry_id").drop("entry_id_right")


def periods(source: Source, most: int) -> Lines:
    """Total and parts in every period; the members of other dimensions where they have a difference."""
    rows = source["misstatements"]
    always = rows.dimension.isin(("total", "part"))
    rows = rows.filter((always | moved(rows)) & rows.dimension.isin(DIMENSIONS))
    rank = rows.dimension.cases(*((d, i) for i, d in enumerate(DIMENSIONS)), else_=len(DIMENSIONS))
    kept = rows.select("dimension", "member", "period_id", *FIGURES, rank=rank)
    # Lead looks the total and the parts up by name: they always stand here.
    least = int(kept.filter(kept["rank"] < 2).count().to_pyarrow().as_py())
    return numbered(kept, max(most, least), kept["rank"], kept.member, kept.period_id)


def moved(rows: ir.Table) -> Any:
    """Whether a row of misstatements has a difference."""
    return (rows.gap_minor.fill_null(0) != 0) | (rows.net_minor.fill_null(0) != 0)


def still(source: Source) -> ir.Table:
    """The contracts without a difference, a row a period: what completes the contracts that are listed."""
    rows = source["misstatements"]
    rows = rows.filter((rows.dimension == "contract") & ~moved(rows))
    sums = {c: total(rows[c]) for c in FIGURES}
    return rows.group_by("period_id").agg(**sums, n=rows.count()).order_by("period_id")
