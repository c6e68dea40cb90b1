"""One finding on one axis of time: the contract, its papers with their two dates, its entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from markupsafe import Markup

from earned.report.codes import NOT_ASKED, word
from earned.report.numbers import local_day
from earned.report.page.charts import box, days, line, svg, text
from earned.report.page.details import Detail
from earned.report.text import PAGE
from earned.report.view import Row, View, as_date

WIDTH, LEFT, RIGHT, HEAD, LANE, ENTRIES = 900, 150, 16, 26, 20, 54
PAPERS = 10
_BY_THE_DOZEN = ("hours", "cost", "usage", "units", "other")


def timeline(view: View, detail: Detail) -> Markup:
    """The drawing of a finding; nothing where none of its rows has a date."""
    span = _span(view, detail)
    if not span:
        return Markup("")
    lanes = _lanes(detail.papers)
    floor = HEAD + LANE * (len(lanes) + 1)
    parts = _grid(view, span, floor + ENTRIES)
    parts += _contract(detail.unit, span)
    for i, (name, papers) in enumerate(lanes):
        y = HEAD + LANE * (i + 1) + LANE // 2
        parts.append(text(LEFT - 12, y + 4, name, "lane", "end"))
        for paper in papers:
            parts += _paper(view, paper, span, y, dated=paper in (papers[0], papers[-1]))
    parts += _entries(detail, span, floor + ENTRIES // 2)
    label = PAGE["chart_timeline"].format(unit=detail.finding["unit_id"])
    return svg(WIDTH, floor + ENTRIES + 4, label, parts, "timeline")


def _lanes(papers: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """A lane a paper; those that only measure, and come by the dozen, share one."""
    lanes: list[tuple[str, list[Row]]] = []
    shared: dict[str, list[Row]] = {}
    for paper in papers:
        if not paper["event_date"]:
            continue
        name = " ".join(filter(None, [word({}, paper["kind"]), word({}, paper["stage"])]))
        if paper["kind"] in _BY_THE_DOZEN and name in shared:
            shared[name].append(paper)
            continue
        lanes.append((name, [paper]))
        shared[name] = lanes[-1][1]
    return lanes[:PAPERS]


def _span(view: View, detail: Detail) -> tuple[date, date] | None:
    found = [detail.unit.get("bound_date")]
    found += [e["effective_date"] for e in detail.entries]
    for paper in detail.papers:
        found += [paper["event_date"], local_day(paper["recorded_at"], view.timezone)]
    known = [d for d in found if d]
    if not known:
        return None
    margin = timedelta(days=max((max(known) - min(known)).days // 40, 5))
    return min(known) - margin, max(known) + margin


def _x(span: tuple[date, date], moment: date) -> int:
    return days(span[0], span[1], moment, LEFT, WIDTH - RIGHT)


def _grid(view: View, span: tuple[date, date], foot: int) -> list[str]:
    """A line at each period end; the periods' names where there is room."""
    parts: list[str] = []
    last = LEFT - 60
    for period in view.calendar:
        first, end = as_date(period["first_date"]), as_date(period["last_date"])
        if span[0] <= end <= span[1]:
            parts.append(line(_x(span, end), HEAD - 6, _x(span, end), foot, "grid"))
        left, right = _x(span, max(first, span[0])), _x(span, min(end, span[1]))
        middle = (left + right) // 2
        if right - left >= 40 and middle - last >= 56:
            parts.append(text(middle, 14, str(period["period_id"]), "small"))
            last = middle
    return parts


def _contract(unit: Row, span: tuple[date, date]) -> list[str]:
    y = HEAD + LANE // 2
    parts = [text(LEFT - 12, y + 4, PAGE["contract"].lower(), "lane", "end")]
    bound = unit.get("bound_date")
    if not bound:
        return [*parts, text(LEFT, y + 4, "–", "small", "start")]
    parts.append(line(_x(span, bound), y, WIDTH - RIGHT, y, "contract"))
    parts.append(box(_x(span, bound) - 1, y - 6, 3, 12, "ink"))
    return [*parts, text(_x(span, bound) + 7, y - 4, f"{PAGE['bound'].lower()} {bound}", "small", "start")]


def _paper(view: View, paper: Row, span: tuple[date, date], y: int, *, dated: bool) -> list[str]:
    """An open circle where the paper says it happened, a filled one where it was recorded."""
    event, made = paper["event_date"], local_day(paper["recorded_at"], view.timezone)
    tone = _tone(paper)
    parts: list[str] = []
    if made:
        parts.append(line(_x(span, event), y, _x(span, made), y, f"lag {tone}"))
        parts.append(f'<circle class="{tone}" cx="{_x(span, made)}" cy="{y}" r="4"/>')
    parts.append(f'<circle class="open {tone}" cx="{_x(span, event)}" cy="{y}" r="5"/>')
    if not dated:
        return parts
    return parts + _dates(_x(span, event), event, _x(span, made) if made else None, made, y)


def _tone(paper: Row) -> str:
    """Green counts from its event, amber only from a later day or by a person's word, red not at all; grey
    is not asked for."""
    if paper["reason"] in NOT_ASKED:
        return "grey"
    if not paper["counts"]:
        return "red"
    later = paper["effective_date"] and paper["effective_date"] > paper["event_date"]
    return "amber" if later or paper["reason"] == "accepted_by_person" else "green"


def _dates(x: int, event: date, x_made: int | None, made: date | None, y: int) -> list[str]:
    """Both dates where there is room between them, else the one it happened on."""
    if made and x_made is not None and abs(x_made - x) > 170:
        near, far = ("start", "end") if x_made > x else ("end", "start")
        turn = 1 if x_made > x else -1
        return [
            text(x + 10 * turn, y + 4, str(event), "small", near),
            text(x_made - 10 * turn, y + 4, f"{PAGE['recorded'].lower()} {made}", "small", far),
        ]
    right = max(x, x_made or x)
    if right + 80 < WIDTH - RIGHT:
        return [text(right + 10, y + 4, str(event), "small", "start")]
    return [text(min(x, x_made or x) - 10, y + 4, str(event), "small", "end")]


def _entries(detail: Detail, span: tuple[date, date], zero: int) -> list[str]:
    by_day: dict[date, list[Row]] = {}
    for entry in detail.entries:
        if entry["effective_date"]:
            by_day.setdefault(entry["effective_date"], []).append(entry)
    sums = {d: sum(e["amount_minor"] or 0 for e in es) for d, es in by_day.items()}
    largest = max((abs(s) for s in sums.values()), default=0)
    parts = [text(LEFT - 12, zero + 4, PAGE["entries"].lower(), "lane", "end")]
    parts.append(line(LEFT, zero, WIDTH - RIGHT, zero, "axis"))
    for moment, amount in sorted(sums.items()):
        tall = max(abs(amount) * 24 // largest, 2) if largest else 2
        tone = "red" if any((e["peak_minor"] or 0) > 0 for e in by_day[moment]) else "ink"
        parts.append(box(_x(span, moment) - 3, zero - tall if amount > 0 else zero, 6, tall, tone))
    return parts
