"""Lead: a row a period, every figure a live formula over the sheets behind it, every tie-out nil."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from earned.report import numbers
from earned.report.codes import PARTS, word
from earned.report.text import PAGE
from earned.report.view import Row, totals
from earned.report.workpaper.columns import Col, at, block, place_of
from earned.report.workpaper.rows import UNLISTED
from earned.report.workpaper.sheets import FIRST, INK, SUMS, Book
from earned.report.workpaper.sums import Sums
from earned.report.workpaper.tables import BY_PERIOD, ENTRIES, PERIODS, RECONCILIATION, UNLINKED
from earned.report.workpaper.words import BOOK

#: Columns of the first block.
ANNOUNCED, BOOKED, SUPPORTED, NET, OF_ANNOUNCED, OF_CORRECTED, CORRECTED, GAP = range(1, 9)
#: So many periods print on one page.
ONE_PAGE = 10
_WIDTHS = [12.0] + [17.0] * 9


@dataclass(frozen=True)
class Tie:
    """A difference that must be nil: its formula and minor units, or the reason why it is not there."""

    formula: str
    minor: int
    missing: str = ""


def lead(book: Book, sums: Sums) -> None:
    """Write Lead: the figures, the gap by part, the tie-outs, and the bridge from entries to announced."""
    sheet, rows = book.heading("Lead", _WIDTHS, BOOK["lead"]), totals(book.view)
    sheet.freeze_panes(SUMS, 1)
    _figures(book, sums, rows)
    start = FIRST + len(rows) + 4
    parts = _parts(book, sums, rows, start)
    start += len(rows) + 3
    _ties(book, sums, rows, start, parts)
    start += len(rows) + 3
    _bridge(book, sums, rows, start)
    book.conclusion("Lead", start + len(rows) + 1)
    if len(rows) <= ONE_PAGE:
        sheet.fit_to_pages(1, 1)
    book.rows["Lead"] = book.all_rows["Lead"] = len(rows)


def of_periods(book: Book, dimension: str, key: str, period: str, member: str = "") -> str:
    """The sum over Periods of a dimension, or of one member of it, in the period of a cell."""
    rows = book.rows["Periods"]

    def column(name: str) -> str:
        return block(place_of(PERIODS, name), FIRST, rows, "Periods")

    named = f',{column("member")},"{member}"' if member else ""
    return f'SUMIFS({column(key)},{column("dimension")},"{dimension}",{column("period_id")},{period}{named})'


def _summed(book: Book, sheet: str, columns: Sequence[Col], key: str, *where: tuple[str, str]) -> str:
    """The sum over a sheet of rows where other columns have given values."""
    rows = book.rows[sheet]

    def column(name: str) -> str:
        return block(place_of(columns, name), FIRST, rows, sheet)

    return f"SUMIFS({column(key)},{','.join(f'{column(c)},{v}' for c, v in where)})"


def _block(book: Book, line: int, title: str, columns: Sequence[Col]) -> None:
    """The title of a block and the names of its columns."""
    sheet = book.sheets["Lead"]
    sheet.write_string(line - 2, 0, title, book.format(bold=True, font_size=10))
    book.heads(sheet, line - 1, columns)


def _figures(book: Book, sums: Sums, rows: Sequence[Row]) -> None:
    heads = [PAGE[k] for k in ("announced", "booked", "supported", "difference")]
    columns = [Col("", PAGE["period"]), *[Col("", h, "money") for h in heads]]
    columns += [Col("", PAGE["of_announced"], "ppm"), Col("", PAGE["of_corrected"], "ppm")]
    columns += [Col("", BOOK["corrected"], "money"), Col("", PAGE["gap_at_end"], "money")]
    _block(book, FIRST, BOOK["figures"], columns)
    sheet, strong = book.sheets["Lead"], book.money(bold=True)
    for line, row in enumerate(rows, start=FIRST):
        found, period = sums.of("contract", row["period_id"]), at(line, 0)
        booked, earned = found["booked_minor"], found["earned_minor"]
        sheet.write_string(line, 0, row["period_id"], book.format(bold=True))
        told = row["announced_minor"]
        if told is None:
            quiet = book.format(font_color=INK, align="right", indent=1)
            sheet.write_string(line, ANNOUNCED, BOOK["not_given"], quiet)
        else:
            book.amount(sheet, line, ANNOUNCED, told)
        book.formula(sheet, line, BOOKED, of_periods(book, "contract", "booked_minor", period), booked)
        book.formula(sheet, line, SUPPORTED, of_periods(book, "contract", "earned_minor", period), earned)
        net = f"{at(line, BOOKED)}-{at(line, SUPPORTED)}"
        book.formula(sheet, line, NET, net, booked - earned, strong)
        _corrected(book, line, (booked if told is None else told) - (booked - earned), told, booked - earned)
        before = at(line - 1, GAP) if line > FIRST else opening(book, period)
        book.formula(sheet, line, GAP, f"{before}+{at(line, NET)}", sums.gap[row["period_id"]], strong)
    _totals(book, sums, rows)


def opening(book: Book, period: str) -> str:
    """The gap that was brought into the first period."""
    ends = [of_periods(book, "contract", k, period) for k in ("gap_minor", "net_minor")]
    return f"({'-'.join(ends)})"


def _corrected(book: Book, line: int, corrected: int, told: int | None, net: int) -> None:
    """What is left of the figure announced (else of the booked), and the difference's share of both."""
    sheet, share = book.sheets["Lead"], book.share(bold=True)
    given, moved, base = at(line, ANNOUNCED), at(line, NET), at(line, CORRECTED)
    for place, of, whole in ((OF_ANNOUNCED, given, told), (OF_CORRECTED, base, corrected)):
        ppm = numbers.per_million(net, whole)
        formula = f'=IF(N({of})>0,ROUND({moved}/{of},6),"")'
        sheet.write_formula(line, place, formula, share, "" if ppm is None else numbers.major(ppm, 6))
    formula = f"IF(ISNUMBER({given}),{given},{at(line, BOOKED)})-{moved}"
    book.formula(sheet, line, CORRECTED, formula, corrected)


