"""What a run says on one screen, at most 24 lines; `summary.txt` is the same text, bare, 80 columns wide."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from earned.money import UNKNOWN
from earned.report.numbers import NONE, count, cut, money, plain, share, wide
from earned.report.set_aside import line
from earned.report.terminal import WIDTH, Paint, bare, folded, wrapped

HEIGHT = 24
#: Findings shown, lines for each, causes of rows set aside, lines for what was not tested, periods: the
#: first that fits the height.
_DEPTHS = (
    *((4, 2, 4, 3, 8), (3, 2, 3, 3, 8), (4, 1, 3, 3, 8), (3, 1, 2, 3, 8), (2, 1, 2, 2, 8), (1, 1, 1, 2, 8)),
    *((0, 1, 1, 2, 8), (0, 1, 1, 1, 4), (0, 1, 0, 1, 4)),
)
_SHARE = "net_ppm_of_announced"
_TESTED = {
    "booked_minor": "booked",
    "earned_minor": "supported",
    "net_minor": "net misstated",
    "gap_minor": "gap at end",
    _SHARE: "of announced",
}
#: units of the table of periods: power of ten of a major unit, whether without decimals, in words
_UNITS = (
    *((0, False, ""), (0, True, "whole units"), (3, True, "thousands")),
    *((6, True, "millions"), (9, True, "billions")),
)
_UNTESTED = {"unlinked_minor": "unlinked"}
_STATES = {"not_run": "not run", "run_partly": "run in part", "off": "off"}


@dataclass(frozen=True)
class Look:
    """How a screen is shown: columns of a line, tones, and the run's folder as it is typed."""

    width: int = WIDTH
    paint: Paint = bare
    run: str = "RUN"


#: as it stands in a file
PLAIN = Look()


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
    warnings: Sequence[str] = (),
    look: Look = PLAIN,
) -> str:
    """The result in words and amounts, ending with the next command and a line feed.

    `figures` is the object that `--json` prints; `findings` are rows of the table, the largest first;
    `set_aside` are rows of `set_aside.causes`, `warnings` what to look at before any figure. Amounts are
    minor units of `currency` (`exponent` decimals).
    `paths` are printed as they are given.
    """
    lines: list[str] = []
    sizes = {most for *_, most in _DEPTHS}
    tables = {most: _periods(figures["periods"], exponent, most, look) for most in sizes}
    for shown, deep, causes, gaps, most in _DEPTHS:
        blocks = [
            [*_head(figures, currency, company, look), *_set_aside(set_aside, causes, deep, look.width)],
            _warnings(warnings, look),
            tables[most],
            [*_outcome(figures, exponent, look), *_findings(figures, findings[:shown], deep, look)],
            _not_tested(figures["procedures"], not_tested, gaps, look),
            [*_paths(paths, look.width), *_next(figures["periods"], look)],
        ]
        lines = [line for block in blocks if block for line in (*block, "")][:-1]
        if len(lines) <= HEIGHT:
            break
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(figures: Mapping[str, Any], currency: str, company: str, look: Look) -> list[str]:
    rows, periods = figures["rows"], figures["periods"]
    span = f"{len(periods)} period{'s' * (len(periods) != 1)}"
    if periods:
        span += f" to {plain(periods[-1]['period_id'], 12)}"
    read = f"{count(rows['in'])} rows, {count(rows['rejected'])} set aside"
    unit = f"{currency} (set company.currency)" if currency == UNKNOWN else currency
    name = cut(plain(company or "Books"), look.width)
    return [look.paint("strong", name), *wrapped("   ".join((unit, span, read)), look.width)]


def _set_aside(causes: Sequence[Mapping[str, Any]], room: int, deep: int, width: int) -> list[str]:
    """A line or two for each cause of rows set aside, and how many causes there are besides."""
    long = width - 1 if deep == 1 else 2 * width - 30
    lines = [part for c in causes[:room] for part in folded(f" {line(c, long)}", deep, " " * 15, width)]
    rest = len(causes) - len(causes[:room])
    if rest:
        many = f"{count(rest)} {'more ' * bool(lines)}cause{'s' * (rest != 1)}"
        lines.append(f" {many} of rows set aside: see the report")
    return lines


