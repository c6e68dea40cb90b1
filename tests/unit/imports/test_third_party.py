"""Exports that others made; they stay outside the project, and a test says when they are not there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import earned
from tests.unit.imports.conftest import totals, untied

EXT = Path(__file__).resolve().parents[4] / "shared" / "ext"
Import = Callable[[str, Path], SimpleNamespace]


def third_party(name: str) -> Path:
    if not (EXT / name).exists():
        pytest.skip(f"{name} is not there: third-party exports stand in shared/ext beside the project")
    return EXT / name


def test_the_sap_training_ledger_of_the_aicpa(imported: Import) -> None:
    """Published: four unbalanced entries, together -629,471.89; two totals that differ from the log."""
    done = imported("ads", third_party("aicpa_ads_sap_gl"))
    assert dict(done.result.tables)["ledger"] == 28_160
    wrong = {n: f for n, (_, f) in totals(done.result).items() if n.startswith("debit less credit")}
    assert sorted(n[-9:] for n in wrong) == ["100011090", "100011091", "100011092", "100011093"]
    assert sum(round(float(f) * 100) for f in wrong.values()) == -62_947_189
    assert len([n for n in untied(done.result) if n.endswith("in the log")]) == 2
    assert done.result.rejected_rows == 0


def test_portugal_s_demonstration_company(imported: Import) -> None:
    done = imported("saft", third_party("saft_pt/saft_idemo599999999.xml"))
    assert untied(done.result) == [] and not done.result.has_differences
    assert done.result.rejected_rows == 0
    tables = dict(done.result.tables)
    assert (tables["invoices"], tables["customers"], tables["receipts"]) == (18, 11, 1)
    # Counted by hand: 24 invoices, 6 of them cancelled; the net totals of the others.
    net = sum(round(float(r["amount"]) * 100) for r in done.rows("invoices"))
    assert net == 1_271_691


#: Each variant of Portugal's demonstration company -> what is wrong in it, told by a comparison with the
#: correct file by hand. Where `TotalCredit` is in the list the variant also has the wrong total of the tax
#: administration's own example.
_TOTAL = "WorkingDocuments/TotalCredit"
VARIANTS = {
    "CUSTOMER_MISSING_PAYMENT": ["Payment PGT 1T1/2 names the customer CA3999", _TOTAL],
    "CUSTOMER_MISSING_WORK_DOC": ["WorkDocument CGF C1/1 names the customer CB23999", _TOTAL],
    "DEBIT_NC": [
        "Payment PGT 1T1/1 has the NetTotal 6000, but its lines add up to -1000",
        "Payment PGT 1T1/1 settles 1T 1/6 in DebitAmount, but that is no credit note (FT)",
    ],
    "MISSING_CUSTOMER_INVOICE": ["Invoice 1IECTR EC/5 names the customer CB23999", _TOTAL],
    "MISSING_CUSTOMER_STK_MV": ["StockMovement 1G 5A/1 names the customer CB23999", _TOTAL],
    "MISSING_PAYMENTS": ["Payment PGT 1T1/4 follows PGT 1T1/1 in the series PGT 1T1: numbers 2 to 3 are"],
    "MISSING_PRODUCT_INVOICE": ["Invoice 1T 1/1 names the product FAT01999", _TOTAL],
    "MISSING_PRODUCT_MOV_STK": ["StockMovement 1G 5A/1 names the product FAT01999", _TOTAL],
    # Misnamed: it breaks the id of a customer.
    "MISSING_PRODUCT_WORK_DOC": ["WorkDocument CGF C1/1 names the customer CB23999", _TOTAL],
    "MISSING_SUPPLIER": ["StockMovement 1CC 1B/1 names the supplier SB189999", _TOTAL],
    "MISSING_WORKING_DOC": ["WorkDocument COF E1/3 follows COF E1/1 in the series COF E1: number 2"],
    "REPEATED_INVOICE_INTERNAL_CODE": ["Invoice 1T 1/2 is of type FR, but its code 1T already serves"],
    "REPEATED_PAYMENT_INTERNAL_CODE": [
        "Payment PGT 1T1/2 is of type RC, but its code PGT already serves type RG"
    ],
    "REPEATED_STOCK_MOVEMENT_INTERNAL_CODE": [
        "StockMovement 1G 5A/2 is of type GT, but its code 1G already serves type GR"
    ],
    "REPEATED_WORK_DOCUMENT_INTERNAL_CODE": [
        "WorkDocument COF E1/2 is of type CM, but its code COF already serves type NE"
    ],
    "WRONG_SCHEMA": ["Header lacks TaxRegistrationNumber"],
    "permissivo": ["MasterFiles has no Customer", "MasterFiles has no Product"],
    "permissivo_error": [
        "Header lacks StartDate", "Invoice 1T 1/1 lacks ATCUD", "MasterFiles has no Customer",
        "MasterFiles has no Product",
    ],
    "with_error": ["Header lacks CurrencyCode", "StockMovement 1G 5A/1 lacks Hash", _TOTAL],
}  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_has_its_defect_named_and_no_other(variant: str, imported: Import) -> None:
    done = imported("saft", third_party(f"saft_pt/saft_{variant}.xml"))
    said = [*(f"{d.about} {d.said}" for d in done.result.defects), *untied(done.result)]
    assert len(said) == len(VARIANTS[variant])
    for wanted, found in zip(VARIANTS[variant], said, strict=True):
        assert found.startswith(wanted)
    assert all(d.row > 1 for d in done.result.defects)
    assert dict(done.result.tables)["invoices"] == 18


def test_xbrl_gl_is_the_same_in_xml_and_open_model(imported: Import) -> None:
    folder = third_party("xbrl_gl")
    found = []
    name = "JournalEntry_Annotated_Book-Tax"
    for path in (folder / f"{name}.xml", folder / "OIM" / f"{name}.json"):
        done = imported("xbrl-gl", path)
        found.append([{k: v for k, v in r.items() if not k.startswith("from_")} for r in done.rows("ledger")])
        shutil.rmtree(done.books)
    assert len(found[0]) == 4 and found[0] == found[1]


@pytest.mark.parametrize(
    ("name", "file", "expected"),
    [
        ("gobd", "gdpdu/malformed-index.xml", "Extension, Version"),
        ("gobd", "gdpdu/data4", "a number as 1234,56"),
        ("gobd", "gdpdu/simple.xml", "the root DataSet"),
        ("gobd", "gdpdu/complex-index.xml", "a file that the export holds"),
        ("gobd", "erp_export_samples/datasynth_gobd_index.xml", "the root DataSet"),
    ],
)
def test_what_is_not_the_format_is_refused_with_the_reason(
    name: str, file: str, expected: str, refused: Callable[..., Any]
) -> None:
    assert refused(name, third_party(file)).expected.startswith(expected)


def test_generated_sap_tables_show_what_is_wrong(tmp_path: Path, imported: Import) -> None:
    """Amounts of up to 28 decimals are rejected, and headers without lines are counted."""
    place = tmp_path / "sap"
    place.mkdir()
    for table in ("BKPF", "BSEG"):
        name = f"datasynth_{table}.csv.zst"
        shutil.copy(third_party(f"erp_export_samples/{name}"), place / name)
    done = imported("sap", place)
    assert {r.column for r in done.result.rejected} == {"WRBTR"}
    assert done.result.rejected_rows == 80 and done.result.has_differences
    assert all("at most 20 digits and 9 decimals" in r.expected for r in done.result.rejected)
    # No header lacks its lines, and whole documents balance: neither is said.
    assert untied(done.result) == []
    assert dict(done.result.tables)["ledger"] == 4_853 - 80


BOOKS = """
company: {currency: CNY, name: Cloopen}
sources: {published: {path: announced_revenue.csv}}
tables:
  announced:
    select: >
      SELECT period AS announced_id, concat(right(period, 4), left(period, 2)) AS period_id,
      'revenue' AS figure, CAST(revenue_cny_m AS DECIMAL(18, 6)) * 1000000 AS amount, 'CNY' AS currency,
      announced_date AS published_date, 'unaudited' AS status FROM published WHERE period LIKE 'Q%'
