"""Small exports in each format, written from the published layouts, all of one made-up quarter.

The story in every ledger: on 31 January 2021 an invoice of 1,000.00 with 200.00 tax; on 28 February a
credit note of 300.00 with 60.00 tax; on 31 March wages of 400.00. By hand: revenue 1,000.00 - 300.00 =
700.00 in two lines; debits 1,200 + 300 + 60 + 400 = 1,960.00, as many credits, in eight lines of three
journals.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

#: journal, line, account, name, debit, credit, day, text
LINES = (
    ("1", "1", "411000", "Customers", "1200.00", "0.00", "2021-01-31", "Invoice 1"),
    ("1", "2", "706000", "Services", "0.00", "1000.00", "2021-01-31", "Invoice 1"),
    ("1", "3", "445710", "Tax", "0.00", "200.00", "2021-01-31", "Invoice 1"),
    ("2", "1", "706000", "Services", "300.00", "0.00", "2021-02-28", "Credit note 2"),
    ("2", "2", "445710", "Tax", "60.00", "0.00", "2021-02-28", "Credit note 2"),
    ("2", "3", "411000", "Customers", "0.00", "360.00", "2021-02-28", "Credit note 2"),
    ("3", "1", "641000", "Wages", "400.00", "0.00", "2021-03-31", "Wages"),
    ("3", "2", "512000", "Bank", "0.00", "400.00", "2021-03-31", "Wages"),
)
REVENUE = [("2021-01-31", "1000.00"), ("2021-02-28", "-300.00")]

FEC_HEADER = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum",
    "CompAuxLib", "PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet",
    "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip


def fec(folder: Path, *, header: tuple[str, ...] = FEC_HEADER, separator: str = "\t") -> Path:
    """A FEC in ISO-8859-15 with decimal commas and an accent."""
    text = [separator.join(header)]
    for journal, _, account, name, debit, credit, day, said in LINES:
        date = day.replace("-", "")
        customer = ("C1", "Société Un") if account == "411000" else ("", "")
        sides = (debit.replace(".", ","), credit.replace(".", ","))
        text.append(
            separator.join(
                ("VE", "Ventes", journal, date, account, name, *customer, f"P{journal}", date, said,
                 *sides, "", "", "20210410", "", "")
            )
        )  # fmt: skip
    path = folder / "123456789FEC20211231.txt"
    path.write_text("\r\n".join(text) + "\r\n", encoding="iso-8859-15")
    return path


_ADS_GL = (
    "Journal_ID|Journal_ID_Line_Number|JE_Header_ Description|Effective_Date|Fiscal_Year|Period|"
    "GL_Account_Number|Amount|Amount_Credit_Debit_Indicator|Amount_Currency|Entered_By|Entered_Date|"
    "Entered_Time|Source|Business_Unit_Code|Segment03"
)


def ads(folder: Path, *, sides: tuple[str, str] = ("D", "C"), log_total: str = "1200.00") -> Path:
    """Flat files: general ledger, chart, trial balance and a log of totals; times without leading zeros."""
    place = folder / "ads"
    place.mkdir()
    text = [_ADS_GL]
    for journal, line, account, _, debit, credit, day, said in LINES:
        side, amount = (sides[0], debit) if float(debit) else (sides[1], credit)
        date, month = day.replace("-", ""), day[5:7]
        text.append(
            f"{journal}|{line}|{said}|{date}|2021|M{month}|{account}|{amount}|{side}|EUR|ada|{date}|91205|SA|E1|x"
        )
    (place / "GL_Detail_20210101_20210331.txt").write_text("\n".join(text) + "\n")
    (place / "Chart_Of_Accounts.txt").write_text(
        "GL_Account_Number|GL_Account_Name|Account_Type|Account_Subtype|FS_Caption\n"
        "411000|Customers|Assets|Accounts Receivable|Receivables\n706000|Services|Revenue|Services|Revenue\n"
        "445710|Tax|Liabilities|Tax payable|\n641000|Wages|Expenses||\n512000|Bank|Assets|Cash|\n"
    )
    (place / "Trial_Balance_20210101_20210331.txt").write_text(
        "GL_Account_Number|Business_Unit_Code|Fiscal_Year|Period|Amount_Beginning|Amount_Ending\n"
        "706000|E1|2021|M01|0.00|-1000.00\n706000|E1|2021|M02|-1000.00|-700.00\n"
    )
    (place / "log_file.txt").write_text(
        "Journal_ID|Amount_Credit_Debit_Indicator|Total\n"
        f"1|D|{log_total}\n1|C|1200.00\n2|D|360.00\n2|C|360.00\n3|D|400.00\n3|C|400.00\n"
    )
    return place


def ads_api(folder: Path) -> Path:
    """The API's journals: amounts as JSON numbers that a float would not hold."""
    journals: dict[str, list[str]] = {}
    for journal, line, account, _, debit, credit, _, said in LINES:
        side, amount = ("D", debit) if float(debit) else ("C", credit)
        journals.setdefault(journal, []).append(
            f'{{"glAccountNumber": "{account}", "journalIdLineNumber": "{line}", "amount": {amount}, '
            f'"amountCurrency": "EUR", "amountCreditDebitIndicator": "{side}", '
            f'"jeLineDescription": "{said}"}}'
        )
    days = {line[0]: line[6] for line in LINES}
    texts = (
        f'{{"journalId": "{j}", "effectiveDate": "{days[j]}", "enteredBy": "ada", '
        f'"glLineItems": [{", ".join(lines)}]}}'
        for j, lines in journals.items()
    )
    path = folder / "journals.json"
    path.write_text(f'{{"schemaVersion": "1.0.0", "journals": [{", ".join(texts)}]}}')
    return path


