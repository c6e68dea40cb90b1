"""What values tell: the order of day and month, decimal sign, unit, sign, spelling of keys, kinds."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

from tests.unit.guess.run import as_json, init, put

CONTRACTS = "Contract No,Contract Value,Currency\nC-001,1000.00,USD\nC-002,2000.00,USD\n"
ENTRIES = (
    "Journal No,Contract No,Posting Date,Amount\nJ1,C-001,2021-03-31,1000.00\nJ2,C-002,2021-06-30,2000.00\n"
)
PAPERS = "Contract No,Acceptance Date\nC-001,2021-03-20\nC-002,2021-06-10\n"


def books(tmp_path: Path, **files: str) -> Path:
    return put(tmp_path / "in", **{"register": CONTRACTS, "ledger": ENTRIES, "acceptances": PAPERS} | files)


def test_day_and_month_that_could_change_places_are_a_question(tmp_path: Path) -> None:
    unclear = ENTRIES.replace("2021-03-31", "03/04/2021").replace("2021-06-30", "05/06/2021")
    said, _ = init(books(tmp_path, ledger=unclear))
    (question,) = said["questions"]
    assert question["key"] == "tables.entries.date"
    assert question["candidates"] == ["%d/%m/%Y", "%m/%d/%Y"]


def test_another_file_shows_the_order_of_day_and_month(tmp_path: Path) -> None:
    unclear = ENTRIES.replace("2021-03-31", "03/04/2021").replace("2021-06-30", "05/06/2021")
    shown = PAPERS.replace("2021-03-20", "03/20/2021").replace("2021-06-10", "06/10/2021")
    said, written = init(books(tmp_path, ledger=unclear, acceptances=shown))
    assert not said["questions"]
    assert written["tables"]["entries"]["date"] == written["tables"]["evidence"]["date"] == "%m/%d/%Y"


def test_a_day_above_twelve_decides(tmp_path: Path) -> None:
    said, written = init(
        books(
            tmp_path, ledger=ENTRIES.replace("2021-03-31", "31/03/2021").replace("2021-06-30", "01/06/2021")
        )
    )
    assert not said["questions"] and written["tables"]["entries"]["date"] == "%d/%m/%Y"


def test_a_comma_that_can_only_be_decimal(tmp_path: Path) -> None:
    text = ENTRIES.replace(",", ";").replace("1000.00", "1.000,00").replace("2000.00", "2.000,00")
    _, written = init(books(tmp_path, ledger=text))
    assert written["tables"]["entries"]["decimal"] == ","
    assert written["sources"]["ledger file"]["delimiter"] == ";"


def test_a_point_before_three_digits_is_a_question(tmp_path: Path) -> None:
    text = ENTRIES.replace("1000.00", "1.000").replace("2000.00", "2.000")
    said, _ = init(books(tmp_path, ledger=text))
    assert [(q["key"], q["candidates"]) for q in said["questions"]] == [
        ("tables.entries.decimal", [",", "."])
    ]


def test_prices_ten_thousand_times_too_small_ask_for_their_unit(tmp_path: Path) -> None:
    register = CONTRACTS.replace("1000.00", "0.10").replace("2000.00", "2")
    ledger = ENTRIES.replace("1000.00", "1000.00").replace("2000.00", "20000.00")
    said, _ = init(books(tmp_path, register=register, ledger=ledger))
    assert [(q["key"], q["candidates"]) for q in said["questions"]] == [
        ("tables.contracts.unit", ["major", "ten_thousand"])
    ]


def test_leading_zeros_are_stripped_in_every_table(tmp_path: Path) -> None:
    register = CONTRACTS.replace("C-00", "000040")
    ledger, papers = ENTRIES.replace("C-00", "40"), PAPERS.replace("C-00", "40")
    _, written = init(books(tmp_path, register=register, ledger=ledger, acceptances=papers))
    wanted = {"contract_id": {"strip_zeros": True}}
    assert all(written["tables"][t]["ids"] == wanted for t in ("contracts", "entries", "evidence"))


def test_a_contract_inside_a_text_is_matched(tmp_path: Path) -> None:
    ledger = (
        "Journal No,Memo,Posting Date,Amount\n"
        "J1,Revenue of C-001 in March,2021-03-31,1000.00\nJ2,Final part C-002,2021-06-30,2000.00\n"
    )
    _, written = init(books(tmp_path, ledger=ledger))
    assert written["tables"]["entries"]["columns"]["contract_id"] == {"from": "Memo", "match": "C-[0-9]+"}


def test_a_contract_under_a_header_that_nobody_knows_is_found_by_its_values(tmp_path: Path) -> None:
    ledger = ENTRIES.replace("Contract No", "Zuordnung X7")
    _, written = init(books(tmp_path, ledger=ledger))
    assert written["tables"]["entries"]["columns"]["contract_id"] == "Zuordnung X7"


def test_a_register_with_a_column_for_each_acceptance(tmp_path: Path) -> None:
    papers = (
        "合同编号,到货日期,初验日期,终验日期\nC-001,2021-03-01,2021-03-10,2021-03-20\nC-002,2021-06-01,,\n"
    )
    folder = books(tmp_path, acceptances=papers)
    said, written = init(folder)
    found = {
        (m["columns"]["event_date"], m["columns"]["kind"], m["columns"]["stage"])
        for m in written["tables"]["evidence"]
    }
    assert found == {
        ("到货日期", "=delivery", "=arrival"),
        ("初验日期", "=acceptance", "=initial"),
        ("终验日期", "=acceptance", "=final"),
    }
    assert [q["key"] for q in said["questions"]] == ["policy.binding_stage"]
    code, checked = as_json("check", folder, "--set", "policy.binding_stage=final")
    (evidence,) = [t for t in checked["tables"] if t["name"] == "evidence"]
    # four of the six cells hold a day; the two empty ones are left out, not rejected
    assert (code, evidence["used"], evidence["rejected"], evidence["left_out"]) == (0, 4, 0, 2)


def test_both_sides_of_each_journal_are_a_full_ledger(tmp_path: Path) -> None:
    ledger = (
        "Journal No,Line No,Contract No,Posting Date,Account,D/C,Amount\n"
        "J1,1,C-001,2021-03-31,1100,D,1000.00\nJ1,2,C-001,2021-03-31,4000,C,1000.00\n"
        "J2,1,C-002,2021-06-30,1100,D,2000.00\nJ2,2,C-002,2021-06-30,4000,C,2000.00\n"
    )
    folder = books(tmp_path, ledger=ledger)
    said, written = init(folder)
    assert [(q["key"], q["candidates"]) for q in said["questions"]] == [
        ("tables.entries.only.Account", ["1100", "4000"])
    ]
    assert written["tables"]["ledger"]["indicator"] == {"column": "D/C", "C": ["C"], "D": ["D"]}
    code, checked = as_json("check", folder, "--set", "tables.entries.only.Account=4000")
    used = {t["name"]: t["used"] for t in checked["tables"]}
    assert (code, used["entries"], used["ledger"]) == (0, 2, 4)


def test_whole_numbers_of_a_typed_file_may_be_cents(tmp_path: Path) -> None:
    folder = books(tmp_path)
    (folder / "ledger.csv").unlink()
    table = pa.table(
        {
            "Contract No": ["C-001", "C-002"],
            "Posting Date": ["2021-03-31", "2021-06-30"],
            "Amount": pa.array([100_050, 200_075], pa.int64()),
        }
    )
    pq.write_table(table, folder / "revenue.parquet")
    said, _ = init(folder)
    assert [(q["key"], q["candidates"]) for q in said["questions"]] == [
        ("tables.entries.unit", ["major", "minor"])
    ]


def test_headers_below_a_title_a_unit_above_and_a_total_at_the_end(tmp_path: Path) -> None:
    folder = books(tmp_path)
    (folder / "register.csv").unlink()
    book = Workbook()
    sheet = book.active
    for row in (
        ["SIM Co Ltd"], ["单位：千元"], [], ["合同编号", "合同金额", "币种"],
        ["C-001", 1, "USD"], ["C-002", 2, "USD"], ["总计", 3, None],
    ):  # fmt: skip
        sheet.append(row)
    book.save(folder / "合同台账.xlsx")
    said, written = init(folder)
    assert not said["questions"]
    assert written["sources"]["合同台账"]["header_row"] == 4
    assert written["tables"]["contracts"]["unit"] == "thousand"
    assert written["tables"]["contracts"]["without"] == {"合同编号": ["总计"]}
    _, checked = as_json("check", folder)
    assert [(t["used"], t["left_out"]) for t in checked["tables"] if t["name"] == "contracts"] == [(2, 1)]


def test_a_customer_called_total_is_no_total(tmp_path: Path) -> None:
    register = (
        "Contract No,Customer,Contract Value,Currency\nC-001,Total SE,1000.00,USD\nC-002,SIM,2000.00,USD\n"
    )
    _, written = init(books(tmp_path, register=register))
    assert "without" not in written["tables"]["contracts"]


def test_files_of_one_layout_are_one_source(tmp_path: Path) -> None:
    folder = books(tmp_path)
    (folder / "ledger.csv").unlink()
    head, first, second = ENTRIES.splitlines(keepends=True)
    put(folder, **{"ledger-2021-03": head + first, "ledger-2021-06": head + second})
    _, written = init(folder)
    (source,) = [s for s in written["sources"].values() if isinstance(s["path"], list)]
    assert source["path"] == ["ledger-2021-03.csv", "ledger-2021-06.csv"]
    _, checked = as_json("check", folder)
    assert [t["used"] for t in checked["tables"] if t["name"] == "entries"] == [2]


def test_western_text_that_is_no_utf_8(tmp_path: Path) -> None:
    folder = books(tmp_path)
    ledger = ENTRIES.replace("J1", "Ä1").replace("J2", "Ö2")
    (folder / "ledger.csv").write_bytes(ledger.encode("cp1252"))
    said, written = init(folder)
    assert written["sources"]["ledger file"]["encoding"] == "cp1252"
    (found,) = [s for s in said["sources"] if s["table"] == "entries"]
    assert [c["samples"] for c in found["columns"] if c["column"] == "journal_id"] == [["Ä1", "Ö2"]]
