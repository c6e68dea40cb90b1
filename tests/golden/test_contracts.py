"""The published cases of contracts/*/*.yaml: what the standards' examples and others print, we recognise.

A file holds what its source prints, the contract as a contract file, the figures expected to the cent,
and a reason for every printed figure that is not among them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import earned.recognition
from earned.recognition.disaggregation import disaggregation
from earned.recognition.discounting import instalment
from tests.golden.contract_cases import (
    FILES,
    differences,
    earned_in_books,
    figures,
    in_books,
    leaves,
    read_case,
    unexplained,
)


def _ids(text: str) -> tuple[str, ...]:
    return tuple(text.split())


#: every published case; gate: its figures were read in a source, advisory: recalled, recomputed or corrected
GATE = _ids("""
IE02 IE05A IE06 IE07 IE08 IE19 IE22 IE23B IE24 IE26 IE29 IE32 IE33 IE34A IE34C IE35A IE37 IE38A IE39 IE42A
IE42B IE45 IE49 IE51 IE52 IE58 IE61 EY-2853 EY-10322 KPMG-10A TB-KA-4B TB-INDIANA TB-GROCER TB-OPT120 TB-JK2
TB-JK20 TB-LARRY TB-FFP TR-BUILDCO TR-SETUP TR-BILLHOLD VD-RC-DAILY VD-RC-PIT VD-ST-MONTH VD-ST-CREDIT
VD-ST-UPGRADE VD-ST-SECOND VD-ST-EVEN OS-EN-DAYS OS-OCA-PRO OS-OCA-A OS-OCA-B OS-OCA-C OS-OCA-PREPAID OS-KF-1
OS-KF-3 OS-KF-4 OS-EV-029 OS-EV-042D18 OS-EV-042INC OS-EV-050CONT OS-EV-130 OS-EV-014 OS-EV-023 OS-EV-030
OS-EV-003C OS-EV-021 OS-EV-070 OS-EV-084A OS-EV-136M
""")
ADVISORY = _ids("""
IE01 IE43 IE20 IE28A IE36 IE41 IE57 IE62A KPMG-RET1 PWC-BONUS-M BDO-VOL TB-OFFICE32 TB-CPA3M TB-COVID TB-CN
TB-LOCKE TB-FLH-LOY TB-JK42B TB-NAIR TB-FRESH TR-TECHCO TR-PERP116
""")
#: cases that are no contract, and the test that covers each
NO_CONTRACT = {"IE41": "test_disaggregation_foots_three_ways"}

CASES = {path.stem: read_case(path) for path in FILES}


@pytest.mark.parametrize("name", CASES)
def test_published_case(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    wrong = differences(case["expect"], figures(case["contract"], tmp_path))
    assert not wrong, "\n".join([f"{case['case']}: {case['title']}", *wrong])


#: tax; returns; rebates; changes of the price; interest on an advance
TRANSLATED = ("OS-EV-023", "OS-EV-029", "IE24", "OS-EV-042D18", "IE29")


@pytest.mark.parametrize("name", TRANSLATED)
def test_at_one_rate_the_company_s_figures_are_the_contract_s(name: str, tmp_path: Path) -> None:
    contract = copy.deepcopy(CASES[name]["contract"])
    contract["contract"]["currency"] = "EUR"
    contract.setdefault("company", {})["currency"] = "USD"
    rate = {"from_currency": "EUR", "to_currency": "USD", "rate_date": date(1990, 1, 1), "kind": "spot"}
    found = figures(contract | {"rates": [rate | {"rate": 2}]}, tmp_path)
    ours = found["functional"]
    assert {p: 2 * Decimal(v) for p, v in found["revenue"].items()} == _decimals(ours["revenue"])
    for period, of in found["balances"].items():
        for balance in ("receivable", "contract_asset", "contract_liability", "refund_liability", "deposit"):
            assert Decimal(ours.get(balance, {}).get(period, 0)) == 2 * Decimal(of[balance]), balance
    assert not any(_decimals(ours["exchange_loss"]).values())


def _decimals(of: Mapping[str, str]) -> dict[str, Decimal]:
    return {period: Decimal(value) for period, value in of.items()}


# --- the collection itself -------------------------------------------------------------------------------


def test_every_case_is_here() -> None:
    assert (len(GATE), len(ADVISORY)) == (70, 22)
    published = (CASES[path.stem] for path in FILES if path.parent.name != "hand")
    uses = {case["case"]: case["use"] for case in published}
    expected = dict.fromkeys(GATE, "gate") | dict.fromkeys(ADVISORY, "advisory")
    assert uses == {name: use for name, use in expected.items() if name not in NO_CONTRACT}
    assert all(callable(globals()[test]) for test in NO_CONTRACT.values())


@pytest.mark.parametrize("name", CASES)
def test_every_printed_figure_is_expected_or_explained(name: str) -> None:
    case = CASES[name]
    assert not unexplained(case)
    known = {path.stem for path in Path(earned.recognition.__file__).parent.glob("*.py")}
    assert case["rules"]
    assert set(case["rules"]) <= known, "rules are the files of recognition"
    named = {str(name).split(".")[0] for name in case.get("differs", {})}
    assert named <= set(map(str, case["prints"])), "differs names what is not printed"
    assert all(isinstance(value, str) for _, value in leaves(case["expect"])), "figures are text"


def test_the_checks_can_fail(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("case: X\nexpected: {}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"unknown keys \['expected'\]; allowed: \['case', "):
        read_case(bad)
    assert unexplained({"prints": {"revenue": {"Y1": 10}}, "expect": {"revenue": {"Y1": "9.99"}}}) == [
        "revenue.Y1: 10 is printed"
    ]
    assert differences({"revenue": {"Y1": "1.00"}}, {"revenue": {"Y1": "1.01"}}) == [
        "revenue / Y1: expected 1.00, found 1.01"
    ]
    assert not differences({"rates": {"implicit": "0.118034"}}, {"rates": {"implicit": "0.118033989"}})


# --- variants: the answer is known without a new figure ---------------------------------------------------
# All contracts together as the books of one company: the same expressions, and one run for all of them.

Contract = Mapping[str, Any]
Rows = list[Mapping[str, Any]]


def _contracts(*tests: Callable[[Contract], bool]) -> dict[str, dict[str, Any]]:
    """Copies of the contracts that every test fits."""
    every = {name: case["contract"] for name, case in CASES.items()}
    return {name: copy.deepcopy(of) for name, of in every.items() if all(test(of) for test in tests)}


def _has_evidence(contract: Contract) -> bool:
    return bool(contract.get("evidence"))


def _only_passes(contract: Contract) -> bool:
    """Whether it is earned, at one price, when control passes."""
    steady = not {"modifications", "repurchases", "instalments"} & set(contract)
    return steady and all(row["kind"] in ("acceptance", "delivery") for row in contract["evidence"])


def _by_cost(contract: Contract) -> bool:
    return any(o.get("measure") == "cost" for o in contract["obligations"])


def _needs_evidence(contracts: Mapping[str, Contract]) -> set[str]:
    """Obligations of which the mere course of time earns nothing."""
    return {
        f"{name}/{o['obligation_id']}"
        for name, contract in contracts.items()
        for o in contract["obligations"]
        if o.get("measure") not in ("days", "months")
    }


def _at_end(rows: Rows, obligations: set[str]) -> dict[str, int]:
    """What is earned at the last month's end, where it is not 0."""
    ends = {row["obligation_id"]: row["earned_minor"] for row in rows}
    return {name: minor for name, minor in ends.items() if minor and name in obligations}


