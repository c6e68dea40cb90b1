"""The sheets that are a table of the run, or of its inputs, as it stands."""

from __future__ import annotations

from earned.report.codes import REJECTED, SCENARIOS, word
from earned.report.sheets import LINEAGE, Book, Col, rows_of
from earned.report.text import BOOK, HEADS, LEGEND, PAGE
from earned.report.view import Row, among, ordered

_KINDS = {"rows": "count", "bytes": "count"}


def evidence_range(book: Book) -> None:
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


def as_they_stand(book: Book) -> None:
    """Guidance, rejected rows, quality, sources, parameters and the legend."""
    view = book.view
    guidance = "guidance_id period_id low_minor high_minor forecast_minor open_finding_minor"
    columns = _cols(f"{guidance} booked_early_minor effect_minor")
    book.table("Guidance", columns, view.tables["guidance"].to_pylist())
    rejected = _cols("table_name column_name value reason expected", expected=80, value=30)
    rows = (r | {"reason": word(REJECTED, r["reason"])} for r in rows_of(view.tables["rejected"]))
    book.table("Rejected", [*LINEAGE, *rejected], rows, PAGE["rejected_note"])
    quality = _cols("table_name column_name check rows example action", example=50)
    book.table("Quality", quality, rows_of(view.tables["quality"]))
    book.table("Sources", _cols("path bytes sha256", path=40, sha256=70), map(dict, view.inputs))
    parameters = ({"parameter": k, "value": v} for k, v in sorted(view.parameters.items()))
    book.table("Parameters", _cols("parameter value", parameter=40, value=60), parameters)
    legend = ({"mark": m, "meaning": w} for m, w in LEGEND.items())
    book.table("Legend", _cols("mark meaning", mark=12, meaning=80), legend)


def _cols(names: str, **width: int) -> list[Col]:
    """Columns by key, with the headings that the page has."""
    return [
        Col(
            n, HEADS.get(n) or n, "money" if n.endswith("_minor") else _KINDS.get(n, "text"), width.get(n, 18)
        )
        for n in names.split()
    ]


def not_tested(book: Book) -> None:
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
