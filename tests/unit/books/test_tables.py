"""What is read, what is rejected and why, on books of a few lines (P3, R2–R7, R11, R12, E1, E11, U1)."""

from __future__ import annotations

from pathlib import Path

import pytest

from earned.faults import InputError
from tests.unit.books.reading import COMPANY, Read, read


def map_entries(mapping: str, company: str = COMPANY) -> str:
    sources = "sources: {gl: {path: gl.csv}, contracts: {path: contracts.csv}}"
    return f"{company}{sources}\ntables:\n  entries: {mapping}\n"


# --- which rows are used ----------------------------------------------------------------------------


def test_eight_columns_are_read(tmp_path: Path) -> None:
    evidence = "contract_id,kind,event_date\nC1,acceptance,2021-06-28\n"
    books = read(tmp_path, evidence=evidence)
    assert books.column("contracts", "(contract_id, price_minor, currency)") == [("C1", 100_000, "CNY")]
    entry = "(entry_id, contract_id, CAST(effective_date AS VARCHAR), amount_minor, currency, is_opening)"
    assert books.column("entries", entry) == [("entries.csv:2", "C1", "2021-06-30", 100_000, "CNY", False)]
    assert books.column("evidence", "(evidence_id, contract_id, kind)") == [
        ("evidence.csv:2", "C1", "acceptance")
    ]
    assert books.rejected("entries") == []
    assert books.tables.filled["contracts"] == {"contract_id", "price_minor", "currency"}


@pytest.mark.parametrize(
    ("line", "column", "value", "reason"),
    [
        ("C1,2021-06-30,abc", "amount", "abc", "number"),
        ('C1,2021-06-30,"1.234,56"', "amount", "1.234,56", "number"),
        ("C1,2021-06-30,1.005", "amount", "1.005", "decimals"),
        ("C1,2021-06-30,100000000000000000", "amount", "100000000000000000", "range"),
        ("C1,2021-06-31,1", "effective_date", "2021-06-31", "date"),
        ("C1,44377,1", "effective_date", "44377", "date"),
        ("C1,2021-06-30,", "amount", "", "required"),
        ("C1,,1", "effective_date", "", "required"),
        ("1.0E+11,2021-06-30,1", "contract_id", "1.0E+11", "number"),
        ("C\ufffd1,2021-06-30,1", "contract_id", "C\ufffd1", "bytes"),
        ("C1,2021-06-31,abc", "effective_date", "2021-06-31", "date"),
        ("C1,2021-06-30,EUR 5", "amount", "EUR 5", "currency"),
    ],
)
def test_an_entry_is_rejected(tmp_path: Path, line: str, column: str, value: str, reason: str) -> None:
    books = read(tmp_path, entries=f"contract_id,effective_date,amount\nC1,2021-06-30,5\n{line}\n")
    assert books.rejected("entries") == [(3, column, value, reason)]
    assert books.column("entries", "amount_minor") == [500]


def test_the_words_of_a_rejection_say_what_to_do(tmp_path: Path) -> None:
    books = read(tmp_path, entries='contract_id,effective_date,amount\nC1,2021-06-30,"1.234,56"\n')
    assert 'set decimal: "," under this table in books.yaml' in books.expected("entries")


def test_a_serial_day_in_a_text_file_says_date_excel(tmp_path: Path) -> None:
    books = read(tmp_path, entries="contract_id,effective_date,amount\nC1,44377,1\n")
    assert "`date: excel`" in books.expected("entries")


def test_trailing_zeros_are_no_decimals(tmp_path: Path) -> None:
    books = read(tmp_path, entries="contract_id,effective_date,amount\nC1,2021-06-30,1.500\n")
    assert books.column("entries", "amount_minor") == [150]


def test_unlinked_entries_stay_and_unknown_contracts_too(tmp_path: Path) -> None:
    books = read(tmp_path, entries="contract_id,effective_date,amount\n,2021-06-30,1\nC9,2021-06-30,2\n")
    assert books.column("entries", "contract_id") == [None, "C9"]
    assert books.rejected("entries") == []


def test_blanks_around_ids_are_taken_off(tmp_path: Path) -> None:
    books = read(tmp_path, entries="contract_id,effective_date,amount\n\u00a0C1 \u3000,2021-06-30,1\n")
    assert books.column("entries", "contract_id") == ["C1"]


# --- cells that are emptied -------------------------------------------------------------------------