@pytest.fixture(scope="module")
def as_printed(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """Every contract with evidence as its source has it, with the months after its end."""
    return earned_in_books(_contracts(_has_evidence), tmp_path_factory.mktemp("printed") / "books")


def test_without_evidence_nothing_is_earned(as_printed: Rows, tmp_path: Path) -> None:
    contracts = _contracts(_has_evidence)
    needs = _needs_evidence(contracts)
    assert len(_at_end(as_printed, needs)) > 60
    for contract in contracts.values():
        del contract["evidence"]
    rows = earned_in_books(contracts, tmp_path / "books")
    assert not [row for row in rows if row["earned_minor"] and row["obligation_id"] in needs]


def test_control_passed_later_moves_revenue_whole(as_printed: Rows, tmp_path: Path) -> None:
    contracts = _contracts(_has_evidence, _only_passes)
    ends: dict[str, date] = {}
    for name, contract in contracts.items():
        end = ends[name] = contract["window"]["to"]
        contract["window"]["to"] = end + timedelta(days=31)
        for row in contract["evidence"]:
            row["event_date"] = end + timedelta(days=1)
    needs = _needs_evidence(contracts)
    rows = earned_in_books(contracts, tmp_path / "books")
    early = [
        row
        for row in rows
        if row["earned_minor"]
        and row["obligation_id"] in needs
        and row["last_date"] <= ends[row["obligation_id"].partition("/")[0]]
    ]
    assert not early
    before = _at_end(as_printed, needs)
    assert len(before) > 20
    assert _at_end(rows, needs) == before


def test_a_lower_estimate_of_cost_raises_progress(as_printed: Rows, tmp_path: Path) -> None:
    contracts = _contracts(_has_evidence, _by_cost)
    for contract in contracts.values():
        for row in contract["estimates"]:
            if row["kind"] == "total_cost":
                row["amount"] = row["amount"] * 95 // 100
    by_cost = {
        f"{name}/{o['obligation_id']}"
        for name, contract in contracts.items()
        for o in contract["obligations"]
        if o.get("measure") == "cost"
    }
    before = _unfinished(as_printed, by_cost)
    after = _progress(earned_in_books(contracts, tmp_path / "books"))
    both = before.keys() & after.keys()
    assert {name for name, _ in both} == by_cost
    assert not [key for key in both if after[key] <= before[key]]


def _progress(rows: Rows) -> dict[tuple[str, date], Decimal]:
    return {
        (row["obligation_id"], row["last_date"]): Decimal(row["done"]) / Decimal(row["whole"])
        for row in rows
        if row["whole"]
    }


def _unfinished(rows: Rows, obligations: set[str]) -> dict[tuple[str, date], Decimal]:
    return {key: part for key, part in _progress(rows).items() if key[0] in obligations and 0 < part < 1}


# --- cases that are no contract ---------------------------------------------------------------------------


#: segment, region, product line, timing, revenue of IFRS 15 IE210-IE211 (Example 41); ASC 606-10-55-296 to
#: 55-297 (recalled). It prints totals only: how the lines of a segment spread over regions is ours
MEASURE = {"point_in_time": "", "over_time": "milestones"}
KIND = {"point_in_time": "delivery", "over_time": "milestone"}
LINES = (
    ("consumer", "north_america", "office_supplies", "point_in_time", 600),
    ("consumer", "north_america", "appliances", "point_in_time", 390),
    ("consumer", "europe", "appliances", "point_in_time", 300),
    ("consumer", "asia", "appliances", "point_in_time", 300),
    ("consumer", "asia", "clothing", "point_in_time", 400),
    ("transport", "north_america", "motorcycles", "point_in_time", 500),
    ("transport", "north_america", "automobiles", "point_in_time", 1750),
    ("transport", "europe", "automobiles", "point_in_time", 750),
    ("transport", "asia", "automobiles", "point_in_time", 260),
    ("energy", "europe", "solar_panels", "point_in_time", 1000),
    ("energy", "north_america", "power_plant", "over_time", 5250),
)
FOOTS = {
    "entity": {"consumer": 1990, "transport": 3260, "energy": 6250},
    "customer": {"north_america": 8490, "europe": 2050, "asia": 960},
    "timing": {"point_in_time": 6250, "over_time": 5250},
}


def test_disaggregation_foots_three_ways(tmp_path: Path) -> None:
    day = date(2020, 1, 31)
    contracts = {
        f"C{number}": {
            "contract": {"price": amount, "entity_id": segment, "customer_id": region, "department_id": line},
            "window": {"to": day},
            "obligations": [
                {"obligation_id": "sale", "pattern": timing, "measure": MEASURE[timing], "ssp": amount}
            ],
            "evidence": [{"obligation_id": "sale", "kind": KIND[timing], "event_date": day}],
        }
        for number, (segment, region, line, timing, amount) in enumerate(LINES)
    }
    with in_books(contracts, tmp_path / "books") as (books, rec):
        rows = books.engine.rows(disaggregation(books, rec))
    for dimension, totals in FOOTS.items():
        of = [row for row in rows if row["dimension"] == dimension]
        assert {row["member"]: row["earned_minor"] for row in of} == {m: t * 100 for m, t in totals.items()}
        assert sum(row["earned_minor"] for row in of) == 11_500_00


def test_instalment_of_an_annuity() -> None:
    # IFRS 15 IE143-IE144 (Example 28 A; recalled): 1,000,000 over 60 months at 5 % a year; printed 18,871
    assert instalment(1_000_000_00, 50_000, "monthly", 60) == 18_871_23
