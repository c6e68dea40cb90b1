"""What is not sure is asked, what only looks sure is not taken: sides, currencies, units, unknown files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from earned.books.guess import encodings, sample, top
from tests.unit.guess.run import as_json, init, put
from tests.unit.guess.systems import china
from tests.unit.guess.test_values import CONTRACTS, ENTRIES, PAPERS, books

TWO_SIDES = (
    "Journal No,Contract No,Posting Date,Account,Amount\n"
    "J1,C-001,2021-03-31,1100,1000.00\nJ1,C-001,2021-03-31,4000,-1000.00\n"
    "J2,C-002,2021-06-30,1100,2000.00\nJ2,C-002,2021-06-30,4000,-2000.00\n"
)


def asked(said: dict[str, Any]) -> dict[str, list[str]]:
    """The candidates of each question, by its key."""
    return {q["key"]: q["candidates"] for q in said["questions"]}


def test_a_signed_ledger_of_numbers_asks_for_accounts_and_the_sign(tmp_path: Path) -> None:
    said, _ = init(books(tmp_path, ledger=TWO_SIDES))
    assert asked(said) == {
        "tables.entries.only.Account": ["1100", "4000"],
        "tables.entries.sign": ["debit_positive", "credit_positive"],
    }


def test_a_signed_ledger_with_names_needs_no_answer(tmp_path: Path) -> None:
    named = TWO_SIDES.replace("1100,", "Receivables,").replace("4000,", "Service revenue,")
    said, written = init(books(tmp_path, ledger=named))
    entries = written["tables"]["entries"]
    assert not said["questions"]
    assert (entries["sign"], entries["only"]) == ("debit_positive", {"Account": ["Service revenue"]})


@pytest.mark.parametrize(
    "other", ["Deferred revenue", "Cost of revenue", "合同负债", "Erhaltene Anzahlungen"]
)
def test_accounts_that_only_speak_of_revenue_are_left_out(other: str, tmp_path: Path) -> None:
    named = TWO_SIDES.replace("1100,", f"{other},").replace("4000,", "Service revenue,")
    _, written = init(books(tmp_path, ledger=named))
    assert written["tables"]["entries"]["only"] == {"Account": ["Service revenue"]}


SAP = (
    "BELNR,VBEL2,BUDAT,SHKZG,DMBTR,WRBTR,WAERS\n"
    "1,C-001,20210331,H,900.00,1000.00,USD\n2,C-002,20210630,H,2000.00,2000.00,EUR\n"
)


def test_in_several_currencies_the_amount_is_that_of_the_document(tmp_path: Path) -> None:
    _, written = init(books(tmp_path, ledger=SAP))
    assert written["tables"]["entries"]["columns"]["amount"] == "WRBTR"
    (tmp_path / "in" / "books.yaml").unlink()
    _, written = init(books(tmp_path, ledger=SAP.replace("EUR", "USD")))
    assert written["tables"]["entries"]["columns"]["amount"] == "DMBTR"


def test_local_debits_and_credits_beside_foreign_ones_ask_for_their_currency(tmp_path: Path) -> None:
    ledger = (
        "凭证号,合同编号,日期,币别,原币金额,借方金额,贷方金额\n"
        "1,C-001,2021-03-31,USD,1000.00,,6500.00\n2,C-002,2021-06-30,CNY,2000.00,,2000.00\n"
    )
    said, _ = init(books(tmp_path, ledger=ledger))
    assert asked(said)["tables.entries.columns.currency"] == ["=USD", "=CNY"]


@pytest.mark.parametrize(
    ("header", "keys"),
    [
        ("Contract Value (USD m)", {"scale": {"price": 1_000_000}}),
        ("Contract Value (Rs. in Lakhs)", {"scale": {"price": 100_000}}),
        ("合同金额（百万元）", {"scale": {"price": 1_000_000}}),
        ("契約金額（千円）", {"unit": "thousand"}),
        ("Vertragswert (TEUR)", {"unit": "thousand"}),
        ("合同金额（亿元）", {"scale": {"price": 100_000_000}}),
    ],
)
def test_the_unit_that_a_header_states(header: str, keys: dict[str, Any], tmp_path: Path) -> None:
    _, written = init(books(tmp_path, register=CONTRACTS.replace("Contract Value", header)))
    contracts = written["tables"]["contracts"]
    assert {k: contracts[k] for k in ("unit", "scale") if k in contracts} == keys


def test_prices_in_millions_that_no_header_states_are_asked(tmp_path: Path) -> None:
    register = CONTRACTS.replace("1000.00", "1.5").replace("2000.00", "2")
    ledger = ENTRIES.replace(",1000.00", ",1500000.00").replace(",2000.00", ",2000000.00")
    said, _ = init(books(tmp_path, register=register, ledger=ledger))
    assert asked(said) == {"tables.contracts.scale.price": ["1", "1000000"]}
    code, checked = as_json("check", tmp_path / "in", "--set", "tables.contracts.scale.price=1000000")
    assert code == 0 and [j["amounts"][0]["amount_minor"] for j in checked["joins"][:1]] == [350_000_000]


def test_an_unknown_file_is_found_by_the_contracts_it_names(tmp_path: Path) -> None:
    papers = "Ref X,On,Thing\nC-001,2021-03-20,Handed over\nC-002,2021-06-10,Handed over\n"
    folder = books(tmp_path, third=papers)
    (folder / "acceptances.csv").unlink()
    said, written = init(folder)
    (candidates,) = asked(said).values()
    assert {"=acceptance", "=delivery", "=hours"} <= set(candidates)
    assert written["tables"]["evidence"]["columns"]["contract_id"] == "Ref X"


def test_unknown_contracts_are_found_by_the_files_that_name_them(tmp_path: Path) -> None:
    register = "Key,Worth A,Worth B\nC-001,1000.00,900.00\nC-002,2000.00,1800.00\n"
    said, written = init(books(tmp_path, register=register))
    assert written["tables"]["contracts"]["columns"]["contract_id"] == "Key"
    assert asked(said)["tables.contracts.columns.price"] == ["Worth A", "Worth B"]


@pytest.mark.parametrize(
    ("month", "day"),
    [
        ("2021-03", "{Month}-01"),
        ("2021年3月", "{Month}1日"),
        ("Mar-21", "01-{Month}"),
        ("202103", "{Month}01"),
    ],
)
def test_a_month_stands_for_its_first_day(month: str, day: str, tmp_path: Path) -> None:
    ledger = f"Contract No,Month,Recognized Revenue\nC-001,{month},1000.00\n"
    folder = books(tmp_path, ledger=ledger)
    _, written = init(folder)
    assert written["tables"]["entries"]["columns"]["effective_date"] == day
    _, checked = as_json("check", folder)
    assert [(t["used"], t["rejected"]) for t in checked["tables"] if t["name"] == "entries"] == [(1, 0)]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb18030", "合同编号,客户\nA,北京云汀通信技术有限公司\n"),
        ("big5", "合約編號,客戶\nA,台灣積體電路製造\n"),
        ("shift_jis", "契約番号,取引先\nA,トヨタ自動車株式会社\n"),
        ("euc-jp", "契約番号,取引先\nA,トヨタ自動車株式会社\n"),
        ("cp1252", "Contract,Kunde\nA,Müller & Söhne\nB,François “Père”\n"),
        ("iso-8859-15", "Contrat;Montant €\nA;Lefèvre\n"),
        ("cp1250", "Numer umowy;Nazwa\n1;Łódź Spółka\n"),
        ("cp1251", "Номер договора;Сумма\n1;ООО Ромашка\n"),
        ("cp850", "Vertragsnummer;Kunde\n1;Müller Größe\n"),
    ],
)
def test_the_encoding_is_told_from_the_text(encoding: str, text: str) -> None:
    found = encodings.found(text.encode(encoding))
    assert found is not None and text.encode(encoding).decode(found.name) == text


@pytest.mark.parametrize(
    ("rows", "at"),
    [
        ([["合同编号", "合同金额", "", "备注"], ["", "含税", "不含税", ""], ["A", "106", "100", ""]], (1, 2)),
        (
            [["合同台账"], ["合同编号", "合同金额", "合同金额"], ["", "含税", "不含税"], ["A", "1", "2"]],
            (2, 3),
        ),
        (
            [
                ["编制", "", "单位：元", ""],
                ["合同编号", "客户", "合同金额", "签订日期"],
                ["A", "b", "1", "x"],
            ],
            2,
        ),
        ([["Contract No", "Price"], ["A", "1.00"]], 1),
        ([["Contract No", "Customer", ""], ["A", "Acme", "note"], ["B", "Bell", "note"]], 1),
    ],
)
def test_where_the_headers_stand(rows: list[list[str]], at: int | tuple[int, int]) -> None:
    assert top.header_row(rows) == at


def test_of_a_large_file_the_beginning_and_the_end_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in (("LARGE", 4_000), ("HEAD", 2_000), ("TAIL", 200)):
        monkeypatch.setattr(sample, name, size)
    rows = "".join(f'J{i},C-00{1 + i % 2},2021-03-31,1.00,"a ""quoted""\ntext"\n' for i in range(1_000))
    ledger = f"Journal No,Contract No,Posting Date,Amount,Text\n{rows}Total,,,1000.00,\n"
    folder = books(tmp_path, ledger=ledger)
    said, written = init(folder)
    (entries,) = [s for s in said["sources"] if s["table"] == "entries"]
    assert 500 < entries["rows"] < 2_000
    assert written["tables"]["entries"]["without"] == {"Journal No": ["Total"]}
    assert "only its beginning and its end" in (folder / "books.yaml").read_text(encoding="utf-8")


def test_a_file_of_papers_is_not_lost_without_contracts(tmp_path: Path) -> None:
    folder = put(tmp_path / "in", ledger=ENTRIES, acceptances=PAPERS)
    said, _ = init(folder)
    assert [n["path"] for n in said["not_recognised"]] == ["acceptances.csv"]


def test_a_list_of_contracts_in_a_workbook_about_revenue_is_no_ledger(tmp_path: Path) -> None:
    """Its one day is that of the signature, and the sheet's name goes before the workbook's."""
    case = china.GROUP
    said, _ = init(case.put(tmp_path / "in"))
    found = {s["sheet"]: s["table"] for s in said["sources"]}
    assert found == {"合同清单": "contracts", "收入确认明细": "entries", "验收情况": "evidence"}


@pytest.mark.parametrize(
    "word", ["未验收", "验收计划", "Customer acceptance pending", "Draft acceptance certificate"]
)
def test_what_has_not_happened_yet_is_no_acceptance(word: str, tmp_path: Path) -> None:
    papers = f"Contract No,Document Type,Date\nC-001,Acceptance,2021-03-20\nC-002,{word},2021-06-10\n"
    said, _ = init(books(tmp_path, acceptances=papers))
    assert list(asked(said)) == [f"tables.evidence.values.kind.{word}"]


def test_papers_whose_state_is_open_are_left_out(tmp_path: Path) -> None:
    papers = "Contract No,Acceptance Date,Status\nC-001,2021-03-20,Signed\nC-002,2021-06-10,Pending\n"
    folder = books(tmp_path, acceptances=papers)
    init(folder)
    _, checked = as_json("check", folder)
    (evidence,) = [t for t in checked["tables"] if t["name"] == "evidence"]
    assert (evidence["used"], evidence["rejected"], evidence["left_out"]) == (1, 0, 1)


def test_a_request_is_a_submission(tmp_path: Path) -> None:
    papers = "Contract No,Document Type,Date\nC-001,终验申请,2021-03-20\nC-002,Sign-off request,2021-06-10\n"
    said, written = init(books(tmp_path, acceptances=papers))
    assert not said["questions"]
    kinds = written["tables"]["evidence"]["values"]["kind"]
    assert kinds == {"终验申请": "submission", "Sign-off request": "submission"}
