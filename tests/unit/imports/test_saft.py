"""SAF-T of other countries and in parts, and what Portugal's ordinance says of documents, by hand."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from earned.faults import Fault
from tests.unit.imports import samples
from tests.unit.imports.conftest import totals, untied

Import = Callable[[str, Path], SimpleNamespace]
LUXEMBOURG, LITHUANIA = "urn:OECD:StandardAuditFile-Taxation/2.00", "https://www.vmi.lt/cms/saf-t"


def defects(done: SimpleNamespace) -> list[str]:
    return [f"{d.about} {d.said}" for d in done.result.defects]


def amount(name: str, value: str) -> str:
    """An amount of the OECD's shape, in dollars of 0.8 euro."""
    return (
        f"<{name}><Amount>{value}</Amount><CurrencyCode>USD</CurrencyCode>"
        f"<CurrencyAmount>{float(value) / 0.8:.2f}</CurrencyAmount><ExchangeRate>0.8</ExchangeRate></{name}>"
    )


def oecd(folder: Path, namespace: str = LUXEMBOURG, *, prefix: str = "", line: str = "Line") -> Path:
    """The shape of OECD 2.0: two journals; an invoice of 1,000.00 and one of 170 tax, a credit note of
    100.00 whose line is a debit, a receipt of 1,170.00, and 50.00 paid to a supplier."""

    def invoice(number: str, kind: str, side: str, net: str, tax: str, gross: str) -> str:
        return (
            f"<Invoice><InvoiceNo>{number}</InvoiceNo>"
            "<CustomerInfo><CustomerID>C1</CustomerID></CustomerInfo>"
            f"<InvoiceDate>2021-02-01</InvoiceDate><InvoiceType>{kind}</InvoiceType>"
            f"<Invoice{line}><DebitCreditIndicator>{side}</DebitCreditIndicator>"
            f"{amount('InvoiceLineAmount', net)}</Invoice{line}>"
            f"<InvoiceDocumentTotals><TaxInformationTotals>{amount('TaxAmount', tax)}"
            f"</TaxInformationTotals><NetTotal>{net}</NetTotal><GrossTotal>{gross}</GrossTotal>"
            "</InvoiceDocumentTotals></Invoice>\n"
        )

    def payment(number: str, party: str, gross: str) -> str:
        return (
            f"<Payment><PaymentRefNo>{number}</PaymentRefNo><TransactionDate>2021-02-03</TransactionDate>"
            f"<Line>{party}<PaymentLineAmount><Amount>{gross}</Amount></PaymentLineAmount></Line>"
            f"<DocumentTotals><GrossTotal>{gross}</GrossTotal></DocumentTotals></Payment>\n"
        )

    def entry(journal: str, number: str, lines: str) -> str:
        return (
            f"<Journal><JournalID>{journal}</JournalID><Transaction><TransactionID>{number}</TransactionID>"
            "<Period>2</Period><PeriodYear>2021</PeriodYear><TransactionDate>2021-02-01</TransactionDate>"
            f"<SystemEntryDate>2021-02-02</SystemEntryDate>{lines}</Transaction></Journal>\n"
        )

    def half(account: str, side: str, value: str) -> str:
        name = "TransactionLine" if line == "Line" else line
        return (
            f"<{name}><RecordID>{account}</RecordID><AccountID>{account}</AccountID><Analysis>"
            f"<AnalysisType>CC</AnalysisType></Analysis>{amount(f'{side}Amount', value)}</{name}>"
        )

    sales = (
        half("401", "Debit", "1170.00") + half("702", "Credit", "1000.00") + half("461", "Credit", "170.00")
    )
    text = f"""<AuditFile xmlns="{namespace}">
<Header><AuditFileVersion>2.01</AuditFileVersion><AuditFileCountry>LU</AuditFileCountry>
<AuditFileDateCreated>2022-01-01</AuditFileDateCreated><Company><RegistrationNumber>L1</RegistrationNumber>
<Name>Société</Name></Company><DefaultCurrencyCode>EUR</DefaultCurrencyCode></Header>
<MasterFiles><GeneralLedgerAccounts>
<Account><AccountID>401</AccountID><AccountType>Receivable</AccountType></Account>
<Account><AccountID>461</AccountID><AccountType>Liability</AccountType></Account>
<Account><AccountID>513</AccountID><AccountType>Bank</AccountType></Account>
<Account><AccountID>702</AccountID><AccountType>Income</AccountType></Account></GeneralLedgerAccounts>
<Customers><Customer><CompanyStructure><Name>Client</Name></CompanyStructure><CustomerID>C1</CustomerID></Customer>
</Customers><Suppliers><Supplier><SupplierID>S1</SupplierID></Supplier></Suppliers></MasterFiles>
<GeneralLedgerEntries><NumberOfEntries>2</NumberOfEntries><TotalDebit>2340.00</TotalDebit>
<TotalCredit>2340.00</TotalCredit>{entry("SALES", "1", sales)}
{entry("BANK", "1", half("513", "Debit", "1170.00") + half("401", "Credit", "1170.00"))}
</GeneralLedgerEntries>
<SourceDocuments><SalesInvoices><NumberOfEntries>2</NumberOfEntries><TotalDebit>100.00</TotalDebit>
<TotalCredit>1000.00</TotalCredit>{invoice("F1", "380", "C", "1000.00", "170.00", "1170.00")}
{invoice("F2", "out_refund", "D", "100.00", "17.00", "117.00")}</SalesInvoices>
<PurchaseInvoices><Invoice><InvoiceNo>P1</InvoiceNo></Invoice></PurchaseInvoices>
<Payments>{payment("R1", "<CustomerID>C1</CustomerID>", "1170.00")}
{payment("R2", "<SupplierID>S1</SupplierID>", "50.00")}</Payments></SourceDocuments></AuditFile>"""
    if prefix:
        text = text.replace("</", "<\0").replace("<", f"<{prefix}:").replace(f"<{prefix}:\0", f"</{prefix}:")
        text = text.replace("xmlns=", f"xmlns:{prefix}=")
    path = folder / "audit.xml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("namespace", "prefix", "line"),
    [(LUXEMBOURG, "", "Line"), (LITHUANIA, "n1", "Line")],
)
def test_the_shape_of_the_oecd(
    namespace: str, prefix: str, line: str, tmp_path: Path, imported: Import
) -> None:
    done = imported("saft", oecd(tmp_path, namespace, prefix=prefix, line=line))
    assert untied(done.result) == [] and defects(done) == []
    assert [(r["effective_date"], r["amount"]) for r in done.rows("entries")] == [("2021-02-01", "1000.00")]
    # One number in two journals is two transactions.
    assert {r["journal_id"] for r in done.rows("ledger")} == {"SALES-1", "BANK-1"}
    invoices = [(r["invoice_id"], r["kind"], r["amount"], r["tax"]) for r in done.rows("invoices")]
    assert invoices == [("F1", "invoice", "1000.00", "170.00"), ("F2", "credit_note", "-100.00", "-17.00")]
    assert [(r["receipt_id"], r["customer_id"], r["amount"]) for r in done.rows("receipts")] == [
        ("R1", "C1", "1170.00")
    ]
    assert [(r["payment_id"], r["party"], r["amount"]) for r in done.rows("payments")] == [
        ("R2", "S1", "50.00")
    ]
    assert "amounts of journal lines in foreign currency (CurrencyAmount): 5" in done.result.not_taken
    assert "Analysis of journal lines: 5" in done.result.not_taken
    assert "SourceDocuments/PurchaseInvoices/Invoice" in done.result.not_taken


