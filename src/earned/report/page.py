"""report.html: one file that opens anywhere, asks nothing of a network, and prints."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.compute as pc
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from earned.report import charts, codes, numbers, text
from earned.report.details import details
from earned.report.timeline import timeline
from earned.report.view import Row, View, ordered, totals, unlinked, where

FINDINGS, LINES, REJECTED, MEMBERS, LARGEST = 200, 25, 1_000, 12, 5_000_000
PLACE = Path(__file__).parent / "templates"
#: The member of a dimension whose rows name none.
UNNAMED = "(none)"
SCENARIOS = ("A", "B", "C", "D", "all", "without_flagged")
#: The headline names so many periods, the largest.
NAMED = 3
#: Up to so many periods stand side by side as columns.
BESIDE = 6


def write_page(view: View, path: Path) -> None:
    """Write report.html, at most LARGEST bytes: of a large run, fewer findings are opened out."""
    for shown in (FINDINGS, FINDINGS // 2, FINDINGS // 4, FINDINGS // 8):
        page = render(view, shown).encode("utf-8")
        if len(page) <= LARGEST:
            break
    path.write_bytes(page)


def render(view: View, shown: int = FINDINGS) -> str:
    """The page as text, with the first `shown` findings."""
    style, script = (_asset(name) for name in ("style.css", "script.js"))
    return (
        _environment(view)
        .get_template("report.html")
        .render(
            view=view,
            style=Markup(style),
            script=Markup(script),
            policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
            "base-uri 'none'; form-action 'none'",
            **_sections(view, shown),
        )
    )


def _environment(view: View) -> Environment:
    made = Environment(
        loader=FileSystemLoader(PLACE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: value if isinstance(value, Markup) else numbers.plain(value, 2_000),
    )
    made.filters["money"] = lambda minor, currency=None: numbers.money(minor, view.exponent(currency))
    made.filters["percent"] = numbers.percent
    made.filters["count"] = numbers.count
    made.filters["day"] = lambda value: numbers.day(value, view.timezone)
    made.filters["quantity"] = numbers.quantity
    made.filters["cell"] = numbers.plain
    made.filters["ticked"] = _ticked
    made.filters["word"] = lambda key, words: codes.word(words, key)
    made.globals |= {
        "t": SimpleNamespace(**text.PAGE),
        "text": text,
        "codes": codes,
        "unnamed": UNNAMED,
        "bar": charts.bar,
    }
    made.globals |= {"timeline": lambda d: timeline(view, d), "days_later": lambda p: _days_later(view, p)}
    return made


def _sections(view: View, shown: int) -> dict[str, Any]:
    """What the template shows, one entry a section."""
    rows, found = totals(view), details(view, shown, LINES)
    periods = [r["period_id"] for r in rows]
    return {
        "periods": rows,
        "headline": _headline(view, rows),
        "opening": _opening(rows),
        "chart": charts.periods(rows),
        "movement": charts.movement(rows, view.exponent()),
        "range": _range(view, periods),
        "beside": periods if len(periods) <= BESIDE else [],
        "parts": _members(view, "part", periods)[0],
        "places": _places(view, periods),
        "found": found,
        "all_found": view.tables["findings"].num_rows,
        "choices": _choices(view, found),
        "rejected": view.tables["rejected"].slice(0, REJECTED).to_pylist(),
        "all_rejected": view.tables["rejected"].num_rows,
        "reasons": _reasons(view),
        "quality": view.tables["quality"].slice(0, REJECTED).to_pylist(),
        "reconciliation": _reconciliation(view),
        "ties": _ties(view),
        "announced": any(r["announced_minor"] is not None for r in rows),
        "unlinked": unlinked(view),
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
    named = text.PAGE["headline_one"].format(amount=amount, period=row["period_id"])
    if row["net_ppm_of_announced"] is None:
        return named
    return named + text.PAGE["headline_share"].format(share=numbers.percent(abs(row["net_ppm_of_announced"])))


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
    found = sorted(members.values(), key=lambda m: (-abs(m["peak"]), m["member"]))
    return found[:MEMBERS], max(len(found) - MEMBERS, 0)


def _places(view: View, periods: Sequence[str]) -> dict[str, tuple[list[Row], int]]:
    """Where the gap sits; not by what the books never name, nor by the only entity."""
    places = {d: _members(view, d, periods) for d in ("department", "owner", "customer", "entity")}
    named = {d: found for d, found in places.items() if any(m["member"] != UNNAMED for m in found[0])}
    return {d: found for d, found in named.items() if d != "entity" or len(found[0]) > 1}


def _choices(view: View, found: Sequence[Any]) -> Row:
    """What the findings shown can be filtered by."""
    return {
        "period": sorted({p for d in found for p in d.periods}),
        "part": sorted({d.finding["part"] for d in found if d.finding["part"]}),
        "department": sorted({d.finding["department_id"] for d in found if d.finding["department_id"]}),
    }


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


def _ties(view: View) -> dict[str, Mapping[str, int]]:
    """How many totals of each kind there are, and how many do not agree."""
    found: dict[str, dict[str, int]] = {k: {"all": 0, "off": 0} for k in ("internal", "external")}
    for row in view.tables["reconciliation"].select(["kind", "ties"]).to_pylist():
        found[row["kind"]]["all"] += 1
        found[row["kind"]]["off"] += 0 if row["ties"] else 1
    return dict(found)


def _ticked(words: str) -> Markup:
    """Words in which `names` stand between backticks."""
    pieces = [escape(numbers.plain(piece)) for piece in words.split("`")]
    return Markup("").join(Markup("<code>{}</code>").format(w) if i % 2 else w for i, w in enumerate(pieces))


def _days_later(view: View, paper: Row) -> str:
    """Days from what a paper says happened to its record."""
    made = numbers.local_day(paper["recorded_at"], view.timezone)
    return numbers.count((made - paper["event_date"]).days) if made and paper["event_date"] else numbers.NONE


def _asset(name: str) -> str:
    return (PLACE / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    """A content security policy admits exactly this style and this script, by their hash."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