SAFT_NO = "urn:StandardAuditFile-Taxation-Financial:NO"
SAFT_PT = "urn:OECD:StandardAuditFile-Tax:PT_1.04_01"
#: Norwegian standard accounts of the accounts above.
_STANDARD = {"411000": "1500", "706000": "3000", "445710": "2700", "641000": "5000", "512000": "1920"}


def saft_no(
    folder: Path,
    *,
    version: str = "1.30",
    entries: str = "3",
    debit: str = "1960.00",
    credit: str = "1960.00",
    closing: str = "700.00",
    before: str = "",
    namespace: str = SAFT_NO,
) -> Path:
    """Norway, shape 2.0; `closing` is the credit balance of the revenue account."""
    accounts = "".join(
        f"<Account><AccountID>{number}</AccountID><AccountDescription>{name}</AccountDescription>"
        f"<GroupingCategory>RF-1167</GroupingCategory><GroupingCode>{_STANDARD[number]}</GroupingCode>"
        f"<AccountType>GL</AccountType>{_closing(number, closing)}</Account>\n"
        for number, name in {line[2]: line[3] for line in LINES}.items()
    )
    text = f"""<?xml version="1.0" encoding="UTF-8"?>
{before}<AuditFile xmlns="{namespace}">
<Header><AuditFileVersion>{version}</AuditFileVersion><AuditFileCountry>NO</AuditFileCountry>
<AuditFileDateCreated>2022-01-15</AuditFileDateCreated>
<Company><RegistrationNumber>987654321</RegistrationNumber><Name>Prøve AS</Name></Company>
<DefaultCurrencyCode>NOK</DefaultCurrencyCode><SelectionCriteria>
<SelectionStartDate>2021-01-01</SelectionStartDate><SelectionEndDate>2021-03-31</SelectionEndDate>
</SelectionCriteria></Header>
<MasterFiles><GeneralLedgerAccounts>{accounts}</GeneralLedgerAccounts>
<Customers><Customer><RegistrationNumber>55</RegistrationNumber><Name>Kunde AS</Name>
<CustomerID>C1</CustomerID></Customer></Customers></MasterFiles>
<GeneralLedgerEntries><NumberOfEntries>{entries}</NumberOfEntries><TotalDebit>{debit}</TotalDebit>
<TotalCredit>{credit}</TotalCredit>
<Journal><JournalID>GL</JournalID><Description>General</Description><Type>GL</Type>
{_transactions()}</Journal></GeneralLedgerEntries></AuditFile>
"""
    path = folder / "saft_no.xml"
    path.write_text(text, encoding="utf-8")
    return path


def _closing(number: str, closing: str) -> str:
    if number != "706000":
        return ""
    opening = "<OpeningCreditBalance>0.00</OpeningCreditBalance>"
    return f"{opening}<ClosingCreditBalance>{closing}</ClosingCreditBalance>"