def test_an_unreadable_cell_that_is_not_required_is_emptied(tmp_path: Path) -> None:
    contracts = "contract_id,price,status,bound_date,tax_rate\nC1,1000,signed,soon,0.06\n"
    books = read(tmp_path, contracts=contracts)
    assert books.column("contracts", "(status, bound_date, tax_rate)") == [(None, None, None)]
    assert [(c, k, n, x, a) for c, k, n, x, a in books.quality("contracts") if a == "emptied"] == [
        ("bound_date", "date", 1, "soon", "emptied"),
        ("status", "value", 1, "signed", "emptied"),
        ("tax_rate", "decimals", 1, "0.06", "emptied"),
    ]


def test_an_enum_that_is_required_rejects(tmp_path: Path) -> None:
    books = read(tmp_path, evidence="contract_id,kind,event_date\nC1,终验报告,2021-06-28\n")
    assert books.rejected("evidence") == [(2, "kind", "终验报告", "value")]


def test_sentinels_are_empty_and_else_is_counted(tmp_path: Path) -> None:
    yaml = COMPANY + "sources: {entries: {path: entries.csv, null_values: ['1901-01-01']}}\n"
    entries = (
        "contract_id,effective_date,amount,document_date\nC1,1901-01-01,1,2021-05-05\nC1,2021-06-30,1,\n"
    )
    books = read(tmp_path, yaml, contracts="", entries=entries)
    assert books.column("entries", "CAST(effective_date AS VARCHAR)") == ["2021-05-05", "2021-06-30"]
    assert ("effective_date", "else:document_date", 1, "2021-05-05", "else_used") in books.quality("entries")


def test_posted_at_stands_for_a_date_in_the_company_zone(tmp_path: Path) -> None:
    entries = "contract_id,effective_date,amount,posted_at\nC1,,1,2021-06-30T20:00:00Z\n"
    books = read(tmp_path, entries=entries)
    assert books.column("entries", "CAST(effective_date AS VARCHAR)") == ["2021-07-01"]


def test_a_period_stands_for_an_empty_date(tmp_path: Path) -> None:
    books = read(tmp_path, entries="contract_id,effective_date,amount,period_id\nC1,,1,2021Q2\n")
    assert books.rejected("entries") == []


def test_bytes_reject_only_in_mapped_cells(tmp_path: Path) -> None:
    books = read(tmp_path, entries="contract_id,effective_date,amount,colour\nC1,2021-06-30,1,\ufffd\n")
    assert books.column("entries", "amount_minor") == [100]
    assert ("colour", "unknown_column", 1, None, "warning") in books.quality("entries")


# --- keys -------------------------------------------------------------------------------------------


def test_identical_rows_of_a_key_count_once(tmp_path: Path) -> None:
    entries = (
        "entry_id,contract_id,effective_date,amount,colour\n"
        + "E1,C1,2021-06-30,5,red\nE1,C1,2021-06-30,5.00,blue\n"
    )
    books = read(tmp_path, entries=entries)
    assert books.rejected("entries") == [(3, "entry_id", "E1", "repeat")]
    assert books.column("entries", "source_row") == [2]


def test_rows_of_a_key_that_contradict_are_all_rejected(tmp_path: Path) -> None:
    head = "entry_id,contract_id,effective_date,amount\n"
    books = read(tmp_path, entries=head + "E1,C1,2021-06-30,5\nE1,C1,2021-06-30,6\nE2,C1,2021-06-30,1\n")
    assert books.rejected("entries") == [
        (2, "entry_id", "E1", "key_conflict"),
        (3, "entry_id", "E1", "key_conflict"),
    ]
    assert books.column("entries", "entry_id") == ["E2"]


def test_an_empty_part_of_a_key_is_a_value(tmp_path: Path) -> None:
    people = "employee_id,name,valid_from\nP1,Zhao,\nP1,Zhao,\nP2,Qian,\n,Sun,\n"
    books = read(tmp_path, employees=people)
    assert books.rejected("employees") == [
        (3, "employee_id", "P1 / ", "repeat"),
        (5, "employee_id", "", "key_missing"),
    ]


def test_default_ids(tmp_path: Path) -> None:
    head = "contract_id,effective_date,amount,journal_id,line_number\n"
    books = read(tmp_path, entries=head + "C1,2021-06-30,1,J1,2\nC1,2021-06-30,1,J1,\n")
    assert books.column("entries", "entry_id") == ["J1-2", "entries.csv:3"]


