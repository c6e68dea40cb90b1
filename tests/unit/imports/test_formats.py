"""What is particular to a format: its signs, its statuses, its encodings, its questions."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.unit.imports import samples
from tests.unit.imports.conftest import totals, untied

Import = Callable[[str, Path], SimpleNamespace]


# --- FEC ------------------------------------------------------------------------------------------------


def test_fec_reads_company_encoding_and_days(tmp_path: Path, imported: Import) -> None:
    done = imported("fec", samples.fec(tmp_path))
    assert done.result.version == "18 columns, tab, iso-8859-15"
    assert 'entity_id: "123456789"' in done.yaml
    assert 'fiscal_year_end: "12-31"' in done.yaml
    assert [r["name"] for r in done.rows("customers")] == ["Société Un"]
    entry = done.rows("entries")[0]
    assert (entry["journal_id"], entry["posted_at"], entry["invoice_id"]) == ("VE-1", "2021-04-10", "P1")
    assert entry["from_row"] == "3"


def test_fec_with_pipes_and_a_utf8_mark(tmp_path: Path, imported: Import) -> None:
    path = samples.fec(tmp_path, separator="|")
    path.write_text(path.read_text(encoding="iso-8859-15"), encoding="utf-8-sig")
    assert imported("fec", path).result.version == "18 columns, pipe, utf-8-sig"


def test_fec_with_amount_and_side(tmp_path: Path, imported: Import) -> None:
    path = samples.fec(tmp_path)
    lines = []
    for line in path.read_text(encoding="iso-8859-15").splitlines():
        cells = line.split("\t")
        debit = cells[11] != "0,00"
        sides = ["Montant", "Sens"] if cells[11] == "Debit" else [cells[11 if debit else 12], "DC"[not debit]]
        lines.append("\t".join([*cells[:11], *sides, *cells[13:]]))
    path.write_text("\n".join(lines), encoding="iso-8859-15")
    assert [
        (r["effective_date"], r["amount"]) for r in imported("fec", path).rows("entries")
    ] == samples.REVENUE


def test_fec_entry_out_of_balance_and_cells_that_are_none(tmp_path: Path, imported: Import) -> None:
    path = samples.fec(tmp_path)
    text = path.read_text(encoding="iso-8859-15").replace("400,00\t\t\t2021", "4O0,00\t\t\t2021", 1)
    path.write_text(text.replace("20210228\t706000", "20210230\t706000"), encoding="iso-8859-15")
    done = imported("fec", path)
    found = [(r.row, r.column, r.value) for r in done.result.rejected]
    assert found == [(5, "EcritureDate", "20210230"), (9, "Credit", "4O0,00")]
    # VE-2 and VE-3 lost a line: nothing is said of their balance but that.
    assert totals(done.result)["journals that balance"] == ("1", "1")
    assert "balance of journals that lost a rejected line, the first VE-2: 2" in done.result.not_taken
    path.write_text(text.replace("4O0", "399"), encoding="iso-8859-15")
    shutil.rmtree(done.books)
    done = imported("fec", path)
    assert totals(done.result)["journals that balance"] == ("3", "2")
    assert totals(done.result)["debit less credit of journal VE-3"] == ("0", "1")


def test_fec_with_a_column_moved_is_read_by_name_and_that_is_said(tmp_path: Path, imported: Import) -> None:
    path = samples.fec(tmp_path)
    lines = [line.split("\t") for line in path.read_text(encoding="iso-8859-15").splitlines()]
    moved = ["\t".join([*c[:11], c[12], c[11], *c[13:]]) for c in lines]
    path.write_text("\n".join(moved), encoding="iso-8859-15")
    done = imported("fec", path)
    assert [(r["effective_date"], r["amount"]) for r in done.rows("entries")] == samples.REVENUE
    said = "departs from the article: Credit where Debit stands, Debit where Credit stands"
    assert [d.said for d in done.result.defects] == [said]


def test_fec_without_a_needed_column_is_refused(tmp_path: Path, refused: Callable[..., Any]) -> None:
    header = tuple("Konto" if n == "CompteNum" else n for n in samples.FEC_HEADER)
    assert refused("fec", samples.fec(tmp_path, header=header)).expected == "the columns CompteNum"


# --- Audit Data Standards -------------------------------------------------------------------------------


def test_ads_takes_sap_s_sides_and_times_without_zeros(tmp_path: Path, imported: Import) -> None:
    done = imported("ads", samples.ads(tmp_path, sides=("S", "H")))
    entry = done.rows("entries")[0]
    assert (entry["amount"], entry["created_at"], entry["period_id"]) == (
        "1000.00",
        "2021-01-31 09:12:05",
        "2021M01",
    )
    assert entry["description"] == "Invoice 1"
    balances = [(r["period_id"], r["opening"], r["closing"]) for r in done.rows("trial_balance")]
    assert balances == [("2021M01", "0.00", "-1000.00"), ("2021M02", "-1000.00", "-700.00")]
    assert "GL_Detail_20210101_20210331.txt: column segment03" in done.result.not_taken
    assert {r["account"]: r["role"] for r in done.rows("accounts")} == {
        "411000": "receivable", "706000": "revenue", "445710": "tax", "641000": "cost", "512000": "cash",
    }  # fmt: skip


def test_ads_sentinel_day_falls_back_and_period_13_is_moved(tmp_path: Path, imported: Import) -> None:
    place = samples.ads(tmp_path)
    path = place / "GL_Detail_20210101_20210331.txt"
    text = path.read_text().replace("|20210331|2021|M03|", "|19000101|2021|M13|")
    path.write_text(text)
    done = imported("ads", place)
    row = done.rows("ledger")[-1]
    assert (row["effective_date"], row["created_at"], row["period_id"]) == (
        "",
        "2021-03-31 09:12:05",
        "2021M13",
    )
    assert 'adjustment_periods: {"2021M13": "2021M12"}' in done.yaml


def test_api_amounts_are_exact(tmp_path: Path, imported: Import) -> None:
    path = samples.ads_api(tmp_path)
    path.write_text(
        path.read_text().replace("1200.00", "90071992547409.93").replace("1000.00", "90071992547209.93")
    )
    amounts = [r["amount"] for r in imported("ads", path).rows("ledger")]
    assert amounts[:2] == ["90071992547409.93", "-90071992547209.93"]


def test_one_journal_of_the_api_alone(tmp_path: Path, imported: Import) -> None:
    path = samples.ads_api(tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text())["journals"][2]))
    rows = imported("ads", path).rows("ledger")
    assert [(r["journal_id"], r["amount"]) for r in rows] == [("3", "400.0"), ("3", "-400.0")]


def test_amounts_in_the_entity_s_currency_turn_their_sign_too(tmp_path: Path, imported: Import) -> None:
    place = samples.ads(tmp_path)
    path = place / "GL_Detail_20210101_20210331.txt"
    head, *lines = path.read_text().splitlines()
    path.write_text("\n".join([f"{head}|Local_Amount", *(f"{line}|55.50" for line in lines)]))
    amounts = [(r["amount"], r["functional_amount"]) for r in imported("ads", place).rows("entries")]
    assert amounts == [("1000.00", "55.50"), ("-300.00", "-55.50")]


# --- SAF-T ----------------------------------------------------------------------------------------------


def test_saft_norway(tmp_path: Path, imported: Import) -> None:
    done = imported("saft", samples.saft_no(tmp_path))
    assert done.result.version == "NO 1.30"
    assert 'name: "Prøve AS"' in done.yaml and 'currency: "NOK"' in done.yaml
    figures = totals(done.result)
    assert figures["GeneralLedgerEntries/NumberOfEntries"] == ("3", "3")
    assert figures["GeneralLedgerEntries/TotalDebit"] == ("1960.00", "1960.00")
    entry = done.rows("entries")[1]
    assert (entry["journal_id"], entry["preparer"], entry["period_id"]) == ("GL-2", "ola", "2021M02")
    assert entry["posted_at"] == "2021-04-10"
    assert done.rows("customers")[0]["tax_id"] == "55"


def test_a_negative_debit_counts_among_the_debits(tmp_path: Path, imported: Import) -> None:
    """By hand: 360.00 of credit written as a debit of -360.00 takes 360.00 off both sides."""
    path = samples.saft_no(tmp_path, debit="1600.00", credit="1600.00")
    text = path.read_text(encoding="utf-8")
    old, new = (
        "<CreditAmount><Amount>360.00</Amount></CreditAmount>",
        "<DebitAmount><Amount>-360.00</Amount></DebitAmount>",
    )
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert untied(imported("saft", path).result) == []


def test_saft_portugal_ledger_invoices_and_closing(tmp_path: Path, imported: Import) -> None:
    done = imported("saft", samples.saft_pt(tmp_path, closing_type="A"))
    assert untied(done.result) == []
    assert 'name: "Demonstração Lda"' in done.yaml
    entries = [(r["effective_date"], r["amount"], r["kind"]) for r in done.rows("entries")]
    assert entries == [
        ("2021-01-31", "1000.00", ""),
        ("2021-02-28", "-300.00", ""),
        ("2021-12-31", "-700.00", "reclassification"),
    ]
    invoices = [(r["invoice_id"], r["kind"], r["amount"], r["tax"]) for r in done.rows("invoices")]
    assert invoices == [
        ("FT A/1", "invoice", "1000.00", "230.00"),
        ("NC A/1", "credit_note", "-300.00", "-69.00"),
    ]
    assert "SalesInvoices: documents of status A (cancelled)" in done.result.not_taken


def test_saft_without_a_ledger_has_its_invoices_as_entries(tmp_path: Path, imported: Import) -> None:
    path = samples.saft_pt(tmp_path)
    text = path.read_text(encoding="windows-1252")
    before, _, rest = text.partition("<GeneralLedgerEntries>")
    path.write_text(before + rest.partition("</GeneralLedgerEntries>")[2], encoding="windows-1252")
    done = imported("saft", path)
    assert [(r["effective_date"], r["amount"]) for r in done.rows("entries")] == samples.REVENUE
    assert "QUESTION: The file has no general ledger" in done.yaml
    assert "ledger" not in dict(done.result.tables)


def test_a_currency_that_is_none_is_said(tmp_path: Path, imported: Import) -> None:
    path = samples.saft_no(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace(">NOK<", ">KRONER<"), encoding="utf-8")
    assert "# currency: the export says KRONER; the rows name none" in imported("saft", path).yaml


# --- GoBD, SAP ------------------------------------------------------------------------------------------


def test_gobd_reads_numbers_words_and_encapsulated_text(tmp_path: Path, imported: Import) -> None:
    done = imported("gobd", samples.gobd(tmp_path))
    assert done.result.version == "1.5 (gdpdu-01-09-2004.dtd)"
    assert totals(done.result)["records of daten/journal.csv by its Range"] == ("8", "8")
    assert done.rows("ledger")[0]["description"] == 'Invoice 1 für "A"'
    assert done.rows("ledger")[0]["from_row"] == "2"
    assert {r["account"]: r["role"] for r in done.rows("accounts")}["706000"] == "revenue"
    assert "daten/journal.csv: column Kostenstelle" in done.result.not_taken


def test_gobd_one_row_with_account_and_counter_account_is_two_lines(tmp_path: Path, imported: Import) -> None:
    columns = "".join(
        f"<VariableColumn><Name>{name}</Name>{kind}</VariableColumn>"
        for name, kind in (
            ("Umsatz", "<Numeric/>"), ("Soll/Haben-Kennzeichen", "<AlphaNumeric/>"),
            ("Konto", "<AlphaNumeric/>"), ("Gegenkonto", "<AlphaNumeric/>"),
            ("Belegdatum", "<Date><Format>DDMMYY</Format></Date>"),
        )
    )  # fmt: skip
    (tmp_path / "index.xml").write_text(
        '<!DOCTYPE DataSet SYSTEM "gdpdu-01-08-2002.dtd"><DataSet><Version>1</Version><Media><Name>1</Name>'
        "<Table><URL>b.csv</URL><DecimalSymbol>,</DecimalSymbol><DigitGroupingSymbol>.</DigitGroupingSymbol>"
        f"<VariableLength><ColumnDelimiter>|C|</ColumnDelimiter><RecordDelimiter>|R|</RecordDelimiter>{columns}"
        "</VariableLength></Table></Media></DataSet>"
    )
    (tmp_path / "b.csv").write_text(
        "1.000,50|C|S|C|1200|C|8400|C|310121|R|20,00|C|H|C|1200|C|4900|C|010221|R|"
    )
    done = imported("gobd", tmp_path / "index.xml")
    assert [(r["account"], r["amount"], r["document_date"]) for r in done.rows("ledger")] == [
        ("1200", "1000.50", "2021-01-31"), ("8400", "-1000.50", "2021-01-31"),
        ("1200", "-20.00", "2021-02-01"), ("4900", "20.00", "2021-02-01"),
    ]  # fmt: skip
    assert untied(done.result) == []


def test_gobd_fixed_width(tmp_path: Path, imported: Import) -> None:
    columns = "".join(
        f"<FixedColumn><Name>{name}</Name>{kind}<FixedRange><From>{begin}</From><To>{end}</To></FixedRange></FixedColumn>"
        for name, kind, begin, end in (
            ("Belegnr", "<AlphaNumeric/>", 1, 2), ("Datum", "<Date><Format>YYYYMMDD</Format></Date>", 3, 10),
            ("Konto", "<AlphaNumeric/>", 11, 14), ("Soll", "<Numeric/>", 15, 21),
            ("Haben", "<Numeric/>", 22, 28),
        )
    )  # fmt: skip
    (tmp_path / "index.xml").write_text(
        '<!DOCTYPE DataSet SYSTEM "gdpdu-01-03-2019.dtd"><DataSet><Version>1</Version><Media><Name>1</Name>'
        f"<Table><URL>f.txt</URL><FixedLength>{columns}</FixedLength></Table></Media></DataSet>"
    )
    (tmp_path / "f.txt").write_text(
        "A12021013112000100,50   0,00\r\nA12021013184000000,00 100,50\r\n", newline=""
    )
    done = imported("gobd", tmp_path)
    assert [(r["account"], r["amount"]) for r in done.rows("ledger")] == [
        ("1200", "100.50"),
        ("8400", "-100.50"),
    ]


def test_sap_parked_documents_and_lines_without_header_are_said(tmp_path: Path, imported: Import) -> None:
    done = imported("sap", samples.sap(tmp_path, without_header="2", parked="3"))
    assert len(done.rows("ledger")) == 3
    assert "documents that are not posted (BKPF-BSTAT V)" in done.result.not_taken
    found = [(r.file, r.row, r.value) for r in done.result.rejected]
    assert found == [("bseg.csv", row, "1000-2-2021") for row in (5, 6, 7)]
    row = done.rows("ledger")[0]
    assert (row["journal_id"], row["account"], row["created_at"]) == (
        "1000-1-2021",
        "0000411000",
        "2021-01-31 09:12:05",
    )


# --- XBRL GL, SEC ---------------------------------------------------------------------------------------


def test_every_encoding_of_xbrl_gl_gives_the_same_rows(tmp_path: Path, imported: Import) -> None:
    found = []
    for number, as_facts in enumerate((True, False)):
        place = tmp_path / str(number)
        place.mkdir()
        done = imported("xbrl-gl", samples.xbrl_gl_open(place, as_facts=as_facts))
        assert done.result.version == "2025-12-01"
        found.append([{k: v for k, v in r.items() if not k.startswith("from_")} for r in done.rows("ledger")])
        for file in done.books.iterdir():
            file.unlink()
    assert found[0] == found[1]
    assert [r["amount"] for r in found[0]][:2] == ["1200.00", "-1000.00"]
    assert {r["currency"] for r in found[0]} == {"EUR"}
    xml = imported("xbrl-gl", samples.xbrl_gl(tmp_path)).rows("ledger")
    assert [{k: v for k, v in r.items() if not k.startswith("from_")} for r in xml] == found[0]


def test_an_instance_without_a_ledger_is_refused_with_what_it_holds(
    tmp_path: Path, refused: Callable[..., Any]
) -> None:
    path = samples.xbrl_gl(tmp_path)
    path.write_text(path.read_text().replace(">journal<", ">assets<"))
    assert refused("xbrl-gl", path).value == "entriesType assets: 8 lines"


def test_lines_of_another_purpose_and_not_posted_are_left(tmp_path: Path, imported: Import) -> None:
    path = samples.xbrl_gl(tmp_path)
    text = path.read_text().replace(
        "</g:mainAccountType>", "</g:mainAccountType><g:accountPurposeCode>usgaap</g:accountPurposeCode>"
    )
    parts = text.split("<g:entryDetail>")
    parts[2] = parts[2].replace("usgaap", "tax")
    parts[7] = parts[7].replace(
        "<g:detailComment>", "<g:postingStatus>proposed</g:postingStatus><g:detailComment>"
    )
    path.write_text("<g:entryDetail>".join(parts))
    done = imported("xbrl-gl", path)
    assert len(done.rows("ledger")) == 6
    assert "lines for the purpose tax (taken: usgaap)" in done.result.not_taken
    assert "lines of postingStatus proposed" in done.result.not_taken


def test_sec_facts_first_restated_and_repeated(tmp_path: Path, imported: Import) -> None:
    done = imported("sec", samples.sec(tmp_path))
    keys = ("period_id", "figure", "amount", "published_date", "status", "document_id")
    assert sorted(tuple(r[k] for k in keys) for r in done.rows("announced")) == [
        ("2021Q1", "net_income", "-5", "2021-05-01", "reviewed", "A-1"),
        ("2021Q1", "revenue", "100", "2021-05-01", "reviewed", "A-1"),
        ("2021Q1", "revenue", "90", "2022-06-01", "restated", "A-6"),
        ("2021Q2", "revenue", "120.5", "2021-08-01", "unaudited", "A-2"),
    ]
    assert {"figures repeated in a later filing", "figures of longer or shorter spans than a quarter"} <= set(
        done.result.not_taken
    )
    assert 'name: "Sample Corp"' in done.yaml and 'entity_id: "0000000042"' in done.yaml


def test_sec_quarters_of_a_fiscal_year_that_ends_in_june(tmp_path: Path, imported: Import) -> None:
    path = samples.sec(tmp_path)
    facts = json.loads(path.read_text())
    rows = facts["facts"]["us-gaap"]["Revenues"]["units"]["USD"]
    rows[3] |= {"start": "2020-07-01", "end": "2021-06-30"}
    path.write_text(json.dumps(facts))
    periods = {r["period_id"] for r in imported("sec", path).rows("announced")}
    assert periods == {"2021Q3", "2021Q4"}