def _transactions() -> str:
    parts = []
    for journal in ("1", "2", "3"):
        lines = [line for line in LINES if line[0] == journal]
        day = lines[0][6]
        parts.append(
            f"<Transaction><TransactionID>{journal}</TransactionID><Period>{int(day[5:7])}</Period>"
            f"<PeriodYear>2021</PeriodYear><TransactionDate>{day}</TransactionDate><SourceID>ola</SourceID>"
            f"<Description>{lines[0][7]}</Description><SystemEntryDate>{day}</SystemEntryDate>"
            "<GLPostingDate>2021-04-10</GLPostingDate>\n"
        )
        for _, line, account, _, debit, credit, _, said in lines:
            side, amount = ("Debit", debit) if float(debit) else ("Credit", credit)
            parts.append(
                f"<Line><RecordID>{line}</RecordID><AccountID>{account}</AccountID><Description>{said}</Description>"
                f"<{side}Amount><Amount>{amount}</Amount></{side}Amount></Line>\n"
            )
        parts.append("</Transaction>\n")
    return "".join(parts)


def saft_pt(
    folder: Path, *, sales_credit: str = "1000.00", customer: str = "C1", closing_type: str = "N"
) -> Path:
    """Portugal in windows-1252, ledger and invoices: FT A/1 of 1,000.00, NC A/1 of 300.00, FT A/2 cancelled.

    A fourth transaction closes account 72 at year end: 700.00 debit, of the type that is given.
    """
    invoices = "".join(
        f"<Invoice><InvoiceNo>{number}</InvoiceNo><ATCUD>0</ATCUD>"
        f"<DocumentStatus><InvoiceStatus>{status}</InvoiceStatus></DocumentStatus><Hash>0</Hash>"
        f"<HashControl>0</HashControl><InvoiceDate>{day}</InvoiceDate><InvoiceType>{kind}</InvoiceType>"
        f"<SourceID>ana</SourceID>"
        f"<SystemEntryDate>{day}T10:00:00</SystemEntryDate><CustomerID>{who}</CustomerID>"
        f"<Line><ProductCode>P1</ProductCode><{side}Amount>{net}</{side}Amount></Line>"
        f"<DocumentTotals><TaxPayable>{tax}</TaxPayable><NetTotal>{net}</NetTotal></DocumentTotals></Invoice>\n"
        for number, status, day, kind, who, side, net, tax in (
            ("FT A/1", "N", "2021-01-31", "FT", customer, "Credit", "1000.00", "230.00"),
            ("NC A/1", "N", "2021-02-28", "NC", "C1", "Debit", "300.00", "69.00"),
            ("FT A/2", "A", "2021-03-01", "FT", "C1", "Credit", "50.00", "11.50"),
        )
    )
    text = f"""<?xml version="1.0" encoding="Windows-1252"?>
<AuditFile xmlns="{SAFT_PT}">
<Header><AuditFileVersion>1.04_01</AuditFileVersion><CompanyID>Lisboa 1</CompanyID>
<TaxRegistrationNumber>500000000</TaxRegistrationNumber><TaxAccountingBasis>I</TaxAccountingBasis>
<CompanyAddress><City>Lisboa</City></CompanyAddress><TaxEntity>Global</TaxEntity>
<DateCreated>2022-01-15</DateCreated><ProductCompanyTaxID>500000001</ProductCompanyTaxID>
<SoftwareCertificateNumber>0</SoftwareCertificateNumber><ProductID>Demo/Demo</ProductID>
<ProductVersion>1</ProductVersion>
<CompanyName>Demonstração Lda</CompanyName><FiscalYear>2021</FiscalYear><StartDate>2021-01-01</StartDate>
<EndDate>2021-12-31</EndDate><CurrencyCode>EUR</CurrencyCode></Header>
<MasterFiles><GeneralLedgerAccounts>
<Account><AccountID>721</AccountID><AccountDescription>Serviços</AccountDescription>
<GroupingCategory>GM</GroupingCategory></Account>
<Account><AccountID>811</AccountID><AccountDescription>Resultado</AccountDescription>
<GroupingCategory>GM</GroupingCategory></Account>
<Account><AccountID>211</AccountID><AccountDescription>Clientes</AccountDescription>
<GroupingCategory>GM</GroupingCategory></Account></GeneralLedgerAccounts>
<Customer><CustomerID>C1</CustomerID><CustomerTaxID>123456789</CustomerTaxID><CompanyName>João</CompanyName></Customer>
<Product><ProductCode>P1</ProductCode></Product></MasterFiles>
<GeneralLedgerEntries><NumberOfEntries>3</NumberOfEntries><TotalDebit>2000.00</TotalDebit>
<TotalCredit>2000.00</TotalCredit><Journal><JournalID>VND</JournalID>
{_pt_entry("1", "2021-01-31", "N", "211", "721", "1000.00")}
{_pt_entry("2", "2021-02-28", "N", "721", "211", "300.00")}
{_pt_entry("3", "2021-12-31", closing_type, "721", "811", "700.00")}
</Journal></GeneralLedgerEntries>
<SourceDocuments><SalesInvoices><NumberOfEntries>3</NumberOfEntries><TotalDebit>300.00</TotalDebit>
<TotalCredit>{sales_credit}</TotalCredit>{invoices}</SalesInvoices></SourceDocuments></AuditFile>
"""
    path = folder / "saft_pt.xml"
    path.write_text(text, encoding="windows-1252")
    return path


