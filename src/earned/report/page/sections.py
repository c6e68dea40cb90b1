"""What each section of the page shows, as rows of plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from earned.report import codes, numbers, text
from earned.report.page import changes, charts
from earned.report.page.details import details, largest_first
from earned.report.page.rests import rests
from earned.report.view import Row, View, among, ordered, totals, unlinked, where
from earned.report.warned import warned

LINES, REJECTED, MEMBERS, OTHERS = 25, 1_000, 10, 20_000
#: The member of a dimension whose rows name none.
UNNAMED = "(none)"
SCENARIOS = ("A", "B", "C", "D", "all", "without_flagged")
#: The headline names so many periods, the largest.
NAMED = 3
#: Up to so many periods stand side by side as columns.
BESIDE = 6


Sections = dict[str, Any]


def sections(view: View, shown: int) -> Sections:
    """What the template shows, one entry a section."""
    rows, found = totals(view), details(view, shown, LINES)
    periods = [r["period_id"] for r in rows]
    return {
        "periods": rows,
        "last": periods[-1] if periods else "",
        "headline": _headline(view, rows),
        "opening": _opening(rows),
        "chart": charts.periods(rows),
        "movement": charts.movement(rows, view.exponent()),
        "range": _range(view, periods),
        "beside": periods if len(periods) <= BESIDE else [],
        "rests": rests(view, rows),
        "published": _published(view),
        "warnings": warned(view.tables["quality"].to_pylist()),
        "parts": _members(view, "part", periods)[0],
        "changed": changes.changed(view, periods),
        "balances": changes.balances(view, periods),
        "balance_movements": changes.balance_movements(view, periods),
        "remaining": changes.remaining(view, periods),
        "listed": {d.finding["unit_id"]: d.finding["finding_id"] for d in found},
        "places": _places(view, periods),
        "found": found,
        "all_found": view.tables["findings"].num_rows,
        "choices": _choices(view, periods),
        "rejected": view.tables["rejected"].slice(0, REJECTED).to_pylist(),
        "all_rejected": view.tables["rejected"].num_rows,
        "reasons": _reasons(view),
        "quality": view.tables["quality"].slice(0, REJECTED).to_pylist(),
        "reconciliation": _reconciliation(view),
        "ties": _ties(view),
        "announced": any(r["announced_minor"] is not None for r in rows),
        "unlinked": unlinked(view),
        "unlinked_entries": _unlinked_entries(view),
        "guidance": view.tables["guidance"].to_pylist(),
        "parameters": sorted(view.parameters.items()),
    }


def _headline(view: View, rows: Sequence[Row]) -> tuple[str, list[str]]:
    """What the first line says, and of which periods: differences above zero come before all others."""
    over = [r for r in rows if (r["net_minor"] or 0) > 0]
    under = [r for r in rows if (r["net_minor"] or 0) < 0]
    if not over and not under:
        return text.PAGE["all_supported"], []
    told = [r for r in over if r["net_ppm_of_announced"] is not None]
    chosen, key = (told, "announced") if told else (over, "booked") if over else (under, "under")
    largest = sorted(chosen, key=lambda r: (-abs(r["net_minor"]), r["period_id"]))[:NAMED]
    listed = [_named(view, r) for r in chosen if r in largest]
    if len(chosen) > NAMED:
        listed.append(text.PAGE["headline_more"].format(n=len(chosen) - NAMED))
    return text.PAGE[f"headline_{key}"], listed


def _named(view: View, row: Row) -> str:
    amount = numbers.money(abs(row["net_minor"]), view.exponent())
    named = text.PAGE["headline_one"].format(amount=amount, period=row["period_id"], currency=view.currency)
    if row["net_ppm_of_announced"] is None:
        return named
    share = numbers.share(abs(row["net_minor"]), row["announced_minor"])
    return named + text.PAGE["headline_share"].format(share=share)


def _opening(rows: Sequence[Row]) -> Row | None:
    """A gap that was there before the first period (U6)."""
    if not rows or rows[0]["gap_minor"] is None or rows[0]["net_minor"] is None:
        return None
    amount = rows[0]["gap_minor"] - rows[0]["net_minor"]
    return {"period_id": rows[0]["period_id"], "amount": amount} if amount else None


def _range(view: View, periods: Sequence[str]) -> Row:
    """A row a scenario: the difference of each period and the gap at the last period's end."""
    cells = {(r["scenario"], r["period_id"]): r for r in view.tables["evidence_range"].to_pylist()}
    last = periods[-1] if periods else ""
    moved = [p for p in periods if any(r["net_minor"] for (_, at), r in cells.items() if at == p)]
    moved = moved if len(moved) < BESIDE else []
    rows = [
        {
            "scenario": s,
            "net": [cells.get((s, p), {}).get("net_minor") for p in moved],
            "gap": cells.get((s, last), {}).get("gap_minor"),
            "not_gradable": cells.get((s, last), {}).get("not_gradable_minor"),
        }
        for s in SCENARIOS
        if any((s, p) in cells for p in periods)
    ]
    largest = max((abs(r["gap"] or 0) for r in rows), default=0)
    return {
        "rows": rows,
        "beside": moved,
        "largest": largest,
        "last": last,
        "policy": view.least_grade,
    }


