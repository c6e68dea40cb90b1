"""R8: one of our columns from several of theirs, the values in it, and the keys that rows are joined by."""

from __future__ import annotations

from pathlib import Path

import pytest

from earned.faults import InputError
from tests.unit.books.reading import COMPANY, read
from tests.unit.mapping.files import cents, days, entries, other


def ids(folder: Path, text: str, column: str, more: str = "", source: str = "") -> list[str | None]:
    """The references that a mapping of `reference` reads from gl.csv."""
    columns = f"{{contract_id: '=C1', effective_date: '=2021-06-30', amount: '=1', entry_id: {column}}}"
    books = entries(folder, text, f"columns: {columns}{more}", f"path: gl.csv{source}")
    return books.column("entries", "entry_id")


def test_r8_a_template_is_empty_if_a_part_is_empty(tmp_path: Path) -> None:
    text = "VBELN,POSNR\n4711,10\n4711,\n , 20\n 0815 ,30\n"
    assert ids(tmp_path, text, "'{VBELN}-{POSNR}'") == ["4711-10", "gl.csv:3", "gl.csv:4", "0815-30"]


def test_r8_a_list_is_the_first_filled(tmp_path: Path) -> None:
    text = "A,B,C\n1,2,3\n,2,3\n , ,3\n0,2,3\n"
    assert ids(tmp_path, text, "[A, B, C]") == ["1", "2", "3", "0"]


def test_r8_a_sentinel_is_no_filled_cell_and_no_part(tmp_path: Path) -> None:
    nulls = ", null_values: ['00000000', '#']"
    assert ids(tmp_path, "A,B\n#,2\n 00000000 ,3\n", "[A, B]", source=nulls) == ["2", "3"]
    assert ids(tmp_path, "A,B\n#,2\n1,2\n", "'{A}/{B}'", source=nulls) == ["gl.csv:2", "1/2"]


def test_r8_a_list_may_hold_every_form(tmp_path: Path) -> None:
    text = "No,Text,A,B\nHT2021-001,,x,1\n,for HT2021-002,x,2\n,none,x,3\n,,,4\n"
    column = "[No, {from: Text, match: 'HT[0-9]{4}-[0-9]{3}'}, '{A}-{B}', '=unknown']"
    assert ids(tmp_path, text, column) == ["HT2021-001", "HT2021-002", "x-3", "unknown"]


def test_r8_the_first_match_of_a_pattern_else_empty(tmp_path: Path) -> None:
    text = "摘要\n收入 HT2021-001 及 HT2021-002\n无合同\nht2021-003\n"
    column = "{from: 摘要, match: 'HT[0-9]{4}-[0-9]{3}'}"
    assert ids(tmp_path, text, column) == ["HT2021-001", "gl.csv:3", "gl.csv:4"]
    assert ids(tmp_path, "X\nab12\n", "{from: X, match: '(?i)[A-Z]+[0-9]'}") == ["ab1"]


def test_r8_a_pattern_that_is_none_and_a_header_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="an RE2 pattern"):
        ids(tmp_path, "X\n1\n", "{from: X, match: '(['}")
    with pytest.raises(InputError, match=r"a column 'VBELM'.*The nearest are: VBELN"):
        ids(tmp_path, "VBELN\n1\n", "'{VBELM}-1'")


def test_r8_a_header_that_looks_like_a_template_is_a_header(tmp_path: Path) -> None:
    assert ids(tmp_path, "{A},=B\n1,2\n", "'{A}'") == ["1"]
    assert ids(tmp_path, "{A},=B\n1,2\n", "=B") == ["2"]


# --- ids --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "cell", "read"),
    [
        ("strip_zeros: true", "0000004711", "4711"),
        ("strip_zeros: true", "000", "000"),
        ("fold: [width]", "ＨＴ２０２１－００１", "HT2021-001"),
        ("fold: [width]", "HT\u30001", "HT 1"),
        ("fold: case", "ht2021-a", "HT2021-A"),
        ("drop: '- /'", "HT-2021/001 A", "HT2021001A"),
        ("drop: '-'", "---", "---"),
        ("strip_zeros: true, fold: [width, case], drop: '-'", "００-ht-０１", "HT01"),
    ],
)
def test_r8_ids_are_normalised(tmp_path: Path, how: str, cell: str, read: str) -> None:
    assert ids(tmp_path, f"N\n{cell}\n", "N", f", ids: {{entry_id: {{{how}}}}}") == [read]