def test_versions_count_without_a_gap(tmp_path: Path) -> None:
    head = "contract_id,version,effective_date,treatment,price_change\n"
    rows = "C1,1,2021-01-01,separate,1\nC1,3,2021-02-01,separate,1\n"
    books = read(tmp_path, modifications=head + rows)
    assert books.rejected("modifications") == [(3, "version", "3", "version_gap")]


# --- other tables -----------------------------------------------------------------------------------

OBLIGATIONS = "obligation_id,contract_id,pattern,ssp,measure,unit_price\n"


def test_obligations_without_contract_or_pattern_are_rejected(tmp_path: Path) -> None:
    rows = "O1,C9,over_time,,,\nO2,C1,,,,\n"
    books = read(tmp_path, obligations=OBLIGATIONS + rows)
    assert books.rejected("obligations") == [
        (2, "contract_id", "C9", "orphan"),
        (3, "pattern", "", "required"),
    ]
    assert books.engine.sql("SELECT * FROM contracts_untestable") == [
        ("C1", "an obligation was rejected: obligations.csv row 3, pattern, required")
    ]


def test_pattern_and_dates_come_from_the_contract_else_the_policy(tmp_path: Path) -> None:
    contracts = "contract_id,price,pattern,start_date\nC1,10,over_time,2021-01-01\nC2,10,,\n"
    yaml = COMPANY + "policy: {pattern: point_in_time}\n"
    books = read(tmp_path, yaml, contracts=contracts, obligations=OBLIGATIONS + "O1,C1,,,,\nO2,C2,,,,\n")
    assert books.column("obligations", "pattern") == ["over_time", "point_in_time"]
    assert books.column("obligations", "CAST(start_date AS VARCHAR)") == ["2021-01-01", None]


def test_prices_are_needed_where_there_are_several_obligations(tmp_path: Path) -> None:
    contracts = "contract_id,price\nC1,10\nC2,10\n"
    rows = "O1,C1,over_time,,,\nO2,C2,over_time,5,,\nO3,C2,over_time,,,\nO4,C2,over_time,,as_used,\n"
    books = read(tmp_path, contracts=contracts, obligations=OBLIGATIONS + rows)
    assert books.rejected("obligations") == [(4, "ssp", "", "required"), (5, "unit_price", "", "required")]


def test_evidence_needs_its_contract_and_obligation(tmp_path: Path) -> None:
    contracts = "contract_id,price\nC1,10\nC2,10\nC3,10\n"
    obligations = OBLIGATIONS + "O1,C1,over_time,5,,\nO2,C1,over_time,5,,\nO3,C2,over_time,,,\n"
    evidence = (
        "contract_id,obligation_id,kind,event_date\n"
        "C1,O1,delivery,2021-01-01\n"
        ",O2,delivery,2021-01-01\n"
        "C1,,delivery,2021-01-01\n"
        "C2,any,delivery,2021-01-01\n"
        ",C3,delivery,2021-01-01\n"
        "C1,O3,delivery,2021-01-01\n"
        "C9,,delivery,2021-01-01\n"
        ",O9,delivery,2021-01-01\n"
        ",,delivery,2021-01-01\n"
    )
    books = read(tmp_path, contracts=contracts, obligations=obligations, evidence=evidence)
    assert books.column("evidence", "(contract_id, obligation_id)") == [
        ("C1", "O1"), ("C1", "O2"), ("C1", None), ("C2", "O3"), ("C3", None),
    ]  # fmt: skip
    assert books.rejected("evidence") == [
        (7, "obligation_id", "O3", "orphan"),
        (8, "contract_id", "C9", "orphan"),
        (9, "obligation_id", "O9", "orphan"),
        (10, "contract_id", "", "required"),
    ]


def test_entries_take_the_contract_of_their_obligation(tmp_path: Path) -> None:
    obligations = OBLIGATIONS + "O1,C1,over_time,5,,\nO2,C1,over_time,5,,\n"
    entries = "contract_id,obligation_id,effective_date,amount\n,O1,2021-01-01,1\nC1,O9,2021-01-01,1\n"
    books = read(tmp_path, obligations=obligations, entries=entries)
    assert books.column("entries", "(contract_id, obligation_id)") == [("C1", "O1"), ("C1", None)]