def test_a_zipped_file(tmp_path: Path, imported: Import) -> None:
    with zipfile.ZipFile(tmp_path / "saft.zip", "w") as archive:
        archive.write(samples.saft_no(tmp_path), "SAF-T Financial_1.xml")
    assert untied(imported("saft", tmp_path / "saft.zip").result) == []


# --- parts ----------------------------------------------------------------------------------------------


def split(folder: Path, *, whole: bool, company: str = "987654321") -> Path:
    """Norway in two files: transactions 1 and 2, and 3; their totals of the whole, or each its own."""
    text = samples.saft_no(folder).read_text(encoding="utf-8")
    head, _, rest = text.partition("<Transaction>")
    first, _, third = rest.rpartition("<Transaction>")
    place = folder / "parts"
    place.mkdir()
    tail = "</Journal></GeneralLedgerEntries></AuditFile>"
    own = (("3", "1960.00"), ("3", "1960.00")) if whole else (("2", "1560.00"), ("1", "400.00"))
    for number, ((entries, total), body) in enumerate(
        zip(own, (f"<Transaction>{first}{tail}", f"<Transaction>{third}"), strict=True)
    ):
        part = head.replace(">3</NumberOfEntries>", f">{entries}</NumberOfEntries>")
        part = part.replace(">1960.00<", f">{total}<")
        if number:
            part = part.replace("987654321", company)
        (place / f"saft_{number + 1}_2.xml").write_text(part + body, encoding="utf-8")
    return place


@pytest.mark.parametrize("whole", [True, False])
def test_the_parts_of_one_file_are_one(whole: bool, tmp_path: Path, imported: Import) -> None:
    done = imported("saft", split(tmp_path, whole=whole))
    assert untied(done.result) == [] and defects(done) == []
    assert len(done.rows("ledger")) == 8 and len(done.rows("customers")) == 1
    assert [(r["effective_date"], r["amount"]) for r in done.rows("entries")] == samples.REVENUE
    name = "GeneralLedgerEntries/TotalDebit" if whole else "GeneralLedgerEntries/TotalDebit of part 2"
    assert totals(done.result)[name] == (("1960.00", "1960.00") if whole else ("400.00", "400.00"))


def test_parts_of_two_companies_are_refused(tmp_path: Path, refused: Callable[..., Fault]) -> None:
    fault = refused("saft", split(tmp_path, whole=True, company="11"))
    assert fault.value == "11" and "one company (987654321)" in fault.expected


# --- what contradicts -----------------------------------------------------------------------------------


