"""The sheets that are a table of the run, or of its inputs, as it stands; and the list of all sheets."""

from __future__ import annotations

from earned.report.codes import REJECTED, SCENARIOS, word
from earned.report.text import PAGE
from earned.report.view import Row, among, ordered
from earned.report.workpaper.columns import LINEAGE, Col, block, columns_of, place_of
from earned.report.workpaper.rows import batches, numbered
from earned.report.workpaper.sheets import FIRST, Book
from earned.report.workpaper.words import BOOK, HEADS, LEGEND

_KINDS = {"rows": "count", "bytes": "count"}


def evidence_range(book: Book) -> None:
    """Range: the difference and the gap under each row of grades."""
    own = book.view.least_grade
    rows = book.view.tables["evidence_range"].to_pylist()
    rows.sort(key=lambda row: (row["scenario"], row["period_id"]))
    for row in rows:
        chosen = f" ({PAGE['policy_row']})" if row["scenario"] == own else ""
        row["words"] = word(SCENARIOS, row["scenario"]) + chosen
    columns = (
        Col("scenario", PAGE["accepted"], width=16),
        Col("words", BOOK["scenario"], width=38),
        Col("period_id", PAGE["period"], width=14),
        Col("net_minor", PAGE["difference"], "money", 20),
        Col("gap_minor", PAGE["gap_at_end"], "money", 20),
        Col("not_gradable_minor", PAGE["not_gradable"], "money", 22),
    )
    book.table("Range", columns, [columns_of(rows)], BOOK["range_note"])


def as_they_stand(book: Book) -> None:
    """Guidance, rejected rows, quality, sources and parameters."""
    view = book.view
    names = "guidance_id period_id low_minor high_minor forecast_minor open_finding_minor"
    guidance = columns(f"{names} booked_early_minor effect_minor")
    book.table("Guidance", guidance, [columns_of(view.tables["guidance"].to_pylist())])
    rejected = book.source["rejected"]
    lines = numbered(rejected, book.most, rejected.source_file, rejected.source_row)
    shown = [*LINEAGE, *columns("table_name column_name value reason expected", expected=70, value=30)]
    shown = [Col(c.key, c.head, c.kind, c.width, _reason if c.key == "reason" else None) for c in shown]
    book.table("Rejected", shown, batches(lines.here), PAGE["rejected_note"], lines=lines)
    quality = columns("table_name column_name check rows example action", example=50)
    book.table("Quality", quality, [columns_of(view.tables["quality"].to_pylist())])
    sources = columns("path bytes sha256", path=44, bytes=16, sha256=70)
    book.table("Sources", sources, [columns_of([dict(i) for i in view.inputs])])
    parameters = [{"parameter": k, "value": v} for k, v in sorted(view.parameters.items())]
    book.table("Parameters", columns("parameter value", parameter=44, value=60), [columns_of(parameters)])


def _reason(code: str) -> str:
    return word(REJECTED, code)


def columns(names: str, **width: int) -> list[Col]:
    """Columns by key, with the headings that the page has."""
    return [
        Col(
            n, HEADS.get(n) or n, "money" if n.endswith("_minor") else _KINDS.get(n, "text"), width.get(n, 18)
        )
        for n in names.split()
    ]


def not_tested(book: Book) -> None:
    """Not tested: what could not be, and what it would need; procedures that did not run."""
    rows: list[Row] = [dict(n) | {"mark": "untested", "state": None} for n in book.view.not_tested]
    off = among(book.view.tables["procedures"], "state", ["run_partly", "not_run", "off"])
    for row in ordered(off, "procedure_id").to_pylist():
        found = {"what": row["procedure_id"], "needs": row["missing"], "state": row["state"]}
        rows.append(found | {"mark": "untested"})
    shown = (
        Col("mark", BOOK["mark"], "mark", 16),
        Col("what", BOOK["what"], "wrap", width=56),
        Col("state", BOOK["state"], width=14),
        Col("needs", BOOK["needs"], "wrap", width=70),
        Col("amount_minor", PAGE["revenue_concerned"], "money", 20),
    )
    book.table("Not tested", shown, [columns_of(rows)], "" if rows else PAGE["everything_tested"])


def legend(book: Book) -> None:
    """Legend: the marks that this workbook bears, and where."""
    used = [(m, sheets) for m, sheets in book.marks.items() if sheets]
    rows = [{"mark": m, "used": ", ".join(sheets), "meaning": LEGEND[m]} for m, sheets in used]
    shown = (
        Col("mark", BOOK["mark"], width=16),
        Col("used", BOOK["used_in"], "wrap", width=44),
        Col("meaning", BOOK["meaning"], "wrap", width=76),
    )
    book.table("Legend", shown, [columns_of(rows)])


def index(book: Book) -> None:
    """Index: every sheet with its rows, its control total as a live formula, and what it holds."""
    shown = (
        Col("sheet", BOOK["sheet"], width=22),
        Col("rows", BOOK["rows"], "count", 12),
        Col("all", BOOK["rows_all"], "count", 12),
        Col("amount", BOOK["control"], "money", 20),
        Col("of", BOOK["control_of"], width=34),
        Col("purpose", BOOK["purpose"], width=80),
    )
    rows: list[Row] = [{"sheet": name, "purpose": words} for name, words in book.purposes.items()]
    book.table("Index", shown, [], BOOK["index"])
    sheet, line = book.sheets["Index"], FIRST
    look = book.format(font_color="#1D4F80", underline=1)
    for line, row in enumerate(rows, start=FIRST):
        name = row["sheet"]
        sheet.write_url(line, 0, f"internal:'{name}'!A1", look, name)
        if name in book.rows and name != "Index":
            _counted(book, name, line)
        sheet.write_string(line, place_of(shown, "purpose"), row["purpose"])
    book.conclusion("Index", line + 2)


def _counted(book: Book, name: str, line: int) -> None:
    """How many lines a sheet has, counted live, how many the run has, and its control total."""
    sheet, number = book.sheets["Index"], book.format(num_format="#,##0", align="right", indent=1)
    lines = block(0, FIRST, book.rows[name], name)
    sheet.write_formula(line, 1, f"=COUNTA({lines})", number, book.rows[name])
    sheet.write_number(line, 2, book.all_rows[name], number)
    if name in book.control:
        formula, of, minor = book.control[name]
        book.formula(sheet, line, 3, formula, minor)
        sheet.write_string(line, 4, of)
