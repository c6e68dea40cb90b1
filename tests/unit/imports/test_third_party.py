"""Exports that others made; they stay outside the project, and a test says when they are not there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

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
    assert untied(done.result) == []
    assert done.result.rejected_rows == 0
    tables = dict(done.result.tables)
    assert (tables["invoices"], tables["customers"], tables["receipts"]) == (18, 11, 1)


@pytest.mark.parametrize(
    ("file", "named"),
    [
        ("saft_MISSING_CUSTOMER_INVOICE.xml", "Customer CB23999, named by Invoice"),
        ("saft_MISSING_SUPPLIER.xml", "Supplier "),
        ("saft_MISSING_PRODUCT_INVOICE.xml", "Product "),
        ("saft_CUSTOMER_MISSING_PAYMENT.xml", "Customer "),
    ],
)
def test_a_defect_of_a_variant_is_named(file: str, named: str, imported: Import) -> None:
    done = imported("saft", third_party(f"saft_pt/{file}"))
    assert any(name.startswith(named) for name in untied(done.result))


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
        ("gobd", "gdpdu/data4", "a table of journal lines"),
        ("gobd", "erp_export_samples/datasynth_gobd_index.xml", "the root DataSet"),
        ("fec", "erp_export_samples/datasynth_fec.csv.zst", "tab or pipe"),
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
    assert "documents of BKPF with lines in BSEG" in untied(done.result)