def _totals(book: Book, sums: Sums, rows: Sequence[Row]) -> None:
    """Booked, supported and their difference over all periods."""
    if not rows:
        return
    sheet, line, last = book.sheets["Lead"], FIRST + len(rows), FIRST + len(rows) - 1
    look = book.money(bold=True, top=1, top_color=INK)
    book.uses("Σ", "Lead")
    sheet.write_string(line, 0, "Σ", book.format(bold=True, top=1, top_color=INK))
    sheet.write_blank(line, ANNOUNCED, None, look)
    found = [sums.of("contract", r["period_id"]) for r in rows]
    booked, earned = (sum(f[k] for f in found) for k in ("booked_minor", "earned_minor"))
    for place, minor in ((BOOKED, booked), (SUPPORTED, earned), (NET, booked - earned)):
        book.formula(sheet, line, place, f"SUM({at(FIRST, place)}:{at(last, place)})", minor, look)
    for place in (OF_ANNOUNCED, OF_CORRECTED, CORRECTED, GAP):
        sheet.write_blank(line, place, None, look)
    book.control["Lead"] = (f"Lead!{at(line, NET)}", PAGE["difference"].lower(), booked - earned)


def _parts(book: Book, sums: Sums, rows: Sequence[Row], start: int) -> int:
    """The gap at each period's end by part; returns the column of their sum."""
    named = [p for p in PARTS if p in sums.parts] + sorted(sums.parts - set(PARTS))
    columns = [Col("", PAGE["period"]), *[Col("", word(PARTS, p).capitalize(), "money") for p in named]]
    _block(book, start, BOOK["by_part"], [*columns, Col("", BOOK["of_parts"], "money")])
    sheet, last = book.sheets["Lead"], len(named)
    for line, row in enumerate(rows, start=start):
        sheet.write_string(line, 0, row["period_id"], book.format(bold=True))
        amounts = [sums.part(p, row["period_id"]) for p in named]
        for place, (part, minor) in enumerate(zip(named, amounts), start=1):
            book.formula(sheet, line, place, of_periods(book, "part", "gap_minor", at(line, 0), part), minor)
        whole = f"SUM({at(line, 1)}:{at(line, max(last, 1))})" if named else "0"
        book.formula(sheet, line, last + 1, whole, sum(amounts), book.money(bold=True))
    return last + 1


def _ties(book: Book, sums: Sums, rows: Sequence[Row], start: int, parts: int) -> None:
    names = ("booked", "supported", "contracts", "parts", "findings", "entries", "moved", "announced")
    columns = [Col("", PAGE["period"]), *[Col("", BOOK[f"tie_{n}"], "tie") for n in names]]
    _block(book, start, BOOK["ties"], columns)
    sheet, places = book.sheets["Lead"], book.view.exponent()
    quiet = book.format(font_color=INK, align="right", indent=1)
    for i, row in enumerate(rows):
        line, figures = start + i, FIRST + i
        sheet.write_string(line, 0, row["period_id"], book.format(bold=True))
        in_parts = at(start - len(rows) - 3 + i, parts)
        for place, tie in enumerate(_differences(book, sums, row, figures, in_parts), start=1):
            if tie.missing:
                sheet.write_string(line, place, tie.missing, quiet)
            else:
                book.formula(sheet, line, place, f"ROUND({tie.formula},{places})", tie.minor, book.tie())
                book.uses("✗" if tie.minor else "✓", "Lead")


