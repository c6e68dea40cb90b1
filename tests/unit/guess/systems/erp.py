# ruff: noqa: E501 (lines of files, as systems write them)
"""SAP, Oracle, Dynamics 365, Workday, NetSuite, QuickBooks, Salesforce."""

from __future__ import annotations

from tests.unit.guess.systems import Case

_VBAK = "VBELN;ERDAT;AUDAT;KUNNR;NETWR;WAERK\n0000004711;20210104;20210104;0000100001;150000.00;EUR\n0000004712;20210210;20210210;0000100002;60000.00;EUR\n"
_LIPS = (
    "VBELN;POSNR;VGBEL;VGPOS;LFIMG\n80000001;000010;4711;000010;1.000\n80000002;000010;4712;000010;1.000\n"
)

#: SAP ECC: heads and lines of sales orders, deliveries and journals, each pair to be joined.
#: Item 4711-10 100,000 delivered 18 Mar, 4711-20 50,000 delivered 5 Jul, 4712-10 60,000 delivered 28 Jun.
ECC = Case(
    text={
        "VBAK.csv": _VBAK,
        "VBAP.csv": (
            "VBELN;POSNR;MATNR;ARKTX;NETWR;WAERK;KWMENG\n"
            "0000004711;000010;M1;Anlage;100000.00;EUR;1.000\n0000004711;000020;M2;Montage;50000.00;EUR;1.000\n"
            "0000004712;000010;M1;Anlage;60000.00;EUR;1.000\n"
        ),
        "LIKP.csv": (
            "VBELN;ERDAT;WADAT_IST;KUNNR\n0080000001;15.03.2021;18.03.2021;0000100001\n"
            "0080000002;01.07.2021;05.07.2021;0000100001\n0080000003;20.06.2021;28.06.2021;0000100002\n"
        ),
        "LIPS.csv": (
            "VBELN;POSNR;VGBEL;VGPOS;LFIMG\n0080000001;000010;0000004711;000010;1.000\n"
            "0080000002;000010;0000004711;000020;1.000\n0080000003;000010;0000004712;000010;1.000\n"
        ),
        "BKPF.csv": (
            "BUKRS;BELNR;GJAHR;BLART;BLDAT;BUDAT;CPUDT;CPUTM;USNAM;WAERS;BSTAT\n"
            "1000;0090000001;2021;RV;20210320;20210320;20210320;101500;MUELLER;EUR;\n"
            "1000;0090000002;2021;RV;20210331;20210331;20210402;183000;MUELLER;EUR;\n"
            "1000;0090000003;2021;RV;20210630;20210630;20210630;090000;SCHMIDT;EUR;\n"
            "1000;0090000004;2021;SA;20210812;20210812;20210812;110000;SCHMIDT;EUR;\n"
        ),
        "BSEG.csv": (
            "BUKRS;BELNR;GJAHR;BUZEI;SHKZG;DMBTR;WRBTR;HKONT;KUNNR;VBEL2;POSN2;SGTXT\n"
            "1000;0090000001;2021;001;S;119000.00;119000.00;0000140000;0000100001;;000000;\n"
            "1000;0090000001;2021;002;H;100000.00;100000.00;0000800000;;4711;000010;Anlage\n"
            "1000;0090000001;2021;003;H;19000.00;19000.00;0000175000;;;000000;\n"
            "1000;0090000002;2021;001;S;59500.00;59500.00;0000140000;0000100001;;000000;\n"
            "1000;0090000002;2021;002;H;50000.00;50000.00;0000800000;;4711;000020;Montage\n"
            "1000;0090000002;2021;003;H;9500.00;9500.00;0000175000;;;000000;\n"
            "1000;0090000003;2021;001;S;71400.00;71400.00;0000140000;0000100002;;000000;\n"
            "1000;0090000003;2021;002;H;60000.00;60000.00;0000800000;;4712;000010;Anlage\n"
            "1000;0090000003;2021;003;H;11400.00;11400.00;0000175000;;;000000;\n"
            "1000;0090000004;2021;001;S;5000.00;5000.00;0000800000;;4712;000010;Gutschrift\n"
            "1000;0090000004;2021;002;H;5000.00;5000.00;0000140000;0000100002;;000000;\n"
        ),
    },
    answers={
        "tables.entries.only.HKONT": "['0000800000']",
        "tables.evidence.columns.basis": "=increment",
        "policy.pattern": "point_in_time",
    },
    booked={"2021Q1": 150_000, "2021Q2": 60_000, "2021Q3": -5_000},
    earned={"2021Q1": 100_000, "2021Q2": 60_000, "2021Q3": 50_000},
)