def test_a_quantity_without_basis_is_rejected(tmp_path: Path) -> None:
    head = "contract_id,kind,event_date,quantity,basis\n"
    books = read(tmp_path, evidence=head + "C1,hours,2021-01-01,5,\nC1,hours,2021-01-01,5,increment\n")
    assert books.rejected("evidence") == [(2, "basis", "", "basis")]


# --- currencies -------------------------------------------------------------------------------------


def test_decimals_are_those_of_the_row_else_of_the_contract(tmp_path: Path) -> None:
    contracts = "contract_id,price,currency\nC1,10,KWD\nC2,10,jpy\nC3,10.5,JPY\nC4,1,RMB\n"
    entries = "contract_id,effective_date,amount,currency\nC1,2021-01-01,1.234,\nC1,2021-01-01,1.23,USD\n"
    books = read(
        tmp_path, contracts=contracts, entries=entries + "C1,2021-01-01,1,XX\nC1,2021-01-01,1.234,USD\n"
    )
    assert books.column("contracts", "(price_minor, currency)") == [(10_000, "KWD"), (10, "JPY")]
    assert books.rejected("contracts") == [
        (4, "price", "10.5", "decimals"),
        (5, "currency", "RMB", "currency"),
    ]
    assert books.column("entries", "(amount_minor, currency)") == [(1_234, "KWD"), (123, "USD")]
    assert books.rejected("entries") == [
        (4, "currency", "XX", "currency"),
        (5, "amount", "1.234", "decimals"),
    ]


def test_without_books_yaml_the_currency_comes_from_the_rows(tmp_path: Path) -> None:
    contracts = "contract_id,price,currency\nC1,10,KWD\nC2,10,KWD\nC3,10,USD\nC4,10,\n"
    books = read(tmp_path, None, contracts=contracts)
    assert books.tables.manifest.company.currency == "KWD"
    assert books.column("contracts", "price_minor") == [10_000, 10_000, 1_000, 10_000]


def test_without_any_currency_there_are_two_decimals(tmp_path: Path) -> None:
    books = read(tmp_path, None)
    assert books.tables.manifest.company.currency == "XXX"
    assert books.column("contracts", "(price_minor, currency)") == [(100_000, "XXX")]


def test_a_total_beyond_int64_is_refused(tmp_path: Path) -> None:
    line = "C1,2021-01-01,90000000000000000\n"
    with pytest.raises(InputError, match=r"a total of entries\.amount within .* 18,000,000,000,000,000,000"):
        read(tmp_path, entries="contract_id,effective_date,amount\n" + line + line)


# --- time -------------------------------------------------------------------------------------------


def test_rows_known_after_as_of_are_rejected(tmp_path: Path) -> None:
    evidence = (
        "evidence_id,contract_id,kind,event_date,recorded_at\n"
        "V1,C1,delivery,2021-06-01,2021-06-30\n"
        "V2,C1,delivery,2021-06-01,2021-06-30T16:00:00Z\n"
    )
    entries = "contract_id,effective_date,amount,posted_at\nC1,2021-06-30,1,2021-07-01\n"
    books = read(tmp_path, COMPANY + "as_of: 2021-06-30\n", evidence=evidence, entries=entries)
    assert books.rejected("evidence") == [(3, "recorded_at", "2021-06-30T16:00:00Z", "after_as_of")]
    assert books.engine.sql("SELECT evidence_id FROM evidence_unknown") == [("V2",)]
    assert books.rejected("entries") == [(2, "posted_at", "2021-07-01", "after_as_of")]
    assert books.as_of == "2021-06-30 15:59:59.999999+00:00"


def test_as_of_is_the_latest_recorded_instant_else_the_latest_day(tmp_path: Path) -> None:
    evidence = "contract_id,kind,event_date,recorded_at\nC1,delivery,2021-06-01,2021-06-03 08:00\n"
    assert read(tmp_path, evidence=evidence).as_of == "2021-06-03 00:00:00+00:00"


def test_as_of_without_records(tmp_path: Path) -> None:
    assert read(tmp_path).as_of == "2021-06-30 15:59:59.999999+00:00"


def test_entries_outside_the_window_are_rejected_but_openings(tmp_path: Path) -> None:
    yaml = COMPANY + "window: {from: 2021-01-01, to: 2021-12-31}\n"
    rows = "C1,2020-12-31,1,\nC1,2020-12-31,1,yes\nC1,2022-01-01,1,\nC1,2021-01-01,1,\n"
    books = read(tmp_path, yaml, entries="contract_id,effective_date,amount,is_opening\n" + rows)
    assert books.rejected("entries") == [
        (2, "effective_date", "2020-12-31", "window"),
        (4, "effective_date", "2022-01-01", "window"),
    ]