def test_what_the_ledger_of_a_file_contradicts(tmp_path: Path, imported: Import) -> None:
    """The number of a transaction twice, an account that the chart does not have, a total not stated."""
    path = samples.saft_no(tmp_path)
    text = path.read_text(encoding="utf-8")
    text = text.replace("<TransactionID>3<", "<TransactionID>2<").replace(
        "<TotalDebit>1960.00</TotalDebit>", ""
    )
    chart, entries = text.split("</GeneralLedgerAccounts>")
    path.write_text(
        f"{chart}</GeneralLedgerAccounts>{entries.replace('>641000<', '>999<')}", encoding="utf-8"
    )
    assert defects(imported("saft", path)) == [
        "Account 999 is booked on, but the chart of accounts does not have it",
        "Transaction GL-2 has a number that an earlier transaction has",
        "GeneralLedgerEntries lacks TotalDebit, which the format requires",
    ]


SIGNED, OTHER = "A" * 171 + "=", "B" * 171 + "="


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("FT A/2", "FT A/4", "Invoice FT A/4 follows FT A/1 in the series FT A: numbers 2 to 3 are missing"),
        ("FT A/2", "FT A/1", "Invoice FT A/1 has a number that an earlier document has"),
        ("FT A/2", "FT-A-2", "Invoice FT-A-2 has a number that is not written as code, blank, series/number"),
        ("NC A/1", "FT B/1", "Invoice FT B/1 is of type NC, but its code FT already"),
        ("2021-03-01<", "2021-01-30<", "Invoice FT A/2 is dated 2021-01-30, before FT A/1"),
        ("<Hash>0</Hash>", f"<Hash>{SIGNED}</Hash>", "Invoice NC A/1 has the same Hash as Invoice FT A/1"),
        ("<Hash>0</Hash>", "<Hash>short</Hash>", "Invoice FT A/1 has a Hash of 5 characters that is no"),
        ("<Hash>0</Hash>", "<Hash/>", "Invoice FT A/1 lacks Hash, which the format requires"),
        ("<HashControl>0</HashControl>", "", "Invoice FT A/1 lacks HashControl, which the format requires"),
        ("<NetTotal>1000.00", "<NetTotal>900.00", "Invoice FT A/1 has the NetTotal 900.00, but"),
    ],
)  # fmt: skip
def test_what_a_document_of_portugal_contradicts(
    old: str, new: str, said: str, tmp_path: Path, imported: Import
) -> None:
    path = samples.saft_pt(tmp_path)
    path.write_text(path.read_text(encoding="windows-1252").replace(old, new), encoding="windows-1252")
    assert defects(imported("saft", path))[0].startswith(said)


def test_signatures_that_differ_are_counted_and_not_verified(tmp_path: Path, imported: Import) -> None:
    path = samples.saft_pt(tmp_path)
    text = path.read_text(encoding="windows-1252")
    for signature in (SIGNED, OTHER, "C" * 171 + "="):
        text = text.replace("<Hash>0</Hash>", f"<Hash>{signature}</Hash>", 1)
    path.write_text(text, encoding="windows-1252")
    done = imported("saft", path)
    assert defects(done) == []
    said = "Hash (looked at; verifying it takes the key of the program's maker): 3"
    assert said in done.result.not_taken


def test_a_receipt_of_an_invoice_before_the_file_is_no_defect(tmp_path: Path, imported: Import) -> None:
    """Of two invoices that the file does not have, one is dated within what it covers."""
    path = samples.saft_pt(tmp_path)
    receipt = (
        "<Payments><NumberOfEntries>1</NumberOfEntries><TotalDebit>0</TotalDebit>"
        "<TotalCredit>50.00</TotalCredit><Payment><PaymentRefNo>RG A/1</PaymentRefNo><ATCUD>0</ATCUD>"
        "<TransactionDate>2021-02-01</TransactionDate>"
        "<PaymentType>RG</PaymentType><DocumentStatus><PaymentStatus>N</PaymentStatus></DocumentStatus>"
        "<SourceID>ana</SourceID><SystemEntryDate>2021-02-01T10:00:00</SystemEntryDate>"
        "<CustomerID>C1</CustomerID>"
        "<Line><SourceDocumentID><OriginatingON>FT 9/9</OriginatingON><InvoiceDate>2020-12-31</InvoiceDate>"
        "</SourceDocumentID><SourceDocumentID><OriginatingON>FT A/9</OriginatingON>"
        "<InvoiceDate>2021-01-15</InvoiceDate></SourceDocumentID><CreditAmount>50.00</CreditAmount></Line>"
        "<DocumentTotals><TaxPayable>0</TaxPayable><NetTotal>50.00</NetTotal><GrossTotal>50.00</GrossTotal>"
        "</DocumentTotals></Payment></Payments>"
    )
    text = path.read_text(encoding="windows-1252").replace("</SalesInvoices>", f"</SalesInvoices>{receipt}")
    path.write_text(text, encoding="windows-1252")
    done = imported("saft", path)
    assert defects(done) == ["Payment RG A/1 names the invoice FT A/9, which SourceDocuments does not have"]
    assert untied(done.result) == []
