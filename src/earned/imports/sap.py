"""SAP extracts: BKPF (document headers) and BSEG (their lines), or ACDOCA (both), with SKA1 and SKAT.

The tables have no version; they are known by SAP's own field names, or its German or English words for
them, in the header row. Debit and credit stand in SHKZG (S, H), amounts without sign in WRBTR (document
currency) and DMBTR (currency of the company code); those of ACDOCA carry their sign. Which accounts are
revenue is not in these tables.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from earned import money
from earned.faults import Fault, InputError
from earned.imports import cells, files, sap_files, sap_join
from earned.imports.common import HEADERS, LINES, Account, Collected, balanced
from earned.imports.files import Source
from earned.imports.sap_files import Row

Taker = Callable[[Row, str, int, Collected], None]

TITLE = "SAP extract"
KEY = ("BUKRS", "BELNR", "GJAHR")
#: Table -> the fields that it is known by.
KNOWN = {
    "ACDOCA": ("RBUKRS", "BELNR", "GJAHR", "DOCLN", "RACCT", "BUDAT", "HSL"),
    "BSEG": (*KEY, "BUZEI", "SHKZG", "HKONT", "WRBTR"),
    "BKPF": (*KEY, "BUDAT", "WAERS"),
    "SKAT": ("SAKNR", "TXT50"),
    "SKA1": ("SAKNR", "XBILK"),
}
_FIELDS = tuple(frozenset(fields) for fields in KNOWN.values())
#: Documents that are not posted: recurring, sample, noted, parked.
_NOT_POSTED = ("D", "M", "S", "V", "W", "Z")
_SIGNS = {"S": 1, "H": -1}
_LEADING = "0L"
_TAKEN = {
    "ACDOCA": {
        "RBUKRS", "BELNR", "GJAHR", "DOCLN", "RACCT", "BUDAT", "BLDAT", "POPER", "HSL", "RHCUR", "WSL",
        "RWCUR", "USNAM", "BLART", "TIMESTAMP", "KUNNR", "SGTXT", "RLDNR", "RCLNT", "DRCRK",
    },
    "BKPF": {
        *KEY, "BUDAT", "BLDAT", "CPUDT", "CPUTM", "MONAT", "WAERS", "USNAM", "BLART", "BKTXT",
        "BSTAT", "STBLG", "STJAH", "XREVERSAL", "MANDT",
    },
    "BSEG": {*KEY, "BUZEI", "SHKZG", "HKONT", "WRBTR", "DMBTR", "KUNNR", "VBELN", "SGTXT", "MANDT"},
    "SKAT": {"SAKNR", "TXT50", "TXT20", "SPRAS", "KTOPL", "MANDT"},
    "SKA1": {"SAKNR", "XBILK", "KTOKS", "KTOPL", "MANDT"},
}  # fmt: skip
_SHIFTED = (
    "Some amounts are in a currency without two decimals. SAP stores those shifted (JPY 10,000 as 100.00): "
    "does the extract show them as stored? They are taken as they stand."
)
_REVERSALS = (
    "Documents name another as their reversal (STBLG), but XREVERSAL, which says which of the two is the "
    "reversal, is not in the extract: no entry is called a reversal. Can it be exported with XREVERSAL?"
)


def read(path: Path, found: Collected) -> None:
    """Read BKPF and BSEG, or ACDOCA, into `ledger`, and the accounts of SKA1 and SKAT into `accounts`.

    Raises InputError where a table is missing, naming the fields that were found, and where the way of
    writing amounts or days cannot be told.
    """
    tables: dict[str, list[Source]] = {}
    every = files.sources(path)
    for source in every:
        kind = _kind(source)
        if kind:
            tables.setdefault(kind, []).append(source)
        else:
            found.leave(f"file {source.name}: not the fields of a table that is known")
    if not {"BKPF", "BSEG"} <= tables.keys() and "ACDOCA" not in tables:
        raise _missing(path, every, tables)
    found.version = f"tables {', '.join(t for t in KNOWN if t in tables)} (no version in the data)"
    parked: set[str] = set()
    takers = {"SKA1": _account, "SKAT": _name, "BKPF": _header(parked), "BSEG": _line(parked)}
    if "ACDOCA" in tables:  # it holds the documents of BKPF and BSEG, too
        takers = {"SKA1": _account, "SKAT": _name, "ACDOCA": _both}
    for kind, take in takers.items():
        for source in tables.get(kind, ()):
            _each(kind, source, take, found)
    for kind in sorted(tables.keys() - takers.keys()):
        found.leave(f"table {kind}: ACDOCA has its documents")
    found.settle()
    if "ACDOCA" not in tables:
        sap_join.joined(found)
    balanced(found)


def _kind(source: Source) -> str:
    form = sap_files.form(source, _FIELDS)
    names = set(form.header) if form else set()
    return next((table for table, fields in KNOWN.items() if set(fields) <= names), "")


def _missing(path: Path, every: tuple[Source, ...], tables: dict[str, list[Source]]) -> InputError:
    faults = []
    shown = "; ".join(f"{s.name}: {sap_files.first_line(s)}" for s in every[:4])[:500]
    for table in (t for t in ("BKPF", "BSEG") if t not in tables):
        do = f"Export it with a header row of SAP's field names ({', '.join(KNOWN[table])})"
        expected = f"the table {table} beside the other"
        faults.append(Fault(expected, do, path.name, value=shown, reason="import_content"))
    return InputError(faults)


def _each(kind: str, source: Source, take: Taker, found: Collected) -> None:
    form = sap_files.form(source, _FIELDS)
    assert form is not None
    style = sap_files.style(source, form)
    ledgers = {row.get("RLDNR", "") for _, row in sap_files.rows(source, form)} if kind == "ACDOCA" else set()
    ledger = _LEADING if _LEADING in ledgers else min(ledgers, default="")
    seen: set[str] = set()
    for number, row in sap_files.rows(source, form):
        if "" in row:
            found.reject(source.name, number, "", row[""], f"{len(form.header)} cells in the row")
        elif row.get("RLDNR", ledger) != ledger:
            found.leave(f"lines of the ledger {row['RLDNR']} (taken: {ledger})")
        else:
            seen.update(name for name, value in row.items() if value)
            take(sap_files.plain(row, style), source.name, number, found)
    for field in sorted(seen - _TAKEN[kind]):
        found.leave(f"{kind}-{field}")


# --- the tables -----------------------------------------------------------------------------------------


def _account(row: Row, file: str, number: int, found: Collected) -> None:
    found.has_chart = True
    kind = "balance sheet" if row["XBILK"].upper() == "X" else "income statement"
    found.accounts[row["SAKNR"]] = Account(type=kind, caption=row.get("KTOKS", ""), place=(file, number))


def _name(row: Row, file: str, number: int, found: Collected) -> None:
    """The text of an account, the first of several languages."""
    known = found.accounts.get(row["SAKNR"], Account(place=(file, number)))
    if not known.name:
        kept = Account(row["TXT50"], known.role, known.type, known.caption, known.place)
        found.accounts[row["SAKNR"]] = kept


def _header(parked: set[str]) -> Taker:
    def take(row: Row, file: str, number: int, found: Collected) -> None:
        document = _document(row)
        if row.get("BSTAT", "") in _NOT_POSTED:
            parked.add(document)
            found.leave(f"documents that are not posted (BKPF-BSTAT {row['BSTAT']})")
            return
        days = {c: cells.filled_day(row.get(c, "")) for c in ("BUDAT", "BLDAT")}
        if not cells.day(days["BUDAT"]):
            found.reject(file, number, "BUDAT", row["BUDAT"], "a day as YYYYMMDD")
            return
        if money.exponent(row["WAERS"]) not in (2, None) and _SHIFTED not in found.questions:
            found.questions.append(_SHIFTED)
        if row.get("STBLG") and "XREVERSAL" not in row and _REVERSALS not in found.questions:
            found.questions.append(_REVERSALS)
        reversal = row.get("XREVERSAL", "") == "2" and row.get("STBLG")
        stored = {
            "journal_id": document,
            "effective_date": cells.moment(days["BUDAT"]),
            "document_date": cells.moment(days["BLDAT"]),
            "created_at": cells.moment(row.get("CPUDT", ""), row.get("CPUTM", "")),
            "period_id": _period(row, found),
            "currency": row["WAERS"],
            "preparer": row.get("USNAM", ""),
            "source": row.get("BLART", ""),
            "reversal_of": f"{row['BUKRS']}-{row['STBLG']}-{row.get('STJAH', '')}" if reversal else "",
            "description": row.get("BKTXT", ""),
        }
        found.add(HEADERS, stored, file, number)

    return take


def _line(parked: set[str]) -> Taker:
    def take(row: Row, file: str, number: int, found: Collected) -> None:
        document = _document(row)
        if document in parked:
            return
        sign, amount = _SIGNS.get(row["SHKZG"].upper()), cells.amount(row["WRBTR"])
        for column, bad, wanted in (
            ("SHKZG", sign is None, "S or H"),
            ("WRBTR", amount is None, cells.wanted(row["WRBTR"])),
            ("HKONT", not row["HKONT"], "an account"),
        ):
            if bad:
                found.reject(file, number, column, row[column], wanted, journal=document)
                return
        assert sign is not None and amount is not None
        local = cells.amount(row.get("DMBTR", ""))
        found.missing_account(row["HKONT"], file, number)
        stored = {
            "journal_id": document,
            "line_number": row["BUZEI"],
            "account": row["HKONT"],
            "amount": cells.written(sign * amount),
            "functional_amount": cells.written(Decimal(sign) * local) if local is not None else "",
            "entity_id": row["BUKRS"],
            "customer_id": row.get("KUNNR", ""),
            "invoice_id": row.get("VBELN", ""),
            "description": row.get("SGTXT", ""),
        }
        found.add(LINES, stored, file, number)

    return take


def _both(row: Row, file: str, number: int, found: Collected) -> None:
    """A line of ACDOCA: header and line at once, its amounts with their sign."""
    day, amounts = cells.day(row["BUDAT"]), {c: cells.amount(row.get(c, "")) for c in ("HSL", "WSL")}
    document = f"{row['RBUKRS']}-{row['BELNR']}-{row['GJAHR']}"
    foreign = amounts["WSL"] is not None and bool(row.get("RWCUR"))
    amount = amounts["WSL"] if foreign else amounts["HSL"]
    for column, bad, wanted in (
        ("BUDAT", day is None, "a day as YYYYMMDD"),
        ("HSL", amounts["HSL"] is None or amount is None, cells.wanted(row["HSL"])),
    ):
        if bad:
            found.reject(file, number, column, row[column], wanted, journal=document)
            return
    assert amount is not None and amounts["HSL"] is not None
    found.line(
        {
            "journal_id": document,
            "line_number": row["DOCLN"],
            "account": row["RACCT"],
            "functional_amount": cells.written(amounts["HSL"]) if foreign else "",
            "currency": row.get("RWCUR" if foreign else "RHCUR", ""),
            "entity_id": row["RBUKRS"],
            "effective_date": day or "",
            "document_date": cells.moment(row.get("BLDAT", "")),
            "created_at": cells.moment(row.get("TIMESTAMP", "")[:8], row.get("TIMESTAMP", "")[8:14]),
            "period_id": _period({"GJAHR": row["GJAHR"], "MONAT": row.get("POPER", "")}, found),
            "preparer": row.get("USNAM", ""),
            "source": row.get("BLART", ""),
            "customer_id": row.get("KUNNR", ""),
            "description": row.get("SGTXT", ""),
        },
        amount, file, number,
    )  # fmt: skip


def _document(row: Row) -> str:
    """A document is known by company code, number and year: numbers begin anew each year."""
    return "-".join(row[field] for field in KEY)


def _period(row: Row, found: Collected) -> str:
    year, month = row["GJAHR"], row.get("MONAT", "")
    if not (year.isdecimal() and len(year) == 4 and month.isdecimal() and 1 <= int(month) <= 16):
        return ""
    named = f"{year}M{int(month):02}"
    if int(month) > 12:
        found.adjustments.add(named)
    return named
