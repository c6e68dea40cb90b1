"""What is shown about one finding: its unit, amounts by period, entries and papers; all bounded."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from earned.report.view import COLUMNS, Row, View, among, ordered, where

#: Papers that decide when revenue is earned are shown before the many that only measure it.
_KINDS = ["rejection", "acceptance", "delivery", "submission", "milestone", "start", "access", "other"]


@dataclass(frozen=True)
class Detail:
    """One finding with the rows behind it; `more_*` says how many rows are only in the workbook.

    `versions` of its price, the first as signed.
    """

    finding: Row
    unit: Row
    positions: list[Row]
    entries: list[Row]
    papers: list[Row]
    more_entries: int
    more_papers: int
    versions: list[Row] = field(default_factory=list)

    @property
    def periods(self) -> list[str]:
        """The periods in which the unit has a gap."""
        return [p["period_id"] for p in self.positions if p["gap_minor"]]


def largest_first(view: View) -> pa.Table:
    """The findings, the largest peak gap of either sign first, then by id."""
    table = view.tables["findings"]
    size = pc.fill_null(pc.abs(table["peak_gap_minor"]), 0)
    return ordered(table.append_column("size", size), "-size", "finding_id").drop_columns(["size"])


def details(view: View, limit: int, lines: int) -> list[Detail]:
    """The first `limit` findings, each with at most `lines` entries and papers, in the order of time."""
    shown = largest_first(view).slice(0, limit)
    units = {u["unit_id"]: u for u in among(view.tables["units"], "unit_id", shown["unit_id"]).to_pylist()}
    positions, parts = _positions(view, shown["unit_id"]), _parts(view, shown["unit_id"])
    entries, papers = entry_lines(view, shown["unit_id"]), paper_lines(view, shown["unit_id"])
    found = []
    for finding in shown.to_pylist():
        unit = finding["unit_id"]
        booked, proved = where(entries, "unit_id", unit), where(papers, "unit_id", unit)
        rows = [p | {"parts": parts[unit, p["period_id"]]} for p in positions[unit]]
        found.append(
            Detail(
                finding,
                units.get(unit, {}),
                rows,
                _in_time(
                    ordered(booked, "-peak_minor", "effective_date", "entry_id"), lines, "effective_date"
                ),
                _in_time(ordered(proved, "rank", "event_date", "evidence_id"), lines, "event_date"),
                max(booked.num_rows - lines, 0),
                max(proved.num_rows - lines, 0),
                ordered(where(view.tables["versions"], "unit_id", unit), "version").to_pylist(),
            )
        )
    return found


def entry_lines(view: View, units: pa.ChunkedArray) -> pa.Table:
    """An entry a row with `peak_minor`, the most of it that was unsupported at any period end."""
    support = among(view.tables["entry_support"], "unit_id", units)
    grouped = support.group_by(["unit_id", "entry_id"]).aggregate([("unsupported_minor", "max")])
    peaks = grouped.rename_columns({"unsupported_minor_max": "peak_minor"})
    return peaks.join(entry_columns(view, "amount_minor"), "entry_id", join_type="left outer")


def entry_columns(view: View, *more: str) -> pa.Table:
    """The books' rows of entries, with the columns that a reader of a finding looks at."""
    names = [c for c in COLUMNS["entries"].split() if c != "amount_minor"]
    return view.tables["entries"].select([*names, *more])


def paper_lines(view: View, units: pa.ChunkedArray) -> pa.Table:
    """A paper of a unit a row: the record as it stands, and why it counts or not."""
    used = among(view.tables["evidence_used"], "unit_id", units)
    books = view.tables["evidence"].select(COLUMNS["evidence"].split())
    joined = used.join(books, "evidence_id", join_type="left outer")
    place = pc.index_in(joined["kind"], value_set=pa.array(_KINDS))
    return joined.append_column("rank", pc.fill_null(place, len(_KINDS)))


def _in_time(table: pa.Table, lines: int, day: str) -> list[Row]:
    rows: list[Row] = table.slice(0, lines).to_pylist()
    return sorted(rows, key=lambda r: r[day] or date.max)


def _positions(view: View, units: pa.ChunkedArray) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in ordered(among(view.tables["positions"], "unit_id", units), "unit_id", "period_id").to_pylist():
        found[row["unit_id"]].append(row)
    return found


def _parts(view: View, units: pa.ChunkedArray) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    table = ordered(among(view.tables["gap_parts"], "unit_id", units), "unit_id", "period_id", "part")
    for row in table.to_pylist():
        found[row["unit_id"], row["period_id"]].append(row)
    return found
