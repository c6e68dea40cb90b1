# ruff: noqa: E501 (lines of files, as systems write them)
"""DATEV, FEC beside a register, Norway, Portugal, India, twelve monthly files."""

from __future__ import annotations

from datetime import date

from tests.unit.guess.systems import Case

#: DATEV: a meta line, the side of `Konto` (the debtor), the day without its year.
DATEV = Case(
    encoding="cp1252",
    text={
        "EXTF_Buchungsstapel.csv": (
            '"EXTF";700;21;"Buchungsstapel";12;20211005101500000;;"RE";"";"";29098;55003;20210101;4;20210101;20210930;"Erlöse";"";1;0;0;"EUR"\n'
            "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Konto;Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Belegfeld 2;Skonto;Buchungstext;KOST1 - Kostenstelle\n"
            '47600,00;"S";"EUR";;10001;8400;;3103;"R-1";"";;"V-2021-7 Schlussrechnung";\n'
            '11900,00;"S";"EUR";;10002;8400;;3006;"R-2";"";;"V-2021-8 Schlussrechnung";\n'
            '1190,00;"H";"EUR";;10002;8400;;0507;"G-1";"";;"V-2021-8 Gutschrift";\n'
            '250,00;"S";"EUR";;4930;1200;;1504;"B-1";"";;"Büromaterial";\n'
        ),
        "Verträge.csv": (
            "Vertragsnummer;Kunde;Vertragswert brutto;Vertragsdatum\nV-2021-7;Müller;47.600,00;04.01.2021\nV-2021-8;Jäger;11.900,00;12.02.2021\n"
        ),
        "Abnahmeprotokolle.csv": "Vertragsnummer;Abnahmedatum;Unterzeichner\nV-2021-7;26.03.2021;Müller\nV-2021-8;09.07.2021;Jäger\n",
    },
    answers={
        "tables.entries.columns.amount": "'Umsatz (ohne Soll/Haben-Kz) ohne 19 % USt'",
        "tables.entries.only.Konto": "['8400']",
        "policy.tax_rate": "190000",
    },
    booked={"2021Q1": 40_000, "2021Q2": 10_000, "2021Q3": -1_000},
    earned={"2021Q1": 40_000, "2021Q2": 0, "2021Q3": 10_000},
)

#: France: the FEC of the year beside the contracts and the papers of reception.
FEC = Case(
    encoding="iso8859-15",
    text={
        "552100554FEC20211231.txt": (
            "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise\n"
            "VE\tVentes\tVE1\t20210331\t411000\tClients\tC1\tDurand\tF1\t20210331\tMarché MC-21-04 réception\t120000,00\t0,00\t\t\t20210405\t\t\n"
            "VE\tVentes\tVE1\t20210331\t706000\tPrestations de services\t\t\tF1\t20210331\tMarché MC-21-04 réception\t0,00\t100000,00\t\t\t20210405\t\t\n"
            "VE\tVentes\tVE1\t20210331\t445710\tTVA collectée\t\t\tF1\t20210331\tMarché MC-21-04 réception\t0,00\t20000,00\t\t\t20210405\t\t\n"
            "VE\tVentes\tVE2\t20210630\t411000\tClients\tC2\tLefèvre\tF2\t20210630\tMarché MC-21-05 réception\t36000,00\t0,00\t\t\t20210702\t\t\n"
            "VE\tVentes\tVE2\t20210630\t706000\tPrestations de services\t\t\tF2\t20210630\tMarché MC-21-05 réception\t0,00\t30000,00\t\t\t20210702\t\t\n"
            "VE\tVentes\tVE2\t20210630\t445710\tTVA collectée\t\t\tF2\t20210630\tMarché MC-21-05 réception\t0,00\t6000,00\t\t\t20210702\t\t\n"
        ),
        "registre des contrats.csv": (
            "N° de contrat;Client;Montant HT;Date de signature\nMC-21-04;Durand;100 000,00;05/01/2021\nMC-21-05;Lefèvre;30 000,00;17/02/2021\n"
        ),
        "PV de réception.csv": "N° de contrat;Date de réception;Signataire\nMC-21-04;29/03/2021;Durand\nMC-21-05;08/07/2021;Lefèvre\n",
    },
    booked={"2021Q1": 100_000, "2021Q2": 30_000},
    earned={"2021Q1": 100_000, "2021Q2": 0},
)

