"""The workpaper's detail sheets: findings, periods, entries, papers; each row leads to its finding."""

from __future__ import annotations

from earned.recognition.reasons import REASONS
from earned.report.codes import PARTS, RESOLUTIONS, word
from earned.report.text import PAGE
from earned.report.view import Row
from earned.report.workpaper.columns import LINEAGE, Col
from earned.report.workpaper.rows import (
    FIGURES,
    Lines,
    batches,
    by_period,
    entries,
    entries_as_read,
    findings,
    papers,
    papers_as_read,
    periods,
    records,
    still,
    total,
    unlinked,
    unlinked_as_read,
)
from earned.report.workpaper.sheets import Book
from earned.report.workpaper.sums import Sums, not_carried
from earned.report.workpaper.words import BOOK

FINDING = Col("finding_id", PAGE["finding"], width=16, link=("Findings", "place"))
UNIT = Col("unit_id", PAGE["unit"], width=18)
PERIOD = Col("period_id", PAGE["period"], width=10)
CURRENCY = Col("currency", BOOK["currency"], width=9)

MOVEMENTS = (
    ("arising_minor", PAGE["arising"], 1),
    ("reversed_by_work_minor", PAGE["by_work"], -1),
    ("reversed_by_entry_minor", PAGE["by_entry"], -1),
    ("under_arising_minor", PAGE["under_arising"], -1),
    ("under_reversed_minor", PAGE["under_reversed"], 1),
)

PERIODS = (
    Col("dimension", BOOK["dimension"], width=16),
    Col("member", BOOK["member"], width=22),
    PERIOD,
    Col("booked_minor", PAGE["booked"], "money", 18),
    Col("earned_minor", PAGE["supported"], "money", 18),
    Col("net_minor", PAGE["difference"], "money", 18),
    Col("gap_minor", PAGE["gap_at_end"], "money", 18),
    *(Col(key, head, "money", 16) for key, head, _ in MOVEMENTS),
    Col("words", BOOK["name"], width=34),
)
BY_PERIOD = (
    FINDING,
    UNIT,
    PERIOD,
    CURRENCY,
    Col("booked_minor", PAGE["booked"], "money", 17),
    Col("earned_minor", PAGE["earned"], "money", 17),
    Col("gap_minor", PAGE["gap"], "money", 17),
    Col("listed_minor", BOOK["listed"], "money", 17),
    Col("allocated_minor", PAGE["price"], "money", 17),
    Col("progress_ppm", PAGE["progress"], "ppm", 10),
    Col("at_close_minor", PAGE["earned_at_close"], "money", 17),
    Col("all_minor", PAGE["earned_all"], "money", 17),
    Col("after", PAGE["afterwards"], width=22, say=lambda code: _after(code)),
)
ENTRIES = (
    FINDING,
    UNIT,
    Col("entry_id", PAGE["entry"], width=20),
    PERIOD,
    Col("effective_date", PAGE["effective"], "date", 11),
    Col("posted_at", PAGE["posted"], "instant", 16),
    Col("preparer", PAGE["preparer"], width=12),
    Col("approver", PAGE["approver"], width=12),
    CURRENCY,
    Col("amount_minor", PAGE["amount"], "money", 17),
    Col("unsupported_minor", PAGE["not_supported"].capitalize(), "money", 17),
    Col("mark", BOOK["mark"], "mark", 16),
    Col("description", PAGE["description"], width=36),
    *LINEAGE,
)
PAPERS = (
    FINDING,
    UNIT,
    Col("evidence_id", PAGE["paper"], width=20),
    Col("number", BOOK["number"], width=14),
    Col("mark", PAGE["counts"], "mark", 16),
    Col("effective_date", PAGE["from_day"].capitalize(), "date", 11),
    Col("reason", PAGE["why"], width=50, say=lambda code: word(REASONS, code)),
    Col("grade", PAGE["grade"], width=7),
    Col("kind", PAGE["shows"], width=12),
    Col("stage", BOOK["stage"], width=9),
    Col("result", BOOK["result"], width=10),
    Col("event_date", PAGE["event"], "date", 11),
    Col("recorded_at", PAGE["recorded"], "instant", 16),
    Col("maker", PAGE["made_by"], width=12),
    Col("made_by", BOOK["person"], width=10),
    Col("signer", BOOK["signer"], width=14),
    *LINEAGE,
)
UNLINKED = (
    Col("entry_id", PAGE["entry"], width=20),
    PERIOD,
    Col("effective_date", PAGE["effective"], "date", 14),
    Col("amount_minor", PAGE["amount"], "money", 17),
    Col("reason", PAGE["why"], width=26, say=lambda code: word({}, code)),
    Col("preparer", PAGE["preparer"], width=12),
    Col("description", PAGE["description"], width=40),
    *LINEAGE,
)


