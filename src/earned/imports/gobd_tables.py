"""What a table of a GDPdU export is, by the German names of its columns, and its rows under our names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from earned.imports import cells, gobd_rows, roles
from earned.imports.common import Account, Collected
from earned.imports.files import Source
from earned.imports.gobd_index import Described

#: Ours -> what German systems call it, without marks and capitals; the first that a table has is taken.
NAMES: dict[str, tuple[str, ...]] = {
    "account": ("kontonummer", "konto", "kontonr", "sachkonto", "sachkontonummer", "accountno"),
    "counter": ("gegenkontonummer", "gegenkonto", "gegenkontoohnebuschlüssel", "gkonto"),
    "debit": ("sollbetrag", "betragsoll", "umsatzsoll", "soll"),
    "credit": ("habenbetrag", "betraghaben", "umsatzhaben", "haben"),
    "amount": ("umsatz", "betrag", "umsatzohnesollhabenkz", "buchungsbetrag"),
    "side": ("sollhabenkennzeichen", "sollhabenkz", "sollhaben", "shkennzeichen", "shkz", "sh"),
    "effective_date": ("buchungsdatum", "buchungstag", "datum"),
    "document_date": ("belegdatum",),
    "created_at": ("erfassungsdatum", "erfasstam", "eingabedatum"),
    "journal_id": ("buchungsnummer", "journalnummer", "belegnummer", "belegnr", "belegfeld1", "beleg"),
    "line_number": ("zeilennummer", "positionsnummer", "zeile"),
    "description": ("buchungstext", "text"),
    "currency": ("währung", "wkz", "währungskennung", "wkzumsatz"),
    "preparer": ("benutzer", "erfasser", "bediener", "sachbearbeiter", "erfasstvon"),
    "source": ("belegart", "belegnummernkreis", "buchungskreis", "herkunft", "journal"),
    "name": ("kontobezeichnung", "kontoname", "kontobeschriftung", "bezeichnung", "beschriftung"),
    "type": ("kontotyp", "kontoart", "kontentyp", "kontenart"),
    "customer_id": ("kundennummer", "debitorennummer", "kundennr", "debitornr"),
    "customer": ("kundenname", "debitorenname", "name", "name1", "firma"),
}  # fmt: skip
_SIDES = {"s": 1, "soll": 1, "h": -1, "haben": -1}
_TEXTS = ("journal_id", "line_number", "description", "currency", "preparer", "source", "account")
_TABLE = {"chart": "accounts", "customers": "customers"}


def columns(table: Described) -> dict[str, int]:
    """Our name -> the place of the column that holds it."""
    places: dict[str, int] = {}
    plain = [re.sub(r"[\W_]", "", c.name.casefold()) for c in table.columns]
    for ours, theirs in NAMES.items():
        place = next((plain.index(name) for name in theirs if name in plain), None)
        if place is not None:
            places[ours] = place
    return places


def kind(table: Described) -> str:
    """journal, chart or customers; empty where the columns are of none."""
    has = columns(table).keys()
    money = {"debit", "credit"} <= has or "amount" in has
    if "account" in has and money and {"effective_date", "document_date"} & has:
        return "journal"
    if {"account", "name"} <= has and not {"effective_date", "debit"} & has:
        return "chart"
    return "customers" if {"customer_id", "customer"} <= has and not money else ""


def numbered(tables: Iterable[Described]) -> bool:
    """Whether every journal says which lines belong together."""
    return all("journal_id" in columns(t) or _pairs(t) for t in tables)


def _pairs(table: Described) -> bool:
    """One amount with account and counter account: a row may be both lines of an entry."""
    has = columns(table).keys()
    return {"amount", "counter", "side"} <= has and not {"debit", "credit"} <= has


def take(kind: str, table: Described, source: Source, found: Collected) -> int:
    """Read a table; the number of its records within the Range."""
    both, count, places = kind == "journal" and _both_lines(table, source), 0, columns(table)
    for number, row in gobd_rows.rows(table, source):
        count += 1
        values = _values(table, row, source.name, number, found)
        if values is None:
            continue
        if not kind:
            texts = {c.name: _text(v) for c, v in zip(table.columns, values, strict=True)}
            found.other(table.name, texts, source.name, number)
            continue
        mine = {ours: values[place] for ours, place in places.items()}
        if kind == "journal":
            _line(mine, source.name, number, both, found)
        else:
            _master(kind, mine, source.name, number, found)
    for place, column in enumerate(table.columns if kind else ()):
        if place not in places.values():
            found.leave(f"{source.name}: column {column.name}")
    return count


def _values(
    table: Described, row: list[str], file: str, number: int, found: Collected
) -> list[str | Decimal] | None:
    """The cells by their types; None, rejected, where one is not of its type."""
    if len(row) != len(table.columns):
        found.reject(file, number, "", str(len(row)), f"{len(table.columns)} columns in the record")
        return None
    values = []
    for column, text in zip(table.columns, row, strict=True):
        value = gobd_rows.typed(table, column, text)
        if value is None:
            wanted = (
                f"a day as {column.form}" if column.type == "Date" else f"a number as 1234{table.decimal}56"
            )
            found.reject(file, number, column.name, text, wanted)
            return None
        values.append(value)
    return values


def _text(value: str | Decimal) -> str:
    return cells.written(value) if isinstance(value, Decimal) else value


def _both_lines(table: Described, source: Source) -> bool:
    """Whether a row with account and counter account is both lines: then the rows alone do not balance."""
    if not _pairs(table):
        return False
    places, rest = columns(table), Decimal(0)
    for _, row in gobd_rows.rows(table, source):
        if len(row) == len(table.columns):
            value = gobd_rows.typed(table, table.columns[places["amount"]], row[places["amount"]])
            side = _SIDES.get(row[places["side"]].strip().casefold(), 0)
            rest += side * (value if isinstance(value, Decimal) else 0)
    return rest != 0


def _line(mine: dict[str, str | Decimal], file: str, number: int, both: bool, found: Collected) -> None:
    amount = _amount(mine)
    if amount is None:
        shown = " ".join(str(mine.get(c, "")) for c in ("debit", "credit", "amount", "side")).strip()
        found.reject(file, number, "Betrag", shown, "an amount, with S or H where it has no sign of its own")
        return
    texts = {c: str(mine[c]) for c in _TEXTS if c in mine}
    texts["currency"] = texts.get("currency", "")
    texts["journal_id"] = texts.get("journal_id") or str(number)
    texts["line_number"] = texts.get("line_number") or str(number)
    for day in ("effective_date", "document_date", "created_at"):
        text = str(mine.get(day, ""))
        texts[day] = (cells.day(text) or text) if day != "created_at" else cells.moment(text)
    found.line(texts, amount, file, number)
    if both:
        counter = {**texts, "account": str(mine["counter"]), "line_number": f"{texts['line_number']}-2"}
        found.line(counter, -amount, file, number)


def _amount(mine: dict[str, str | Decimal]) -> Decimal | None:
    """Debit less credit; of a single amount the side decides, or its own sign where there is no side."""
    if "debit" in mine and "credit" in mine:
        debit, credit = _number(mine["debit"]), _number(mine["credit"])
        return debit - credit if debit is not None and credit is not None else None
    value = _number(mine["amount"]) if mine["amount"] != "" else None
    sign = _SIDES.get(str(mine["side"]).casefold()) if "side" in mine else 1
    return value * sign if value is not None and sign is not None else None


def _number(value: str | Decimal) -> Decimal | None:
    """An amount also where index.xml calls its column a text; an empty one is 0."""
    if isinstance(value, Decimal):
        return value
    return cells.amount(value, ",", ".") if value else Decimal(0)


def _master(kind: str, mine: dict[str, str | Decimal], file: str, number: int, found: Collected) -> None:
    texts = {c: str(v) for c, v in mine.items()}
    if kind == "customers":
        row = {"customer_id": texts["customer_id"], "name": texts["customer"]}
        found.add("customers", row, file, number)
        return
    if texts["account"]:
        found.has_chart = True
        type_ = texts.get("type", "")
        account = Account(texts["name"], roles.by_type(type_), type_, place=(file, number))
        found.accounts[texts["account"]] = account