# --- mappings ---------------------------------------------------------------------------------------


def mapped(folder: Path, gl: str, mapping: str) -> Read:
    (folder / "gl.csv").write_text(gl, encoding="utf-8")
    return read(folder, map_entries(mapping), entries="")


def test_a_mapping_with_declared_marks_and_dates(tmp_path: Path) -> None:
    gl = "Vertrag;Datum;Betrag;Art\nC1;30.6.2021;1.234,56-;X\n"
    mapping = (
        "{source: gl, columns: {contract_id: Vertrag, effective_date: Datum, amount: Betrag, "
        "kind: '=release', source: Art}, date: '%d.%m.%Y', decimal: ',', values: {source: {x: manual}}}"
    )
    books = mapped(tmp_path, gl, mapping)
    entry = "(contract_id, CAST(effective_date AS VARCHAR), amount_minor, kind, source)"
    assert books.column("entries", entry) == [("C1", "2021-06-30", -123_456, "release", "manual")]


def test_debit_and_credit_in_two_columns(tmp_path: Path) -> None:
    gl = "k,d,Soll,Haben\nC1,2021-01-01,5,\nC1,2021-01-01,,7.5\nC1,2021-01-01,,\nC1,2021-01-01,x,1\n"
    mapping = (
        "{source: gl, columns: {contract_id: k, effective_date: d, amount: {debit: Soll, credit: Haben}}}"
    )
    books = mapped(tmp_path, gl, mapping)
    assert books.column("entries", "amount_minor") == [-500, 750]
    assert books.rejected("entries") == [(4, "amount", "", "required"), (5, "amount", "x / 1", "number")]


def test_an_indicator_gives_the_sign(tmp_path: Path) -> None:
    gl = "k,d,Betrag,SHKZG\nC1,2021-01-01,5,S\nC1,2021-01-01,7,h\nC1,2021-01-01,9,?\n"
    mapping = (
        "{source: gl, columns: {contract_id: k, effective_date: d, amount: Betrag}, "
        "sign: indicator, indicator: {column: SHKZG, C: [H], D: [S]}}"
    )
    books = mapped(tmp_path, gl, mapping)
    assert books.column("entries", "amount_minor") == [-500, 700]
    assert books.rejected("entries") == [(4, "amount", "?", "sign")]


@pytest.mark.parametrize(
    ("keys", "minor"),
    [
        ("unit: minor", 125),
        ("unit: thousand", 12_500_000),
        ("unit: {amount: ten_thousand}", 125_000_000),
        ("sign: debit_positive", -12_500),
        ("scale: {amount: 0.01}", 125),
    ],
)
def test_units_signs_and_scales(tmp_path: Path, keys: str, minor: int) -> None:
    columns = "columns: {contract_id: k, effective_date: d, amount: a}"
    books = mapped(tmp_path, "k,d,a\nC1,2021-01-01,125\n", f"{{source: gl, {columns}, {keys}}}")
    assert books.column("entries", "amount_minor") == [minor]


def test_templates_lists_matches_and_filters(tmp_path: Path) -> None:
    gl = (
        "A,B,text,d,m,s\nX,1,for HT2021-007 only,2021-01-01,1,ok\n"
        ",1,,2021-01-01,2,ok\nX,2,,2021-01-01,9,Total\n"
    )
    mapping = (
        "{source: gl, columns: {entry_id: '{A}-{B}', "
        "contract_id: {from: text, match: 'HT[0-9]{4}-[0-9]{3}'}, journal_id: [A, B], "
        "effective_date: d, amount: m}, without: {s: ['Tot*']}}"
    )
    books = mapped(tmp_path, gl, mapping)
    assert books.column("entries", "(entry_id, contract_id, journal_id)") == [
        ("X-1", "HT2021-007", "X"), ("gl.csv:3", None, "1"),
    ]  # fmt: skip
    assert books.tables.counts["entries"].left_out == 1


