"""A case for every reason of refusal: files in an empty folder and the command line that is refused there."""

from __future__ import annotations

import errno
import io
import sqlite3
import sys
import zipfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from earned.faults import TotalError

USD = "company: {currency: USD}\n"
HEADER = "entry_id,contract_id,effective_date,amount\n"
ENTRIES = f"{HEADER}E1,C1,2021-06-30,1000.00\n"
GOOD: Mapping[str, str | bytes] = {
    "books/books.yaml": USD,
    "books/contracts.csv": "contract_id,price\nC1,1000.00\n",
    "books/entries.csv": ENTRIES,
}
CHECK = ("check", "books")
EXAMINE = ("examine", "books", "--out", "run", "--no-report")


@dataclass(frozen=True)
class Case:
    """What is refused with a reason: `files` beside and over those of GOOD, a command line, what stands in
    the environment, and what happens meanwhile. `run`: there is a run of other books."""

    word: str
    files: Mapping[str, str | bytes | None] = field(default_factory=dict)
    command: tuple[str, ...] = CHECK
    run: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    meanwhile: Callable[[], AbstractContextManager[object]] = nullcontext


def _manifest(word: str, text: str | bytes) -> Case:
    return Case(word, {"books/books.yaml": text})


def _entries(word: str, content: str | bytes, name: str = "entries.csv") -> Case:
    away = {} if name == "entries.csv" else {"books/entries.csv": None}
    return Case(word, {**away, f"books/{name}": content})


def _sources(word: str, source: str, **files: str | bytes) -> Case:
    text = f"{USD}sources:\n  erp: {{{source}}}\ntables:\n  entries: {{source: erp}}\n"
    others = {f"books/{name.replace('_', '.')}": content for name, content in files.items()}
    return Case(word, {"books/books.yaml": text, "books/entries.csv": None, **others})


def _tables(word: str, entries: str) -> Case:
    return _manifest(word, f"{USD}tables:\n  entries: {{{entries}}}\n")


_CONTRACT = "contract: {contract_id: C1, price: 1000.00, start_date: 2021-06-30}\n"


def _contract(word: str, text: str) -> Case:
    return Case(word, {"contract.yaml": text}, ("recognise", "contract.yaml"))


def _workbook() -> bytes:
    import xlsxwriter

    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        for name in ("Revenue 2021", "Notes"):
            book.add_worksheet(name).write_row(0, 0, HEADER.strip().split(","))
    return written.getvalue()


def _parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    written = io.BytesIO()
    names = {"contract_id": ["C1"], "effective_date": ["2021-06-30"], "amount": [["10.00", "20.00"]]}
    pq.write_table(pa.table(names), written)
    return written.getvalue()


def _zip(name: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), "<DataSet/>")
    return written.getvalue()


def _sqlite() -> bytes:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE revenue (contract_id, effective_date, amount)")
        return database.serialize()


def _grows() -> AbstractContextManager[object]:
    """Somebody writes a row while the file is read."""
    from earned.books import readers

    read = readers.appended

    def appended(way: Any, *others: Any) -> Any:
        with way.files[0].path.open("a", encoding="utf-8") as file:
            file.write("E9,C1,2021-06-30,1.00\n")
        return read(way, *others)

    return patch.object(readers, "appended", appended)


def _without(module: str) -> Callable[[], AbstractContextManager[object]]:
    return lambda: patch.dict(sys.modules, {module: None})


def _raised(error: BaseException) -> Callable[[], AbstractContextManager[object]]:
    """What stops a command on a machine, in the place of the reading."""
    return lambda: patch("earned.books.open_books", side_effect=error)