def _pt_entry(number: str, day: str, kind: str, debit: str, credit: str, amount: str) -> str:
    return (
        f"<Transaction><TransactionID>{number}</TransactionID><Period>{int(day[5:7])}</Period>"
        f"<TransactionDate>{day}</TransactionDate><SourceID>ana</SourceID><TransactionType>{kind}</TransactionType>"
        f"<GLPostingDate>{day}</GLPostingDate><Lines>\n<DebitLine><RecordID>1</RecordID><AccountID>{debit}</AccountID>"
        f"<SystemEntryDate>{day}T09:00:00</SystemEntryDate><DebitAmount>{amount}</DebitAmount></DebitLine>\n"
        f"<CreditLine><RecordID>2</RecordID><AccountID>{credit}</AccountID>"
        f"<SystemEntryDate>{day}T09:00:00</SystemEntryDate><CreditAmount>{amount}</CreditAmount></CreditLine>"
        "</Lines></Transaction>"
    )


def index_xml(
    *, dtd: str = "gdpdu-01-09-2004.dtd", url: str = "journal.csv", length: str = "8", subset: str = ""
) -> str:
    """index.xml for a journal of delimited columns and a chart."""
    columns = "".join(
        f"<VariableColumn><Name>{name}</Name>{kind}</VariableColumn>"
        for name, kind in (
            ("Belegnummer", "<AlphaNumeric/>"), ("Buchungsdatum", "<Date/>"), ("Konto", "<AlphaNumeric/>"),
            ("Sollbetrag", "<Numeric><Accuracy>2</Accuracy></Numeric>"),
            ("Habenbetrag", "<Numeric><ImpliedAccuracy>2</ImpliedAccuracy></Numeric>"),
            ("Buchungstext", "<AlphaNumeric/>"), ("Kostenstelle", "<AlphaNumeric/>"),
        )
    )  # fmt: skip
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE DataSet SYSTEM "{dtd}"{subset}>
<DataSet><Version>1.0</Version>
<DataSupplier><Name>Prüf GmbH</Name><Location>Berlin</Location><Comment/></DataSupplier>
<Media><Name>1</Name>
<Table><URL>{url}</URL><Name>Journal</Name><ANSI/><Range><From>2</From><Length>{length}</Length></Range>
<VariableLength>{columns}</VariableLength></Table>
<Table><URL>konten.csv</URL><Name>Konten</Name><UTF8/><VariableLength><ColumnDelimiter>&#9;</ColumnDelimiter>
<VariablePrimaryKey><Name>Konto</Name><AlphaNumeric/></VariablePrimaryKey>
<VariableColumn><Name>Kontobezeichnung</Name><AlphaNumeric/></VariableColumn>
<VariableColumn><Name>Kontotyp</Name><AlphaNumeric/></VariableColumn></VariableLength></Table>
</Media></DataSet>"""


def gobd(folder: Path, **index: str) -> Path:
    """A zipped export: debits as 1.200,00, credits in cents without a mark, windows-1252, a header row."""
    text = ["Belegnummer;Buchungsdatum;Konto;Sollbetrag;Habenbetrag;Buchungstext;Kostenstelle"]
    for journal, _, account, _, debit, credit, day, said in LINES:
        date = f"{day[8:]}.{day[5:7]}.{day[:4]}"
        german = f"{float(debit):,.2f}".translate(str.maketrans(",.", ".,"))
        text.append(f'{journal};{date};{account};{german};{credit.replace(".", "")};"{said} für ""A""";K1')
    chart = (
        "411000\tForderungen\tAktiv\n706000\tErlöse\tErlöse\n445710\tUmsatzsteuer\tPassiv\n"
        "641000\tLöhne\tAufwand\n512000\tBank\tAktiv\n"
    )
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("daten/index.xml", index_xml(**index))
        archive.writestr("daten/journal.csv", ("\r\n".join(text) + "\r\n").encode("windows-1252"))
        archive.writestr("daten/konten.csv", chart.encode("utf-8"))
    return path