#: SAP S/4: ACDOCA keeps the sign in the amount (credit with a minus behind) and says the side again in DRCRK.
ACDOCA = Case(
    encoding="cp1252",
    text={
        "VBAK.txt": _VBAK.replace("150000.00", "150.000,00")
        .replace("60000.00", "60.000,00")
        .replace(";", "\t"),
        "ACDOCA_Umsatzerlöse.txt": (
            "RBUKRS\tGJAHR\tBELNR\tDOCLN\tBUDAT\tRACCT\tDRCRK\tHSL\tRHCUR\tKDAUF\tSGTXT\n"
            "1000\t2021\t90000001\t000002\t31.03.2021\t0000800000\tH\t150.000,00-\tEUR\t4711\tErlös\n"
            "1000\t2021\t90000002\t000002\t30.06.2021\t0000800000\tH\t60.000,00-\tEUR\t4712\tErlös\n"
            "1000\t2021\t90000003\t000002\t12.07.2021\t0000800000\tS\t10.000,00\tEUR\t4712\tGutschrift für Mängel\n"
        ),
        "Abnahmen.txt": "Auftragsnummer\tAbnahmedatum\tUnterzeichner\n4711\t09.04.2021\tWeiß\n4712\t28.06.2021\tJäger\n",
    },
    booked={"2021Q1": 150_000, "2021Q2": 60_000, "2021Q3": -10_000},
    earned={"2021Q1": 0, "2021Q2": 210_000, "2021Q3": 0},
)

#: NetSuite saved searches: groups with totals, negative in brackets, American days, a contract behind a #.
NETSUITE = Case(
    text={
        "SalesOrders.csv": (
            "Internal ID,Document Number,Date,Customer:Project,Amount (Net),Currency,Status\n"
            '5501,SO2001,1/11/2021,Acme,"$40,000.00",US Dollar,Billed\n5502,SO2002,2/15/2021,Globex,"$25,000.00",US Dollar,Pending Billing\n'
            'Overall Total,,,,"$65,000.00",,\n'
        ),
        "RevenueRecognition.csv": (
            "Type,Date,Document Number,Account,Created From,Memo,Amount\n"
            'Journal,3/31/2021,JE100,4000 Revenue,Sales Order #SO2001,rev rec,"40,000.00"\n'
            'Journal,6/30/2021,JE101,4000 Revenue,Sales Order #SO2002,rev rec,"25,000.00"\n'
            'Journal,7/13/2021,JE102,4000 Revenue,Sales Order #SO2002,credit,"(5,000.00)"\n'
            'Total - 4000 Revenue,,,,,,"60,000.00"\n'
        ),
        "ItemFulfillments.csv": (
            "Type,Date,Document Number,Created From,Status\n"
            "Item Fulfillment,4/2/2021,IF9,Sales Order #SO2001,Shipped\nItem Fulfillment,6/29/2021,IF10,Sales Order #SO2002,Shipped\n"
        ),
    },
    booked={"2021Q1": 40_000, "2021Q2": 25_000, "2021Q3": -5_000},
    earned={"2021Q1": 0, "2021Q2": 65_000, "2021Q3": 0},
)

#: Dynamics 365: field names of the entities, midnight in American style.
D365 = Case(
    text={
        "ProjectContracts.csv": (
            "PROJECTCONTRACTID,CUSTOMERACCOUNT,CONTRACTVALUE,CURRENCYCODE,SIGNEDDATE\n"
            "PC-000011,US-001,90000.00,USD,1/13/2021 12:00:00 AM\nPC-000012,US-002,30000.00,USD,2/1/2021 12:00:00 AM\n"
        ),
        "GeneralJournalAccountEntry.csv": (
            "VOUCHER,TRANSDATE,MAINACCOUNTID,MAINACCOUNTNAME,PROJECTCONTRACTID,AMOUNTCURDEBIT,AMOUNTCURCREDIT,CURRENCYCODE,CREATEDBY\n"
            "V1,3/31/2021 12:00:00 AM,401100,Project revenue,PC-000011,0.00,90000.00,USD,alice\n"
            "V2,6/30/2021 12:00:00 AM,401100,Project revenue,PC-000012,0.00,30000.00,USD,alice\n"
            "V3,7/20/2021 12:00:00 AM,401100,Project revenue,PC-000012,1000.00,0.00,USD,bob\n"
        ),
        "CustomerAcceptance.csv": (
            "PROJECTCONTRACTID,ACCEPTANCEDATE,SIGNEDBY\nPC-000011,3/15/2021 12:00:00 AM,Smith\nPC-000012,7/6/2021 12:00:00 AM,Jones\n"
        ),
    },
    booked={"2021Q1": 90_000, "2021Q2": 30_000, "2021Q3": -1_000},
    earned={"2021Q1": 90_000, "2021Q2": 0, "2021Q3": 30_000},
)