def _differences(book: Book, sums: Sums, row: Row, line: int, in_parts: str) -> list[Tie]:
    """The tie-outs of a period: each names a figure of the first block and what it must equal."""
    period, name, gap = at(line, 0), row["period_id"], at(line, GAP)
    found, whole = sums.of("contract", name), sums.of("total", name)
    ties = []
    for place, key in ((BOOKED, "booked_minor"), (SUPPORTED, "earned_minor"), (GAP, "gap_minor")):
        mine = sums.gap[name] if place == GAP else found[key]
        ties.append(Tie(f"{at(line, place)}-{of_periods(book, 'total', key, period)}", mine - whole[key]))
    ties.append(Tie(f"{gap}-{in_parts}", sums.gap[name] - sum(sums.part(p, name) for p in sums.parts)))
    where = ("period_id", period)
    small = [of_periods(book, "part", "gap_minor", period, p) for p in UNLISTED]
    listed = "+".join([_summed(book, "Findings by period", BY_PERIOD, "listed_minor", where), *small])
    left = sums.gap[name] - sums.listed(name) - sum(sums.part(p, name) for p in UNLISTED)
    ties.append(Tie(f"{gap}-({listed})", left, BOOK["currencies"] if sums.foreign else ""))
    over = _summed(book, "Findings by period", BY_PERIOD, "gap_minor", where, ("gap_minor", '">0"'))
    held = _summed(book, "Entries unsupported", ENTRIES, "unsupported_minor", where)
    ties.append(Tie(f"{over}-{held}", 0))
    ties.append(Tie(f"{gap}-'Roll-forward'!{at(line, 7)}", 0))
    return [*ties, _announced(book, sums, row, line)]


def _announced(book: Book, sums: Sums, row: Row, line: int) -> Tie:
    told, reconciled = row["announced_minor"], sums.reconciled("entries against announced", row["period_id"])
    if told is None or reconciled is None:
        return Tie("", 0, BOOK["not_given"])
    asked = (("total", '"entries against announced"'), ("period_id", at(line, 0)))
    other = _summed(book, "Reconciliation", RECONCILIATION, "right_minor", *asked)
    return Tie(f"{at(line, ANNOUNCED)}-{other}", told - reconciled["right_minor"])


def _bridge(book: Book, sums: Sums, rows: Sequence[Row], start: int) -> None:
    """From the entries as they were read to what was booked on contracts, and to what was announced."""
    heads = ("bridge_read", "bridge_none", "bridge_untested", "bridge_booked", "bridge_announced")
    _block(
        book, start, BOOK["bridge"], [Col("", PAGE["period"]), *[Col("", BOOK[h], "money") for h in heads]]
    )
    sheet, quiet = book.sheets["Lead"], book.format(font_color=INK, align="right", indent=1)
    for i, row in enumerate(rows):
        line, period = start + i, at(start + i, 0)
        sheet.write_string(line, 0, row["period_id"], book.format(bold=True))
        given = sums.reconciled("revenue in", row["period_id"])
        if given is None or sums.currencies:
            sheet.write_string(line, 1, BOOK["currencies" if given else "not_given"], quiet)
            continue
        read = _summed(
            book,
            "Reconciliation",
            RECONCILIATION,
            "left_minor",
            ("total", '"revenue in"'),
            ("period_id", period),
        )
        book.formula(sheet, line, 1, read, given["left_minor"])
        loose = sums.loose.get(row["period_id"], 0)
        none = _summed(book, "No contract", UNLINKED, "amount_minor", ("period_id", period))
        book.formula(sheet, line, 2, f"-{none}", -loose)
        booked = sums.of("contract", row["period_id"])["booked_minor"]
        rest = f"{at(line, 4)}-{at(line, 1)}-{at(line, 2)}"
        book.formula(sheet, line, 3, rest, booked - given["left_minor"] + loose)
        book.formula(sheet, line, 4, at(FIRST + i, BOOKED), booked, book.money(bold=True))
        if row["announced_minor"] is not None:
            less = f"{at(FIRST + i, ANNOUNCED)}-{at(line, 1)}"
            book.formula(sheet, line, 5, less, row["announced_minor"] - given["left_minor"])
