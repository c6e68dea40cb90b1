"""FEC, GDPdU, Audit Data Standards, XBRL GL, SEC facts beside the usual: what varies, what is wrong."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from earned.imports import cells, gobd_rows
from earned.imports.files import Source
from earned.imports.gobd_index import described
from tests.unit.imports import samples
from tests.unit.imports.conftest import totals, untied

Import = Callable[[str, Path], SimpleNamespace]


def defects(done: SimpleNamespace) -> list[str]:
    return [f"{d.about} {d.said}" for d in done.result.defects]


# --- FEC ------------------------------------------------------------------------------------------------


def changed(path: Path, change: Callable[[list[str], int], list[str]]) -> Path:
    """Each row of a FEC, as cells with its number, changed."""
    lines = path.read_text(encoding="iso-8859-15").splitlines()
    rows = ["\t".join(change(line.split("\t"), number)) for number, line in enumerate(lines, 1)]
    path.write_text("\n".join(rows), encoding="iso-8859-15")
    return path


@pytest.mark.parametrize(
    ("column", "row", "value", "said"),
    [
        (2, 8, "7", "Journal VE has 4 entries from 1 to 7: 3 of the numbers are missing, the first 4"),
        (1, 6, "Achats", "1 rows of journal VE have another JournalLib than its first"),
        (5, 2, "411000", "1 rows have the number of the account as its name (CompteLib)"),
        (8, 3, "", "1 rows have no PieceRef"),
        (15, 4, "20210101", "1 rows are validated before the row above them; the article wants this order"),
        (11, 2, "1200.00", "1 rows write amounts with a point; the article has a comma"),
        (12, 2, "1,00", "1 rows have both a debit and a credit"),
        (3, 3, "20210130", "1 rows have another EcritureDate than the first row of their entry"),
        (17, 2, "USD", "1 rows have only one of Montantdevise and Idevise"),
        (4, 8, "RRR641", "1 rows have a CompteNum that does not begin with three digits"),
    ],
)
def test_what_departs_from_the_article(
    column: int, row: int, value: str, said: str, tmp_path: Path, imported: Import
) -> None:
    def change(line: list[str], number: int) -> list[str]:
        return [*line[:column], value, *line[column + 1 :]] if number == row else line

    assert said in defects(imported("fec", changed(samples.fec(tmp_path), change)))


def test_one_numbering_over_all_journals_has_no_gaps(tmp_path: Path, imported: Import) -> None:
    """Entries 1 and 3 of one journal and 2 of another: continuous together."""

    def change(line: list[str], number: int) -> list[str]:
        return ["AN", "À nouveau", *line[2:]] if 5 <= number <= 7 else line

    assert defects(imported("fec", changed(samples.fec(tmp_path), change))) == []


def test_the_words_of_the_article_and_semicolons_are_read_and_said(tmp_path: Path, imported: Import) -> None:
    words = (
        "Code journal;Libellé journal;Numéro de l'écriture;Date de comptabilisation;Numéro de compte;"
        "Libellé de compte;Numéro de compte auxiliaire;Libellé de compte auxiliaire;"
        "Référence de la pièce justificative;Date d'émission de la pièce justificative;"
        "Libellé de l'écriture comptable;Montant au débit;Montant au crédit;Lettrage;Date de lettrage;"
        "Date de validation de l'écriture;Montant en devise;Identifiant de la devise"
    )
    path = samples.fec(tmp_path, separator=";")
    rows = path.read_text(encoding="iso-8859-15").splitlines()[1:]
    path.write_text("\n".join([words, *rows]), encoding="utf-8")
    done = imported("fec", path)
    assert [(r["effective_date"], r["amount"]) for r in done.rows("entries")] == samples.REVENUE
    separator, names = defects(done)
    assert separator == "Header has ';' between the columns; the article has a tab or a pipe"
    assert names.startswith("Header departs from the article: Code journal where JournalCode stands, ")


def test_twenty_two_columns_and_a_quote_in_a_text(tmp_path: Path, imported: Import) -> None:
    more = ("DateRglt", "ModeRglt", "NatOp", "IdClient")

    def change(line: list[str], number: int) -> list[str]:
        text = 'a "quoted text' if number == 3 else line[10]
        return [*line[:10], text, *line[11:], *(more if number == 1 else ("20210131", "CB", "", "C1"))]

    done = imported("fec", changed(samples.fec(tmp_path), change))
    assert done.rows("entries")[0]["description"] == 'a "quoted text'
    assert {f"column {name}" for name in more} <= set(done.result.not_taken)


# --- GDPdU ----------------------------------------------------------------------------------------------

TABLE = (
    '<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd"><DataSet><Extension><Name>X</Name><URL>x.xml</URL>'
    "</Extension><Version>1</Version><Command>rm -rf data</Command><Media><Name>1</Name><Command>x</Command>"
    "{tables}</Media><Media><Name>2</Name><AcceptNoTables/></Media></DataSet>"
)
HORROR = b"|E|\x9f\x9a|C|bar|R||foo|E||C||C|123456|C|+|&b\x8a&!\nar|+20|R|\nFoo|C|Bar|R||R|\n"


def test_unusual_delimiters_of_several_signs(tmp_path: Path) -> None:
    """By hand: |E| encloses the first field, with a delimiter and the end of a record in it."""
    table = (
        "<Table><URL>horror.csv</URL><ANSI/><VariableLength><ColumnDelimiter>|C|</ColumnDelimiter>"
        "<RecordDelimiter>|R|</RecordDelimiter><TextEncapsulator>|E|</TextEncapsulator>"
        "<VariableColumn><Name>a</Name><AlphaNumeric/></VariableColumn></VariableLength></Table>"
    )
    (tmp_path / "index.xml").write_text(TABLE.format(tables=table))
    (tmp_path / "horror.csv").write_bytes(HORROR)
    _, (found,) = described(Source("index.xml", tmp_path / "index.xml"))
    rows = [row for _, row in gobd_rows.rows(found, Source("horror.csv", tmp_path / "horror.csv"))]
    assert rows == [["Ÿš|C|bar|R||foo", "", "123456", "+|&bŠ&!\nar|+20"], ["\nFoo", "Bar"]]


def test_a_table_that_is_none_of_ours_is_written_as_it_is(tmp_path: Path, imported: Import) -> None:
    """An OEM code page, implied decimals, a day of two digits by Epoch, a word by Map, a validity."""
    columns = (
        "<VariablePrimaryKey><Name>Auftrag</Name><AlphaNumeric/></VariablePrimaryKey>"
        "<VariableColumn><Name>Größe</Name><Numeric><ImpliedAccuracy>2</ImpliedAccuracy></Numeric>"
        "</VariableColumn><VariableColumn><Name>Tag</Name><Date><Format>YY-MM-DD</Format></Date>"
        "</VariableColumn><VariableColumn><Name>Art</Name><AlphaNumeric/>"
        "<Map><From>0</From><To>offen</To></Map>"
        "</VariableColumn><ForeignKey><Name>Auftrag</Name><References>Kunden</References></ForeignKey>"
    )
    table = (
        "<Table><URL>unter/a.csv</URL><Name>Aufträge 2021</Name>"
        "<Validity><Range><From>01.01.2021</From></Range></Validity><OEM/>"
        "<DigitGroupingSymbol> </DigitGroupingSymbol><Epoch>75</Epoch>"
        f"<VariableLength>{columns}</VariableLength></Table>"
    )
    (tmp_path / "index.xml").write_text(TABLE.format(tables=table), encoding="utf-8")
    (tmp_path / "unter").mkdir()
    (tmp_path / "unter" / "a.csv").write_bytes(
        '"Ä1";1 234 56;74-01-31;0\r\nB;7;75-02-28;1\r\n'.encode("cp850")
    )
    done = imported("gobd", tmp_path / "index.xml")
    rows = done.rows("aufträge_2021")
    assert [r["from_row"] for r in rows] == ["2"] and rows[0]["Größe"] == "0.07"
    assert [(r.row, r.column) for r in done.result.rejected] == [(1, "Größe")]  # `1 234 56` is no grouping
    assert (rows[0]["Tag"], rows[0]["Art"]) == ("1975-02-28", "1")
    assert any("aufträge_2021.csv" in question for question in done.result.questions)


def test_a_zipped_export_in_a_folder_with_two_journals(tmp_path: Path, imported: Import) -> None:
    path = samples.gobd(tmp_path)
    whole = zipfile.ZipFile(path).read("daten/index.xml").decode()
    journal = whole[whole.index("<Table>") : whole.index("</Table>") + len("</Table>")]
    second = whole.replace("</Media>", f"{journal.replace('journal.csv', 'mehr/journal2.csv')}</Media>")
    with zipfile.ZipFile(path) as archive:
        rows = archive.read("daten/journal.csv")
        chart = archive.read("daten/konten.csv")
    with zipfile.ZipFile(tmp_path / "zwei.zip", "w") as archive:
        for name, content in (
            ("daten/index.xml", second.encode()), ("daten/journal.csv", rows),
            ("daten/mehr/journal2.csv", rows.replace(b"\r\n1;", b"\r\n11;").replace(b"\r\n2;", b"\r\n12;")),
            ("daten/konten.csv", chart),
        ):  # fmt: skip
            archive.writestr(name, content)
    done = imported("gobd", tmp_path / "zwei.zip")
    assert len(done.rows("ledger")) == 16 and untied(done.result) == []


# --- Audit Data Standards -------------------------------------------------------------------------------


def test_the_movement_of_the_trial_balance_is_compared_with_the_ledger(
    tmp_path: Path, imported: Import
) -> None:
    place = samples.ads(tmp_path)
    path = place / "Trial_Balance_20210101_20210331.txt"
    path.write_text(path.read_text() + "411000|E1|2021|M01|0.00|1200.50\n")
    done = imported("ads", place)
    figures = totals(done.result)
    assert figures["movements of accounts as the trial balance has them"] == ("3", "2")
    assert figures["movement of account 411000 in 2021M01"] == ("1200.5", "1200")


def test_order_to_cash_files(tmp_path: Path, imported: Import) -> None:
    """Customers, invoices and cash into our tables; orders, shipments and open items as they are."""
    for name, text in (
        ("Customer_Master.txt", "Customer_Account_ID|Customer_Account_Name|TIN\nC1|Client|77\n"),
        (
            "Invoices.txt",
            "Invoice_ID|Invoice_Date|Customer_Account_ID|Invoice_Amount|Invoice_Type_Name|Shipment_ID\n"
            "I1|20210131|C1|1000.00|Invoice|S1\nI2|20210228|C1|300.00|Credit memo|\n",
        ),
        (
            "Cash.txt",
            "Transaction_ID|Transaction_Date|Customer_Account_ID|Receipt_Amount|Reference_Number\n"
            "R1|20210301|C1|700.00|I1\n",
        ),
        ("Shipments_Made.txt", "Shipment_ID|Sales_Order_ID|Shipment_Date\nS1|O1|20210130\n"),
        ("Open_AR.txt", "Customer_Account_ID|Transaction_ID|Balance_Amount\nC1|I1|300.00\n"),
    ):  # fmt: skip
        (tmp_path / name).write_text(text)
    done = imported("ads", tmp_path)
    invoices = [(r["invoice_id"], r["kind"], r["amount"]) for r in done.rows("invoices")]
    assert invoices == [("I1", "invoice", "1000.00"), ("I2", "credit_note", "-300.00")]
    assert [(r["receipt_id"], r["invoice_id"], r["amount"]) for r in done.rows("receipts")] == [
        ("R1", "I1", "700.00")
    ]
    assert done.rows("customers")[0]["tax_id"] == "77"
    assert done.rows("shipments_made")[0]["Sales_Order_ID"] == "O1"
    assert done.rows("open_ar")[0]["Balance_Amount"] == "300.00"
    assert "Invoices.txt: column shipmentid" in done.result.not_taken


def test_balances_of_the_api_by_their_day(tmp_path: Path, imported: Import) -> None:
    balance = {"glAccountNumber": "10", "amountBeginning": 1, "amountEnding": 2.5, "amountCurrency": "EUR"}
    days = ("2021-02-28", "2021-02-27")
    path = tmp_path / "balances.json"
    path.write_text(json.dumps({"balances": [{**balance, "balanceAsOfDate": day} for day in days]}))
    done = imported("ads", path)
    assert [(r["period_id"], r["closing"]) for r in done.rows("trial_balance")] == [("2021M02", "2.5")]
    assert [(r.row, r.column) for r in done.result.rejected] == [(2, "Period")]


# --- XBRL GL, SEC ---------------------------------------------------------------------------------------


def test_an_amount_without_a_side_carries_its_sign(tmp_path: Path, imported: Import) -> None:
    path = samples.xbrl_gl(tmp_path)
    text = path.read_text().replace("<g:debitCreditCode>C</g:debitCreditCode>", "")
    for value in ("1000.00", "200.00", "360.00"):
        text = text.replace(f"<g:amount>{value}<", f"<g:amount>-{value}<", 1)
    parts = text.rpartition("<g:amount>400.00</g:amount>")
    path.write_text(f"{parts[0]}<g:amount>400.00</g:amount><g:signOfAmount>-</g:signOfAmount>{parts[2]}")
    done = imported("xbrl-gl", path)
    assert totals(done.result)["journals that balance"] == ("3", "3")
    assert [(r["effective_date"], r["amount"]) for r in done.rows("entries")] == samples.REVENUE


def test_invoices_to_customers_of_an_instance(tmp_path: Path, imported: Import) -> None:
    """By hand: 1,000.00 and 200.00 of invoice 1, a memo of the sum left out; tax 120.00 and 30.00."""
    path = samples.xbrl_gl(tmp_path)
    head, _, _ = path.read_text().partition("<g:entryHeader>")
    lines = "".join(
        f"<g:entryDetail><g:amount>{amount}</g:amount><b:amountMemo>{memo}</b:amountMemo><g:identifierReference>"
        "<g:identifierCode>C1</g:identifierCode><g:identifierType>C</g:identifierType></g:identifierReference>"
        "<g:documentType>invoice</g:documentType><g:documentNumber>1</g:documentNumber>"
        f"<g:documentDate>2021-01-31</g:documentDate><g:taxes><g:taxAmount>{tax}</g:taxAmount></g:taxes>"
        "</g:entryDetail>\n"
        for amount, memo, tax in (
            ("1000.00", "false", "120.00"), ("200.00", "false", "30.00"), ("1200.00", "true", "0"),
        )
    )  # fmt: skip
    head = head.replace(">journal<", ">other<")
    path.write_text(f"{head}<g:entryHeader>{lines}</g:entryHeader></g:accountingEntries></x:xbrl>")
    (row,) = imported("xbrl-gl", path).rows("invoices")
    shown = ("invoice_id", "customer_id", "kind", "amount", "tax", "currency")
    assert [row[c] for c in shown] == ["1", "C1", "invoice", "1200.00", "150.00", "EUR"]


def fact(value: int, filing: str, filed: str) -> dict[str, Any]:
    days = {"start": "2017-01-01", "end": "2017-03-31", "filed": filed}
    return {**days, "val": value, "accn": filing, "form": "10-Q"}


def test_what_was_published_first_decides_not_its_concept(tmp_path: Path, imported: Import) -> None:
    """A quarter of 2017 first as SalesRevenueNet, a year later under the new standard as another concept;
    its goods alone are never the revenue."""
    new = "RevenueFromContractWithCustomerExcludingAssessedTax"
    units = {
        "SalesRevenueNet": {"USD": [fact(100, "A-1", "2017-05-01")]},
        new: {"USD": [fact(104, "A-2", "2018-05-01")], "CNY": [fact(650, "A-2", "2018-05-01")]},
        "SalesRevenueGoodsNet": {"USD": [fact(60, "A-3", "2018-06-01")]},
    }
    content = {"cik": 1, "facts": {"us-gaap": {name: {"units": unit} for name, unit in units.items()}}}
    (tmp_path / "facts.json").write_text(json.dumps(content))
    rows = imported("sec", tmp_path / "facts.json").rows("announced")
    assert sorted((r["currency"], r["amount"], r["status"]) for r in rows) == [
        ("CNY", "650", "reviewed"), ("USD", "100", "reviewed"), ("USD", "104", "restated"),
    ]  # fmt: skip


def test_what_is_said_of_an_amount_that_cannot_be_held() -> None:
    assert "9 decimals" in cells.wanted("643859.21238726846176177787115")
    assert cells.wanted("12a") == "an amount such as 1234.56"
