"""What a run says on one screen, at most 24 lines of 80 columns; `summary.txt` is the same text."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from earned.money import UNKNOWN
from earned.report.numbers import count, cut, money, percent, plain, wide
from earned.report.set_aside import line

WIDTH, HEIGHT = 80, 24
_PERIODS = 8
#: Findings shown, lines for each, causes of rows set aside, lines for what was not tested: the first that
#: fits the height.
_DEPTHS = (
    *((4, 2, 4, 3), (3, 2, 3, 3), (4, 1, 3, 3), (3, 1, 2, 3), (2, 1, 2, 2), (1, 1, 1, 2), (0, 1, 1, 2)),
    (0, 1, 0, 1),
)
_SHARE = "net_ppm_of_announced"
_TESTED = {
    "booked_minor": "booked",
    "earned_minor": "supported",
    "net_minor": "net misstated",
    "gap_minor": "gap at end",
    _SHARE: "of announced",
}
_UNTESTED = {"unlinked_minor": "unlinked"}
_STATES = {"not_run": "not run", "run_partly": "run in part", "off": "off"}


def screen(
    figures: Mapping[str, Any],
    findings: Sequence[Mapping[str, Any]],
    not_tested: Sequence[str],
    paths: Sequence[str],
    currency: str,
    *,
    exponent: int = 2,
    company: str = "",
    set_aside: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The result in words and amounts, ending with a line feed.

    `figures` is the object that `--json` prints; `findings` are rows of the table, the largest first;
    `set_aside` are rows of `set_aside.causes`. Amounts are minor units of `currency` (`exponent` decimals).
    `paths` are printed as they are given.
    """
    lines: list[str] = []
    for shown, deep, causes, gaps in _DEPTHS:
        blocks = [
            [*_head(figures, currency, company), *_set_aside(set_aside, causes, deep)],
            _periods(figures["periods"], exponent),
            [*_outcome(figures, exponent), *_findings(figures, findings[:shown], deep)],
            _not_tested(figures["procedures"], not_tested, gaps),
            _paths(paths),
        ]
        lines = [line for block in blocks if block for line in (*block, "")][:-1]
        if len(lines) <= HEIGHT:
            break
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(figures: Mapping[str, Any], currency: str, company: str) -> list[str]:
    rows, periods = figures["rows"], figures["periods"]
    span = f"{len(periods)} period{'s' * (len(periods) != 1)}"
    if periods:
        span += f" to {plain(periods[-1]['period_id'], 12)}"
    read = f"{count(rows['in'])} rows, {count(rows['rejected'])} set aside"
    unit = f"{currency} (set company.currency)" if currency == UNKNOWN else currency
    return [cut(plain(company or "Books"), WIDTH), f"{unit}   {span}   {read}"]


def _set_aside(causes: Sequence[Mapping[str, Any]], room: int, deep: int) -> list[str]:
    """A line or two for each cause of rows set aside, and how many causes there are besides."""
    width = WIDTH - 1 if deep == 1 else 2 * WIDTH - 30
    lines = [part for c in causes[:room] for part in _folded(f" {line(c, width)}", deep, " " * 15)]
    rest = len(causes) - len(causes[:room])
    if rest:
        many = f"{count(rest)} {'more ' * bool(lines)}cause{'s' * (rest != 1)}"
        lines.append(f" {many} of rows set aside: see the report")
    return lines


def _periods(periods: Sequence[Mapping[str, Any]], exponent: int) -> list[str]:
    """The table of periods, in the finest unit that fits the width."""
    lines: list[str] = []
    for power, decimals, said in (
        (0, exponent, ""),
        (exponent, 0, "whole units"),
        (exponent + 6, 0, "millions"),
    ):
        lines = _table([_scaled(p, 10**power) for p in periods], decimals)
        lines += [f"(amounts in {said})"] if said else []
        if all(wide(line) <= WIDTH for line in lines):
            break
    return lines


