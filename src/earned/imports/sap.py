"""SAP extracts: BKPF (document headers) and BSEG (their lines), with SKA1 and SKAT where they are there.

The tables have no version; they are known by SAP's own field names in the header row. Debit and credit
stand in SHKZG (S, H), amounts without sign in WRBTR (document currency) and DMBTR (currency of the
company code). Which accounts are revenue is not in these tables.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from earned import money
from earned.faults import Fault, InputError
from earned.imports import cells, files
from earned.imports.common import HEADERS, JOURNAL, LINES, Account, Collected, balanced, columns_of
from earned.imports.files import Source

Row = dict[str, str]
Taker = Callable[[Row, str, int, Collected], None]

TITLE = "SAP extract"
KEY = ("BUKRS", "BELNR", "GJAHR")
#: Table -> the fields that it is known by.
KNOWN = {
    "BSEG": (*KEY, "BUZEI", "SHKZG", "HKONT", "WRBTR"),
    "BKPF": (*KEY, "BUDAT", "WAERS"),
    "SKAT": ("SAKNR", "TXT50"),
    "SKA1": ("SAKNR", "XBILK"),
}
#: Documents that are not posted: recurring, sample, noted, parked.
_NOT_POSTED = ("D", "M", "S", "V", "W", "Z")
_SIGNS = {"S": 1, "H": -1}
_TAKEN = {
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


def read(path: Path, found: Collected) -> None:
    """Read BKPF and BSEG into `ledger`, and the accounts of SKA1 and SKAT into `accounts`.

    Raises InputError where BKPF or BSEG is missing, naming the fields that were found.
    """
    tables: dict[str, list[Source]] = {}
    for source in files.sources(path):
        kind = _kind(source)
        if kind:
            tables.setdefault(kind, []).append(source)
        else:
            found.leave(f"file {source.name}: not the fields of a table that is known")
    if not {"BKPF", "BSEG"} <= tables.keys():
        raise _missing(path, tables)
    found.version = f"tables {', '.join(t for t in KNOWN if t in tables)} (no version in the data)"
    parked: set[str] = set()
    takers = {"SKA1": _account, "SKAT": _name, "BKPF": _header(parked), "BSEG": _line(parked)}
    for kind, take in takers.items():
        for source in tables.get(kind, ()):
            _each(kind, source, take, found)
    found.settle()
    _join(found)
    balanced(found)


def _form(source: Source) -> tuple[str, str, list[str]]:
    encoded = files.encoding(source)
    with files.text(source, encoded) as lines:
        first = lines.readline(files.LIMITS["field"]).strip("\r\n\ufeff")
    delimiter = max("|;,\t", key=first.count)
    return encoded, delimiter, [name.strip().strip('"').upper() for name in first.split(delimiter)]


def _kind(source: Source) -> str:
    names = set(_form(source)[2])
    return next((table for table, fields in KNOWN.items() if set(fields) <= names), "")


def _missing(path: Path, tables: dict[str, list[Source]]) -> InputError:
    faults = []
    every = files.sources(path)
    for table in ("BKPF", "BSEG"):
        if table not in tables:
            shown = "; ".join(f"{s.name}: {', '.join(_form(s)[2][:20])}" for s in every[:4])[:500]
            do = f"Export it with a header row of SAP's field names ({', '.join(KNOWN[table])})"
            faults.append(Fault(f"the table {table} beside the other", do, path.name, value=shown))
    return InputError(faults)


def _each(kind: str, source: Source, take: Taker, found: Collected) -> None:
    encoded, delimiter, header = _form(source)
    rows = files.rows(source, encoded, delimiter, '"')
    next(rows)
    seen: set[str] = set()
    for number, row in files.named(rows, header):
        if "" in row:
            found.reject(source.name, number, "", row[""], f"{len(header)} cells in the row")
            continue
        seen.update(name for name, value in row.items() if value)
        take(row, source.name, number, found)
    for field in sorted(seen - _TAKEN[kind]):
        found.leave(f"{kind}-{field}")


# --- the tables -----------------------------------------------------------------------------------------


def _account(row: Row, file: str, number: int, found: Collected) -> None:
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
            ("WRBTR", amount is None, "an amount such as 1234.56"),
            ("HKONT", not row["HKONT"], "an account"),
        ):
            if bad:
                found.reject(file, number, column, row[column], wanted)
                return
        assert sign is not None and amount is not None
        local = cells.amount(row.get("DMBTR", ""))
        found.accounts.setdefault(row["HKONT"], Account(place=(file, number)))
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


def _join(found: Collected) -> None:
    """Lines with their headers become the journal; what has no other half is a total that does not tie."""
    for missing in (t for t in (HEADERS, LINES) if not found.rows[t]):
        columns = ", ".join(f"{c} VARCHAR" for c in (*columns_of(missing), "from_file", "from_row"))
        found.engine.sql(f"CREATE TABLE {missing} ({columns})")
    own = {"description": "coalesce(l.description, h.description)"}
    own |= {c: f"l.{c}" for c in columns_of(LINES) if c not in own}
    own |= {c: f"h.{c}" for c in columns_of(HEADERS) if c not in own}
    cells_of = ", ".join(f"{own.get(c, 'CAST(NULL AS VARCHAR)')} AS {c}" for c in columns_of(JOURNAL))
    found.engine.sql(
        f"CREATE TABLE {JOURNAL} AS SELECT {cells_of}, l.from_file, l.from_row "
        f"FROM {LINES} l JOIN {HEADERS} h USING (journal_id) ORDER BY l.rowid"
    )
    counted = found.engine.sql(f"SELECT count(*) FROM {JOURNAL}")[0][0]
    orphans = found.engine.sql(
        f"SELECT journal_id, from_file, CAST(from_row AS BIGINT) FROM {LINES} "
        f"WHERE journal_id NOT IN (SELECT journal_id FROM {HEADERS}) ORDER BY 2, 3"
    )
    for document, file, number in orphans:
        found.reject(file, number, "BELNR", document, "a document with its header in BKPF")
    empty = found.engine.sql(
        f"SELECT count(*) FROM {HEADERS} WHERE journal_id NOT IN (SELECT journal_id FROM {LINES})"
    )[0][0]
    headers = found.rows[HEADERS]
    found.total("documents of BKPF with lines in BSEG", headers, headers - empty)
    found.total("lines of BSEG with a header in BKPF", found.rows[LINES], found.rows[LINES] - len(orphans))
    found.rows[JOURNAL] = counted
    found.used[JOURNAL] = found.used.get(HEADERS, set()) | found.used.get(LINES, set())