def sap(folder: Path, *, without_header: str = "", parked: str = "") -> Path:
    """BKPF and BSEG, with company code 1000; a document without header, a parked one, as asked."""
    place = folder / "sap"
    place.mkdir()
    heads = ["BUKRS;BELNR;GJAHR;BLART;BLDAT;BUDAT;MONAT;CPUDT;CPUTM;USNAM;BKTXT;WAERS;BSTAT;XBLNR"]
    days = {line[0]: line[6].replace("-", "") for line in LINES}
    for number, day in days.items():
        if number != without_header:
            state = "V" if number == parked else ""
            heads.append(f"1000;{number};2021;SA;{day};{day};{day[4:6]};{day};91205;ADA;;EUR;{state};R")
    lines = ["BUKRS;BELNR;GJAHR;BUZEI;SHKZG;HKONT;WRBTR;DMBTR;SGTXT"]
    for journal, line, account, _, debit, credit, _, said in LINES:
        side, amount = ("S", debit) if float(debit) else ("H", credit)
        lines.append(f"1000;{journal};2021;00{line};{side};0000{account};{amount};{amount};{said}")
    (place / "bkpf.csv").write_text("\n".join(heads) + "\n")
    (place / "bseg.csv").write_text("\n".join(lines) + "\n")
    return place


def sec(folder: Path) -> Path:
    """Company facts: a quarter of 100, repeated a year later, then restated to 90; a whole year; shares."""

    def fact(
        start: str | None, end: str, value: object, filing: str, form: str, filed: str
    ) -> dict[str, object]:
        day = {"start": start} if start else {}
        return {
            **day,
            "end": end,
            "val": value,
            "accn": filing,
            "fy": 2021,
            "fp": "Q1",
            "form": form,
            "filed": filed,
        }

    revenue = [
        fact("2021-01-01", "2021-03-31", 100, "A-1", "10-Q", "2021-05-01"),
        fact("2021-01-01", "2021-03-31", 100, "A-5", "10-Q", "2022-05-01"),
        fact("2021-01-01", "2021-03-31", 90, "A-6", "10-Q/A", "2022-06-01"),
        fact("2021-01-01", "2021-12-31", 500, "A-4", "10-K", "2022-03-01"),
        fact("2021-04-01", "2021-06-30", 120.5, "A-2", "6-K", "2021-08-01"),
    ]
    facts = {
        "dei": {"EntityCommonStockSharesOutstanding": {"units": {"shares": []}}},
        "us-gaap": {
            "Revenues": {"label": "Revenues", "units": {"USD": revenue}},
            "Assets": {"units": {"USD": [fact(None, "2021-03-31", 7, "A-1", "10-Q", "2021-05-01")]}},
            "NetIncomeLoss": {
                "units": {"USD": [fact("2021-01-01", "2021-03-31", -5, "A-1", "10-Q", "2021-05-01")]}
            },
        },
    }
    path = folder / "CIK0000000042.json"
    path.write_text(json.dumps({"cik": 42, "entityName": "Sample Corp", "facts": facts}))
    return path