"""


def test_the_errors_of_the_case_as_shares_of_what_was_announced(tmp_path: Path) -> None:
    """Announced 273.9 and 276.1 million, errors by the audited report 11.6 and 17.8 million: 4.24 and 6.45
    per cent. The errors stand in the books as revenue of contracts that were accepted half a year later."""
    shutil.copy(third_party("cloopen_public") / "announced_revenue.csv", tmp_path)
    (tmp_path / "books.yaml").write_text(BOOKS)
    (tmp_path / "contracts.csv").write_text(
        "contract_id,price,price_includes_tax\nA,11600000,false\nB,17800000,false\n"
    )
    (tmp_path / "entries.csv").write_text(
        "entry_id,contract_id,effective_date,amount\nE1,A,2021-06-30,11600000\nE2,B,2021-09-30,17800000\n"
    )
    (tmp_path / "evidence.csv").write_text(
        "evidence_id,contract_id,kind,event_date,recorded_at,maker\n"
        "V1,A,acceptance,2022-01-15,2022-01-15,customer\nV2,B,acceptance,2022-01-15,2022-01-15,customer\n"
    )
    run = earned.examine(earned.open_books(tmp_path, as_of=date(2022, 3, 31)), procedures="none")
    rows = run.tables["misstatements"].arrow().to_pylist()
    shares = [
        (r["period_id"], r["net_ppm_of_announced"])
        for r in rows
        if r["dimension"] == "total" and (r["net_ppm_of_announced"] or 0) > 0
    ]
    assert {period: round(ppm / 10_000, 2) for period, ppm in shares} == {
        "2021Q2": 4.24,
        "2021Q3": 6.45,
    }