#: Norway: one workbook with three sheets, the ledger with credit negative.
NORWAY = Case(
    text={},
    workbooks={
        "inntekter 2021.xlsx": {
            "Kontrakter": [
                ["Kontraktsnr", "Kunde", "Kontraktsverdi", "Valuta", "Signert dato"],
                ["K-77", "Ås AS", 500000, "NOK", date(2021, 1, 4)],
                ["K-78", "Bø AS", 250000, "NOK", date(2021, 2, 4)],
            ],
            "Hovedbok": [
                ["Bilagsnr", "Bilagsdato", "Konto", "Kontonavn", "Kontraktsnr", "Tekst", "Beløp"],
                [101, date(2021, 3, 31), 3000, "Salgsinntekt", "K-77", "leveranse", -500000],
                [102, date(2021, 6, 30), 3000, "Salgsinntekt", "K-78", "leveranse", -250000],
                [103, date(2021, 7, 9), 3000, "Salgsinntekt", "K-78", "kreditnota", 50000],
            ],
            "Leveranser": [
                ["Kontraktsnr", "Leveringsdato", "Mottatt av"],
                ["K-77", date(2021, 3, 29), "Ola"],
                ["K-78", date(2021, 7, 2), "Kari"],
            ],
        }
    },
    booked={"2021Q1": 500_000, "2021Q2": 250_000, "2021Q3": -50_000},
    earned={"2021Q1": 500_000, "2021Q2": 0, "2021Q3": 250_000},
)

#: Portugal: semicolons, 1.234,56, Débito and Crédito, Windows-1252.
PORTUGAL = Case(
    encoding="cp1252",
    text={
        "contratos.csv": "N.º contrato;Cliente;Valor do contrato;Data de assinatura\nCT/21/1;João & Cª;61.500,00;04-01-2021\nCT/21/2;Conceição Lda;24.600,00;19-02-2021\n",
        "lançamentos.csv": (
            "N.º lançamento;Data;Conta;Descrição;N.º contrato;Débito;Crédito\n"
            "1;31-03-2021;721;Prestação de serviços;CT/21/1;;50.000,00\n2;30-06-2021;721;Prestação de serviços;CT/21/2;;20.000,00\n3;15-07-2021;721;Anulação parcial;CT/21/2;4.000,00;\n"
        ),
        "autos de receção.csv": "N.º contrato;Data de aceitação;Assinado por\nCT/21/1;30-03-2021;João\nCT/21/2;12-07-2021;Conceição\n",
    },
    answers={"company.currency": "EUR", "policy.price_includes_tax": "true\n  tax_rate: 230000"},
    booked={"2021Q1": 50_000, "2021Q2": 20_000, "2021Q3": -4_000},
    earned={"2021Q1": 50_000, "2021Q2": 0, "2021Q3": 20_000},
)

#: India: lakh grouping, DD-MM-YYYY, prices in lakhs; Tally's day book.
INDIA = Case(
    text={
        "Contract Register.csv": "Sr No,Contract No,Party Name,Contract Value (Rs. in Lakhs),Agreement Date\n1,IN/21/11,Bharat Ltd,12.50,04-01-2021\n2,IN/21/12,Ganga Ltd,3.75,18-02-2021\n",
        "Sales Ledger.csv": (
            "SIM India Pvt Ltd,,,,,,\nLedger: Sales,,,,,,\n1-Apr-2020 to 30-Sep-2021,,,,,,\n"
            "Date,Particulars,Vch Type,Vch No.,Contract No,Debit,Credit\n"
            '31-03-2021,Bharat Ltd,Sales,S-1,IN/21/11,,"12,50,000.00"\n30-06-2021,Ganga Ltd,Sales,S-2,IN/21/12,,"3,75,000.00"\n'
            '12-07-2021,Ganga Ltd,Credit Note,C-1,IN/21/12,"75,000.00",\n'
            ',Total,,,,"75,000.00","16,25,000.00"\n'
        ),
        "Acceptance Certificates.csv": "Certificate No,Contract No,Acceptance Date\nA1,IN/21/11,30-03-2021\nA2,IN/21/12,05-07-2021\n",
    },
    booked={"2021Q1": 1_250_000, "2021Q2": 375_000, "2021Q3": -75_000},
    earned={"2021Q1": 1_250_000, "2021Q2": 0, "2021Q3": 375_000},
)

#: Monthly files; numbers of contracts as numbers in one file, with zeros in the other; 03/04/2021 is asked.
_MONTHS = {
    "2021-03": "Contract,Posted,Document,Amount\n71,03/04/2021,D1,1500.00\n",
    "2021-04": "Contract,Posted,Document,Amount\n72,05/06/2021,D2,2500.00\n",
    "2021-05": "Contract,Posted,Document,Amount\n72,06/07/2021,D3,-500.00\n",
}
MONTHLY = Case(
    text={f"gl-{month}.csv": text for month, text in _MONTHS.items()}
    | {
        "register.csv": "Contract,Customer,Price,Currency\n000071,Acme,1500.00,USD\n000072,Globex,2500.00,USD\n",
        "deliveries.csv": "Contract,Delivery Date\n000071,2021-04-01\n000072,2021-07-02\n",
    },
    answers={"tables.entries.date": "'%d/%m/%Y'"},
    booked={"2021Q2": 4_000, "2021Q3": -500},
    earned={"2021Q2": 1_500, "2021Q3": 2_500},
)

CASES = {
    "datev": DATEV,
    "fec": FEC,
    "norway": NORWAY,
    "portugal": PORTUGAL,
    "india": INDIA,
    "monthly": MONTHLY,
}