def xbrl_gl(folder: Path, *, date: str = "2016-12-01", total: str = "1200.00") -> Path:
    """XML with main account types; the first entry states its totals."""
    types = {
        "411000": "asset",
        "706000": "income",
        "445710": "liability",
        "641000": "expense",
        "512000": "asset",
    }
    parts = []
    for journal in ("1", "2", "3"):
        lines = [line for line in LINES if line[0] == journal]
        stated = f"<b:totalDebit>{total}</b:totalDebit>" if journal == "1" else ""
        parts.append(
            f"<g:entryHeader><g:enteredBy>ada</g:enteredBy><g:enteredDate>2021-04-10</g:enteredDate>"
            f"<g:sourceJournalID>gj</g:sourceJournalID><g:entryNumber>{journal}</g:entryNumber>{stated}\n"
        )
        for _, line, account, name, debit, credit, day, said in lines:
            side, amount = ("D", debit) if float(debit) else ("C", credit)
            parts.append(
                f"<g:entryDetail><g:lineNumber>{line}</g:lineNumber><g:account><g:accountMainID>{account}"
                f"</g:accountMainID><g:accountMainDescription>{name}</g:accountMainDescription>"
                f"<g:mainAccountType>{types[account]}</g:mainAccountType></g:account><g:amount>{amount}</g:amount>"
                f"<g:debitCreditCode>{side}</g:debitCreditCode><g:postingDate>{day}</g:postingDate>"
                f"<g:detailComment>{said}</g:detailComment></g:entryDetail>\n"
            )
        parts.append("</g:entryHeader>\n")
    path = folder / "gl.xml"
    path.write_text(
        f'<x:xbrl xmlns:x="http://www.xbrl.org/2003/instance" '
        f'xmlns:g="http://www.xbrl.org/int/gl/cor/{date}" '
        f'xmlns:b="http://www.xbrl.org/int/gl/bus/{date}" xmlns:m="http://www.xbrl.org/int/gl/muc/{date}">\n'
        "<g:accountingEntries><g:documentInfo><g:entriesType>journal</g:entriesType>"
        "<m:defaultCurrency>iso4217:eur</m:defaultCurrency></g:documentInfo>\n"
        f"{''.join(parts)}</g:accountingEntries></x:xbrl>"
    )
    return path


def xbrl_gl_open(folder: Path, *, as_facts: bool) -> Path:
    """The same entries in the open information model: facts in JSON, or a description and its CSV."""
    names = ("lineNumber", "accountMainID", "amount", "debitCreditCode", "postingDate", "detailComment")
    rows: list[tuple[str, str, dict[str, str]]] = [
        ("", "", {"entriesType": "journal", "defaultCurrency": "iso4217:eur"})
    ]
    for journal, line, account, _, debit, credit, day, said in LINES:
        if line == "1":
            header = {
                "enteredBy": "ada",
                "enteredDate": "2021-04-10",
                "sourceJournalID": "gj",
                "entryNumber": journal,
            }
            rows.append((journal, "", header))
        side, amount = ("D", debit) if float(debit) else ("C", credit)
        rows.append((journal, line, dict(zip(names, (line, account, amount, side, day, said), strict=True))))
    namespaces = {"gl-cor": "http://www.xbrl.org/int/gl/cor/2025-12-01"}
    path = folder / "open.json"
    if as_facts:
        facts = {}
        for header, detail, values in rows:
            for concept, value in values.items():
                dimensions = {"concept": f"gl-cor:{concept}", "gl-plt:d_cor_accountingEntries": "1"}
                dimensions |= {"gl-plt:d_cor_entryHeader": header} if header else {}
                dimensions |= {"gl-plt:d_cor_entryDetail": detail} if detail else {}
                facts[f"f{len(facts)}"] = {"value": value, "dimensions": dimensions}
        info = {"documentType": "https://xbrl.org/2021/xbrl-json", "namespaces": namespaces}
        path.write_text(json.dumps({"documentInfo": info, "facts": dict(reversed(facts.items()))}))
        return path
    concepts = list(dict.fromkeys(name for *_, values in rows for name in values))
    columns = {n: {} for n in ("accountingEntries", "entryHeader", "entryDetail")}
    columns |= {n: {"dimensions": {"concept": f"gl-cor:{n}"}} for n in concepts}
    path.write_text(
        json.dumps(
            {
                "documentInfo": {"documentType": "https://xbrl.org/2021/xbrl-csv", "namespaces": namespaces},
                "tableTemplates": {"t": {"columns": columns}},
                "tables": {"gl": {"template": "t", "url": "open.csv"}},
            }
        )
    )
    text = [",".join(columns)]
    text += [",".join(["1", h, d, *(values.get(n, "") for n in concepts)]) for h, d, values in rows]
    (folder / "open.csv").write_text("\ufeff" + "\n".join(text) + "\n", encoding="utf-8")
    return path