def _published(view: View) -> list[Row]:
    """Every group revenue made public, by period and day, with that of the period before.

    `turns` where what was announced grew and what is corrected fell, or the other way round (SAB 99).
    """
    rows: list[Row] = ordered(
        where(view.tables["published"], "dimension", "total"), "period_id", "published_date", "announced_id"
    ).to_pylist()
    place = {str(p["period_id"]): i for i, p in enumerate(view.calendar)}
    first = {place[r["period_id"]]: r for r in rows if r["used"] and r["period_id"] in place}
    for row in rows:
        before = first.get(place.get(row["period_id"], 0) - 1, {}) if row["used"] else {}
        row["was"], row["was_corrected"] = before.get("announced_minor"), before.get("corrected_minor")
        row["turns"] = (row["growth_ppm"] or 0) * (row["corrected_growth_ppm"] or 0) < 0
    return rows


def _members(view: View, dimension: str, periods: Sequence[str]) -> tuple[list[Row], int]:
    """The members of a dimension with a gap, largest first, at most MEMBERS; and how many more there are."""
    place = {p: i for i, p in enumerate(periods)}
    members: dict[str, Row] = {}
    table = where(view.tables["misstatements"], "dimension", dimension)
    table = table.filter(
        pc.or_kleene(pc.not_equal(table["gap_minor"], 0), pc.not_equal(table["net_minor"], 0))
    )
    for row in ordered(table, "member", "period_id").to_pylist():
        member = members.setdefault(
            row["member"], {"member": row["member"], "net": [None] * len(periods), "gap": [0] * len(periods)}
        )
        if row["period_id"] in place:
            member["net"][place[row["period_id"]]] = row["net_minor"]
            member["gap"][place[row["period_id"]]] = row["gap_minor"] or 0
    for member in members.values():
        member["peak"] = max(member["gap"], key=abs, default=0)
        member["peak_at"] = periods[member["gap"].index(member["peak"])] if periods else ""
    found = sorted(members.values(), key=lambda m: (-abs(m["peak"]), m["member"]))
    return found[:MEMBERS], max(len(found) - MEMBERS, 0)


def _places(view: View, periods: Sequence[str]) -> dict[str, tuple[list[Row], int]]:
    """Where the gap sits; not by what the books never name, nor by the only entity."""
    places = {d: _members(view, d, periods) for d in ("department", "owner", "customer", "entity")}
    named = {d: found for d, found in places.items() if any(m["member"] != UNNAMED for m in found[0])}
    return {d: found for d, found in named.items() if d != "entity" or len(found[0]) > 1}