#: Oracle: 30-JUN-21, ACCOUNTED_DR and ACCOUNTED_CR, all accounts of each journal.
ORACLE = Case(
    text={
        "OKC_K_HEADERS.csv": (
            "CONTRACT_NUMBER,ESTIMATED_AMOUNT,CURRENCY_CODE,DATE_SIGNED,STS_CODE\n"
            "10001,200000,USD,04-JAN-21,ACTIVE\n10002,80000,USD,15-MAR-21,ACTIVE\n"
        ),
        "GL_JE_LINES.csv": (
            "JE_HEADER_ID,JE_LINE_NUM,EFFECTIVE_DATE,SEGMENT3,ACCOUNT_DESC,ACCOUNTED_DR,ACCOUNTED_CR,REFERENCE_1,CREATION_DATE\n"
            "7001,1,31-MAR-21,12100,Receivables,200000,,10001,31-MAR-21\n7001,2,31-MAR-21,41000,Revenue,,200000,10001,31-MAR-21\n"
            "7002,1,30-JUN-21,12100,Receivables,80000,,10002,02-JUL-21\n7002,2,30-JUN-21,41000,Revenue,,80000,10002,02-JUL-21\n"
        ),
        "DELIVERIES.csv": "DELIVERY_ID,CONTRACT_NUMBER,DELIVERY_DATE\n1,10001,28-MAR-21\n2,10002,09-JUL-21\n",
    },
    booked={"2021Q1": 200_000, "2021Q2": 80_000},
    earned={"2021Q1": 200_000, "2021Q2": 0},
)

#: QuickBooks: a report, groups in the first column, totals, a balance; the contract in the memo.
QUICKBOOKS = Case(
    text={
        "Transaction Detail by Account.csv": (
            'SIM Services LLC,,,,,,,\nTransaction Detail by Account,,,,,,,\n"January - September, 2021",,,,,,,\n,,,,,,,\n'
            ",Date,Transaction Type,Num,Name,Memo/Description,Amount,Balance\n"
            "Services Revenue,,,,,,,\n"
            ',03/30/2021,Invoice,1001,Acme,Contract C-501 final,"20,000.00","20,000.00"\n'
            ',06/29/2021,Invoice,1002,Globex,Contract C-502 final,"12,000.00","32,000.00"\n'
            ',07/14/2021,Credit Memo,1003,Globex,Contract C-502 credit,"-2,000.00","30,000.00"\n'
            'Total for Services Revenue,,,,,,"$30,000.00",\n'
            '"Friday, Oct 01, 2021 09:15:12 AM GMT-4 - Accrual Basis",,,,,,,\n'
        ),
        "contracts.csv": 'Contract No,Customer,Contract Amount,Signed Date\nC-501,Acme,"$20,000.00",01/05/2021\nC-502,Globex,"$12,000.00",02/25/2021\n',
        "signoffs.csv": "Contract No,Sign-off Date,Signed By\nC-501,03/29/2021,A. Smith\nC-502,07/02/2021,B. Jones\n",
    },
    booked={"2021Q1": 20_000, "2021Q2": 12_000, "2021Q3": -2_000},
    earned={"2021Q1": 20_000, "2021Q2": 0, "2021Q3": 12_000},
)

#: Salesforce contracts, a revenue schedule, sign-offs from Jira; the ledger in thousands.
SALESFORCE = Case(
    text={
        "Salesforce Contracts.csv": (
            '"Contract Number","Account Name","Contract Value (USD k)","Contract Start Date","Status","Contract Owner"\n'
            '"00000123","Acme","75.0","2021-01-20","Activated","Jane"\n"00000124","Globex","40.5","2021-03-02","Activated","Jim"\n'
        ),
        "Revenue 2021.csv": (
            "Contract,Month end,Revenue (USD m)\n123,2021-03-31,0.075\n124,2021-06-30,0.0405\n"
        ),
        "jira.csv": (
            "Issue key,Issue Type,Summary,Contract Number,Resolved,Assignee\n"
            "P-1,UAT Sign-off,Acceptance by Acme,123,24/Mar/21 5:02 PM,Kim\nP-2,UAT Sign-off,Acceptance by Globex,124,13/Jul/21 9:30 AM,Kim\n"
        ),
    },
    booked={"2021Q1": 75_000, "2021Q2": 40_500},
    earned={"2021Q1": 75_000, "2021Q2": 0},
)

CASES = {
    "sap-ecc": ECC, "sap-acdoca": ACDOCA, "netsuite": NETSUITE, "d365": D365, "oracle": ORACLE,
    "quickbooks": QUICKBOOKS, "salesforce": SALESFORCE,
}  # fmt: skip
