"""workpaper.xlsx: what an auditor signs. Every figure on Lead is a live formula over the sheets behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from earned.report import lead
from earned.report.details import entry_columns, largest_first, paper_lines
from earned.report.sheets import FIRST, HEAD, MOST, Book, Col, first_lines, target
from earned.report.text import (
    BOOK,
    LEGEND,
    PAGE,
    PARTS,
    REASONS,
    REJECTED,
    RESOLUTIONS,
    SCENARIOS,
    SHEETS,
    word,
)
from earned.report.view import Row, View, among, ordered

_LINEAGE = (Col("source_file", PAGE["file"], width=22), Col("source_row", PAGE["row"], "count", 8))


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
    _range(book)
    _plain_sheets(book)
    _not_tested(book)
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


def _rows(table: pa.Table) -> Iterator[Row]:
    for batch in table.to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


def _findings(book: Book, entries: pa.Table, papers: pa.Table) -> None:
    view = book.view
    lines = first_lines(entries["unit_id"].to_pylist()[:MOST])
    proofs = first_lines(papers["unit_id"].to_pylist()[:MOST])
    units = {
        u["unit_id"]: u
        for u in view.tables["units"].select(["unit_id", "contract_id", "customer_id"]).to_pylist()
    }

    def rows() -> Iterator[Row]:
        for row in _rows(largest_first(view)):
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
    listed = parts.filter(pc.invert(pc.is_in(parts["part"], value_set=pa.array(["rounding", "convention"]))))
    summed = listed.group_by(["unit_id", "period_id"]).aggregate([("amount_minor", "sum")])
    table = view.tables["positions"].join(summed, ["unit_id", "period_id"], join_type="left outer")
    table = table.join(
        view.tables["units"].select(["unit_id", "currency"]), "unit_id", join_type="left outer"
    )

    def rows() -> Iterator[Row]:
        for row in _rows(_with_finding(table, ranked, "period_id")):
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
        *_LINEAGE,
    )
    rows = (r | _finding_link(r) | {"mark": "exception"} for r in _rows(entries))
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
        *_LINEAGE,
    )
    rows = (
        r | _finding_link(r) | {"mark": _mark(r), "why": word(REASONS, r["reason"])} for r in _rows(papers)
    )
    book.table("Evidence", columns, rows, BOOK["evidence"])


def _mark(paper: Row) -> str:
    if not paper["counts"]:
        return "not"
    told, since = paper["event_date"], paper["effective_date"]
    late = told is not None and since is not None and since > told
    return "later" if late or paper["reason"] == "accepted_by_person" else "counts"


def _range(book: Book) -> None:
    own = book.view.least_grade
    rows = book.view.tables["evidence_range"].to_pylist()
    for row in rows:
        row["words"] = word(SCENARIOS, row["scenario"]) + (
            f" ({PAGE['policy_row']})" if row["scenario"] == own else ""
        )
    columns = (
        Col("scenario", PAGE["grade"], width=16),
        Col("words", BOOK["scenario"], width=38),
        Col("period_id", PAGE["period"], width=10),
        Col("net_minor", PAGE["difference"], "money", 20),
        Col("gap_minor", PAGE["gap_at_end"], "money", 20),
        Col("not_gradable_minor", PAGE["not_gradable"], "money", 20),
    )
    book.table("Range", columns, rows, PAGE["range_note"])


def _plain_sheets(book: Book) -> None:
    """Sheets that are a table of the run or of its inputs as it stands."""
    view = book.view
    heads: Mapping[str, str] = {
        "guidance_id": PAGE["guidance"], "period_id": PAGE["period"], "low_minor": PAGE["low"],
        "high_minor": PAGE["high"], "forecast_minor": PAGE["forecast"], "open_finding_minor": PAGE["open_finding"],
        "booked_early_minor": PAGE["booked_early"], "effect_minor": PAGE["effect"], "table_name": PAGE["table"],
        "column_name": PAGE["column"], "check": PAGE["check"], "rows": PAGE["rows"], "example": PAGE["example"],
        "action": PAGE["action"], "value": PAGE["value"], "reason": PAGE["reason"], "expected": PAGE["expected"],
        "path": PAGE["file"], "bytes": PAGE["bytes"], "sha256": "SHA-256", "parameter": PAGE["parameter"],
        "mark": BOOK["mark"], "meaning": BOOK["meaning"],
    }  # fmt: skip

    def cols(names: str, **width: int) -> list[Col]:
        kinds = {"rows": "count", "bytes": "count"}
        return [
            Col(n, heads[n], "money" if n.endswith("_minor") else kinds.get(n, "text"), width.get(n, 18))
            for n in names.split()
        ]

    guidance = (
        "guidance_id period_id low_minor high_minor forecast_minor open_finding_minor booked_early_minor"
    )
    book.table("Guidance", cols(f"{guidance} effect_minor"), view.tables["guidance"].to_pylist())
    rejected = cols("table_name column_name value reason expected", expected=50, value=30)
    book.table(
        "Rejected",
        [*_LINEAGE, *rejected],
        (r | {"reason": word(REJECTED, r["reason"])} for r in _rows(view.tables["rejected"])),
        PAGE["rejected_note"],
    )
    quality = cols("table_name column_name check rows example action", example=50)
    book.table("Quality", quality, _rows(view.tables["quality"]))
    book.table("Sources", cols("path bytes sha256", path=40, sha256=70), map(dict, view.inputs))
    parameters = ({"parameter": k, "value": v} for k, v in sorted(view.parameters.items()))
    book.table("Parameters", cols("parameter value", parameter=40, value=60), parameters)
    legend = ({"mark": m, "meaning": w} for m, w in LEGEND.items())
    book.table("Legend", cols("mark meaning", mark=12, meaning=80), legend)
    lead.reconciliation(book)


def _not_tested(book: Book) -> None:
    rows: list[Row] = [dict(n) | {"mark": "untested", "state": None} for n in book.view.not_tested]
    procedures = book.view.tables["procedures"]
    for row in ordered(
        among(procedures, "state", ["run_partly", "not_run", "off"]), "procedure_id"
    ).to_pylist():
        rows.append(
            {"what": row["procedure_id"], "needs": row["missing"], "mark": "untested", "state": row["state"]}
        )
    columns = (
        Col("mark", BOOK["mark"], "mark", 16),
        Col("what", BOOK["what"], width=44),
        Col("state", BOOK["state"], width=12),
        Col("needs", BOOK["needs"], width=90),
        Col("amount_minor", PAGE["revenue_concerned"], "money", 20),
    )
    book.table("Not tested", columns, rows, "" if rows else PAGE["everything_tested"])


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
