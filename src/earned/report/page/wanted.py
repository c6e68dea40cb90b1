"""Which figures of a run the page shows and opens, the most important first."""

from __future__ import annotations

from collections.abc import Iterator

from earned.report.page.carried import Wanted
from earned.report.page.sections import Sections

_TOTAL = """
    net_ppm_of_announced net_minor announced_minor booked_minor earned_minor gap_minor net_ppm_of_corrected
    arising_minor reversed_by_work_minor reversed_by_entry_minor under_arising_minor under_reversed_minor
"""
_POSITION = """
    gap_minor booked_minor earned_minor allocated_minor progress_ppm earned_at_close_minor earned_all_minor
"""
_PUBLISHED = """
    announced_minor net_minor corrected_minor growth_ppm corrected_growth_ppm net_translated_minor
"""
_GUIDANCE = "low_minor high_minor forecast_minor open_finding_minor booked_early_minor effect_minor"


def wanted(said: Sections) -> Iterator[Wanted]:
    """Tables, columns and keys of the figures of each section."""
    periods = [row["period_id"] for row in said["periods"]]
    yield "misstatements", _TOTAL.split(), [("total", "total", p) for p in periods]
    yield "published", _PUBLISHED.split(), [(r["announced_id"],) for r in said["published"]]
    parts = [("part", m["member"], p) for m in said["parts"] for p in periods]
    yield "misstatements", ["net_minor", "gap_minor"], parts
    rows = said["range"]["rows"]
    yield "evidence_range", ["net_minor", "gap_minor"], [(r["scenario"], p) for r in rows for p in periods]
    yield "evidence_range", ["not_gradable_minor"], [(r["scenario"], said["last"]) for r in rows[:1]]
    places = [
        (dimension, m["member"], p)
        for dimension, (members, _) in said["places"].items()
        for m in members
        for p in dict.fromkeys((m["peak_at"], said["last"]))
    ]
    yield "misstatements", ["gap_minor"], places
    yield "guidance", _GUIDANCE.split(), [(g["guidance_id"],) for g in said["guidance"]]
    moved = [(r["unit_id"], r["period_id"]) for r in said["changed"]["rows"]]
    yield "estimate_changes", ["effect_minor"], moved
    yield "positions", ["allocated_minor"], moved
    resting = said["rests"].rows if said["rests"] else []
    yield "on_papers", ["net_minor"], [key for r in resting for _, key in (*r["supported"], *r["short"])]
    yield from _of_findings(said)
    yield "unlinked", ["amount_minor"], [(e["entry_id"],) for e in said["unlinked_entries"]]
    totals = [(r["total"], r["period_id"]) for r in said["reconciliation"]]
    yield "reconciliation", ["left_minor", "right_minor", "difference_minor"], totals


def _of_findings(said: Sections) -> Iterator[Wanted]:
    found = [(d.finding["finding_id"],) for d in said["found"]]
    yield "findings", ["peak_gap_minor", "open_gap_minor"], found
    priced = [
        (d.finding["unit_id"], str(v["version"]))
        for d in said["found"]
        for v in d.versions
        if len(d.versions) > 1
    ]
    yield "allocations", ["price_minor", "allocated_minor"], priced
    keys = [
        (d.finding["unit_id"], p["period_id"])
        for d in said["found"]
        for p in d.positions
        if p["booked_minor"] or p["earned_all_minor"]
    ]
    yield "positions", _POSITION.split(), keys
