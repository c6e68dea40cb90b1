"""The files of an SAP extract: SAP's field names or its words for them, lists of SE16, amounts and days as
the user's settings wrote them.

A list has blanks around its cells, rules of dashes and its header again on each page. How amounts and days
are written is in no file: it is told by the cells themselves, of the whole file, and where they leave it
open the file is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from earned.imports import cells, files
from earned.imports.files import Source

Row = dict[str, str]
_WORDS = {
    "MANDT": "mandant client", "BUKRS": "buchungskreis bukr companycode",
    "GJAHR": "geschäftsjahr jahr fiscalyear",
    "BELNR": "belegnummer belegnr documentnumber docnumber documentno", "BLART": "belegart documenttype",
    "BLDAT": "belegdatum documentdate", "BUDAT": "buchungsdatum postingdate",
    "MONAT": "buchungsperiode periode postingperiod period",
    "CPUDT": "erfassungsdatum erfaßtam erfasstam entrydate enteredon",
    "CPUTM": "erfassungszeit erfassungsuhrzeit uhrzeit entrytime timeofentry",
    "USNAM": "benutzer benutzername erfasser username user enteredby", "BSTAT": "belegstatus documentstatus",
    "BKTXT": "belegkopftext documentheadertext", "WAERS": "währung belegwährung currency documentcurrency",
    "STBLG": "stornobeleg storniertmit reversedwith reversedocument", "STJAH": "stornojahr",
    "XREVERSAL": "stornokennzeichen reversalindicator", "KURSF": "umrechnungskurs kurs exchangerate",
    "BUZEI": "buchungszeile position buchungsposition lineitem item", "BSCHL": "buchungsschlüssel postingkey",
    "SHKZG": "sollhabenkennzeichen sollhabenkennz sollhaben debitcreditindicator debitcreditind debitcredit",
    "HKONT": "hauptbuchkonto sachkonto glaccount generalledgeraccount",
    "WRBTR": "betraginbelegwährung betraginfremdwährung amountindocumentcurrency amountindoccurr amount",
    "DMBTR": "betraginhauswährung hauswährungsbetrag amountinlocalcurrency amountinlc",
    "KUNNR": "debitor kunde debitorennummer customer customernumber", "SGTXT": "positionstext text itemtext",
    "VBELN": "fakturabeleg faktura billingdocument",
    "SAKNR": "sachkontonummer", "TXT50": "langtext kontenlangtext sachkontenlangtext longtext",
    "XBILK": "bestandskonto bilanzkonto balancesheetaccount", "KTOPL": "kontenplan chartofaccounts",
}  # fmt: skip
_FIELDS = {word: name for name, words in _WORDS.items() for word in words.split()}
AMOUNTS = ("WRBTR", "DMBTR", "WSL", "HSL", "KURSF")
DAYS = ("BUDAT", "BLDAT", "CPUDT")
_NONE = frozenset(("", "00000000", "00.00.0000", "0000-00-00", "00/00/0000", "0000/00/00"))
_FIRST = 60


@dataclass(frozen=True)
class Form:
    """How a file is cut: its encoding, delimiter, fields, and the line of its header; `page` is a list."""

    encoding: str
    delimiter: str
    header: tuple[str, ...]
    begins: int
    page: bool


@dataclass(frozen=True)
class Style:
    """How a file writes amounts and days."""

    decimal: str = "."
    group: str = ""
    day: str = ""


def form(source: Source, known: Iterable[frozenset[str]]) -> Form | None:
    """How the file is cut, by the first of its lines that has all fields of a known table; else None."""
    encoded = files.encoding(source)
    with files.text(source, encoded) as lines:
        for number in range(1, _FIRST):
            line = lines.readline(files.LIMITS["field"]).strip("\r\n\ufeff")
            delimiter = max("|;,\t", key=line.count)
            header = tuple(map(field, _cut(line, delimiter)))
            if any(fields <= set(header) for fields in known):
                return Form(encoded, delimiter, header, number, line.startswith("|"))
    return None


def first_line(source: Source) -> str:
    """What stands in the first line of a file."""
    with files.text(source, files.encoding(source)) as lines:
        return lines.readline(200).strip("\r\n\ufeff")


def field(name: str) -> str:
    """SAP's name of a field, from itself (also as TABLE-FIELD) or from SAP's German or English words."""
    bare = name.strip().strip('"').strip()
    word = re.sub(r"[\W_]", "", bare.casefold())
    return _FIELDS.get(word) or bare.upper().rpartition("-")[2]


def _cut(line: str, delimiter: str) -> list[str]:
    parts = line.split(delimiter)
    return parts[1:-1] if delimiter == "|" and line.startswith("|") and len(parts) > 2 else parts


def rows(source: Source, form: Form) -> Iterator[tuple[int, Row]]:
    """The rows below the header as field -> trimmed cell; one with another number of cells has the key ``
    with that number. Rules and repeated headers of a list are left out."""
    quote = None if form.page else '"'
    for number, row in files.rows(source, form.encoding, form.delimiter, quote):
        if number <= form.begins or not "".join(row).strip("- |\t"):
            continue
        cut = row[1:-1] if form.page else row
        if form.page and tuple(map(field, cut)) == form.header:
            continue
        yield from files.named([(number, cut)], list(form.header))


def style(source: Source, form: Form) -> Style:
    """How the file writes amounts and days, by all of its cells. Raises InputError where two readings
    are left, or where one file writes both ways."""
    amounts, days = set(), set()
    for _, row in rows(source, form):
        amounts |= {_written(row.get(name, "")) for name in AMOUNTS}
        days |= {_form_of(row.get(name, "")) for name in DAYS}
    group = next((g for d, g in ((",", "."), (".", ",")) if d in amounts), "")
    if {",", "."} <= amounts or {"MM/DD/YYYY", "DD/MM/YYYY"} <= days:
        expected = "one way of writing amounts and days in a file"
        do = "Export it with one user's settings"
        raise source.fault(expected, do, value="1.234,56 and 1,234.56", reason="import_content")
    named = [d for d in days if d not in ("", "?")]
    for what, value, open_, do in (
        (
            "amounts",
            "1.234",
            not group and "?" in amounts,
            "with two decimals",
        ),
        ("days", "03/04/2021", not named and "?" in days, "with the user's date format DD.MM.YYYY"),
    ):
        if open_:
            expected = f"{what} that can be read in one way only"
            raise source.fault(expected, f"Export it {do}", value=value, reason="import_content")
    return Style("," if group == "." else ".", group, named[0] if named else "")


def _written(text: str) -> str:
    """The decimal sign that a cell proves; `?` where its only sign may be either, empty for none."""
    bare = text.strip().strip("+-")
    both = [sign for sign in ",." if sign in bare]
    if len(both) == 2:
        return max(both, key=bare.rfind)
    if not both:
        return ""
    last = bare.rpartition(both[0])[2]
    if bare.count(both[0]) > 1:
        return "," if both[0] == "." else "."
    return both[0] if len(last) != 3 or len(bare.partition(both[0])[0]) > 3 else "?"


def _form_of(text: str) -> str:
    """The form of a day that YYYYMMDD is not; `?` where month and day may be either."""
    if re.fullmatch(r"\d\d?\.\d\d?\.\d{4}", text):
        return "DD.MM.YYYY"
    if re.fullmatch(r"\d{4}/\d\d/\d\d", text):
        return "YYYY/MM/DD"
    found = re.fullmatch(r"(\d\d?)/(\d\d?)/\d{4}", text)
    if not found:
        return ""
    first, second = int(found[1]), int(found[2])
    return "DD/MM/YYYY" if first > 12 else "MM/DD/YYYY" if second > 12 else "?" if first else ""


def plain(row: Row, style: Style) -> Row:
    """The row with its days as YYYYMMDD and its amounts with a point; a cell that is neither stays."""
    found = dict(row)
    for name in (n for n in DAYS if n in row):
        day = cells.day(row[name], style.day) if style.day else None
        found[name] = "" if row[name] in _NONE else (day or row[name])
    for name in (n for n in AMOUNTS if n in row):
        value = cells.amount(row[name], style.decimal, style.group)
        if value is not None:
            found[name] = cells.written(value)
    return found
