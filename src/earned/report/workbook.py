"""workpaper.xlsx: what an auditor signs. Every figure on Lead is a live formula over the sheets behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from earned.report import annexes, lead
from earned.report.codes import PARTS, REASONS, RESOLUTIONS, word
from earned.report.details import entry_columns, largest_first, paper_lines
from earned.report.sheets import FIRST, HEAD, LINEAGE, MOST, Book, Col, first_lines, rows_of, target
from earned.report.text import BOOK, PAGE, SHEETS
from earned.report.view import Row, View, ordered


def write_workbook(view: View, path: Path) -> None:
    """Write workpaper.xlsx in constant memory; at most 100,000 rows a sheet, which then says so."""
    book = Book(view, path, list(SHEETS))
    ranked = _ranked(view)
    entries, papers = _entries(view, ranked), _papers(view, ranked)
    lead.periods(book)
    _findings_by_period(book, ranked)
    lead.lead(book)
    lead.rollforward(book)
    _findings(book, entries, papers)
    _entries_sheet(book, entries)
    _evidence_sheet(book, papers)
    annexes.evidence_range(book)
    annexes.not_tested(book)
    annexes.as_they_stand(book)
    lead.reconciliation(book)
    _index(book)
    book.file.close()


def _ranked(view: View) -> pa.Table:
    """unit_id, finding_id and the place of the finding in the sheet Findings."""
    table = largest_first(view).slice(0, MOST).select(["unit_id", "finding_id"])
    return table.append_column("place", pa.array(range(table.num_rows), pa.int64()))


def _with_finding(table: pa.Table, ranked: pa.Table, *order: str) -> pa.Table:
    return ordered(table.join(ranked, "unit_id", join_type="inner"), "place", *order).slice(0, MOST + 1)


def _entries(view: View, ranked: pa.Table) -> pa.Table:
    support = view.tables["entry_support"]
    held = support.filter(pc.greater(support["unsupported_minor"], 0)) if support.num_rows else support
    held = held.select(["unit_id", "entry_id", "period_id", "amount_minor", "unsupported_minor"])
    joined = held.join(entry_columns(view), "entry_id", join_type="left outer")
    currency = view.tables["units"].select(["unit_id", "currency"])
    return _with_finding(joined.join(currency, "unit_id"), ranked, "entry_id", "period_id")


def _papers(view: View, ranked: pa.Table) -> pa.Table:
    papers = paper_lines(view, ranked["unit_id"])
    return _with_finding(papers, ranked, "event_date", "evidence_id")


def _findings(book: Book, entries: pa.Table, papers: pa.Table) -> None:
    view = book.view
    lines = first_lines(entries["unit_id"].to_pylist()[:MOST])
    proofs = first_lines(papers["unit_id"].to_pylist()[:MOST])
    units = {
        u["unit_id"]: u
        for u in view.tables["units"].select(["unit_id", "contract_id", "customer_id"]).to_pylist()
    }

    def rows() -> Iterator[Row]:
        for row in rows_of(largest_first(view)):
            unit = units.get(row["unit_id"], {})
            yield row | {
                "contract": unit.get("contract_id"),
                "customer": view.name("customer", unit.get("customer_id")),
                "owner": view.name("owner", row["owner_id"]),
                "department": view.name("department", row["department_id"]),
                "part": word(PARTS, row["part"]),
                **_link("entries", "Entries unsupported", "entries_of", lines.get(row["unit_id"])),
                **_link("papers", "Evidence", "papers_of", proofs.get(row["unit_id"])),
            }

    columns = (
        Col("finding_id", PAGE["finding"], width=15),
        Col("contract", PAGE["contract"], width=18),
        Col("unit_id", PAGE["unit"], width=18),
        Col("customer", PAGE["customer"], width=20),
        Col("department", PAGE["department"], width=22),
        Col("owner", PAGE["owner"], width=16),
        Col("first_period_id", PAGE["first_period"], width=10),
        Col("part", PAGE["part"], width=26),
        Col("peak_gap_minor", PAGE["largest_gap"], "money", 18),
        Col("open_gap_minor", PAGE["still_open"], "money", 18),
        Col("text", PAGE["description"], width=90),
        Col("entries", PAGE["entries"], width=12),
        Col("papers", PAGE["papers"], width=12),
        Col("status", PAGE["status"], width=13),
        Col("conclusion", BOOK["conclusion_of"], width=30),
    )
    book.table("Findings", columns, rows(), BOOK["scope"])


def _link(key: str, sheet: str, words: str, found: tuple[int, int] | None) -> Row:
    if not found:
        return {}
    return {key: BOOK[words].format(n=found[1]), f"link:{key}": target(sheet, found[0])}


def _finding_link(row: Row) -> Row:
    return {"link:finding_id": target("Findings", FIRST + row["place"])}


def _findings_by_period(book: Book, ranked: pa.Table) -> None:
    view = book.view
    parts = view.tables["gap_parts"]
    listed = parts.filter(pc.invert(pc.is_in(parts["part"], value_set=pa.array(lead.UNLISTED))))
    summed = listed.group_by(["unit_id", "period_id"]).aggregate([("amount_minor", "sum")])
    table = view.tables["positions"].join(summed, ["unit_id", "period_id"], join_type="left outer")
    table = table.join(
        view.tables["units"].select(["unit_id", "currency"]), "unit_id", join_type="left outer"
    )

    def rows() -> Iterator[Row]:
        for row in rows_of(_with_finding(table, ranked, "period_id")):
            after = word(RESOLUTIONS, row["resolution"]).format(period=row["resolved_period_id"])
            yield (
                row | _finding_link(row) | {"after": after, "amount_minor_sum": row["amount_minor_sum"] or 0}
            )

    columns = (
        Col("finding_id", PAGE["finding"], width=15),
        Col("unit_id", PAGE["unit"], width=18),
        Col("period_id", PAGE["period"], width=10),
        Col("currency", "", width=6),
        Col("booked_minor", PAGE["booked"], "money", 18),
        Col("earned_minor", PAGE["earned"], "money", 18),
        Col("gap_minor", PAGE["gap"], "money", 18),
        Col("amount_minor_sum", BOOK["listed"], "money", 18),
        Col("allocated_minor", PAGE["price"], "money", 18),
        Col("progress_ppm", PAGE["progress"], "ppm", 10),
        Col("earned_at_close_minor", PAGE["earned_at_close"], "money", 18),
        Col("earned_all_minor", PAGE["earned_all"], "money", 18),
        Col("after", PAGE["afterwards"], width=22),
    )
    book.table("Findings by period", columns, rows())


def _entries_sheet(book: Book, entries: pa.Table) -> None:
    columns = (
        Col("finding_id", PAGE["finding"], width=15),
        Col("unit_id", PAGE["unit"], width=18),
        Col("entry_id", PAGE["entry"], width=20),
        Col("period_id", PAGE["period"], width=10),
        Col("effective_date", PAGE["effective"], "date", 11),
        Col("posted_at", PAGE["posted"], "instant", 16),
        Col("preparer", PAGE["preparer"], width=12),
        Col("approver", PAGE["approver"], width=12),
        Col("currency", "", width=6),
        Col("amount_minor", PAGE["amount"], "money", 18),
        Col("unsupported_minor", PAGE["not_supported"], "money", 18),
        Col("mark", BOOK["mark"], "mark", 16),
        Col("description", PAGE["description"], width=40),
        *LINEAGE,
    )
    rows = (r | _finding_link(r) | {"mark": "exception"} for r in rows_of(entries))
    book.table("Entries unsupported", columns, rows, BOOK["unsupported"])


def _evidence_sheet(book: Book, papers: pa.Table) -> None:
    columns = (
        Col("finding_id", PAGE["finding"], width=15),
        Col("unit_id", PAGE["unit"], width=18),
        Col("evidence_id", PAGE["paper"], width=20),
        Col("number", "No.", width=14),
        Col("mark", PAGE["counts"], "mark", 18),
        Col("effective_date", PAGE["from_day"], "date", 11),
        Col("why", PAGE["why"], width=52),
        Col("grade", PAGE["grade"], width=7),
        Col("kind", PAGE["shows"], width=12),
        Col("stage", "Stage", width=9),
        Col("result", "Result", width=11),
        Col("event_date", PAGE["event"], "date", 11),
        Col("recorded_at", PAGE["recorded"], "instant", 16),
        Col("maker", PAGE["made_by"], width=12),
        Col("made_by", "Person", width=10),
        Col("signer", "Signer", width=14),
        *LINEAGE,
    )
    rows = (
        r | _finding_link(r) | {"mark": _mark(r), "why": word(REASONS, r["reason"])} for r in rows_of(papers)
    )
    book.table("Evidence", columns, rows, BOOK["evidence"])


def _mark(paper: Row) -> str:
    if not paper["counts"]:
        return "not"
    told, since = paper["event_date"], paper["effective_date"]
    late = told is not None and since is not None and since > told
    return "later" if late or paper["reason"] == "accepted_by_person" else "counts"


def _index(book: Book) -> None:
    columns = (Col("sheet", BOOK["sheet"], width=22), Col("purpose", BOOK["purpose"], width=80))
    rows = [
        {
            "sheet": name,
            "link:sheet": f"internal:'{name}'!A1",
            "purpose": purpose,
            "rows": book.rows.get(name),
        }
        for name, purpose in SHEETS.items()
    ]
    book.table("Index", [*columns, Col("rows", BOOK["rows"], "count", 12)], rows)
    sheet, line = book.sheets["Index"], HEAD + len(rows) + 3
    sheet.write_string(line, 0, BOOK["conclusion"], book.format(bold=True))
    sheet.write_blank(line, 1, None, book.format(border=4, bg_color="#FFFDF2"))
