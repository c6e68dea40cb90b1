"""Charts as inline SVG, drawn in whole units so that the same run gives the same bytes.

Colours are classes of the style sheet: `red` not supported, `green` supported, `amber` a judgement,
`grey` not tested. A chart repeats what a table beside it says; its label says it in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup, escape

from earned.report.numbers import money, plain, share
from earned.report.text import PAGE
from earned.report.view import Row

WIDTH, HEIGHT, LEFT, RIGHT, TOP, FOOT = 400, 260, 4, 4, 30, 28
LABELS = 6


def svg(width: int, height: int, label: str, parts: Sequence[str], kind: str) -> Markup:
    """A drawing with its description for those who do not see it."""
    inside = "".join(parts)
    said = escape(plain(label))
    opened = f'<svg class="{kind}" viewBox="0 0 {width} {height}" role="img" aria-label="{said}">'
    return Markup(f"{opened}{inside}</svg>")


def bar(part: int | None, whole: int, tone: str, width: int = 96) -> Markup:
    """A bar for one figure of a table, as long as its share of the largest."""
    length = _scaled(abs(part or 0), whole, width)
    size = max(length, 1) if part else 0
    return Markup(
        f'<svg class="bar" viewBox="0 0 {width} 8" aria-hidden="true">'
        f'<rect class="track" width="{width}" height="8"/>'
        f'<rect class="{tone}" width="{size}" height="8"/></svg>'
    )


def periods(rows: Sequence[Row]) -> Markup:
    """A column a period: booked revenue, of it supported and not supported, and the announced figure."""
    top = max((_top(r) for r in rows), default=0)
    if top <= 0:
        return Markup("")
    step = (WIDTH - LEFT - RIGHT) // len(rows)
    every = -(-len(rows) // LABELS)
    parts = [line(LEFT, _base(), WIDTH - RIGHT, _base(), "axis")]
    for i, row in enumerate(rows):
        parts += _column(row, LEFT + i * step, step, top, i % every == 0)
    return svg(WIDTH, HEIGHT, PAGE["chart_periods"], parts, "chart")


def _top(row: Row) -> int:
    booked, net = row["booked_minor"] or 0, row["net_minor"] or 0
    return max(booked, booked - net, row["announced_minor"] or 0)


def _column(row: Row, left: int, step: int, top: int, labelled: bool) -> list[str]:
    booked, net = max(row["booked_minor"] or 0, 0), row["net_minor"] or 0
    wide = max(step * 52 // 100, 2)
    x, middle = left + (step - wide) // 2, left + step // 2
    supported = min(booked, max(booked - net, 0))
    agreed, other = _scaled(supported, top, _tall()), _scaled(abs(net), top, _tall())
    other = max(other, 2) if net else 0
    head = _base() - agreed - other
    parts = [box(x, _base() - agreed, wide, agreed, "green")]
    if net:
        parts.append(box(x, head, wide, other, "red" if net > 0 else "amber outline"))
    if row["announced_minor"]:
        y = _base() - _scaled(row["announced_minor"], top, _tall())
        parts.append(line(x - 7, y, x + wide + 7, y, "announced"))
        head = min(head, y)
    if labelled:
        if net and row["net_ppm_of_announced"] is not None:
            words = share(net, row["announced_minor"])
            parts.append(text(middle, head - 8, words, "strong " + ("red" if net > 0 else "amber")))
        parts.append(_below(middle, HEIGHT - 10, row["period_id"]))
    return parts


def movement(rows: Sequence[Row], exponent: int) -> Markup:
    """A column a period: what arose above the line, what was reversed below it, and the gap at the end."""
    up = max((max(r["arising_minor"] or 0, r["gap_minor"] or 0) for r in rows), default=0)
    down = max((max(_reversed(r), -(r["gap_minor"] or 0)) for r in rows), default=0)
    if up + down <= 0:
        return Markup("")
    tall, step = _tall(), (WIDTH - LEFT - RIGHT) // len(rows)
    zero = TOP + _scaled(max(up, 0), up + down, tall)
    every = -(-len(rows) // LABELS)
    parts, points = [line(LEFT, zero, WIDTH - RIGHT, zero, "axis")], []
    for i, row in enumerate(rows):
        middle, wide = LEFT + i * step + step // 2, max(step * 36 // 100, 2)
        arising = _scaled(row["arising_minor"] or 0, up + down, tall)
        work = _scaled(row["reversed_by_work_minor"] or 0, up + down, tall)
        entry = _scaled(row["reversed_by_entry_minor"] or 0, up + down, tall)
        parts.append(box(middle - wide // 2, zero - arising, wide, arising, "red"))
        parts.append(box(middle - wide // 2, zero, wide, work, "green"))
        parts.append(box(middle - wide // 2, zero + work, wide, entry, "ink"))
        points.append((middle, zero - _scaled(row["gap_minor"] or 0, up + down, tall)))
        if i % every == 0:
            parts.append(_below(middle, HEIGHT - 6, row["period_id"]))
            if row["gap_minor"] and len(rows) <= LABELS:
                parts.append(_above(middle, points[-1][1] - 10, money(row["gap_minor"], exponent)))
    path = " ".join(f"{x},{y}" for x, y in points)
    parts.append(f'<polyline class="level" points="{path}"/>')
    parts += [f'<circle class="level" cx="{x}" cy="{y}" r="3"/>' for x, y in points]
    return svg(WIDTH, HEIGHT, PAGE["chart_rollforward"], parts, "chart")


def _below(middle: int, y: int, period: str) -> str:
    """A period's name under its column, kept inside the drawing."""
    half = 4 * len(period)
    return text(min(max(middle, half), WIDTH - half), y, period, "")


def _above(middle: int, y: int, words: str) -> str:
    """An amount left above its point, where the line to the next point does not run, inside the drawing."""
    return text(max(middle + 6, LEFT + 7 * len(words)), y, words, "small", "end")


def _reversed(row: Row) -> int:
    return (row["reversed_by_work_minor"] or 0) + (row["reversed_by_entry_minor"] or 0)


def days(start: date, end: date, moment: date, left: int, right: int) -> int:
    """Where a day stands between two days drawn at `left` and `right`."""
    whole = max((end - start).days, 1)
    return left + (moment - start).days * (right - left) // whole


def _base() -> int:
    return HEIGHT - FOOT


def _tall() -> int:
    return HEIGHT - FOOT - TOP


def _scaled(part: int, whole: int, length: int) -> int:
    return part * length // whole if whole > 0 else 0


def box(x: int, y: int, width: int, height: int, tone: str) -> str:
    return f'<rect class="{tone}" x="{x}" y="{y}" width="{width}" height="{height}"/>' if height else ""


def line(x1: int, y1: int, x2: int, y2: int, tone: str) -> str:
    return f'<line class="{tone}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def text(x: int, y: int, words: str, tone: str, anchor: str = "middle") -> str:
    return f'<text class="{tone}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'