def _choices(view: View, periods: Sequence[str]) -> Row:
    """What the findings can be filtered by."""
    findings = view.tables["findings"]
    known = {c: sorted(filter(None, findings[c].unique().to_pylist())) for c in ("part", "department_id")}
    return {"period": list(periods), "part": known["part"], "department": known["department_id"]}


def others(view: View, shown: int) -> list[list[str]]:
    """Findings after the first `shown`, a line each: id, contract, unit, part, its words, department, whose,
    periods with a gap, first period, largest gap, open gap."""
    found = largest_first(view).slice(shown, OTHERS)
    if not found.num_rows:
        return []
    units = among(view.tables["units"], "unit_id", found["unit_id"]).select(["unit_id", "contract_id"])
    contracts = dict(zip(*(units[c].to_pylist() for c in ("unit_id", "contract_id"))))
    periods = _periods_with_gap(view, found["unit_id"])
    return [_line(view, f, contracts.get(f["unit_id"]), periods) for f in found.to_pylist()]


def _line(view: View, finding: Row, contract: str | None, periods: Mapping[str, list[str]]) -> list[str]:
    unit, department = finding["unit_id"], finding["department_id"]
    place = [view.name("department", department), view.name("owner", finding["owner_id"])]
    gaps = [numbers.money(finding[c], view.exponent()) for c in ("peak_gap_minor", "open_gap_minor")]
    part = finding["part"] or ""
    return [
        finding["finding_id"],
        numbers.plain(contract or unit),
        numbers.plain(unit),
        part,
        codes.word(codes.PARTS, part),
        department or "",
        numbers.plain(" · ".join(p or numbers.NONE for p in place)),
        " ".join(periods.get(unit, ())),
        finding["first_period_id"] or "",
        *gaps,
    ]


def _periods_with_gap(view: View, units: pa.ChunkedArray) -> dict[str, list[str]]:
    rows = among(view.tables["positions"], "unit_id", units)
    rows = rows.filter(pc.fill_null(pc.not_equal(rows["gap_minor"], 0), False))
    grouped = rows.group_by("unit_id").aggregate([("period_id", "list")])
    return {r["unit_id"]: sorted(r["period_id_list"]) for r in grouped.to_pylist()}


def _reasons(view: View) -> list[Row]:
    """Rows set aside, counted by table, column and reason."""
    keys = ["table_name", "column_name", "reason", "expected"]
    grouped = view.tables["rejected"].group_by(keys).aggregate([([], "count_all")])
    return ordered(grouped, "-count_all", *keys).slice(0, 50).to_pylist()  # type: ignore[no-any-return]


def _reconciliation(view: View) -> list[Row]:
    """Every external total, and the internal ones that do not agree; those that agree are counted."""
    table = view.tables["reconciliation"]
    if not table.num_rows:
        return []
    table = table.filter(pc.or_kleene(pc.equal(table["kind"], "external"), pc.invert(table["ties"])))
    return ordered(table, "ties", "total", "period_id").slice(0, REJECTED).to_pylist()  # type: ignore[no-any-return]


def _unlinked_entries(view: View) -> list[Row]:
    """The largest entries that name no contract, at most LINES, in the order of periods."""
    table = view.tables["unlinked"]
    size = pc.fill_null(pc.abs(table["amount_minor"]), 0)
    largest = ordered(table.append_column("size", size), "-size", "entry_id").slice(0, LINES)
    return ordered(largest, "period_id", "entry_id").to_pylist()  # type: ignore[no-any-return]


def _ties(view: View) -> dict[str, Mapping[str, int]]:
    """How many totals of each kind there are, and how many do not agree."""
    found: dict[str, dict[str, int]] = {k: {"all": 0, "off": 0} for k in ("internal", "external")}
    for row in view.tables["reconciliation"].select(["kind", "ties"]).to_pylist():
        found[row["kind"]]["all"] += 1
        found[row["kind"]]["off"] += 0 if row["ties"] else 1
    return dict(found)
