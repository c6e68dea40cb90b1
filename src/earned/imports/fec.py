"""French FEC, fichier des écritures comptables (livre des procédures fiscales, article A47 A-1).

One text, tab or pipe between the cells, eighteen columns whose names and order the article fixes. The
format has no version and no totals; it demands that each entry balances, and that is its total here. A
file that departs from the article is read where its columns can be told by their names, and each
departure is said.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path

from earned.imports import cells, fec_rules, files, roles
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
#: What the article calls each column in words, as some programs write the header.
_WORDS = {
    "code journal": "JournalCode", "libelle journal": "JournalLib", "libelle du journal": "JournalLib",
    "numero de l ecriture": "EcritureNum", "numero d ecriture": "EcritureNum",
    "date de comptabilisation": "EcritureDate", "date de l ecriture": "EcritureDate",
    "numero de compte": "CompteNum", "libelle de compte": "CompteLib", "libelle du compte": "CompteLib",
    "numero de compte auxiliaire": "CompAuxNum", "libelle de compte auxiliaire": "CompAuxLib",
    "reference de la piece justificative": "PieceRef", "date de la piece justificative": "PieceDate",
    "date d emission de la piece justificative": "PieceDate",
    "libelle de l ecriture comptable": "EcritureLib", "libelle de l ecriture": "EcritureLib",
    "montant au debit": "Debit", "montant au credit": "Credit", "montant": "Montant", "sens": "Sens",
    "lettrage": "EcritureLet", "date de lettrage": "DateLet", "date de validation": "ValidDate",
    "date de validation de l ecriture": "ValidDate", "montant en devise": "Montantdevise",
    "identifiant de la devise": "Idevise",
}  # fmt: skip
_NEEDED = ("JournalCode", "EcritureNum", "EcritureDate", "CompteNum")
_LEFT = ("JournalLib", "EcritureLet", "DateLet")
_NAME = re.compile(r"(\d{9})FEC(\d{4})(\d\d)(\d\d)", re.IGNORECASE)
_ACCENTS = str.maketrans("éèêëàâîïôöûüçÉÈÊÀÇ'’-_", "eeeeaaiioouuceeeac    ")


def read(path: Path, found: Collected) -> None:
    """Read one FEC into `ledger`, `entries` (accounts 70), `accounts` and `customers`.

    Raises InputError where a column is missing without which no entry can be read.
    """
    source = _only(path)
    encoded = files.encoding(source)
    header, delimiter = _header(source, encoded, found)
    cut = {"|": "pipe", "\t": "tab"}.get(delimiter, f"'{delimiter}'")
    found.version = f"{len(header)} columns, {cut}, {encoded}"
    _company(source, found)
    rules = fec_rules.Rules(source.name, found)
    rows = files.rows(source, encoded, delimiter, _quote(source, delimiter))
    next(rows)
    seen: set[str] = set()
    for number, row in files.named(rows, header):
        if "" in row:
            expected = f"{len(header)} cells in the row"
            found.reject(source.name, number, "", row[""], expected)
        else:
            every = dict.fromkeys(COLUMNS if "Sens" not in row else SIGNED, "") | row
            _line(every, source.name, number, seen, found)
            rules.take(every, number)
    rules.say()
    for extra in header:
        if extra not in (*COLUMNS, *SIGNED):
            found.leave(f"column {extra}")
    found.settle()
    balanced(found)


def _quote(source: Source, delimiter: str) -> str | None:
    """A quote is a sign like others in a FEC, unless the header is in quotes or the delimiter common."""
    quoted = source.head(8).removeprefix(b"\xef\xbb\xbf")[:1] == b'"'
    return '"' if quoted or delimiter in ";," else None


def _only(path: Path) -> Source:
    every = files.sources(path)
    if len(every) != 1:
        texts = [s for s in every if _NAME.match(Path(s.name).name)]
        if len(texts) != 1:
            expected = f"one FEC; there are {len(texts)} files named SIREN FEC date"
            raise Source(str(path), path).fault(expected, "Name the file itself", reason="import_content")
        return texts[0]
    return every[0]


def _header(source: Source, encoded: str, found: Collected) -> tuple[list[str], str]:
    """The columns under the article's names, and the separator; what departs from the article is said.

    Raises InputError with the columns that are missing.
    """
    with files.text(source, encoded) as lines:
        first = lines.readline(files.LIMITS["field"]).strip("\r\n\ufeff")
    delimiter = max("\t|;,", key=first.count)
    given = [name.strip().strip('"').strip() for name in first.split(delimiter)]
    names = [_plain(name) for name in given]
    wanted = SIGNED if {"Montant", "Sens"} <= set(names) else COLUMNS
    missing = [n for n in (*_NEEDED, *wanted[11:13]) if n not in names]
    twice = [n for n in COLUMNS if names.count(n) > 1]
    if missing or twice:
        do = f"The columns of the article are {', '.join(COLUMNS)}: export the legal file, not a listing"
        said = f"the columns {', '.join(missing)}" if missing else f"the column {twice[0]} once"
        raise source.fault(said, do, row=1, value=first[:100], reason="import_format")
    if delimiter not in "\t|":
        said = f"has '{delimiter}' between the columns; the article has a tab or a pipe"
        found.defect(source.name, 1, "Header", said)
    pairs = zip_longest(given[: len(wanted)], wanted, fillvalue="nothing")
    if other := [f"{a} where {b} stands" for a, b in pairs if a.casefold() != b.casefold()]:
        found.defect(source.name, 1, "Header", f"departs from the article: {', '.join(other)}")
    return names, delimiter


def _plain(name: str) -> str:
    """The article's name of a column, by that name or by its words; else as it stands."""
    known = {n.casefold(): n for n in (*COLUMNS, *SIGNED)}
    words = " ".join(name.translate(_ACCENTS).casefold().split())
    return known.get(name.casefold()) or _WORDS.get(words, name)


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
    journal = f"{row['JournalCode']}-{row['EcritureNum']}" if row["EcritureNum"] else ""
    amount = _amount(row, journal, file, number, found)
    days = {c: _day(row[c]) for c in ("EcritureDate", "PieceDate", "ValidDate")}
    if amount is None:
        return
    if days["EcritureDate"] is None:
        value = row["EcritureDate"]
        found.reject(file, number, "EcritureDate", value, "a day as YYYYMMDD", journal=journal)
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
    found.line(
        {
            "journal_id": journal,
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


def _amount(row: dict[str, str], journal: str, file: str, number: int, found: Collected) -> Decimal | None:
    """Debit less credit, decimal comma (or point); None, with the cell rejected, where it is no amount."""
    if "Sens" in row:
        value, sign = _number(row["Montant"]), {"D": 1, "+1": 1, "C": -1, "-1": -1}.get(row["Sens"].upper())
        if value is None or sign is None:
            column = "Montant" if value is None else "Sens"
            expected = "an amount with the side D or C (or +1, -1)"
            found.reject(file, number, column, row[column], expected, journal=journal)
            return None
        return value * sign
    debit, credit = (_number(row[c] or "0") for c in ("Debit", "Credit"))
    if debit is None or credit is None:
        column = "Debit" if debit is None else "Credit"
        expected = cells.wanted(row[column], "1234,56")
        found.reject(file, number, column, row[column], expected, journal=journal)
        return None
    return debit - credit


def _number(text: str) -> Decimal | None:
    return cells.amount(text, ",") if "," in text else cells.amount(text)