CASES = (
    _manifest("manifest_missing", "company:\ncalendar: {kind: quarters}\n"),
    _manifest("manifest_syntax", 'company: {name: "SIM, currency: USD}\n'),
    _manifest("manifest_unsafe", "company: &us {currency: USD}\ncalendar: *us\n"),
    _manifest("manifest_key", "company: {currency: USD}\nas_off: 2021-12-31\npolicy: {least_grad: A}\n"),
    _manifest("manifest_value", "company: {currency: USD}\nas_of: 31.12.2021\n"),
    _manifest("question", f'{USD}policy:\n  price_includes_tax: "?"  # one of: true | false\n'),
    _manifest("calendar", f"{USD}calendar:\n  kind: quarters\n  adjustment_periods: {{2021Q5: 2021Q7}}\n"),
    _tables("mapping", "sign: indicator"),
    _tables("select", 'select: "SELECT contract, amount FROM entries"'),
    Case("path_missing", {}, ("check", "boks")),
    _sources("path_outside", "path: ../ledger.csv"),
    Case("path_not_regular", {"books/entries.csv": None, "books/entries.csv/part-0.csv": ENTRIES}),
    _sources("path_pattern", "path: ledgr.csv", ledger_csv=ENTRIES),
    _entries("wrong_type", b"%PDF-1.7\n"),
    _entries("encrypted", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "entries.xlsx"),
    _entries("corrupt", b"PK\x03\x04 half of a workbook", "entries.xlsx"),
    _entries("malformed", f'{HEADER}E1,C1,2021-06-30,1000.00\nE2,C1,"2021-06-30,10.00\n'),
    _manifest("encoding", "company: {name: Müller, currency: EUR}\n".encode("latin-1")),
    _entries("empty", b""),
    Case("too_large", {}, (*EXAMINE, "--limit", "table_columns=3")),
    Case(
        "unsafe_xml",
        {"saft.xml": '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "c">]>\n<AuditFile/>\n'},
        ("import", "saft", "saft.xml", "--out", "new"),
    ),
    Case(
        "unsafe_archive",
        {"export.zip": _zip("../index.xml")},
        ("import", "gobd", "export.zip", "--out", "new"),
    ),
    _sources("sheet_missing", "path: ledger.xlsx, sheet: Revenue", ledger_xlsx=_workbook()),
    Case("changed", {}, CHECK, meanwhile=_grows),
    Case("table_missing", {"books/entries.csv": None, "books/contracts.csv": None, "books/a.csv": ENTRIES}),
    Case("table_ambiguous", {"books/entries.tsv": ENTRIES}),
    _entries("column_missing", "entry_id,contract_id,effective_date,amout\nE1,C1,2021-06-30,1000.00\n"),
    _entries("column_duplicate", "contract_id,effective_date,amount,Amount\nC1,2021-06-30,1000.00,900.00\n"),
    _entries("column_type", _parquet(), "entries.parquet"),
    _entries("header", "Auszug vom 30.06.2021\nVertrag,Tag,Betrag\nC1,30.06.2021,1000.00\n"),
    _sources("files_differ", "path: [a.csv, b.parquet]", a_csv=ENTRIES, b_parquet=_parquet()),
    _entries("total_range", HEADER + "".join(f"E{i},C1,2021-06-30,{'9' * 16}.00\n" for i in range(1, 11))),
    _tables("as_of", "only: {entry_id: [E7]}"),
    _entries("all_set_aside", f"{HEADER}E1,C1,2021-06-31,1000.00\nE2,C1,2021-06-31,10.00\n"),
    _sources("database_address", 'url: "postgresql://reader:secret@erp/sales", table: revenue'),
    _sources("password", "url: postgresql://reader@erp/sales, table: revenue"),
    Case(
        "driver",
        _sources("driver", "url: oracle://reader@erp/sales, table: revenue").files,
        environment={"EARNED_PASSWORD_ERP": ""},
        meanwhile=_without("oracledb"),
    ),
    _sources("database", "url: sqlite:///erp.db, table: revenues", erp_db=_sqlite()),
    Case("import_format", {"ledger.csv": ENTRIES}, ("import", "fec", "ledger.csv", "--out", "new")),
    Case(
        "import_content",
        {"sap/BKPF.csv": "MANDT,BUKRS,BELNR,GJAHR,BUDAT,BLART,WAERS,CPUDT,CPUTM,USNAM,BLDAT,MONAT,STBLG\n"},
        ("import", "sap", "sap", "--out", "new"),
    ),
    Case("tax", {"books/books.yaml": f"{USD}policy: {{price_includes_tax: true}}\n"}, EXAMINE),
    Case(
        "key_of_unit",
        {
            "books/contracts.csv": "contract_id,price\nC1,1000.00\nC2,500.00\n",
            "books/obligations.csv": "obligation_id,contract_id,pattern,ssp\nC2,C1,point_in_time,1000.00\n",
        },
        EXAMINE,
    ),
    Case(
        "judgement",
        {
            "contract.yaml": "contract: {contract_id: C1, price: 1000.00}\nestimates:\n"
            "  - {kind: variable_price, item: bonus, known_at: 2021-01-01, amount: 50.00}\n"
        },
        ("recognise", "contract.yaml"),
    ),
    _contract(
        "contract_key", "contract: {contract_id: C1, price: 1000.00}\nevidence:\n  - {kind: delivery}\n"
    ),
    _contract(
        "billed_currency",
        f"{_CONTRACT}company: {{currency: USD}}\ninvoices:\n"
        "  - {invoice_id: I1, invoice_date: 2021-06-30, amount: 900.00, currency: EUR}\n",
    ),
    _contract(
        "rate",
        f"{_CONTRACT.replace('price:', 'currency: USD, price:')}company: {{currency: CNY}}\n"
        "evidence:\n  - {kind: delivery, event_date: 2021-06-30}\n"
        "rates:\n  - {from_currency: USD, to_currency: CNY, rate_date: 2021-12-31, rate: 6.4, kind: spot}\n",
    ),
    _contract("no_day", "contract: {contract_id: C1, price: 1000.00}\n"),
    Case("option", {}, ("exmine", "books")),
    Case("option_value", {}, ("examine", "books", "--as-of", "31.03.2022")),
    Case("address", {}, ("explain", "run", "2021Q7"), run=True),
    Case("run_folder", {}, ("explain", "books")),
    Case("out_taken", {}, ("examine", "books", "--out", "books")),
    Case("access", {"notes.txt": "mine\n"}, ("simulate", "cloopen", "notes.txt/case")),
    Case("books_of_run", {}, ("verify", "run"), run=True),
    Case("interrupted", meanwhile=_raised(KeyboardInterrupt())),
    Case("memory", meanwhile=_raised(MemoryError())),
    Case("disk_full", meanwhile=_raised(OSError(errno.ENOSPC, "No space left on device"))),
    Case("disk_failed", meanwhile=_raised(OSError(errno.EIO, "Input/output error"))),
    Case("control_total", meanwhile=_raised(TotalError("entries: 5 rows in, but 3 used and 1 rejected"))),
    Case("defect", meanwhile=_raised(ValueError("what nobody thought of"))),
)