def _table(periods: Sequence[Mapping[str, Any]], exponent: int) -> list[str]:
    """A row a period; where they are many, those that moved most, and the rest in one row."""
    columns, moved = (_TESTED, "net_minor") if _recomputed(periods) else (_UNTESTED, "unlinked_minor")
    order = sorted(range(len(periods)), key=lambda i: (-abs(periods[i][moved] or 0), -i))
    shown = [periods[i] for i in sorted(order[:_PERIODS])]
    if not shown:
        return []
    if all(p["announced_minor"] is None for p in shown):
        columns = {name: head for name, head in columns.items() if name != _SHARE}
    rows = [["", *columns.values()]]
    rows += [[plain(p["period_id"], 12), *(_amount(p, c, exponent) for c in columns)] for p in shown]
    if len(shown) < len(periods):
        rest = {moved: sum(periods[i][moved] or 0 for i in order[_PERIODS:])}
        rows.append([f"{len(periods) - len(shown)} more", *(_amount(rest, c, exponent) for c in columns)])
    widths = [max(map(wide, column)) for column in zip(*rows)]
    apart = " " * max(1, min(3, (WIDTH - sum(widths)) // (len(widths) - 1)))
    return [apart.join(_cell(text, widths[i], i) for i, text in enumerate(row)) for row in rows]


def _amount(row: Mapping[str, Any], column: str, exponent: int) -> str:
    if column not in row:
        return ""
    return percent(row[column]) if column == _SHARE else money(row[column], exponent)


def _recomputed(periods: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any revenue could be tested."""
    return any(p["booked_minor"] or p["earned_minor"] for p in periods)


def _cell(text: str, width: int, place: int) -> str:
    pad = " " * (width - wide(text))
    return text + pad if place == 0 else pad + text


def _scaled(period: Mapping[str, Any], unit: int) -> Mapping[str, Any]:
    """The amounts of a period in a larger unit, halves away from zero."""
    if unit == 1:
        return period
    return {k: _rounded(v, unit) if k.endswith("_minor") else v for k, v in period.items()}


def _rounded(minor: int | None, unit: int) -> int | None:
    if minor is None:
        return None
    size = (2 * abs(minor) + unit) // (2 * unit)
    return -size if minor < 0 else size


def _outcome(figures: Mapping[str, Any], exponent: int) -> list[str]:
    lines = []
    unlinked = sum(p["unlinked_minor"] or 0 for p in figures["periods"])
    if unlinked:
        lines.append(
            f" {money(unlinked, exponent)} of revenue names no contract in the books: unlinked, not misstated"
        )
    untied = figures["reconciliation"]["external_untied"]
    if untied:
        lines.append(f" {count(untied)} outside total{'s do' if untied > 1 else ' does'} not tie")
    if figures["exceptions"]:
        lines.append(f" {count(figures['exceptions'])} exceptions of procedures")
    return [cut(line, WIDTH) for line in lines]


def _findings(figures: Mapping[str, Any], shown: Sequence[Mapping[str, Any]], deep: int) -> list[str]:
    total = figures["findings"]
    if not _recomputed(figures["periods"]):
        return [" Nothing was recomputed: there is no contract that could be tested"]
    if not total:
        return [_nothing_found(figures)]
    some = (
        f", the {'largest' if len(shown) == 1 else f'{len(shown)} largest'}" if total > len(shown) > 0 else ""
    )
    lines = [f" {count(total)} finding{'s' * (total != 1)}{some}{':' * bool(shown)}"]
    for row in shown:
        text = f" {row['finding_id']}  {plain(row['unit_id'], 20)}: {plain(row['text'])}"
        lines.extend(_folded(text, deep, " " * 15))
    return lines


def _nothing_found(figures: Mapping[str, Any]) -> str:
    """Only where every row and all revenue was tested, the evidence supports what is booked."""
    loose = any(p["unlinked_minor"] for p in figures["periods"])
    left = [
        *(["unlinked revenue"] * loose),
        *(["rows set aside"] * bool(figures["rows"]["rejected"])),
        *(["some units"] * bool(figures.get("units_not_tested"))),
    ]
    if left:
        return f" No findings in what was tested; {' and '.join(left)} were not"
    return " No findings: what is booked is what the evidence supports"


def _folded(text: str, deep: int, indent: str) -> list[str]:
    """A text over one or two lines, the last one cut."""
    if deep == 1 or wide(text) <= WIDTH:
        return [cut(text, WIDTH)]
    fits = len(cut(text, WIDTH + 1)) - 1
    blank = text.rfind(" ", len(indent), fits + 1)
    at = blank if blank > 0 else fits
    return [text[:at], cut(indent + text[at:].strip(), WIDTH)]


def _paths(paths: Sequence[str]) -> list[str]:
    joined = "   ".join(paths)
    return [f" {line}" for line in ([joined] if wide(joined) < WIDTH else paths)] if paths else []


def _not_tested(procedures: Mapping[str, int], not_tested: Sequence[str], room: int) -> list[str]:
    states = [f"{count(procedures[k])} {word}" for k, word in _STATES.items() if procedures.get(k)]
    said = [*not_tested, *([f"procedures: {', '.join(states)}"] if states else [])]
    if not said:
        return []
    for shown in range(len(said), -1, -1):
        rest = [f"and {len(said) - shown} more: see the report"] if shown < len(said) else []
        text = "Not tested   " + "; ".join([plain(s, 120) for s in said[:shown]] + rest)
        lines = textwrap.wrap(text, WIDTH - 1, initial_indent=" ", subsequent_indent=" " * 14)
        if len(lines) <= room:
            break
    return lines
