"""R3: numbers as they stand in exports, debit and credit, rates and scales."""

from __future__ import annotations

from pathlib import Path

import pytest

from earned.faults import InputError
from tests.unit.books.reading import Read
from tests.unit.mapping.files import COLUMNS, cents, entries, other

MAPPED = f"columns: {COLUMNS}"


def amounts(folder: Path, cells: list[str], more: str = "") -> Read:
    lines = "".join(f"C1;2021-06-30;{cell}\n" for cell in cells)
    return entries(folder, f"K;D;A\n{lines}", MAPPED + more)


def test_r3_signs_codes_blanks_and_brackets_are_always_read(tmp_path: Path) -> None:
    cells = {
        "¥1,234.56": 123456, "1234.56 CNY": 123456, "CNY 1,234.56": 123456, "￥5": 500, "5元": 500,
        "1 234 567.80": 123456780, "1\u00a0234": 123400, "1\u202f234": 123400,
        "(1,234.56)": -123456, "( 5 )": -500, "5.00-": -500, "5 -": -500,
        "\u22125.00": -500, "-5": -500, "- 5": -500, "-¥5": -500, "¥-5": -500, "(¥5)": -500,
    }  # fmt: skip
    assert cents(amounts(tmp_path, list(cells))) == list(cells.values())


def test_r3_with_a_declared_comma(tmp_path: Path) -> None:
    cells = {"1.234,56-": -123456, "1.234,56": 123456, "1234,5": 123450, "(7,00)": -700, "1 234,5": 123450}
    assert cents(amounts(tmp_path, list(cells), ", decimal: ','")) == list(cells.values())
    assert cents(amounts(tmp_path, ["1'234.56"], ', thousands: "\'"')) == [123456]


@pytest.mark.parametrize("keys", ["decimal: ',', thousands: ','", "thousands: '0'", "thousands: '-'"])
def test_r3_a_mark_of_thousands_is_no_digit_and_no_decimal_sign(tmp_path: Path, keys: str) -> None:
    with pytest.raises(InputError, match="one mark, not that of `decimal`"):
        amounts(tmp_path, ["1"], f", {keys}")


def test_r3_everything_else_rejects_the_cell(tmp_path: Path) -> None:
    cells = ["1.234,56", "1e5", "+5", "5%", "--5", "five", "1,23", "１２", "5 USD", "#REF!"]
    books = amounts(tmp_path, cells)
    assert cents(books) == []
    assert [value for _, _, value, _ in books.rejected("entries")] == cells


def test_r3_an_unreadable_cell_rejects_only_where_the_column_is_required(tmp_path: Path) -> None:
    books = entries(
        tmp_path,
        "K,D,A,P\nC1,2021-06-30,x,2021-07-01\nC1,2021-06-30,5,soon\n",
        "columns: {contract_id: K, effective_date: D, amount: A, posted_at: P}",
    )
    assert books.rejected("entries") == [(2, "amount", "x", "number")]
    assert books.column("entries", "(amount_minor, posted_at)") == [(500, None)]
    assert ("posted_at", "date", 1, "soon", "emptied") in books.quality("entries")


# --- debit and credit -------------------------------------------------------------------------------

LINE = "journal_id: J, line_number: N, account: Acc, effective_date: D"
SIDES = "sign: indicator, indicator: {column: SHKZG, C: [H], D: [S]}"


def test_r3_an_indicator_gives_the_sign(tmp_path: Path) -> None:
    text = "K,D,A,SHKZG\nC1,2021-06-30,5,H\nC1,2021-06-30,3,s\nC1,2021-06-30,-2,S\n"
    assert cents(entries(tmp_path, text, f"{MAPPED}, {SIDES}")) == [500, -300, 200]


def test_r3_an_indicator_in_neither_list_rejects_the_row(tmp_path: Path) -> None:
    text = "K,D,A,SHKZG\nC1,2021-06-30,5,X\nC1,2021-06-30,5,\n"
    books = entries(tmp_path, text, f"{MAPPED}, {SIDES}")
    assert books.rejected("entries") == [(2, "amount", "X", "sign"), (3, "amount", "", "sign")]
    assert books.expected("entries") == "one of H (credit), S (debit)"


def test_r3_an_indicator_in_the_ledger_is_debit_positive(tmp_path: Path) -> None:
    text = "J,N,Acc,D,A,SHKZG\n1,1,6001,2021-06-30,5,H\n1,2,1122,2021-06-30,3,S\n"
    mapping = f"columns: {{{LINE}, amount: A}}, {SIDES}"
    books = other(tmp_path, "ledger", text, mapping)
    assert books.column("ledger", "amount_minor") == [-500, 300]


def test_r3_indicator_and_sign_belong_together(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="`sign: indicator` together with `indicator`"):
        entries(tmp_path, "K,D,A\n", f"{MAPPED}, sign: indicator")


def test_r3_two_columns_are_credit_less_debit_and_an_empty_one_is_0(tmp_path: Path) -> None:
    text = "K,D,Soll,Haben\nC1,2021-06-30,,5\nC1,2021-06-30,3,\nC1,2021-06-30,1,4\nC1,2021-06-30,-2,0\n"
    mapping = "columns: {contract_id: K, effective_date: D, amount: {debit: Soll, credit: Haben}}"
    assert cents(entries(tmp_path, text, mapping)) == [500, -300, 300, 200]


def test_r3_two_empty_columns_are_no_amount(tmp_path: Path) -> None:
    mapping = "columns: {contract_id: K, effective_date: D, amount: {debit: Soll, credit: Haben}}"
    books = entries(tmp_path, "K,D,Soll,Haben\nC1,2021-06-30,,\nC1,2021-06-30,x,1\n", mapping)
    assert books.rejected("entries") == [(2, "amount", "", "required"), (3, "amount", "x / 1", "number")]


def test_r3_two_columns_in_the_ledger_are_debit_less_credit(tmp_path: Path) -> None:
    text = "J,N,Acc,D,Soll,Haben\n1,1,6001,2021-06-30,,5\n1,2,1122,2021-06-30,3,1\n"
    mapping = f"columns: {{{LINE}, amount: {{debit: Soll, credit: Haben}}}}"
    assert other(tmp_path, "ledger", text, mapping).column("ledger", "amount_minor") == [-500, 200]


def test_r3_a_sign_of_the_other_side_is_turned(tmp_path: Path) -> None:
    text = "K,D,A\nC1,2021-06-30,-5\n"
    assert cents(entries(tmp_path, text, f"{MAPPED}, sign: debit_positive")) == [500]
    assert cents(entries(tmp_path, text, f"{MAPPED}, sign: credit_positive")) == [-500]


# --- rates and scales -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "cell"), [("ppm", "60000"), ("percent", "6"), ("fraction", "0.06"), ("fraction", "6%")]
)
def test_r3_rates(tmp_path: Path, rate: str, cell: str) -> None:
    mapping = f"columns: {{contract_id: K, price: P, tax_rate: R}}, rate: {rate}"
    books = other(tmp_path, "contracts", f"K,P,R\nC1,1000,{cell}\n", mapping, contracts="")
    assert books.column("contracts", "tax_rate") == [60_000]  # six percent, in whichever words


def test_r3_a_scale(tmp_path: Path) -> None:
    text = "K,Kind,D,Q\nC1,hours,2021-06-30,150\n"
    columns = "{contract_id: K, kind: Kind, event_date: D, quantity: Q, basis: '=increment'}"
    books = other(tmp_path, "evidence", text, f"columns: {columns}, scale: {{quantity: 0.01}}")
    assert [str(q) for q in books.column("evidence", "quantity")] == ["1.500000000"]