def _after(code: str) -> str:
    how, _, period = code.partition(":")
    return word(RESOLUTIONS, how).format(period=period)


def details(book: Book, sums: Sums) -> None:
    """Findings, their periods, entries and papers, and what names no contract."""
    behind = {
        "periods": by_period(book.source, book.most),
        "entries": entries(book.source, book.most),
        "papers": papers(book.source, book.most),
    }
    _findings(book, sums, behind)
    _by_period(book, sums, behind["periods"])
    _entries(book, sums, behind["entries"])
    lines = behind["papers"]
    rows = batches(papers_as_read(lines, book.source))
    book.table("Evidence", PAPERS, rows, BOOK["evidence"], rest=_rest(lines, "mark"), lines=lines)
    _unlinked(book, sums)


def _rest(lines: Lines, *by: str, sums: list[str] | None = None, **more: object) -> list[Row]:
    """What a sheet has no room for: rows and sums by the columns named."""
    if lines.count <= lines.most:
        return []
    rest = lines.rest.mutate(**more)
    rows = rest.group_by(*by).agg(n=rest.count(), **{c: total(rest[c]) for c in sums or ()})
    words = {"finding_id": BOOK["not_listed"]}
    return [
        r | words | {"unit_id": BOOK["rows_of"].format(n=f"{r['n']:,}")} for r in records(rows.order_by(*by))
    ]


def _behind(key: str, head: str, sheet: str) -> Col:
    """How many rows of a finding stand in another sheet; leads to the first."""
    words = BOOK[f"{key}_of"]
    return Col(f"{key}_n", head, "text", 10, lambda n: words.format(n=n) if n else "", (sheet, f"{key}_line"))


def _findings(book: Book, sums: Sums, behind: dict[str, Lines]) -> None:
    counted = {name: lines.by_unit for name, lines in behind.items() if lines.by_unit is not None}
    view, lines = book.view, findings(book.source, book.most, counted)
    columns = (
        Col("finding_id", PAGE["finding"], width=16),
        Col("contract_id", PAGE["contract"], width=15),
        Col("unit_id", PAGE["unit"], width=17),
        Col("first_period_id", PAGE["first_period"], width=9),
        Col("part", PAGE["part"], width=22, say=lambda code: word(PARTS, code)),
        Col("peak_gap_minor", PAGE["largest_gap"], "money", 16),
        Col("open_gap_minor", PAGE["still_open"], "money", 16),
        Col("text", PAGE["description"], "wrap", 60),
        _behind("periods", BOOK["periods"], "Findings by period"),
        _behind("entries", PAGE["entries"], "Entries unsupported"),
        _behind("papers", PAGE["papers"], "Evidence"),
        CURRENCY,
        Col("customer_id", PAGE["customer"], width=24, say=lambda key: view.name("customer", key)),
        Col("department_id", PAGE["department"], width=24, say=lambda key: view.name("department", key)),
        Col("owner_id", PAGE["owner"], width=20, say=lambda key: view.name("owner", key)),
        Col("status", PAGE["status"], width=12),
        Col("conclusion", BOOK["conclusion_of"], "input", 20),
    )
    left = int(total(lines.here.open_gap_minor).to_pyarrow().as_py())
    footed = {} if sums.foreign else {"open_gap_minor": left}
    rest = _rest(lines, "currency", sums=["open_gap_minor"])
    rows = batches(lines.here)
    book.table("Findings", columns, rows, BOOK["scope"], rest=rest, lines=lines, sums=footed)
    if not sums.foreign:
        left += sum(r["open_gap_minor"] for r in rest)
        book.controls("Findings", columns, "open_gap_minor", PAGE["still_open"], left)