def test_of_several_date_forms_the_first_that_fits_wholly(tmp_path: Path) -> None:
    gl = "k,d,a\nC1,03/04/2021,1\nC1,25/04/2021,1\n"
    columns = "columns: {contract_id: k, effective_date: d, amount: a}"
    books = mapped(tmp_path, gl, f"{{source: gl, {columns}, date: ['%m/%d/%Y', '%d/%m/%Y']}}")
    assert books.column("entries", "CAST(effective_date AS VARCHAR)") == ["2021-04-03", "2021-04-25"]


def test_a_header_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gl\.csv.*'Betragg'.*nearest are: Betrag"):
        mapped(
            tmp_path,
            "k,d,Betrag\n",
            "{source: gl, columns: {contract_id: k, effective_date: d, amount: Betragg}}",
        )


def test_a_required_column_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(
        InputError,
        match=r"entries\.csv, \"amount\".*column amount for the table entries.*nearest is 'Amount_'",
    ):
        read(tmp_path, entries="contract_id,effective_date,Amount_\nC1,2021-01-01,1\n")


def test_books_without_entries(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a table of entries"):
        read(tmp_path, entries="")


def test_a_bare_ledger_needs_no_contract_id(tmp_path: Path) -> None:
    books = read(tmp_path, contracts="", entries="effective_date,amount\n2021-01-01,1\n")
    assert books.column("entries", "contract_id") == [None]


def test_aicpa_names_and_their_sign_column(tmp_path: Path) -> None:
    ledger = (
        "Journal_ID,Journal_ID_Line_Number,GL_Account_Number,Amount,Amount_Credit_Debit_Indicator,Effective_Date\n"
        "J1,1,6000,5,S,2021-01-01\nJ1,2,1000,5,H,2021-01-01\n"
    )
    books = read(tmp_path, ledger=ledger)
    assert books.column("ledger", "amount_minor") == [500, -500]


# --- a table as one SELECT --------------------------------------------------------------------------


def test_a_select_joins_sources_and_keeps_their_lineage(tmp_path: Path) -> None:
    gl = "doc,k,a\n1,C1,5.00\n2,C1,x\n"
    (tmp_path / "docs.csv").write_text("doc,day\n1,2021-01-01\n2,2021-01-02\n", encoding="utf-8")
    (tmp_path / "gl.csv").write_text(gl, encoding="utf-8")
    query = (
        "SELECT k AS contract_id, day AS effective_date, a AS amount, gl.source_file, gl.source_row "
        "FROM gl JOIN docs USING (doc) -- a comment"
    )
    sources = "sources: {gl: {path: gl.csv}, docs: {path: docs.csv}}"
    yaml = f"{COMPANY}{sources}\ntables: {{entries: {{select: '{query}'}}}}\n"
    books = read(tmp_path, yaml, contracts="", entries="")
    assert books.column("entries", "(source_file, source_row, amount_minor)") == [("gl.csv", 2, 500)]
    assert books.rejected("entries") == [(3, "amount", "x", "number")]


def test_floats_of_a_select_are_taken_where_they_are_near(tmp_path: Path) -> None:
    amount = "CAST(amount AS DOUBLE) / 10 AS amount"
    query = f"SELECT contract_id, DATE '2021-01-01' AS effective_date, {amount} FROM e"
    yaml = f'{COMPANY}sources: {{e: {{path: e.csv}}}}\ntables: {{entries: {{select: "{query}"}}}}\n'
    (tmp_path / "e.csv").write_text("contract_id,amount\nC1,3.0000000000000004\nC1,0.15\n", encoding="utf-8")
    books = read(tmp_path, yaml, contracts="", entries="")
    assert books.column("entries", "(source_file, amount_minor)") == [("books.yaml: tables.entries", 30)]
    assert [r[3] for r in books.rejected("entries")] == ["decimals"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DROP TABLE x", "exactly one SELECT, found DROP"),
        ("SELECT 1; SELECT 2", "exactly one SELECT, found SELECT, SELECT"),
        ("SELECT * FROM nowhere", "nowhere does not exist"),
        ("SELECT * FROM read_csv('/etc/passwd')", "disabled by configuration"),
        ("SELEC 1", "syntax error"),
    ],
)
def test_a_select_that_cannot_be_run(tmp_path: Path, query: str, said: str) -> None:
    yaml = f'{COMPANY}sources: {{e: {{path: entries.csv}}}}\ntables: {{entries: {{select: "{query}"}}}}\n'
    with pytest.raises(InputError, match=said):
        read(tmp_path, yaml, contracts="")