def _warnings(warnings: Sequence[str], look: Look) -> list[str]:
    """What is to be looked at before any figure, in full."""
    return [
        look.paint("exception", line)
        for words in warnings
        for line in textwrap.wrap(
            f"Look first   {words}", look.width - 1, initial_indent=" ", subsequent_indent=" " * 14
        )
    ]


def _periods(periods: Sequence[Mapping[str, Any]], exponent: int, most: int, look: Look) -> list[str]:
    """The table of periods, in the finest unit that fits the width, its heads over two lines if need be."""
    cells, heads, said = _fitting(periods, exponent, most, look.width)
    if not cells:
        return []
    widths = _widths(cells)
    apart = " " * max(1, min(3, (look.width - sum(widths)) // (len(widths) - 1)))
    lines = []
    for number, row in enumerate(cells):
        tones = ["untested"] * len(row) if number < heads else _tones(row, cells[heads - 1])
        shown = (_cell(text, widths[i], i, tones[i], look) for i, text in enumerate(row))
        lines.append(apart.join(shown))
    return lines + ([f"(amounts in {said})"] if said else [])


def _fitting(
    periods: Sequence[Mapping[str, Any]], exponent: int, most: int, width: int
) -> tuple[list[list[str]], int, str]:
    """The cells of the table, how many of its rows are heads, and the unit of its amounts in words."""
    cells: list[list[str]] = []
    heads, said = 1, ""
    for unit, heads in product(_UNITS, (1, 2)):
        power, whole, said = unit
        decimals = 0 if whole else exponent
        size = 10 ** (power + exponent * whole)
        cells = _cells([_scaled(p, size) for p in periods], decimals, heads, most)
        widths = _widths(cells)
        if sum(widths) + len(widths) - 1 <= width:
            break
    return cells, heads, said


def _widths(cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(wide, column)) for column in zip(*cells)]


def _cells(periods: Sequence[Mapping[str, Any]], exponent: int, heads: int, most: int) -> list[list[str]]:
    """A row a period below the heads; where they are many, those that moved most, the rest in one row."""
    columns, moved = (_TESTED, "net_minor") if _recomputed(periods) else (_UNTESTED, "unlinked_minor")
    order = sorted(range(len(periods)), key=lambda i: (-abs(periods[i][moved] or 0), -i))
    shown = [periods[i] for i in sorted(order[:most])]
    if not shown:
        return []
    if all(p["announced_minor"] is None for p in shown):
        columns = {name: head for name, head in columns.items() if name != _SHARE}
    rows = [["", *part] for part in _heads(list(columns.values()), heads)]
    rows += [[plain(p["period_id"], 12), *(_amount(p, c, exponent) for c in columns)] for p in shown]
    if len(shown) < len(periods):
        rest = {moved: sum(periods[i][moved] or 0 for i in order[most:])}
        rows.append([f"{len(periods) - len(shown)} more", *(_amount(rest, c, exponent) for c in columns)])
    return rows


def _heads(names: list[str], rows: int) -> list[list[str]]:
    """The heads as one row, or as two with the last word of each in the second."""
    if rows == 1:
        return [names]
    return [[name.rpartition(" ")[0] for name in names], [name.rpartition(" ")[2] for name in names]]


def _amount(row: Mapping[str, Any], column: str, exponent: int) -> str:
    if column not in row:
        return ""
    if column == _SHARE:
        return share(row["net_minor"], row["announced_minor"])
    return money(row[column], exponent)


def _recomputed(periods: Sequence[Mapping[str, Any]]) -> bool:
    """Whether any revenue could be tested."""
    return any(p["booked_minor"] or p["earned_minor"] for p in periods)


def _tones(row: Sequence[str], heads: Sequence[str]) -> list[str]:
    """The tone of each cell: what is misstated is an exception."""
    told = (head.endswith("misstated") and text not in ("", NONE) for text, head in zip(row, heads))
    return ["exception" if tone else "" for tone in told]


def _cell(text: str, width: int, place: int, tone: str, look: Look) -> str:
    pad = " " * (width - wide(text))
    shown = look.paint(tone, text) if tone else text
    return shown + pad if place == 0 else pad + shown


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


def _outcome(figures: Mapping[str, Any], exponent: int, look: Look) -> list[str]:
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
    return [look.paint("judgement", part) for text in lines for part in wrapped(text, look.width)]


def _findings(
    figures: Mapping[str, Any], shown: Sequence[Mapping[str, Any]], deep: int, look: Look
) -> list[str]:
    total = figures["findings"]
    if not _recomputed(figures["periods"]):
        return [look.paint("untested", " Nothing was recomputed: no contract could be tested")]
    if not total:
        return _nothing_found(figures, look)
    some = (
        f", the {'largest' if len(shown) == 1 else f'{len(shown)} largest'}" if total > len(shown) > 0 else ""
    )
    lines = [look.paint("exception", f" {count(total)} finding{'s' * (total != 1)}{some}{':' * bool(shown)}")]
    for row in shown:
        text = f" {row['finding_id']}  {plain(row['unit_id'], 20)}: {plain(row['text'])}"
        lines.extend(folded(text, deep, " " * 15, look.width))
    return lines


def _nothing_found(figures: Mapping[str, Any], look: Look) -> list[str]:
    """Only where every row and all revenue was tested, the evidence supports what is booked."""
    loose = any(p["unlinked_minor"] for p in figures["periods"])
    left = [
        *(["unlinked revenue"] * loose),
        *(["rows set aside"] * bool(figures["rows"]["rejected"])),
        *(["some units"] * bool(figures.get("units_not_tested"))),
    ]
    if left:
        said = f" No findings in what was tested; {' and '.join(left)} were not"
        return [look.paint("untested", part) for part in wrapped(said, look.width)]
    return [look.paint("agreed", " No findings: what is booked is what the evidence supports")]


def _paths(paths: Sequence[str], width: int) -> list[str]:
    joined = "   ".join(paths)
    return [f" {line}" for line in ([joined] if wide(joined) < width else paths)] if paths else []


def _next(periods: Sequence[Mapping[str, Any]], look: Look) -> list[str]:
    """The command that opens the period with the most misstated, the last of several alike."""
    if not periods:
        return []
    nets = [p["net_minor"] or 0 for p in periods]
    most = max(range(len(nets)), key=lambda i: (nets[i] > 0, abs(nets[i]), i))
    command = shlex.join(["earned", "explain", look.run, plain(periods[most]["period_id"])])
    return [f" Next: {look.paint('strong', command)}"]


def _not_tested(procedures: Mapping[str, int], not_tested: Sequence[str], room: int, look: Look) -> list[str]:
    states = [f"{count(procedures[k])} {word}" for k, word in _STATES.items() if procedures.get(k)]
    said = [*not_tested, *([f"procedures: {', '.join(states)}"] if states else [])]
    if not said:
        return []
    lines: list[str] = []  # what is named first would change most: it is cut before it is left out
    sizes = [(shown, 120) for shown in range(len(said), 0, -1)] + [(1, size) for size in (80, 60, 40, 24)]
    for shown, size in sizes:
        more = len(said) - shown
        rest = f"; and {more} more: see the report" if more else ""
        text = "Not tested   " + "; ".join(plain(s, size) for s in said[:shown]) + rest
        lines = textwrap.wrap(text, look.width - 1, initial_indent=" ", subsequent_indent=" " * 14)
        if len(lines) <= room:
            break
    return [look.paint("untested", line) for line in lines]
