"""French FEC, fichier des écritures comptables (livre des procédures fiscales, article A47 A-1).

One text, tab or pipe between the cells, eighteen columns whose names and order the article fixes. The
format has no version and no totals; it demands that each entry balances, and that is its total here.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from earned.faults import InputError
from earned.imports import cells, files, roles
from earned.imports.common import Account, Collected, balanced
from earned.imports.files import Source

TITLE = "French FEC (article A47 A-1)"
COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib",
    "CompAuxNum", "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit",
    "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
#: The article's other form of the amount: one column with a sign column instead of debit and credit.
SIGNED = (*COLUMNS[:11], "Montant", "Sens", *COLUMNS[13:])
_LEFT = ("JournalLib", "EcritureLet", "DateLet")
_NAME = re.compile(r"(\d{9})FEC(\d{4})(\d\d)(\d\d)", re.IGNORECASE)


def read(path: Path, found: Collected) -> None:
    """Read one FEC into `ledger`, `entries` (accounts 70), `accounts` and `customers`.

    Raises InputError where the header is not that of the article.
    """
    source = _only(path)
    encoded = files.encoding(source)
    header, delimiter = _header(source, encoded)
    found.version = f"{len(COLUMNS)} columns, {'pipe' if delimiter == '|' else 'tab'}, {encoded}"
    _company(source, found)
    quoted = source.head(8).removeprefix(b"\xef\xbb\xbf")[:1] == b'"'
    rows = files.rows(source, encoded, delimiter, '"' if quoted else None)
    next(rows)
    seen: set[str] = set()
    for number, row in files.named(rows, header):
        if "" in row:
            expected = f"{len(header)} cells in the row"
            found.reject(source.name, number, "", row[""], expected)
        else:
            _line(row, source.name, number, seen, found)
    for extra in header[18:]:
        found.leave(f"column {extra}")
    found.settle()
    balanced(found)


def _only(path: Path) -> Source:
    every = files.sources(path)
    if len(every) != 1:
        texts = [s for s in every if _NAME.match(Path(s.name).name)]
        if len(texts) != 1:
            expected = f"one FEC; there are {len(texts)} files named SIREN FEC date"
            raise Source(str(path), path).fault(expected, "Name the file itself")
        return texts[0]
    return every[0]


def _header(source: Source, encoded: str) -> tuple[list[str], str]:
    """The columns and the separator. Raises InputError with the first name that is not the article's."""
    with files.text(source, encoded) as lines:
        first = lines.readline(files.LIMITS["field"]).strip("\r\n\ufeff")
    delimiter = "\t" if "\t" in first else "|" if "|" in first else ""
    if not delimiter:
        raise _unknown(source, "tab or pipe between the columns", first[:100])
    names = [name.strip().strip('"') for name in first.split(delimiter)]
    forms = [
        form for form in (COLUMNS, SIGNED) if len(names) >= 11 and form[11].casefold() == names[11].casefold()
    ]
    for number, wanted in enumerate(forms[0] if forms else COLUMNS):
        given = names[number] if number < len(names) else ""
        if given.casefold() != wanted.casefold():
            raise _unknown(source, f"{wanted} as column {number + 1} of {len(COLUMNS)}", given)
    return [*(forms[0] if forms else COLUMNS), *names[18:]], delimiter


def _unknown(source: Source, expected: str, value: str) -> InputError:
    do = f"The columns of the article are {', '.join(COLUMNS)}: export the legal file, not a listing"
    return source.fault(expected, do, row=1, value=value)


def _company(source: Source, found: Collected) -> None:
    """SIREN and closing day are in the file's name; the accounts of the article are kept in euro."""
    named = _NAME.match(Path(source.name).name)
    found.company.currency = "EUR"
    found.company.timezone_of = "Europe/Paris"
    found.notes.append("Debit and Credit are in the currency of the accounts: euro, by French law.")
    if named:
        found.company.entity_id = named[1]
        found.company.fiscal_year_end = f"{named[3]}-{named[4]}"
    else:
        found.notes.append("The file is not named SIREN FEC date: company and fiscal year end are not known.")


def _line(row: dict[str, str], file: str, number: int, seen: set[str], found: Collected) -> None:
    amount = _amount(row, file, number, found)
    days = {c: _day(row[c]) for c in ("EcritureDate", "PieceDate", "ValidDate")}
    if amount is None:
        return
    if days["EcritureDate"] is None:
        found.reject(file, number, "EcritureDate", row["EcritureDate"], "a day as YYYYMMDD")
        return
    account = row["CompteNum"]
    if account and account not in found.accounts:
        role = roles.by_number(account, roles.PCG)
        found.accounts[account] = Account(row["CompteLib"], role, place=(file, number))
    customer = row["CompAuxNum"] if account.startswith("41") else ""
    if customer and customer not in seen:
        seen.add(customer)
        found.add("customers", {"customer_id": customer, "name": row["CompAuxLib"]}, file, number)
    for column in _LEFT if customer else (*_LEFT, "CompAuxLib"):
        if row[column]:
            found.leave(f"{column} (cells)")
    if row["Montantdevise"] or row["Idevise"]:
        found.leave("Montantdevise and Idevise, the amount in foreign currency (cells)")
    numbered = bool(row["EcritureNum"])
    found.line(
        {
            "journal_id": f"{row['JournalCode']}-{row['EcritureNum']}" if numbered else "",
            "line_number": str(number),
            "account": account,
            "effective_date": days["EcritureDate"],
            "document_date": row["PieceDate"] if days["PieceDate"] is None else days["PieceDate"],
            "posted_at": row["ValidDate"] if days["ValidDate"] is None else days["ValidDate"],
            "source": row["JournalCode"],
            "customer_id": customer,
            "invoice_id": row["PieceRef"] if account.startswith("70") else "",
            "description": row["EcritureLib"],
        },
        amount, file, number,
    )  # fmt: skip


def _day(text: str) -> str | None:
    """A day; empty where the cell is empty, None where it is none."""
    return cells.day(text) if text else ""


def _amount(row: dict[str, str], file: str, number: int, found: Collected) -> Decimal | None:
    """Debit less credit, decimal comma (or point); None, with the cell rejected, where it is no amount."""
    if "Sens" in row:
        value, sign = _number(row["Montant"]), {"D": 1, "+1": 1, "C": -1, "-1": -1}.get(row["Sens"].upper())
        if value is None or sign is None:
            column = "Montant" if value is None else "Sens"
            found.reject(file, number, column, row[column], "an amount with the side D or C")
            return None
        return value * sign
    debit, credit = (_number(row[c] or "0") for c in ("Debit", "Credit"))
    if debit is None or credit is None:
        column = "Debit" if debit is None else "Credit"
        found.reject(file, number, column, row[column], "an amount such as 1234,56")
        return None
    return debit - credit


def _number(text: str) -> Decimal | None:
    return cells.amount(text, ",") if "," in text else cells.amount(text)