def _by_period(book: Book, sums: Sums, lines: Lines) -> None:
    summed = ["booked_minor", "earned_minor", "gap_minor", "listed_minor"]
    rest = _rest(lines, "period_id", "currency", "above", sums=summed, above=lines.rest.gap_minor > 0)
    name, rows = "Findings by period", batches(lines.here)
    book.table(name, BY_PERIOD, rows, BOOK["by_period"], rest=rest, lines=lines)
    if sums.last and not sums.foreign:
        book.controls(name, BY_PERIOD, "listed_minor", BOOK["listed"], sums.listed(sums.last), sums.last)


def _entries(book: Book, sums: Sums, lines: Lines) -> None:
    rest = _rest(lines, "period_id", "currency", sums=["unsupported_minor"])
    words = {"finding_id": BOOK["no_entry"], "unit_id": BOOK["opening_of"]}
    carried, over = not_carried(book.source)
    rest += [r | words for r in carried]
    read = batches(entries_as_read(lines, book.source))
    rows = ({**b, "mark": ["exception"] * len(b["line"])} for b in read)
    name = "Entries unsupported"
    book.table(name, ENTRIES, rows, BOOK["unsupported"], rest=rest, lines=lines)
    if sums.last and not sums.foreign:
        held = over.get(sums.last, 0)
        book.controls(name, ENTRIES, "unsupported_minor", PAGE["not_supported"], held, sums.last)


def _unlinked(book: Book, sums: Sums) -> None:
    lines, name = unlinked(book.source, book.most), "No contract"
    rows, rest = (
        batches(unlinked_as_read(lines, book.source)),
        _rest(lines, "period_id", sums=["amount_minor"]),
    )
    rest = [r | {"entry_id": r["finding_id"], "description": r["unit_id"]} for r in rest]
    book.table(name, UNLINKED, rows, BOOK["unlinked"], rest=rest, lines=lines)
    if not sums.currencies:
        book.controls(name, UNLINKED, "amount_minor", PAGE["amount"], sum(sums.loose.values()))


def all_periods(book: Book, sums: Sums) -> None:
    """Periods: the difference by every dimension, with the contracts that have none in one line a period."""
    view, lines = book.view, periods(book.source, book.most)
    moving = [key for key, _, _ in MOVEMENTS]

    def said(dimension: str, member: str) -> str:
        if dimension == "part":
            return word(PARTS, member)
        name = view.name(dimension, member)
        return name if name != member else ""

    rows = (
        {**b, **{k: [v or None for v in b[k]] for k in moving}}
        | {"words": [said(d, m) for d, m in zip(b["dimension"], b["member"])]}
        for b in batches(lines.here)
    )
    cut = _rest(lines, "dimension", "period_id", sums=list(FIGURES))
    rest = [r | {"member": BOOK["not_listed"], "words": r["unit_id"]} for r in cut]
    for row in records(still(book.source)):
        words = {"dimension": "contract", "member": BOOK["no_difference"]}
        rest.append(row | words | {"words": BOOK["contracts_of"].format(n=f"{row['n']:,}")})
    rest = [r | {k: r[k] or None for k in moving} for r in rest]
    book.table("Periods", PERIODS, rows, BOOK["periods_note"], rest=rest, lines=lines)
    net = sum(r["net_minor"] for (d, _), r in sums.figures.items() if d == "contract")
    book.controls("Periods", PERIODS, "net_minor", BOOK["net_of_contracts"], net, dimension="contract")


RECONCILIATION = (
    Col("total", PAGE["total"], width=32),
    Col("period_id", PAGE["period"], width=12),
    Col("kind", PAGE["kind"], width=14),
    Col("left_minor", PAGE["left"], "money", 20),
    Col("right_minor", PAGE["right"], "money", 20),
    Col("difference_minor", PAGE["difference"], "money", 20, less=("left_minor", "right_minor")),
    Col("mark", PAGE["ties"], "mark", 14),
)
