"""The form of a contract file: closed keys, lines, and every fault with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from earned.contract import judgements
from earned.contract.as_books import days
from earned.contract.document import read
from earned.faults import Fault, InputError

Written = Callable[[str], Path]

GOOD = """\
contract:
  contract_id: C1
  price: 1000
company: {currency: USD}
obligations:
  - {obligation_id: a, pattern: point_in_time, ssp: 600}
  - obligation_id: b
    pattern: over_time
    ssp: 400
evidence:
  - {obligation_id: a, kind: delivery, event_date: 2021-03-31}
estimates:
  - {obligation_id: b, kind: total_cost, known_at: 2020-12-01, amount: 300}
"""


def faults(path: Path) -> list[Fault]:
    with pytest.raises(InputError) as wrong:
        read(path)
    return list(wrong.value.faults)


def test_cells_and_lines_are_those_of_the_file(written: Written) -> None:
    document = read(written(GOOD))
    assert document.contract.cells == {"contract_id": "C1", "price": "1000"}
    first, second = document.tables["obligations"]
    assert (first.line, second.line, second.lines["ssp"]) == (6, 7, 9)
    assert document.setting("company.currency") == "USD" and document.line("company.currency") == 4
    assert document.setting("company.name") is None


def test_json_is_read_as_yaml_is(written: Written) -> None:
    text = '{"contract": {"contract_id": "007", "price": 1000.50}, "evidence": [{"kind": "delivery"}]}'
    path = written(text.replace('{"kind"', '{"event_date": "2021-03-31", "kind"'))
    assert read(path).contract.cells == {"contract_id": "007", "price": "1000.50"}


@pytest.mark.parametrize(
    ("changed", "row", "column", "expected"),
    [
        (("obligations:", "obligation:"), 5, "obligation", "obligations"),
        (("kind: delivery", "kindd: delivery"), 11, "evidence[1].kindd", "kind"),
        (("  price: 1000", "  prize: 1000"), 3, "contract.prize", "price"),
        (("{currency: USD}\n", "{currency: USD}\npolicies: {}\n"), 5, "policies", "policy"),
    ],
)
def test_a_key_that_is_not_known_is_refused(
    written: Written, changed: tuple[str, str], row: int, column: str, expected: str
) -> None:
    found = [f for f in faults(written(GOOD.replace(*changed))) if f.reason == "manifest_key"]
    assert [(f.file, f.row, f.column) for f in found] == [("contract.yaml", row, column)]
    assert expected in found[0].expected


def test_a_row_without_what_it_needs_names_it(written: Written) -> None:
    [fault] = faults(written(GOOD.replace(", event_date: 2021-03-31", "")))
    assert (fault.row, fault.column, fault.reason) == (11, "evidence[1].event_date", "contract_key")
    assert fault.expected.startswith("the key event_date: ")


def test_the_contract_stands_in_one_place(written: Written) -> None:
    text = GOOD.replace("{obligation_id: a, kind", "{contract_id: C1, obligation_id: a, kind")
    assert [f.column for f in faults(written(text))] == ["evidence[1].contract_id"]


@pytest.mark.parametrize("text", ["obligations: []\n", "", "- a\n"])
def test_a_file_without_a_contract_is_refused(written: Written, text: str) -> None:
    assert faults(written(text))


def test_text_that_is_no_yaml_names_the_file(written: Written) -> None:
    [fault] = faults(written("contract: {a\n"))
    assert fault.file == "contract.yaml" and fault.reason == "manifest_syntax"


def test_the_days_of_a_file_open_and_end_its_periods(written: Written) -> None:
    # The estimate was made before anything happened: it does not open the first period.
    reach = days(read(written(GOOD)))
    assert (str(reach.first), str(reach.last)) == ("2021-03-31", "2021-03-31")
    later = days(read(written(f"{GOOD}window: {{to: 2022-06-30}}\n")))
    assert str(later.last) == "2022-06-30"


ESTIMATE = "estimates:\n  - {kind: variable_price, item: x, known_at: 2021-01-01, amount: 5}\n"
CHANGED = "modifications:\n  - {version: 1, effective_date: 2021-01-01, price_change: 5}\n"
MIXED = (
    "modifications:\n  - {version: 1, effective_date: 2021-01-01, price_change: 5, treatment: mixed}\n"
    "modified_obligations:\n  - {version: 1, obligation_id: a}\n"
)


@pytest.mark.parametrize(
    ("text", "column", "choices", "paragraph"),
    [
        # ASC 606-10-32-8: expected value or most likely amount, whichever predicts better
        (ESTIMATE, "estimates[1].method", "expected_value, most_likely, given", "ASC 606-10-32-8"),
        # 606-10-25-12 and 25-13: the routes of a modification
        (
            CHANGED,
            "modifications[1].treatment",
            "separate, prospective, catch_up, mixed, price_estimate",
            "ASC 606-10-25-12",
        ),
        (MIXED, "modified_obligations[1].treatment", "prospective, catch_up", "ASC 606-10-25-13(c)"),
    ],
)
def test_a_judgement_that_is_missing_is_asked_with_its_choices(
    written: Written, text: str, column: str, choices: str, paragraph: str
) -> None:
    document = read(written(f"contract: {{contract_id: C1, price: 10}}\n{text}"))
    with pytest.raises(InputError) as wrong:
        judgements.require(document, "us_gaap")
    [fault] = wrong.value.faults
    assert (fault.column, fault.reason) == (column, "judgement")
    assert choices in fault.do and paragraph in fault.expected and fault.row
    with pytest.raises(InputError) as wrong:
        judgements.require(document, "ifrs")
    assert "IFRS 15." in wrong.value.faults[0].expected


def test_judgements_say_who_made_them(written: Written) -> None:
    text = (
        "contract: {contract_id: C1, price: 10}\n"
        "policy:\n  odd_cent: last\n"
        "  convention: [{from: 2021-01-01, value: equal_months, decided_by: CFO}]\n"
        "estimates:\n  - {kind: variable_price, item: bonus, known_at: 2021-01-01, amount: 5, method: given,"
        " made_by: controller}\n"
        "criteria:\n  - {gate: contract, criterion: collectability}\n"
    )
    found = {j["field"]: (j["value"], j["decided_by"]) for j in judgements.judgements(read(written(text)))}
    assert found == {
        "estimates[1].method": ("given", "controller"),
        "criteria[1].met_date": ("not met", "not stated"),
        "policy.convention[1]": ("equal_months", "CFO"),
        "policy.odd_cent": ("last", "not stated"),
    }