def test_r8_ids_are_normalised_before_joins(tmp_path: Path) -> None:
    yaml = (
        f"{COMPANY}tables:\n"
        "  contracts: {ids: {contract_id: {strip_zeros: true, drop: '-'}}}\n"
        "  entries: {ids: {contract_id: {strip_zeros: true, drop: '-'}}}\n"
        "  evidence: {ids: {contract_id: {strip_zeros: true, drop: '-'}}}\n"
    )
    books = read(
        tmp_path,
        yaml,
        contracts="contract_id,price\n0047-11,10\n",
        entries="contract_id,effective_date,amount\n4711,2021-06-30,5\n",
        evidence="contract_id,kind,event_date\n47-11,delivery,2021-06-01\n47-12,delivery,2021-06-01\n",
    )
    assert books.column("entries", "contract_id") == ["4711"]
    assert books.column("evidence", "contract_id") == ["4711"]
    assert books.rejected("evidence") == [(3, "contract_id", "47-12", "orphan")]  # as it stands in the file


def test_r8_ids_of_a_column_that_is_no_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="columns of type id"):
        ids(tmp_path, "N\n1\n", "N", ", ids: {amount: {strip_zeros: true}}")


# --- units and values -------------------------------------------------------------------------------


def test_r8_a_unit_by_column(tmp_path: Path) -> None:
    text = "K,P,A\nC1,1.2,12.34\n"
    for unit, price in (("ten_thousand", 1_200_000), ("thousand", 120_000), ("major", 120)):
        books = other(
            tmp_path, "contracts", text, f"columns: {{contract_id: K, price: P}}, unit: {unit}", contracts=""
        )
        assert books.column("contracts", "price_minor") == [price]
    text = "K,D,A,F\nC1,2021-06-30,1.2,345\n"
    columns = "{contract_id: K, effective_date: D, amount: A, functional_amount: F}"
    books = entries(
        tmp_path, text, f"columns: {columns}, unit: {{amount: thousand, functional_amount: minor}}"
    )
    assert books.column("entries", "(amount_minor, functional_amount_minor)") == [(120_000, 345)]


def test_r8_values_are_compared_without_case_and_may_end_with_a_star(tmp_path: Path) -> None:
    text = "K,Kind,D\n" + "".join(
        f"C1,{kind},2021-06-0{n}\n"
        for n, kind in enumerate(["终验报告", "sign-off", "TIMESHEET 06/21", "timesheet draft", "x", ""], 1)
    )
    values = (
        "{终验报告: acceptance, Sign-Off: acceptance, 'Timesheet*': hours, 'Timesheet d*': other, '*': other}"
    )
    columns = "{contract_id: K, kind: Kind, event_date: D}"
    books = other(tmp_path, "evidence", text, f"columns: {columns}, values: {{kind: {values}}}")
    # The longest prefix wins; an empty cell is no value.
    assert books.column("evidence", "kind") == ["acceptance", "acceptance", "hours", "other", "other"]
    assert books.rejected("evidence") == [(7, "kind", "", "required")]


def test_r8_a_value_may_be_mapped_to_nothing(tmp_path: Path) -> None:
    values = "values: {contract_id: {'N/A': , '?*': '~'}}"
    columns = "columns: {contract_id: K, effective_date: D, amount: A}"
    books = entries(tmp_path, "K,D,A\nn/a,2021-06-30,5\n?7,2021-06-30,5\n", f"{columns}, {values}")
    assert books.column("entries", "contract_id") == [None, "~"]


def test_r8_a_constant(tmp_path: Path) -> None:
    columns = (
        "columns: {contract_id: K, effective_date: '=2021-06-30', amount: '=1,250.00', currency: '=USD'}"
    )
    books = entries(tmp_path, "K\nC1\n", columns)
    assert (cents(books), days(books)) == ([125_000], ["2021-06-30"])
    assert books.column("entries", "currency") == ["USD"]
